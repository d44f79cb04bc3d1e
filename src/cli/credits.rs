//! Plans and credits from the command line. The audit log records the changes as made by the operator.

use super::{open, out::Out, workspace::exists};
use crate::access::{Can, workspaces as may};
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resources::credits::{self, Grant, Kind};
use crate::resources::workspace_billing::{self as billing, Plan};
use serde_json::json;
use std::path::PathBuf;
use uuid::Uuid;

/// Credits are counted from the first grant on; before that, spending is free. Sub-workspaces spend the credits of their
/// admin workspace.
#[derive(clap::Subcommand)]
pub enum Credits {
    /// Grant credits to a workspace
    Grant {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
        /// Kind of credit
        #[arg(long)]
        kind: Kind,
        /// Number of credits: 1 to 1,000,000,000
        #[arg(long, value_name = "NUMBER")]
        amount: i64,
        /// Purpose; the workspace's members read it in the ledger
        #[arg(long, value_name = "TEXT")]
        memo: Option<String>,
    },
    /// Show the credits that a workspace has left
    Show {
        /// The workspace's id, from `gatepost admin workspace list`
        #[arg(long, value_name = "ID")]
        workspace: Uuid,
    },
}

impl Credits {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let app = open::existing(config).await?;
        match self {
            Credits::Grant { workspace, kind, amount, memo } => {
                exists(&app, *workspace).await?;
                let grant = Grant { kind: *kind, amount: *amount, memo: memo.clone() };
                credits::grant(Can::operator(&app, *workspace), grant).await?;
                show(&app, *workspace, out).await
            }
            Credits::Show { workspace } => {
                exists(&app, *workspace).await?;
                show(&app, *workspace, out).await
            }
        }
    }
}

async fn show(app: &App, workspace: Uuid, out: Out) -> Result<()> {
    let (mut value, mut lines) = (serde_json::Map::new(), Vec::new());
    for kind in Kind::ALL {
        let balance = credits::balance(&app.reader, workspace, kind).await?;
        value.insert(kind.name().to_owned(), json!(balance));
        lines.push(match balance {
            Some(balance) => format!("{}: {balance} left", kind.name()),
            None => format!("{}: not counted, because none were granted yet", kind.name()),
        });
    }
    out.say(&value, lines.join("\n"))
}

/// Sets or clears a plan if the operator asks for it, and shows it.
pub async fn plan(app: &App, workspace: Uuid, file: Option<&PathBuf>, clear: bool, out: Out) -> Result<()> {
    exists(app, workspace).await?;
    let wanted = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Error::invalid(format!("cannot read {}: {error}", file.display())))?;
            Some(Plan::parse(&text)?)
        }
        None => None,
    };
    if wanted.is_some() || clear {
        billing::set_plan(Can::operator(app, workspace), wanted).await?;
    }
    let plan = billing::stored_plan(&Can::<may::Read>::operator(app, workspace)).await?;
    out.say(&plan, serde_json::to_string_pretty(&plan).map_err(Error::internal)?)
}
