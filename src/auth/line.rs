//! The queue for hashing passwords. People on devices that they have used before come first, strangers next,
//! and attempts over a limit last. Within a rank callers take turns, so no caller waits behind all attempts
//! of another. When the rank is full, the longest row in it loses a place.

use crate::http::Locality;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    Known,
    Stranger,
    Over,
}

/// A place in the queue: its rank, and the row that it shares with other attempts of the same caller.
#[derive(Clone, Debug)]
pub struct Seat {
    rank: Rank,
    row: String,
}

impl Seat {
    /// The seat of a person on a known device, of a person who is signed in, or of a workspace that invites
    /// somebody.
    pub fn known(whose: Uuid) -> Seat {
        Seat { rank: Rank::Known, row: whose.to_string() }
    }

    pub fn stranger(from: Locality) -> Seat {
        Seat { rank: Rank::Stranger, row: from.payer().to_string() }
    }

    /// The same seat, or one behind all attempts within the limits if `within` is false.
    pub fn within(self, within: bool) -> Seat {
        if within { self } else { Seat { rank: Rank::Over, ..self } }
    }
}

/// The queue of one rank: the number of waiting attempts, and the rows in the order of their turns.
struct Queue<T> {
    places: usize,
    waiting: usize,
    rows: VecDeque<(String, VecDeque<T>)>,
}

impl<T> Queue<T> {
    fn new(places: usize) -> Self {
        Queue { places, waiting: 0, rows: VecDeque::new() }
    }

    fn length(&self, row: &str) -> usize {
        self.rows.iter().find(|(name, _)| name == row).map_or(0, |(_, waiting)| waiting.len())
    }

    /// Drops the last attempt of the longest row, if that row is longer than the new one even without it.
    fn make_room(&mut self, row: &str) -> bool {
        let own = self.length(row);
        let longest = self.rows.iter_mut().max_by_key(|(_, waiting)| waiting.len());
        let Some((_, waiting)) = longest.filter(|(_, waiting)| waiting.len() > own + 1) else { return false };
        drop(waiting.pop_back());
        self.waiting -= 1;
        true
    }

    fn push(&mut self, row: String, item: T) -> bool {
        if self.waiting >= self.places && !self.make_room(&row) {
            return false;
        }
        self.waiting += 1;
        match self.rows.iter_mut().find(|(name, _)| *name == row) {
            Some((_, waiting)) => waiting.push_back(item),
            None => self.rows.push_back((row, VecDeque::from([item]))),
        }
        true
    }

    fn pop(&mut self) -> Option<T> {
        let (row, mut waiting) = self.rows.pop_front()?;
        let item = waiting.pop_front();
        if !waiting.is_empty() {
            self.rows.push_back((row, waiting));
        }
        self.waiting -= usize::from(item.is_some());
        item
    }
}

struct Ranks<T> {
    known: Queue<T>,
    strangers: Queue<T>,
    over: Queue<T>,
    turn: usize,
    closed: bool,
}

/// At least one in this many callers served is a stranger, however many known people wait.
const STRANGERS_TURN: usize = 4;

impl<T> Ranks<T> {
    fn pop(&mut self) -> Option<T> {
        self.turn = (self.turn + 1) % STRANGERS_TURN;
        let first = if self.turn == 0 { self.strangers.pop() } else { None };
        first.or_else(|| self.known.pop()).or_else(|| self.strangers.pop()).or_else(|| self.over.pop())
    }
}

pub struct Line<T> {
    ranks: Mutex<Ranks<T>>,
    changed: Condvar,
}

impl<T> Line<T> {
    /// Makes a queue with this many places for known people, the same number for strangers, and half as many
    /// for attempts over a limit.
    pub fn new(places: usize) -> Self {
        let ranks = Ranks {
            known: Queue::new(places),
            strangers: Queue::new(places),
            over: Queue::new(places / 2),
            turn: 0,
            closed: false,
        };
        Line { ranks: Mutex::new(ranks), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Ranks<T>> {
        self.ranks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there was a place. An attempt that loses its place to another is dropped.
    pub fn push(&self, seat: Seat, item: T) -> bool {
        let mut ranks = self.lock();
        let queue = match seat.rank {
            Rank::Known => &mut ranks.known,
            Rank::Stranger => &mut ranks.strangers,
            Rank::Over => &mut ranks.over,
        };
        let placed = queue.push(seat.row, item);
        drop(ranks);
        self.changed.notify_one();
        placed
    }

    /// Waits for the next attempt. Returns `None` once the queue is closed.
    pub fn next(&self) -> Option<T> {
        let mut ranks = self.lock();
        loop {
            if ranks.closed {
                return None;
            }
            if let Some(item) = ranks.pop() {
                return Some(item);
            }
            ranks = self.changed.wait(ranks).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Seat {
        Seat::stranger(Locality::of(address.parse().unwrap()))
    }

    fn order(line: &Line<&'static str>, many: usize) -> Vec<&'static str> {
        (0..many).map(|_| line.next().unwrap()).collect()
    }

    #[test]
    fn three_places_do_not_keep_out_a_fourth() {
        let line = Line::new(64);
        for n in 0..40 {
            for address in ["203.0.113.1", "203.0.113.2", "2001:db8::1"] {
                assert!(line.push(from(address), "crowd") || n >= 21, "{n}");
            }
        }
        assert!(!line.push(from("2001:db8:0:ffff::1"), "crowd"), "another address of the same customer");
        assert!(line.push(from("198.51.100.7"), "person"));
        assert!(line.push(Seat::known(Uuid::nil()), "known"));
        let served = order(&line, 5);
        assert!(served[..2].contains(&"known") && served.contains(&"person"), "{served:?}");
    }

    #[test]
    fn tries_over_the_limit_wait_for_all_others() {
        let line = Line::new(4);
        assert!(line.push(from("203.0.113.1").within(false), "over"));
        assert!(line.push(Seat::known(Uuid::nil()).within(false), "over"));
        assert!(!line.push(from("203.0.113.3").within(false), "over"), "there are few such places");
        for address in ["203.0.113.1", "203.0.113.1", "203.0.113.2"] {
            assert!(line.push(from(address).within(true), "stranger"));
        }
        assert!(line.push(Seat::known(Uuid::nil()), "known"));
        assert_eq!(order(&line, 6), ["known", "stranger", "stranger", "stranger", "over", "over"]);
    }

    #[test]
    fn strangers_are_served_however_many_are_known() {
        let line = Line::new(64);
        for n in 0..8 {
            assert!(line.push(Seat::known(Uuid::from_u128(n)), "known"));
        }
        assert!(line.push(from("203.0.113.1"), "stranger"));
        assert!(order(&line, 4).contains(&"stranger"));
        line.close();
        assert!(line.next().is_none());
    }
}
