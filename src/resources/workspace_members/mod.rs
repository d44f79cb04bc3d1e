//! Members and invitations, which are one row: pending until the person follows the link.

mod accept;
pub use accept::insert_user;
mod guard;
mod handed;
mod invitation;
mod preview;
mod routes;
pub mod store;
mod tried;
mod v1;
mod whose;
pub use routes::router;
pub use store::{accepted, accepted_by_id};
pub use whose::{Whose, is_self, named, owner};

use crate::access::{Role, Shape};
use crate::http::absent_not_null;
pub use crate::http::address;
use crate::time::Time;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

pub const SHAPE: Shape = Shape::bare("members m", "m.id", "m.workspace_id");

/// Named as on the wire. `name` and `user_email` come from the user, so a pending invitation has neither.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct WorkspaceMember {
    pub id: Uuid,
    pub workspace_id: Uuid,
    /// The address that was invited.
    pub email: String,
    /// Reserved for the invitation until it is accepted.
    pub user_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub name: Option<Name>,
    pub role: Role,
    pub accepted: bool,
    /// The user who invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_id: Option<Uuid>,
    /// What is left of the role; null where nothing is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<MemberPermission>>,
    pub timestamp_created: Time,
    /// The tags outside which the member sees and does nothing; null where there is no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub tag_limit: Option<Vec<Uuid>>,
    /// Whether the person has a second factor to sign in with.
    #[serde(default)]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub second_factor: bool,
    /// In the answer of an invitation that could not be mailed: the link to hand over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub invitation_url: Option<String>,
    /// Of a pending invitation: the sending accounts that become the member's when they accept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub accounts: Option<Vec<String>>,
    /// In the answer of a removal or a change of role: the live workspace keys that the member has made, also with
    /// other keys and in sub-workspaces. Left out for callers who may not see API keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub keys_made: Option<Vec<KeyMade>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Name {
    #[serde(default)]
    pub first: String,
    #[serde(default)]
    pub last: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct KeyMade {
    pub id: Uuid,
    pub name: String,
    /// Where it works: this workspace, or a sub-workspace.
    pub workspace_id: Uuid,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("x-gatepost-optional" = ["role"]))]
pub struct New {
    #[schemars(email, length(max = 254))]
    pub email: String,
    /// Taken for the sake of the reference's clients; who accepts says who he is.
    #[schemars(email)]
    #[serde(rename = "user_email")]
    pub _user_email: Option<String>,
    #[schemars(length(max = 80))]
    pub nickname: Option<String>,
    /// The workspace's `default_member_role`, unless given.
    #[schemars(transform = absent_not_null)]
    pub role: Option<Role>,
    pub permissions: Option<Vec<MemberPermission>>,
    #[schemars(length(max = 100), extend("x-gatepost-extension" = true))]
    pub tag_limit: Option<Vec<Uuid>>,
    /// Addresses of unassigned sending accounts. They become the member's when they accept the invitation, if nobody else
    /// got them before.
    #[serde(default)]
    #[schemars(length(max = 100), inner(email), extend("x-gatepost-extension" = true))]
    pub accounts: Vec<String>,
}

impl New {
    pub fn of(email: String, role: Option<Role>) -> New {
        New {
            email,
            _user_email: None,
            nickname: None,
            role,
            permissions: None,
            tag_limit: None,
            accounts: vec![],
        }
    }
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct Patch {
    #[schemars(length(max = 80))]
    nickname: Option<String>,
    #[schemars(transform = absent_not_null)]
    role: Option<Role>,
    #[schemars(length(max = 100), extend("x-gatepost-extension" = true))]
    tag_limit: Option<Vec<Uuid>>,
}

#[derive(Deserialize, JsonSchema)]
pub struct Revoke {
    /// Revokes the workspace keys that the member has made, in the same transaction.
    #[schemars(extend("x-gatepost-extension" = true))]
    #[serde(default)]
    pub revoke_keys: bool,
}

/// The names that the wire gives to what a member may do; reference, section 2.2.
pub const PERMISSIONS: [&str; 31] = [
    "dashboard.view",
    "campaigns.view",
    "campaigns.create",
    "campaigns.edit",
    "campaigns.delete",
    "organization.manage",
    "organization.integrations",
    "organization.billing",
    "organization.users.manage",
    "leadFinder.view",
    "customLeadLabels.create",
    "customLeadLabels.edit",
    "customLeadLabels.delete",
    "unibox.all",
    "analytics.view",
    "websiteChat.view",
    "websiteChat.manage",
    "agency.manage",
    "accounts.view",
    "accounts.manage",
    "leadManagement.view",
    "leads.move",
    "crm.view",
    "websiteVisitors.view",
    "blocklist.manage",
    "preferences.manage",
    "inboxPlacement.view",
    "aiAgents.manage",
    "workspaceGroupMembers.invite",
    "workspaceGroupMembers.remove",
    "workspaceGroupMembers.leave",
];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberPermission(pub String);

impl JsonSchema for MemberPermission {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "MemberPermission".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": PERMISSIONS })
    }
}
