-- Not counted: webhooks
-- Not counted: webhook_pumps
-- Not counted: webhook_deliveries
-- What happened to leads, campaigns and sending accounts: facts, which are never changed.
create table events (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    timestamp_created timestamptz not null,
    -- The wire's name of the kind of webhook that hears it; `custom_label` for a label of the workspace.
    kind text not null,
    lead_id uuid,
    campaign_id uuid,
    account_id uuid,
    -- The number of the label, and the text of a label of the workspace at that time.
    interest bigint,
    label text,
    step bigint,
    variant bigint,
    -- Whether it is the first event of its kind for the lead, and for the step of the lead.
    first_of_lead boolean not null,
    first_of_step boolean not null,
    -- Caused by a program that reads mail, and not by a person.
    machine boolean not null,
    primary key (workspace_id, id)
);
create index events_of_lead on events (workspace_id, lead_id, kind);
-- Who hears of events.
create table webhooks (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    timestamp_created timestamptz not null,
    campaign_id uuid,
    name text,
    target_hook_url text not null,
    event_type text,
    custom_interest_value bigint,
    -- The names of its headers. Their values, and its secrets, are sealed.
    headers jsonb,
    sealed text not null,
    status bigint not null check (status in (1, -1)),
    timestamp_error timestamptz,
    paused_because text,
    -- The user or workspace key whose rights it has, and how these rights are found.
    made_by uuid,
    maker jsonb not null,
    primary key (workspace_id, id)
);
-- Who delivers for a webhook at present, and how it went lately.
create table webhook_pumps (
    workspace_id uuid not null,
    webhook_id uuid not null,
    lease uuid,
    lease_until timestamptz,
    due_at timestamptz not null,
    failures bigint not null,
    failing_since timestamptz,
    primary key (workspace_id, webhook_id),
    foreign key (workspace_id, webhook_id) references webhooks (workspace_id, id) on delete cascade
);
-- Events that a webhook has not delivered yet.
create table webhook_deliveries (
    workspace_id uuid not null,
    webhook_id uuid not null,
    -- Their order. For the first delivery it is the id of the event.
    id uuid not null,
    event_id uuid not null,
    lead_id uuid,
    attempts bigint not null,
    due_at timestamptz not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, webhook_id, id),
    foreign key (workspace_id, webhook_id) references webhooks (workspace_id, id) on delete cascade
);
create index webhook_deliveries_due on webhook_deliveries (due_at);
create index webhook_deliveries_of_lead on webhook_deliveries (workspace_id, webhook_id, lead_id, id);
create index webhook_deliveries_age on webhook_deliveries (timestamp_created);
-- Attempts to deliver, also after their webhook was deleted.
create table webhook_events (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    timestamp_created timestamptz not null,
    -- Its day in UTC, counted from 1970.
    day bigint not null,
    webhook_id uuid not null,
    -- Null for a test.
    event_id uuid,
    lead_id uuid,
    account_id uuid,
    payload jsonb not null,
    success boolean not null,
    retry_count bigint not null,
    will_retry boolean not null,
    webhook_url text not null,
    status_code bigint,
    error_message text,
    timestamp_next_retry timestamptz,
    lead_email text,
    response_time_ms bigint,
    primary key (workspace_id, id)
);
create index webhook_events_age on webhook_events (timestamp_created);
create index webhook_events_of_day on webhook_events (workspace_id, timestamp_created);
