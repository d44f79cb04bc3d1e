//! A queue from lanes to worker threads. Any free thread takes the next work.

use crate::db::lanes::{Lane, Lanes, Limits};
use crate::error::Result;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The callers' end of the queue. The threads stop when the last caller's end is dropped.
pub(super) struct Entrance<T>(Exit<T>);

/// The threads' end of the queue.
pub(super) struct Exit<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    work: Condvar,
}

struct State<T> {
    lanes: Lanes<T>,
    /// Threads that wait for work.
    idle: usize,
    closed: bool,
}

impl<T> Entrance<T> {
    pub fn new(limits: Limits) -> Self {
        let state = State { lanes: Lanes::new(limits), idle: 0, closed: false };
        Entrance(Exit(Arc::new(Shared { state: Mutex::new(state), work: Condvar::new() })))
    }

    pub fn exit(&self) -> Exit<T> {
        Exit(self.0.0.clone())
    }

    pub fn put(&self, lane: Lane, work: T) -> Result<()> {
        let mut state = self.0.state();
        state.lanes.enter(lane, work)?;
        let idle = state.idle > 0;
        drop(state);
        if idle {
            self.0.0.work.notify_one();
        }
        Ok(())
    }

    pub fn waiting(&self) -> usize {
        self.0.state().lanes.waiting()
    }
}

impl<T> Drop for Entrance<T> {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.0.work.notify_all();
    }
}

impl<T> Exit<T> {
    /// Waits for work. Returns `None` once the entrance is closed and the queue is empty.
    pub fn take(&self) -> Option<(Lane, T)> {
        let mut state = self.state();
        loop {
            if let Some(found) = state.lanes.next() {
                return Some(found);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self.0.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// Takes work that waits now, or returns `None`.
    pub fn try_take(&self) -> Option<(Lane, T)> {
        self.state().lanes.next()
    }

    /// The work from this lane is done.
    pub fn done(&self, lane: Lane) {
        self.state().lanes.leave(lane);
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
