//! The pages of lists of leads.

use super::list::Filter;
use super::{LeadList, New, Patch, store};
use crate::access::{Caller, Can, Near, Permission, lead_lists::*, leads};
use crate::error::{Error, Result};
use crate::http::{Id, Path, Query, optional_not_null};
use crate::resources::members::People;
use crate::web::{Back, Empty, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/lead-lists", "Lists");
const CREATE: Way<Create> = Way::post("/w/{workspace}/lead-lists", "Create a list").main();
const SHOW: Way<Update> = Way::page("/w/{workspace}/lead-lists/{id}", "Change");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/lead-lists/{id}", "Save").main();
const ABOUT_TO_DELETE: Way<Delete> = Way::page("/w/{workspace}/lead-lists/{id}/delete", "Delete").grave();
const DELETE: Way<Delete> = Way::post("/w/{workspace}/lead-lists/{id}/delete", "Delete the list").grave();
/// The leads of a list, on the page of leads.
const LEADS: Way<leads::Read> = Way::page("/w/{workspace}/leads", "Leads");

/// Rows of a page.
const ROWS: i64 = 50;

pub fn pages() -> Pages {
    Pages::under(Rail::Leads)
        .at(&LIST, list)
        .at(&CREATE, create)
        .at(&SHOW, show)
        .at(&CHANGE, change)
        .at(&ABOUT_TO_DELETE, about_to_delete)
        .at(&DELETE, delete)
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Wanted {
    #[schemars(length(max = 200))]
    search: Option<String>,
    #[schemars(length(max = 100))]
    starting_after: Option<String>,
}

#[derive(Template)]
#[template(path = "lead_lists/list.html")]
struct List {
    search: String,
    rows: Vec<Row>,
    beside: Vec<Offer>,
    create: Option<Form>,
    older: Option<Offer>,
    clear: Option<Offer>,
    empty: Empty,
}

struct Row {
    list: LeadList,
    owner: String,
    leads: i64,
    href: String,
    change: Option<Offer>,
    delete: Option<Offer>,
}

async fn list(can: Can<Read>, Query(wanted): Query<Wanted>) -> Result<Page> {
    listed(&can, wanted, None).await
}

async fn listed(can: &Can<Read>, wanted: Wanted, back: Option<&Back>) -> Result<Page> {
    let search = wanted.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let lists = super::list(can, &Filter::of(ROWS, search.clone(), wanted.starting_after)).await?;
    let ids: Vec<Uuid> = lists.iter().map(|list| list.id).collect();
    let near: HashMap<Uuid, Near> = store::near(can, &ids).await?.into_iter().collect();
    let counts: HashMap<Uuid, i64> = store::lead_counts(can, &ids).await?.into_iter().collect();
    let people = People::seen_by(can).await?;
    let search = search.unwrap_or_default();
    let last = lists.last().filter(|_| lists.len() as i64 == ROWS).map(LeadList::position);
    let older = last.and_then(|last| {
        let query = [("search", search.as_str()), ("starting_after", last.as_str())];
        Some(LIST.open_to(can, ())?.called("Older").with(&query))
    });
    let row = |list: LeadList| {
        let near = near.get(&list.id).copied().unwrap_or(Near::HERE);
        let leads = counts.get(&list.id).copied().unwrap_or(0);
        row(can, near, list, leads, &people)
    };
    let create = creating(can, back)?;
    let page = List {
        rows: lists.into_iter().map(row).collect(),
        beside: beside(can),
        older,
        clear: LIST
            .open_to(can, ())
            .filter(|_| !search.is_empty())
            .map(|offer| offer.called("Clear the filters")),
        empty: empty(&search, create.is_some()),
        create,
        search,
    };
    Ok(Page::new("Lists of leads", &page)?.coming(back))
}

fn empty(search: &str, creates: bool) -> Empty {
    match (search.is_empty(), creates) {
        (false, _) => Empty::NoMatch { what: "lists", filters: format!("name {search}") },
        (true, true) => Empty::FirstUse {
            what: "lists",
            use_for: "A list holds leads that are in no campaign yet. Import a file into it, and move its leads later.",
        },
        (true, false) => Empty::NoneVisible { what: "lists" },
    }
}

/// The pages beside this one.
fn beside(can: &Caller) -> Vec<Offer> {
    use crate::access::lead_imports;
    const IMPORTS: Way<lead_imports::Read> = Way::page("/w/{workspace}/lead-imports", "Imports");
    [LEADS.open_to(can, ()), IMPORTS.open_to(can, ())].into_iter().flatten().collect()
}

fn row(can: &Caller, near: Near, list: LeadList, leads: i64, people: &People) -> Row {
    let href = LEADS.open_to(can, ()).map(|offer| offer.with(&[("list_id", &list.id.to_string())]));
    let about = |offer: Option<Offer>| offer.map(|offer| offer.about(&list.name));
    Row {
        owner: people.user(list.owned_by),
        leads,
        href: href.map(|offer| offer.href().to_owned()).unwrap_or_default(),
        change: about(SHOW.offered_on(can, near, list.id)),
        delete: about(ABOUT_TO_DELETE.offered_on(can, near, list.id)),
        list,
    }
}

fn creating(can: &Caller, back: Option<&Back>) -> Result<Option<Form>> {
    let Some(offer) = CREATE.open_to(can, ()) else { return Ok(None) };
    let form = Form::of::<New>(can, offer)?.called("Create a list").once(can)?.back(back);
    Ok(Some(form.ask(Input::new("name", "Name of the list"))))
}

async fn create(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let (again, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id| found.find::<LeadList>(found.reader(), id).await;
    match posted.creating(can, async |can, new| super::create(can, new).await, find).await? {
        Ok(list) => Ok(Reply::to(&LIST, ()).saying(format!("{} is created.", list.name))),
        Err(back) => listed(&again, Wanted::default(), Some(&back)).await.map(Reply::from),
    }
}

/// A list that the action reaches, and how near it is.
async fn reached<P: Permission>(can: &Can<P>, id: Uuid) -> Result<(LeadList, Near)> {
    let list = can.find::<LeadList>(can.reader(), id).await?;
    let near = store::near(can, &[id]).await?.pop();
    near.map(|(_, near)| (list, near)).ok_or_else(Error::hidden)
}

#[derive(Template)]
#[template(path = "lead_lists/show.html")]
struct Show {
    name: String,
    form: Option<Form>,
    back: Option<Offer>,
}

async fn show(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (list, near) = reached(&can, id).await?;
    shown(&can, near, &list, None).await
}

async fn shown<P: Permission>(
    can: &Can<P>,
    near: Near,
    list: &LeadList,
    back: Option<&Back>,
) -> Result<Page> {
    let people = People::seen_by(can).await?;
    let form = match CHANGE.offered_on(can, near, list.id) {
        None => None,
        Some(offer) => {
            let form = Form::of::<Patch>(can, offer)?.called("Change the list").over(list)?.back(back);
            let form = form.ask(Input::new("name", "Name"));
            let owner = Input::new("owned_by", "Owner").choices(people.users());
            Some(if super::chooses_owner(can) && people.is_listed() { form.ask(owner) } else { form })
        }
    };
    let to_list = LIST.open_to(can, ()).map(|offer| offer.called("Back to the lists"));
    let show = Show { name: list.name.clone(), form, back: to_list };
    Ok(Page::new(list.name.clone(), &show)?.coming(back))
}

async fn change(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let (list, near) = reached(&can, id).await?;
    let again = can.further::<Read>()?;
    match posted.changing(&list, async |patch| super::update(can, id, patch).await).await? {
        Ok(Some(list)) => Ok(Reply::to(&LIST, ()).saying(format!("{} is saved.", list.name))),
        Ok(None) => Ok(Reply::to(&LIST, ()).saying("Nothing was changed.")),
        Err(back) => shown(&again, near, &list, Some(&back)).await.map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "lead_lists/delete.html")]
struct Deletion {
    name: String,
    leads: i64,
    delete: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_delete(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (list, near) = reached(&can, id).await?;
    let leads = store::lead_counts(&can, &[id]).await?.first().map_or(0, |(_, count)| *count);
    let deletion = Deletion {
        leads,
        delete: DELETE.offered_on(&can, near, id),
        back: LIST.open_to(&can, ()).map(|offer| offer.called("Keep the list")),
        name: list.name,
    };
    Page::new(format!("Delete {}", deletion.name), &deletion)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let list = super::delete(can, id).await?;
    Ok(Reply::to(&LIST, ()).saying(format!("{} is deleted with its leads.", list.name)))
}
