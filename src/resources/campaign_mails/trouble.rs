//! What becomes of an account whose mail server refuses it, or cannot be reached.

use super::facts::sender;
use super::{Claim, itself, store};
use crate::access::{Can, accounts::Use};
use crate::app::App;
use crate::error::Result;
use crate::resources::accounts::account_failed;
use crate::sending::answer::Trouble;
use crate::time::Time;
use serde_json::json;

/// The statuses of an account that cannot connect, and of one whose server does not let it send.
const CONNECTION: i64 = -1;
const SENDING: i64 = -3;
/// Failures in a row, and the least time from the first to the last, after which an account is out of use.
const FAILURES: i64 = 5;
const LASTING: i64 = Time::HOUR;
/// The longest rest of an account, in minutes.
const LONGEST_REST: i64 = 30;

pub async fn trouble(app: &App, claim: &Claim, kind: Trouble, words: Option<String>) -> Result<()> {
    let can = itself(app, claim.workspace);
    let Some(known) = sender(&can, can.reader().into(), claim.account).await? else { return Ok(()) };
    let now = app.now();
    let (mut failures, mut since, mut until) = (known.run.failures, known.run.failing_since, None);
    let status = match kind {
        Trouble::Login => Some(CONNECTION),
        Trouble::Sender => Some(SENDING),
        Trouble::Quota => {
            until = Some(known.gates.day_ends);
            None
        }
        Trouble::Unreachable => {
            failures += 1;
            let first = *since.get_or_insert(now);
            let doubled = u32::try_from(failures - 1).unwrap_or(u32::MAX).min(5);
            let minutes = 2_i64.pow(doubled).min(LONGEST_REST);
            until = Some(now.plus(minutes * Time::MINUTE));
            (failures >= FAILURES && now >= first.plus(LASTING)).then_some(CONNECTION)
        }
    };
    // An account that is fixed begins again.
    if status.is_some() {
        (failures, since, until) = (0, None, None);
    }
    let account = claim.account;
    store::fact(app, claim.workspace, async move |can, tx| {
        store::rest(can, tx, account, (until, failures, since)).await
    })
    .await?;
    match status {
        None => Ok(()),
        Some(status) => {
            let message =
                json!({ "e_message": "The server could not send from this account.", "response": words });
            account_failed(Can::<Use>::unattended(app, claim.workspace), account, status, message).await
        }
    }
}

/// The mail server answered, so the failures before do not count any more.
pub async fn recovered(app: &App, claim: &Claim) -> Result<()> {
    let account = claim.account;
    let rested = store::fact(app, claim.workspace, async move |can, tx| {
        store::rest(can, tx, account, (None, 0, None)).await
    });
    rested.await.map(drop)
}
