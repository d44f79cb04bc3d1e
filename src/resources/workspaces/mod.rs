//! The workspace: the tenant. A key belongs to one workspace, so `current` is its only address.

mod change_owner;
mod create;
mod list;
mod pages;
mod plan;
mod removal;
mod routes;
mod store;
mod update;

pub use change_owner::{Heir, change_owner, hand_over};
pub use create::{Founding, NewFor, Owner, create, create_for, found};
pub use list::{all, list, roles, show};
pub use pages::pages;
pub use plan::exclude;
pub use removal::{cancel_removal, schedule_removal};
pub use routes::operations;
pub use store::{any, brand, by_id, current, exists};
pub use update::{open_defaults, update, update_part};

use crate::access::Role;
use crate::audit::Subject;
use crate::db;
use crate::error::Result;
use crate::http::{absent_not_null, optional_not_null, patch};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Named as on the wire.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Workspace {
    pub id: Uuid,
    pub name: String,
    /// The user who owns it.
    pub owner: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    /// When the workspace closes, if its removal is scheduled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_for_removal_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_logo_url: Option<String>,
    /// The visibility of a new campaign that names none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub default_campaign_visibility: Visibility,
    /// The role of a new member whose invitation names none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub default_member_role: Role,
    /// Whether launching and exporting require their own scopes.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub strict_scopes: bool,
    /// Whether every body must match its schema exactly: unknown keys are refused, and no value is coerced.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub strict_bodies: bool,
    /// Whether no new lead can have the address of another lead of the workspace. It holds for leads that are
    /// created, added, imported or copied. Leads that are there already stay: `GET /api/v2/leads/duplicates`
    /// lists those that share an address.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub unique_leads: bool,
    #[serde(flatten)]
    pub billing: Billing,
}

/// The fields of the official API about plans and white label. This server sets only `org_client_domain`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Billing {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id_bundle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id_leadfinder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    plan_id_verification: Option<Verification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id_crm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id_website_visitor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id_inbox_placement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_client_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    add_unsub_to_block: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_opportunity_value: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, transform = optional_not_null)]
pub struct Verification {
    quantity: Option<f64>,
    product_id: Option<String>,
    timestamp_updated: Option<Time>,
}

/// Whether the team also sees a campaign. Its owner, its collaborators and the roles that see everything always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Visibility {
    Private,
    Team,
}

impl Visibility {
    pub fn name(self) -> &'static str {
        match self {
            Visibility::Private => "private",
            Visibility::Team => "team",
        }
    }

    pub fn parse(name: &str) -> Visibility {
        if name == "team" { Visibility::Team } else { Visibility::Private }
    }
}

impl db::Field for Visibility {
    type Column = String;
    fn read(name: String) -> Result<Self> {
        Ok(Visibility::parse(&name))
    }
    fn value(&self) -> db::Value {
        self.name().into()
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct New {
    #[schemars(length(min = 1, max = 200), regex(pattern = r"\S"))]
    pub name: String,
}

/// A new workspace and its first key.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Created {
    #[serde(flatten)]
    pub workspace: Workspace,
    /// A personal key of the owner. It is shown only once and is valid for 30 days.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub api_key: String,
}

patch! {
    pub struct Patch of Workspace {
        #[schemars(length(min = 1, max = 200), regex(pattern = r"\S"))]
        name: String,
        #[schemars(length(max = 2000), regex(pattern = r#"^https?://[^\x00-\x20"'<>\\\x7f]+$"#))]
        org_logo_url: Option<String>,
        #[schemars(extend("x-gatepost-extension" = true))]
        default_campaign_visibility: Visibility,
        #[schemars(extend("x-gatepost-extension" = true))]
        default_member_role: Role,
        #[schemars(extend("x-gatepost-extension" = true))]
        strict_scopes: bool,
        #[schemars(extend("x-gatepost-extension" = true))]
        strict_bodies: bool,
        #[schemars(extend("x-gatepost-extension" = true))]
        unique_leads: bool,
    }
}

/// The official form is `email` and `sec`. `new_owner_id` is enough on its own.
#[derive(Deserialize, JsonSchema)]
#[schemars(extend("x-gatepost-optional" = ["email", "sec"]), transform = optional_not_null)]
pub struct NewOwner {
    /// The address of an accepted member.
    #[schemars(email)]
    pub email: Option<String>,
    /// The current owner's password.
    pub sec: Option<String>,
    /// The user id or member id of an accepted member.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub new_owner_id: Option<Uuid>,
}

fn subject(workspace: &Workspace) -> Subject {
    Subject::new("workspace", workspace.id)
}
