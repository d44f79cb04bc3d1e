use super::{BlockListEntry, Which};
use crate::access::{Can, block_list_entries::Read};
use crate::error::Result;
use crate::http::{Paging, optional_not_null};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[serde(flatten)]
    pub paging: Paging,
    #[serde(flatten)]
    which: Which,
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<BlockListEntry>> {
    can.list::<BlockListEntry>(&filter.paging, |out| filter.which.filter(out)).all(can.reader()).await
}
