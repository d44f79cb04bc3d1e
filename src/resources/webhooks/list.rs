use super::{EventType, Webhook};
use crate::access::{Can, webhooks::Read};
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
    campaign: Option<Uuid>,
    #[schemars(extend("x-gatepost-values" = ["lead_no_show", "supersearch_enrichment_completed"]))]
    event_type: Option<EventType>,
}

/// The webhooks of the workspace. It has at most 50.
pub async fn every(can: &Can<Read>) -> Result<Vec<Webhook>> {
    let paging = Paging { limit: Some(100), starting_after: None };
    list(can, &Filter { paging, campaign: None, event_type: None }).await
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<Webhook>> {
    let found = can.list::<Webhook>(&filter.paging, |out| {
        out.given(filter.campaign, " and w.campaign_id = ", "");
        out.given(filter.event_type.map(EventType::name), " and w.event_type = ", "");
    });
    found.all(can.reader()).await
}
