use super::{BlockListEntry, Which};
use crate::access::{Can, block_list_entries::Read};
use crate::error::Result;
use crate::http::{Paging, optional_not_null};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[serde(flatten)]
    pub paging: Paging,
    #[serde(flatten)]
    which: Which,
}

/// Entries on a page.
pub const ROWS: i64 = 100;

impl Filter {
    /// A page of the entries with this text in them.
    pub fn of(search: Option<String>, domains_only: bool, starting_after: Option<Uuid>) -> Filter {
        let which = Which { domains_only: domains_only.then_some(true), search };
        Filter { paging: Paging { limit: Some(ROWS), starting_after }, which }
    }
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<BlockListEntry>> {
    can.list::<BlockListEntry>(&filter.paging, |out| filter.which.filter(out)).all(can.reader()).await
}
