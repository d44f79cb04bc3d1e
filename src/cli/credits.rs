//! Plans and credits, from the command line: the operator's acts, audited as such.

use super::{open, out::Out, workspace::exists};
use crate::access::{Can, workspaces as may};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resources::credits::{Entry, Kind, store};
use crate::resources::workspace_billing::{self as billing, Plan};
use serde_json::json;
use std::path::PathBuf;
use uuid::Uuid;

/// The most of one grant.
const MOST: i64 = 1_000_000_000;

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
                grant(&app, *workspace, (*kind, *amount), memo.clone()).await?;
                show(&app, *workspace, out).await
            }
            Credits::Show { workspace } => {
                exists(&app, *workspace).await?;
                show(&app, *workspace, out).await
            }
        }
    }
}

async fn grant(app: &App, workspace: Uuid, (kind, amount): (Kind, i64), memo: Option<String>) -> Result<()> {
    if !(1..=MOST).contains(&amount) {
        return Err(Error::invalid("--amount must be 1 to 1,000,000,000"));
    }
    if memo.as_ref().is_some_and(|memo| memo.chars().count() > 200 || memo.contains('\0')) {
        return Err(Error::invalid("--memo must have at most 200 characters"));
    }
    let granted = Can::<may::Update>::operator(app, workspace).write(async move |can, tx| {
        store::grant(can, tx, (kind, amount)).await?;
        let balance = store::balance(&mut *tx, can.workspace(), kind).await?;
        let (id, timestamp_created) = (can.new_id(), can.now());
        let entry =
            Entry { id, kind, amount, balance, spent_in: None, memo: memo.clone(), timestamp_created };
        store::insert(tx, can.workspace(), &entry).await?;
        let facts = json!({ "kind": kind, "granted": amount, "memo": memo });
        Ok(Change::new(Subject::new("credit_entry", id), (), facts, ()))
    });
    granted.await
}

async fn show(app: &App, workspace: Uuid, out: Out) -> Result<()> {
    let (mut value, mut lines) = (serde_json::Map::new(), Vec::new());
    for kind in Kind::ALL {
        let balance = store::balance(&app.reader, workspace, kind).await?;
        value.insert(kind.name().to_owned(), json!(balance));
        lines.push(match balance {
            Some(balance) => format!("{}: {balance} left", kind.name()),
            None => format!("{}: not counted, because none were granted yet", kind.name()),
        });
    }
    out.say(&value, lines.join("\n"))
}

/// What the operator does with a plan.
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
        let set = Can::<may::Update>::operator(app, workspace).write(async move |can, tx| {
            let before = billing::store::plan(can, &mut *tx).await?;
            billing::store::set(can, tx, wanted.as_ref()).await?;
            let after = wanted.clone().unwrap_or_default();
            let [was, is] = [&before, &after].map(|plan| json!({ "plan": plan }));
            Ok(Change::new(Subject::new("workspace", can.workspace()), was, is, ()))
        });
        set.await?;
    }
    let can = Can::<may::Read>::operator(app, workspace);
    let plan = billing::store::plan(&can, &app.reader).await?;
    out.say(&plan, serde_json::to_string_pretty(&plan).map_err(Error::internal)?)
}
