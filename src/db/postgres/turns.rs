//! Turns at a pool: a caller with a turn can take a connection. Workspaces take turns, each in its own lane.

use crate::db::lanes::{Lane, Lanes, Limits};
use crate::error::{Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

#[derive(Clone)]
pub(super) struct Turns(Arc<Mutex<Lanes<oneshot::Sender<Turn>>>>);

/// A place in the pool. When it is dropped, it goes to the next caller in turn.
pub(super) struct Turn {
    turns: Turns,
    lane: Lane,
}

impl Turns {
    pub fn new(limits: Limits) -> Self {
        Turns(Arc::new(Mutex::new(Lanes::new(limits))))
    }

    pub fn waiting(&self) -> usize {
        self.lanes().waiting()
    }

    pub async fn take(&self, lane: Lane, patience: Duration) -> Result<Turn> {
        let given = {
            let mut lanes = self.lanes();
            if lanes.begin(lane) {
                return Ok(self.turn(lane));
            }
            let (give, given) = oneshot::channel();
            lanes.enter(lane, give)?;
            given
        };
        match timeout(patience, given).await {
            Ok(given) => given.map_err(|_| Error::internal("the turn was lost")),
            Err(_) => Err(Error::Busy),
        }
    }

    fn turn(&self, lane: Lane) -> Turn {
        Turn { turns: self.clone(), lane }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes<oneshot::Sender<Turn>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut lanes = self.turns.lanes();
            lanes.leave(self.lane);
            lanes.next()
        };
        if let Some((lane, give)) = next {
            // A caller that has disconnected returns it here, by dropping it.
            drop(give.send(self.turns.turn(lane)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Lane = Lane::Credential(1);
    const B: Lane = Lane::Credential(2);
    const LIMITS: Limits = Limits { places: 2, share: 1, waiting: 2 };
    const SOON: Duration = Duration::from_millis(20);
    const LATER: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_lane_with_its_share_waits_and_another_does_not() {
        let turns = Turns::new(LIMITS);
        let first = turns.take(A, SOON).await.unwrap();
        assert!(matches!(turns.take(A, SOON).await, Err(Error::Busy)));
        let _other = turns.take(B, SOON).await.unwrap();
        let (next, ()) = tokio::join!(turns.take(A, LATER), async { drop(first) });
        drop(next.unwrap());
        assert_eq!(turns.waiting(), 0);
    }

    #[tokio::test]
    async fn who_has_gone_away_holds_nobody_up() {
        let turns = Turns::new(LIMITS);
        let first = turns.take(A, SOON).await.unwrap();
        for _ in 0..2 {
            assert!(matches!(turns.take(A, SOON).await, Err(Error::Busy)));
        }
        assert!(matches!(turns.take(A, SOON).await, Err(Error::Crowded)), "they are still counted");
        drop(first);
        assert_eq!(turns.waiting(), 0);
        turns.take(A, SOON).await.unwrap();
    }
}
