//! A lead: what is known about the person, what happened, and changing or deleting it.

use super::super::list::look;
use super::super::{Lead, Patch, store};
use super::{ABOUT_TO_DELETE, CHANGE, DELETE, LIST, Names, SHOW, called, words};
use crate::access::{Can, Near, Permission, campaigns, lead_labels as labels, leads::*};
use crate::error::{Error, Result};
use crate::http::{Id, Path};
use crate::resources::lead_labels;
use crate::resources::members::People;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply, Way};
use askama::Template;
use serde_json::{Map, Value};
use uuid::Uuid;

const CAMPAIGN: Way<campaigns::Read> = Way::page("/w/{workspace}/campaigns/{id}", "Open the campaign");

/// Custom variables that the form has.
const MOST: usize = 40;

#[derive(Template)]
#[template(path = "leads/show.html")]
struct Show {
    lead: Lead,
    name: String,
    state: words::State,
    interest: String,
    place: String,
    assigned: String,
    uploader: String,
    verification: &'static str,
    /// The variables that the form does not have.
    variables: Vec<(String, String)>,
    change: Option<Form>,
    campaign: Option<Offer>,
    list: Option<Offer>,
    delete: Option<Offer>,
    back: Option<Offer>,
}

impl Show {
    /// What is known about the person.
    fn person(&self) -> Vec<(&'static str, &str)> {
        let person = &self.lead.person;
        let all = [
            ("First name", &person.first_name),
            ("Last name", &person.last_name),
            ("Company", &person.company_name),
            ("Job title", &person.job_title),
            ("Phone", &person.phone),
            ("Website", &person.website),
            ("Personalization", &person.personalization),
        ];
        all.into_iter().filter_map(|(label, value)| Some((label, value.as_deref()?))).collect()
    }
}

pub async fn show(can: Can<Read>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let lead = look(&can, id).await?;
    shown(&can, lead, None).await
}

async fn nearness<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Near> {
    let found = store::near(can, &[id]).await?.pop();
    found.map(|(_, near)| near).ok_or_else(Error::hidden)
}

