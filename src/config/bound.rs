//! A storage limit: a number, or no limit.

use super::Loose;
use serde::{Deserialize, Deserializer};
use std::fmt;

/// `off`, a number, or a number of bytes with a unit, such as `10GB`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound(pub Option<i64>);

/// The storage limits of a workspace.
#[derive(Clone, Copy, Debug, Default)]
pub struct Storage {
    pub rows: Bound,
    pub bytes: Bound,
}

const UNITS: [(&str, i64); 4] =
    [("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000)];

impl Bound {
    fn parse(text: &str) -> Option<Bound> {
        if text == "off" {
            return Some(Bound(None));
        }
        let unit = UNITS.iter().find_map(|(name, bytes)| Some((text.strip_suffix(name)?, *bytes)));
        let (number, unit) = unit.unwrap_or((text, 1));
        let number: i64 = number.trim().parse().ok().filter(|number| *number > 0)?;
        number.checked_mul(unit).map(|bound| Bound(Some(bound)))
    }

    pub fn is_passed(self, by: i64) -> bool {
        self.0.is_some_and(|most| by > most)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Loose::deserialize(from)?.text();
        let wrong = || format!("must be `off` or a number from 1, such as 1000000 or 10GB, not `{text}`");
        Bound::parse(&text).ok_or_else(wrong).map_err(serde::de::Error::custom)
    }
}

/// Formats a number of bytes for people.
#[derive(Clone, Copy, Debug)]
pub struct Size(pub i64);

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().rev().find(|(_, bytes)| self.0 >= *bytes);
        match unit {
            Some((name, bytes)) => {
                let tenths = self.0.saturating_mul(10) / bytes;
                let (whole, rest) = (tenths / 10, tenths % 10);
                let rest = if rest > 0 { format!(".{rest}") } else { String::new() };
                write!(out, "{whole}{rest} {name}")
            }
            None => write!(out, "{} bytes", self.0),
        }
    }
}

/// How many sending accounts send at a time. None: the server sends no campaign mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending(pub Option<usize>);

/// The most accounts that a process works on at a time.
const MOST_ACCOUNTS: usize = 1000;

impl<'de> Deserialize<'de> for Sending {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Loose::deserialize(from)?.text();
        if text == "off" {
            return Ok(Sending(None));
        }
        let accounts = text.parse().ok().filter(|accounts| (1..=MOST_ACCOUNTS).contains(accounts));
        let wrong = || format!("must be `off` or a number from 1 to {MOST_ACCOUNTS}, not `{text}`");
        accounts.map(|accounts| Sending(Some(accounts))).ok_or_else(wrong).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_number_with_or_without_a_unit() {
        let bounds = ["off", "1000", "10GB", "5 MB", "2KB", "1TB"].map(|text| Bound::parse(text).unwrap().0);
        let expected =
            [None, Some(1000), Some(10_000_000_000), Some(5_000_000), Some(2000), Some(1_000_000_000_000)];
        assert_eq!(bounds, expected);
        for wrong in ["", "0", "-1", "ten", "GB", "1.5GB", "10GiB", "99999999999TB"] {
            assert_eq!(Bound::parse(wrong), None, "{wrong}");
        }
        assert!(
            Bound(Some(10)).is_passed(11) && !Bound(Some(10)).is_passed(10) && !Bound(None).is_passed(11)
        );
    }

    #[test]
    fn sizes_are_for_people() {
        let sizes = [999, 1000, 1_550_000, 10_000_000_000].map(|bytes| Size(bytes).to_string());
        assert_eq!(sizes, ["999 bytes", "1 KB", "1.5 MB", "10 GB"]);
    }
}
