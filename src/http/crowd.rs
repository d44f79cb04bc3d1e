//! Limits strangers (callers without a credential) by the address they call from, because nothing else about
//! them is known. A few calls from one address, and a few more from one network, are served at a time, so
//! that one source does not use up the room of the others.

use crate::error::{Error, Result};
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The source of a stranger's call: an IPv4 address, or a 64-bit IPv6 network, because addresses within one
/// are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locality(IpAddr);

impl Locality {
    pub fn of(address: IpAddr) -> Locality {
        Locality(masked(address, 32, 64))
    }

    /// The network that one customer of a provider can have: 24 bits of IPv4, or 48 bits of IPv6.
    pub fn network(self) -> Locality {
        Locality(masked(self.0, 24, 48))
    }

    /// The unit that takes turns: an IPv4 address, because it costs money, or a 48-bit IPv6 network.
    pub fn payer(self) -> Locality {
        Locality(masked(self.0, 32, 48))
    }
}

impl fmt::Display for Locality {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

/// Keeps the first bits of the address, and sets the others to zero.
fn masked(address: IpAddr, of_v4: u32, of_v6: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << (32 - of_v4))).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - of_v6))).into(),
    }
}

/// How many are admitted: from one locality, from one network, and in all.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub here: usize,
    pub nearby: usize,
    pub in_all: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Group {
    Here(Locality),
    Nearby(Locality),
    All,
}

#[derive(Clone)]
pub struct Crowd {
    most: Most,
    inside: Arc<Mutex<HashMap<Group, usize>>>,
}

impl Crowd {
    pub fn new(most: Most) -> Crowd {
        Crowd { most, inside: Arc::default() }
    }

    /// Admits one more, if there is room.
    pub fn enter(&self, from: Locality) -> Result<Visit> {
        let mut visit = self.at_the_door(from);
        visit.grow(1)?;
        Ok(visit)
    }

    /// A visit that occupies no room yet.
    pub fn at_the_door(&self, from: Locality) -> Visit {
        Visit { from, size: 0, crowd: self.clone() }
    }

    fn groups(&self, from: Locality) -> [(Group, usize); 3] {
        [
            (Group::Here(from), self.most.here),
            (Group::Nearby(from.network()), self.most.nearby),
            (Group::All, self.most.in_all),
        ]
    }

    fn add(&self, from: Locality, more: usize) -> Result<()> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let groups = self.groups(from);
        let fits = |(group, most): &(Group, usize)| inside.get(group).copied().unwrap_or(0) + more <= *most;
        if !groups.iter().all(fits) {
            return Err(Error::Busy);
        }
        for (group, _) in groups {
            *inside.entry(group).or_insert(0) += more;
        }
        Ok(())
    }

    fn remove(&self, from: Locality, size: usize) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        for (group, _) in self.groups(from) {
            let left = inside.get(&group).copied().unwrap_or(0).saturating_sub(size);
            match left {
                0 => drop(inside.remove(&group)),
                _ => drop(inside.insert(group, left)),
            }
        }
    }
}

/// A place that a stranger occupies until this is dropped.
pub struct Visit {
    from: Locality,
    size: usize,
    crowd: Crowd,
}

impl Visit {
    /// Enlarges the visit to at least this size.
    pub fn grow(&mut self, size: usize) -> Result<()> {
        let more = size.saturating_sub(self.size);
        if more > 0 {
            self.crowd.add(self.from, more)?;
            self.size += more;
        }
        Ok(())
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if self.size > 0 {
            self.crowd.remove(self.from, self.size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Locality {
        Locality::of(address.parse().unwrap())
    }

    #[test]
    fn a_locality_is_what_an_address_is_worth() {
        assert_eq!(at("203.0.113.9").to_string(), "203.0.113.9");
        assert_eq!(at("::ffff:203.0.113.9"), at("203.0.113.9"));
        assert_eq!(at("2001:db8:1:2:3::4").to_string(), "2001:db8:1:2::");
        assert_eq!(at("2001:db8:1:2:3::4").network(), at("2001:db8:1:9::").network());
        assert_eq!(at("203.0.113.9").network(), at("203.0.113.250").network());
        assert_ne!(at("203.0.113.9").payer(), at("203.0.113.250").payer());
        assert_eq!(at("2001:db8:1:2::").payer(), at("2001:db8:1:9::").payer());
    }

    #[test]
    fn nobody_takes_the_room_of_the_others() {
        let crowd = Crowd::new(Most { here: 2, nearby: 3, in_all: 5 });
        let enter = |address| crowd.enter(at(address));
        let mut inside = vec![enter("203.0.113.1").unwrap(), enter("203.0.113.1").unwrap()];
        assert!(enter("203.0.113.1").is_err(), "an address has its share");
        inside.push(enter("203.0.113.2").unwrap());
        assert!(enter("203.0.113.3").is_err(), "a network has its share");
        let mut large = crowd.at_the_door(at("2001:db8::1"));
        large.grow(1).unwrap();
        large.grow(2).unwrap();
        large.grow(1).unwrap();
        assert!(large.grow(3).is_err() && enter("198.51.100.1").is_err(), "all have theirs");
        drop(large);
        inside.push(enter("198.51.100.1").unwrap());
        drop(inside);
        assert!(crowd.inside.lock().unwrap().is_empty());
    }
}
