//! How people may sign in to a workspace; and, before it is changed, who would be locked out.

mod dry_run;
mod routes;
pub mod store;
pub use routes::router;

use crate::access::Method;
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// The fields to change; those that are left out stay.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct Patch {
    /// Addresses and networks; null for anywhere.
    #[schemars(length(min = 1, max = 100))]
    allowed_ips: Option<Vec<String>>,
    #[schemars(transform = absent_not_null, length(min = 1, max = 2))]
    methods: Option<Vec<Method>>,
    #[schemars(transform = absent_not_null, range(min = 5, max = 43_200))]
    idle_minutes: Option<i64>,
    #[schemars(transform = absent_not_null, range(min = 15, max = 129_600))]
    session_minutes: Option<i64>,
    /// Null for not at all.
    second_factor_required_from: Option<Time>,
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
    /// Nothing of what the person has will do: he could not sign in.
    pub locked_out: bool,
    /// What is in the way, or has to be done first.
    pub reasons: Vec<String>,
}

/// What is known of a member's ways in.
pub struct Ways {
    pub member_id: Uuid,
    pub email: String,
    pub has_password: bool,
    pub has_passkey: bool,
    pub has_factor: bool,
    /// From which he signed in last.
    pub last_address: Option<String>,
}
