//! What was applied and why, as Markdown.

use super::report::Change;
use std::fmt::Write;

pub fn summary(workspace: &str, because: &str, changes: &[Change]) -> String {
    let mut text =
        format!("# Changes to the access of {}\n\nReason: {}\n\n", plain(workspace), plain(because));
    for change in changes {
        let _infallible = writeln!(text, "- {}", line(change));
    }
    text
}

/// `+ role sdr-east: based on sdr, 4 of 18 rows (line 8)`.
pub fn line(change: &Change) -> String {
    let mut text = format!("{} {}", change.verb.sign(), change.what);
    if !change.name.is_empty() {
        text += &format!(" {}", plain(&change.name));
    }
    if !change.text.is_empty() {
        text += &format!(": {}", plain(&change.text));
    }
    if !change.effect.is_empty() {
        text += &format!("; {}", change.effect);
    }
    match change.line {
        Some(line) => text + &format!(" (line {line})"),
        None => text,
    }
}

/// Names come from people. Line breaks in them would look like other lines.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
