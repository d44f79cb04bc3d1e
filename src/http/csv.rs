//! CSV files (RFC 4180) as answers. A spreadsheet must not run what a stranger put into a cell.

use super::paging::{LONGEST, TOO_LONG};
use crate::error::{Error, Result};
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Doc, SchemaObject};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::json_schema;

/// A whole file, which is at most as long as any other answer.
pub struct Csv {
    text: String,
    rows: usize,
}

impl Csv {
    /// A file with its header line.
    pub fn new(names: &[&str]) -> Csv {
        let mut text = String::new();
        line(names, &mut text);
        Csv { text, rows: 0 }
    }

    pub fn add(&mut self, cells: &[&str]) -> Result<()> {
        line(cells, &mut self.text);
        self.rows += 1;
        match self.text.len() > LONGEST {
            true => Err(Error::TooMuch(TOO_LONG.to_owned())),
            false => Ok(()),
        }
    }

    /// How many rows follow the header line.
    pub fn rows(&self) -> usize {
        self.rows
    }
}

fn line(cells: &[&str], out: &mut String) {
    for (at, text) in cells.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        cell(text, out);
    }
    out.push_str("\r\n");
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it.
fn cell(text: &str, out: &mut String) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = text.contains(['"', ',', '\r', '\n']);
    out.push_str(if quoted { "\"" } else { "" });
    out.push_str(if formula { "'" } else { "" });
    match quoted {
        true => out.push_str(&text.replace('"', "\"\"")),
        false => out.push_str(text),
    }
    out.push_str(if quoted { "\"" } else { "" });
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], self.text).into_response()
    }
}

impl OperationOutput for Csv {
    type Inner = ();
    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        let schema = SchemaObject {
            json_schema: json_schema!({ "type": "string" }),
            external_docs: None,
            example: None,
        };
        let media = MediaType { schema: Some(schema), ..MediaType::default() };
        let content = [("text/csv".to_owned(), media)].into_iter().collect();
        vec![(Some(200), Doc { description: "A CSV file".to_owned(), content, ..Doc::default() })]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_texts() {
        let mut file = Csv::new(&["a", "b"]);
        file.add(&["=1+1", "plain"]).unwrap();
        file.add(&["+x@y.example", "-1"]).unwrap();
        file.add(&["@sum", "\ta"]).unwrap();
        file.add(&["\ra", "say \"hi\", you"]).unwrap();
        let expected =
            "a,b\r\n'=1+1,plain\r\n'+x@y.example,'-1\r\n'@sum,'\ta\r\n\"'\ra\",\"say \"\"hi\"\", you\"\r\n";
        assert_eq!((file.text.as_str(), file.rows()), (expected, 4));
    }
}
