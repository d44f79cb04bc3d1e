//! How much each workspace stores, and the limit on it. Rows are counted after the answer: new ones within a minute, by their
//! ids, and all of them every night. No write updates a counter, so creates stay fast. In return, a workspace can pass its
//! limit by what it adds in one minute.
//!
//! A workspace over its limit can still read and delete. Only permissions with the mark `Stores` are refused.

mod count;
pub use count::{TABLES, count, keep, nightly};

use crate::access::{Action, Mark};
use crate::config::{self, Size};
use crate::error::{Error, Result};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The audit log is the last of the tables.
const LOG: usize = TABLES.len() - 1;

/// The most workspaces that are remembered.
const REMEMBERED: usize = 10_000;

/// The rows of a workspace in one table, up to the last id that was counted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Part {
    rows: i64,
    bytes: i64,
    last: Uuid,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Count {
    parts: [Part; TABLES.len()],
    /// The rows of the audit log when the whole workspace was counted.
    changes: i64,
}

impl Count {
    fn rows(&self) -> i64 {
        self.parts.iter().map(|part| part.rows).sum()
    }

    fn bytes(&self) -> i64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }

    fn changes(&self) -> i64 {
        self.parts.get(LOG).map_or(0, |log| log.rows)
    }
}

/// The last count of a workspace, and what happened since.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    count: Count,
    /// When the whole workspace was counted.
    whole: Option<Time>,
    /// How many rounds of counting still have to look for a change.
    changed: u8,
    deleted: bool,
    refused: bool,
}

/// A change is announced before its transaction. The transaction can end after the next round of counting, but not after
/// the one that follows.
const ROUNDS: u8 = 2;

#[derive(Clone, Default)]
pub struct Storage {
    bound: config::Storage,
    known: Arc<Mutex<HashMap<Uuid, Known>>>,
}

impl Storage {
    pub fn new(bound: config::Storage) -> Self {
        Storage { bound, known: Arc::default() }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Uuid, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn excess(&self, count: &Count) -> Option<String> {
        let (rows, bytes) = (count.rows(), count.bytes());
        let (used, most) = match (self.bound.rows, self.bound.bytes) {
            (most, _) if most.is_passed(rows) => (format!("{rows} rows"), most.0.unwrap_or(0).to_string()),
            (_, most) if most.is_passed(bytes) => {
                (Size(bytes).to_string(), Size(most.0.unwrap_or(0)).to_string())
            }
            (_, _) => return None,
        };
        Some(format!(
            "this workspace stores {used}, and its limit is {most}; delete what you no longer need, which counts after a \
             minute, or ask the operator of this server to raise the limit"
        ))
    }

    /// Refuses a change that stores something if the workspace is over its limit. Called before the transaction.
    pub(in crate::access) fn admit(&self, action: &'static Action, workspace: Uuid) -> Result<()> {
        let mut all = self.known();
        let known = all.entry(workspace).or_default();
        if action.is(Mark::Stores)
            && let Some(why) = self.excess(&known.count)
        {
            known.refused = true;
            return Err(Error::NoStorage(why));
        }
        known.changed = ROUNDS;
        known.deleted |= action.verbs.first() == Some(&"delete");
        Ok(())
    }

    /// The workspaces to count now, with what is known about them. Later changes belong to the next round.
    fn begun(&self) -> Vec<(Uuid, Known)> {
        let mut all = self.known();
        if all.len() > REMEMBERED {
            all.retain(|_, known| known.changed > 0 || known.refused || self.excess(&known.count).is_some());
        }
        let open = all.iter_mut().filter(|(_, known)| known.changed > 0 || known.refused);
        open.map(|(workspace, known)| {
            let as_known = *known;
            let deleted = known.deleted && known.changed > 1;
            *known = Known { changed: known.changed.saturating_sub(1), deleted, refused: false, ..*known };
            (*workspace, as_known)
        })
        .collect()
    }

    fn remember(&self, workspace: Uuid, count: Count, whole: Option<Time>) {
        let mut all = self.known();
        let known = all.entry(workspace).or_default();
        (known.count, known.whole) = (count, whole);
    }
}
