//! The member record: what a person is in one workspace. An invitation is the same row, pending until the person follows
//! the link.

mod named;
mod people;
mod store;

pub use named::{Whose, is_self, named, owner};
pub use people::People;
pub use store::invitations::{
    Invitation, OpenInvitation, close_link, count_wrong_password, is_made_through, join, open_link, prolong,
    set_mailed, shown_invitation, with_token,
};
pub use store::of_user::{address_of_user, of_user, owned_by, set_email, set_search, with_personal_keys};
pub use store::{
    Named, NewMember, accepted, accepted_by_email, accepted_by_id, count_by_rights, delete, find, insert,
    insert_accepted, is_owner, is_taken, joined, list, made_through, owner_and, owners_address, step_down,
    step_up, update,
};

use crate::access::{CustomRole, EffectiveRole, Role, Shape};
use crate::http::absent_not_null;
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
    /// While the invitation is pending, this id is reserved for it.
    pub user_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub name: Option<Name>,
    pub role: Role,
    /// The custom role, whose base is `role`. Left out for a member with a built-in role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null, extend("x-gatepost-extension" = true))]
    pub custom_role: Option<CustomRole>,
    pub accepted: bool,
    /// The user who invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_id: Option<Uuid>,
    /// The permissions that the member has of their role; null for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<MemberPermission>>,
    pub timestamp_created: Time,
    /// The member sees and changes only records with one of these tags; null for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub tag_limit: Option<Vec<Uuid>>,
    /// Whether the person has a second factor to sign in with.
    #[serde(default)]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub second_factor: bool,
    /// The link to hand over, if the invitation could not be mailed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub invitation_url: Option<String>,
    /// For a pending invitation: the sending accounts that are assigned to the member when they accept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub accounts: Option<Vec<String>>,
    /// In the answer of a removal or a change of role: the live workspace keys that the member has made, also with
    /// other keys and in sub-workspaces. Left out for callers who cannot see API keys.
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
    /// The workspace in which the key works: this one, or a sub-workspace.
    pub workspace_id: Uuid,
}

impl WorkspaceMember {
    pub fn effective_role(&self) -> EffectiveRole {
        let cells = self.custom_role.as_ref().map(|role| role.cells.clone());
        EffectiveRole { base: self.role, cells }
    }

    /// What people call the member: their name, their nickname or their address.
    pub fn called(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("{} {}", name.first, name.last));
        let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        name.or_else(|| self.nickname.clone()).unwrap_or_else(|| self.email.clone())
    }

    /// The name of the custom role, or of the built-in one.
    pub fn role_name(&self) -> &str {
        self.custom_role.as_ref().map_or(self.role.name(), |role| &role.name)
    }
}

/// The permissions that the official API names; reference, section 2.2.
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
