//! What is written after the answer: refused attempts, when a key was last used, and how often each permission was used. A
//! request only puts a note into a bounded queue, and a task writes the notes in batches.
//!
//! Identical attempts (same workspace, principal, permission, step and object) within a minute share one row with a
//! count. A caller who tries many objects gets a row for each of the first few, and one for the rest (`objects`). A
//! workspace gets a thousand such rows an hour, and then one row that counts the rest. So nobody can fill the log, or hide
//! in it.

use super::About;
use super::objects::{Place, Windows};
use super::refusal::Refusal;
use super::stamps::{Used, is_news, stamp};
use super::uses::{Use, Uses};
use crate::access::{Action, Gate, Grant, Step};
use crate::app::App;
use crate::audit;
use crate::http::Origin;
use crate::time::Time;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

const WAITING: usize = 4096;
const PAUSE: Duration = Duration::from_millis(100);
/// How long the queue can be quiet before the counted uses are written.
const QUIET: Duration = Duration::from_secs(60);

/// A call by a known caller. It is recorded only if it is refused.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub workspace: Uuid,
    /// The caller's own workspace. It differs from `workspace` if they act in another.
    pub(in crate::access) home: Uuid,
    pub permission: &'static str,
    pub actor: audit::Actor,
    /// The user and the session, for a person who is signed in.
    session: Option<(Uuid, Uuid)>,
    /// The activity type of the row, if the attempt is refused.
    activity: i64,
    about: OnceLock<About>,
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
            about: OnceLock::new(),
        }
    }

    /// Sets the record that it is about, unless that is known already.
    pub fn is_about(&self, what: impl FnOnce() -> Option<About>) {
        if self.about.get().is_none()
            && let Some(what) = what()
        {
            let _first = self.about.set(what);
        }
    }

    pub fn about(&self) -> Option<&About> {
        self.about.get()
    }

    /// Sets the activity type, one of [`audit::REFUSALS`], where the official API has one for this refusal.
    pub fn numbered(self, activity: i64) -> Self {
        Attempt { activity, ..self }
    }

    /// The workspace whose share of the server the caller uses.
    pub fn home(&self) -> Uuid {
        self.home
    }

    /// Whether it changes something unless it is refused.
    pub fn is_change(&self) -> bool {
        Action::of(self.permission).is_some_and(|action| action.activity.is_some())
    }

    /// The attempt for the row that counts many objects.
    fn about_many(self) -> Self {
        Attempt { activity: audit::REFUSED_MANY, about: OnceLock::new(), ..self }
    }

    pub fn activity(&self) -> i64 {
        self.activity
    }
}

enum Note {
    Refused(Box<Attempt>, Step, Time),
    Used(Used, Use, Time),
    Flush(oneshot::Sender<()>),
}

/// The sending end of the queue.
#[derive(Clone)]
pub struct Behind(mpsc::Sender<Note>);

impl Behind {
    /// Starts the task, so it must be called inside a runtime. The task ends with the last handle.
    pub fn open(gate: Gate, new_id: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        tokio::spawn(write_down(gate, receive, std::sync::Arc::new(new_id)));
        Behind(send)
    }

    /// A full queue drops the note: a flood can cost notes, but not answers.
    pub fn refused(&self, attempt: Attempt, step: Step, at: Time) {
        let _full = self.0.try_send(Note::Refused(Box::new(attempt), step, at));
    }

    fn used(&self, used: Used, what: Use, at: Time) {
        let _full = self.0.try_send(Note::Used(used, what, at));
    }

    /// How many notes are not written yet.
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
    /// Notes the outcome of a request by a known caller. Only `edge` calls this.
    pub fn note(&self, attempt: Attempt, refused: Option<Step>, (pattern, path): (&str, &str)) {
        let now = self.now();
        let workspace = attempt.home;
        match (refused, attempt.actor.api_key_id, attempt.session) {
            (Some(step), ..) => {
                let action = Action::of(attempt.permission);
                attempt.is_about(|| About::in_path(action?, pattern, path));
                self.behind.refused(attempt, step, now);
            }
            (None, Some(id), _) => {
                let permission = attempt.permission;
                let what = Use { workspace, principal: id, permission };
                self.behind.used(Used::Key { workspace, id }, what, now);
            }
            (None, None, Some((user, id))) => {
                let (principal, permission) = (attempt.actor.member_id.unwrap_or(user), attempt.permission);
                self.behind.used(Used::Session { user, id }, Use { workspace, principal, permission }, now);
            }
            (None, None, None) => (),
        }
    }
}

