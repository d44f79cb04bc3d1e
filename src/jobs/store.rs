//! The SQL of the queue. Claims and outcomes have transactions of their own; the progress of a job commits
//! with its work.

use super::{Claim, Kind, New};
use crate::access::Caller;
use crate::app::App;
use crate::db::{Json, Record, Row, Source, Tx, sql};
use crate::error::{Error, Result};
use crate::time::Time;
use serde_json::Value;
use uuid::Uuid;

/// Milliseconds for which a claim is valid; every step extends it.
pub const LEASE: i64 = 15_000;
/// A letter has one step, which can wait up to two minutes for a slow mail server.
pub const LETTER: i64 = 150_000;

/// Ids in the form of the wire: 24 hexadecimal digits, in the order of time.
fn new_id(app: &App, now: Time) -> Result<String> {
    let random: String = app.random()?.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{:012x}{random}", now.0))
}

/// Adds a job in the transaction of the change that asks for it.
pub async fn enqueue(can: &Caller, tx: &mut Tx, new: New) -> Result<String> {
    let now = can.now();
    let id = new_id(can.app(), now)?;
    sql("insert into jobs (workspace_id, id, kind, user_id, entity_type, entity_id, data, sealed, about, asker, \
         progress, status, attempts, due_at, created_at, updated_at) \
         values ($1, $2, $3, $4, 'workspace', $1, $5, $6, $7, $8, 0, 'pending', 0, $9, $9, $9)")
    .bind(can.workspace())
    .bind(&id)
    .bind(new.kind.name())
    .bind(new.user)
    .bind(new.data)
    .bind(new.sealed)
    .bind(new.about)
    .bind(new.asker.as_ref().map(Json::value))
    .bind(now)
    .run(tx)
    .await?;
    Ok(id)
}

impl Record for Claim {
    const COLUMNS: &'static str =
        "workspace_id, id, kind, data, sealed, asker, position, attempts, created_at, lease";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            workspace: row.take()?,
            id: row.take()?,
            kind: Kind::parse(&row.take::<String>()?)
                .ok_or_else(|| Error::internal("an unknown kind of job"))?,
            data: row.take()?,
            sealed: row.take()?,
            // If the asker cannot be read, it is unknown. Then this job fails, and does not block others.
            asker: row.take::<Option<Value>>()?.and_then(|asker| serde_json::from_value(asker).ok()),
            position: row.take()?,
            attempts: row.take()?,
            created_at: row.take()?,
            lease: row.take()?,
        })
    }
}

pub enum Found {
    Nothing,
    /// Another runner was faster. There can be more jobs.
    Taken,
    Job(Box<Claim>),
}

/// Claims the job of a lane (mail, or everything else) that has been due longest and is not claimed. Its kind
/// is read in the same transaction. A kind that this server does not know is left to a server that does.
pub async fn claim(app: &App, mail: bool) -> Result<Found> {
    let kinds: Vec<&str> =
        Kind::ALL.into_iter().filter(|kind| (*kind == Kind::Mail) == mail).map(Kind::name).collect();
    let due =
        sql("select workspace_id, id from jobs where status in ('pending', 'in-progress') and due_at <= $1 \
         and coalesce(lease_until <= $1, true) and kind in ({kinds}) order by due_at, id limit 1")
        .bind(app.now())
        .fill_list("{kinds}", &kinds)
        .optional::<(Uuid, String)>(&app.reader);
    let Some((workspace, id)) = due.await? else { return Ok(Found::Nothing) };
    let (now, lease) = (app.now(), app.new_id());
    let until = now.plus(if mail { LETTER } else { LEASE });
    let claimed = app.gate.books().write(async move |tx| {
        sql("update jobs set lease = $3, lease_until = $4, status = 'in-progress', attempts = attempts + 1, \
             updated_at = $5 where workspace_id = $1 and id = $2 and status in ('pending', 'in-progress') \
             and due_at <= $5 and coalesce(lease_until <= $5, true) returning {columns}")
        .bind(workspace)
        .bind(&id)
        .bind(lease)
        .bind(until)
        .bind(now)
        .optional::<Claim>(tx)
        .await
    });
    Ok(claimed.await?.map_or(Found::Taken, |claim| Found::Job(Box::new(claim))))
}

