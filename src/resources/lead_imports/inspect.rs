//! Says what a file is, and proposes what its columns become. Stores nothing.

use super::columns::{Column, fit};
use super::file::File;
use super::options::Inspected;
use super::targets;
use crate::access::{Can, lead_imports::Inspect};
use crate::error::Result;
use crate::http::Uploaded;
use schemars::JsonSchema;
use serde::Serialize;

/// Cells of a column that are shown, and their characters.
const SAMPLES: usize = 3;
const LONGEST: usize = 100;

/// What a file is.
#[derive(Serialize, JsonSchema)]
pub struct Inspection {
    pub(super) encoding: String,
    pub(super) byte_order_mark: bool,
    #[schemars(extend("enum" = ["comma", "semicolon", "tab", "pipe"]))]
    pub(super) separator: &'static str,
    /// Whether the first row names the columns.
    pub(super) header: bool,
    /// Rows without the header and without blank lines.
    pub(super) rows: i64,
    /// Rows that have more or fewer cells than there are columns.
    pub(super) uneven_rows: i64,
    pub(super) columns: Vec<Shown>,
    pub(super) warnings: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Shown {
    #[serde(flatten)]
    pub(super) column: Column,
    /// The first cells that are not empty.
    pub(super) samples: Vec<String>,
}

pub async fn inspect(can: Can<Inspect>, wanted: Inspected, file: Uploaded) -> Result<Inspection> {
    let targets = targets(&can, wanted.reading.mapping_id, wanted.mapping).await?;
    file.through(move |bytes| described(&File::open(bytes, &wanted.reading, &targets)?)).await
}

fn described(file: &File) -> Result<Inspection> {
    let (mut rows, mut uneven_rows) = (0, 0);
    file.read(|_, row| {
        rows += 1;
        uneven_rows += i64::from(row.len() != file.columns.len());
        Ok(())
    })?;
    let mut warnings = Vec::new();
    if file.has_odd_quotes() {
        warnings.push("The file has an odd number of quotation marks. Perhaps one is not closed.".to_owned());
    }
    if let Err(error) = fit(&file.columns, false) {
        warnings.push(error.to_string());
    }
    let samples = |at: usize| {
        let cells =
            file.first.iter().filter_map(|row| row.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
        cells.take(SAMPLES).map(|cell| cell.chars().take(LONGEST).collect()).collect()
    };
    let columns = file.columns.iter().enumerate();
    Ok(Inspection {
        encoding: file.encoding(),
        byte_order_mark: file.marked,
        separator: file.separator(),
        header: file.header(),
        rows,
        uneven_rows,
        columns: columns.map(|(at, column)| Shown { column: column.clone(), samples: samples(at) }).collect(),
        warnings,
    })
}