#[derive(Default)]
struct Batch {
    refused: HashMap<(Uuid, String), Refusal>,
    used: HashMap<Used, Time>,
    uses: Vec<(Use, Time)>,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Batch {
    fn answer(&mut self) {
        for done in self.waiting.drain(..) {
            let _gone = done.send(());
        }
    }

    fn add(&mut self, note: Note, windows: &mut Windows) {
        match note {
            Note::Refused(attempt, step, at) => {
                let home = Some(attempt.home).filter(|home| *home != attempt.workspace);
                let there = attempt.workspace;
                for workspace in [there].into_iter().chain(home) {
                    self.refuse(Attempt { workspace, ..(*attempt).clone() }, (step, at), windows, there);
                }
            }
            Note::Used(used, what, at) => {
                self.used.insert(used, at);
                self.uses.push((what, at));
            }
            Note::Flush(done) => self.waiting.push(done),
        }
    }

    /// `there` is the workspace of the call. The caller's own workspace gets a row too.
    fn refuse(&mut self, mut attempt: Attempt, (step, at): (Step, Time), windows: &mut Windows, there: Uuid) {
        let mut same = attempt.actor.same(attempt.permission, step);
        if attempt.workspace != there {
            same = format!("{same} {there}");
        }
        let place = attempt.about().map(|about| windows.place(attempt.workspace, &same, about, at));
        let (mut since, mut objects) = (at.minus(Time::MINUTE), None);
        match (place, attempt.about()) {
            (Some(Place::Own), Some(about)) => same = format!("{same} {about}"),
            (Some(Place::Rest { since: began, objects: different }), _) => {
                same = format!("{same} others since {began}");
                since = began.minus(1);
                objects = Some(different);
                attempt = attempt.about_many();
            }
            (Some(Place::Own) | None, _) => (),
        }
        let key = (attempt.workspace, same.clone());
        let first = || Refusal { same, attempt, step, at, since, count: 0, objects };
        let refusal = self.refused.entry(key).or_insert_with(first);
        refusal.count += 1;
        refusal.objects = objects;
    }
}

async fn write_down(
    gate: Gate,
    mut notes: mpsc::Receiver<Note>,
    new_id: std::sync::Arc<dyn Fn() -> Uuid + Send + Sync>,
) {
    let (mut stamped, mut windows) = (HashMap::new(), Windows::default());
    let mut uses = Uses::default();
    loop {
        let first = match tokio::time::timeout(QUIET, notes.recv()).await {
            Ok(Some(first)) => first,
            Ok(None) => break,
            Err(_) => {
                uses.write(&gate, QUIET).await;
                continue;
            }
        };
        let mut batch = Batch::default();
        batch.add(first, &mut windows);
        if batch.waiting.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        while let Ok(note) = notes.try_recv() {
            batch.add(note, &mut windows);
        }
        let is_due = uses.add(std::mem::take(&mut batch.uses));
        let mut refused: Vec<_> = std::mem::take(&mut batch.refused).into_values().collect();
        refused.sort_by_key(|refusal| refusal.at); // ids must be in the order of time
        let refused: Vec<_> = refused.into_iter().map(|refusal| (refusal, new_id())).collect();
        let used: Vec<_> = std::mem::take(&mut batch.used)
            .into_iter()
            .filter(|(key, at)| is_news(&mut stamped, *key, *at))
            .collect();
        if !refused.is_empty() || !used.is_empty() {
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
        }
        // Counts come last, so that they do not delay audit rows.
        if is_due || !batch.waiting.is_empty() {
            uses.write(&gate, Duration::ZERO).await;
        }
        batch.answer();
    }
}
