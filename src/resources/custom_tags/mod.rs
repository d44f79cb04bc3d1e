//! Tags on campaigns and sending accounts. They group records, and they isolate: a tag limit restricts a member or a key
//! to records that have one of its tags.

mod create;
mod delete;
mod list;
mod pages;
mod routes;
mod store;
mod update;
pub use create::{create, create_part};
pub use delete::{delete, delete_part};
pub use list::{Filter, list};
pub use pages::pages;
pub use routes::operations;
pub use store::{existing, known, map, of_limit, unmap, unmap_all};
pub use update::{update, update_part};

use crate::access::{Caller, Resource, Shape};
use crate::audit::Subject;
use crate::db::{Tx, stored};
use crate::error::{Error, Result};
use crate::http::{lenient, patch};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The number of a campaign on the wire, and of a sending account.
pub const CAMPAIGN: i64 = 2;
pub const ACCOUNT: i64 = 1;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CustomTag {
    pub id: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    pub organization_id: Uuid,
    /// Unique in the workspace, whatever its case.
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

stored! { CustomTag: "custom_tags" as "t" {
    workspace organization_id;
    fixed timestamp_created;
    columns timestamp_updated, label, description;
    derived "search" = |tag| tag.label.to_lowercase();
} }

/// A caller with a tag limit sees the tags of the limit.
impl Resource for CustomTag {
    const SHAPE: Shape = Shape { tags: Some("select t.id"), ..Shape::of::<CustomTag>() };
}

pub const SHAPE: Shape = CustomTag::SHAPE;

impl CustomTag {
    fn subject(&self) -> Subject {
        Subject::new("custom_tag", self.id)
    }

    /// Refuses a label that is blank or that another tag has.
    async fn check_label(&self, can: &Caller, tx: &mut Tx) -> Result<()> {
        if self.label.is_empty() {
            return Err(Error::invalid("body/label must have a character that is not a space"));
        }
        match store::taken(can, tx, &self.label, self.id).await? {
            true => Err(Error::Conflict("A tag with this name already exists.".to_owned())),
            false => Ok(()),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(min = 1, max = 200), regex(pattern = r".*\S.*"))]
    pub label: String,
    #[schemars(length(max = 2000))]
    pub description: Option<String>,
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of CustomTag {
        #[schemars(length(min = 1, max = 200), regex(pattern = r".*\S.*"))]
        label: String,
        #[schemars(length(max = 2000))]
        description: Option<String>,
    }
}
