//! The output of a command: sentences and tables for people, or JSON with `--json`, one object on each line.

use crate::error::{Error, Result};
use serde::Serialize;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

#[derive(Clone, Copy)]
pub struct Out {
    pub json: bool,
}

impl Out {
    /// Prints the value as JSON, or the text with the same content.
    pub fn say(self, value: &impl Serialize, text: impl Display) -> Result<()> {
        match self.json {
            true => self.line(serde_json::to_string(value).map_err(Error::internal)?),
            false => self.line(text),
        }
    }

    /// Ends the program without an error if the reader has closed the pipe, as in `| head`.
    pub fn line(self, text: impl Display) -> Result<()> {
        let mut out = std::io::stdout().lock();
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(1),
            Err(error) => Err(Error::invalid(format!("cannot write to standard output: {error}"))),
        }
    }
}

/// A table that is printed a page at a time: columns grow if a later page needs more room.
pub struct Table<const N: usize> {
    out: Out,
    widths: [usize; N],
    heads: Option<[&'static str; N]>,
}

impl<const N: usize> Table<N> {
    pub fn new(out: Out, heads: [&'static str; N]) -> Self {
        Table { out, widths: heads.map(str::len), heads: Some(heads) }
    }

    pub fn page<T: Serialize>(&mut self, rows: &[T], cells: impl Fn(&T) -> [String; N]) -> Result<()> {
        if self.out.json {
            return rows.iter().try_for_each(|row| self.out.say(row, ""));
        }
        let rows: Vec<_> = rows.iter().map(|row| cells(row).map(|cell| plain(&cell))).collect();
        for (width, column) in self.widths.iter_mut().zip(0..) {
            let widest = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
            *width = widest.unwrap_or(0).max(*width);
        }
        if let Some(heads) = self.heads.take() {
            self.row(heads)?;
        }
        rows.iter().try_for_each(|row| self.row(row.each_ref().map(String::as_str)))
    }

    fn row(&self, cells: [&str; N]) -> Result<()> {
        let padded = cells.iter().zip(self.widths).map(|(cell, width)| format!("{cell:width$}"));
        self.out.line(padded.collect::<Vec<_>>().join("  ").trim_end())
    }
}

/// Users choose names, so control characters that would change the terminal are removed.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
