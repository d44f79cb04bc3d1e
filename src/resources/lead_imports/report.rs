//! The report on the rows of a part.

use super::ImportRow;
use super::cells::Wrong;
use super::file::Row;
use crate::access::Caller;
use crate::error::Result;
use crate::resources::leads::{Left, LeftOut, present};
use uuid::Uuid;

/// Why a row is skipped or invalid.
pub const REASONS: [&str; 11] = [
    "duplicate_in_file",
    "duplicate",
    "already_in_workspace",
    "blocked",
    "empty_row",
    "no_email",
    "no_email_or_name",
    "invalid_email",
    "too_many_cells",
    "too_long",
    "too_large",
];

impl ImportRow {
    pub fn added(row: &Row, email: Option<String>, lead: Option<Uuid>) -> ImportRow {
        ImportRow {
            line: row.0,
            outcome: "added".to_owned(),
            reason: None,
            message: None,
            email,
            lead_id: lead,
            duplicate_of: None,
            present: None,
        }
    }

    fn because(row: &Row, outcome: &str, reason: &str, message: String, email: Option<String>) -> ImportRow {
        ImportRow {
            reason: Some(reason.to_owned()),
            message: Some(message),
            outcome: outcome.to_owned(),
            ..ImportRow::added(row, email, None)
        }
    }

    pub fn twin(row: &Row, email: Option<String>) -> ImportRow {
        let said = format!("Line {} has the same address.", row.1);
        ImportRow::because(row, "skipped", "duplicate_in_file", said, email)
    }

    pub fn left_out(row: &Row, left: &Left, email: Option<String>) -> ImportRow {
        let (outcome, reason, said) = match left.why {
            LeftOut::Invalid => ("invalid", "invalid_email", "The e-mail address is not valid."),
            LeftOut::Incomplete => {
                ("invalid", "no_email_or_name", "The row has neither an address nor a name.")
            }
            LeftOut::Twice => ("skipped", "duplicate_in_file", "Another row has the same address."),
            LeftOut::Duplicated => {
                ("skipped", "duplicate", "A lead with this address is already in the campaign or list.")
            }
            LeftOut::Skipped => {
                ("skipped", "already_in_workspace", "A lead with this address is already in the workspace.")
            }
            LeftOut::Blocked => ("skipped", "blocked", "The block list has this address or its domain."),
        };
        let present = left.present;
        ImportRow { present, ..ImportRow::because(row, outcome, reason, said.to_owned(), email) }
    }

    /// Rows as a caller gets them: with the leads that have their addresses, as far as the caller sees those leads now.
    pub async fn shown(can: &Caller, rows: &mut [ImportRow]) -> Result<()> {
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.present).collect();
        let leads = present(can, &ids).await?;
        for row in rows {
            row.duplicate_of = row.present.take().and_then(|id| leads.get(&id).cloned());
        }
        Ok(())
    }

    pub fn wrong(row: &Row, wrong: &Wrong) -> ImportRow {
        let (reason, said) = match wrong {
            Wrong::Empty => ("empty_row", "All cells of the row are empty.".to_owned()),
            Wrong::NoEmail => ("no_email", "The row has no e-mail address.".to_owned()),
            Wrong::NoEmailOrName => {
                ("no_email_or_name", "The row has neither an address nor a name.".to_owned())
            }
            Wrong::Email => ("invalid_email", "The e-mail address is not valid.".to_owned()),
            Wrong::TooManyCells { cells, columns } => {
                ("too_many_cells", format!("The row has {cells} cells, and the file has {columns} columns."))
            }
            Wrong::TooLong { column, most } => {
                ("too_long", format!("The cell of `{column}` has more than {most} characters."))
            }
            Wrong::TooLarge => ("too_large", "The cells of the row have more than 48 KB.".to_owned()),
        };
        ImportRow::because(row, "invalid", reason, said, None)
    }
}
