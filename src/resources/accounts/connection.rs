//! How an account reads and sends. It is stored sealed and never read back by a caller.

use crate::app::App;
use crate::db::{Field, Value};
use crate::error::{Error, Result};
use crate::net::Server;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Connection {
    #[schemars(length(max = 254))]
    pub imap_username: String,
    #[schemars(length(max = 512))]
    pub imap_password: String,
    #[schemars(length(min = 1, max = 253))]
    pub imap_host: String,
    #[schemars(with = "f64", extend("minimum" = 1, "maximum" = 65535, "multipleOf" = 1))]
    pub imap_port: u16,
    #[schemars(length(max = 254))]
    pub smtp_username: String,
    #[schemars(length(max = 512))]
    pub smtp_password: String,
    #[schemars(length(min = 1, max = 253))]
    pub smtp_host: String,
    #[schemars(with = "f64", extend("minimum" = 1, "maximum" = 65535, "multipleOf" = 1))]
    pub smtp_port: u16,
}

/// The result of the last sign-in to the mail servers of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum State {
    #[default]
    NotTried,
    /// The server signed in to both mail servers.
    Ok,
    Failed,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::NotTried => "not_tried",
            State::Ok => "ok",
            State::Failed => "failed",
        }
    }

    pub fn parse(name: &str) -> State {
        let tried = [State::Ok, State::Failed];
        tried.into_iter().find(|state| state.name() == name).unwrap_or_default()
    }
}

impl Field for State {
    type Column = String;
    fn read(name: String) -> Result<Self> {
        Ok(State::parse(&name))
    }
    fn value(&self) -> Value {
        self.name().into()
    }
}

fn about(account: Uuid) -> String {
    format!("account/{account}")
}

impl Connection {
    pub fn sealed(&self, app: &App, workspace: Uuid, account: Uuid) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        app.vault.seal(workspace, &about(account), &plain, &app.random()?)
    }

    pub fn open(app: &App, workspace: Uuid, account: Uuid, sealed: &str) -> Result<Connection> {
        let plain = app.vault.open(workspace, &about(account), sealed)?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }

    pub fn smtp(&self) -> Server {
        Server {
            host: self.smtp_host.clone(),
            port: self.smtp_port,
            username: self.smtp_username.clone(),
            password: self.smtp_password.clone(),
        }
    }

    pub fn imap(&self) -> Server {
        Server {
            host: self.imap_host.clone(),
            port: self.imap_port,
            username: self.imap_username.clone(),
            password: self.imap_password.clone(),
        }
    }
}
