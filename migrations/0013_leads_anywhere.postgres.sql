-- A lead may be in neither a campaign nor a list: then it belongs to its assignee.
alter table leads drop constraint leads_check;
alter table leads add constraint leads_check check (campaign_id is null or list_id is null);

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
