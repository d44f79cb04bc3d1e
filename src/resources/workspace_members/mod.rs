//! What callers do with members: inviting, accepting an invitation, changing a role, removing. The record itself is in
//! [`members`](super::members).

mod accept;
mod belongings;
mod foreseen;
mod guard;
mod handed;
mod handing;
mod invitation;
mod invite;
pub mod invitation_page;
mod list;
mod off_board;
mod pages;
mod password;
mod preview;
mod remove;
mod resend;
mod routes;
mod store;
mod update;
mod v1;

pub use super::members::SHAPE;
pub use accept::{Acceptance, Accepted, accept};
pub use belongings::{Belongings, belongings};
pub use foreseen::{Foreseen, foresee};
pub use invitation::{A_DAY, Link, sent_in_a_day};
pub use invite::{invite, invite_part};
pub use list::{Filter, expiries, list, members, show};
pub use off_board::{OffBoarded, OffBoarding, off_board};
pub use pages::pages;
pub use preview::{Invited, show_invitation};
pub use remove::{remove, remove_member, remove_part};
pub use resend::resend;
pub use routes::operations;
pub use update::{update, update_part};

use super::members::{MemberPermission, WorkspaceMember};
use crate::access::Role;
use crate::audit::Subject;
use crate::http::{absent_not_null, patch};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("x-gatepost-optional" = ["role"]))]
pub struct New {
    #[schemars(email, length(max = 254))]
    pub email: String,
    /// Accepted for clients of the official API, and not used: the person gives their name when they accept.
    #[schemars(email)]
    #[serde(rename = "user_email")]
    pub _user_email: Option<String>,
    #[schemars(length(max = 80))]
    pub nickname: Option<String>,
    /// Without it, the workspace's `default_member_role`.
    #[schemars(transform = absent_not_null)]
    pub role: Option<Role>,
    /// The name or id of a custom role. `role` must be left out, or be its base.
    #[schemars(length(max = 64), extend("x-gatepost-extension" = true))]
    pub custom_role: Option<String>,
    pub permissions: Option<Vec<MemberPermission>>,
    #[schemars(length(max = 100), extend("x-gatepost-extension" = true))]
    pub tag_limit: Option<Vec<Uuid>>,
    /// Addresses of unassigned sending accounts. They are assigned to the member when they accept the invitation, if they are
    /// still unassigned and you can still assign them.
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
            custom_role: None,
            permissions: None,
            tag_limit: None,
            accounts: vec![],
        }
    }
}

patch! {
    pub struct Patch of WorkspaceMember {
        #[schemars(length(max = 80))]
        nickname: Option<String>,
        role: Role,
        #[schemars(length(max = 100), extend("x-gatepost-extension" = true))]
        tag_limit: Option<Vec<Uuid>>,
    }
    apart {
        /// The name or id of a custom role. Null takes it away, and so does a change of `role`; the member keeps the built-in
        /// role.
        #[schemars(length(max = 64), extend("x-gatepost-extension" = true))]
        custom_role: Option<String>,
    }
}

#[derive(Deserialize, JsonSchema)]
pub struct Revoke {
    /// Also revokes the workspace keys that the member has made, in the same transaction.
    #[schemars(extend("x-gatepost-extension" = true))]
    #[serde(default)]
    pub revoke_keys: bool,
}

fn subject(member: Uuid) -> Subject {
    Subject::new("workspace_member", member)
}
