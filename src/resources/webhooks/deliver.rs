//! One delivery, and what becomes of it.

use super::payload::{Payload, payload};
use super::sealed::Sealed;
use super::store::{self, Happened, Pump, Waiting};
use super::{ACTIVE, PAUSED, Webhook, sign, target};
use crate::access::{Can, webhooks::Deliver};
use crate::app::App;
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::net::http::{Call, Towards};
use crate::resources::webhook_events::Attempt;
use crate::time::Time;
use axum::http::Method;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The pauses before the second attempt and those after it. The last one repeats.
const PAUSES: [i64; 7] =
    [5_000, 30_000, 2 * Time::MINUTE, 10 * Time::MINUTE, Time::HOUR, 6 * Time::HOUR, Time::DAY];
/// The longest rest of a webhook after failures in a row.
const LONGEST_REST: i64 = Time::HOUR;
/// After this many failures in a row a webhook rests before it tries another delivery.
const TRIED: i64 = 3;
/// A webhook is paused if all its deliveries failed for this long.
const LASTING: i64 = 3 * Time::DAY;
/// A delivery that fails although others succeed is given up after this.
const GIVEN_UP: i64 = 7 * Time::DAY;
/// The target says that it wants no more.
const GONE: i64 = 410;

pub enum Done {
    /// A delivery was made, or left out.
    One,
    /// Nothing more can be done now.
    Rest,
}

/// The pause after this many failures.
fn pause(failures: i64) -> i64 {
    let at = usize::try_from(failures - 1).unwrap_or(0).min(PAUSES.len() - 1);
    PAUSES.get(at).copied().unwrap_or(Time::DAY)
}

/// Makes the next delivery of a webhook, if one is due.
pub async fn deliver(app: &App, pump: &Pump) -> Result<Done> {
    let Some(waiting) = store::next(app, pump).await? else { return Ok(Done::Rest) };
    let Some((webhook, sealed)) = store::webhook(app, pump).await? else { return Ok(Done::Rest) };
    if webhook.status != ACTIVE {
        return Ok(Done::Rest);
    }
    let can = match Can::<Deliver>::job(app, webhook.maker()?).await {
        Ok(can) if can.workspace() == pump.workspace => can,
        Ok(_) | Err(Error::Refused { .. } | Error::NotInPlan(_)) => {
            set_paused(app, pump, "Its maker no longer has the right to deliver events of this workspace.")
                .await?;
            return Ok(Done::Rest);
        }
        Err(error) => return Err(error),
    };
    let event = store::event(app, pump.workspace, waiting.event).await?;
    let payload = match &event {
        Some(event) => payload(&can, event).await?,
        None => None,
    };
    let (Some(event), Some(payload)) = (event, payload) else {
        store::leave_out(app, pump, &waiting).await?;
        return Ok(Done::One);
    };
    let sealed = Sealed::open(app, pump.workspace, webhook.id, &sealed)?;
    app.fault("before the call")?;
    let outcome = send(app, &webhook, &sealed, &message_id(event.id), &payload.body).await?;
    app.fault("after the call")?;
    finish(app, pump, &webhook, (waiting, event, payload), outcome).await
}

/// The id by which a receiver knows that it has an event already.
fn message_id(event: Uuid) -> String {
    format!("msg_{}", event.simple())
}

/// The outcome of a call.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub status: Option<i64>,
    pub error: Option<String>,
    pub milliseconds: i64,
}

/// Signs a body and calls the target. Only the status of the answer counts.
pub async fn send(
    app: &App,
    webhook: &Webhook,
    sealed: &Sealed,
    id: &str,
    body: &Map<String, Value>,
) -> Result<Outcome> {
    let body = serde_json::to_vec(body).map_err(Error::internal)?;
    let mut headers = target::map(&sealed.headers);
    sign::sign(&mut headers, &sealed.keys(app.now())?, id, app.now(), &body)?;
    let url = webhook.target_hook_url.parse().map_err(Error::internal)?;
    let (towards, workspace) = (Towards::Webhooks, webhook.organization);
    let call = Call { method: Method::POST, url, headers, body: body.into(), towards, workspace };
    let (answer, milliseconds) = app.net.http(call).await;
    let (status, error) = match answer {
        Ok(answer) if answer.status.is_success() => (Some(answer.status), None),
        Ok(answer) => (Some(answer.status), Some(format!("the target answered {}", answer.status.as_u16()))),
        Err(fault) => (None, Some(fault.text().to_owned())),
    };
    Ok(Outcome { status: status.map(|status| i64::from(status.as_u16())), error, milliseconds })
}

/// Records the outcome of a call in one transaction, which does not commit if another process took over.
async fn finish(
    app: &App,
    pump: &Pump,
    webhook: &Webhook,
    (waiting, event, payload): (Waiting, Happened, Payload),
    outcome: Outcome,
) -> Result<Done> {
    let now = app.now();
    let failed = outcome.error.is_some();
    let is_old = now >= waiting.since.plus(GIVEN_UP);
    let next = (failed && !is_old).then(|| now.plus(pause(waiting.attempts + 1)));
    let attempt = Attempt {
        webhook: webhook.id,
        url: webhook.target_hook_url.clone(),
        event: Some(event.id),
        lead: event.lead,
        account: event.account,
        lead_email: payload.lead_email,
        payload: payload.body,
        before: waiting.attempts,
        status: outcome.status,
        error: outcome.error,
        milliseconds: outcome.milliseconds,
        next,
    };
    let health = store::write_down(app, pump, &waiting, attempt).await?;
    if !failed {
        return Ok(Done::One);
    }
    let since = health.failing_since.unwrap_or(now);
    if outcome.status == Some(GONE) {
        set_paused(app, pump, "Its target answered 410: it wants no more deliveries.").await?;
        return Ok(Done::Rest);
    }
    if now >= since.plus(LASTING) && health.failures > TRIED {
        set_paused(app, pump, &format!("All deliveries since {since} have failed.")).await?;
        return Ok(Done::Rest);
    }
    Ok(if health.failures >= TRIED { Done::Rest } else { Done::One })
}

/// How long a webhook rests after so many failures in a row.
pub fn rest(failures: i64) -> i64 {
    if failures >= TRIED { pause(failures - TRIED + 1).min(LONGEST_REST) } else { 0 }
}

/// The server pauses a webhook by itself. What waits for it stays.
async fn set_paused(app: &App, pump: &Pump, why: &str) -> Result<()> {
    let (id, why) = (pump.webhook, why.to_owned());
    let can = Can::<Deliver>::unattended(app, pump.workspace);
    can.write(async move |can, tx| {
        let Some(before) = can.own::<Webhook>(&mut *tx, id).await? else { return Err(Error::NotFound) };
        let mut after = before.clone();
        if before.status == ACTIVE {
            (after.status, after.timestamp_error) = (PAUSED, Some(can.now()));
            after.paused_because = Some(why.clone());
            can.update(tx, &after).await?;
        }
        Ok(Change::updated(before.subject(), &before, after))
    })
    .await
    .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_day() {
        let all: Vec<i64> = (0..12).map(pause).collect();
        assert!(all.is_sorted());
        assert_eq!((all[0], all[1], all[2], all[11]), (5_000, 5_000, 30_000, Time::DAY));
        assert_eq!((rest(2), rest(3), rest(100)), (0, 5_000, LONGEST_REST));
    }
}
