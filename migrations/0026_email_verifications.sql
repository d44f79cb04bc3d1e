-- The last look-up of each address: what the DNS says of its domain. What the workspace knows itself is not in it.
create table email_verifications (
    workspace_id uuid not null references workspaces (id),
    id uuid not null,
    email text not null,
    finding text not null
        check (finding in ('takes_mail', 'no_domain', 'no_server', 'refuses_mail', 'unknown')),
    credits_used bigint not null,
    timestamp_checked timestamptz not null,
    primary key (workspace_id, id),
    unique (workspace_id, email)
);
create index email_verifications_age on email_verifications (timestamp_checked);
-- The leads that wait for their verification.
create index leads_waiting on leads (workspace_id, id) where verification_status = 12;
