-- A lead may be in neither a campaign nor a list: then it belongs to its assignee. SQLite cannot drop a check, so this
-- creates the table again. No other table refers to it.

create table leads_anywhere (
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
    check (campaign_id is null or list_id is null),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade,
    foreign key (workspace_id, list_id) references lead_lists (workspace_id, id) on delete cascade
);

insert into leads_anywhere (
    workspace_id, id, campaign_id, list_id, email, first_name, last_name, company_name, job_title, phone, website,
    personalization, search, status, lt_interest_status, verification_status, enrichment_status, pl_value_lead,
    assigned_to, uploaded_by_user, upload_method, is_website_visitor, esp_code, esg_code, subsequence_id,
    email_open_count, email_reply_count, email_click_count, timestamp_last_contact, timestamp_last_open,
    timestamp_last_reply, timestamp_last_click, timestamp_last_interest_change, custom_variables, timestamp_created,
    timestamp_updated
) select
    workspace_id, id, campaign_id, list_id, email, first_name, last_name, company_name, job_title, phone, website,
    personalization, search, status, lt_interest_status, verification_status, enrichment_status, pl_value_lead,
    assigned_to, uploaded_by_user, upload_method, is_website_visitor, esp_code, esg_code, subsequence_id,
    email_open_count, email_reply_count, email_click_count, timestamp_last_contact, timestamp_last_open,
    timestamp_last_reply, timestamp_last_click, timestamp_last_interest_change, custom_variables, timestamp_created,
    timestamp_updated
from leads;
drop table leads;
alter table leads_anywhere rename to leads;
create index leads_of_campaign on leads (workspace_id, campaign_id, id);
create index leads_of_list on leads (workspace_id, list_id, id);
create index leads_email on leads (workspace_id, email);

-- Accounts that become a member's when they accept the invitation.
create table invitation_accounts (
    workspace_id uuid not null,
    member_id uuid not null,
    account_id uuid not null,
    primary key (workspace_id, member_id, account_id),
    foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade,
    foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);
create index invitation_accounts_of on invitation_accounts (workspace_id, account_id);
