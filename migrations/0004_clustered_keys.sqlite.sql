-- Every request reads one row of each of these by its key. Kept in the order of the key they take half the pages.
-- SQLite alone can do so, and this file is for it alone: PostgreSQL has nothing to do here.

create table credentials_by_hash (
    hash text primary key,
    workspace_id uuid not null,
    kind text not null check (kind in ('key', 'invitation')),
    id uuid not null
) without rowid;
insert into credentials_by_hash (hash, workspace_id, kind, id) select hash, workspace_id, kind, id from credentials;
drop table credentials;
alter table credentials_by_hash rename to credentials;
create index credentials_of on credentials (workspace_id, id);

create table api_keys_by_id (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    name text not null,
    redacted text not null,
    scopes jsonb not null,
    personal boolean not null,
    member_id uuid,
    created_by uuid,
    tag_limit jsonb,
    allowed_ips jsonb,
    ceiling_role text,
    ceiling jsonb not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id)
) without rowid;
insert into api_keys_by_id (workspace_id, id, name, redacted, scopes, personal, member_id, created_by, tag_limit,
    allowed_ips, ceiling_role, ceiling, expires_at, revoked_at, last_used_at, timestamp_created, timestamp_updated)
select workspace_id, id, name, redacted, scopes, personal, member_id, created_by, tag_limit, allowed_ips, ceiling_role,
    ceiling, expires_at, revoked_at, last_used_at, timestamp_created, timestamp_updated from api_keys;
drop table api_keys;
alter table api_keys_by_id rename to api_keys;
create index api_keys_of_member on api_keys (workspace_id, member_id);
