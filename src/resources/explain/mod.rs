//! What a caller is and can do (`/me`), why or why not (`/access/explain`), who can do something (`/access/who-can`), and
//! what somebody can do (`/access/what-can`). The code that decides about calls also gives these answers.

mod help;
mod known;
mod matrix;
mod me;
mod pages;
mod particulars;
mod paths;
mod principal;
mod question;
mod remedy;
mod routes;
mod store;
mod what;
mod who;
pub use help::{ChangeKind, Help};
pub use known::Known;
pub use me::me;
pub use pages::pages;
pub use particulars::{Case, particulars, person};
pub use paths::{Path, Via};
pub use principal::grant_of;
pub use question::{asked_action, explain};
pub use routes::operations;
pub use what::{HeldRow, Reached, WhatAnswer, WhatQuestion, what_can};
pub use who::{Allowed, Refused, WhoAnswer, WhoQuestion, who_can};

use crate::access::{CustomRole, Role, Step, Verdict};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, JsonSchema)]
pub struct Me {
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// `session`, `personal_key` or `workspace_key`.
    pub kind: &'static str,
    pub api_key_id: Option<Uuid>,
    pub member_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub email: Option<String>,
    /// For a workspace key: the role above which it never goes.
    pub role: Option<Role>,
    /// The custom role of a member, whose base is `role`; null for a built-in role and for a workspace key.
    pub custom_role: Option<CustomRole>,
    pub scopes: Option<Vec<String>>,
    /// What the caller can do, and how far it reaches.
    pub permissions: Vec<Held>,
    /// The caller sees and changes only what carries one of these tags; null if there is no limit. Of several limits, these are
    /// the tags that all of them have.
    pub tag_limit: Option<Vec<Uuid>>,
    pub tag_limits: Vec<Vec<Uuid>>,
    pub expires_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldPermission")]
pub struct Held {
    pub permission: &'static str,
    pub reach: &'static str,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Question {
    /// A member id, user id, e-mail address or key id. The default is the caller. Only owners and admins can name another.
    pub principal: Option<String>,
    /// A row of the access matrix, such as `campaigns:launch`.
    pub permission: String,
    /// The id of a record of the permission's resource. An owner or admin who asks about somebody else and can see the record
    /// also reads what in the record prevents access.
    pub record: Option<Uuid>,
}

#[derive(Serialize, JsonSchema)]
pub struct Explanation {
    pub permission: &'static str,
    pub allowed: bool,
    /// The answer in words: "Sarah Lee cannot launch campaigns: this campaign is private and belongs to Tom Day."
    pub sentence: String,
    /// The first step that does not hold.
    pub refused_by: Option<Step>,
    /// Every step, in the order in which they are checked.
    pub steps: Vec<Verdict>,
    /// What gives the permission: the role, and for a record each fact that puts it within reach.
    pub paths: Vec<Path>,
    /// Single changes that would allow it. The server tries each one with the same decision. Empty if it is allowed, if no
    /// single change helps, and for a record that the caller does not see.
    pub would_help: Vec<Help>,
}