async fn shown(can: &Can<Read>, lead: Lead, back: Option<&Back>) -> Result<Page> {
    let near = nearness(can, lead.id).await?;
    let names = Names::of(can).await?;
    let change = match CHANGE.offered_on(can, near, lead.id) {
        None => None,
        Some(offer) => {
            let form =
                Form::of::<Patch>(can, offer)?.called("Change the lead").over(&drawn(&lead)?)?.back(back);
            Some(asking(form, can, &lead, &names.people).await?)
        }
    };
    let in_form = |name: &str| change.is_some() && is_drawn(&lead, name);
    let variables = lead.custom_variables.iter().filter(|(name, _)| !in_form(name));
    let variables = variables.map(|(name, value)| (name.clone(), text(value))).collect();
    let name = called(&lead);
    let in_list = lead.list_id.map(|list| list.to_string()).unwrap_or_default();
    let show = Show {
        state: words::state(lead.status),
        interest: words::interest(lead.lt_interest_status),
        place: names.place(&lead),
        assigned: names.people.user(lead.assigned_to),
        uploader: names.people.user(lead.uploaded_by_user),
        verification: words::verification(lead.engagement.verification_status),
        variables,
        change,
        campaign: lead.campaign.and_then(|id| CAMPAIGN.open_to(can, id)),
        list: LIST
            .open_to(can, ())
            .filter(|_| lead.list_id.is_some())
            .map(|offer| offer.called("Open the list").with(&[("list_id", &in_list)])),
        delete: ABOUT_TO_DELETE.offered_on(can, near, lead.id),
        back: LIST.open_to(can, ()).map(|offer| offer.called("All leads")),
        name: name.clone(),
        lead,
    };
    Ok(Page::new(name, &show)?.coming(back))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the form has this variable: a short text whose name a form can carry.
fn is_drawn(lead: &Lead, name: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "_- ".contains(letter);
    let carried = !name.is_empty() && name.len() <= 60 && name.chars().all(plain);
    let short =
        lead.custom_variables.get(name).and_then(Value::as_str).is_some_and(|text| text.len() <= 1000);
    let before = lead.custom_variables.keys().take_while(|one| *one != name).count();
    carried && short && before < MOST
}

/// The lead as the form shows it.
fn drawn(lead: &Lead) -> Result<Value> {
    let mut drawn = serde_json::to_value(lead).map_err(Error::internal)?;
    let variables = lead.custom_variables.iter().filter(|(name, _)| is_drawn(lead, name));
    let variables: Map<String, Value> =
        variables.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Value::Object(fields) = &mut drawn {
        fields.insert("custom_variables".to_owned(), Value::Object(variables));
    }
    Ok(drawn)
}

/// The fields of a person, in a form that adds or changes a lead.
pub fn person(form: Form) -> Form {
    form.ask(Input::new("first_name", "First name").line())
        .ask(Input::new("last_name", "Last name").line())
        .ask(Input::new("company_name", "Company").line())
        .ask(Input::new("job_title", "Job title").line())
        .ask(Input::new("phone", "Phone").line())
        .ask(Input::new("website", "Website").line())
        .ask(
            Input::new("personalization", "Personalization")
                .line()
                .wide()
                .help("A text for this lead only, such as a first line."),
        )
}

/// To whom a lead can be assigned. A caller who cannot list members can name themselves.
pub fn assignee(people: &People, present: Option<Uuid>) -> Input {
    let mut choices = people.users();
    if let Some(user) = present.filter(|user| choices.iter().all(|choice| choice.value != user.to_string())) {
        choices.push(Choice::new(user, people.user(Some(user))));
    }
    Input::new("assigned_to", "Assigned to").choices(choices)
}

async fn asking(form: Form, can: &Can<Read>, lead: &Lead, people: &People) -> Result<Form> {
    let mut labels = Vec::new();
    if let Ok(can) = can.further::<labels::Read>() {
        let found = lead_labels::every(&can).await?;
        labels.extend(found.into_iter().map(|label| (label.interest_status, label.label)));
    }
    let mut choices = words::interests(labels);
    if lead.lt_interest_status.is_none() {
        choices.insert(0, Choice::new("", "none"));
    }
    let form = person(form)
        .ask(assignee(people, lead.assigned_to))
        .ask(Input::new("lt_interest_status", "Interest").choices(choices))
        .ask(Input::new("pl_value_lead", "Value").help("What the lead is worth, such as 500."));
    let names = lead.custom_variables.keys().filter(|name| is_drawn(lead, name));
    Ok(names.enumerate().fold(form, |form, (at, name)| {
        let input = Input::new(format!("custom_variables/{name}"), name.clone());
        form.ask(if at == 0 { input.heading("Custom variables") } else { input })
    }))
}

pub async fn change(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let lead: Lead = look(&can, id).await?;
    let again = can.further::<Read>()?;
    let update = async |patch| super::super::update(can, id, patch).await;
    match posted.changing(&drawn(&lead)?, update).await? {
        Ok(Some(lead)) => Ok(Reply::to(&SHOW, id).saying(format!("{} is saved.", called(&lead)))),
        Ok(None) => Ok(Reply::to(&SHOW, id).saying("Nothing was changed.")),
        Err(back) => shown(&again, lead, Some(&back)).await.map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "leads/delete.html")]
struct Deletion {
    name: String,
    email: Option<String>,
    place: String,
    delete: Option<Offer>,
    back: Option<Offer>,
}

pub async fn about_to_delete(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let lead: Lead = look(&can, id).await?;
    let near = nearness(&can, id).await?;
    let name = called(&lead);
    let deletion = Deletion {
        place: Names::of(&can).await?.place(&lead),
        delete: DELETE.offered_on(&can, near, id),
        back: SHOW.open_to(&can, id).map(|offer| offer.called("Keep the lead")),
        email: lead.email,
        name: name.clone(),
    };
    Page::new(format!("Delete {name}"), &deletion)
}

pub async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let lead = super::super::remove(can, id).await?;
    Ok(Reply::to(&LIST, ()).saying(format!("{} is deleted.", called(&lead))))
}
