//! The SQL of the mails themselves, for ranges with a time of day.

use super::super::Wanted;
use crate::access::{Can, campaigns::Read};
use crate::db::record;
use crate::error::{Error, Result};
use crate::resources::campaigns::SHAPE;
use crate::time::Time;
use uuid::Uuid;

/// The most mails of one answer.
const MOST: usize = 200_000;

/// A mail that a mail server accepted, or that is unconfirmed.
#[derive(Clone, Debug)]
pub struct Mail {
    pub campaign: Uuid,
    pub lead: Uuid,
    pub step: i64,
    pub variant: i64,
    pub at: Time,
    pub accepted: bool,
    /// The lead had no mail of the campaign before.
    pub is_first: bool,
}
record! { Mail {
    campaign = "s.campaign_id", lead = "s.lead_id", step = "s.step", variant = "s.variant", at = "s.at",
    accepted = "r.kind = 'accepted'",
    is_first = "not exists (select 1 from sends e join results a on a.workspace_id = e.workspace_id \
        and a.send_id = e.id and a.kind = 'accepted' where e.workspace_id = s.workspace_id \
        and e.lead_id = s.lead_id and e.campaign_id = s.campaign_id and e.at < s.at)",
} }

/// Those from a time until just before another one.
pub async fn mails(can: &Can<Read>, wanted: &Wanted, (from, until): (Time, Time)) -> Result<Vec<Mail>> {
    let mails: Vec<Mail> = can
        .sql(
            "select {columns} from campaigns c join sends s on s.workspace_id = c.workspace_id \
             and s.campaign_id = c.id join results r on r.workspace_id = s.workspace_id and r.send_id = s.id \
             where s.at >= $1 and s.at < $2 and r.kind in ('accepted', 'unconfirmed') \
             and not exists (select 1 from results n where n.workspace_id = r.workspace_id \
             and n.send_id = r.send_id and n.number > r.number) and {visible} {filters} limit $3",
        )
        .bind(from)
        .bind(until)
        .bind(i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader())
        .await?;
    match mails.len() > MOST {
        true => Err(Error::TooMuch("querystring/start_date: choose fewer days, or whole days".to_owned())),
        false => Ok(mails),
    }
}
