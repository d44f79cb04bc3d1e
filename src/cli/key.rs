//! API keys from the command line, which alone can bind one to somebody else.

use super::open;
use crate::access::{Can, Ceiling, Role, Seen, api_keys as may};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::config::Config;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::resources::api_keys::{ApiKey, Bound, Minted, Scope, all_scopes, store};
use crate::resources::workspace_members::{address, store as members};
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Key {
    /// Create a key: a personal one of a member, or a workspace key with the rights of an admin
    Create {
        /// The workspace's id, as `workspace_id` in the answer of `gatepost init` or `/api/v2/me`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// The member whose personal key it is
        #[arg(long, value_name = "ADDRESS")]
        member: Option<String>,
        /// What it is called, in lists and in the audit log
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may do, with commas between: campaigns:read,leads:all
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
        scopes: Vec<String>,
        /// Print the key as one line of JSON
        #[arg(long)]
        json: bool,
    },
}

struct Wanted {
    workspace: Uuid,
    /// An accepted member's, or a workspace key.
    member: Option<Uuid>,
    name: String,
    scopes: Vec<String>,
}

impl Key {
    pub async fn run(&self, config: &Config) -> Result<()> {
        let Key::Create { workspace, member, name, scopes, json } = self;
        let app = open::existing(config).await?;
        let member = match member {
            Some(email) => Some(accepted(&app, *workspace, email).await?),
            None => None,
        };
        let (name, scopes) = (name.clone(), scopes.clone());
        let wanted = Wanted { workspace: *workspace, member, name, scopes };
        let key = create(&app, wanted).await?;
        match json {
            true => println!("{}", serde_json::to_string(&key).map_err(Error::internal)?),
            false => println!("{}\n\nThe key is shown this once.", key.key),
        }
        Ok(())
    }
}

async fn accepted(app: &App, workspace: Uuid, email: &str) -> Result<Uuid> {
    let can = Can::<may::Create>::operator(app, workspace);
    let found = members::accepted_by_email(&can, &app.reader, &address(email)).await?;
    found.ok_or_else(|| Error::invalid(format!("`{email}` is no accepted member of workspace {workspace}")))
}

async fn create(app: &App, wanted: Wanted) -> Result<Seen<ApiKey>> {
    let (known, workspace) = (all_scopes(), wanted.workspace);
    if let Some(scope) = wanted.scopes.iter().find(|scope| !known.contains(scope)) {
        return Err(Error::invalid(format!(
            "`{scope}` is no scope; one is <resource>:<verb>, as campaigns:read"
        )));
    }
    let found: Option<Uuid> =
        sql("select id from workspaces where id = $1").bind(workspace).optional(&app.reader).await?;
    found.ok_or_else(|| Error::invalid(format!("there is no workspace {workspace}")))?;
    let personal = wanted.member.is_some();
    let secret = if personal { Minted::personal(app)? } else { Minted::workspace(app)? };
    let created = Can::<may::Create>::operator(app, workspace).write(async move |can, tx| {
        let mut key = ApiKey {
            id: can.new_id(),
            name: wanted.name.clone(),
            scopes: wanted.scopes.iter().cloned().map(Scope).collect(),
            key: String::new(),
            organization_id: workspace,
            timestamp_created: can.now(),
            timestamp_updated: can.now(),
            personal,
            expires_at: None,
            allowed_ips: None,
            tag_limit: None,
            created_by: None,
            created_by_name: None,
            created_by_email: None,
            last_used_at: None,
        };
        let role = (!personal).then(|| Role::Admin.name());
        let bound = Bound { member: wanted.member, role, ceiling: Ceiling::default(), link: None };
        store::insert(tx, &key, &bound, &secret).await?;
        key.key = secret.plain().to_owned();
        Ok(Change::created(Subject::new("api_key", key.id), key))
    });
    created.await
}
