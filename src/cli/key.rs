//! API keys from the command line, which is the only place to bind a key to another person.

use super::key_care::Care;
use super::list::{self, Limit};
use super::open;
use super::out::Out;
use super::workspace::exists;
use crate::access::{Can, Seen, api_keys as may};
use crate::app::App;
use crate::config::Config;
use crate::db::{record, sql};
use crate::error::{Error, Result};
use crate::http::address;
use crate::http::hint;
use crate::resources::api_keys::{self, ApiKey, Issue, all_scopes};
use crate::resources::members;
use crate::time::Time;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Key {
    /// List the API keys that are not revoked
    List {
        /// Only keys of this workspace
        #[arg(long, value_name = "ID")]
        workspace: Option<Uuid>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Revoke an API key at once
    Revoke {
        /// The key's id, from `gatepost admin key list`
        #[arg(value_name = "KEY_ID")]
        id: Uuid,
    },
    /// Create a key: a member's personal key, or a workspace key with the rights of an admin
    Create {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// The member who gets the key as a personal key
        #[arg(long, value_name = "ADDRESS")]
        member: Option<String>,
        /// Name of the key in lists and in the audit log
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What the key can do, separated by commas: campaigns:read,leads:all
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
        scopes: Vec<String>,
    },
    #[command(flatten)]
    Care(Care),
}

struct Wanted {
    workspace: Uuid,
    /// An accepted member's, or a workspace key.
    member: Option<Uuid>,
    name: String,
    scopes: Vec<String>,
}

impl Key {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let app = async || open::existing(config).await;
        match self {
            Key::Care(care) => care.here(config, out).await,
            Key::List { workspace, limit } => {
                let app = app().await?;
                if let Some(workspace) = workspace {
                    exists(&app, *workspace).await?;
                }
                list::keys(&app, *workspace, limit, out).await
            }
            Key::Revoke { id } => revoke(&app().await?, *id, out).await,
            Key::Create { workspace, member, name, scopes } => {
                let app = app().await?;
                let member = match member {
                    Some(email) => Some(accepted(&app, *workspace, email).await?),
                    None => None,
                };
                let (name, scopes) = (name.clone(), scopes.clone());
                let key = create(&app, Wanted { workspace: *workspace, member, name, scopes }).await?;
                out.say(&key, format_args!("{}\n\nThe key is shown only once.", key.key))
            }
        }
    }
}

struct Held {
    workspace_id: Uuid,
    revoked_at: Option<Time>,
}
record! { Held { workspace_id, revoked_at } }

async fn revoke(app: &App, id: Uuid, out: Out) -> Result<()> {
    let held = sql("select {columns} from api_keys where id = $1").bind(id);
    let Held { workspace_id, revoked_at } = held
        .optional(&app.reader)
        .await?
        .ok_or_else(|| Error::invalid(format!("there is no API key with the id {id}")))?;
    if let Some(at) = revoked_at {
        return Err(Error::invalid(format!("this API key was revoked already, at {at}")));
    }
    let key = api_keys::revoke(Can::<may::Delete>::operator(app, workspace_id), id).await?;
    out.say(&key, format_args!("revoked: {} \"{}\" of workspace {workspace_id}", key.key, key.name))
}

async fn accepted(app: &App, workspace: Uuid, email: &str) -> Result<Uuid> {
    let can = Can::<may::Create>::operator(app, workspace);
    let found = members::accepted_by_email(&can, &app.reader, &address(email)).await?;
    found.ok_or_else(|| {
        Error::invalid(format!("`{email}` is not an accepted member of workspace {workspace}"))
    })
}

/// A member's key to everything that does not expire.
pub async fn lasting(app: &App, workspace: Uuid, member: Uuid) -> Result<String> {
    let (name, scopes) = ("Demo".to_owned(), vec!["all:all".to_owned()]);
    let key = create(app, Wanted { workspace, member: Some(member), name, scopes }).await?;
    Ok(key.key.clone())
}

async fn create(app: &App, wanted: Wanted) -> Result<Seen<ApiKey>> {
    let (known, workspace) = (all_scopes(), wanted.workspace);
    if let Some(scope) = wanted.scopes.iter().find(|scope| !known.contains(scope)) {
        return Err(Error::invalid(format!(
            "`{scope}` is not a scope; a scope is <resource>:<verb>, such as campaigns:read{}",
            hint(scope, known.iter().map(String::as_str))
        )));
    }
    exists(app, workspace).await?;
    let can = Can::<may::Create>::operator(app, workspace);
    api_keys::issue(can, Issue { name: wanted.name, scopes: wanted.scopes, member: wanted.member }).await
}
