//! What a lead would get: the steps of a form, filled in with the values of a lead by the templates that sending uses.

use crate::access::{Can, Permission, Seen, leads as may};
use crate::error::Result;
use crate::resources::campaigns::{Campaign, Step, Variant, letter};
use crate::resources::leads::{self, Lead, ListLeads};
use crate::sending::compose::{Composed, Copy, compose, reply};
use crate::sending::template::{Form, Template, Values};
use crate::web::Choice;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Leads that one can choose.
const OFFERED: i64 = 50;

pub struct Previewed {
    /// The name or the address of the lead.
    pub lead: String,
    pub mails: Vec<Mail>,
    pub nothing: bool,
}

/// A variant of a step, filled in.
pub struct Mail {
    /// The numbers of its step and variant, from 0, such as `1.0`.
    pub place: String,
    pub title: String,
    pub subject: String,
    /// None: it leaves as plain text.
    pub html: Option<String>,
    pub text: String,
    /// Why it cannot be sent.
    pub wrong: Option<String>,
}

/// The oldest leads of the campaign that the caller sees, as options.
pub async fn leads<P: Permission>(can: &Can<P>, campaign: Uuid) -> Result<Vec<Choice>> {
    let Ok(can) = can.further::<may::Read>() else { return Ok(vec![]) };
    let found = leads::found(&can, &ListLeads::of_campaign(campaign, OFFERED)).await?;
    Ok(found.iter().map(|lead| Choice::new(lead.id, leads::called(lead))).collect())
}

/// Variables that the sending account fills.
const OF_THE_ACCOUNT: [&str; 2] = ["sendingAccountFirstName", "sendingAccountName"];

/// The names that the mails of a campaign have values for.
pub fn variables(campaign: &Campaign) -> Vec<String> {
    let core =
        ["firstName", "lastName", "companyName", "jobTitle", "website", "phone", "personalization", "email"];
    let custom = campaign.custom_variables.iter().flat_map(|all| all.keys().cloned());
    core.into_iter().chain(OF_THE_ACCOUNT).map(str::to_owned).chain(custom).collect()
}

/// The values of a lead by their names, and the name of the lead.
struct Filling {
    id: Uuid,
    name: String,
    values: HashMap<String, String>,
}

impl Filling {
    fn of(lead: &Lead) -> Filling {
        Filling { id: lead.id, name: leads::called(lead), values: lead.values() }
    }

    fn example(campaign: &Campaign) -> Filling {
        let core = [
            ("firstName", "Kim"),
            ("lastName", "Berg"),
            ("companyName", "Example Inc."),
            ("jobTitle", "Head of Sales"),
            ("website", "https://example.com"),
            ("phone", "+1 555 0100"),
            ("personalization", "I read your last article."),
            ("email", "kim@example.com"),
        ];
        let mut values: HashMap<String, String> =
            core.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for name in campaign.custom_variables.iter().flat_map(|all| all.keys()) {
            values.entry(name.clone()).or_insert_with(|| format!("[{name}]"));
        }
        Filling { id: Uuid::nil(), name: "An example lead".to_owned(), values }
    }
}

pub async fn of<P: Permission>(
    can: &Can<P>,
    campaign: &Seen<Campaign>,
    typed: &Value,
    lead: Option<&str>,
) -> Result<Previewed> {
    let id = lead.and_then(|id| id.trim().parse::<Uuid>().ok());
    let mut filling = match (id, can.further::<may::Read>()) {
        (Some(id), Ok(can)) => Filling::of(&leads::show(can, id).await?),
        (None, _) | (_, Err(_)) => Filling::example(campaign),
    };
    // Which account sends is known only when the mail leaves.
    for name in OF_THE_ACCOUNT {
        filling.values.insert(name.to_owned(), format!("[{name}]"));
    }
    let steps = typed.pointer("/sequences/0/steps").cloned().unwrap_or_default();
    let steps: Vec<Step> = serde_json::from_value(steps).unwrap_or_default();
    let text_only = |at: usize| {
        let settings = &campaign.settings;
        settings.text_only == Some(true) || at == 0 && settings.first_email_text_only == Some(true)
    };
    let mut mails: Vec<Mail> = Vec::new();
    // A step without a subject answers the mail before it.
    let mut thread = String::new();
    for (at, step) in steps.iter().enumerate() {
        let several = step.variants.len() > 1;
        let mut first = None;
        for (number, variant) in step.variants.iter().enumerate() {
            let title = match several {
                true => format!("Step {}, variant {}", at + 1, letter(number)),
                false => format!("Step {}", at + 1),
            };
            let name = (format!("{at}.{number}"), title);
            let mut mail = filled(name, variant, &filling, (campaign.id, at, text_only(at)));
            if mail.subject.is_empty() && mail.wrong.is_none() {
                mail.subject = if thread.is_empty() { String::new() } else { reply(&thread) };
            }
            first.get_or_insert_with(|| mail.subject.clone());
            mails.push(mail);
        }
        if thread.is_empty() || step.variants.iter().any(|variant| !variant.subject.trim().is_empty()) {
            thread = first.unwrap_or_default();
        }
    }
    Ok(Previewed { lead: filling.name, nothing: mails.is_empty(), mails })
}

fn filled(
    (numbers, title): (String, String),
    variant: &Variant,
    filling: &Filling,
    place: (Uuid, usize, bool),
) -> Mail {
    let (campaign, at, text_only) = place;
    let refused = |wrong: String| Mail {
        place: numbers.clone(),
        title: title.clone(),
        subject: String::new(),
        html: None,
        text: String::new(),
        wrong: Some(wrong),
    };
    let parsed =
        (Template::parse(Form::Header, &variant.subject), Template::parse(Form::Html, &variant.body));
    let (subject, body) = match parsed {
        (Ok(subject), Ok(body)) => (subject, body),
        (Err(wrong), _) => return refused(format!("The subject cannot be sent: {wrong}.")),
        (_, Err(wrong)) => return refused(format!("The text cannot be sent: {wrong}.")),
    };
    let step = u64::try_from(at).unwrap_or_default().to_be_bytes();
    let seed = [filling.id.as_bytes().as_slice(), campaign.as_bytes(), &step].concat();
    let of = |name: &str| filling.values.get(name).map(String::as_str);
    let copy = Copy { subject: &subject, body: &body, signature: None, text_only };
    match compose(copy, &Values { of: &of, seed: &seed }, None) {
        Composed::Whole(texts) => Mail {
            place: numbers.clone(),
            title: title.clone(),
            subject: texts.subject,
            html: texts.html,
            text: texts.text,
            wrong: None,
        },
        Composed::TooLong => refused("The mail is too long.".to_owned()),
        Composed::Missing(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("{{{{{name}}}}}")).collect();
            refused(format!(
                "This lead has no value for {}. It gets no mail until it has one.",
                names.join(", ")
            ))
        }
    }
}
