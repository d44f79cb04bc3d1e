-- Imports of leads from CSV files: what was asked, and how far it has come.
create table lead_imports (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    timestamp_created timestamptz not null,
    -- Who asked for it; null for a workspace key.
    user_id uuid,
    campaign_id uuid,
    list_id uuid,
    total_rows bigint not null,
    added bigint not null,
    skipped bigint not null,
    invalid bigint not null,
    job_id text not null,
    -- How the file is read and what happens to its rows.
    settings jsonb not null,
    primary key (workspace_id, id)
);
create index lead_imports_age on lead_imports (timestamp_created);
-- A part of a file: compressed rows until they are imported, and then a compressed report.
create table lead_import_parts (
    workspace_id uuid not null,
    id uuid not null,
    import_id uuid not null,
    number bigint not null,
    last_line bigint not null,
    file_rows text not null,
    report text not null,
    primary key (workspace_id, id),
    unique (workspace_id, import_id, number),
    foreign key (workspace_id, import_id) references lead_imports (workspace_id, id) on delete cascade
);
-- Mappings of columns that a workspace keeps under a name.
create table lead_import_mappings (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    name text not null,
    search text not null,
    targets jsonb not null,
    created_by uuid,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, search)
);
