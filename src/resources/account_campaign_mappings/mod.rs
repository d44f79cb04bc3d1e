//! Which campaigns send from an account. A caller sees those campaigns that they can also read.

mod list;
mod routes;
mod store;
pub use list::list;
pub use routes::operations;

use crate::db::record;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AccountCampaignMapping {
    pub campaign_id: Uuid,
    pub campaign_name: String,
    /// When the campaign got the account.
    pub timestamp_created: Time,
    #[schemars(with = "f64", default, extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    pub status: i64,
}
record! { AccountCampaignMapping {
    campaign_id = "c.id", campaign_name = "c.name", timestamp_created = "s.timestamp_created", status = "c.status"
} }
