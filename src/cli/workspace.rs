//! Workspaces, from the command line: the operator's acts, audited as such.

use super::list::{self, Limit};
use super::open;
use super::out::Out;
use crate::access::{Can, LoginPolicy, Role, workspaces as may};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::config::Config;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::http::is_email;
use crate::resources::workspace_members::{address, insert_user, store as members};
use crate::resources::{api_keys, login_policy, workspaces::store};
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

const TAKEN: &str = "the database has a workspace already, and nothing was changed; create another one with \
                     `gatepost admin workspace create`";

/// What the owner of a new workspace needs.
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
                let made = make(&app, name, owner_email, false).await?;
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

/// `first`: only if there is no workspace yet.
pub async fn make(app: &App, name: &str, owner_email: &str, first: bool) -> Result<Made> {
    let email = address(owner_email);
    if name.trim().is_empty() || name.contains('\0') {
        return Err(Error::invalid("the workspace needs a name"));
    }
    if !is_email(&email) {
        return Err(Error::invalid(format!("`{owner_email}` is not an e-mail address")));
    }
    let (workspace, name) = (app.new_id(), name.trim().to_owned());
    let secret = api_keys::Minted::personal(app)?;
    let api_key = secret.plain().to_owned();
    let made = Can::<may::Create>::operator(app, workspace).write(async move |can, tx| {
        if first && sql("select id from workspaces limit 1").optional::<Uuid>(&mut *tx).await?.is_some() {
            return Err(Error::invalid(TAKEN));
        }
        store::insert(tx, workspace, &name, can.now()).await?;
        let user = user(can.app(), tx, &email).await?;
        let person = members::Person { user, email: &email, role: Role::Owner };
        let member = members::insert_accepted(can, tx, workspace, &person).await?;
        let key = api_keys::store::first_name(tx, workspace, member).await?;
        api_keys::store::insert_personal(can, tx, workspace, member, (&key, None), &secret).await?;
        let after = json!({ "name": name, "owner": user });
        let made = (user, member, email.clone());
        Ok(Change::new(Subject::new("workspace", workspace), (), after, made))
    });
    let (user, member, email) = made.await?;
    Ok(Made { workspace, user, member, email, api_key })
}

/// The user with this address, if the address is verified. A new user is verified on the operator's word, and has no
/// password until they choose one.
async fn user(app: &App, tx: &mut Tx, email: &str) -> Result<Uuid> {
    let known = sql("select id, email_verified from users where email = $1").bind(email);
    match known.optional::<(Uuid, bool)>(&mut *tx).await? {
        Some((user, true)) => Ok(user),
        Some((_, false)) => Err(Error::invalid(format!(
            "the user `{email}` exists, but the address was never verified; use another address"
        ))),
        None => {
            let id = app.new_id();
            insert_user(tx, id, email, ["", ""], None, (true, app.now())).await?;
            Ok(id)
        }
    }
}

pub async fn exists(app: &App, workspace: Uuid) -> Result<()> {
    let found: Option<Uuid> =
        sql("select id from workspaces where id = $1").bind(workspace).optional(&app.reader).await?;
    found.map(drop).ok_or_else(|| Error::invalid(format!("there is no workspace {workspace}")))
}

async fn set_owner(app: &App, workspace: Uuid, email: &str, out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let email = address(email);
    let done = Can::<may::ChangeOwner>::operator(app, workspace).write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let wanted = crate::resources::workspaces::Wanted::Email(email.clone());
        crate::resources::workspaces::hand_over(can, tx, &wanted).await?;
        let after = store::current(can, &mut *tx).await?;
        Ok(Change::updated(Subject::new("workspace", before.id), &before, after))
    });
    let after = done.await?;
    let text = format!("user {} owns workspace {} now", after.owner, after.id);
    out.say(&json!({ "workspace_id": after.id, "owner": after.owner }), text)
}

async fn reset_login_policy(app: &App, workspace: Uuid, out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let reset =
        Can::<crate::access::login_policy::Update>::operator(app, workspace).write(async move |can, tx| {
            let before = login_policy::store::current(can, &mut *tx).await?;
            let after = LoginPolicy::default();
            login_policy::store::set(can, tx, &after).await?;
            Ok(Change::updated(Subject::new("login_policy", can.workspace()), &before, after))
        });
    reset.await?;
    let text = format!("people can sign in to workspace {workspace} from any network with any method again");
    out.say(&json!({ "workspace_id": workspace, "login_policy": LoginPolicy::default() }), text)
}

async fn set(app: &App, workspace: Uuid, deny: &[String], allow: &[String], out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let known = |name: &String| crate::access::ACTIONS.iter().any(|action| action.resource == name);
    if let Some(name) = deny.iter().chain(allow).find(|name| !known(name)) {
        let mut names: Vec<_> = crate::access::ACTIONS.iter().map(|action| action.resource).collect();
        names.dedup();
        return Err(Error::invalid(format!(
            "`{name}` is not a resource; the resources are {}",
            names.join(", ")
        )));
    }
    let (deny, allow) = (deny.to_vec(), allow.to_vec());
    let done = Can::<may::Update>::operator(app, workspace).write(async move |can, tx| {
        let before = store::denied(can, &mut *tx).await?;
        let mut after: Vec<String> =
            before.iter().chain(&deny).filter(|name| !allow.contains(name)).cloned().collect();
        after.sort_unstable();
        after.dedup();
        store::deny(can, tx, &after).await?;
        let [was, is] = [&before, &after].map(|denied| json!({ "denied": denied }));
        Ok(Change::new(Subject::new("workspace", can.workspace()), was, is, after))
    });
    let denied = done.await?;
    let text = match denied.is_empty() {
        true => format!("the plan of workspace {workspace} includes everything"),
        false => format!("the plan of workspace {workspace} does not include {}", denied.join(", ")),
    };
    out.say(&json!({ "workspace_id": workspace, "denied": denied }), text)
}
