//! Roles and permissions for the operator, who can query them for every principal.

use super::access_answers::Answers;
use super::access_file::Files;
use super::open;
use super::out::Out;
use super::workspace::exists;
use crate::access::{
    ACTIONS, Action, Ask, Can, Decision, EffectiveRole, Grant, ROLES, access::Explain, markdown_of, roles,
};
use crate::app::App;
use crate::config::Config;
use crate::db::{record, sql};
use crate::error::{Error, Result};
use crate::http::address;
use crate::http::hint;
use crate::resources;
use crate::resources::explain::{Case, Known, particulars, person};
use serde_json::{Value, json};
use std::process::ExitCode;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Access {
    /// Print the access matrix as Markdown
    Matrix {
        /// Also print the custom roles of this workspace
        #[arg(long, value_name = "ID")]
        workspace: Option<Uuid>,
    },
    /// Show the steps of a decision, and which of them refuses; the exit code is 1 if one does
    Explain {
        /// A member's address, or the id of an API key
        #[arg(long = "as", value_name = "EMAIL|KEY_ID")]
        who: String,
        /// A row of the access matrix, such as campaigns:launch
        #[arg(long, value_name = "PERMISSION")]
        permission: String,
        /// The id of a record
        #[arg(long, value_name = "ID")]
        record: Option<Uuid>,
        /// The workspace, if the person is a member of several
        #[arg(long, value_name = "ID")]
        workspace: Option<Uuid>,
    },
    #[command(flatten)]
    Answers(Answers),
    #[command(flatten)]
    File(Files),
}

impl Access {
    pub async fn run(&self, config: &Config, out: Out) -> Result<ExitCode> {
        match self {
            Access::Matrix { workspace } => {
                let columns = match workspace {
                    Some(workspace) => columns(&open::existing(config).await?, *workspace).await?,
                    None => built_in(),
                };
                out.say(&matrix(&columns), markdown_of(&columns).trim_end()).map(|()| ExitCode::SUCCESS)
            }
            Access::Explain { who, permission, record, workspace } => {
                let app = open::existing(config).await?;
                let allowed = explain(&app, out, who, permission, *record, *workspace).await?;
                Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Access::Answers(answers) => answers.here(config, out).await,
            Access::File(files) => files.here(config, out).await,
        }
    }
}

type Columns = Vec<(String, EffectiveRole)>;

fn built_in() -> Columns {
    ROLES.iter().map(|role| (role.name().to_owned(), (*role).into())).collect()
}

/// The built-in roles and the custom roles of a workspace.
async fn columns(app: &App, workspace: Uuid) -> Result<Columns> {
    exists(app, workspace).await?;
    let can = Can::<roles::Read>::operator(app, workspace);
    let all = resources::roles::columns(&can, &app.reader).await?;
    Ok(all.into_iter().map(|column| (column.name, column.role)).collect())
}

/// The rows of the matrix.
fn matrix(columns: &Columns) -> Vec<Value> {
    let row = |action: &&Action| {
        let roles = columns.iter().map(|(name, role)| (name.clone(), json!(role.reach(action).name())));
        json!({
            "permission": action.name, "summary": action.summary, "scopes": action.scopes(),
            "reach": roles.collect::<serde_json::Map<_, _>>(),
        })
    };
    ACTIONS.iter().map(row).collect()
}

/// Whether the action is allowed.
async fn explain(
    app: &App,
    out: Out,
    who: &str,
    permission: &str,
    record: Option<Uuid>,
    workspace: Option<Uuid>,
) -> Result<bool> {
    let unknown = || {
        let hint = hint(permission, ACTIONS.iter().map(|action| action.name));
        Error::invalid(format!(
            "`{permission}` is not a permission; see `gatepost admin access matrix`{hint}"
        ))
    };
    let action = Action::of(permission).ok_or_else(unknown)?;
    let grant = find(app, who, workspace).await?;
    let name = person(&grant, &app.reader).await?;
    let mut found = None;
    let mut ask = Ask::new(action, &grant, None);
    if let Some(record) = record {
        let all = Can::<Explain>::operator(app, grant.workspace());
        let known = Known::of(&all, action, record, &app.reader).await?;
        let sight = known.sight(&grant, action);
        ask.record = Some(sight);
        let case = Case { caller: &all, subject: &grant, name: &name, action, known: &known, sight };
        found = particulars(case, &app.reader).await?;
    }
    (ask.whose, ask.particulars) = (Some(name.as_str()), found.as_deref());
    let decision = ask.explain();
    if out.json {
        let about =
            json!({ "as": grant.label(), "permission": permission, "workspace_id": grant.workspace() });
        out.say(&Explained { about, decision: &decision }, "")?;
        return Ok(decision.allowed);
    }
    println!("{} {permission} in workspace {}", grant.label(), grant.workspace());
    for verdict in &decision.steps {
        println!(
            "  {} {:11} {}",
            if verdict.holds { "yes" } else { "NO " },
            verdict.step.name(),
            verdict.reason
        );
    }
    match decision.refused_by {
        None => println!("allowed"),
        Some(step) => println!("refused by {}", step.name()),
    }
    Ok(decision.allowed)
}

#[derive(serde::Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    about: Value,
    #[serde(flatten)]
    decision: &'a Decision,
}

struct Membership {
    workspace_id: Uuid,
    id: Uuid,
}
record! { Membership { workspace_id, id } }

async fn find(app: &App, who: &str, workspace: Option<Uuid>) -> Result<Grant> {
    let nobody = || Error::invalid(format!("`{who}` is not a member's address or a key's id"));
    if let Ok(id) = who.parse::<Uuid>() {
        let of: Option<Uuid> =
            sql("select workspace_id from api_keys where id = $1").bind(id).optional(&app.reader).await?;
        let grant = Grant::of_key_id(of.ok_or_else(nobody)?, id, app.now(), &app.reader).await?;
        return grant.ok_or_else(nobody);
    }
    let all = sql("select {columns} from members where email = $1 order by workspace_id").bind(address(who));
    let mut found: Vec<Membership> = all.all(&app.reader).await?;
    found.retain(|member| workspace.is_none_or(|workspace| workspace == member.workspace_id));
    match found.as_slice() {
        [] => Err(nobody()),
        [member] => {
            let grant = Grant::of_member(member.workspace_id, member.id, app.now(), &app.reader).await?;
            grant.ok_or_else(nobody)
        }
        several => {
            let ids: Vec<_> = several.iter().map(|member| member.workspace_id.to_string()).collect();
            let ids = ids.join(", ");
            Err(Error::invalid(format!(
                "`{who}` is a member of several workspaces; add --workspace, one of {ids}"
            )))
        }
    }
}
