//! Completes a campaign that has nothing more to send.

use super::store;
use crate::access::{Can, campaigns::Launch};
use crate::app::App;
use crate::audit::{COMPLETED as ACTIVITY, Change, Subject};
use crate::error::{Error, Result};
use crate::resources::campaigns::{ACTIVE, COMPLETED, Campaign};
use crate::resources::events::{self, Event, Kind};
use serde_json::json;
use uuid::Uuid;

/// An evergreen campaign waits for further leads. Others are completed when no lead is new and no journey goes on.
pub async fn complete(app: &App, workspace: Uuid, campaign: &Campaign) -> Result<()> {
    if campaign.settings.is_evergreen == Some(true) {
        return Ok(());
    }
    let id = campaign.id;
    let can = super::itself(app, workspace);
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

async fn is_over(
    can: &crate::access::Caller,
    mut from: crate::db::Source<'_>,
    campaign: Uuid,
) -> Result<bool> {
    let (new, _) = store::new_leads(can, from.again(), campaign).await?;
    Ok(new == 0 && !store::is_under_way(can, from, campaign).await?)
}
