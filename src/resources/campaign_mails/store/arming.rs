//! The SQL of arming: the fact that a mail leaves, and the budgets that it takes.

use super::super::{Claim, Place};
use super::Run;
use crate::access::Caller;
use crate::db::{Json, Tx};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// A send that is not stored yet.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub id: Uuid,
    pub place: Place,
    pub account: Uuid,
    pub variant: i64,
    pub message_id: String,
    pub recipient: String,
    pub company: String,
    pub digest: String,
    pub revision: i64,
    pub owner: Option<Uuid>,
}

pub async fn insert_send(
    can: &Caller,
    tx: &mut Tx,
    send: &Outgoing,
    (attempt, armed, fence): (i64, bool, i64),
) -> Result<u64> {
    can.sql(
        "insert into sends (workspace_id, id, at, lead_id, campaign_id, account_id, step, attempt, variant, armed, \
         message_id, recipient, company, digest, revision, fence, owner_id) values ({here}, $1, $2, $3, $4, $5, $6, \
         $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(send.id)
    .bind(can.now())
    .bind(send.place.lead)
    .bind(send.place.campaign)
    .bind(send.account)
    .bind(send.place.step)
    .bind(attempt)
    .bind(send.variant)
    .bind(armed)
    .bind(&send.message_id)
    .bind(&send.recipient)
    .bind(&send.company)
    .bind(&send.digest)
    .bind(send.revision)
    .bind(fence)
    .bind(send.owner)
    .run(tx)
    .await
}

/// Takes a place of the account's day, and notes which send it is that has no result yet. 0 rows: the claim is over.
pub async fn take_from_account(
    can: &Caller,
    tx: &mut Tx,
    claim: &Claim,
    (after, send): (&Run, Option<Uuid>),
) -> Result<u64> {
    can.sql(
        "update runs set day = $4, sent_today = $5, ramp_days = $6, last_at = $7, armed = $8 \
         where workspace_id = {here} and account_id = $1 and lease = $2 and fence = $3",
    )
    .bind(claim.account)
    .bind(claim.lease)
    .bind(claim.fence)
    .bind(after.day.clone())
    .bind(after.sent_today)
    .bind(after.ramp_days)
    .bind(after.last_at)
    .bind(send)
    .run(tx)
    .await
}

/// Takes a place of the campaign's day.
pub async fn take_from_campaign(
    can: &Caller,
    tx: &mut Tx,
    campaign: Uuid,
    (day, sent, new): (&str, i64, i64),
) -> Result<u64> {
    can.sql(
        "update campaign_runs set day = $2, sent_today = $3, new_today = $4 \
         where workspace_id = {here} and campaign_id = $1",
    )
    .bind(campaign)
    .bind(day)
    .bind(sent)
    .bind(new)
    .run(tx)
    .await
}

pub async fn begin_gap(
    can: &Caller,
    tx: &mut Tx,
    (campaign, account): (Uuid, Uuid),
    until: Time,
) -> Result<u64> {
    can.sql(
        "insert into lanes (workspace_id, campaign_id, account_id, gap_until) values ({here}, $1, $2, $3) \
         on conflict (workspace_id, campaign_id, account_id) do update set gap_until = excluded.gap_until",
    )
    .bind(campaign)
    .bind(account)
    .bind(until)
    .run(tx)
    .await
}

pub async fn note_contact(can: &Caller, tx: &mut Tx, mac: &str, campaign: Uuid) -> Result<u64> {
    can.sql(
        "insert into contacts (workspace_id, mac, campaign_id, last_sent_at) values ({here}, $1, $2, $3) \
         on conflict (workspace_id, mac) do update set campaign_id = excluded.campaign_id, \
         last_sent_at = excluded.last_sent_at",
    )
    .bind(mac)
    .bind(campaign)
    .bind(can.now())
    .run(tx)
    .await
}

/// The first step of a lead is on its way.
pub async fn begin_journey(can: &Caller, tx: &mut Tx, send: &Outgoing, subject: &str) -> Result<u64> {
    let place = send.place;
    let none: Vec<String> = vec![];
    can.sql("update leads set contacted_in = $2 where workspace_id = {here} and id = $1")
        .bind(place.lead)
        .bind(place.campaign)
        .run(&mut *tx)
        .await?;
    can.sql(
        "insert into journeys (workspace_id, lead_id, campaign_id, account_id, step, message_ids, subject) \
         values ({here}, $1, $2, $3, $4, $5, $6)",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(send.account)
    .bind(place.step)
    .bind(Json::value(&none))
    .bind(subject)
    .run(tx)
    .await
}

/// A step that waited is on its way. 0 rows: it did not wait.
pub async fn go_on(can: &Caller, tx: &mut Tx, place: Place) -> Result<u64> {
    can.sql(
        "update journeys set due_at = null where workspace_id = {here} and lead_id = $1 and campaign_id = $2 \
         and step = $3 and due_at is not null and not ended",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(place.step)
    .run(tx)
    .await
}
