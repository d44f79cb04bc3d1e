//! What is wrong with a file: where, what stands there, and what is expected.

use crate::error::Error;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write;

/// A position in a file. Both numbers begin at 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub line: usize,
    pub column: usize,
}

impl At {
    pub const START: At = At { line: 1, column: 1 };
}

/// The most faults that an answer lists.
const LISTED: usize = 100;
/// The most characters of a line that a snippet shows.
const WIDTH: usize = 160;

/// A fault in a file.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AccessFileFault")]
pub struct Fault {
    pub line: usize,
    pub column: usize,
    /// The line of the file, as far as it fits.
    pub snippet: String,
    /// What is wrong, and what is expected.
    pub message: String,
}

impl Fault {
    pub fn new(source: &str, at: At, message: impl Into<String>) -> Fault {
        let line = source.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
        let shown = |letter: char| if letter.is_control() { ' ' } else { letter };
        let snippet = line.chars().take(WIDTH).map(shown).collect::<String>().trim_end().to_owned();
        Fault { line: at.line, column: at.column, snippet, message: message.into() }
    }

    /// Several lines: the place and the message, the line of the file, and a mark below the place.
    pub fn text(&self) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let before = " ".repeat(self.column.saturating_sub(1).min(WIDTH));
        let mut text = format!("line {}, column {}: {}", self.line, self.column, self.message);
        if !self.snippet.is_empty() {
            let _infallible = write!(text, "\n  {number} | {}\n  {margin} | {before}^", self.snippet);
        }
        text
    }
}

/// Faults in the order of the file. At least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn one(fault: Fault) -> Faults {
        Faults(vec![fault])
    }

    /// An error unless there are none.
    pub fn check(mut faults: Vec<Fault>) -> Result<(), Faults> {
        faults.sort_by_key(|fault| (fault.line, fault.column));
        faults.truncate(LISTED);
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Faults(faults)),
        }
    }
}

impl From<Faults> for Error {
    fn from(Faults(faults): Faults) -> Error {
        let more = match faults.len() {
            0 | 1 => String::new(),
            2 => "\nThe file has 1 more fault.".to_owned(),
            many => format!("\nThe file has {} more faults.", many - 1),
        };
        let first = faults.first().map(Fault::text).unwrap_or_default();
        Error::Invalid(format!("{first}{more}"))
    }
}
