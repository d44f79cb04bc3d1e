//! Lists of leads that are in no campaign. Lists belong to the team. A caller with a tag limit sees none, because lists
//! have no tags.

mod create;
mod delete;
mod list;
mod pages;
mod routes;
mod store;
mod update;
mod verification;
pub use create::create;
pub use delete::delete;
pub use list::{list, names};
pub use pages::pages;
pub use routes::operations;
pub use update::update;
pub use verification::verification;

use crate::access::{Caller, Permission, Reach, Resource, Shape, lead_lists::Update};
use crate::audit::Subject;
use crate::db::stored;
use crate::http::{lenient, patch};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeadList {
    pub id: Uuid,
    pub organization_id: Uuid,
    #[serde(default)]
    pub has_enrichment_task: Option<bool>,
    /// The user who owns it; none for what a workspace key made.
    #[serde(default)]
    pub owned_by: Option<Uuid>,
    pub name: String,
    pub timestamp_created: Time,
}

stored! { LeadList: "lead_lists" as "i" {
    workspace organization_id;
    fixed timestamp_created;
    columns has_enrichment_task, owned_by, name;
    derived "search" = |list| list.name.to_lowercase();
} }

impl Resource for LeadList {
    const SHAPE: Shape = Shape { team: Some("true"), owner: Some("i.owned_by"), ..Shape::of::<LeadList>() };
}

pub const SHAPE: Shape = LeadList::SHAPE;

/// Whether the caller can name the owner of a list, as `members::owner` decides it.
fn chooses_owner(can: &Caller) -> bool {
    can.reach(Update::ACTION) == Reach::All
}

impl LeadList {
    fn subject(&self) -> Subject {
        Subject::new("lead_list", self.id)
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    pub has_enrichment_task: Option<bool>,
    /// The caller, unless given; only who reaches every list may name another.
    pub owned_by: Option<Uuid>,
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of LeadList {
        #[schemars(length(min = 1, max = 200))]
        name: String,
        has_enrichment_task: Option<bool>,
        owned_by: Option<Uuid>,
    }
}
