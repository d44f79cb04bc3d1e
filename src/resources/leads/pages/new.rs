//! Adding one lead.

use super::super::create::New;
use super::super::list::look;
use super::show::{assignee, person};
use super::{ADD, LIST, Names, SHOW, called};
use crate::access::{Can, Permission, leads::*};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// Where the lead goes, unless the form says otherwise.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Into {
    campaign: Option<Uuid>,
    list_id: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "leads/new.html")]
struct Beginning {
    form: Option<Form>,
    back: Option<Offer>,
}

pub async fn begin(can: Can<Create>, Query(into): Query<Into>) -> Result<Page> {
    shown(&can, into, None).await
}

async fn shown<P: Permission>(can: &Can<P>, into: Into, back: Option<&Back>) -> Result<Page> {
    let form = match ADD.open_to(can, ()) {
        None => None,
        Some(offer) => {
            let names = Names::of(can).await?;
            let form = Form::of::<New>(can, offer)?.called("Add a lead").once(can)?.back(back);
            Some(asking(form, &into, names))
        }
    };
    let to_list = LIST.open_to(can, ()).map(|offer| offer.called("Back to the leads"));
    Ok(Page::new("Add a lead", &Beginning { form, back: to_list })?.coming(back))
}

fn asking(form: Form, into: &Into, names: Names) -> Form {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let Names { campaigns, lists, people } = names;
    let mut form = form.ask(Input::new("email", "E-mail address").filled_as("off")).ask(
        Input::new("campaign", "Campaign")
            .choices(with_none(campaigns))
            .value(id(into.campaign))
            .help("A lead is in one campaign or in one list."),
    );
    if !lists.is_empty() {
        form = form.ask(Input::new("list_id", "List").choices(with_none(lists)).value(id(into.list_id)));
    }
    let choices = assignee(&people, None)
        .help("If you choose nobody, the lead is assigned to the owner of the campaign, or to you.");
    let skip = Input::new("skip_if_in_workspace", "Do not add it if the workspace has its address already");
    person(form).ask(choices).ask(skip)
}

/// Fields that cannot be null have no empty option of their own.
pub fn with_none(choices: Vec<Choice>) -> Vec<Choice> {
    let none = Choice::new("", "none");
    std::iter::once(none).chain(choices).collect()
}

pub async fn add(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let again = can.further::<Read>()?;
    let found = can.further::<Read>()?;
    let find = async move |id| look(&found, id).await;
    match posted.creating(can, async |can, new| super::super::create(can, new).await, find).await? {
        Ok(lead) => Ok(Reply::to(&SHOW, lead.id).saying(format!("{} is added.", called(&lead)))),
        Err(back) => shown(&again, Into::default(), Some(&back)).await.map(Reply::from),
    }
}
