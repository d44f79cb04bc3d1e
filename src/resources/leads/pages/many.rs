//! What one does with many leads: assign, move, delete and export them. Each page begins with the leads of the list that
//! led to it, and nothing happens to a lead that is not chosen.

use super::super::bulk_assign::AssignLeads;
use super::super::delete_many::DeleteLeads;
use super::super::export::ExportLeads;
use super::super::list::found;
use super::super::move_many::MoveLeads;
use super::filter::Filter;
use super::new::with_none;
use super::{ASSIGN, DELETE_MANY, LIST, MOVE, Names, ROWS, called};
use crate::access::{Can, Permission, leads::*};
use crate::error::Result;
use crate::http::Query;
use crate::resources::members::People;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "leads/many.html")]
struct Many {
    title: &'static str,
    effects: &'static [&'static str],
    form: Option<Form>,
    back: Option<Offer>,
    /// The list has more leads than the form.
    more: bool,
}

/// The leads of the list as boxes, and whether it has more.
async fn boxes<P: Permission>(can: &Can<P>, filter: &Filter) -> Result<(Vec<Choice>, bool)> {
    let leads = found(&can.further::<Read>()?, &filter.wanted(ROWS)?).await?;
    let label = |lead: &super::Lead| match &lead.email {
        Some(email) if *email != called(lead) => format!("{}, {email}", called(lead)),
        Some(_) | None => called(lead),
    };
    let more = leads.len() as i64 == ROWS;
    Ok((leads.iter().map(|lead| Choice::new(lead.id, label(lead))).collect(), more))
}

fn these(leads: Vec<Choice>) -> Input {
    Input::new("ids", "Leads").choices(leads).help("Only the leads that you check.")
}

fn all_too() -> Input {
    Input::new("_all", "All leads that match the filters of the list, not only those that are checked")
        .check()
        .wide()
}

/// The filters go along with the form, so that it means the same leads.
fn filtered(form: Form, filter: &Filter) -> Form {
    filter.set().into_iter().fold(form, |form, (name, value)| form.hiding(name, value))
}

fn drawn<P: Permission>(can: &Can<P>, filter: &Filter, many: Many, back: Option<&Back>) -> Result<Page> {
    let to_list = LIST.open_to(can, ()).map(|offer| offer.called("Back to the leads").with(&filter.set()));
    let title = many.title;
    Ok(Page::new(title, &Many { back: to_list, ..many })?.coming(back))
}

const ASSIGNING: &[&str] = &[
    "The members get the leads in turn.",
    "It is a background job. Leads that you cannot change stay as they are.",
];

pub async fn about_to_assign(can: Can<Assign>, Query(filter): Query<Filter>) -> Result<Page> {
    assigning(&can, filter, None).await
}

async fn assigning<P: Permission>(can: &Can<P>, filter: Filter, back: Option<&Back>) -> Result<Page> {
    let (leads, more) = boxes(can, &filter).await?;
    let people = People::seen_by(can).await?;
    let form = match ASSIGN.open_to(can, ()) {
        None => None,
        Some(offer) => {
            let form = Form::of::<AssignLeads>(can, offer)?.called("Assign leads").back(back);
            let to = Input::new("organization_user_ids", "To").choices(people.users());
            Some(filtered(form, &filter).ask(to).ask(these(leads)).ask(all_too()))
        }
    };
    let many = Many { title: "Assign leads", effects: ASSIGNING, form, back: None, more };
    drawn(can, &filter, many, back)
}

pub async fn assign(can: Can<Assign>, posted: Posted<AssignLeads>) -> Result<Reply> {
    let again = can.further::<Read>()?;
    let all = posted.aside("_all") == Some("true");
    let filter = kept(&posted)?;
    let assign = async |wanted: AssignLeads| super::super::bulk_assign(can, wanted.chosen(all)).await;
    match posted.through(assign).await? {
        Ok(_) => Ok(Reply::to(&LIST, ())
            .saying_more("The leads are being assigned.", "Reload the list to see how far it is.")),
        Err(back) => assigning(&again, filter, Some(&back)).await.map(Reply::from),
    }
}

const MOVING: &[&str] = &[
    "A lead that moves begins the sequence of its new campaign, unless it bounced or unsubscribed.",
    "A lead stays where it is if its address is there already.",
    "It is a background job. Leads that you cannot change stay where they are.",
];

