//! The SQL that reads the facts about a mail, both inside the transaction that arms it and before.

use super::super::Place;
use super::Run;
use crate::access::{Asker, Caller};
use crate::db::{Json, Record, Row, Source, record};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::block_list_entries::mac;
use crate::time::Time;
use serde_json::Value;
use uuid::Uuid;

pub async fn run(can: &Caller, from: Source<'_>, account: Uuid) -> Result<Option<Run>> {
    can.sql("select {columns} from runs r where r.workspace_id = {here} and r.account_id = $1")
        .bind(account)
        .optional(from)
        .await
}

/// What is known of a campaign since its launch.
#[derive(Clone, Debug)]
pub struct CampaignRun {
    /// None if it cannot be read. Then the campaign has no mandate.
    pub launcher: Option<Asker>,
    pub link: Option<Uuid>,
    pub revision: i64,
    pub day: Option<String>,
    pub sent_today: i64,
    pub new_today: i64,
    pub launched_at: Time,
    pub last_sent_at: Option<Time>,
    /// When the gap of the account is over.
    pub gap_until: Option<Time>,
}

impl Record for CampaignRun {
    const COLUMNS: &'static str = "r.launcher, r.link_id, r.revision, r.day, r.sent_today, r.new_today, r.launched_at, \
         r.last_sent_at, l.gap_until";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            launcher: serde_json::from_value(row.take::<Value>()?).ok(),
            link: row.take()?,
            revision: row.take()?,
            day: row.take()?,
            sent_today: row.take()?,
            new_today: row.take()?,
            launched_at: row.take()?,
            last_sent_at: row.take()?,
            gap_until: row.take()?,
        })
    }
}

pub async fn campaign_run(
    can: &Caller,
    from: Source<'_>,
    (campaign, account): (Uuid, Uuid),
) -> Result<Option<CampaignRun>> {
    can.sql(
        "select {columns} from campaign_runs r left join lanes l on l.workspace_id = r.workspace_id \
         and l.campaign_id = r.campaign_id and l.account_id = $2 \
         where r.workspace_id = {here} and r.campaign_id = $1",
    )
    .bind(campaign)
    .bind(account)
    .optional(from)
    .await
}

/// Whether an account is one of a campaign's, and its owner can use it.
pub async fn is_usable(
    can: &Caller,
    from: Source<'_>,
    senders: &Senders,
    (campaign, account): (Uuid, Uuid),
) -> Result<bool> {
    let usable = can
        .sql(
            "select a.id from accounts a where a.workspace_id = {here} and a.id = $2 and {usable} and (a.id in \
             (select s.account_id from campaign_senders s where s.workspace_id = {here} and s.campaign_id = $1) \
             or a.id in (select g.resource_id from custom_tag_mappings g join run_tags t \
             on t.workspace_id = g.workspace_id and t.tag_id = g.tag_id \
             where g.workspace_id = {here} and t.campaign_id = $1))",
        )
        .bind(campaign)
        .bind(account)
        .fill("{usable}", senders.usable())
        .optional::<Uuid>(from);
    Ok(usable.await?.is_some())
}

/// The way of a lead through a campaign so far.
#[derive(Clone, Debug)]
pub struct Journey {
    pub account: Uuid,
    pub step: i64,
    pub due_at: Option<Time>,
    pub ended: bool,
    pub tries: i64,
    pub first_try_at: Option<Time>,
    pub subject: Option<String>,
    pub message_ids: Vec<String>,
}

impl Record for Journey {
    const COLUMNS: &'static str =
        "j.account_id, j.step, j.due_at, j.ended, j.tries, j.first_try_at, j.subject, j.message_ids";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            account: row.take()?,
            step: row.take()?,
            due_at: row.take()?,
            ended: row.take()?,
            tries: row.take()?,
            first_try_at: row.take()?,
            subject: row.take()?,
            message_ids: row.take::<Json<Vec<String>>>()?.0,
        })
    }
}

