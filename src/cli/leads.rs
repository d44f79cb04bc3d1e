//! Leads from the command line. The audit log records the imports as made by the operator.

use super::open::{self, failed};
use super::out::{Out, Table};
use super::workspace::exists;
use crate::access::Can;
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::LARGEST_FILE;
use crate::resources::lead_imports::{Direct, ImportRow, Wanted};
use crate::resources::leads::Skip;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum Leads {
    /// Import leads from a CSV file, and print what became of each row
    #[command(after_help = RULES)]
    Import(Import),
}

const RULES: &str = "\
The file and its leads follow the rules of POST /api/v2/lead-imports. Up to 1,000 rows are added in one transaction. If \
the command is interrupted, run it again: it skips addresses that were added. Rows without an address are added again.";

#[derive(clap::Args)]
pub struct Import {
    /// The CSV file, of at most 24 MB and 200,000 rows
    file: PathBuf,
    /// The workspace's id, from `gatepost admin workspace list`
    #[arg(long, value_name = "ID")]
    workspace: Uuid,
    /// The campaign that gets the leads
    #[arg(long, value_name = "ID", required_unless_present = "list", conflicts_with = "list")]
    campaign: Option<Uuid>,
    /// The list that gets the leads
    #[arg(long, value_name = "ID")]
    list: Option<Uuid>,
    /// Add nothing, and print what would be added
    #[arg(long)]
    dry_run: bool,
    /// The member to whom the leads are assigned; the default is the campaign's owner
    #[arg(long, value_name = "ADDRESS")]
    assigned_to: Option<String>,
    /// What a column becomes: a field, `custom_variables.NAME` or `ignore`; can be given several times
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Skip leads whose address is anywhere in the workspace
    #[arg(long)]
    skip_if_in_workspace: bool,
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, field)) => Ok((column.to_owned(), field.to_owned())),
        None => Err("it must have the form COLUMN=FIELD".to_owned()),
    }
}

impl Leads {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let app = open::existing(config).await?;
        match self {
            Leads::Import(import) => import.run(&app, out).await,
        }
    }
}

impl Import {
    async fn run(&self, app: &App, out: Out) -> Result<()> {
        exists(app, self.workspace).await?;
        let wanted = Wanted {
            campaign_id: self.campaign,
            list_id: self.list,
            dry_run: self.dry_run,
            assigned_to: self.assigned_to.clone(),
            verify_leads_on_import: false,
            file_name: self.file.file_name().map(|name| name.to_string_lossy().into_owned()),
            skip: Skip { skip_if_in_workspace: self.skip_if_in_workspace, ..Skip::default() },
        };
        let mapping: BTreeMap<_, _> = self.map.iter().cloned().collect();
        let mut import = Direct::open(wanted, &mapping, whole(&self.file)?).map_err(said)?;
        let mut table = Table::new(out, ["LINE", "OUTCOME", "REASON", "EMAIL"]);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(mut rows) = import.next(Can::operator(app, self.workspace)).await.map_err(said)? {
            ImportRow::shown(&Can::<crate::access::leads::Create>::operator(app, self.workspace), &mut rows)
                .await?;
            table.page(&rows, cells)?;
            for row in &rows {
                *counts.entry(row.outcome.clone()).or_default() += 1;
            }
            progress(&counts, import.rows(), self.dry_run);
        }
        Ok(())
    }
}

/// Messages name the options of the command instead of fields.
fn said(error: Error) -> Error {
    let options = [
        ("body/campaign_id ", "--campaign "),
        ("body/list_id ", "--list "),
        ("body/assigned_to ", "--assigned-to "),
        ("body/mapping", "--map"),
        ("body ", "the file "),
    ];
    let renamed = |text: &str| {
        options.into_iter().find_map(|(field, option)| Some(format!("{option}{}", text.strip_prefix(field)?)))
    };
    let Error::Invalid(text) = &error else { return error };
    renamed(text).map_or_else(|| error.clone(), Error::Invalid)
}

/// The bytes of a file, if they are not too many.
fn whole(path: &Path) -> Result<Bytes> {
    let wrong = |error: std::io::Error| failed("cannot read", path, &error);
    let mut bytes = Vec::new();
    let most = LARGEST_FILE as u64 + 1;
    File::open(path).map_err(wrong)?.take(most).read_to_end(&mut bytes).map_err(wrong)?;
    match bytes.len() > LARGEST_FILE {
        true => Err(Error::invalid(format!("{} has more than 24 MB; split the file", path.display()))),
        false => Ok(bytes.into()),
    }
}

fn cells(row: &ImportRow) -> [String; 4] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [row.line.to_string(), row.outcome.clone(), text(&row.reason), text(&row.email)]
}

fn progress(counts: &BTreeMap<String, usize>, rows: i64, dry_run: bool) {
    let count = |outcome: &str| counts.get(outcome).copied().unwrap_or_default();
    let added = if dry_run { "would be added" } else { "added" };
    eprintln!(
        "{} of {rows} rows: {} {added}, {} skipped, {} invalid",
        counts.values().sum::<usize>(),
        count("added"),
        count("skipped"),
        count("invalid")
    );
}
