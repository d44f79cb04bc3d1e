//! The SQL of claims: which process works on which account.

use super::super::Claim;
use crate::access::{Caller, across};
use crate::app::App;
use crate::db::{Tx, record};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// Milliseconds for which a claim is valid. The process extends it while it works.
pub const LEASE: i64 = 60_000;

pub enum Found {
    Nothing,
    /// Another process was faster.
    Taken,
    Claim(Claim),
}

/// Claims the account that has been due longest, but none of these workspaces.
pub async fn claim(app: &App, but: &[Uuid]) -> Result<Found> {
    let now = app.now();
    let due = across("the server sends for all workspaces").unfenced_sql(
        "select r.workspace_id, r.account_id from runs r where r.ready_at is not null and r.ready_at <= $1 \
         and coalesce(r.lease_until <= $1, true) and r.workspace_id not in ({ids}) order by r.ready_at limit 1",
    );
    let but: Vec<Uuid> = but.iter().copied().chain([Uuid::nil()]).collect();
    let due = due.bind(now).fill_list("{ids}", &but).optional::<(Uuid, Uuid)>(&app.reader).await?;
    let Some((workspace, account)) = due else { return Ok(Found::Nothing) };
    let lease = app.new_id();
    let claimed = super::fact(app, workspace, async move |can, tx| {
        can.sql(
            "update runs set lease = $2, lease_until = $3, fence = fence + 1 where workspace_id = {here} \
             and account_id = $1 and coalesce(lease_until <= $4, true) returning fence, wakes",
        )
        .bind(account)
        .bind(lease)
        .bind(now.plus(LEASE))
        .bind(now)
        .optional::<(i64, i64)>(tx)
        .await
    });
    Ok(match claimed.await? {
        None => Found::Taken,
        Some((fence, wakes)) => Found::Claim(Claim { workspace, account, lease, fence, wakes }),
    })
}

/// Extends a claim. False if somebody else has the account.
pub async fn extend(app: &App, claim: &Claim) -> Result<bool> {
    let (own, until) = (claim.clone(), app.now().plus(LEASE));
    let extended = super::fact(app, claim.workspace, async move |can, tx| {
        can.sql(
            "update runs set lease_until = $4 where workspace_id = {here} and account_id = $1 and lease = $2 \
             and fence = $3",
        )
        .bind(own.account)
        .bind(own.lease)
        .bind(own.fence)
        .bind(until)
        .run(tx)
        .await
    });
    Ok(extended.await? > 0)
}

/// Gives an account back, until it is due again. If something has woken it since the claim, it is due at once.
pub async fn release(app: &App, claim: &Claim, next: Option<Time>) -> Result<()> {
    let (own, now) = (claim.clone(), app.now());
    let released = super::fact(app, claim.workspace, async move |can, tx| {
        let wakes = can.sql(
            "select wakes from runs where workspace_id = {here} and account_id = $1 and lease = $2 and fence = $3",
        );
        let wakes = wakes.bind(own.account).bind(own.lease).bind(own.fence).optional::<i64>(&mut *tx).await?;
        let woken = wakes.is_some_and(|wakes| wakes > own.wakes);
        can.sql(
            "update runs set lease = null, lease_until = null, ready_at = $4 where workspace_id = {here} \
             and account_id = $1 and lease = $2 and fence = $3",
        )
        .bind(own.account)
        .bind(own.lease)
        .bind(own.fence)
        .bind(if woken { Some(now) } else { next })
        .run(tx)
        .await
    });
    released.await.map(drop)
}

/// The state of an account's sending.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub lease: Option<Uuid>,
    pub lease_until: Option<Time>,
    pub fence: i64,
    pub day: Option<String>,
    pub sent_today: i64,
    pub ramp_days: i64,
    pub last_at: Option<Time>,
    pub rest_until: Option<Time>,
    pub failures: i64,
    pub failing_since: Option<Time>,
    pub armed: Option<Uuid>,
}
record! { Run {
    lease = "r.lease", lease_until = "r.lease_until", fence = "r.fence", day = "r.day", sent_today = "r.sent_today",
    ramp_days = "r.ramp_days", last_at = "r.last_at", rest_until = "r.rest_until", failures = "r.failures",
    failing_since = "r.failing_since", armed = "r.armed",
} }

/// Lets an account rest, and counts the failures in a row.
pub async fn rest(
    can: &Caller,
    tx: &mut Tx,
    account: Uuid,
    (until, failures, since): (Option<Time>, i64, Option<Time>),
) -> Result<u64> {
    can.sql(
        "update runs set rest_until = $2, failures = $3, failing_since = $4 where workspace_id = {here} \
         and account_id = $1",
    )
    .bind(account)
    .bind(until)
    .bind(failures)
    .bind(since)
    .run(tx)
    .await
}
