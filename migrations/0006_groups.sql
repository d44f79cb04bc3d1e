-- Groups: an admin workspace, and the sub-workspaces that have accepted to be in its group. A link is of two workspaces
-- and looked up from both, so that, like users and credentials, it is an exception to the rule of the leading key.

create table group_links (
    id uuid primary key,
    -- The admin workspace.
    workspace_id uuid not null references workspaces (id),
    sub_workspace_id uuid not null references workspaces (id),
    status text not null check (status in ('pending', 'accepted', 'rejected')),
    -- What the sub-workspace leaves the admin workspace to do in it.
    delegation jsonb not null,
    accepted_at timestamptz,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    check (workspace_id <> sub_workspace_id)
);
create index group_links_of on group_links (workspace_id, id);
create index group_links_to on group_links (sub_workspace_id, status);
-- At most one parent, or one open invitation.
create unique index group_links_one_parent on group_links (sub_workspace_id) where status <> 'rejected';

-- What an admin workspace forbids in its sub-workspaces; null for nothing.
alter table workspaces add column guard_rails jsonb;
-- Through which link somebody of the admin workspace made them: they die with it.
alter table members add column link_id uuid;
create index members_of_link on members (workspace_id, link_id) where link_id is not null;
alter table api_keys add column link_id uuid;
alter table campaign_shares add column link_id uuid;
create index api_keys_of_link on api_keys (workspace_id, link_id) where link_id is not null;
