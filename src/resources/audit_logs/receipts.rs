//! What people of the admin workspace did in a sub-workspace, for its own people.

use super::AuditLog;
use super::pages::names;
use super::sentence::{sentence, subject};
use super::store::{self, Further, Wanted};
use crate::access::{Can, audit_logs::Read};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

pub struct Receipt {
    pub at: Time,
    pub sentence: String,
    pub refused: bool,
}

/// The newest ones.
pub async fn receipts(can: &Can<Read>, limit: i64) -> Result<Vec<Receipt>> {
    let wanted = Wanted { before: Uuid::max(), limit, acting: true, ..Wanted::default() };
    let rows: Vec<(AuditLog, Further)> = store::list(can, wanted).await?;
    let names = names(can, &rows).await?;
    let receipt = |(row, further): (AuditLog, Further)| {
        let name = subject(&row).and_then(|(_, id)| names.get(&id)).map(String::as_str);
        let sentence = sentence(&row, further.refused, name);
        Receipt { at: row.timestamp, sentence, refused: further.refused }
    };
    Ok(rows.into_iter().map(receipt).collect())
}
