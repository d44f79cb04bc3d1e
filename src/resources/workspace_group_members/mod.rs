//! Groups of workspaces: an admin workspace, and sub-workspaces whose owners have accepted to be in its group. A
//! workspace is one or the other, and has one admin workspace at most.

mod answer;
mod delegation;
mod invite;
mod overview;
mod routes;
pub mod store;
pub use routes::router;

use crate::access::{Delegation, GuardRails, Shape};
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Links as the admin workspace has them, and as the sub-workspace has its own.
pub const SHAPE: Shape = Shape::bare("group_links l", "l.id", "l.workspace_id");
pub const AS_SUB: Shape = Shape::bare("group_links l", "l.id", "l.sub_workspace_id");

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Status {
    Pending,
    Accepted,
    Rejected,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Accepted => "accepted",
            Status::Rejected => "rejected",
        }
    }

    fn parse(name: &str) -> Status {
        let all = [Status::Pending, Status::Accepted];
        all.into_iter().find(|status| status.name() == name).unwrap_or(Status::Rejected)
    }
}

/// Named as on the wire.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkspaceGroupMember {
    pub id: Uuid,
    pub admin_workspace_id: Uuid,
    pub sub_workspace_id: Uuid,
    pub status: Status,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    /// Once the sub-workspace has accepted.
    pub sub_workspace_name: Option<String>,
    pub admin_workspace_name: Option<String>,
    /// Of the sub-workspace's owner, once it has accepted.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub email: Option<String>,
    /// What the sub-workspace leaves its admin workspace to do in it.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub delegation: Delegation,
    /// In the answer to an invitation that could not be mailed: the link to hand over to the owner of the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub invitation_url: Option<String>,
}

/// The official form is `sub_workspace_id`; the address of its owner will do as well.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("x-gatepost-optional" = ["sub_workspace_id"]))]
pub struct New {
    #[schemars(transform = absent_not_null)]
    pub sub_workspace_id: Option<Uuid>,
    /// The verified address of somebody who owns exactly one workspace.
    #[schemars(transform = absent_not_null, email, length(max = 254), extend("x-gatepost-extension" = true))]
    pub email: Option<String>,
}

/// Whose sub-workspace the caller's workspace is.
#[derive(Serialize, JsonSchema)]
pub struct Admin {
    /// `Undefined` where there is none.
    pub workspace_name: String,
    pub has_admin_workspace: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub workspace_group_member_id: Option<Uuid>,
    /// What the admin workspace may do here; null where there is none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub delegation: Option<Delegation>,
    /// What the admin workspace forbids here; null where there is none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub guard_rails: Option<GuardRails>,
    /// An invitation that waits for the owner's answer.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub invitation: Option<Invitation>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Invitation {
    pub workspace_group_member_id: Uuid,
    pub workspace_name: String,
    /// The owner of the workspace that invites.
    pub email: Option<String>,
}
