//! The pages of tags: the list, changing one, and deleting it.

use super::{CustomTag, Filter, New, Patch, create, delete, list, store, update};
use crate::access::{Can, custom_tags::*};
use crate::error::Result;
use crate::http::{Id, Path, Query, optional_not_null};
use crate::web::{Back, Empty, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const LIST: Way<Read> = Way::page("/w/{workspace}/tags", "Tags");
const CREATE: Way<Create> = Way::post("/w/{workspace}/tags", "Create the tag").main();
const CHANGING: Way<Update> = Way::page("/w/{workspace}/tags/{id}", "Change");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/tags/{id}", "Save").main();
const ABOUT_TO_DELETE: Way<Delete> = Way::page("/w/{workspace}/tags/{id}/delete", "Delete");
const DELETE: Way<Delete> = Way::post("/w/{workspace}/tags/{id}/delete", "Delete the tag").grave();

/// Tags on a page.
const ROWS: i64 = 100;

pub fn pages() -> Pages {
    Pages::under(Rail::Tags)
        .at(&LIST, tags)
        .at(&CREATE, make)
        .at(&CHANGING, changing)
        .at(&CHANGE, change)
        .at(&ABOUT_TO_DELETE, about_to_delete)
        .at(&DELETE, gone)
}

#[derive(Template)]
#[template(path = "custom_tags/list.html")]
struct List {
    rows: Vec<Row>,
    create: Option<Form>,
    older: Option<Offer>,
    empty: Empty,
}

struct Row {
    tag: CustomTag,
    carried: i64,
    change: Option<Offer>,
    delete: Option<Offer>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    starting_after: Option<Uuid>,
}

async fn tags(can: Can<Read>, Query(from): Query<From>) -> Result<Page> {
    listed(&can, &from, None).await
}

async fn listed(can: &Can<Read>, from: &From, back: Option<&Back>) -> Result<Page> {
    let tags = list(can, &Filter::after(ROWS, from.starting_after)).await?;
    let ids: Vec<Uuid> = tags.iter().map(|tag| tag.id).collect();
    let carried = store::carried(can, &ids).await?;
    let last = tags.last().filter(|_| tags.len() as i64 == ROWS).map(|tag| tag.id.to_string());
    let older =
        last.and_then(|last| Some(LIST.offered(can, ())?.called("Older").with(&[("starting_after", &last)])));
    let row = |tag: CustomTag| Row {
        carried: carried.iter().find(|(id, _)| *id == tag.id).map_or(0, |(_, number)| *number),
        change: CHANGING.offered(can, tag.id).map(|offer| offer.about(&tag.label)),
        delete: ABOUT_TO_DELETE.offered(can, tag.id).map(|offer| offer.about(&tag.label)),
        tag,
    };
    let create = |offer: Offer| -> Result<Form> {
        let form = Form::of::<New>(can, offer)?.called("New tag").once(can)?.back(back);
        Ok(form.ask(Input::new("label", "New tag")).ask(description()))
    };
    let list = List {
        rows: tags.into_iter().map(row).collect(),
        create: CREATE.offered(can, ()).map(create).transpose()?,
        older,
        empty: Empty::FirstUse {
            what: "tags",
            use_for: "A tag groups campaigns and sending accounts, for example those of one client. A member, an invitation \
                      or an API key can be limited to the records with certain tags.",
        },
    };
    Ok(Page::new("Tags", &list)?.coming(back))
}

fn description() -> Input {
    Input::new("description", "Description")
}

async fn make(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id: Uuid| found.find::<CustomTag>(found.reader(), id).await;
    match posted.creating(can, async |can, new| create(can, new).await, find).await? {
        Ok(tag) => Ok(Reply::to(&LIST, ()).saying(format!("The tag {} is created.", tag.label))),
        Err(back) => listed(&look, &From::default(), Some(&back)).await.map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "custom_tags/change.html")]
struct Change {
    tag: CustomTag,
    form: Option<Form>,
    back: Option<Offer>,
}

async fn changing(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let tag = look.find(look.reader(), id).await?;
    shown(&look, tag, None)
}

fn shown(can: &Can<Read>, tag: CustomTag, back: Option<&Back>) -> Result<Page> {
    let form = |offer: Offer| -> Result<Form> {
        let form = Form::of::<Patch>(can, offer)?.called("Change the tag").over(&tag)?.back(back);
        Ok(form.ask(Input::new("label", "Name")).ask(description()))
    };
    let form = CHANGE.offered(can, tag.id).map(form).transpose()?;
    let list = LIST.offered(can, ()).map(|offer| offer.called("All tags"));
    Ok(Page::new(format!("Tag {}", tag.label), &Change { tag, form, back: list })?.coming(back))
}

async fn change(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let tag: CustomTag = look.find(look.reader(), id).await?;
    match posted.changing(&tag, async |patch| update(can, id, patch).await).await? {
        Ok(Some(tag)) => Ok(Reply::to(&LIST, ()).saying(format!("The tag {} is changed.", tag.label))),
        Ok(None) => Ok(Reply::to(&LIST, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, tag, Some(&back)).map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "custom_tags/delete.html")]
struct Deletion {
    tag: CustomTag,
    carried: i64,
    delete: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_delete(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let tag: CustomTag = can.find(can.reader(), id).await?;
    let carried = store::carried(&can, &[id]).await?.first().map_or(0, |(_, number)| *number);
    let back = LIST.offered(&can, ()).map(|offer| offer.called("Keep the tag"));
    let deletion = Deletion { carried, delete: DELETE.offered(&can, id), back, tag };
    Page::new(format!("Delete the tag {}", deletion.tag.label), &deletion)
}

async fn gone(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let tag = delete(can, id).await?;
    Ok(Reply::to(&LIST, ()).saying(format!("The tag {} is deleted.", tag.label)))
}
