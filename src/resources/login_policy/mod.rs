//! How people may sign in to a workspace; and, before a change, whom it would lock out.

mod draft;
mod dry_run;
mod pages;
mod routes;
mod store;
mod update;

pub use dry_run::dry_run;
pub use pages::pages;
pub use routes::operations;
pub use store::current;
pub use update::{merged, reset, update, update_part};

use crate::access::{Can, LoginPolicy, Method, login_policy::Read};
use crate::error::Result;
use crate::http::patch;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

patch! {
    /// The fields to change; those that are left out stay.
    pub struct Patch of LoginPolicy {
        #[schemars(length(min = 1, max = 2))]
        methods: Vec<Method>,
        #[schemars(range(min = 5, max = 43_200))]
        idle_minutes: i64,
        #[schemars(range(min = 15, max = 129_600))]
        session_minutes: i64,
        /// From when on people need a second factor; null if they do not.
        second_factor_required_from: Option<Time>,
    }
    apart {
        /// Addresses and networks from which people may sign in; null for everywhere.
        #[schemars(length(min = 1, max = 100))]
        allowed_ips: Option<Vec<String>>,
    }
}

/// What a policy would do, and to whom.
#[derive(Serialize, JsonSchema)]
pub struct DryRun {
    pub items: Vec<Affected>,
}

#[derive(Serialize, JsonSchema)]
pub struct Affected {
    pub member_id: Uuid,
    pub email: String,
    /// The person could not sign in with anything they have.
    pub locked_out: bool,
    /// What keeps the person out, or what they have to do first.
    pub reasons: Vec<String>,
}

/// How a member can sign in.
pub struct Ways {
    pub member_id: Uuid,
    pub email: String,
    pub has_password: bool,
    pub has_passkey: bool,
    pub has_factor: bool,
    /// The address from which they signed in last.
    pub last_address: Option<String>,
}

pub async fn show(can: &Can<Read>) -> Result<LoginPolicy> {
    store::current(can, can.reader()).await
}
