-- Not counted: canaries
-- Keys that open nothing. Their hashes are not among the credentials, so nothing can take one for a key.
alter table api_keys add column canary boolean not null default false;
create table canaries (
    hash text primary key,
    workspace_id uuid not null references workspaces (id),
    id uuid not null
);
create index canaries_of on canaries (workspace_id, id);
