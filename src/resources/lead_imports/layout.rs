//! The layout of a file: the separator of its cells, and whether its first row names the columns.

use super::cells::is_address;
use super::columns::is_known;
use crate::error::{Error, Result};
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;

pub const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// Rows from which the layout is detected.
const ROWS: usize = 100;

/// How the rows of a file are read.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub separator: u8,
    pub header: bool,
    /// The file begins with a line `sep=;`, which belongs to no row.
    pub announced: bool,
}

impl Layout {
    /// Detects what the caller does not say.
    pub fn of(sample: &str, separator: Option<char>, header: Option<bool>) -> Result<Layout> {
        let announced = announced(sample);
        let rest = if announced.is_some() { after_line(sample) } else { sample };
        let separator = match separator.or(announced) {
            Some(separator) => u8::try_from(separator)
                .map_err(|_| Error::invalid("separator must be one of comma, semicolon, tab and pipe"))?,
            None => separator_of(rest),
        };
        let rows = rows(rest, separator);
        let header = header.unwrap_or_else(|| has_header(&rows));
        Ok(Layout { separator, header, announced: announced.is_some() })
    }

    pub fn builder(&self) -> ReaderBuilder {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(self.separator).has_headers(false).flexible(true);
        builder
    }
}

/// The first rows of a sample.
pub fn rows(sample: &str, separator: u8) -> Vec<StringRecord> {
    let mut builder = ReaderBuilder::new();
    let mut reader =
        builder.delimiter(separator).has_headers(false).flexible(true).from_reader(sample.as_bytes());
    reader.records().map_while(|row| row.ok()).take(ROWS).collect()
}

fn announced(sample: &str) -> Option<char> {
    let line = sample.lines().next()?.trim();
    let separator = line.strip_prefix("sep=").or_else(|| line.strip_prefix("\"sep=")?.strip_suffix('"'));
    separator?.chars().next().filter(|separator| SEPARATORS.contains(separator))
}

pub fn after_line(sample: &str) -> &str {
    sample.split_once('\n').map_or("", |(_, rest)| rest)
}

/// The separator that gives most rows the same number of cells, and then the most cells.
fn separator_of(sample: &str) -> u8 {
    let score = |separator: char| {
        let mut widths = BTreeMap::<usize, usize>::new();
        let rows = rows(sample, u8::try_from(separator).unwrap_or(b','));
        rows.iter().for_each(|row| *widths.entry(row.len()).or_default() += 1);
        let (width, count) =
            widths.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or_default();
        if width < 2 { (0, 0) } else { (count * 100 / rows.len().max(1), width) }
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(',');
    u8::try_from(best).unwrap_or(b',')
}

/// A header has no address. It has a known name, or names in every cell.
fn has_header(rows: &[StringRecord]) -> bool {
    let Some(first) = rows.first() else { return false };
    if first.iter().any(is_address) {
        return false;
    }
    let is_name = |cell: &str| cell.chars().any(char::is_alphabetic) && cell.chars().count() <= 60;
    first.iter().any(is_known) || first.iter().all(is_name)
}

/// The separator by its name.
pub fn named(separator: u8) -> &'static str {
    match separator {
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "pipe",
        _ => "comma",
    }
}

/// The separator that a caller names.
pub fn separator(name: &str) -> Option<char> {
    SEPARATORS.into_iter().find(|separator| u8::try_from(*separator).is_ok_and(|byte| named(byte) == name))
}
