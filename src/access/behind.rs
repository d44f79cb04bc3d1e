//! What is written behind the answer: refused attempts, and when a key was last used. Never on the path of a
//! request: it goes into a bounded queue, and a task writes it down in batches.
//!
//! Identical attempts (same workspace, principal, permission and step) within a minute are one row with a
//! count; a workspace gets at most [`ROWS`] such rows an hour, and then one that counts the rest. So nobody can
//! fill the log, or hide in it.

use super::{Action, Gate, Grant, Step};
use crate::app::App;
use crate::audit;
use crate::db::{Time, Tx, sql};
use crate::error::Result;
use crate::http::Origin;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

const WAITING: usize = 4096;
const PAUSE: Duration = Duration::from_millis(100);
const MINUTE: i64 = 60 * 1000;
/// Keys whose last stamp is remembered.
const REMEMBERED: usize = 100_000;
/// Rows of refused attempts that a workspace gets in an hour.
pub const ROWS: i64 = 1000;

/// Somebody known tries something; noted only if it is refused.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub workspace: Uuid,
    /// The caller's own, where it acts in another.
    home: Uuid,
    pub permission: &'static str,
    pub actor: audit::Actor,
    /// The user and the session, of who is signed in.
    session: Option<(Uuid, Uuid)>,
    /// Of the row, if it is refused.
    activity: i64,
}

impl Attempt {
    pub fn new(grant: &Grant, action: &'static Action, origin: &Origin) -> Self {
        Attempt::of(grant, action.name, origin)
    }

    /// By the name of the permission.
    pub fn of(grant: &Grant, permission: &'static str, origin: &Origin) -> Self {
        Attempt {
            workspace: grant.workspace,
            home: grant.home(),
            permission,
            actor: audit::Actor::new(grant, origin),
            session: grant.identity().user.zip(grant.session().map(|session| session.id)),
            activity: audit::REFUSED,
        }
    }

    /// For a refusal that the reference has a type for, one of [`audit::REFUSALS`].
    pub fn numbered(self, activity: i64) -> Self {
        Attempt { activity, ..self }
    }

    /// Whose share of the server the caller uses.
    pub fn home(&self) -> Uuid {
        self.home
    }

    /// Whether it changes something if it is not refused.
    pub fn is_change(&self) -> bool {
        Action::of(self.permission).is_some_and(|action| action.activity.is_some())
    }

    pub fn activity(&self) -> i64 {
        self.activity
    }
}

/// What was used: with it, the first part of its key in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Used {
    Key { workspace: Uuid, id: Uuid },
    Session { user: Uuid, id: Uuid },
}

enum Note {
    Refused(Box<Attempt>, Step, Time),
    Used(Used, Time),
    Flush(oneshot::Sender<()>),
}

/// The narrow door.
#[derive(Clone)]
pub struct Behind(mpsc::Sender<Note>);

impl Behind {
    /// Must be called inside a runtime; the task ends with the last handle.
    pub fn open(gate: Gate, new_id: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        tokio::spawn(write_down(gate, receive, std::sync::Arc::new(new_id)));
        Behind(send)
    }

    /// Lost when the queue is full: a flood may cost notes, never answers.
    pub fn refused(&self, attempt: Attempt, step: Step, at: Time) {
        let _full = self.0.try_send(Note::Refused(Box::new(attempt), step, at));
    }

    fn used(&self, used: Used, at: Time) {
        let _full = self.0.try_send(Note::Used(used, at));
    }

    /// How many notes are still to be written down.
    pub fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }

    /// Waits until everything noted so far is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.0.send(Note::Flush(done)).await.is_ok() {
            let _ended = written.await;
        }
    }
}

impl App {
    /// For the edge: what became of a request by somebody known.
    pub fn note(&self, attempt: Attempt, refused: Option<Step>) {
        let now = self.now();
        let workspace = attempt.home;
        match (refused, attempt.actor.api_key_id, attempt.session) {
            (Some(step), ..) => self.behind.refused(attempt, step, now),
            (None, Some(id), _) => self.behind.used(Used::Key { workspace, id }, now),
            (None, None, Some((user, id))) => self.behind.used(Used::Session { user, id }, now),
            (None, None, None) => (),
        }
    }
}

