//! How a workspace presents itself to its clients: under a domain of its own, and with a brand.
//!
//! Any workspace can ask for any domain. That gives it nothing and tells nobody. A workspace holds a domain once
//! `POST .../verify` has found its records there, one workspace of the server at a time. It keeps the domain while its own
//! text is there. Another workspace that shows its text when the holder's is gone takes the domain over.
//!
//! GET looks the records up and reports them, but stores nothing: a read has no audit row, and the DNS changes without
//! notice. `verified_at` is stored for what cannot wait for the DNS. Only `verify` sets and clears it, with an audit row.

mod branding;
mod contrast;
mod domain;
mod name;
mod pages;
mod routes;
mod store;

pub use branding::{show_branding, update_branding};
pub use domain::{remove_domain, set_domain, show_domain, verify_domain};
pub use pages::pages;
pub use routes::operations;

use crate::access::Caller;
use crate::audit::Subject;
use crate::http::{absent_not_null, patch};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
pub struct NewDomain {
    /// Such as `clients.example.com`. Send an internationalised name in its `xn--` form.
    pub domain: String,
}

/// A domain that a workspace asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    pub domain: String,
    pub token: String,
    pub verified_at: Option<Time>,
}

/// What the DNS shows at this moment.
#[derive(Clone, Serialize, JsonSchema)]
pub struct DomainInfo {
    /// All records are there, and no other workspace holds the domain.
    #[schemars(default)]
    pub verified: bool,
    /// The domain that the workspace asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub name: Option<String>,
    /// The records that are still missing.
    #[schemars(default)]
    pub verification: Vec<Wanted>,
    /// When the workspace began to hold the domain, as the last POST to `/verify` found.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub verified_at: Option<Time>,
}

/// A DNS record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Wanted {
    #[serde(rename = "type")]
    #[schemars(default)]
    pub kind: String,
    /// The name of the record.
    #[schemars(default)]
    pub domain: String,
    #[schemars(default)]
    pub value: String,
    #[schemars(default)]
    pub reason: String,
}

/// What people see of a workspace. A field is null if the workspace has none.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Branding {
    pub brand_name: Option<String>,
    pub brand_color: Option<String>,
    pub org_logo_url: Option<String>,
}

patch! {
    /// The fields to change; null clears one, and those that are left out stay.
    pub struct BrandingPatch of Branding {
        /// One line of plain text.
        #[schemars(length(min = 1, max = 80))]
        brand_name: Option<String>,
        /// White text must be legible on it, and the colour on white: the contrast is at least 4.5:1.
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        brand_color: Option<String>,
        #[schemars(length(max = 2000), regex(pattern = r#"^https?://[^\x00-\x20"'<>\\\x7f]+$"#))]
        org_logo_url: Option<String>,
    }
}

fn subject(can: &Caller) -> Subject {
    Subject::new("workspace", can.workspace())
}