/// The number of jobs of each lane that are not finished.
pub async fn depths(app: &App) -> Result<[(&'static str, i64); 2]> {
    let open = sql(
        "select count(*) filter (where kind = 'mail'), count(*) filter (where kind <> 'mail') from jobs \
         where status in ('pending', 'in-progress')",
    );
    let (mail, jobs) = open.optional::<(i64, i64)>(&app.reader).await?.unwrap_or_default();
    Ok([("mail", mail), ("jobs", jobs)])
}

/// The progress of a job.
#[derive(Clone, Debug)]
pub struct Progress {
    pub position: Option<String>,
    pub percent: i64,
    pub data: Value,
    pub done: bool,
}

/// Writes in the transaction of the step, which does not commit if another runner has claimed the job.
pub async fn advance(claim: &Claim, tx: &mut Tx, now: Time, progress: Progress) -> Result<()> {
    let held = sql("update jobs set position = $4, progress = $5, data = $6, status = $7, updated_at = $8, \
         attempts = 0, error = null, lease_until = $9 where workspace_id = $1 and id = $2 and lease = $3")
    .bind(claim.workspace)
    .bind(&claim.id)
    .bind(claim.lease)
    .bind(progress.position)
    .bind(progress.percent)
    .bind(progress.data)
    .bind(if progress.done { "success" } else { "in-progress" })
    .bind(now)
    .bind(now.plus(LEASE));
    match held.run(tx).await? {
        0 => Err(Error::Conflict("the job is another runner's by now".to_owned())),
        _ => Ok(()),
    }
}

/// Withdraws a job that has not ended. A runner that works on it cannot commit its step.
pub async fn cancel(can: &Caller, tx: &mut Tx, id: &str) -> Result<bool> {
    let cancelled =
        sql("update jobs set status = 'cancelled', lease = null, lease_until = null, updated_at = $3 \
         where workspace_id = $1 and id = $2 and status in ('pending', 'in-progress')")
        .bind(can.workspace())
        .bind(id)
        .bind(can.now());
    Ok(cancelled.run(tx).await? > 0)
}

/// Withdraws the jobs of a user that have not ended, except letters.
pub async fn cancel_of(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<u64> {
    sql("update jobs set status = 'cancelled', lease = null, lease_until = null, updated_at = $3 \
         where workspace_id = $1 and user_id = $2 and kind <> 'mail' and status in ('pending', 'in-progress')")
    .bind(can.workspace())
    .bind(user)
    .bind(can.now())
    .run(tx)
    .await
}

/// How many of them there are.
pub async fn count_of(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<i64> {
    let count = sql("select count(*) from jobs where workspace_id = $1 and user_id = $2 and kind <> 'mail' \
         and status in ('pending', 'in-progress')")
    .bind(can.workspace())
    .bind(user);
    Ok(count.optional(from).await?.unwrap_or(0))
}

/// The state in which a job is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    Pending,
    Success,
    Failed,
    /// For mail: permanently refused, not only given up.
    Bounced,
}

impl Left {
    fn name(self) -> &'static str {
        match self {
            Left::Pending => "pending",
            Left::Success => "success",
            Left::Failed => "failed",
            Left::Bounced => "bounced",
        }
    }
}

/// The facts to store of a job that is paused or finished.
#[derive(Clone, Debug)]
pub struct Rest {
    pub status: Left,
    pub due: Time,
    pub error: Option<String>,
    pub attempts: i64,
}

/// Releases the lease. Sealed content is erased when the job is finished.
pub async fn rest(app: App, claim: Claim, rest: Rest) -> Result<u64> {
    let now = app.now();
    let over = rest.status != Left::Pending;
    let written = app.gate.books().write(async move |tx| {
        sql("update jobs set status = $4, due_at = $5, error = $6, attempts = $7, lease = null, lease_until = null, \
             sealed = case when $8 then null else sealed end, \
             progress = case when $4 = 'success' then 100 else progress end, updated_at = $9 \
             where workspace_id = $1 and id = $2 and lease = $3")
        .bind(claim.workspace)
        .bind(&claim.id)
        .bind(claim.lease)
        .bind(rest.status.name())
        .bind(rest.due)
        .bind(rest.error.clone())
        .bind(rest.attempts)
        .bind(over)
        .bind(now)
        .run(tx)
        .await
    });
    written.await
}
