//! Who may do what, and why: for the operator, who may ask about everybody.

use super::open;
use crate::access::{Action, Ask, Grant, markdown};
use crate::app::App;
use crate::config::Config;
use crate::db::{record, sql};
use crate::error::{Error, Result};
use crate::resources::explain::{particulars, person, sight};
use crate::resources::workspace_members::address;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Access {
    /// Print the access matrix as Markdown
    Matrix,
    /// Go through the steps of a decision, and say which of them refuses
    Explain {
        /// A member's address, or the id of an API key
        #[arg(long = "as", value_name = "EMAIL|KEY_ID")]
        who: String,
        /// A row of the matrix
        #[arg(long, value_name = "PERMISSION")]
        permission: String,
        /// The id of a record
        #[arg(long, value_name = "ID")]
        record: Option<Uuid>,
        /// Which workspace, where the person is a member of several
        #[arg(long, value_name = "ID")]
        workspace: Option<Uuid>,
    },
}

impl Access {
    pub async fn run(&self, config: &Config) -> Result<()> {
        match self {
            Access::Matrix => {
                print!("{}", markdown());
                Ok(())
            }
            Access::Explain { who, permission, record, workspace } => {
                let app = open::existing(config).await?;
                explain(&app, who, permission, *record, *workspace).await
            }
        }
    }
}

async fn explain(
    app: &App,
    who: &str,
    permission: &str,
    record: Option<Uuid>,
    workspace: Option<Uuid>,
) -> Result<()> {
    let unknown = || Error::invalid(format!("`{permission}` is no permission; see `gatepost access matrix`"));
    let action = Action::of(permission).ok_or_else(unknown)?;
    let grant = find(app, who, workspace).await?;
    let name = person(&grant, &app.reader).await?;
    let mut found = None;
    let mut ask = Ask::new(action, Ok(&grant), None);
    if let Some(record) = record {
        let all = Grant::operator(grant.workspace);
        let seen = sight(&all, &grant, action, record, &app.reader).await?;
        ask.record = Some(seen);
        found = particulars((&all, &grant, &name), (action, record, seen), &app.reader).await?;
    }
    (ask.whose, ask.particulars) = (Some(name.as_str()), found.as_deref());
    let decision = ask.explain();
    println!("{} {permission} in workspace {}", grant.label(), grant.workspace);
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
    Ok(())
}

struct Membership {
    workspace_id: Uuid,
    id: Uuid,
}
record! { Membership { workspace_id, id } }

async fn find(app: &App, who: &str, workspace: Option<Uuid>) -> Result<Grant> {
    let nobody = || Error::invalid(format!("`{who}` is no member's address and no key's id"));
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
