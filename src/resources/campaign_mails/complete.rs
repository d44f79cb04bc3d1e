//! Completes a campaign that has nothing more to send.

use super::store;
use crate::access::{Caller, Can, campaigns::Launch};
use crate::app::App;
use crate::audit::{COMPLETED as ACTIVITY, Change, Subject};
use crate::db::Source;
use crate::error::{Error, Result};
use crate::resources::campaigns::{ACTIVE, COMPLETED, Campaign};
use crate::resources::events::{self, Event, Kind};
use crate::time::Time;
use serde_json::json;
use uuid::Uuid;

/// How long a due step waits for an account that was taken off the campaign and can come back.
const GONE: i64 = Time::DAY;

/// An evergreen campaign waits for further leads. Others are completed when no lead is new and no journey goes on.
pub async fn complete(app: &App, workspace: Uuid, campaign: &Campaign) -> Result<()> {
    let id = campaign.id;
    let can = super::itself(app, workspace);
    skip_stranded(app, &can, id).await?;
    if campaign.settings.is_evergreen == Some(true) {
        return Ok(());
    }
    if !is_over(&can, can.reader().into(), id).await? {
        return Ok(());
    }
    let can = Can::<Launch>::unattended(app, workspace);
    can.write(async move |can, tx| {
        let before: Campaign = can.own(&mut *tx, id).await?.ok_or(Error::NotFound)?;
        let subject = Subject::new("campaign", id);
        let mut after = before.clone();
        if before.status == ACTIVE && is_over(can, (&mut *tx).into(), id).await? {
            (after.status, after.timestamp_updated) = (COMPLETED, can.now());
            can.update(tx, &after).await?;
            events::record(can, tx, Event::new(Kind::CampaignCompleted).of_campaign(id)).await?;
        }
        let facts =
            [&before, &after].map(|campaign| json!({ "name": campaign.name, "status": campaign.status }));
        let [before, after] = facts;
        Ok(Change::new(subject, before, after, ()).numbered(ACTIVITY))
    })
    .await
}

/// A lead gets all steps from one account. If that account is permanently gone, the lead gets no further
/// mail.
async fn skip_stranded(app: &App, can: &Caller, campaign: Uuid) -> Result<()> {
    loop {
        let leads = store::stranded(can, campaign, can.now().minus(GONE)).await?;
        let more = leads.len() == store::STRANDED;
        if leads.is_empty() {
            return Ok(());
        }
        store::fact(app, can.workspace(), async move |can, tx| {
            store::end_stranded(can, tx, campaign, &leads).await
        })
        .await?;
        if !more {
            return Ok(());
        }
    }
}

async fn is_over(can: &Caller, mut from: Source<'_>, campaign: Uuid) -> Result<bool> {
    let (new, _) = store::new_leads(can, from.again(), campaign).await?;
    Ok(new == 0 && !store::is_under_way(can, from, campaign).await?)
}
