//! Fair queues for access to the database. Each workspace has its own lane. The lanes take turns. A lane has
//! at most its share of the places at a time, and a full lane refuses only its own work.

use crate::error::{Error, Result};
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

/// The party that the work belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The server's own: sign-in, jobs, the command line.
    Server,
    /// The look-up of a credential, before its workspace is known, and attempts at a secret.
    Credential(u64),
    Workspace(Uuid),
}

impl Lane {
    /// The lane of a credential, by its hash in hexadecimal digits.
    pub fn of_credential(hash: &str) -> Lane {
        let digits = hash.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        Lane::Credential(digits.unwrap_or(0))
    }

    pub(super) fn is_of_a_workspace(self) -> bool {
        match self {
            Lane::Workspace(_) => true,
            Lane::Server | Lane::Credential(_) => false,
        }
    }

    fn full(self) -> Error {
        match self {
            Lane::Server => Error::Busy,
            Lane::Credential(_) | Lane::Workspace(_) => Error::Crowded,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The number of tasks under way at a time.
    pub places: usize,
    /// The most tasks of one lane at a time.
    pub share: usize,
    /// The most work that can wait in one lane.
    pub waiting: usize,
}

/// The most work that can wait in all lanes together.
const WAITING: usize = 1024;

/// The waiting work, and the number of tasks in progress.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    limits: Limits,
    /// The lanes that are not empty.
    lanes: HashMap<Lane, Queue<T>>,
    /// The waiting lanes that have a free place in their share, in the order of their turns.
    turns: VecDeque<Lane>,
    running: usize,
    waiting: usize,
}

#[derive(Debug)]
struct Queue<T> {
    waiting: VecDeque<T>,
    running: usize,
}

impl<T> Lanes<T> {
    pub fn new(limits: Limits) -> Self {
        Lanes { limits, lanes: HashMap::new(), turns: VecDeque::new(), running: 0, waiting: 0 }
    }

    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Takes a place for a lane in which nothing waits, if there is one.
    pub fn begin(&mut self, lane: Lane) -> bool {
        let queue = self.lanes.get(&lane);
        let own = queue.map_or(0, |queue| queue.running);
        let first = queue.is_none_or(|queue| queue.waiting.is_empty()) && self.turns.is_empty();
        let begins = first && self.running < self.limits.places && own < self.limits.share;
        if begins {
            self.queue(lane).running += 1;
            self.running += 1;
        }
        begins
    }

    /// Puts work at the end of its lane.
    pub fn enter(&mut self, lane: Lane, work: T) -> Result<()> {
        // Strangers can have any number of lanes, so half of the room is reserved for known callers.
        let most = if matches!(lane, Lane::Credential(_)) { WAITING / 2 } else { WAITING };
        if self.waiting >= most {
            return Err(Error::Busy);
        }
        let Limits { share, waiting, .. } = self.limits;
        let queue = self.queue(lane);
        if queue.waiting.len() >= waiting {
            return Err(lane.full());
        }
        queue.waiting.push_back(work);
        if queue.waiting.len() == 1 && queue.running < share {
            self.turns.push_back(lane);
        }
        self.waiting += 1;
        Ok(())
    }

    /// The work whose turn it is, if there is a place for it. Its lane must be told to `leave` afterwards.
    pub fn next(&mut self) -> Option<(Lane, T)> {
        if self.running >= self.limits.places {
            return None;
        }
        let lane = self.turns.pop_front()?;
        let queue = self.lanes.get_mut(&lane)?;
        let work = queue.waiting.pop_front()?;
        queue.running += 1;
        if !queue.waiting.is_empty() && queue.running < self.limits.share {
            self.turns.push_back(lane);
        }
        self.running += 1;
        self.waiting -= 1;
        Some((lane, work))
    }

