-- What each workspace stored when it was last counted as a whole. A counting task writes this row, and no request does.
create table storage (
    workspace_id uuid primary key references workspaces (id),
    stored_rows bigint not null,
    stored_bytes bigint not null,
    -- For each table: rows, bytes, and the last id that was counted.
    parts jsonb not null,
    counted_at timestamptz not null
);
create index storage_counted on storage (counted_at);
