//! Changes the fields of a campaign that a PATCH names.

use super::seen::Whole;
use super::{Campaign, Patch, references, store, subject};
use crate::access::{Can, Seen, campaigns::Update};
use crate::audit::Change;
use crate::error::Result;
use crate::http::Fields;
use crate::resources::members::{Whose, owner};
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Fields<Patch>) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let after = patch.over_but(&["collaborators"], &Whole(before.clone()))?.0;
        let mut after = Campaign { timestamp_updated: can.now(), ..after };
        if let Some(wanted) = patch.list("collaborators") {
            after.collaborators = references::collaborators(can, tx, &wanted).await?;
        }
        if after.owned_by != before.owned_by {
            after.owned_by = owner::<Update>(can, tx, after.owned_by, Whose::Theirs("campaign")).await?;
        }
        let other_owner = after.owned_by != before.owned_by;
        let changed = |field: &str| patch.names(field) || field == "email_list" && other_owner;
        references::check(can, tx, &mut after, &before.settings.email_list, changed).await?;
        store::update(can, tx, &before, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}
