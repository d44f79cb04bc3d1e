//! The keys that a lenient operation did not read. The answer's header and the audit row name them.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::HashMap;

const NAMES: usize = 20;
const LETTERS: usize = 64;

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.').remove(b'/');

/// The names of ignored keys, bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    pub names: Vec<String>,
    /// The number of further names.
    pub more: usize,
}

impl Ignored {
    pub fn add(&mut self, name: &str) {
        match self.names.len() < NAMES {
            true => self.names.push(name.chars().take(LETTERS).collect()),
            false => self.more += 1,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// `custom_fields, leads/title, +3`. Proxies limit the size of headers, so names are cut to a length that
    /// is short even when encoded.
    pub fn header(&self) -> Option<HeaderValue> {
        let names = self.names.iter().map(|name| encoded(name));
        let more = (self.more > 0).then(|| format!("+{}", self.more));
        let all: Vec<String> = names.chain(more).collect();
        HeaderValue::from_str(&all.join(", ")).ok()
    }
}

fn encoded(name: &str) -> String {
    let mut short = String::new();
    for letter in name.chars() {
        let more = utf8_percent_encode(letter.encode_utf8(&mut [0; 4]), ENCODED).to_string();
        if short.len() + more.len() > LETTERS {
            break;
        }
        short += &more;
    }
    short
}

/// The most unknown names in one body. A body with more is refused, which limits the cost of comparing names.
const DIFFERENT: usize = 1000;

/// Decides about each name once, because the thousand leads of a call have the same keys.
#[derive(Default)]
pub struct Seen {
    dropped: HashMap<String, bool>,
    pub ignored: Ignored,
}

impl Seen {
    /// Whether the key at this path is dropped.
    pub fn drops(&mut self, path: String, may: impl FnOnce() -> bool) -> bool {
        if let Some(known) = self.dropped.get(&path) {
            return *known;
        }
        let drops = self.dropped.len() < DIFFERENT && may();
        if drops {
            self.ignored.add(&path);
        }
        if self.dropped.len() < DIFFERENT {
            self.dropped.insert(path, drops);
        }
        drops
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_safe_in_a_header() {
        let mut seen = Seen::default();
        assert!(seen.drops("leads/Töp \r\nSet-Cookie: x".to_owned(), || true));
        assert!(seen.drops("leads/Töp \r\nSet-Cookie: x".to_owned(), || false), "judged once");
        for i in 0..2000 {
            seen.drops(format!("{i}{}", "x".repeat(100)), || true);
        }
        let ignored = seen.ignored;
        assert_eq!((ignored.names.len(), ignored.more), (NAMES, DIFFERENT - NAMES));
        assert!(ignored.names.iter().all(|name| name.chars().count() <= LETTERS));
        let emoji = Ignored { names: vec!["😀".repeat(LETTERS)], more: 0 };
        assert_eq!(emoji.header().unwrap(), "%F0%9F%98%80".repeat(5));
        let header = ignored.header().unwrap();
        assert!(header.to_str().unwrap().starts_with("leads/T%C3%B6p%20%0D%0ASet-Cookie%3A%20x, 0x"));
        assert!(header.to_str().unwrap().ends_with(", +980"));
    }
}
