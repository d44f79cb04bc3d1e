//! One campaign from another: a duplicate in the workspace, or a copy of one that was shared. Neither takes along
//! leads, tags, collaborators or what happened; a copy from elsewhere takes nobody's senders, owner or addresses
//! either.

use super::routes::subject;
use super::{Campaign, DRAFT, Settings, store};
use crate::access::{Caller, Can, Permission, Seen, Step, campaigns::*};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{Empty, Id, Json, Nothing, Optional, Path, Unused, absent_not_null, lenient};
use crate::resources::accounts::Senders;
use crate::resources::{custom_tags, workspaces};
use schemars::JsonSchema;
use serde::Deserialize;

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = lenient)]
pub struct Name {
    /// The name of the original and ` (copy)`, unless given.
    #[schemars(transform = absent_not_null, length(min = 1, max = 1000))]
    name: Option<String>,
}

pub async fn duplicate(
    can: Can<Create>,
    Path(Id { id }): Path<Id>,
    Optional(body): Optional<Name>,
) -> Result<Json<Seen<Campaign>>> {
    let copied = can.write(async move |can, tx| {
        let original = store::seen(can, tx, id).await?;
        let mut copy = fresh(can, &original);
        copy.name = body.name.clone().unwrap_or_else(|| format!("{} (copy)", original.name));
        copy.visibility = original.visibility;
        copy.settings = original.settings.clone();
        let usable = Senders::usable_by(can, tx, copy.owned_by, &copy.settings.email_list, &[]).await?;
        copy.settings.email_list.retain(|email| usable.contains(email));
        insert(can, tx, &copy).await?;
        Ok(Change::created(subject(&copy), copy))
    });
    copied.await.map(Json)
}

/// A draft of the caller's with the copy and the schedule of another campaign.
fn fresh(can: &Caller, of: &Campaign) -> Campaign {
    Campaign {
        id: can.new_id(),
        status: DRAFT,
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization: Some(can.workspace()),
        owned_by: can.user(),
        ai_sdr_id: None,
        not_sending_status: None,
        core_variables: None,
        custom_variables: None,
        collaborators: vec![],
        accounts_not_connected: vec![],
        ..of.clone()
    }
}

/// A new campaign, with the tags of a limited caller.
pub async fn insert(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    store::insert(can, tx, campaign).await?;
    let tags = custom_tags::store::of_limit(can, tx, Create::ACTION.name).await?;
    custom_tags::store::map(can, tx, &tags, (custom_tags::CAMPAIGN, &[campaign.id])).await
}

/// Once more prolongs it.
pub async fn share(can: Can<Share>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Empty> {
    let shared = can.write(async move |can, tx| {
        let campaign = store::find(can, &mut *tx, id).await?;
        let until = can.now().plus(WEEK);
        store::share(can, tx, id, until).await?;
        Ok(Change::new(subject(&campaign), (), serde_json::json!({ "shared_until": until }), Empty))
    });
    shared.await
}

/// The campaign as it is; recorded, for it leaves the house.
pub async fn export(can: Can<Export>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    let exported = can.write(async move |can, tx| {
        let campaign = store::find(can, &mut *tx, id).await?;
        Ok(Change::updated(subject(&campaign), &campaign, campaign.clone()))
    });
    exported.await.map(Json)
}

/// Not shared, not any more, not there: one answer.
fn not_shared() -> Error {
    Error::refused(Step::Reach, "The requested campaign not shared")
}

pub async fn from_export(
    can: Can<Create>,
    path: Result<Path<Id>>,
    _: Unused,
) -> Result<Json<Seen<Campaign>>> {
    let Path(Id { id }) = path.map_err(|_| not_shared())?;
    let copied = can.write(async move |can, tx| {
        let original = store::shared(tx, id, can.now()).await?.ok_or_else(not_shared)?;
        let mut copy = fresh(can, &original);
        copy.visibility = workspaces::current(can, &mut *tx).await?.default_campaign_visibility;
        copy.settings = Settings {
            email_list: vec![],
            email_tag_list: vec![],
            cc_list: vec![],
            bcc_list: vec![],
            ..original.settings
        };
        insert(can, tx, &copy).await?;
        Ok(Change::created(subject(&copy), copy))
    });
    copied.await.map(Json)
}
