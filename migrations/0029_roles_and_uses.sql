-- Not counted: roles
-- Not counted: uses
-- Custom roles: a built-in role, and the cells of the matrix that lower it.
create table roles (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    name text not null,
    base text not null check (base <> 'owner'),
    -- A line `permission=reach` for each row that the role has.
    cells text not null,
    -- The rows of the base that it did not have when it was last written, one a line. Other rows are newer than the role.
    left_out text not null,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, name)
);
-- `role` stays the base. A member whose custom role does not exist has no rights.
alter table members add column role_id uuid;
create index members_by_custom_role on members (workspace_id, role_id) where role_id is not null;
-- How often a member or a key used each permission, by day (UTC).
create table uses (
    workspace_id uuid not null references workspaces (id),
    principal_id uuid not null,
    permission text not null,
    day timestamptz not null,
    calls bigint not null,
    last_at timestamptz not null,
    primary key (workspace_id, principal_id, permission, day)
);
create index uses_by_day on uses (day);
