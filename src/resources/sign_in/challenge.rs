//! What a passkey is asked. The server keeps nothing of a question: it is sealed, handed out, and comes back with the
//! answer; only that it was answered is remembered, for each counts once.

use crate::app::App;
use crate::auth::Holder;
use crate::db::{Tx, sql};
use crate::error::{Error, Result, Step};
use crate::resources::factors::{self, Factor};
use crate::time::Time;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential};

/// Milliseconds in which a question can be answered.
const ANSWERABLE: i64 = 5 * Time::MINUTE;

/// What the page hands to `navigator.credentials`, and brings back with the answer.
#[derive(Serialize, JsonSchema)]
pub struct Asked {
    /// To be sent back with the answer, within five minutes.
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

/// About whom a question is: nobody, where anybody may answer.
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
    let dead = || Error::invalid("body/challenge must be one of this server's, not older than five minutes");
    let plain = app.vault.open(user, about, text).map_err(|_| dead())?;
    let sealed: Sealed<T> = serde_json::from_slice(&plain).map_err(Error::internal)?;
    if sealed.expires_at <= app.now() { Err(dead()) } else { Ok(sealed) }
}

/// Counts once.
pub async fn spend(tx: &mut Tx, id: Uuid, expires_at: Time) -> Result<bool> {
    let spent = sql("insert into challenges (id, expires_at) values ($1, $2) on conflict (id) do nothing");
    Ok(spent.bind(id).bind(expires_at).run(tx).await? == 1)
}

/// A passkey's right answer.
#[derive(Clone)]
pub struct Answered {
    pub user: Uuid,
    challenge: Uuid,
    expires_at: Time,
    /// With the counter that it showed.
    factor: Factor,
}

const SIGN_IN: &str = "passkey challenge";
const ENROL: &str = "passkey enrolment";

impl Answered {
    /// A question for anybody.
    pub fn ask(app: &App) -> Result<Asked> {
        seal(app, SIGN_IN, Uuid::nil(), app.passkeys.challenge()?)
    }

    /// Who answered. What is wrong with an answer is said only of its form.
    pub async fn of(app: &App, challenge: &str, credential: &Value) -> Result<Answered> {
        let sealed = open::<DiscoverableAuthentication>(app, SIGN_IN, Uuid::nil(), challenge)?;
        let credential = PublicKeyCredential::deserialize(credential)
            .map_err(|_| Error::invalid("body/credential must be a passkey's answer"))?;
        let user = app.passkeys.claimed(&credential)?;
        let unknown = || Error::refused(Step::Credential, "credential: this passkey is nobody's here");
        let mut held = factors::store::passkeys(app, &app.reader, user).await?;
        let keys: Vec<_> = held.iter().map(|(_, key)| key.clone()).collect();
        let verified = app.passkeys.verify(&credential, sealed.state, &keys).map_err(|error| {
            tracing::debug!(%error, "a passkey's answer was refused");
            unknown()
        })?;
        let used = held.iter_mut().find(|(_, key)| key.cred_id() == verified.cred_id());
        let (factor, key) = used.ok_or_else(unknown)?;
        let _unchanged = key.update_credential(&verified);
        let factor = factor.with_passkey(app, user, key)?;
        Ok(Answered { user, challenge: sealed.id, expires_at: sealed.expires_at, factor })
    }

    /// Whether it counts: the first time, while the passkey is still the user's.
    pub async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<bool> {
        Ok(self.user == user
            && spend(tx, self.challenge, self.expires_at).await?
            && factors::store::use_passkey(tx, user, &self.factor, now).await? == 1)
    }
}

/// Of a passkey that is to be enrolled: the question.
pub fn ask_to_enrol(app: &App, holder: &Holder<'_>) -> Result<Asked> {
    seal(app, ENROL, holder.user, app.passkeys.offer(holder)?)
}

/// And what is left of it when the answer comes: the state, and how to spend it.
pub fn asked_to_enrol(app: &App, user: Uuid, challenge: &str) -> Result<(PasskeyRegistration, Uuid, Time)> {
    let sealed = open::<PasskeyRegistration>(app, ENROL, user, challenge)?;
    Ok((sealed.state, sealed.id, sealed.expires_at))
}
