-- Not counted: step_days
-- Not counted: contact_days
-- What a campaign sent on a day, `YYYY-MM-DD` in UTC, by step and variant, both from 0. The day is that of the send.
create table step_days (
    workspace_id uuid not null,
    campaign_id uuid not null,
    step bigint not null,
    variant bigint not null,
    day text not null,
    sent bigint not null,
    -- Nobody knows whether these have left.
    unconfirmed bigint not null,
    primary key (workspace_id, campaign_id, step, variant, day),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);
-- How many leads got a mail of a campaign on a day, by the day of their mail before, which is empty for a first mail.
create table contact_days (
    workspace_id uuid not null,
    campaign_id uuid not null,
    day text not null,
    previous_day text not null,
    leads bigint not null,
    primary key (workspace_id, campaign_id, day, previous_day),
    foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete cascade
);
-- When the lead got the last step, or had nothing more to get.
alter table journeys add column completed_at timestamptz;
create index journeys_completed on journeys (workspace_id, campaign_id, completed_at) where completed_at is not null;
create index sends_of_campaign on sends (workspace_id, campaign_id, at);
-- The events that figures count. Sent mails have counters.
create index events_of_campaign on events (workspace_id, campaign_id, timestamp_created) where kind <> 'email_sent';
