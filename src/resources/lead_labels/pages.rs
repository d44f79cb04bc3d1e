//! The pages of lead labels: the list, changing one, and deleting it.

use super::number::NAMED;
use super::{LeadLabel, New, Patch, Reassign, create, delete, every, update};
use crate::access::{Can, lead_labels::*};
use crate::error::Result;
use crate::http::{Id, Path};
use crate::web::{Back, Choice, Empty, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use uuid::Uuid;

const LIST: Way<Read> = Way::page("/w/{workspace}/lead-labels", "Lead labels");
const CREATE: Way<Create> = Way::post("/w/{workspace}/lead-labels", "Create the label").main();
const CHANGING: Way<Update> = Way::page("/w/{workspace}/lead-labels/{id}", "Change");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/lead-labels/{id}", "Save").main();
const ABOUT_TO_DELETE: Way<Delete> = Way::page("/w/{workspace}/lead-labels/{id}/delete", "Delete");
const DELETE: Way<Delete> = Way::post("/w/{workspace}/lead-labels/{id}/delete", "Delete the label").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Labels)
        .at(&LIST, labels)
        .at(&CREATE, make)
        .at(&CHANGING, changing)
        .at(&CHANGE, change)
        .at(&ABOUT_TO_DELETE, about_to_delete)
        .at(&DELETE, gone)
}

#[derive(Template)]
#[template(path = "lead_labels/list.html")]
struct List {
    rows: Vec<Row>,
    create: Option<Form>,
    empty: Empty,
}

struct Row {
    label: LeadLabel,
    change: Option<Offer>,
    delete: Option<Offer>,
}

impl Row {
    fn tone(&self) -> &'static str {
        match self.label.interest_status_label.name() {
            "positive" => "yes",
            "negative" => "no",
            _ => "",
        }
    }
}

async fn labels(can: Can<Read>) -> Result<Page> {
    listed(&can, None).await
}

async fn listed(can: &Can<Read>, back: Option<&Back>) -> Result<Page> {
    let row = |label: LeadLabel| Row {
        change: CHANGING.offered(can, label.id).map(|offer| offer.about(&label.label)),
        delete: ABOUT_TO_DELETE.offered(can, label.id).map(|offer| offer.about(&label.label)),
        label,
    };
    let create = |offer: Offer| -> Result<Form> {
        Ok(fields(Form::of::<New>(can, offer)?.called("New label").once(can)?.back(back), "New label"))
    };
    let list = List {
        rows: every(can).await?.into_iter().map(row).collect(),
        create: CREATE.offered(can, ()).map(create).transpose()?,
        empty: Empty::FirstUse {
            what: "labels of your own",
            use_for: "A label says how interested a lead is. Labels such as Interested and Not interested are there already. \
                      Add the ones that your team needs besides.",
        },
    };
    Ok(Page::new("Lead labels", &list)?.coming(back))
}

fn fields(form: Form, label: &'static str) -> Form {
    let interests = ["positive", "neutral", "negative"].map(|name| Choice::new(name, name));
    form.ask(Input::new("label", label))
        .ask(Input::new("interest_status_label", "The lead's interest").choices(interests.to_vec()))
        .ask(Input::new("description", "Description"))
}

async fn make(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id: Uuid| found.find::<LeadLabel>(found.reader(), id).await;
    match posted.creating(can, async |can, new| create(can, new).await, find).await? {
        Ok(label) => Ok(Reply::to(&LIST, ()).saying(format!("The label {} is created.", label.label))),
        Err(back) => listed(&look, Some(&back)).await.map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "lead_labels/change.html")]
struct Change {
    label: LeadLabel,
    form: Option<Form>,
    back: Option<Offer>,
}

async fn changing(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let label = look.find(look.reader(), id).await?;
    shown(&look, label, None)
}

fn shown(can: &Can<Read>, label: LeadLabel, back: Option<&Back>) -> Result<Page> {
    let form = |offer: Offer| -> Result<Form> {
        Ok(fields(Form::of::<Patch>(can, offer)?.called("Change the label").over(&label)?.back(back), "Name"))
    };
    let form = CHANGE.offered(can, label.id).map(form).transpose()?;
    let list = LIST.offered(can, ()).map(|offer| offer.called("All labels"));
    Ok(Page::new(format!("Label {}", label.label), &Change { label, form, back: list })?.coming(back))
}

async fn change(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let label: LeadLabel = look.find(look.reader(), id).await?;
    match posted.changing(&label, async |patch| update(can, id, patch).await).await? {
        Ok(Some(label)) => Ok(Reply::to(&LIST, ()).saying(format!("The label {} is changed.", label.label))),
        Ok(None) => Ok(Reply::to(&LIST, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, label, Some(&back)).map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "lead_labels/delete.html")]
struct Deletion {
    label: LeadLabel,
    form: Option<Form>,
    back: Option<Offer>,
}

async fn about_to_delete(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    asked(&can.further()?, id, None).await
}

async fn asked(can: &Can<Read>, id: Uuid, back: Option<&Back>) -> Result<Page> {
    let label: LeadLabel = can.find(can.reader(), id).await?;
    let others = every(can).await?;
    let form = |offer: Offer| -> Result<Form> {
        let others = others.iter().filter(|other| other.id != id);
        let others = others.map(|other| Choice::new(other.interest_status.to_string(), other.label.clone()));
        let named = NAMED.iter().map(|(number, name)| Choice::new(number.to_string(), *name));
        let choices = [Choice::new("", "no label")].into_iter().chain(named).chain(others).collect();
        let ask = Input::new("reassigned_status", "Its leads get").choices(choices);
        Ok(Form::of::<Reassign>(can, offer)?.called("Delete the label").back(back).ask(ask))
    };
    let deletion = Deletion {
        form: DELETE.offered(can, id).map(form).transpose()?,
        back: LIST.offered(can, ()).map(|offer| offer.called("Keep the label")),
        label,
    };
    Ok(Page::new(format!("Delete the label {}", deletion.label.label), &deletion)?.coming(back))
}

async fn gone(can: Can<Delete>, Path(Id { id }): Path<Id>, posted: Posted<Reassign>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    look.find::<LeadLabel>(look.reader(), id).await?;
    match posted.through(async |to: Reassign| delete(can, id, to.reassigned_status).await).await? {
        Ok(label) => Ok(Reply::to(&LIST, ()).saying(format!("The label {} is deleted.", label.label))),
        Err(back) => asked(&look, id, Some(&back)).await.map(Reply::from),
    }
}
