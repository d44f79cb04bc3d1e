//! An import: how far it is, and what became of each row.

use super::super::list::{Filter, found_rows};
use super::super::report_file::ReportFile;
use super::super::{ImportRow, LeadImport};
use super::{CANCEL, LEADS, LIST, REPORT, SHOW, Status, named, status};
use crate::access::{Can, lead_imports::*, leads};
use crate::error::Result;
use crate::http::{Id, Path, Query, optional_not_null};
use crate::resources::members::People;
use crate::web::{Offer, Page, Posted, Reply, Way};
use askama::Template;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

const LEAD: Way<leads::Read> = Way::page("/w/{workspace}/leads/{id}", "Open");

/// Rows of a page of the report.
const ROWS: i64 = 50;

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Wanted {
    /// Only rows with this outcome.
    #[schemars(length(max = 20))]
    outcome: Option<String>,
    starting_after: Option<i64>,
}

#[derive(Template)]
#[template(path = "lead_imports/show.html")]
struct Show {
    import: LeadImport,
    name: String,
    by: String,
    status: Status,
    outcome: String,
    rows: Vec<Line>,
    leads: Option<Offer>,
    report: Option<Offer>,
    cancel: Option<Offer>,
    more: Option<Offer>,
    back: Option<Offer>,
}

struct Line {
    row: ImportRow,
    /// The lead that was added, or the one that has the address already.
    href: String,
}

impl Show {
    /// Why rows were left out, and how many.
    fn reasons(&self) -> Vec<(String, i64)> {
        let because = |reason: &str| format!("Reason: {}", reason.replace('_', " "));
        self.import.reasons.iter().map(|(reason, count)| (because(reason), *count)).collect()
    }
}

pub async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, Query(wanted): Query<Wanted>) -> Result<Page> {
    let import: LeadImport = can.find(can.reader(), id).await?;
    let outcome =
        wanted.outcome.filter(|outcome| ["added", "skipped", "invalid"].contains(&outcome.as_str()));
    let filter = Filter::of(ROWS, wanted.starting_after.map(|line| line.max(0)), outcome.clone());
    let rows = found_rows(&can, id, &filter).await?;
    let outcome = outcome.unwrap_or_default();
    let last = rows.last().filter(|_| rows.len() as i64 == ROWS).map(|row| row.line.to_string());
    let more = last.and_then(|last| {
        let query = [("outcome", outcome.as_str()), ("starting_after", last.as_str())];
        Some(SHOW.open_to(&can, id)?.called("More").with(&query))
    });
    let status = status(&import);
    let (campaign, list) = (text(import.campaign_id), text(import.list_id));
    let line = |row: ImportRow| {
        let lead = row.lead_id.or_else(|| row.duplicate_of.as_ref().map(|present| present.id));
        let offer =
            lead.filter(|_| !import.dry_run || row.lead_id.is_none()).and_then(|id| LEAD.open_to(&can, id));
        Line { href: offer.map(|offer| offer.href().to_owned()).unwrap_or_default(), row }
    };
    let people = People::seen_by(&can).await?;
    let show = Show {
        name: named(&import),
        by: people.user(import.user_id),
        outcome,
        rows: rows.into_iter().map(line).collect(),
        leads: LEADS
            .open_to(&can, ())
            .map(|offer| offer.called("Its leads").with(&[("campaign", &campaign), ("list_id", &list)])),
        report: REPORT.open_to(&can, id).filter(|_| !status.runs),
        cancel: CANCEL.open_to(&can, id).filter(|_| status.runs),
        more,
        back: LIST.open_to(&can, ()).map(|offer| offer.called("All imports")),
        status,
        import,
    };
    Page::new(show.name.clone(), &show)
}

fn text(id: Option<uuid::Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// The file itself is the answer, so the page stays.
pub async fn report(can: Can<Read>, Path(Id { id }): Path<Id>) -> Result<Response> {
    Ok(super::super::report(can, id, ReportFile::whole()).await?.into_response())
}

pub async fn cancel(can: Can<Cancel>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    super::super::cancel(can, id).await?;
    Ok(Reply::to(&SHOW, id).saying_more("The import is cancelled.", "The leads that it has added stay."))
}
