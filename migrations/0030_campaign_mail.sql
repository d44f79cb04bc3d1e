-- Not counted: runs
-- Not counted: lanes
-- Not counted: campaign_runs
-- Not counted: run_tags
-- Not counted: journeys
-- Not counted: contacts
-- Not counted: sends
-- Not counted: results
-- When an account can send next, who works on it, and what it sent on its last day.
create table runs (
    workspace_id uuid not null,
    account_id uuid not null,
    -- Null: nothing to do until something wakes it.
    ready_at timestamptz,
    lease uuid,
    lease_until timestamptz,
    -- Counts the claims. An older claim can arm nothing.
    fence bigint not null default 0,
    -- Counts what has woken the account, so that nothing is missed while somebody works on it.
    wakes bigint not null default 0,
    -- The day that is counted, in UTC.
    day text,
    sent_today bigint not null default 0,
    -- How many days before that it sent.
    ramp_days bigint not null default 0,
    last_at timestamptz,
    -- The account rests until then, after its mail server failed or set a limit.
    rest_until timestamptz,
    failures bigint not null default 0,
    failing_since timestamptz,
    -- The send that was armed and has no result yet.
    armed uuid,
    primary key (workspace_id, account_id),
    foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);
create index runs_ready on runs (ready_at) where ready_at is not null;
-- The gap between two mails of an account in a campaign.
create table lanes (
    workspace_id uuid not null,
    campaign_id uuid not null,
    account_id uuid not null,
    gap_until timestamptz not null,
    primary key (workspace_id, campaign_id, account_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade,
    foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);
-- A campaign that was launched.
create table campaign_runs (
    workspace_id uuid not null,
    campaign_id uuid not null,
    -- Who launched it, and the link of a group through which they did.
    launcher jsonb not null,
    link_id uuid,
    -- Grows with each change of the campaign. A mail of an older revision does not leave.
    revision bigint not null,
    -- The day that is counted, in the zone of the campaign.
    day text,
    sent_today bigint not null default 0,
    new_today bigint not null default 0,
    launched_at timestamptz not null,
    last_sent_at timestamptz,
    primary key (workspace_id, campaign_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);
-- The `email_tag_list` of a campaign that was launched.
create table run_tags (
    workspace_id uuid not null,
    tag_id uuid not null,
    campaign_id uuid not null,
    primary key (workspace_id, tag_id, campaign_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);
-- The way of a lead through the sequence of a campaign, from its first mail on.
create table journeys (
    workspace_id uuid not null,
    lead_id uuid not null,
    campaign_id uuid not null,
    account_id uuid not null,
    -- The step that waits or is on its way, from 0.
    step bigint not null,
    -- Null: it is on its way, or there is nothing more to do.
    due_at timestamptz,
    ended boolean not null default false,
    -- How often the mail server deferred or refused this step, and when it did so first.
    tries bigint not null default 0,
    first_try_at timestamptz,
    -- The thread: its first subject, and the ids of its messages.
    subject text,
    message_ids jsonb not null,
    primary key (workspace_id, lead_id, campaign_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);
create index journeys_due on journeys (workspace_id, account_id, due_at) where due_at is not null;
create index journeys_of_campaign on journeys (workspace_id, campaign_id, due_at) where not ended;
-- When a workspace last wrote to an address, by the keyed MAC of the address.
create table contacts (
    workspace_id uuid not null references workspaces (id),
    mac text not null,
    campaign_id uuid,
    last_sent_at timestamptz,
    held_until timestamptz,
    primary key (workspace_id, mac)
);
-- Facts: mails that were armed, and mails that the server refused before the final dot. Nothing changes or deletes one.
create table sends (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    at timestamptz not null,
    lead_id uuid not null,
    campaign_id uuid not null,
    account_id uuid not null,
    step bigint not null,
    attempt bigint not null,
    variant bigint not null,
    -- Whether the final dot was allowed.
    armed boolean not null,
    message_id text not null,
    -- Keyed MACs of the address and of its domain.
    recipient text not null,
    company text not null,
    -- The SHA-256 of the mail.
    digest text not null,
    revision bigint not null,
    fence bigint not null,
    -- The user with whose rights it left. Null: the one who launched a campaign without an owner.
    owner_id uuid,
    primary key (workspace_id, id),
    unique (workspace_id, lead_id, campaign_id, step, attempt)
);
create index sends_of_company on sends (workspace_id, company, at);
create index sends_by_id on sends (id);
-- Facts: what became of a send. The last one counts. A send without a result can have left, and is never sent again.
create table results (
    workspace_id uuid not null references workspaces (id),
    send_id uuid not null,
    number bigint not null,
    at timestamptz not null,
    kind text not null check (kind in ('accepted', 'deferred', 'refused_address', 'refused_content', 'refused_account',
        'aborted', 'unconfirmed')),
    code bigint,
    words text,
    primary key (workspace_id, send_id, number)
);
-- Before this time a lead must not be contacted.
alter table leads add column not_before timestamptz;
-- The campaign that has written to the lead. In another campaign it is a new lead.
alter table leads add column contacted_in uuid;
create index leads_new on leads (workspace_id, campaign_id, id)
    where status = 1 and (contacted_in is null or contacted_in <> campaign_id);
