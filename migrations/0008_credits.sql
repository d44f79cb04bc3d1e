-- Plans, as the operator shows them, and credits, which are counted from the first grant on.

-- Null: everything, unlimited.
alter table workspaces add column plan jsonb;

-- What is left, and what was granted in all. Changed only together with an entry.
create table credit_balances (
    workspace_id uuid not null references workspaces (id),
    kind text not null check (kind in ('hyper', 'inbox_placement')),
    granted bigint not null,
    balance bigint not null check (balance >= 0),
    primary key (workspace_id, kind)
);

-- The ledger of who pays: nothing is ever changed or deleted in it.
create table credit_entries (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    kind text not null check (kind in ('hyper', 'inbox_placement')),
    -- Granted, or if negative spent.
    amount bigint not null check (amount <> 0),
    -- After it; null while nothing was granted yet, and so nothing is counted.
    balance bigint,
    -- The workspace that spent; null for a grant.
    spent_in uuid,
    memo text,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id)
);
create index credit_entries_in on credit_entries (workspace_id, spent_in, id);

-- What a sub-workspace has spent of its admin workspace's in a month, `YYYY-MM` in UTC.
create table credit_months (
    workspace_id uuid not null references workspaces (id),
    sub_workspace_id uuid not null,
    kind text not null,
    month text not null,
    spent bigint not null,
    primary key (workspace_id, sub_workspace_id, kind, month)
);

-- The most that a sub-workspace spends in a month, by kind; it ends with the link.
alter table group_links add column credit_caps jsonb;
