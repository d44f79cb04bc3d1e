//! Groups of workspaces: an admin workspace, and sub-workspaces whose owners have accepted to be in its group. A workspace
//! is an admin workspace or a sub-workspace, and a sub-workspace has one admin workspace.

mod answer;
mod delegation;
mod end;
mod invite;
mod list;
mod overview;
pub mod pages;
mod routes;
mod store;

pub use answer::{accept, reject};
pub use delegation::{admin, delegate};
pub use end::end;
pub use invite::invite;
pub use list::{list, newest, show};
pub use overview::overview;
pub use pages::pages;
pub use routes::operations;
pub use store::subs;

use crate::access::{Delegation, GuardRails, Shape};
use crate::audit::Subject;
use crate::http::{absent_not_null, optional_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Links as the admin workspace finds them, and as the sub-workspace does.
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
    /// The address of the sub-workspace's owner, once it has accepted.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub email: Option<String>,
    /// What the sub-workspace allows its admin workspace.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub delegation: Delegation,
    /// The link to hand over to the owner of the workspace, if the invitation could not be mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub invitation_url: Option<String>,
}

/// The official form is `sub_workspace_id`. The address of its owner is enough on its own.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("x-gatepost-optional" = ["sub_workspace_id"]), transform = optional_not_null)]
pub struct New {
    pub sub_workspace_id: Option<Uuid>,
    /// The verified address of somebody who owns exactly one workspace.
    #[schemars(email, length(max = 254), extend("x-gatepost-extension" = true))]
    pub email: Option<String>,
}

/// The admin workspace of the caller's workspace.
#[derive(Serialize, JsonSchema)]
pub struct Admin {
    /// `Undefined` if there is none.
    pub workspace_name: String,
    pub has_admin_workspace: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub workspace_group_member_id: Option<Uuid>,
    /// What the admin workspace may do here; null if there is none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub delegation: Option<Delegation>,
    /// What the admin workspace forbids here; null if there is none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub guard_rails: Option<GuardRails>,
    /// The invitation that the owner has not answered yet.
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

fn subject(link: &WorkspaceGroupMember) -> Subject {
    Subject::new("workspace_group_member", link.id)
}
