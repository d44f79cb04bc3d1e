//! The pages of leads: the list, a lead, adding one, and what one does with many.

mod filter;
mod many;
mod new;
mod show;
mod words;
pub use words::called;

use super::list::found;
use super::{Lead, store};
use crate::access::{Caller, Can, Near, leads::*};
use crate::error::Result;
use crate::http::Query;
use crate::resources::members::People;
use crate::resources::{campaigns, lead_lists};
use crate::web::{Choice, Empty, Form, Input, Offer, Page, Pages, Rail, Way};
use askama::Template;
use filter::Filter;
use std::collections::HashMap;
use uuid::Uuid;
use words::State;

const LIST: Way<Read> = Way::page("/w/{workspace}/leads", "Leads");
const NEW: Way<Create> = Way::page("/w/{workspace}/leads/new", "Add a lead");
const ADD: Way<Create> = Way::post("/w/{workspace}/leads/new", "Add the lead").main();
const SHOW: Way<Read> = Way::page("/w/{workspace}/leads/{id}", "Open");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/leads/{id}", "Save").main();
const ABOUT_TO_DELETE: Way<Delete> = Way::page("/w/{workspace}/leads/{id}/delete", "Delete").grave();
const DELETE: Way<Delete> = Way::post("/w/{workspace}/leads/{id}/delete", "Delete the lead").grave();
const ABOUT_TO_ASSIGN: Way<Assign> = Way::page("/w/{workspace}/leads/assign", "Assign");
const ASSIGN: Way<Assign> = Way::post("/w/{workspace}/leads/assign", "Assign the leads").main();
const ABOUT_TO_MOVE: Way<Move> = Way::page("/w/{workspace}/leads/move", "Move");
const MOVE: Way<Move> = Way::post("/w/{workspace}/leads/move", "Move the leads").main();
const ABOUT_TO_DELETE_MANY: Way<Delete> = Way::page("/w/{workspace}/leads/delete", "Delete").grave();
const DELETE_MANY: Way<Delete> = Way::post("/w/{workspace}/leads/delete", "Delete the leads").grave();
const EXPORT: Way<Export> = Way::post("/w/{workspace}/leads/export", "Export");

/// Rows of a page.
const ROWS: i64 = 50;

pub fn pages() -> Pages {
    Pages::under(Rail::Leads)
        .at(&LIST, list)
        .at(&NEW, new::begin)
        .at(&ADD, new::add)
        .at(&SHOW, show::show)
        .at(&CHANGE, show::change)
        .at(&ABOUT_TO_DELETE, show::about_to_delete)
        .at(&DELETE, show::delete)
        .at(&ABOUT_TO_ASSIGN, many::about_to_assign)
        .at(&ASSIGN, many::assign)
        .at(&ABOUT_TO_MOVE, many::about_to_move)
        .at(&MOVE, many::moved)
        .at(&ABOUT_TO_DELETE_MANY, many::about_to_delete)
        .at(&DELETE_MANY, many::delete)
        .at(&EXPORT, many::export)
}

#[derive(Template)]
#[template(path = "leads/list.html")]
struct List {
    filter: Filter,
    campaigns: Vec<Choice>,
    lists: Vec<Choice>,
    people: Vec<Choice>,
    rows: Vec<Row>,
    beside: Vec<Offer>,
    add: Vec<Offer>,
    many: Vec<Offer>,
    export: Option<Form>,
    next: Option<Offer>,
    clear: Option<Offer>,
    empty: Empty,
}

struct Row {
    lead: Lead,
    href: String,
    name: String,
    state: State,
    interest: String,
    place: String,
    assigned: String,
    delete: Option<Offer>,
}

/// What a page knows about the campaigns, lists and people that leads name.
pub struct Names {
    campaigns: Vec<Choice>,
    lists: Vec<Choice>,
    people: People,
}

impl Names {
    pub async fn of<P: crate::access::Permission>(can: &Can<P>) -> Result<Names> {
        Ok(Names {
            campaigns: campaigns::names(can).await?,
            lists: lead_lists::names(can).await?,
            people: People::seen_by(can).await?,
        })
    }

