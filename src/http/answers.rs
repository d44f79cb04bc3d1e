//! Room for answers: limits how many bytes can wait until clients read them. An answer counts against its
//! workspace and against the server from the moment it is complete until its memory is free again, so clients
//! that do not read cannot make the server larger than this.
//!
//! A read that finds no room is refused. A change is refused before it is made (`admit`). Once it is made, it
//! is always answered, because a client that gets a 503 would make it again.

use crate::error::{Error, Result};
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Answers up to this size are not counted: the number of connections bounds them.
const SMALL: usize = 16 * 1024;
/// The limit for all answers, and for those of one workspace. The longest page (`paging`) fits into a
/// workspace's share.
const ROOM: usize = 96 * 1024 * 1024;
const SHARE: usize = 24 * 1024 * 1024;

/// Marks an answer whose text the server keeps only once, so the answer takes no memory of its own.
#[derive(Clone, Copy)]
pub struct Shared;

/// Bytes that wait, by workspace. Strangers share the nil workspace.
#[derive(Default)]
struct Waiting {
    all: usize,
    of: HashMap<Uuid, usize>,
}

#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<Waiting>>);

/// An answer, and the place that it takes up.
struct Held {
    text: Bytes,
    workspace: Uuid,
    room: Answers,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut waiting = self.room.waiting();
        waiting.all = waiting.all.saturating_sub(self.text.len());
        let left = waiting.of.get(&self.workspace).map_or(0, |bytes| bytes.saturating_sub(self.text.len()));
        match left {
            0 => drop(waiting.of.remove(&self.workspace)),
            left => drop(waiting.of.insert(self.workspace, left)),
        }
    }
}

impl Answers {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is room for the answer of a change.
    pub fn admit(&self, workspace: Uuid) -> Result<()> {
        self.waiting().fits(workspace, 1)
    }

    /// Whether an answer has to be counted at all.
    pub fn counts(response: &Response) -> bool {
        let long = response.body().size_hint().lower() > SMALL as u64;
        long && response.extensions().get::<Shared>().is_none()
    }

    /// Counts an answer until its memory is free. `made`: the answer reports a change.
    pub fn hold(&self, workspace: Option<Uuid>, made: bool, response: Response) -> Response {
        let (head, body) = response.into_parts();
        // Every answer of this server is one piece that is already complete.
        let Some(Some(Ok(text))) = body.into_data_stream().next().now_or_never() else {
            return Error::internal("an answer in pieces").into_response();
        };
        match self.keep(workspace.unwrap_or_default(), made, text) {
            Ok(text) => Response::from_parts(head, Body::from(text)),
            Err(error) => error.into_response(),
        }
    }

    fn keep(&self, workspace: Uuid, made: bool, text: Bytes) -> Result<Bytes> {
        let mut waiting = self.waiting();
        if !made {
            waiting.fits(workspace, text.len())?;
        }
        waiting.all += text.len();
        *waiting.of.entry(workspace).or_default() += text.len();
        Ok(Bytes::from_owner(Held { text, workspace, room: self.clone() }))
    }
}

impl Waiting {
    fn fits(&self, workspace: Uuid, bytes: usize) -> Result<()> {
        let own = self.of.get(&workspace).copied().unwrap_or_default();
        let free = ROOM.saturating_sub(self.all);
        // A workspace cannot hold more than remains free, so a few workspaces can never fill the room.
        match (own + bytes <= SHARE, own + bytes <= free) {
            (true, true) => Ok(()),
            (false, _) => Err(Error::Unread),
            (true, false) => Err(Error::Busy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    const MIB: usize = 1024 * 1024;

    fn of(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn text(bytes: usize) -> Bytes {
        vec![b'x'; bytes].into()
    }

    #[test]
    fn a_workspace_has_its_share_and_the_server_has_an_end() {
        let room = Answers::default();
        let mut held = vec![room.keep(of(1), false, text(20 * MIB)).unwrap()];
        assert!(matches!(room.keep(of(1), false, text(5 * MIB)), Err(Error::Unread)));
        assert!(room.admit(of(1)).is_ok(), "there is room for a small one");
        for other in 2..5 {
            held.push(room.keep(of(other), false, text(24 * MIB)).unwrap());
        }
        assert!(matches!(room.admit(of(2)), Err(Error::Unread)));
        assert!(matches!(room.keep(of(1), false, text(4 * MIB)), Err(Error::Busy)));
        held.push(room.keep(of(9), false, text(2 * MIB)).unwrap());
        assert!(matches!(room.admit(of(9)), Err(Error::Busy)));
        assert!(room.admit(of(10)).is_ok(), "four that read nothing leave room for the others");
        held.push(room.keep(of(10), false, text(MIB)).unwrap());
        drop(held);
        assert!(room.keep(of(1), false, text(24 * MIB)).is_ok());
        assert!(room.waiting().of.is_empty() && room.waiting().all == 0);
    }

    #[test]
    fn the_place_is_free_when_the_last_part_of_the_answer_is() {
        let room = Answers::default();
        let whole = room.keep(of(1), false, text(24 * MIB)).unwrap();
        let part = whole.slice(MIB..2 * MIB);
        drop(whole);
        assert!(matches!(room.keep(of(1), false, text(1)), Err(Error::Unread)));
        drop(part);
        assert!(room.keep(of(1), false, text(1)).is_ok());
    }

    #[test]
    fn a_change_that_is_made_is_answered_and_the_next_one_is_not_made() {
        let room = Answers::default();
        let _unread = room.keep(of(1), false, text(24 * MIB)).unwrap();
        let answer = || Response::new(Body::from(text(SMALL + 1)));
        assert_eq!(room.hold(Some(of(1)), false, answer()).status(), StatusCode::SERVICE_UNAVAILABLE);
        let made = room.hold(Some(of(1)), true, answer());
        assert_eq!(made.status(), StatusCode::OK);
        assert!(room.admit(of(1)).is_err() && room.admit(of(2)).is_ok());
    }

    #[test]
    fn small_answers_and_shared_ones_are_not_counted() {
        let small = Response::new(Body::from(text(SMALL)));
        assert!(!Answers::counts(&small));
        let mut large = Response::new(Body::from(text(SMALL + 1)));
        assert!(Answers::counts(&large));
        large.extensions_mut().insert(Shared);
        assert!(!Answers::counts(&large));
    }
}
