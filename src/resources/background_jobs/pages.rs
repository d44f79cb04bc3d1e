//! The pages of background jobs: the list, and one job with what became of it.

use super::BackgroundJob;
use super::list::{Selection, newest, show};
use crate::access::{Can, Seen, background_jobs::*};
use crate::error::Result;
use crate::http::{Path, Query, optional_not_null};
use crate::web::{Empty, Offer, Page, Pages, Rail, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

const LIST: Way<Read> = Way::page("/w/{workspace}/jobs", "Background jobs");
const SHOW: Way<Read> = Way::page("/w/{workspace}/jobs/{job}", "Open");

pub fn pages() -> Pages {
    Pages::under(Rail::Jobs).at(&LIST, jobs).at(&SHOW, job)
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    #[schemars(length(max = 100))]
    starting_after: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub struct Named {
    job: String,
}

#[derive(Template)]
#[template(path = "background_jobs/list.html")]
struct List {
    rows: Vec<Row>,
    older: Option<Offer>,
    empty: Empty,
}

struct Row {
    job: Seen<BackgroundJob>,
    open: Option<Offer>,
}

impl Row {
    /// What the job does, for people.
    fn name(&self) -> String {
        let words = match self.job.kind.as_str() {
            "move-leads" => "Move leads",
            "import-leads" => "Import leads",
            "export-leads" => "Export leads",
            "update-warmup-accounts" => "Start or stop the warm-up of accounts",
            "move-accounts" => "Move sending accounts",
            "assign-leads" => "Assign leads",
            "update-interest-status" => "Set the interest of leads",
            "verify-leads" => "Verify the addresses of leads",
            "rename-variable" => "Rename a variable",
            other => other,
        };
        words.to_owned()
    }

    fn state(&self) -> (&'static str, &str) {
        match self.job.status.as_str() {
            "success" => ("yes", "done"),
            "failed" => ("no", "failed"),
            "in-progress" => ("accent", "running"),
            "pending" => ("", "waiting"),
            other => ("", other),
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.job.status.as_str(), "success" | "failed" | "cancelled")
    }

    /// The texts and numbers of what the job has noted.
    fn facts(&self) -> Vec<(String, String)> {
        let fact = |(name, value): (&String, &Value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            Some((in_words(name), text))
        };
        self.job.data.iter().filter_map(fact).collect()
    }

    /// The lists that the job has noted, each with its number of lines and the first of them.
    fn lists(&self) -> Vec<(String, usize, Vec<String>)> {
        let list = |(name, value): (&String, &Value)| {
            let items = value.as_array().filter(|items| !items.is_empty())?;
            Some((in_words(name), items.len(), items.iter().take(LINES).map(line).collect()))
        };
        self.job.data.iter().filter_map(list).collect()
    }
}

/// Lines of a list on the page.
const LINES: usize = 200;

/// `failed_emails` as `Failed emails`.
fn in_words(name: &str) -> String {
    let text = name.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn line(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let texts =
                fields.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            texts.collect::<Vec<_>>().join(": ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => item.to_string(),
    }
}

fn row(can: &Can<Read>, job: Seen<BackgroundJob>) -> Row {
    Row { open: SHOW.open_to(can, job.id.as_str()), job }
}

async fn jobs(can: Can<Read>, Query(from): Query<From>) -> Result<Page> {
    let (found, next) = newest(&can, from.starting_after.as_deref()).await?;
    let older = next
        .and_then(|next| Some(LIST.open_to(&can, ())?.called("Older").with(&[("starting_after", &next)])));
    let list = List {
        rows: found.into_iter().map(|job| row(&can, job)).collect(),
        older,
        empty: Empty::FirstUse {
            what: "background jobs that you can see",
            use_for: "Work that takes long is done in the background, such as moving many leads or sending accounts.",
        },
    };
    Page::new("Background jobs", &list)
}

#[derive(Template)]
#[template(path = "background_jobs/show.html")]
struct Show {
    row: Row,
    again: Option<Offer>,
    back: Option<Offer>,
}

async fn job(can: Can<Read>, Path(Named { job }): Path<Named>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let found = show(can, &job, Selection::default()).await?;
    let row = row(&look, found);
    let again = SHOW.open_to(&look, job.as_str()).filter(|_| !row.is_over());
    let page = Show {
        again: again.map(|offer| offer.called("Load this page again")),
        back: LIST.open_to(&look, ()).map(|offer| offer.called("All jobs")),
        row,
    };
    Page::new(page.row.name(), &page)
}
