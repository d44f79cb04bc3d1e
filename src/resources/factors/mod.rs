//! Second factors of a person: an authenticator app, passkeys, and ten recovery codes for when both are lost.

mod confirm;
mod passkeys;
mod recovery;
mod routes;
pub mod store;
mod totp;
pub use recovery::hash as recovery_hash;
pub use routes::router;

use crate::app::App;
use crate::auth::Seed;
use crate::error::{Error, Result};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

/// As it lies in the database; `sealed` is a seed or a passkey.
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

    /// With the passkey as it is after its use.
    pub fn with_passkey(&self, app: &App, user: Uuid, key: &Passkey) -> Result<Factor> {
        let plain = serde_json::to_vec(key).map_err(Error::internal)?;
        let sealed = app.vault.seal(user, &about(self.id), &plain, &app.random()?)?;
        Ok(Factor { sealed, ..self.clone() })
    }

    /// A new one, sealed.
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

/// The app of the person whose code this is at present, and the step of the code.
pub async fn code(app: &App, user: Uuid, code: &str) -> Result<Option<(Uuid, i64)>> {
    for factor in store::all(&app.reader, user).await? {
        if factor.kind == TOTP && factor.confirmed {
            let step = factor.seed(app, user)?.step(code, app.now())?;
            if let Some(step) = step {
                return Ok(Some((factor.id, step)));
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

/// To be typed into the app, or shown to it as a picture of the URL.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Started {
    pub id: Uuid,
    /// Base32; shown this once.
    pub secret: String,
    /// For a QR code.
    pub otpauth_url: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Code {
    /// What the app shows.
    #[schemars(length(max = 12))]
    pub code: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewPasskey {
    /// What to call it, as `laptop`.
    #[schemars(length(min = 1, max = 80))]
    pub name: String,
    /// From `POST /api/v2/me/factors/passkeys/challenge`.
    #[schemars(length(max = 8000))]
    pub challenge: String,
    /// What the passkey answers: the browser's `PublicKeyCredential` as JSON.
    pub credential: serde_json::Value,
}

/// A factor was enrolled.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Enrolled {
    #[serde(flatten)]
    pub factor: Held,
    /// With the first factor: each lets one in once, in the place of a code. Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_codes: Option<Vec<String>>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Each lets one in once, in the place of a code. Shown this once; those before are void.
    pub recovery_codes: Vec<String>,
}
