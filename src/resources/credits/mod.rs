//! Credits: an admin workspace shares its credits with its sub-workspaces. Entries are only added to the ledger, and the
//! balance never falls below zero. Until the operator grants some, nothing is counted, and spending is free.

mod available;
mod caps;
mod entries;
mod grant;
mod routes;
mod show;
mod spend;
mod store;

pub use available::{available, require_some};
pub use caps::{caps, list_caps, set_caps};
pub use entries::{entries, ledger};
pub use grant::{Grant, grant};
pub use routes::operations;
pub use show::show;
pub use spend::{spend, spend_within};
pub use store::{Counted, balance, granted};

use crate::access::Caller;
use crate::http::{Edit, absent_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Kind {
    /// For finding, enriching and verifying leads.
    Hyper,
    /// For inbox placement tests.
    #[value(name = "inbox_placement")]
    InboxPlacement,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Hyper, Kind::InboxPlacement];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Hyper => "hyper",
            Kind::InboxPlacement => "inbox_placement",
        }
    }

    fn parse(name: &str) -> Kind {
        if name == Kind::Hyper.name() { Kind::Hyper } else { Kind::InboxPlacement }
    }
}

/// The workspace that pays for what the caller's workspace spends: its admin workspace, if it has one.
pub fn payer(can: &Caller) -> Uuid {
    can.group().map_or(can.workspace(), |group| group.admin)
}

/// The most that a sub-workspace spends in a calendar month, in UTC; null for no limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Caps {
    pub hyper: Option<i64>,
    pub inbox_placement: Option<i64>,
}

impl Caps {
    pub fn of(&self, kind: Kind) -> Option<i64> {
        match kind {
            Kind::Hyper => self.hyper,
            Kind::InboxPlacement => self.inbox_placement,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct Credits {
    /// The workspace that pays, and its name.
    pub payer_workspace_id: Uuid,
    pub payer_workspace_name: String,
    pub items: Vec<Credit>,
}

#[derive(Serialize, JsonSchema)]
pub struct Credit {
    pub kind: Kind,
    /// What this workspace can spend now; null for no limit, because nothing is counted before the first grant.
    pub available: Option<i64>,
    /// The most that its admin workspace lets it spend in a month; null for no limit.
    pub cap: Option<i64>,
    /// What it has spent in this month.
    pub spent_this_month: i64,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Entry {
    pub id: Uuid,
    pub kind: Kind,
    /// The credits granted; negative if they were spent.
    pub amount: i64,
    /// What was left afterwards; null while nothing is counted, and for a sub-workspace.
    pub balance: Option<i64>,
    /// The workspace that spent; null for a grant.
    pub spent_in: Option<Uuid>,
    pub memo: Option<String>,
    pub timestamp_created: Time,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Spend {
    pub kind: Kind,
    #[schemars(range(min = 1, max = 1_000_000))]
    pub amount: i64,
    /// The purpose.
    #[schemars(length(max = 200))]
    pub memo: Option<String>,
}

/// A field that is left out stays as it is; null removes a cap.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CapPatch {
    /// A sub-workspace of this workspace.
    pub sub_workspace_id: Uuid,
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub hyper: Edit<Option<i64>>,
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub inbox_placement: Edit<Option<i64>>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Cap {
    /// The id of the link.
    pub id: Uuid,
    pub sub_workspace_id: Uuid,
    #[serde(flatten)]
    pub caps: Caps,
}

#[derive(Deserialize, JsonSchema)]
pub struct Which {
    #[serde(flatten)]
    pub paging: crate::http::Paging,
    #[schemars(transform = absent_not_null)]
    pub kind: Option<Kind>,
}
