//! What the columns of a file become, kept under a name. A mapping has no leads in it, so everybody in the workspace who
//! can add leads sees it.

mod create;
mod delete;
mod list;
mod routes;
mod store;
mod targets;
pub use create::create;
pub use delete::delete;
pub use list::list;
pub use routes::operations;
pub use store::targets_of;
pub use targets::{FIELDS, IGNORE, NAME, Targets, VARIABLE, check};

use crate::access::{Resource, Shape};
use crate::audit::Subject;
use crate::db::stored;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LeadImportMapping {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub name: String,
    /// By the name of a column: a field of a lead, `custom_variables.<name>`, or `ignore`.
    pub targets: Targets,
    /// A user; null for a workspace key.
    pub created_by: Option<Uuid>,
    pub timestamp_created: Time,
}

#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    targets: Targets,
}

stored! { LeadImportMapping: "lead_import_mappings" as "i" {
    workspace workspace_id;
    fixed created_by, timestamp_created;
    columns name;
    packed "targets" = Columns { targets };
    derived "search" = |mapping| mapping.name.to_lowercase();
} }

impl Resource for LeadImportMapping {
    const SHAPE: Shape = Shape { owner: Some("i.created_by"), ..Shape::of::<LeadImportMapping>() };
}

pub const SHAPE: Shape = LeadImportMapping::SHAPE;

impl LeadImportMapping {
    fn subject(&self) -> Subject {
        Subject::new("lead_import_mapping", self.id)
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct New {
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// By the name of a column: a field of a lead, `custom_variables.<name>`, or `ignore`.
    #[schemars(extend("maxProperties" = 500), inner(length(min = 1, max = 220)))]
    pub targets: Targets,
}
