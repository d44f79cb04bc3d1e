-- Not counted: access_applications
-- The access files that were applied.
create table access_applications (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    -- `jane@acme.example`, `key:<name>` or `operator`.
    actor text not null,
    because text not null,
    file_sha256 text not null,
    state_before text not null,
    state_after text not null,
    parts bigint not null,
    changes jsonb not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id)
);
