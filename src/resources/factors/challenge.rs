//! Challenges for passkeys. The server stores no challenge: it seals it and hands it out, and gets it back with the
//! answer. It remembers only which challenges were answered, because each counts once.

use super::{Factor, store};
use crate::app::App;
use crate::auth::Holder;
use crate::db::Tx;
use crate::error::{Error, Result, Step};
use crate::time::Time;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential};

/// Milliseconds in which a challenge can be answered.
const ANSWERABLE: i64 = 5 * 60 * 1000;

/// What a page hands to `navigator.credentials`, and sends back with the answer.
#[derive(Serialize, JsonSchema)]
pub struct Asked {
    /// Send it back with the answer within five minutes.
    pub challenge: String,
    /// The options for `navigator.credentials.create` or `.get`.
    #[serde(rename = "publicKey")]
    #[schemars(with = "serde_json::Map<String, Value>")]
    pub public_key: Value,
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    id: Uuid,
    expires_at: Time,
    state: T,
}

/// `user` is whose challenge it is: nil where anybody may answer.
fn seal<T: Serialize>(
    app: &App,
    about: &'static str,
    user: Uuid,
    (asked, state): (Value, T),
) -> Result<Asked> {
    let sealed = Sealed { id: app.new_id(), expires_at: app.now().plus(ANSWERABLE), state };
    let plain = serde_json::to_vec(&sealed).map_err(Error::internal)?;
    let challenge = app.vault.seal(user, about, &plain, &app.random()?)?;
    let public_key = asked.get("publicKey").cloned().unwrap_or(asked);
    Ok(Asked { challenge, public_key })
}

fn open<T: DeserializeOwned>(app: &App, about: &'static str, user: Uuid, text: &str) -> Result<Sealed<T>> {
    let dead = || Error::invalid("body/challenge must be from this server and at most five minutes old");
    let plain = app.vault.open(user, about, text).map_err(|_| dead())?;
    let sealed: Sealed<T> = serde_json::from_slice(&plain).map_err(Error::internal)?;
    if sealed.expires_at <= app.now() { Err(dead()) } else { Ok(sealed) }
}

/// A challenge that came back with an answer.
#[derive(Clone, Copy)]
pub struct Spent {
    id: Uuid,
    expires_at: Time,
}

impl Spent {
    /// Whether this is the first answer to the challenge.
    pub async fn spend(self, tx: &mut Tx) -> Result<bool> {
        Ok(store::insert_challenge(tx, self.id, self.expires_at).await? == 1)
    }
}

/// The valid answer of a passkey.
#[derive(Clone)]
pub struct Answered {
    pub user: Uuid,
    challenge: Spent,
    /// With the counter of this use.
    factor: Factor,
}

const SIGN_IN: &str = "passkey challenge";
const ENROL: &str = "passkey enrolment";

impl Answered {
    /// A challenge that any passkey may answer.
    pub fn ask(app: &App) -> Result<Asked> {
        seal(app, SIGN_IN, Uuid::nil(), app.passkeys.challenge()?)
    }

    /// Finds the user by the answer. An error tells only what is wrong with the form of an answer.
    pub async fn of(app: &App, challenge: &str, credential: &Value) -> Result<Answered> {
        let sealed = open::<DiscoverableAuthentication>(app, SIGN_IN, Uuid::nil(), challenge)?;
        let credential = PublicKeyCredential::deserialize(credential)
            .map_err(|_| Error::invalid("body/credential must be a passkey's answer"))?;
        let user = app.passkeys.claimed(&credential)?;
        let unknown = || {
            Error::refused(
                Step::Credential,
                "credential: this passkey does not belong to a user of this server",
            )
        };
        let mut held = store::passkeys(app, &app.reader, user).await?;
        let keys: Vec<_> = held.iter().map(|(_, key)| key.clone()).collect();
        let verified = app.passkeys.verify(&credential, sealed.state, &keys).map_err(|error| {
            tracing::debug!(%error, "a passkey's answer was refused");
            unknown()
        })?;
        let used = held.iter_mut().find(|(_, key)| key.cred_id() == verified.cred_id());
        let (factor, key) = used.ok_or_else(unknown)?;
        let _unchanged = key.update_credential(&verified);
        let factor = factor.with_passkey(app, user, key)?;
        let challenge = Spent { id: sealed.id, expires_at: sealed.expires_at };
        Ok(Answered { user, challenge, factor })
    }

    /// Whether the answer counts: it is the first one, and the passkey still belongs to the user.
    pub async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<bool> {
        Ok(self.user == user
            && self.challenge.spend(tx).await?
            && store::use_passkey(tx, user, &self.factor, now).await? == 1)
    }
}

/// The challenge for a passkey that a person enrols.
pub fn ask_to_enrol(app: &App, holder: &Holder<'_>) -> Result<Asked> {
    seal(app, ENROL, holder.user, app.passkeys.offer(holder)?)
}

/// Opens that challenge when the answer comes.
pub fn asked_to_enrol(app: &App, user: Uuid, challenge: &str) -> Result<(PasskeyRegistration, Spent)> {
    let sealed = open::<PasskeyRegistration>(app, ENROL, user, challenge)?;
    Ok((sealed.state, Spent { id: sealed.id, expires_at: sealed.expires_at }))
}
