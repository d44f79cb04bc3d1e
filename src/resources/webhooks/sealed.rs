//! What a webhook must keep secret: the values of its headers, and the secrets that sign its deliveries.

use super::target::Headers;
use crate::app::App;
use crate::error::{Error, Result};
use crate::time::Time;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What shows that a header has a value.
pub const REDACTED: &str = "[redacted]";
/// How long deliveries are also signed with the previous secret.
const ROTATION: i64 = Time::DAY;

#[derive(Clone, Serialize, Deserialize)]
pub struct Sealed {
    pub headers: Headers,
    secret: String,
    /// The previous secret, and the time until which it signs too.
    previous: Option<(String, i64)>,
}

/// A fresh secret, in the form of Standard Webhooks.
fn fresh(app: &App) -> Result<String> {
    Ok(format!("whsec_{}", BASE64.encode(app.random()?)))
}

fn about(webhook: Uuid) -> String {
    format!("webhook/{webhook}")
}

impl Sealed {
    pub fn new(app: &App, headers: Headers) -> Result<Sealed> {
        Ok(Sealed { headers, secret: fresh(app)?, previous: None })
    }

    pub fn open(app: &App, workspace: Uuid, webhook: Uuid, sealed: &str) -> Result<Sealed> {
        let plain = app.vault.open(workspace, &about(webhook), sealed)?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }

    pub fn seal(&self, app: &App, workspace: Uuid, webhook: Uuid) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        app.vault.seal(workspace, &about(webhook), &plain, &app.random()?)
    }

    pub fn rotate(&mut self, app: &App) -> Result<()> {
        let before = std::mem::replace(&mut self.secret, fresh(app)?);
        self.previous = Some((before, app.now().plus(ROTATION).0));
        Ok(())
    }

    pub fn secret(&self) -> String {
        self.secret.clone()
    }

    /// The keys that sign at a moment, the newest first.
    pub fn keys(&self, now: Time) -> Result<Vec<Vec<u8>>> {
        let previous = self.previous.iter().filter(|(_, until)| now.0 < *until).map(|(secret, _)| secret);
        let all = std::iter::once(&self.secret).chain(previous);
        all.map(|secret| BASE64.decode(secret.trim_start_matches("whsec_")).map_err(Error::internal))
            .collect()
    }
}
