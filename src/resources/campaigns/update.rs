//! Changes the fields of a campaign that a PATCH names.

use super::references::{self, Changed};
use super::{Campaign, Patch, copy, store, subject};
use crate::access::{Can, Seen, campaigns::Update};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::members::{Whose, owner};
use crate::resources::runs;
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<Seen<Campaign>> {
    if let Some(sequences) = patch.settings.sequences.get() {
        copy::check(&sequences.read()?)?;
    }
    can.write(async move |can, tx| {
        let before: Campaign = can.find(&mut *tx, id).await?;
        let mut after = Campaign { timestamp_updated: can.now(), ..patch.over(&before) };
        if let Some(wanted) = patch.collaborators.get() {
            after.collaborators = references::collaborators(can, tx, wanted).await?;
        }
        if after.owned_by != before.owned_by {
            after.owned_by = owner::<Update>(can, tx, after.owned_by, Whose::Theirs("campaign")).await?;
        }
        let other_owner = after.owned_by != before.owned_by;
        let changed = Changed {
            tags: patch.settings.email_tag_list.get().is_some(),
            senders: other_owner || patch.settings.email_list.get().is_some(),
        };
        references::check(can, tx, &mut after, &before.settings.email_list, changed).await?;
        store::update(can, tx, &before, &after).await?;
        runs::edited(can, tx, id, &after.settings.email_tag_list).await?;
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}