#[derive(Default)]
struct Batch {
    refused: HashMap<(Uuid, String), Refusal>,
    used: HashMap<Used, Time>,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Batch {
    fn answer(&mut self) {
        for done in self.waiting.drain(..) {
            let _gone = done.send(());
        }
    }

    fn add(&mut self, note: Note) {
        match note {
            Note::Refused(attempt, step, at) => {
                let home = Some(attempt.home).filter(|home| *home != attempt.workspace);
                for workspace in [attempt.workspace].into_iter().chain(home) {
                    let mut same = attempt.actor.same(attempt.permission, step);
                    if workspace != attempt.workspace {
                        same = format!("{same} {}", attempt.workspace);
                    }
                    let entry = self.refused.entry((workspace, same.clone()));
                    let attempt = Attempt { workspace, ..(*attempt).clone() };
                    let first = || Refusal { same, attempt, step, at, count: 0 };
                    entry.or_insert_with(first).count += 1;
                }
            }
            Note::Used(used, at) => drop(self.used.insert(used, at)),
            Note::Flush(done) => self.waiting.push(done),
        }
    }
}

/// A busy key is stamped once a minute, or reading would cost writes, and each of those the readers' caches.
fn is_news(stamped: &mut HashMap<Used, Time>, key: Used, at: Time) -> bool {
    if stamped.get(&key).is_some_and(|last| at < last.plus(MINUTE)) {
        return false;
    }
    if stamped.len() >= REMEMBERED {
        stamped.clear();
    }
    stamped.insert(key, at);
    true
}

async fn write_down(
    gate: Gate,
    mut notes: mpsc::Receiver<Note>,
    new_id: std::sync::Arc<dyn Fn() -> Uuid + Send + Sync>,
) {
    let mut stamped = HashMap::new();
    while let Some(first) = notes.recv().await {
        let mut batch = Batch::default();
        batch.add(first);
        if batch.waiting.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        while let Ok(note) = notes.try_recv() {
            batch.add(note);
        }
        let mut refused: Vec<_> = std::mem::take(&mut batch.refused).into_values().collect();
        refused.sort_by_key(|refusal| refusal.at); // ids are in the order of time
        let refused: Vec<_> = refused.into_iter().map(|refusal| (refusal, new_id())).collect();
        let used: Vec<_> = std::mem::take(&mut batch.used)
            .into_iter()
            .filter(|(key, at)| is_news(&mut stamped, *key, *at))
            .collect();
        if refused.is_empty() && used.is_empty() {
            batch.answer();
            continue;
        }
        let written = gate.narrow().write(async move |tx| {
            for (refusal, id) in &refused {
                refusal.write(*id, tx).await?;
            }
            for (used, at) in &used {
                stamp(*used, *at, tx).await?;
            }
            Ok(())
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "refused attempts could not be recorded");
        }
        batch.answer();
    }
}

async fn stamp(used: Used, at: Time, tx: &mut Tx) -> Result<u64> {
    let stamp = match used {
        Used::Key { workspace, id } => {
            sql("update api_keys set last_used_at = $3 where workspace_id = $1 and id = $2 \
                 and coalesce(last_used_at < $3, true)")
            .bind(workspace)
            .bind(id)
        }
        Used::Session { user, id } => {
            sql("update sessions set last_seen_at = $3 where user_id = $1 and id = $2 and last_seen_at < $3")
                .bind(user)
                .bind(id)
        }
    };
    stamp.bind(at).run(tx).await
}

/// Identical attempts.
struct Refusal {
    same: String,
    attempt: Attempt,
    step: Step,
    at: Time,
    count: i64,
}

impl Refusal {
    async fn write(&self, id: Uuid, tx: &mut Tx) -> Result<()> {
        if self.count_up(&self.same, self.at.minus(MINUTE), tx).await? > 0 {
            return Ok(());
        }
        let hour = self.at.minus(60 * MINUTE);
        let rows =
            sql("select count(*) from audit_log where workspace_id = $1 and activity_type in ({kinds}) and at > $2")
                .bind(self.attempt.workspace)
                .bind(hour)
                .fill_list("{kinds}", &audit::REFUSALS);
        let rows: i64 = rows.optional(&mut *tx).await?.unwrap_or(0);
        // Who acts from an admin workspace leaves room for the workspace's own.
        let own = self.attempt.home == self.attempt.workspace;
        if rows < if own { ROWS } else { ROWS / 2 } {
            return audit::refused(&self.attempt, self.step, &self.same, self.at, self.count, id, tx).await;
        }
        if self.count_up(audit::OVERFLOW, hour, tx).await? == 0 {
            audit::overflow(self.attempt.workspace, self.at, self.count, id, tx).await?;
        }
        Ok(())
    }

    async fn count_up(&self, same: &str, since: Time, tx: &mut Tx) -> Result<u64> {
        sql("update audit_log set affected_count = affected_count + $4 \
             where workspace_id = $1 and refusal = $2 and at > $3")
        .bind(self.attempt.workspace)
        .bind(same)
        .bind(since)
        .bind(self.count)
        .run(tx)
        .await
    }
}
