-- Sending accounts whole, leads and lists, and the queue of what is done behind the answer.

-- No operation has ever made a row in the bare table.
drop table accounts;
create table accounts (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    email text not null,
    first_name text not null,
    last_name text not null,
    search text not null,
    status bigint not null,
    warmup_status bigint not null,
    provider_code bigint not null,
    -- At most one member.
    assigned_to uuid,
    -- Users.
    added_by uuid,
    modified_by uuid,
    settings jsonb not null,
    status_message jsonb,
    stat_warmup_score bigint,
    -- IMAP and SMTP: hosts, names and passwords, sealed.
    connection text not null,
    timestamp_warmup_start timestamptz,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, email),
    foreign key (workspace_id, assigned_to) references members (workspace_id, id)
);
create index accounts_assigned on accounts (workspace_id, assigned_to);
create index accounts_created on accounts (workspace_id, timestamp_created, email);

-- A campaign's `email_list`, in its order.
create table campaign_senders (
    workspace_id uuid not null,
    campaign_id uuid not null,
    account_id uuid not null,
    position bigint not null,
    timestamp_created timestamptz not null,
    primary key (workspace_id, campaign_id, account_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade,
    foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);
create index campaign_senders_of on campaign_senders (workspace_id, account_id);

-- What an account did on a day, `YYYY-MM-DD` in UTC.
create table account_days (
    workspace_id uuid not null,
    account_id uuid not null,
    day text not null,
    sent bigint not null default 0,
    bounced bigint not null default 0,
    contacted bigint not null default 0,
    new_leads_contacted bigint not null default 0,
    opened bigint not null default 0,
    unique_opened bigint not null default 0,
    replies bigint not null default 0,
    unique_replies bigint not null default 0,
    replies_automatic bigint not null default 0,
    unique_replies_automatic bigint not null default 0,
    clicks bigint not null default 0,
    unique_clicks bigint not null default 0,
    primary key (workspace_id, account_id, day),
    foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create table warmup_days (
    workspace_id uuid not null,
    account_id uuid not null,
    day text not null,
    sent bigint not null default 0,
    landed_inbox bigint not null default 0,
    landed_spam bigint not null default 0,
    received bigint not null default 0,
    primary key (workspace_id, account_id, day),
    foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

-- Campaigns that anybody who knows their id may copy until then; looked up on the whole server.
create table campaign_shares (
    campaign_id uuid primary key,
    workspace_id uuid not null,
    expires_at timestamptz not null,
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);

create table lead_lists (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    name text not null,
    search text not null,
    owned_by uuid,
    has_enrichment_task boolean,
    timestamp_created timestamptz not null,
    primary key (workspace_id, id)
);

-- In a campaign or in a list.
create table leads (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    campaign_id uuid,
    list_id uuid,
    email text,
    first_name text,
    last_name text,
    company_name text,
    job_title text,
    phone text,
    website text,
    personalization text,
    search text not null,
    status bigint not null,
    lt_interest_status bigint,
    verification_status bigint,
    enrichment_status bigint,
    pl_value_lead text,
    -- Users.
    assigned_to uuid,
    uploaded_by_user uuid,
    upload_method text not null,
    is_website_visitor boolean not null,
    esp_code bigint,
    esg_code bigint,
    subsequence_id uuid,
    email_open_count bigint not null default 0,
    email_reply_count bigint not null default 0,
    email_click_count bigint not null default 0,
    timestamp_last_contact timestamptz,
    timestamp_last_open timestamptz,
    timestamp_last_reply timestamptz,
    timestamp_last_click timestamptz,
    timestamp_last_interest_change timestamptz,
    custom_variables jsonb not null,
    timestamp_created timestamptz not null,
    timestamp_updated timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, campaign_id, email),
    unique (workspace_id, list_id, email),
    check ((campaign_id is null) <> (list_id is null)),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade,
    foreign key (workspace_id, list_id) references lead_lists (workspace_id, id) on delete cascade
);
create index leads_of_campaign on leads (workspace_id, campaign_id, id);
create index leads_of_list on leads (workspace_id, list_id, id);
create index leads_email on leads (workspace_id, email);

-- Work behind the answer, mail among it: written in the transaction of the change that asks for it.
create table jobs (
    workspace_id uuid not null references workspaces (id),
    id text not null,
    kind text not null,
    user_id uuid,
    entity_type text not null,
    entity_id uuid,
    data jsonb not null,
    -- What nobody may read at rest: a letter with its link.
    sealed text,
    -- What it is about, where that is counted: whom a mail is for.
    about text,
    -- By whose right it is done; none for what the server does by itself.
    asker jsonb,
    progress bigint not null,
    -- How far it has come.
    position text,
    status text not null,
    attempts bigint not null,
    error text,
    due_at timestamptz not null,
    -- Who works on it, until when.
    lease uuid,
    lease_until timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (workspace_id, id)
);
create index jobs_due on jobs (due_at) where status in ('pending', 'in-progress');
create index jobs_about on jobs (workspace_id, about, created_at);

alter table workspaces add column unique_leads boolean not null default false;
alter table members add column invitation_mailed boolean not null default false;
alter table audit_log add column list_id uuid;
