//! The newest rows as sentences, for a page about something else.

use super::AuditLog;
use super::pages::names;
use super::sentence::{sentence, subject};
use super::store::{self, Further, Wanted};
use crate::access::{Can, audit_logs::Read};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

pub struct Recent {
    pub sentence: String,
    pub at: Time,
    pub refused: bool,
}

pub async fn recent(can: &Can<Read>, rows: i64) -> Result<Vec<Recent>> {
    let wanted = Wanted { before: Uuid::max(), limit: rows, ..Wanted::default() };
    let found: Vec<(AuditLog, Further)> = store::list(can, wanted).await?;
    let names = names(can, &found).await?;
    let recent = |(log, further): (AuditLog, Further)| {
        let name = subject(&log).and_then(|(_, id)| names.get(&id)).map(String::as_str);
        Recent {
            sentence: sentence(&log, further.refused, name),
            at: log.timestamp,
            refused: further.refused,
        }
    };
    Ok(found.into_iter().map(recent).collect())
}
