//! The SQL of the figures that a result moves. `analytics` reads them, and can count them again from the facts.

use super::{Sent, UNCONFIRMED};
use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// A send got a result. `before` is the result that it had.
pub async fn count(
    can: &Caller,
    tx: &mut Tx,
    sent: &Sent,
    (before, kind): (Option<&str>, &str),
) -> Result<()> {
    let unconfirmed = i64::from(kind == UNCONFIRMED) - i64::from(before == Some(UNCONFIRMED));
    let accepted = kind == "accepted";
    if accepted || unconfirmed != 0 {
        count_step(can, tx, sent, (i64::from(accepted), unconfirmed)).await?;
    }
    if !accepted {
        return Ok(());
    }
    let (last, next) = other_mails(can, tx, sent).await?;
    count_contact(can, tx, sent, (last, next)).await?;
    count_account(can, tx, sent, last.is_none() && next.is_none()).await?;
    can.sql("update campaign_runs set last_sent_at = $2 where workspace_id = {here} and campaign_id = $1")
        .bind(sent.campaign)
        .bind(sent.at)
        .run(&mut *tx)
        .await?;
    can.sql("update leads set timestamp_last_contact = $2 where workspace_id = {here} and id = $1")
        .bind(sent.lead)
        .bind(sent.at)
        .run(tx)
        .await
        .map(drop)
}

async fn count_step(
    can: &Caller,
    tx: &mut Tx,
    sent: &Sent,
    (accepted, unconfirmed): (i64, i64),
) -> Result<u64> {
    can.sql(
        "insert into step_days (workspace_id, campaign_id, step, variant, day, sent, unconfirmed) \
         select c.workspace_id, c.id, $2, $3, $4, $5, $6 from campaigns c where c.workspace_id = {here} and c.id = $1 \
         on conflict (workspace_id, campaign_id, step, variant, day) do update set \
         sent = step_days.sent + excluded.sent, unconfirmed = step_days.unconfirmed + excluded.unconfirmed",
    )
    .bind(sent.campaign)
    .bind(sent.step)
    .bind(sent.variant)
    .bind(sent.at.day())
    .bind(accepted)
    .bind(unconfirmed)
    .run(tx)
    .await
}

/// When the lead got the mails of the campaign before and after this one. A result can arrive after that of a later mail.
async fn other_mails(can: &Caller, tx: &mut Tx, sent: &Sent) -> Result<(Option<Time>, Option<Time>)> {
    let found = can
        .sql(
            "select max(case when s.at < $4 then s.at end), min(case when s.at > $4 then s.at end) from sends s \
             where s.workspace_id = {here} and s.lead_id = $1 and s.campaign_id = $2 and s.id <> $3 \
             and exists (select 1 from results r where r.workspace_id = s.workspace_id \
             and r.send_id = s.id and r.kind = 'accepted')",
        )
        .bind(sent.lead)
        .bind(sent.campaign)
        .bind(sent.id)
        .bind(sent.at)
        .optional::<(Option<Time>, Option<Time>)>(tx);
    Ok(found.await?.unwrap_or_default())
}

/// A lead counts once on a day, under the day of its mail before. So a range of days can count each lead once: those whose
/// mail before is older than the range.
async fn count_contact(
    can: &Caller,
    tx: &mut Tx,
    sent: &Sent,
    (last, next): (Option<Time>, Option<Time>),
) -> Result<()> {
    let (day, previous) = (sent.at.day(), last.map(|last| last.day()).unwrap_or_default());
    let following = next.map(|next| next.day());
    if day == previous || following.as_ref() == Some(&day) {
        return Ok(());
    }
    add_contact(can, tx, sent.campaign, (&day, &previous), 1).await?;
    if let Some(following) = following {
        add_contact(can, tx, sent.campaign, (&following, &previous), -1).await?;
        add_contact(can, tx, sent.campaign, (&following, &day), 1).await?;
    }
    Ok(())
}

async fn add_contact(
    can: &Caller,
    tx: &mut Tx,
    campaign: Uuid,
    (day, previous): (&str, &str),
    leads: i64,
) -> Result<()> {
    can.sql(
        "insert into contact_days (workspace_id, campaign_id, day, previous_day, leads) \
         select c.workspace_id, c.id, $2, $3, $4 from campaigns c where c.workspace_id = {here} and c.id = $1 \
         on conflict (workspace_id, campaign_id, day, previous_day) do update set \
         leads = contact_days.leads + excluded.leads",
    )
    .bind(campaign)
    .bind(day.to_owned())
    .bind(previous.to_owned())
    .bind(leads)
    .run(tx)
    .await
    .map(drop)
}

/// `contacted` counts the leads that got a mail of the account on the day.
async fn count_account(can: &Caller, tx: &mut Tx, sent: &Sent, is_first: bool) -> Result<u64> {
    let begins = Time::of_day(&sent.at.day()).unwrap_or(sent.at);
    can.sql(
        "insert into account_days (workspace_id, account_id, day, sent, contacted, new_leads_contacted) \
         select a.workspace_id, a.id, $2, 1, (select case when count(*) > 1 then 0 else 1 end from sends s \
         where s.workspace_id = {here} and s.lead_id = $4 and s.account_id = $1 and s.at >= $5 and s.at < $6 \
         and exists (select 1 from results r where r.workspace_id = s.workspace_id and r.send_id = s.id \
         and r.kind = 'accepted')), $3 from accounts a where a.workspace_id = {here} and a.id = $1 \
         on conflict (workspace_id, account_id, day) do update set sent = account_days.sent + 1, \
         contacted = account_days.contacted + excluded.contacted, \
         new_leads_contacted = account_days.new_leads_contacted + excluded.new_leads_contacted",
    )
    .bind(sent.account)
    .bind(sent.at.day())
    .bind(i64::from(is_first))
    .bind(sent.lead)
    .bind(begins)
    .bind(begins.plus(Time::DAY))
    .run(tx)
    .await
}

/// An address of a campaign bounced.
pub async fn count_bounced(can: &Caller, tx: &mut Tx, account: Uuid, day: String) -> Result<u64> {
    can.sql(
        "insert into account_days (workspace_id, account_id, day, bounced) select a.workspace_id, a.id, $2, 1 \
         from accounts a where a.workspace_id = {here} and a.id = $1 \
         on conflict (workspace_id, account_id, day) do update set bounced = account_days.bounced + 1",
    )
    .bind(account)
    .bind(day)
    .run(tx)
    .await
}
