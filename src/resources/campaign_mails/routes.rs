//! The JSON face of the sending of campaigns.

use super::answer::SendingStatus;
use crate::access::{Can, campaigns::*};
use crate::error::Result;
use crate::http::{Id, Json, Path, Query, optional_not_null};
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;

operations! {
    /// Explain why a campaign does not send
    ///
    /// Names the gate that stops the next mail, and the most mails that today's limits allow. The same gates stop the
    /// mail itself. `diagnostics` is null for a draft and a paused campaign. The summary of a language model is always
    /// null. Numbers of accounts are shown only to callers who see sending accounts.
    GET "/api/v2/campaigns/{id}/sending-status" => status as "getCampaignSendingStatus";
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Wanted {
    /// Accepted because the reference's clients send it. No language model is connected.
    #[serde(rename = "with_ai_summary")]
    _with_ai_summary: Option<bool>,
}

async fn status(
    can: Can<Read>,
    Path(Id { id }): Path<Id>,
    Query(_): Query<Wanted>,
) -> Result<Json<SendingStatus>> {
    super::status(can, id).await.map(Json)
}
