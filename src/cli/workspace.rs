//! Workspaces from the command line. The audit log records the changes as made by the operator.

use super::list::{self, Limit};
use super::open;
use super::out::Out;
use crate::access::Can;
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::{address, is_email};
use crate::resources::workspaces::{self, Heir, NewFor};
use crate::resources::{api_keys, login_policy};
use serde_json::json;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Workspace {
    /// List the workspaces of this server
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// Create a workspace with an owner and a first API key
    Create {
        /// Name of the workspace
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The owner's e-mail address: a new user, or an existing one
        #[arg(long, value_name = "ADDRESS")]
        owner_email: String,
    },
    /// Make another member the owner; the former owner becomes an admin
    SetOwner {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// The e-mail address of a member who accepted the invitation
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// Reset the login policy: people can sign in from any network with any method again
    ResetLoginPolicy {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
    },
    /// Show, set or clear the plan that a workspace sees under workspace-billing
    #[command(after_help = PLAN)]
    Plan {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// Set the plan in this file
        #[arg(long, value_name = "FILE", conflicts_with = "clear")]
        file: Option<std::path::PathBuf>,
        /// Clear the plan: everything is included, without limits
        #[arg(long)]
        clear: bool,
    },
    /// Exclude resources from the workspace's plan: their operations answer 402
    Set {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// A resource, such as audit_logs; can be given several times
        #[arg(long, value_name = "RESOURCE")]
        deny: Vec<String>,
        /// Include a resource again
        #[arg(long, value_name = "RESOURCE")]
        allow: Vec<String>,
    },
}

const PLAN: &str = "\
The file is JSON with a subscription for each part of the plan. The workspace sees exactly what it contains:
  {\"outreach\": {\"name\": \"Hypergrowth\", \"product_id\": \"pid_hg_v1\", \"interval\": \"month\"}}";

/// The facts that the owner of a new workspace needs.
pub struct Made {
    pub workspace: Uuid,
    pub user: Uuid,
    pub member: Uuid,
    pub email: String,
    pub api_key: String,
}

impl Workspace {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let app = open::existing(config).await?;
        match self {
            Workspace::List { limit } => list::workspaces(&app, limit, out).await,
            Workspace::Create { name, owner_email } => {
                let made = make(&app, name, owner_email).await?;
                super::setup::used(config)?;
                made.print(out, "The key is shown only once.")
            }
            Workspace::SetOwner { workspace, email } => set_owner(&app, *workspace, email, out).await,
            Workspace::ResetLoginPolicy { workspace } => reset_login_policy(&app, *workspace, out).await,
            Workspace::Plan { workspace, file, clear } => {
                super::credits::plan(&app, *workspace, file.as_ref(), *clear, out).await
            }
            Workspace::Set { workspace, deny, allow } => set(&app, *workspace, deny, allow, out).await,
        }
    }
}

/// Creates a workspace for the owner with this address.
pub async fn make(app: &App, name: &str, owner_email: &str) -> Result<Made> {
    make_for(app, name, owner_email, false).await
}

/// Creates the first workspace. It is an error if the server has one already.
pub async fn make_first(app: &App, name: &str, owner_email: &str) -> Result<Made> {
    make_for(app, name, owner_email, true).await
}

async fn make_for(app: &App, name: &str, owner_email: &str, only_first: bool) -> Result<Made> {
    let email = address(owner_email);
    if name.trim().is_empty() || name.contains('\0') {
        return Err(Error::invalid("the workspace needs a name"));
    }
    if !is_email(&email) {
        return Err(Error::invalid(format!("`{owner_email}` is not an e-mail address")));
    }
    let (workspace, name) = (app.new_id(), name.trim().to_owned());
    let key = api_keys::Minted::personal(app)?;
    let api_key = key.plain().to_owned();
    let new = NewFor { name, email: email.clone(), key, only_first };
    let owner = workspaces::create_for(Can::operator(app, workspace), new).await?;
    Ok(Made { workspace, user: owner.user, member: owner.member, email, api_key })
}

pub async fn exists(app: &App, workspace: Uuid) -> Result<()> {
    match workspaces::exists(&app.reader, workspace).await? {
        true => Ok(()),
        false => Err(Error::invalid(format!("there is no workspace {workspace}"))),
    }
}

async fn set_owner(app: &App, workspace: Uuid, email: &str, out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let heir = Heir::Email(address(email));
    let after = workspaces::hand_over(Can::operator(app, workspace), heir).await?;
    let text = format!("user {} owns workspace {} now", after.owner, after.id);
    out.say(&json!({ "workspace_id": after.id, "owner": after.owner }), text)
}

async fn reset_login_policy(app: &App, workspace: Uuid, out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let policy = login_policy::reset(Can::operator(app, workspace)).await?;
    let text = format!("people can sign in to workspace {workspace} from any network with any method again");
    out.say(&json!({ "workspace_id": workspace, "login_policy": policy }), text)
}

async fn set(app: &App, workspace: Uuid, deny: &[String], allow: &[String], out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let can = Can::operator(app, workspace);
    let denied = workspaces::exclude(can, deny.to_vec(), allow.to_vec()).await?;
    let text = match denied.is_empty() {
        true => format!("the plan of workspace {workspace} includes everything"),
        false => format!("the plan of workspace {workspace} does not include {}", denied.join(", ")),
    };
    out.say(&json!({ "workspace_id": workspace, "denied": denied }), text)
}
