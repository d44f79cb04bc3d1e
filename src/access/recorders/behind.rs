//! What is written after the answer: refused attempts, when a key was last used, and how often each permission was used. A
//! request only puts a note into a bounded queue, and a task writes the notes in batches.
//!
//! Identical attempts (same workspace, principal, permission, step and object) within a minute share one row with a
//! count. A caller who tries many objects gets a row for each of the first few, and one for the rest (`objects`). A
//! workspace gets a thousand such rows an hour, and then one row that counts the rest. So nobody can fill the log, or hide
//! in it.

use super::About;
use super::attempt::{Attempt, Further};
use super::objects::{Place, Windows};
use super::refusal::Refusal;
use super::stamps::{Used, is_news, stamp};
use super::uses::{Use, Uses};
use crate::access::{Action, Gate, Step};
use crate::app::App;
use crate::time::Time;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

const WAITING: usize = 4096;
const PAUSE: Duration = Duration::from_millis(100);
/// How long the queue can be quiet before the counted uses are written.
const QUIET: Duration = Duration::from_secs(60);

/// What an allowed call used, and from where it came.
struct Calls {
    what: Use,
    further: Further,
    from: String,
}

impl Calls {
    fn all(&self) -> Vec<Use> {
        let further = self.further.all().into_iter().map(|permission| Use { permission, ..self.what });
        [self.what].into_iter().chain(further).collect()
    }
}

enum Note {
    Refused(Box<Attempt>, Step, Time),
    Used(Used, Calls, Time),
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

    fn used(&self, used: Used, calls: Calls, at: Time) {
        let _full = self.0.try_send(Note::Used(used, calls, at));
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
        let (key, session) = (attempt.actor.api_key_id, attempt.session);
        let calls = |attempt: Attempt, principal: Uuid| Calls {
            what: Use { workspace, principal, permission: attempt.permission },
            further: attempt.further,
            from: attempt.actor.ip_address,
        };
        match (refused, key, session) {
            (Some(step), ..) => {
                let action = Action::of(attempt.permission);
                attempt.is_about(|| About::in_path(action?, pattern, path));
                self.behind.refused(attempt, step, now);
            }
            (None, Some(id), _) => {
                self.behind.used(Used::Key { workspace, id }, calls(attempt, id), now);
            }
            (None, None, Some((user, id))) => {
                let principal = attempt.actor.member_id.unwrap_or(user);
                self.behind.used(Used::Session { user, id }, calls(attempt, principal), now);
            }
            (None, None, None) => (),
        }
    }
}

#[derive(Default)]
struct Batch {
    refused: HashMap<(Uuid, String), Refusal>,
    used: HashMap<Used, (Time, String)>,
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
            Note::Used(used, calls, at) => {
                self.uses.extend(calls.all().into_iter().map(|what| (what, at)));
                self.used.insert(used, (at, calls.from));
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
        if attempt.is_by_stranger() {
            same = format!("{same} {}", attempt.actor.ip_address);
        }
        let about = attempt.about().filter(|_| !attempt.is_by_stranger());
        let place = about.map(|about| windows.place(attempt.workspace, &same, about, at));
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
            .filter(|(key, (at, _))| is_news(&mut stamped, *key, *at))
            .collect();
        if !refused.is_empty() || !used.is_empty() {
            let written = gate.narrow().write(async move |tx| {
                for (refusal, id) in &refused {
                    refusal.write(*id, tx).await?;
                }
                for (used, (at, from)) in &used {
                    stamp(*used, (*at, from), tx).await?;
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
