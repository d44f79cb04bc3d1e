//! The SQL of the queue. Claims and outcomes are its own books; the progress of a job commits with its work.

use super::{Claim, Kind, New};
use crate::access::{Asker, Caller};
use crate::app::App;
use crate::db::{Json, Record, Row, Time, Tx, sql};
use crate::error::{Error, Result};
use serde_json::Value;
use uuid::Uuid;

/// Milliseconds for which a claim holds; every step prolongs it.
pub const LEASE: i64 = 15_000;
/// A letter has one step, which may have to wait for a slow server: two minutes at most.
pub const LETTER: i64 = 150_000;

/// As the wire has them: 24 hexadecimal digits, in the order of time.
fn new_id(app: &App) -> Result<String> {
    let (time, random) = (app.now().0, app.random()?);
    let random: String = random.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{time:012x}{random}"))
}

/// In the transaction of the change that asks for it.
pub async fn enqueue(can: &Caller, tx: &mut Tx, new: New) -> Result<String> {
    let id = new_id(can.app())?;
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
    .bind(can.now())
    .run(tx)
    .await?;
    Ok(id)
}

struct Due {
    workspace: Uuid,
    id: String,
    kind: String,
    data: Value,
    sealed: Option<String>,
    asker: Option<Json<Asker>>,
    position: Option<String>,
    attempts: i64,
}

impl Record for Due {
    const COLUMNS: &'static str = "j.workspace_id, j.id, j.kind, j.data, j.sealed, j.asker, j.position, \
         j.attempts";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            workspace: row.take()?,
            id: row.take()?,
            kind: row.take()?,
            data: row.take()?,
            sealed: row.take()?,
            asker: row.take()?,
            position: row.take()?,
            attempts: row.take()?,
        })
    }
}

impl Due {
    fn claimed(self, kind: Kind, lease: Uuid) -> Claim {
        Claim {
            workspace: self.workspace,
            id: self.id,
            kind,
            data: self.data,
            sealed: self.sealed,
            asker: self.asker.map(|Json(asker)| asker),
            position: self.position,
            attempts: self.attempts,
            lease,
        }
    }
}

/// The job of a lane that has been due longest and that nobody works on: mail, or all the rest. `skip` are
/// what this process has in hand.
pub async fn claim(app: &App, mail: bool) -> Result<Option<Claim>> {
    let due =
        sql("select {columns} from jobs j where j.status in ('pending', 'in-progress') and j.due_at <= $1 \
         and coalesce(j.lease_until <= $1, true) and (j.kind = 'mail') = $2 order by j.due_at, j.id limit 1")
        .bind(app.now())
        .bind(mail)
        .optional::<Due>(&app.reader);
    let Some(due) = due.await? else { return Ok(None) };
    let Some(kind) = Kind::parse(&due.kind) else {
        return Err(Error::internal(format!("a job of the unknown kind `{}`", due.kind)));
    };
    let (now, lease) = (app.now(), app.new_id());
    let (workspace, id) = (due.workspace, due.id.clone());
    let until = now.plus(if mail { LETTER } else { LEASE });
    let claimed = app.gate.books().write(async move |tx| {
        sql("update jobs set lease = $3, lease_until = $4, status = 'in-progress', updated_at = $5 \
             where workspace_id = $1 and id = $2 and status in ('pending', 'in-progress') \
             and coalesce(lease_until <= $5, true)")
        .bind(workspace)
        .bind(&id)
        .bind(lease)
        .bind(until)
        .bind(now)
        .run(tx)
        .await
    });
    // Another runner was faster: then there may be more to claim.
    Ok((claimed.await? > 0).then(|| due.claimed(kind, lease)))
}

/// How far a job has come.
#[derive(Clone, Debug)]
pub struct Progress {
    pub position: Option<String>,
    pub percent: i64,
    pub data: Value,
    pub done: bool,
}

/// In the transaction of the step. It does not commit if the job is another's by now.
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

/// How a job is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    Pending,
    Success,
    Failed,
}

impl Left {
    fn name(self) -> &'static str {
        match self {
            Left::Pending => "pending",
            Left::Success => "success",
            Left::Failed => "failed",
        }
    }
}

/// What is to be remembered of a job that rests or is over.
pub struct Rest {
    pub status: Left,
    pub due: Time,
    pub error: Option<String>,
    pub attempts: i64,
}

/// Gives the lease back. What was sealed goes when the job is over.
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