    /// The campaign or list of a lead.
    pub fn place(&self, lead: &Lead) -> String {
        let named = |all: &[Choice], id: Uuid, other: &str| {
            let found = all.iter().find(|choice| choice.value == id.to_string());
            found.map_or_else(|| other.to_owned(), |choice| choice.label.clone())
        };
        match (lead.campaign, lead.list_id) {
            (Some(id), _) => named(&self.campaigns, id, "a campaign that is not listed here"),
            (None, Some(id)) => named(&self.lists, id, "a list that is not listed here"),
            (None, None) => String::new(),
        }
    }
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Page> {
    let names = Names::of(&can).await?;
    let leads = found(&can, &filter.wanted(ROWS)?).await?;
    let ids: Vec<Uuid> = leads.iter().map(|lead| lead.id).collect();
    let near: HashMap<Uuid, Near> = store::near(&can, &ids).await?.into_iter().collect();
    let last = ids.last().filter(|_| ids.len() as i64 == ROWS).map(ToString::to_string);
    let next = last.and_then(|last| {
        let query = [filter.set(), vec![("starting_after", last.as_str())]].concat();
        Some(LIST.open_to(&can, ())?.called("More").with(&query))
    });
    let add = adding(&can, &filter);
    let row = |lead: Lead| row(&can, near.get(&lead.id).copied().unwrap_or(Near::HERE), lead, &names);
    let rows: Vec<Row> = leads.into_iter().map(row).collect();
    let clear = LIST.open_to(&can, ()).filter(|_| !filter.set().is_empty());
    let list = List {
        beside: beside(&can),
        many: if rows.is_empty() { vec![] } else { many(&can, &filter) },
        export: export_form(&can, &filter)?,
        empty: empty(&filter, !add.is_empty()),
        rows,
        add,
        next,
        clear: clear.map(|offer| offer.called("Clear the filters")),
        people: names.people.users(),
        campaigns: names.campaigns,
        lists: names.lists,
        filter,
    };
    Page::new("Leads", &list)
}

/// The pages beside this one. They belong to other resources.
fn beside(can: &Caller) -> Vec<Offer> {
    use crate::access::{lead_imports, lead_lists};
    const LISTS: Way<lead_lists::Read> = Way::page("/w/{workspace}/lead-lists", "Lists");
    const IMPORTS: Way<lead_imports::Read> = Way::page("/w/{workspace}/lead-imports", "Imports");
    [LISTS.open_to(can, ()), IMPORTS.open_to(can, ())].into_iter().flatten().collect()
}

fn adding(can: &Caller, filter: &Filter) -> Vec<Offer> {
    use crate::access::lead_imports;
    const IMPORT: Way<lead_imports::Inspect> = Way::page("/w/{workspace}/lead-imports/new", "Import a file");
    let place = filter.place();
    let all = [NEW.open_to(can, ()), IMPORT.open_to(can, ())];
    all.into_iter().flatten().map(|offer| offer.with(&place)).collect()
}

/// What one can do with all leads of the page. Leads are moved and deleted out of one campaign or list.
fn many(can: &Caller, filter: &Filter) -> Vec<Offer> {
    let placed = !filter.place().is_empty();
    let set = filter.set();
    let all = [
        ABOUT_TO_ASSIGN.open_to(can, ()),
        ABOUT_TO_MOVE.open_to(can, ()).filter(|_| placed),
        ABOUT_TO_DELETE_MANY.open_to(can, ()).filter(|_| placed),
    ];
    let all = all.into_iter().flatten();
    all.map(|offer| {
        let label = format!("{} several", offer.label());
        offer.called(label).with(&set)
    })
    .collect()
}

fn export_form(can: &Caller, filter: &Filter) -> Result<Option<Form>> {
    let Some(offer) = EXPORT.open_to(can, ()) else { return Ok(None) };
    let formats = vec![Choice::new("csv", "CSV"), Choice::new("ndjson", "JSON, a line for each lead")];
    let help = match filter.place().is_empty() {
        true => "All leads that your role can export.",
        false => "All leads of this campaign or list that your role can export. Other filters do not count.",
    };
    let form = Form::of::<super::export::ExportLeads>(can, offer)?.called("Export leads");
    let form = form.ask(Input::new("format", "Format").choices(formats).value("csv").help(help));
    let place = filter.place();
    Ok(Some(place.into_iter().fold(form, |form, (name, id)| form.hiding(name, id))))
}

fn empty(filter: &Filter, adds: bool) -> Empty {
    let set = filter.set();
    if !set.is_empty() {
        let words: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
        return Empty::NoMatch { what: "leads", filters: words.join(", ") };
    }
    match adds {
        true => Empty::FirstUse {
            what: "leads",
            use_for: "Leads are the people to whom a campaign writes. Add one, or import a file.",
        },
        false => Empty::NoneVisible { what: "leads" },
    }
}

fn row(can: &Caller, near: Near, lead: Lead, names: &Names) -> Row {
    let name = called(&lead);
    Row {
        href: SHOW.href(can, lead.id),
        state: words::state(lead.status),
        interest: words::interest(lead.lt_interest_status),
        place: names.place(&lead),
        assigned: names.people.user(lead.assigned_to),
        delete: ABOUT_TO_DELETE.offered_on(can, near, lead.id).map(|offer| offer.about(&name)),
        name,
        lead,
    }
}
