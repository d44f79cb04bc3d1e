//! Mail that is to leave: a job, so that it is there exactly if the change is that asks for it. The letter is
//! sealed, for there may be a link in it, and gone once it is sent. A crash between the mail server's yes and
//! ours lets it be sent again, under the same Message-ID.

use super::{Claim, Kind, New, Outcome, enqueue};
use crate::access::Caller;
use crate::app::App;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::mail::{Failure, Letter};
use crate::time::Time;
use serde_json::json;

/// Mails that a workspace sends to one address in a day.
const A_DAY: i64 = 3;

fn about(id: &str) -> String {
    format!("mail/{id}")
}

/// Queues a letter; `what` says of which kind.
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

/// Whether the address may get one more today. Links that anybody may ask for, and warnings, have limits of their own and
/// do not count: no outsider can use up a workspace's letters.
pub async fn has_room(can: &Caller, tx: &mut Tx, address: &str) -> Result<bool> {
    let sent = sql("select count(*) from jobs where workspace_id = $1 and about = $2 and created_at > $3 \
         and data ->> 'what' not in ('reset', 'notice')")
    .bind(can.workspace())
    .bind(address)
    .bind(can.now().minus(Time::DAY));
    Ok(sent.optional::<i64>(tx).await?.unwrap_or(0) < A_DAY)
}

/// For what somebody asks to be mailed; a notice is left out instead.
pub async fn demand_room(can: &Caller, tx: &mut Tx, address: &str) -> Result<()> {
    match has_room(can, tx, address).await? {
        true => Ok(()),
        false => Err(Error::DailyLimit(format!(
            "a workspace mails one address at most {A_DAY} times a day; go on tomorrow"
        ))),
    }
}

/// The same of letters of one kind, beside all others: for warnings, whose place nobody else takes.
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

/// Letters of a kind that have not left yet are not sent any more.
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

/// Whether the last mail to the address, today, was refused for good: then a link is better shown.
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
