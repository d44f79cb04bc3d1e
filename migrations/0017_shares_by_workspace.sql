-- The workspace leads this key too, so that shares can lie with their campaigns.
create table campaign_shares_moved (
    workspace_id uuid not null,
    campaign_id uuid not null,
    expires_at timestamptz not null,
    link_id uuid,
    primary key (workspace_id, campaign_id),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);
insert into campaign_shares_moved (workspace_id, campaign_id, expires_at, link_id)
    select workspace_id, campaign_id, expires_at, link_id from campaign_shares;
drop table campaign_shares;
alter table campaign_shares_moved rename to campaign_shares;
create index campaign_shares_of on campaign_shares (campaign_id);
