//! Outgoing mail. A letter is a job, so it exists only if the change that asks for it was committed. The
//! letter is sealed, because it can contain a link, and is erased once it is sent. If the server crashes
//! after the mail server accepts a letter and before that is recorded, the letter is sent again with the same
//! Message-ID.

use super::{Claim, Kind, New, Outcome, enqueue};
use crate::access::Caller;
use crate::app::App;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::mail::{Failure, Letter};
use crate::time::Time;
use serde_json::json;

/// The most letters that a workspace sends to one address in a day.
const A_DAY: i64 = 3;

fn about(id: &str) -> String {
    format!("mail/{id}")
}

/// Queues a letter; `what` is its kind.
pub async fn post(can: &Caller, tx: &mut Tx, letter: &Letter, what: &'static str) -> Result<String> {
    let plain = serde_json::to_vec(letter).map_err(Error::internal)?;
    let name = can.new_id().to_string();
    let random = can.app().random()?;
    let sealed = can.app().vault.seal(can.workspace(), &about(&name), &plain, &random)?;
    let new = New {
        kind: Kind::Mail,
        user: None,
        data: json!({ "what": what, "name": name }),
        sealed: Some(sealed),
        about: Some(letter.to.clone()),
        asker: None,
    };
    enqueue(can, tx, new).await
}

/// Whether the address can get one more letter today. Links that anybody can ask for, and warnings, have
/// separate limits and do not count here, so an outsider cannot use up a workspace's letters.
pub async fn has_room(can: &Caller, tx: &mut Tx, address: &str) -> Result<bool> {
    let sent = sql("select count(*) from jobs where workspace_id = $1 and about = $2 and created_at > $3 \
         and data ->> 'what' not in ('reset', 'notice')")
    .bind(can.workspace())
    .bind(address)
    .bind(can.now().minus(Time::DAY));
    Ok(sent.optional::<i64>(tx).await?.unwrap_or(0) < A_DAY)
}

/// For a letter that a caller asks for. A notice is skipped instead of refused.
pub async fn demand_room(can: &Caller, tx: &mut Tx, address: &str) -> Result<()> {
    match has_room(can, tx, address).await? {
        true => Ok(()),
        false => Err(Error::DailyLimit(format!(
            "a workspace mails one address at most {A_DAY} times a day; go on tomorrow"
        ))),
    }
}

/// The same for letters of one kind only. Warnings are counted separately, so that other letters cannot
/// displace them.
pub async fn has_room_for(
    can: &Caller,
    tx: &mut Tx,
    address: &str,
    (what, most): (&'static str, i64),
) -> Result<bool> {
    let sent = sql("select count(*) from jobs where workspace_id = $1 and about = $2 and created_at > $3 \
         and data ->> 'what' = $4")
    .bind(can.workspace())
    .bind(address)
    .bind(can.now().minus(Time::DAY))
    .bind(what);
    Ok(sent.optional::<i64>(tx).await?.unwrap_or(0) < most)
}

/// Withdraws the letters of a kind that were not sent yet.
pub async fn withdraw(can: &Caller, tx: &mut Tx, address: &str, what: &str) -> Result<u64> {
    sql("update jobs set status = 'cancelled', sealed = null, updated_at = $4 where workspace_id = $1 \
         and about = $2 and kind = 'mail' and data ->> 'what' = $3 and status = 'pending'")
    .bind(can.workspace())
    .bind(address)
    .bind(what)
    .bind(can.now())
    .run(tx)
    .await
}

/// The same for several addresses.
pub async fn withdraw_all(can: &Caller, tx: &mut Tx, addresses: &[String], what: &str) -> Result<u64> {
    sql("update jobs set status = 'cancelled', sealed = null, updated_at = $3 where workspace_id = $1 \
         and about in ({emails}) and kind = 'mail' and data ->> 'what' = $2 and status = 'pending'")
    .bind(can.workspace())
    .bind(what)
    .bind(can.now())
    .fill_list("{emails}", addresses)
    .run(tx)
    .await
}

/// Whether the last letter to the address today was permanently refused. Then it is better to show the link.
pub async fn bounced(can: &Caller, tx: &mut Tx, address: &str) -> Result<bool> {
    let last = sql("select status from jobs where workspace_id = $1 and about = $2 \
         and created_at > $3 order by created_at desc, id desc limit 1")
    .bind(can.workspace())
    .bind(address)
    .bind(can.now().minus(Time::DAY));
    Ok(last.optional::<String>(tx).await?.is_some_and(|status| status == "bounced"))
}

/// The letter of a claimed job.
pub async fn send(app: &App, claim: &Claim) -> Result<Outcome> {
    let Some(mailer) = &app.mailer else {
        return Ok(Outcome::Later("no mail server is set: smtp-url".to_owned()));
    };
    let name = claim.data.get("name").and_then(|name| name.as_str()).unwrap_or_default();
    let sealed = claim.sealed.as_deref().unwrap_or_default();
    let plain = app.vault.open(claim.workspace, &about(name), sealed)?;
    let letter: Letter = serde_json::from_slice(&plain).map_err(Error::internal)?;
    app.fault("before the mail")?;
    Ok(match mailer.send(&letter, name).await {
        Ok(()) => Outcome::Done,
        Err(Failure::Transient(why)) => {
            tracing::warn!(why, "a mail did not go out, and is tried again");
            Outcome::Later(why)
        }
        Err(Failure::Permanent(why)) => {
            tracing::warn!(why, "a mail was refused");
            Outcome::Bounced(why)
        }
    })
}
