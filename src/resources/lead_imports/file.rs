//! Reads a file: what it is, and its rows in parts. Only one part is in memory as rows at a time.

use super::cells::lead;
use super::columns::{Column, mapped, names};
use super::layout::{Layout, after_line, named, rows, separator};
use super::options::Reading;
use super::pack::pack;
use super::text::{Text, encoding, has_mark, sample};
use crate::error::{Error, Result};
use crate::resources::lead_import_mappings::{Targets, check};
use bytes::Bytes;
use csv::{Reader, StringRecord};
use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::BufReader;

/// The most rows of a file.
pub const MOST: usize = 200_000;
/// Rows and bytes of a part, which is one step of the job.
const PART: usize = 1_000;
const PART_BYTES: usize = 512 * 1024;
/// Bytes of a row. A longer one most likely has a quotation mark that is not closed.
const ROW: usize = 256 * 1024;
/// The pieces in which text is decoded.
const PIECE: usize = 64 * 1024;

/// What a file turned out to be.
pub struct File {
    bytes: Bytes,
    encoding: &'static Encoding,
    layout: Layout,
    pub columns: Vec<Column>,
    pub first: Vec<StringRecord>,
    pub marked: bool,
}

/// A row of a file, as its part stores it: the line where it begins, the line of an earlier row with the same address or
/// 0, and the cells.
#[derive(Serialize, Deserialize)]
pub struct Row(pub i64, pub i64, pub Vec<String>);

/// Rows that are imported in one step.
pub struct FilePart {
    pub rows: usize,
    pub last_line: i64,
    pub packed: String,
}

impl File {
    pub fn open(bytes: Bytes, reading: &Reading, targets: &Targets) -> Result<File> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::invalid("body must be a CSV file; it is empty"));
        }
        check("body/mapping", targets)?;
        let encoding = encoding(&bytes, reading.encoding.as_deref())?;
        let text = sample(&bytes, encoding)?;
        let layout = Layout::of(&text, reading.separator.as_deref().and_then(separator), reading.header)?;
        let rest = if layout.announced { after_line(&text) } else { &text };
        let mut first = rows(rest, layout.separator);
        let Some(top) = first.first() else { return Err(Error::invalid("body must have at least one row")) };
        let names = names(top, layout.header)?;
        if layout.header {
            first.remove(0);
        }
        let columns = mapped(&names, &first, targets);
        Ok(File { marked: has_mark(&bytes), bytes, encoding, layout, columns, first })
    }

    pub fn encoding(&self) -> String {
        self.encoding.name().to_ascii_lowercase()
    }

    pub fn separator(&self) -> &'static str {
        named(self.layout.separator)
    }

    pub fn header(&self) -> bool {
        self.layout.header
    }

    /// In UTF-16 a byte says nothing about a character.
    pub fn has_odd_quotes(&self) -> bool {
        let wide = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&self.encoding);
        !wide && self.bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1
    }

    /// Calls `each` with the line of every row and with the row, without the header.
    pub fn read(&self, mut each: impl FnMut(i64, &StringRecord) -> Result<()>) -> Result<()> {
        let text = Text::new(self.bytes.clone(), self.encoding);
        let text = BufReader::with_capacity(PIECE, text);
        let mut reader: Reader<_> = self.layout.builder().from_reader(text);
        let (mut row, mut skip) =
            (StringRecord::new(), usize::from(self.layout.announced) + usize::from(self.layout.header));
        let mut seen = 0;
        while reader.read_record(&mut row).map_err(|error| unreadable(&error))? {
            // The reader stands behind the row. The position of the row itself is before blank lines.
            let inner = row.as_slice().bytes().filter(|byte| *byte == b'\n').count() as i64;
            let line = reader.position().line().cast_signed() - 1 - inner;
            if row.as_slice().len() > ROW {
                return Err(Error::invalid(format!(
                    "body must have rows of at most 256 KB; at line {line}, a quotation mark is probably not closed"
                )));
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            seen += 1;
            if seen > MOST {
                return Err(Error::invalid(format!("body must have at most {MOST} rows; split the file")));
            }
            each(line, &row)?;
        }
        Ok(())
    }

    /// The rows in parts, each with the line of an earlier row that has the same address.
    pub fn parts(&self, in_list: bool) -> Result<Vec<FilePart>> {
        let (hasher, mut lines) = (RandomState::new(), HashMap::<u64, i64>::new());
        let (mut parts, mut rows, mut bytes) = (Vec::new(), Vec::new(), 0);
        self.read(|line, row| {
            let cells: Vec<String> = row.iter().map(without_nul).collect();
            let email = lead(&self.columns, &cells, in_list).ok().and_then(|lead| lead.email);
            let before = email.map(|email| *lines.entry(hasher.hash_one(email)).or_insert(line));
            bytes += row.as_slice().len();
            rows.push(Row(line, before.filter(|before| *before != line).unwrap_or(0), cells));
            if rows.len() == PART || bytes > PART_BYTES {
                parts.push(part(&rows)?);
                rows.clear();
                bytes = 0;
            }
            Ok(())
        })?;
        if !rows.is_empty() {
            parts.push(part(&rows)?);
        }
        Ok(parts)
    }
}

/// PostgreSQL cannot store U+0000.
fn without_nul(cell: &str) -> String {
    if cell.contains('\0') { cell.replace('\0', "") } else { cell.to_owned() }
}

fn part(rows: &[Row]) -> Result<FilePart> {
    Ok(FilePart { rows: rows.len(), last_line: rows.last().map_or(0, |row| row.0), packed: pack(&rows)? })
}

fn unreadable(error: &csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    Error::invalid(format!("body must be CSV; line {line} cannot be read"))
}
