//! API keys. A workspace key has a ceiling and outlives its maker. A personal key can do what its member can do now, and
//! stops working when the membership ends.

mod advice;
mod canary;
mod create;
mod draft;
mod exceed;
mod finding;
mod first;
mod list;
mod made;
mod pages;
mod preview;
mod revoke;
mod rotate;
mod routes;
mod scopes;
mod store;
mod stored;
mod suggest;
mod wording;
pub use advice::{Advice, Advised, advice, advice_about};
pub use canary::warn;
pub use create::{Issue, create, issue};
pub use exceed::exceeds;
pub use finding::{Finding, Found, Severity};
pub use first::{FIRST, first_name, insert_first, insert_personal};
pub use list::{list, show};
pub use made::KeysMade;
pub use pages::pages;
pub use preview::{CountedPermission, Counts, Preview, number, preview};
pub use revoke::{is_open_to, revoke};
pub use rotate::{LONGEST_OVERLAP, Rotation, rotate};
pub use routes::operations;
pub use scopes::{Scope, all as all_scopes};
pub use store::of_member::{
    keys_made, revoke_keys_made, revoke_personal, revoke_personal_of_user, revoke_personal_through_link,
};
pub use store::{count, lower_ceilings, revoke_made_through};
pub use stored::StoredKey;

use crate::access::{Permission, Resource, Shape, partial, workspace_members};
use crate::app::App;
use crate::auth::{Kind, Secret, hash};
use crate::error::Result;
use crate::time::Time;
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub const SHAPE: Shape = StoredKey::SHAPE;

// `remote`, so that it has the code to be written out and is not `Serialize`: see `access::Answer`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(remote = "Self")]
pub struct ApiKey {
    pub id: Uuid,
    pub name: String,
    pub scopes: Vec<Scope>,
    /// The whole key in the answer of its creation; otherwise its prefix and last four characters.
    pub key: String,
    pub organization_id: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    /// Bound to a member and intersected with what the member may do now; else a workspace key.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub personal: bool,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub expires_at: Option<Time>,
    /// Addresses and networks from which alone the key works; null for anywhere.
    #[schemars(with = "Option<Vec<String>>", extend("x-gatepost-extension" = true))]
    pub allowed_ips: Option<Vec<IpNet>>,
    /// Tags outside which the key sees and does nothing: by its own limit and those of its maker.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub tag_limit: Option<Vec<Uuid>>,
    /// The member who made it, of the admin workspace if it was made from there; null for a key of a workspace key or of
    /// the operator.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub created_by: Option<Uuid>,
    /// The name and the address of that member, while they are there; for callers who may see members.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub created_by_name: Option<String>,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub created_by_email: Option<String>,
    /// To within a minute; null if never.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub last_used_at: Option<Time>,
    /// The key that this key replaced in a rotation.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub replaces: Option<Uuid>,
    /// The key that replaced this key in a rotation. This key expires when the overlap ends.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub replaced_by: Option<Uuid>,
    /// The key gives no access. Its use is recorded, and the owner and the admins get a letter.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub canary: bool,
}

impl ApiKey {
    /// Whether `key` is the whole key, and not only its ends.
    pub fn is_whole(&self) -> bool {
        Secret::verify(&self.key)
    }
}

partial!(ApiKey, |key, caller| match caller.may(workspace_members::Read::ACTION) {
    true => key,
    false => ApiKey { created_by_name: None, created_by_email: None, ..key },
});

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct New {
    #[schemars(length(max = 255))]
    pub name: String,
    #[schemars(length(min = 1, max = 200))]
    pub scopes: Vec<Scope>,
    #[schemars(extend("x-gatepost-extension" = true))]
    #[serde(default)]
    pub personal: bool,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub expires_at: Option<Time>,
    #[schemars(length(min = 1, max = 100), extend("x-gatepost-extension" = true))]
    pub allowed_ips: Option<Vec<String>>,
    #[schemars(length(max = 100), extend("x-gatepost-extension" = true))]
    pub tag_limit: Option<Vec<Uuid>>,
    /// Creates a key that gives no access. Put it in a place where only an intruder looks. A caller who uses it gets
    /// the answer for an unknown key.
    #[schemars(extend("x-gatepost-extension" = true))]
    #[serde(default)]
    pub canary: bool,
}

/// A fresh secret, made before the transaction that stores its hash.
#[derive(Clone)]
pub struct Minted(Secret);

impl Minted {
    pub fn personal(app: &App) -> Result<Minted> {
        Ok(Minted(Secret::new(Kind::Personal, &app.random()?)))
    }

    pub fn workspace(app: &App) -> Result<Minted> {
        Ok(Minted(Secret::new(Kind::Workspace, &app.random()?)))
    }

    pub fn plain(&self) -> &str {
        self.0.plain()
    }

    fn redacted(&self) -> String {
        self.0.redacted()
    }

    fn hash(&self) -> String {
        hash(self.plain())
    }
}