pub async fn about_to_move(can: Can<Move>, Query(filter): Query<Filter>) -> Result<Page> {
    moving(&can, filter, None).await
}

async fn moving<P: Permission>(can: &Can<P>, filter: Filter, back: Option<&Back>) -> Result<Page> {
    let (leads, more) = boxes(can, &filter).await?;
    let names = Names::of(can).await?;
    let form = match MOVE.open_to(can, ()) {
        None => None,
        Some(offer) => {
            let form = Form::of::<MoveLeads>(can, offer)?.called("Move leads").back(back);
            let form = filtered(form, &filter)
                .ask(Input::new("to_campaign_id", "To the campaign").choices(with_none(names.campaigns)))
                .ask(Input::new("to_list_id", "Or to the list").choices(with_none(names.lists)))
                .ask(Input::new("copy_leads", "Copy them, and leave them where they are"))
                .ask(Input::new("reset_interest_status", "Clear their interest"));
            Some(form.ask(these(leads)).ask(all_too()))
        }
    };
    let many = Many { title: "Move leads", effects: MOVING, form, back: None, more };
    drawn(can, &filter, many, back)
}

pub async fn moved(can: Can<Move>, posted: Posted<MoveLeads>) -> Result<Reply> {
    let again = can.further::<Read>()?;
    let all = posted.aside("_all") == Some("true");
    let filter = kept(&posted)?;
    let go = async |wanted: MoveLeads| super::super::move_many(can, wanted.chosen(all)).await;
    match posted.through(go).await? {
        Ok(_) => Ok(Reply::to(&LIST, ())
            .saying_more("The leads are being moved.", "Reload the list to see how far it is.")),
        Err(back) => moving(&again, filter, Some(&back)).await.map(Reply::from),
    }
}

const DELETING: &[&str] = &[
    "The leads are deleted from this campaign or list, and get no more mail from it.",
    "Leads with the same addresses in other campaigns and lists stay.",
    "Deleted leads cannot be restored.",
];

pub async fn about_to_delete(can: Can<Delete>, Query(filter): Query<Filter>) -> Result<Page> {
    deleting(&can, filter, None).await
}

async fn deleting<P: Permission>(can: &Can<P>, filter: Filter, back: Option<&Back>) -> Result<Page> {
    let (leads, more) = boxes(can, &filter).await?;
    let place = filter.place().first().map(|(name, id)| {
        let field = if *name == "campaign" { "campaign_id" } else { "list_id" };
        (field, (*id).to_owned())
    });
    let form = match (DELETE_MANY.open_to(can, ()), place) {
        (Some(offer), Some((field, id))) => {
            let form = Form::of::<DeleteLeads>(can, offer)?.called("Delete leads").back(back);
            Some(form.hiding(field, id).ask(these(leads)))
        }
        (None, _) | (_, None) => None,
    };
    let many = Many { title: "Delete leads", effects: DELETING, form, back: None, more };
    drawn(can, &filter, many, back)
}

pub async fn delete(can: Can<Delete>, posted: Posted<DeleteLeads>) -> Result<Reply> {
    let again = can.further::<Read>()?;
    let filter = kept(&posted)?;
    match posted
        .through(async |wanted: DeleteLeads| super::super::delete_many(can, wanted.of_these()).await)
        .await?
    {
        Ok(deleted) => {
            let count = deleted.count();
            let said = if count == 1 {
                "1 lead is deleted.".to_owned()
            } else {
                format!("{count} leads are deleted.")
            };
            Ok(Reply::to(&LIST, ()).saying(said))
        }
        Err(back) => deleting(&again, filter, Some(&back)).await.map(Reply::from),
    }
}

/// The filters that went along with a form.
fn kept<T: serde::de::DeserializeOwned + schemars::JsonSchema + 'static>(
    posted: &Posted<T>,
) -> Result<Filter> {
    let body = posted.body()?;
    Ok(Filter::of(|name| body.get(name).and_then(serde_json::Value::as_str).map(str::to_owned)))
}

/// The file itself is the answer, so the page stays.
pub async fn export(can: Can<Export>, posted: Posted<ExportLeads>) -> Result<Response> {
    match posted.through(async |wanted| super::super::export(can, wanted).await).await? {
        Ok(file) => Ok(file.into_response()),
        Err(_) => Ok(Reply::to(&LIST, ()).saying("Nothing was exported.").into_response()),
    }
}
