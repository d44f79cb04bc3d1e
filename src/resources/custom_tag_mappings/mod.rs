//! Which tag is on which campaign or sending account. A caller sees a mapping if they see the tag and the resource.

mod list;
mod routes;
mod selection;
mod store;
mod toggle;
pub use list::list;
pub use routes::operations;
pub use toggle::{tag_accounts_part, toggle};

use crate::db::record;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CustomTagMapping {
    pub id: Uuid,
    pub timestamp_created: Time,
    pub tag_id: Uuid,
    pub resource_id: Uuid,
    /// 1 for a sending account, 2 for a campaign.
    #[schemars(with = "f64", extend("enum" = [1, 2]))]
    pub resource_type: i64,
    pub organization_id: Uuid,
}
record! { CustomTagMapping {
    id = "m.id", timestamp_created = "m.timestamp_created", tag_id = "m.tag_id", resource_id = "m.resource_id",
    resource_type = "m.resource_type", organization_id = "m.workspace_id"
} }
