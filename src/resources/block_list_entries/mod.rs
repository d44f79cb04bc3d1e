//! The block list: addresses and domains that a workspace does not write to. Its entries are the suppressions of the kind
//! `blocked` (decision 18). A domain also blocks its subdomains.

mod create;
mod delete;
mod download;
mod draft;
mod list;
mod pages;
mod purge;
mod routes;
mod store;
mod suppressed;
mod update;
mod value;
pub use create::{create, create_many};
pub use delete::{delete, delete_many};
pub use download::download;
pub use list::list;
pub use pages::pages;
pub use purge::purge;
pub use routes::operations;
pub use suppressed::{Kind, mac, suppress, suppressed};
pub use update::update;

use crate::access::{Caller, Resource, Shape};
use crate::audit::Subject;
use crate::db::{Part, stored};
use crate::error::Result;
use crate::http::{lenient, optional_not_null, patch, pattern};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use value::Blocked;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlockListEntry {
    pub id: Uuid,
    pub timestamp_created: Time,
    pub organization_id: Uuid,
    /// An address, or a domain. A domain in Unicode is stored in ASCII.
    pub bl_value: String,
    /// Whether it blocks a domain with its subdomains.
    pub is_domain: bool,
    #[serde(skip)]
    mac: String,
    #[serde(skip)]
    source: String,
}

stored! { BlockListEntry: "suppressions" as "s" {
    workspace organization_id;
    where "s.kind = 'blocked' and s.value is not null";
    fixed timestamp_created, source;
    columns bl_value = "value", is_domain, mac;
    derived "kind" = |_entry| Kind::Blocked.name().to_owned();
} }

/// The list belongs to the whole workspace. A caller with a tag limit does not see it, because entries have no tags.
impl Resource for BlockListEntry {
    const SHAPE: Shape = Shape::of::<BlockListEntry>();
}

pub const SHAPE: Shape = BlockListEntry::SHAPE;

impl BlockListEntry {
    fn new(can: &Caller, blocked: Blocked, mac: String) -> Self {
        BlockListEntry {
            id: can.new_id(),
            timestamp_created: can.now(),
            organization_id: can.workspace(),
            bl_value: blocked.value,
            is_domain: blocked.is_domain,
            mac,
            source: "api".to_owned(),
        }
    }

    fn subject(&self) -> Subject {
        Subject::new("block_list_entry", self.id)
    }
}

/// The id of the workspace's only block list, and so the only one that a call can name.
pub fn id_of_list(can: &Caller) -> Uuid {
    can.workspace()
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    /// An address, or a domain with at least one dot.
    bl_value: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = lenient)]
pub struct NewMany {
    #[schemars(length(min = 1, max = 1000))]
    bl_values: Vec<String>,
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of BlockListEntry {
        bl_value: String,
    }
}

#[derive(Deserialize, JsonSchema)]
pub struct Ids {
    #[schemars(length(min = 1, max = 1000))]
    ids: Vec<Uuid>,
}

/// Which entries are meant. Without a filter it is all of them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Which {
    /// Only domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    domains_only: Option<bool>,
    /// In the value.
    #[schemars(length(max = 254))]
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
}

impl Which {
    /// Writes the filters, each after ` and `.
    fn filter(&self, out: &mut Part) {
        if self.domains_only == Some(true) {
            out.push(" and s.is_domain");
        }
        let stored = |text: &String| Blocked::of(text).map_or_else(|| text.clone(), |blocked| blocked.value);
        let search = self.search.as_ref().map(|text| pattern(&stored(text)));
        out.given(search, " and s.value like ", " escape '\\'");
    }
}

/// The MACs of values in the caller's workspace.
fn macs(can: &Caller) -> Result<crate::auth::Macs> {
    can.app().vault.macs(can.workspace(), "suppression")
}
