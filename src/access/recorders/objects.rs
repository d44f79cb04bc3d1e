//! Which refused attempts get a row for their object. A caller who tries many records gets a row for each of the first
//! few, and then one row that counts the others.

use super::About;
use crate::time::Time;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

/// The most objects that get rows of their own in a minute, for one principal, permission and step.
pub(in crate::access) const OBJECTS: usize = 20;
/// The most other objects that are told apart. Attempts are counted beyond that.
const COUNTED: usize = 1000;
/// The most windows that are remembered at a time.
const WINDOWS: usize = 500;

/// The row in which an attempt is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::access) enum Place {
    /// A row for its object.
    Own,
    /// The row for the rest of the minute that started at `since`. `objects`: how many different ones it has now.
    Rest { since: Time, objects: usize },
}

#[derive(Default)]
pub(in crate::access) struct Windows(HashMap<(Uuid, String), Window>);

struct Window {
    since: Time,
    /// Hashes, because they are smaller than names.
    own: HashSet<u64>,
    rest: HashSet<u64>,
}

impl Windows {
    pub(in crate::access) fn place(&mut self, workspace: Uuid, same: &str, about: &About, at: Time) -> Place {
        let key = (workspace, same.to_owned());
        if self.0.get(&key).is_none_or(|window| window.since.plus(Time::MINUTE) <= at) {
            self.make_room(at);
            let (own, rest) = (HashSet::new(), HashSet::new());
            self.0.insert(key.clone(), Window { since: at, own, rest });
        }
        let Some(window) = self.0.get_mut(&key) else { return Place::Own };
        let name = hash(about);
        if window.own.contains(&name) || window.own.len() < OBJECTS {
            window.own.insert(name);
            return Place::Own;
        }
        if window.rest.len() < COUNTED {
            window.rest.insert(name);
        }
        Place::Rest { since: window.since, objects: window.rest.len() }
    }

    fn make_room(&mut self, at: Time) {
        if self.0.len() < WINDOWS {
            return;
        }
        self.0.retain(|_, window| window.since.plus(Time::MINUTE) > at);
        if self.0.len() >= WINDOWS {
            self.0.clear();
        }
    }
}

fn hash(about: &About) -> u64 {
    let mut hasher = DefaultHasher::new();
    about.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_have_rows_and_the_rest_one() {
        let mut windows = Windows::default();
        let mut place =
            |n: u128, at| windows.place(Uuid::nil(), "x", &About::new("lead", Uuid::from_u128(n)), Time(at));
        for n in 0..OBJECTS as u128 {
            assert_eq!(place(n, 5), Place::Own);
        }
        let rest = |objects| Place::Rest { since: Time(5), objects };
        assert_eq!([place(20, 6), place(21, 7), place(20, 8)], [rest(1), rest(2), rest(2)]);
        assert_eq!(place(3, 9), Place::Own, "it has its row");
        assert_eq!(place(20, 5 + Time::MINUTE), Place::Own, "another minute");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut windows = Windows::default();
        for n in 0..3 * WINDOWS {
            windows.place(Uuid::nil(), &n.to_string(), &About::new("lead", Uuid::nil()), Time(0));
            assert!(windows.0.len() <= WINDOWS);
        }
        let last = (0..5000)
            .map(|n| windows.place(Uuid::nil(), "x", &About::new("lead", Uuid::from_u128(n)), Time(0)));
        assert_eq!(last.last(), Some(Place::Rest { since: Time(0), objects: COUNTED }));
    }
}
