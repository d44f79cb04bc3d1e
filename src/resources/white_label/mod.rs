//! How a workspace shows itself to its clients: under a domain of its own, and with a brand.
//!
//! Anybody may ask for any domain, which holds nothing and tells nobody. A workspace holds a domain once its records
//! were found there by POST `.../verify`, one workspace of the server at a time. It goes on holding it as long as its
//! own text is there: who shows his where the holder's is gone has the domain.
//!
//! GET looks the records up and says what it found, but stores nothing: it is a read, which has no audit row, and the
//! DNS changes without asking us anyway. What is stored is `verified_at`, for what cannot wait for the DNS; only
//! `verify` sets and clears it, and leaves a row.

mod contrast;
mod domain;
mod routes;
pub mod store;
pub use routes::router;

use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
pub struct NewDomain {
    /// Such as `clients.example.com`; of an internationalised name, its `xn--` form.
    pub domain: String,
}

/// A domain that a workspace asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    pub domain: String,
    pub token: String,
    pub verified_at: Option<Time>,
}

/// What the DNS says at this moment.
#[derive(Clone, Serialize, JsonSchema)]
pub struct DomainInfo {
    /// All records are there, and no other workspace holds the domain.
    #[schemars(default)]
    pub verified: bool,
    /// None where no domain is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub name: Option<String>,
    /// The records that are still wanted.
    #[schemars(default)]
    pub verification: Vec<Wanted>,
    /// Since when the workspace holds the domain: what the last POST to `/verify` has found.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub verified_at: Option<Time>,
}

/// A record of the DNS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Wanted {
    #[serde(rename = "type")]
    #[schemars(default)]
    pub kind: String,
    /// Whose record it is.
    #[schemars(default)]
    pub domain: String,
    #[schemars(default)]
    pub value: String,
    #[schemars(default)]
    pub reason: String,
}

/// What people see of a workspace; null is what it does not have.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Branding {
    pub brand_name: Option<String>,
    pub brand_color: Option<String>,
    pub org_logo_url: Option<String>,
}

/// The fields to change; null clears one, and those that are left out stay.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct BrandingPatch {
    /// One line of plain text.
    #[schemars(length(min = 1, max = 80))]
    brand_name: Option<String>,
    /// On which white is legible, and which is on white: a contrast of 4.5:1 at least.
    #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
    brand_color: Option<String>,
    #[schemars(length(max = 2000), regex(pattern = r#"^https?://[^\x00-\x20"'<>\\\x7f]+$"#))]
    org_logo_url: Option<String>,
}
