//! Second factors of a person: an authenticator app, passkeys, and ten recovery codes in case both are lost.

mod challenge;
mod codes;
mod enrolment;
mod list;
mod operator;
mod pages;
pub mod passkeys;
mod qr;
pub mod recovery;
mod routes;
mod store;
pub mod totp;

pub use challenge::{Answered, Asked};
pub use codes::hash as recovery_hash;
pub use list::list;
pub use operator::{Dropped, drop_all};
pub use pages::pages;
pub use routes::operations;
pub use store::{delete_all, kinds, use_code, use_recovery_code};

use crate::app::App;
use crate::auth::Seed;
use crate::error::{Error, Result};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

/// A stored factor. `sealed` is a seed or a passkey.
#[derive(Clone, Debug)]
pub struct Factor {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub sealed: String,
    pub confirmed: bool,
    pub last_step: i64,
    pub timestamp_created: Time,
    pub last_used_at: Option<Time>,
}

pub const TOTP: &str = "totp";
pub const PASSKEY: &str = "passkey";
pub const RECOVERY_CODE: &str = "recovery_code";

fn about(id: Uuid) -> String {
    format!("factor/{id}")
}

impl Factor {
    fn seed(&self, app: &App, user: Uuid) -> Result<Seed> {
        Seed::of(&app.vault.open(user, &about(self.id), &self.sealed)?)
    }

    pub fn passkey(&self, app: &App, user: Uuid) -> Result<Passkey> {
        let plain = app.vault.open(user, &about(self.id), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }

    /// The factor with its passkey as it is after a use.
    pub fn with_passkey(&self, app: &App, user: Uuid, key: &Passkey) -> Result<Factor> {
        let plain = serde_json::to_vec(key).map_err(Error::internal)?;
        let sealed = app.vault.seal(user, &about(self.id), &plain, &app.random()?)?;
        Ok(Factor { sealed, ..self.clone() })
    }

    /// A new factor, sealed.
    fn new(app: &App, user: Uuid, kind: &str, name: &str, plain: &[u8]) -> Result<Factor> {
        let id = app.new_id();
        Ok(Factor {
            id,
            kind: kind.to_owned(),
            name: name.to_owned(),
            sealed: app.vault.seal(user, &about(id), plain, &app.random()?)?,
            confirmed: false,
            last_step: 0,
            timestamp_created: app.now(),
            last_used_at: None,
        })
    }
}

/// A code of an authenticator app that is right at present. It counts once.
#[derive(Clone, Copy)]
pub struct Code {
    factor: Uuid,
    step: i64,
}

/// Finds the confirmed authenticator app whose code this is.
pub async fn code(app: &App, user: Uuid, code: &str) -> Result<Option<Code>> {
    for factor in store::all(&app.reader, user).await? {
        if factor.kind == TOTP && factor.confirmed {
            let step = factor.seed(app, user)?.step(code, app.now())?;
            if let Some(step) = step {
                return Ok(Some(Code { factor: factor.id, step }));
            }
        }
    }
    Ok(None)
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Factors {
    /// The authenticator app; null without one.
    pub totp: Option<Held>,
    pub passkeys: Vec<Held>,
    pub recovery_codes_left: i64,
}

impl Factors {
    /// Whether the person has a second factor.
    pub fn is_any(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Held {
    pub id: Uuid,
    pub name: String,
    pub timestamp_created: Time,
    pub last_used_at: Option<Time>,
}

impl From<Factor> for Held {
    fn from(factor: Factor) -> Held {
        Held {
            id: factor.id,
            name: factor.name,
            timestamp_created: factor.timestamp_created,
            last_used_at: factor.last_used_at,
        }
    }
}

/// Type the secret into the app, or scan the URL as a QR code.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Started {
    pub id: Uuid,
    /// In Base32. It is shown only once.
    pub secret: String,
    /// For a QR code.
    pub otpauth_url: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AppCode {
    /// The code that the authenticator app shows.
    #[schemars(length(max = 12))]
    pub code: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewPasskey {
    /// Your name for the passkey, such as `laptop`.
    #[schemars(length(min = 1, max = 80))]
    pub name: String,
    /// From `POST /api/v2/me/factors/passkeys/challenge`.
    #[schemars(length(max = 8000))]
    pub challenge: String,
    /// The answer of the passkey: the browser's `PublicKeyCredential` as JSON.
    pub credential: serde_json::Value,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Enrolled {
    #[serde(flatten)]
    pub factor: Held,
    /// Only with the first factor. Each code works once, instead of a code from the app. They are shown only once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_codes: Option<Vec<String>>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Each code works once, instead of a code from the app. They are shown only once. Earlier recovery codes no longer
    /// work.
    pub recovery_codes: Vec<String>,
}
