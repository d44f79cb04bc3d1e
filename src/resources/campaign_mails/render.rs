//! Writes the mail of a step to a lead.

use super::Place;
use super::facts::Whole;
use super::store::Outgoing;
use crate::app::App;
use crate::auth;
use crate::error::Result;
use crate::resources::campaigns::Step;
use crate::sending::compose::{Composed, Copy, Texts, compose, reply};
use crate::sending::letter::{Built, Letter, Unsubscribe};
use crate::sending::message_id::{self, message_id};
use crate::sending::template::{Form, Template, Values};
use crate::sending::token::{Kind, token};
use crate::sending::variant;
use crate::time::Time;
use std::collections::HashMap;
use uuid::Uuid;

/// A mail that was written.
#[derive(Clone, Debug)]
pub struct Mail {
    pub send: Outgoing,
    pub from: String,
    pub built: Built,
    /// The thread after this mail: its first subject, and the ids of its messages.
    pub subject: String,
    pub message_ids: Vec<String>,
    /// The state of the lead from which it was written.
    pub lead_updated: Time,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
}

pub enum Written {
    Mail(Box<Mail>),
    /// The copy cannot be written for this lead: a variable has no value, or the text is too long.
    Held,
}

/// The uses of the keys by which this server knows its own ids and tokens.
const IDS: &str = "message-id";
pub const TOKENS: &str = "mail-token";

pub fn write(app: &App, whole: &Whole, place: Place) -> Result<Written> {
    let Whole { sender, lane, target, .. } = whole;
    let number = usize::try_from(place.step).unwrap_or(usize::MAX);
    let Some(step) = lane.steps.get(number) else { return Ok(Written::Held) };
    let Some(chosen) = variant::choose(&step.enabled(), place.lead, place.campaign, number) else {
        return Ok(Written::Held);
    };
    let text_only = lane.campaign.settings.text_only == Some(true)
        || number == 0 && lane.campaign.settings.first_email_text_only == Some(true);
    let signature = sender.account.settings.signature.as_deref();
    let Some(texts) = texts(step, chosen, whole, (signature, text_only, place))? else {
        return Ok(Written::Held);
    };
    let ids = message_id::Place {
        workspace: sender.account.organization,
        lead: place.lead,
        sequence: place.campaign,
        step: u64::try_from(place.step).unwrap_or_default(),
    };
    let id = app.new_id();
    let message_id = message_id(&app.vault.signing(IDS)?, ids, &sender.account.email);
    let (subject, mut thread) = thread(whole, &texts);
    let shown = if thread.is_empty() { subject.clone() } else { reply(&subject) };
    let built = letter(app, whole, &texts, (&shown, &message_id, &thread, id))?;
    let digest = auth::hash(&String::from_utf8_lossy(&built.bytes));
    thread.push(message_id.clone());
    let send = Outgoing {
        id,
        place,
        account: sender.account.id,
        variant: i64::try_from(chosen).unwrap_or_default(),
        message_id,
        recipient: target.recipient.clone(),
        company: target.company.clone(),
        digest,
        revision: lane.run.revision,
        owner: lane.campaign.owned_by,
    };
    Ok(Written::Mail(Box::new(Mail {
        send,
        from: sender.account.email.clone(),
        built,
        subject,
        message_ids: thread,
        lead_updated: target.lead.timestamp_updated,
        cc: target.cc.clone(),
        bcc: target.bcc.clone(),
    })))
}

/// None if the copy cannot be filled with the values of the lead.
fn texts(
    step: &Step,
    chosen: usize,
    whole: &Whole,
    (signature, text_only, place): (Option<&str>, bool, Place),
) -> Result<Option<Texts>> {
    let Some(variant) = step.variants.get(chosen) else { return Ok(None) };
    let parsed =
        (Template::parse(Form::Header, &variant.subject), Template::parse(Form::Html, &variant.body));
    let (Ok(subject), Ok(body)) = parsed else { return Ok(None) };
    let values = values(whole);
    let seed = [place.lead.as_bytes().as_slice(), place.campaign.as_bytes(), &place.step.to_be_bytes()];
    let of = |name: &str| values.get(name).map(String::as_str);
    let values = Values { of: &of, seed: &seed.concat() };
    let copy = Copy { subject: &subject, body: &body, signature, text_only };
    // Opens and clicks are not tracked yet.
    Ok(match compose(copy, &values, None) {
        Composed::Whole(texts) => Some(*texts),
        Composed::Missing(_) | Composed::TooLong => None,
    })
}

/// The variables of the lead, and those of the account that writes.
fn values(whole: &Whole) -> HashMap<String, String> {
    let mut values = whole.target.lead.values();
    let account = &whole.sender.account;
    values.insert("sendingAccountFirstName".to_owned(), account.first_name.clone());
    values.insert("sendingAccountName".to_owned(), name(whole));
    values
}

fn name(whole: &Whole) -> String {
    let account = &whole.sender.account;
    format!("{} {}", account.first_name, account.last_name).trim().to_owned()
}

/// The subject of the thread, and the ids of its messages so far. A mail without a subject answers the mail before it.
fn thread(whole: &Whole, texts: &Texts) -> (String, Vec<String>) {
    match &whole.target.journey {
        Some(journey) if texts.subject.is_empty() && !journey.message_ids.is_empty() => {
            (journey.subject.clone().unwrap_or_default(), journey.message_ids.clone())
        }
        Some(_) | None => (texts.subject.clone(), vec![]),
    }
}

fn letter(
    app: &App,
    whole: &Whole,
    texts: &Texts,
    (subject, message_id, thread, id): (&str, &str, &[String], Uuid),
) -> Result<Built> {
    let Whole { sender, lane, target, .. } = whole;
    let wanted = lane.campaign.settings.insert_unsubscribe_header != Some(false);
    let send = id.to_string();
    let token = token(&app.vault.signing(TOKENS)?, id, Kind::Unsubscribe);
    let url = app.public_url.starts_with("https://").then(|| format!("{}/u/{token}", app.public_url));
    let unsubscribe = wanted.then_some(Unsubscribe { url: url.as_deref(), token: &token });
    let letter = Letter {
        from: (&name(whole), &sender.account.email),
        reply_to: sender.account.reply_to.as_deref(),
        to: &target.email,
        cc: &target.cc,
        bcc: &target.bcc,
        subject,
        html: texts.html.as_deref(),
        text: &texts.text,
        message_id,
        thread,
        date: app.now(),
        unsubscribe,
        send: &send,
    };
    letter.build()
}
