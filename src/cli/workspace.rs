//! Workspaces, from the command line: the operator's acts, audited as such.

use super::open;
use crate::access::{Can, LoginPolicy, Role, workspaces as may};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::config::Config;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::resources::workspace_members::{address, insert_user, store as members};
use crate::resources::{api_keys, login_policy, workspaces::store};
use serde_json::json;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Workspace {
    /// Create a workspace and its owner, with a key to begin with
    Create {
        /// What it is called
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The address of the owner: a new user, or one of this server
        #[arg(long, value_name = "ADDRESS")]
        owner_email: String,
        /// Print one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Make another member the owner; the old owner becomes admin
    SetOwner {
        /// Its id, as `workspace_id` in the answer of `gatepost init` or `/api/v2/me`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// The address of an accepted member
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// Take back the login policy: people sign in from anywhere again, in any way
    ResetLoginPolicy {
        /// Its id, as `workspace_id` in the answer of `gatepost init` or `/api/v2/me`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
    },
    /// Show, set or clear the plan that a workspace sees under workspace-billing
    ///
    /// The file is JSON with a subscription for each part that there is, all of it shown and nothing more:
    /// {"outreach": {"name": "Hypergrowth", "product_id": "pid_hg_v1", "interval": "month", "price_in_dollars": 97}}
    Plan {
        /// Its id, as `workspace_id` in the answer of `gatepost init` or `/api/v2/me`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// Sets the plan that is in this file
        #[arg(long, value_name = "FILE", conflicts_with = "clear")]
        file: Option<std::path::PathBuf>,
        /// Everything and unlimited again
        #[arg(long)]
        clear: bool,
    },
    /// Say what the workspace's plan leaves out: operations on it answer 402
    Set {
        /// Its id, as `workspace_id` in the answer of `gatepost init` or `/api/v2/me`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// A resource, as audit_logs; may be given several times
        #[arg(long, value_name = "RESOURCE")]
        deny: Vec<String>,
        /// Takes a --deny back
        #[arg(long, value_name = "RESOURCE")]
        allow: Vec<String>,
    },
}

const TAKEN: &str = "the database has a workspace already, and is left as it is; add another with `gatepost \
                     workspace create`";

/// What somebody needs to begin.
pub struct Made {
    pub workspace: Uuid,
    pub user: Uuid,
    pub member: Uuid,
    pub email: String,
    pub api_key: String,
}

impl Workspace {
    pub async fn run(&self, config: &Config) -> Result<()> {
        let app = open::existing(config).await?;
        match self {
            Workspace::Create { name, owner_email, json } => {
                make(&app, name, owner_email, false).await?.print(*json);
                Ok(())
            }
            Workspace::SetOwner { workspace, email } => set_owner(&app, *workspace, email).await,
            Workspace::ResetLoginPolicy { workspace } => reset_login_policy(&app, *workspace).await,
            Workspace::Plan { workspace, file, clear } => {
                super::credits::plan(&app, *workspace, file.as_ref(), *clear).await
            }
            Workspace::Set { workspace, deny, allow } => set(&app, *workspace, deny, allow).await,
        }
    }
}

/// `first`: only if there is no workspace yet.
pub async fn make(app: &App, name: &str, owner_email: &str, first: bool) -> Result<Made> {
    let email = address(owner_email);
    if name.trim().is_empty() || name.contains('\0') {
        return Err(Error::invalid("the workspace needs a name"));
    }
    if !email.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.')) {
        return Err(Error::invalid(format!("`{owner_email}` is no e-mail address")));
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

/// The user with this address, if it is known to be his; a new one is on the operator's word, and has no password
/// until there is a way to set it.
async fn user(app: &App, tx: &mut Tx, email: &str) -> Result<Uuid> {
    let known = sql("select id, email_verified from users where email = $1").bind(email);
    match known.optional::<(Uuid, bool)>(&mut *tx).await? {
        Some((user, true)) => Ok(user),
        Some((_, false)) => Err(Error::invalid(format!(
            "there is a user `{email}`, but nobody has verified that the address is his; take another address"
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

async fn set_owner(app: &App, workspace: Uuid, email: &str) -> Result<()> {
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
    println!("workspace {} is owned by user {}", after.id, after.owner);
    Ok(())
}

async fn reset_login_policy(app: &App, workspace: Uuid) -> Result<()> {
    exists(app, workspace).await?;
    let reset =
        Can::<crate::access::login_policy::Update>::operator(app, workspace).write(async move |can, tx| {
            let before = login_policy::store::current(can, &mut *tx).await?;
            let after = LoginPolicy::default();
            login_policy::store::set(can, tx, &after).await?;
            Ok(Change::updated(Subject::new("login_policy", can.workspace()), &before, after))
        });
    reset.await?;
    println!("people sign in to workspace {workspace} from anywhere again, in any way");
    Ok(())
}

async fn set(app: &App, workspace: Uuid, deny: &[String], allow: &[String]) -> Result<()> {
    exists(app, workspace).await?;
    let known = |name: &String| crate::access::ACTIONS.iter().any(|action| action.resource == name);
    if let Some(name) = deny.iter().chain(allow).find(|name| !known(name)) {
        let mut names: Vec<_> = crate::access::ACTIONS.iter().map(|action| action.resource).collect();
        names.dedup();
        return Err(Error::invalid(format!("`{name}` is no resource; they are {}", names.join(", "))));
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
    match denied.is_empty() {
        true => println!("the plan of workspace {workspace} includes everything"),
        false => println!("the plan of workspace {workspace} leaves out {}", denied.join(", ")),
    }
    Ok(())
}
