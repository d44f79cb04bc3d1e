//! Rows of an export: CSV or one JSON object for each line.

use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Format {
    #[default]
    Csv,
    Ndjson,
}

impl Format {
    pub fn media(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
        }
    }

    pub fn name(self) -> &'static str {
        self.extension()
    }

    /// The names of the columns, which begin a file of CSV.
    pub fn header(self, columns: &[&str]) -> Result<Vec<u8>> {
        match self {
            Format::Csv => table(|out| out.write_record(columns)),
            Format::Ndjson => Ok(Vec::new()),
        }
    }

    /// Rows as text. CSV has the fields that are `columns`.
    pub fn rows<T: Serialize>(self, columns: &[&str], rows: &[T]) -> Result<Vec<u8>> {
        match self {
            Format::Csv => table(|out| {
                for row in rows {
                    let row = serde_json::to_value(row).map_err(std::io::Error::other)?;
                    out.write_record(columns.iter().map(|column| cell(&row, column)))?;
                }
                Ok(())
            }),
            Format::Ndjson => {
                let mut text = Vec::new();
                for row in rows {
                    serde_json::to_writer(&mut text, row).map_err(Error::internal)?;
                    text.push(b'\n');
                }
                Ok(text)
            }
        }
    }
}

pub fn table(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    write(&mut out).map_err(Error::internal)?;
    out.into_inner().map_err(|error| Error::internal(error.to_string()))
}

/// A field as a cell.
fn cell(row: &Value, column: &str) -> String {
    let text = match row.get(column) {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text.as_str()),
        Some(value @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
            // Nobody typed these values as text, so they cannot be formulas.
            return value.to_string();
        }
    };
    guarded(&text).into_owned()
}

/// Spreadsheets run a cell that begins like a formula, so it gets a mark before it.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn formulas_are_marked_only_in_csv() {
        let rows =
            [json!({ "a": "=1+1", "b": -4, "c": { "d": "=x" }, "e": "-5" }), json!({ "a": "x,\"y\"\n" })];
        let text = Format::Csv.rows(&["a", "b", "c", "e"], &rows).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "'=1+1,-4,\"{\"\"d\"\":\"\"=x\"\"}\",'-5\r\n\"x,\"\"y\"\"\n\",,,\r\n"
        );
        for start in ['=', '+', '-', '@', '\t', '\r'] {
            assert!(cell(&json!({ "a": format!("{start}x") }), "a").starts_with('\''));
        }
        let lines = Format::Ndjson.rows(&["a"], &[json!({ "a": "=1" }), json!({ "b": 2 })]).unwrap();
        assert_eq!(lines, b"{\"a\":\"=1\"}\n{\"b\":2}\n");
    }
}
