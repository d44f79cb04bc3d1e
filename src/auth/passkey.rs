//! Passkeys: WebAuthn (W3C, level 3) by webauthn-rs, for the host at which people reach the server. The
//! authenticator verifies the person (a finger, a face, a PIN), so a passkey counts as two factors.

use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

#[derive(Clone)]
pub struct Passkeys(Option<Arc<Webauthn>>);

/// The person who enrols a passkey.
pub struct Holder<'a> {
    pub user: Uuid,
    pub email: &'a str,
    pub name: &'a str,
    /// The person's existing passkeys. An authenticator does not create a second one.
    pub has: &'a [Passkey],
}

impl Passkeys {
    /// `None` if the public address has no host name, because passkeys are bound to one.
    pub fn of(public_url: &str) -> Passkeys {
        let made = Url::parse(public_url).ok().and_then(|url| {
            let host = url.domain()?.to_owned();
            WebauthnBuilder::new(&host, &url).ok()?.rp_name("Gatepost").build().ok()
        });
        Passkeys(made.map(Arc::new))
    }

    fn here(&self) -> Result<&Webauthn> {
        self.0.as_deref().ok_or_else(|| {
            Error::invalid(
                "body: passkeys need a host name, and `public-url` of this server has none; use an authenticator app",
            )
        })
    }

    /// The options for the browser, and the state that the server keeps until the browser answers.
    pub fn offer(&self, holder: &Holder<'_>) -> Result<(Value, PasskeyRegistration)> {
        let has: Vec<CredentialID> = holder.has.iter().map(|key| key.cred_id().clone()).collect();
        let name = if holder.name.trim().is_empty() { holder.email } else { holder.name };
        let offered = self.here()?.start_passkey_registration(holder.user, holder.email, name, Some(has));
        let (challenge, state) = offered.map_err(|error| Error::internal(error.to_string()))?;
        let mut asked = serde_json::to_value(challenge).map_err(Error::internal)?;
        // Stored on the authenticator, so that people can sign in without entering an address.
        if let Some(Value::Object(selection)) = asked.pointer_mut("/publicKey/authenticatorSelection") {
            selection.insert("residentKey".to_owned(), json!("required"));
            selection.insert("requireResidentKey".to_owned(), json!(true));
        }
        Ok((asked, state))
    }

    pub fn register(
        &self,
        answer: &RegisterPublicKeyCredential,
        state: &PasskeyRegistration,
    ) -> Result<Passkey> {
        self.here()?.finish_passkey_registration(answer, state).map_err(|error| wrong(&error))
    }

    /// A challenge that any passkey of this server can answer.
    pub fn challenge(&self) -> Result<(Value, DiscoverableAuthentication)> {
        let asked = self.here()?.start_discoverable_authentication();
        let (mut challenge, state) = asked.map_err(|error| Error::internal(error.to_string()))?;
        challenge.mediation = None; // a page can also ask without autofill
        Ok((serde_json::to_value(challenge).map_err(Error::internal)?, state))
    }

    /// The user that the answer claims to be.
    pub fn claimed(&self, answer: &PublicKeyCredential) -> Result<Uuid> {
        let claimed = self.here()?.identify_discoverable_authentication(answer);
        claimed.map(|(user, _)| user).map_err(|error| wrong(&error))
    }

    /// Checks that the answer is by one of these passkeys, for this challenge.
    pub fn verify(
        &self,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
        keys: &[Passkey],
    ) -> Result<AuthenticationResult> {
        let key = keys.iter().find(|key| key.cred_id().as_slice() == answer.get_credential_id());
        let key = key.ok_or_else(|| wrong(&WebauthnError::CredentialNotFound))?;
        let verified = self.here()?.finish_discoverable_authentication_v2(answer, state, key);
        let verified = verified.map_err(|error| wrong(&error))?;
        match verified.user_verified() {
            true => Ok(verified),
            false => Err(wrong(&WebauthnError::UserNotVerified)),
        }
    }
}

fn wrong(error: &WebauthnError) -> Error {
    Error::invalid(format!("body/credential must be the answer of a passkey to this challenge: {error}"))
}
