-- Not counted: lead_labels
-- Labels for leads that a workspace adds to those of the reference. `interest_status` is the number that a lead holds.
create table lead_labels (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    label text not null,
    search text not null,
    interest_status_label text not null check (interest_status_label in ('positive', 'negative', 'neutral')),
    interest_status bigint not null check (interest_status > 1000),
    description text,
    use_with_ai boolean,
    created_by uuid not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, search),
    unique (workspace_id, interest_status)
);
