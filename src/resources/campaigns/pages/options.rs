//! The options of a campaign: its name, its sending accounts, its limits, and how it sends.

use super::super::seen::sees_senders;
use super::super::{Campaign, Patch};
use super::changes::found;
use super::{Head, OPTIONS, Place, SAVE_OPTIONS, all_tags};
use crate::access::{Can, Near, Permission, Seen, campaigns::Read, campaigns::Update};
use crate::error::{Error, Result};
use crate::http::{Id, Path};
use crate::resources::accounts::Senders;
use crate::web::{Back, Choice, Form, Input, Page, Posted, Reply};
use askama::Template;
use serde_json::Value;

/// The boxes: the field, what it is called, and what it does.
const BOXES: [(&str, &str, &str); 11] = [
    (
        "stop_on_reply",
        "Stop when a lead replies",
        "This server does not read replies yet. With this box, only first steps are sent.",
    ),
    (
        "stop_on_auto_reply",
        "Stop when a lead replies automatically",
        "Such as out of office. It has no effect yet.",
    ),
    (
        "stop_for_company",
        "Stop for the whole company",
        "When one lead of the company's domain replies. It has no effect yet.",
    ),
    ("open_tracking", "Track opens", "It has no effect yet."),
    ("link_tracking", "Track clicks", "It has no effect yet."),
    ("text_only", "Send as plain text", "Without HTML. Opens and clicks cannot be tracked."),
    ("first_email_text_only", "Send the first step as plain text", ""),
    ("prioritize_new_leads", "Prefer new leads to follow-ups", ""),
    ("match_lead_esp", "Match the mail provider of the lead", "It has no effect yet."),
    ("insert_unsubscribe_header", "Add the unsubscribe header", "Mail programs show a button for it."),
    ("allow_risky_contacts", "Write to risky addresses", ""),
];

#[derive(Template)]
#[template(path = "campaigns/options.html")]
struct Options {
    head: Head,
    form: Option<Form>,
}

pub async fn show(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (campaign, near) = found(&can, id).await?;
    shown(&can, near, &campaign, None).await
}

/// The boxes that are checked unless somebody has cleared them.
const CHECKED: [&str; 2] = ["stop_on_reply", "insert_unsubscribe_header"];

/// The campaign as this form shows it: a box that nobody has set shows what the server does.
fn drawn(campaign: &Seen<Campaign>) -> Result<Value> {
    let mut drawn = serde_json::to_value(campaign).map_err(Error::internal)?;
    if let Value::Object(fields) = &mut drawn {
        for (name, ..) in BOXES {
            let set = fields.entry(name).or_insert(Value::Null);
            if set.is_null() {
                *set = Value::Bool(CHECKED.contains(&name));
            }
        }
    }
    Ok(drawn)
}

async fn shown<P: Permission>(
    can: &Can<P>,
    near: Near,
    campaign: &Seen<Campaign>,
    back: Option<&Back>,
) -> Result<Page> {
    let form = match SAVE_OPTIONS.offered_on(can, near, campaign.id) {
        None => None,
        Some(offer) => {
            let form = Form::of::<Patch>(can, offer)?.called("Options").over(&drawn(campaign)?)?.back(back);
            let form = limits(form.ask(Input::new("name", "Name").line().wide()));
            Some(boxes(senders(form, can, campaign).await?))
        }
    };
    let options = Options { head: Head::of(can, near, campaign, Place::Options), form };
    Ok(Page::new(format!("Options: {}", campaign.name), &options)?.coming(back))
}

fn limits(form: Form) -> Form {
    form.ask(
        Input::new("daily_limit", "Mails a day")
            .heading("Limits")
            .help("Of this campaign, at most. Empty for as many as its accounts can send."),
    )
    .ask(Input::new("daily_max_leads", "New leads a day").help("Follow-ups do not count."))
    .ask(Input::new("email_gap", "Minutes between mails").help("From one account."))
    .ask(Input::new("random_wait_max", "Random extra minutes").help("At most."))
}

async fn senders<P: Permission>(form: Form, can: &Can<P>, campaign: &Campaign) -> Result<Form> {
    let mut form = form;
    if sees_senders(can) {
        let mut emails = campaign.settings.email_list.clone();
        for email in Senders::to_choose(can, campaign.owned_by).await? {
            if !emails.contains(&email) {
                emails.push(email);
            }
        }
        let help = match emails.is_empty() {
            true => {
                "There is none that you see and that the owner of the campaign can send from. An owner or admin assigns one."
            }
            false => "Those that you see and that the owner of the campaign can send from.",
        };
        let choices = emails.into_iter().map(|email| Choice::new(email.clone(), email)).collect();
        form = form.ask(
            Input::new("email_list", "Send from these accounts")
                .heading("Sending accounts")
                .choices(choices)
                .help(help),
        );
    }
    let tags: Vec<Choice> =
        all_tags(can).await?.into_iter().map(|tag| Choice::new(tag.id, tag.label)).collect();
    if tags.is_empty() {
        return Ok(form);
    }
    Ok(form.ask(Input::new("email_tag_list", "And from all accounts with one of these tags").choices(tags)))
}

fn boxes(form: Form) -> Form {
    BOXES.into_iter().enumerate().fold(form, |form, (at, (name, label, help))| {
        let input = Input::new(name, label).help(help);
        form.ask(if at == 0 { input.heading("How it sends") } else { input })
    })
}

pub async fn save(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let (campaign, near) = found(&can, id).await?;
    let again = can.further::<Read>()?;
    let update = async |patch| super::super::update(can, id, patch).await;
    match posted.changing(&drawn(&campaign)?, update).await? {
        Ok(Some(_)) => Ok(Reply::to(&OPTIONS, id).saying("The options are saved.")),
        Ok(None) => Ok(Reply::to(&OPTIONS, id).saying("Nothing was changed.")),
        Err(back) => shown(&again, near, &campaign, Some(&back)).await.map(Reply::from),
    }
}
