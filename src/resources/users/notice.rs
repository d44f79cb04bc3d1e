//! Notices: letters that warn a person of a change to their account.

use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};

const NOTICE: &str = "notice";
/// Notices to one address in a day. They have a limit of their own, so that other letters never crowd out a warning.
const NOTICES: i64 = 30;

/// Sends nothing if the server has no mail, or if the address has had all its notices for today.
pub async fn notify(can: &Caller, tx: &mut Tx, to: &str, notice: Notice) -> Result<()> {
    if can.app().mailer.is_some() && outbox::has_room_for(can, tx, to, (NOTICE, NOTICES)).await? {
        outbox::post(can, tx, &letters::notice(to, notice)?, NOTICE).await?;
    }
    Ok(())
}
