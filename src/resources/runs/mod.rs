//! When accounts look for their next mail. A change that could let a mail leave wakes the accounts concerned, in its own
//! transaction. A change that stops mails needs no call: each mail is checked again before it leaves. This resource has no
//! operations. `campaign_mails` sends.

mod store;
pub use store::{handed_over, is_launched, wake_accounts, wake_campaign, wake_owned};

use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// A campaign was launched. From now on its mails leave with the rights of its owner, or else of this caller.
pub async fn launched(can: &Caller, tx: &mut Tx, campaign: Uuid, tags: &[Uuid]) -> Result<()> {
    store::launch(can, tx, campaign).await?;
    store::set_tags(can, tx, campaign, tags).await?;
    wake_campaign(can, tx, campaign).await
}

/// A campaign was changed. Mails that were written before the change do not leave.
pub async fn edited(can: &Caller, tx: &mut Tx, campaign: Uuid, tags: &[Uuid]) -> Result<()> {
    if store::raise_revision(can, tx, campaign).await? == 0 {
        return Ok(()); // it was never launched
    }
    store::set_tags(can, tx, campaign, tags).await?;
    wake_campaign(can, tx, campaign).await
}
