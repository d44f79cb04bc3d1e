//! CSV files (RFC 4180) as answers that are written as a whole. `streamed` is for files of any size.

use super::paging::{LONGEST, TOO_LONG};
use super::table::{Format, guarded, table};
use crate::error::{Error, Result};
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Doc, SchemaObject};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::json_schema;

/// A whole file, which is at most as long as any other answer.
pub struct Csv {
    text: Vec<u8>,
    rows: usize,
}

impl Csv {
    /// A file with its header line.
    pub fn new(names: &[&str]) -> Result<Csv> {
        Ok(Csv { text: table(|out| out.write_record(names))?, rows: 0 })
    }

    /// Adds rows, each with its cells.
    pub fn add<const CELLS: usize>(&mut self, rows: &[[String; CELLS]]) -> Result<()> {
        self.text.append(&mut table(|out| {
            rows.iter().try_for_each(|cells| {
                out.write_record(cells.each_ref().map(|cell| guarded(cell).into_owned()))
            })
        })?);
        self.rows += rows.len();
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

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, Format::Csv.media())], self.text).into_response()
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
        let mut file = Csv::new(&["a", "b"]).unwrap();
        let rows = [["=1+1", "plain"], ["+x@y.example", "-1"], ["@sum", "\ta"], ["\ra", "say \"hi\", you"]];
        file.add(&rows.map(|row| row.map(str::to_owned))).unwrap();
        let expected =
            "a,b\r\n'=1+1,plain\r\n'+x@y.example,'-1\r\n'@sum,'\ta\r\n\"'\ra\",\"say \"\"hi\"\", you\"\r\n";
        assert_eq!((std::str::from_utf8(&file.text).unwrap(), file.rows()), (expected, 4));
    }
}