    /// Gives a place back.
    pub fn leave(&mut self, lane: Lane) {
        let Some(queue) = self.lanes.get_mut(&lane) else { return };
        let had_all = queue.running == self.limits.share;
        queue.running -= 1;
        self.running -= 1;
        match (queue.waiting.is_empty(), queue.running) {
            (true, 0) => drop(self.lanes.remove(&lane)),
            (false, _) if had_all => self.turns.push_back(lane),
            (_, _) => (),
        }
    }

    fn queue(&mut self, lane: Lane) -> &mut Queue<T> {
        self.lanes.entry(lane).or_insert_with(|| Queue { waiting: VecDeque::new(), running: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { places: 4, share: 2, waiting: 3 };

    fn workspace(number: u128) -> Lane {
        Lane::Workspace(Uuid::from_u128(number))
    }

    fn taken(lanes: &mut Lanes<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| lanes.next()).map(|(_, work)| work).collect()
    }

    #[test]
    fn lanes_take_turns_and_keep_to_their_share() {
        let (mut lanes, [a, b]) = (Lanes::new(LIMITS), [workspace(1), workspace(2)]);
        for (lane, work) in [(a, "a1"), (a, "a2"), (a, "a3"), (b, "b1"), (b, "b2"), (b, "b3")] {
            lanes.enter(lane, work).unwrap();
        }
        assert_eq!(taken(&mut lanes), ["a1", "b1", "a2", "b2"]);
        lanes.leave(b);
        assert_eq!(taken(&mut lanes), ["b3"], "the place of b is not for a third of a");
        lanes.leave(a);
        assert_eq!((taken(&mut lanes), lanes.waiting()), (vec!["a3"], 0));
    }

    #[test]
    fn a_lane_alone_leaves_places_free() {
        let (mut lanes, a) = (Lanes::new(LIMITS), workspace(1));
        for work in ["a1", "a2", "a3"] {
            lanes.enter(a, work).unwrap();
        }
        assert_eq!(taken(&mut lanes), ["a1", "a2"]);
        assert!(!lanes.begin(a) && lanes.begin(Lane::Server) && lanes.begin(workspace(2)));
        assert!(!lanes.begin(workspace(3)), "there is no place left");
    }

    #[test]
    fn a_full_lane_refuses_its_own_work_only() {
        let (mut lanes, [a, b]) = (Lanes::new(LIMITS), [workspace(1), workspace(2)]);
        (0..3).for_each(|_| lanes.enter(a, "a").unwrap());
        assert!(matches!(lanes.enter(a, "a"), Err(Error::Crowded)));
        lanes.enter(b, "b").unwrap();
        assert_eq!(lanes.next().unwrap().1, "a");
        lanes.enter(a, "a again").unwrap();
    }

    #[test]
    fn all_lanes_together_have_an_end() {
        let mut lanes = Lanes::new(LIMITS);
        (0..WAITING).for_each(|n| lanes.enter(workspace(n as u128), "w").unwrap());
        assert!(matches!(lanes.enter(Lane::Server, "one too many"), Err(Error::Busy)));
    }

    #[test]
    fn what_is_over_leaves_nothing_behind() {
        let mut lanes = Lanes::new(LIMITS);
        let all: Vec<Lane> = (0..50).map(|n| if n % 2 == 0 { workspace(n) } else { Lane::Server }).collect();
        for some in all.chunks(3) {
            some.iter().for_each(|lane| lanes.enter(*lane, "w").unwrap());
            while let Some((lane, _)) = lanes.next() {
                lanes.leave(lane);
            }
        }
        assert!(lanes.lanes.is_empty() && lanes.turns.is_empty());
        assert_eq!((lanes.running, lanes.waiting()), (0, 0));
    }

    #[test]
    fn a_credential_has_the_lane_of_its_hash() {
        let [a, b] = ["00000000000000ff9999", "000000000000000a9999"].map(Lane::of_credential);
        assert_eq!([a, b], [Lane::Credential(255), Lane::Credential(10)]);
    }
}
