//! Labels for leads, such as "Asked for a demo". A workspace adds them to the labels that the reference has. A lead holds the
//! number of its label in `lt_interest_status`. A caller with a tag limit sees no labels, because labels have no tags.

mod create;
mod delete;
mod list;
mod number;
mod pages;
mod predict;
mod routes;
mod store;
mod update;
pub use create::create;
pub use delete::delete;
pub use list::{every, list};
pub use number::{InterestStatus, NAMED, check_number, check_numbers};
pub use pages::pages;
pub use predict::predict;
pub use routes::operations;
pub use update::update;

use crate::access::{Caller, Resource, Shape};
use crate::audit::Subject;
use crate::db::{Field, Tx, Value, stored};
use crate::error::{Error, Result};
use crate::http::{lenient, patch};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeadLabel {
    pub id: Uuid,
    pub timestamp_created: Time,
    /// The user who made it, or the workspace key.
    pub created_by: Uuid,
    pub organization_id: Uuid,
    /// Unique in the workspace, whatever its case.
    pub label: String,
    pub interest_status_label: Interest,
    /// The number that leads with this label have as their `lt_interest_status`. The server chooses it.
    #[schemars(with = "f64")]
    pub interest_status: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether a model may choose this label for a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_with_ai: Option<bool>,
}

stored! { LeadLabel: "lead_labels" as "b" {
    workspace organization_id;
    fixed timestamp_created, created_by, interest_status;
    columns label, interest_status_label, description, use_with_ai;
    derived "search" = |label| label.label.to_lowercase();
} }

impl Resource for LeadLabel {
    const SHAPE: Shape = Shape::of::<LeadLabel>();
}

pub const SHAPE: Shape = LeadLabel::SHAPE;

/// The interest of a lead that has the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Interest {
    Positive,
    Negative,
    Neutral,
}

impl Interest {
    pub fn name(self) -> &'static str {
        match self {
            Interest::Positive => "positive",
            Interest::Negative => "negative",
            Interest::Neutral => "neutral",
        }
    }
}

impl Field for Interest {
    type Column = String;
    fn read(name: String) -> Result<Self> {
        let all = [Interest::Positive, Interest::Negative, Interest::Neutral];
        let found = all.into_iter().find(|interest| interest.name() == name);
        found.ok_or_else(|| Error::internal("an interest that does not exist"))
    }
    fn value(&self) -> Value {
        self.name().into()
    }
}

impl LeadLabel {
    fn subject(&self) -> Subject {
        Subject::new("lead_label", self.id)
    }

    /// Refuses a label that another one has.
    async fn check_label(&self, can: &Caller, tx: &mut Tx) -> Result<()> {
        match store::taken(can, tx, &self.label, self.id).await? {
            true => Err(Error::Conflict("A label with this name already exists.".to_owned())),
            false => Ok(()),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(min = 1, max = 200), regex(pattern = r".*\S.*"))]
    pub label: String,
    pub interest_status_label: Interest,
    #[schemars(length(max = 2000))]
    pub description: Option<String>,
    pub use_with_ai: Option<bool>,
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of LeadLabel {
        #[schemars(length(min = 1, max = 200), regex(pattern = r".*\S.*"))]
        label: String,
        interest_status_label: Interest,
        #[schemars(length(max = 2000))]
        description: Option<String>,
        use_with_ai: Option<bool>,
    }
}

/// Where the leads of a label go when it is deleted.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = untyped)]
pub struct Reassign {
    /// The `lt_interest_status` that the leads of the label get: the number of another label, or one of the reference's. Without
    /// it they have none.
    #[schemars(with = "f64")]
    #[serde(default)]
    pub reassigned_status: Option<i64>,
}

/// The reference gives this body no type.
fn untyped(schema: &mut schemars::Schema) {
    schema.remove("type");
}
