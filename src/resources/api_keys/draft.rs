//! The form of a new key. It asks for days instead of a moment, and for addresses as one text.

use super::{New, Scope};
use crate::config::listed;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Kind {
    Workspace,
    Personal,
    Canary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Expiry {
    #[serde(rename = "30")]
    Month,
    #[serde(rename = "90")]
    Quarter,
    #[serde(rename = "365")]
    Year,
    #[serde(rename = "never")]
    Never,
}

impl Expiry {
    fn days(self) -> Option<i64> {
        match self {
            Expiry::Month => Some(30),
            Expiry::Quarter => Some(90),
            Expiry::Year => Some(365),
            Expiry::Never => None,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Draft {
    #[schemars(length(min = 1, max = 255), regex(pattern = "\\S"))]
    name: String,
    kind: Kind,
    #[schemars(length(min = 1, max = 200))]
    scopes: Vec<Scope>,
    expires: Expiry,
    #[schemars(length(max = 5000))]
    allowed_ips: Option<String>,
    #[schemars(length(max = 100))]
    tag_limit: Option<Vec<Uuid>>,
}

impl Draft {
    pub fn new_key(self, now: Time) -> New {
        let addresses = self.allowed_ips.unwrap_or_default();
        let addresses = listed(&addresses);
        New {
            name: self.name.trim().to_owned(),
            scopes: self.scopes,
            personal: self.kind == Kind::Personal,
            expires_at: self.expires.days().map(|days| now.plus(days * Time::DAY)),
            allowed_ips: Some(addresses).filter(|addresses| !addresses.is_empty()),
            tag_limit: self.tag_limit.filter(|tags| !tags.is_empty()),
            canary: self.kind == Kind::Canary,
        }
    }
}

/// What a new form begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Template {
    #[default]
    Own,
    Analytics,
    Campaigns,
    Integration,
}

impl Template {
    pub const ALL: [Template; 4] =
        [Template::Analytics, Template::Campaigns, Template::Integration, Template::Own];

    /// Its name in the address, and its label.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Template::Own => ("own", "My own choice"),
            Template::Analytics => ("analytics", "Analytics"),
            Template::Campaigns => ("campaigns", "Campaigns"),
            Template::Integration => ("integration", "Integration"),
        }
    }

    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Template::Own => &[],
            Template::Analytics => &["campaigns:read", "accounts:read"],
            Template::Campaigns => &[
                "campaigns:create",
                "campaigns:read",
                "campaigns:update",
                "leads:create",
                "leads:read",
                "leads:update",
                "accounts:read",
            ],
            Template::Integration => &[
                "campaigns:read",
                "leads:create",
                "leads:read",
                "leads:update",
                "lead_lists:read",
                "block_list_entries:create",
                "block_list_entries:read",
            ],
        }
    }
}
