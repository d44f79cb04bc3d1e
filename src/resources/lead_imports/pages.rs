//! The pages of imports: the list, a new import in two steps, and the report.

mod draft;
mod new;
mod show;

use super::LeadImport;
use super::list::found;
use crate::access::{Caller, Can, lead_imports::*, lead_lists, leads};
use crate::error::Result;
use crate::http::{Paging, Query, optional_not_null};
use crate::resources::members::People;
use crate::web::{Empty, Offer, Page, Pages, Rail, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const LIST: Way<Read> = Way::page("/w/{workspace}/lead-imports", "Imports");
const NEW: Way<Inspect> = Way::page("/w/{workspace}/lead-imports/new", "Import a file").main();
const LOOK: Way<Create> = Way::post("/w/{workspace}/lead-imports/look", "Look at the file").main();
const CREATE: Way<Create> = Way::post("/w/{workspace}/lead-imports/new", "Import the leads").main();
const SHOW: Way<Read> = Way::page("/w/{workspace}/lead-imports/{id}", "Open");
const REPORT: Way<Read> = Way::page("/w/{workspace}/lead-imports/{id}/report", "Download the report");
const CANCEL: Way<Cancel> = Way::post("/w/{workspace}/lead-imports/{id}/cancel", "Cancel the import").grave();
/// The leads of a campaign or list.
const LEADS: Way<leads::Read> = Way::page("/w/{workspace}/leads", "Leads");
const LISTS: Way<lead_lists::Read> = Way::page("/w/{workspace}/lead-lists", "Lists");

/// Rows of a page.
const ROWS: i64 = 25;

pub fn pages() -> Pages {
    Pages::under(Rail::Leads)
        .at(&LIST, list)
        .at(&NEW, new::begin)
        .large(&LOOK, new::look)
        .large(&CREATE, new::create)
        .at(&SHOW, show::show)
        .at(&REPORT, show::report)
        .at(&CANCEL, show::cancel)
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Wanted {
    starting_after: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "lead_imports/list.html")]
struct List {
    rows: Vec<Row>,
    beside: Vec<Offer>,
    new: Option<Offer>,
    older: Option<Offer>,
    empty: Empty,
}

struct Row {
    import: LeadImport,
    href: String,
    name: String,
    by: String,
    status: Status,
}

/// How far an import is: its word, and the class of its badge.
#[derive(Clone, Copy)]
struct Status {
    word: &'static str,
    class: &'static str,
    runs: bool,
}

fn status(import: &LeadImport) -> Status {
    let of = |word, class, runs| Status { word, class, runs };
    match import.status.as_deref() {
        Some("pending") => of("waiting", "", true),
        Some("in-progress") => of("running", "accent", true),
        Some("success") => of("done", "yes", false),
        Some("failed") => of("failed", "no", false),
        Some("cancelled") => of("cancelled", "warn", false),
        Some(_) | None => of("unknown", "", false),
    }
}

fn named(import: &LeadImport) -> String {
    import.file_name.clone().unwrap_or_else(|| "A file without a name".to_owned())
}

async fn list(can: Can<Read>, Query(wanted): Query<Wanted>) -> Result<Page> {
    let paging = Paging { limit: Some(ROWS), starting_after: wanted.starting_after };
    let imports = found(&can, &paging).await?;
    let people = People::seen_by(&can).await?;
    let last = imports.last().filter(|_| imports.len() as i64 == ROWS).map(|import| import.id.to_string());
    let older = last
        .and_then(|last| Some(LIST.open_to(&can, ())?.called("Older").with(&[("starting_after", &last)])));
    let row = |import: LeadImport| Row {
        href: SHOW.href(&can, import.id),
        name: named(&import),
        by: people.user(import.user_id),
        status: status(&import),
        import,
    };
    let new = NEW.open_to(&can, ());
    let list = List {
        rows: imports.into_iter().map(row).collect(),
        beside: beside(&can),
        older,
        empty: match new.is_some() {
            true => Empty::FirstUse {
                what: "imports",
                use_for: "An import adds the leads of a CSV file to a campaign or a list, and reports on every row.",
            },
            false => Empty::NoneVisible { what: "imports" },
        },
        new,
    };
    Page::new("Imports", &list)
}

fn beside(can: &Caller) -> Vec<Offer> {
    [LEADS.open_to(can, ()), LISTS.open_to(can, ())].into_iter().flatten().collect()
}