pub async fn journey(can: &Caller, from: Source<'_>, place: Place) -> Result<Option<Journey>> {
    can.sql(
        "select {columns} from journeys j where j.workspace_id = {here} and j.lead_id = $1 and j.campaign_id = $2",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .optional(from)
    .await
}

pub async fn not_before(can: &Caller, from: Source<'_>, lead: Uuid) -> Result<Option<Time>> {
    let found = can.sql("select l.not_before from leads l where l.workspace_id = {here} and l.id = $1");
    Ok(found.bind(lead).optional::<Option<Time>>(from).await?.flatten())
}

/// When and for which campaign the workspace last wrote to an address.
pub struct Contact {
    pub campaign: Option<Uuid>,
    pub last_sent_at: Option<Time>,
}
record! { Contact { campaign = "k.campaign_id", last_sent_at = "k.last_sent_at" } }

pub async fn contact(can: &Caller, from: Source<'_>, mac: &str) -> Result<Option<Contact>> {
    can.sql("select {columns} from contacts k where k.workspace_id = {here} and k.mac = $1")
        .bind(mac)
        .optional(from)
        .await
}

/// How many mails were armed to a company since a time: of one campaign, or of all.
pub async fn to_company(
    can: &Caller,
    from: Source<'_>,
    (company, campaign): (&str, Option<Uuid>),
    since: Time,
) -> Result<i64> {
    let count = can
        .sql(
            "select count(*) from sends s where s.workspace_id = {here} and s.company = $1 and s.at >= $2 \
             and s.armed {filters}",
        )
        .bind(company)
        .bind(since)
        .fill("{filters}", |out| {
            out.given(campaign, " and s.campaign_id = ", "");
        });
    Ok(count.optional(from).await?.unwrap_or(0))
}

/// The last result of each earlier attempt at a step. None: it has no result.
pub async fn attempts(can: &Caller, from: Source<'_>, place: Place) -> Result<Vec<Option<String>>> {
    can.sql(
        "select (select r.kind from results r where r.workspace_id = s.workspace_id and r.send_id = s.id \
         order by r.number desc limit 1) from sends s where s.workspace_id = {here} and s.lead_id = $1 \
         and s.campaign_id = $2 and s.step = $3 order by s.attempt",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(place.step)
    .all(from)
    .await
}

/// A send that is stored.
#[derive(Clone, Debug)]
pub struct Sent {
    pub id: Uuid,
    pub lead: Uuid,
    pub campaign: Uuid,
    pub account: Uuid,
    pub step: i64,
    pub variant: i64,
    pub message_id: String,
    /// The keyed MAC of the address.
    pub recipient: String,
    pub at: Time,
}
record! { Sent {
    id = "s.id", lead = "s.lead_id", campaign = "s.campaign_id", account = "s.account_id", step = "s.step",
    variant = "s.variant", message_id = "s.message_id", recipient = "s.recipient", at = "s.at",
} }

pub async fn sent(can: &Caller, from: Source<'_>, send: Uuid) -> Result<Option<Sent>> {
    can.sql("select {columns} from sends s where s.workspace_id = {here} and s.id = $1")
        .bind(send)
        .optional(from)
        .await
}

/// The address to which a send went, if its lead still has it.
pub async fn address(can: &Caller, from: Source<'_>, sent: &Sent) -> Result<Option<String>> {
    let found = can.sql("select l.email from leads l where l.workspace_id = {here} and l.id = $1");
    let email = found.bind(sent.lead).optional::<Option<String>>(from).await?.flatten();
    Ok(email.filter(|email| mac(can, email).is_ok_and(|own| own == sent.recipient)))
}

/// Whether the person to whom a send went has unsubscribed.
pub async fn is_unsubscribed(can: &Caller, from: Source<'_>, send: Uuid) -> Result<bool> {
    let found = can
        .sql(
            "select u.id from sends s join suppressions u on u.workspace_id = s.workspace_id and u.mac = s.recipient \
             and u.kind = 'unsubscribed' where s.workspace_id = {here} and s.id = $1",
        )
        .bind(send)
        .optional::<Uuid>(from);
    Ok(found.await?.is_some())
}
