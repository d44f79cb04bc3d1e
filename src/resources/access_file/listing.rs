//! Rows of the matrix with their reach, as a short text: rows of a resource that reach equally far are one word.

use crate::access::{ACTIONS, Action, Reach};
use std::collections::BTreeMap;

/// The most words of a listing.
const MOST: usize = 12;

/// `campaigns:read team, leads:* own`, or nothing.
pub fn listing(rows: impl Iterator<Item = (&'static Action, Reach)>) -> String {
    let mut by_resource: Vec<(&str, Vec<(&'static Action, Reach)>)> = vec![];
    for (row, reach) in rows {
        match by_resource.iter_mut().find(|(resource, _)| *resource == row.resource) {
            Some((_, rows)) => rows.push((row, reach)),
            None => by_resource.push((row.resource, vec![(row, reach)])),
        }
    }
    let words: Vec<String> = by_resource.iter().flat_map(|(resource, rows)| words(resource, rows)).collect();
    let more = words.len().saturating_sub(MOST);
    let mut shown = words.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
    if more > 0 {
        shown += &format!(", and {more} more");
    }
    shown
}

/// A reach that at least three rows and at least half of the resource share is one word.
fn words(resource: &str, rows: &[(&'static Action, Reach)]) -> Vec<String> {
    let all = ACTIONS.iter().filter(|row| row.resource == resource && !row.is_for_everyone()).count();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, reach) in rows {
        *counts.entry(reach.name()).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    let shared = most.filter(|(_, count)| *count >= 3 && count * 2 >= all).map(|(reach, _)| reach);
    let together = shared.map(|reach| format!("{resource}:* {reach}"));
    let single = rows.iter().filter(|(_, reach)| Some(reach.name()) != shared);
    together.into_iter().chain(single.map(|(row, reach)| format!("{} {}", row.name, reach.name()))).collect()
}
