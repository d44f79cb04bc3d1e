//! Copies a shared campaign into the caller's workspace, from any workspace that shared it.

use super::create::insert;
use super::duplicate::copied;
use super::{Campaign, Settings, store, subject};
use crate::access::{Can, Seen, Step, campaigns::Create};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::resources::workspaces;
use uuid::Uuid;

/// The copy has no sending accounts, tags or addresses of the other workspace.
pub async fn from_export(can: Can<Create>, id: Uuid) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let original = store::shared(tx, id, can.now()).await?.ok_or_else(not_shared)?;
        let mut copy = copied(can, &original);
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
    })
    .await
}

/// The same answer whether the campaign was never shared, is no longer shared or does not exist.
pub fn not_shared() -> Error {
    Error::refused(Step::Reach, "The requested campaign not shared")
}
