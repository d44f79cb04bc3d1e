//! From the copy of a step and the values of a lead to the texts of a mail.

use ring::hmac;
use uuid::Uuid;

use super::template::{Rendered, Template, Values};
use super::token::{Kind, token};
use super::{links, plain};

/// The copy of a step, and how it leaves.
#[derive(Clone, Copy, Debug)]
pub struct Copy<'a> {
    pub subject: &'a Template,
    pub body: &'a Template,
    /// The signature of the account, in HTML.
    pub signature: Option<&'a str>,
    /// Only text: no HTML, no image, no tracked link.
    pub text_only: bool,
}

/// What of a mail is tracked, and where its links lead.
#[derive(Clone, Copy, Debug)]
pub struct Tracking<'a> {
    pub key: &'a hmac::Key,
    pub send: Uuid,
    /// Such as `https://track.example/t/`. A token follows.
    pub base: &'a str,
    pub opens: bool,
    pub links: bool,
    /// A link that stays: the one to unsubscribe.
    pub except: Option<&'a str>,
}

/// The texts of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    pub subject: String,
    /// The body as it was written. Only this is stored, so that looking at it counts as nothing.
    pub stored: String,
    /// The HTML that leaves. `None` for plain text.
    pub html: Option<String>,
    pub text: String,
    /// The targets of the tracked links, by their numbers.
    pub targets: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composed {
    Whole(Box<Texts>),
    /// The lead waits until these variables have values.
    Missing(Vec<String>),
    TooLong,
}

pub fn compose(copy: Copy, values: &Values, tracking: Option<&Tracking>) -> Composed {
    let (subject, body) = match (copy.subject.render(values), copy.body.render(values)) {
        (Rendered::Whole(subject), Rendered::Whole(body)) => (subject, body),
        (Rendered::TooLong, _) | (_, Rendered::TooLong) => return Composed::TooLong,
        (subject, body) => return Composed::Missing(missing([subject, body])),
    };
    let signature = copy.signature.filter(|signature| !signature.trim().is_empty());
    let body = signature.map_or_else(|| body.clone(), |signature| format!("{body}<br/><br/>{signature}"));
    let stored = links::harmless(&body);
    let text = plain::text(&stored);
    let (html, targets) = if copy.text_only { (None, vec![]) } else { leaving(&stored, tracking) };
    Composed::Whole(Box::new(Texts { subject, stored, html, text, targets }))
}

fn missing(rendered: [Rendered; 2]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for found in rendered {
        match found {
            Rendered::Missing(more) => {
                let new: Vec<String> = more.into_iter().filter(|name| !names.contains(name)).collect();
                names.extend(new);
            }
            Rendered::Whole(_) | Rendered::TooLong => {}
        }
    }
    names
}

fn leaving(stored: &str, tracking: Option<&Tracking>) -> (Option<String>, Vec<String>) {
    let Some(tracking) = tracking else { return (Some(stored.to_owned()), vec![]) };
    let link = |kind| format!("{}{}", tracking.base, token(tracking.key, tracking.send, kind));
    let (mut html, mut targets) = (stored.to_owned(), vec![]);
    if tracking.links {
        let click = |number: usize| link(Kind::Click(u16::try_from(number).unwrap_or(u16::MAX)));
        (html, targets) = links::tracked(&html, tracking.except, click);
    }
    if tracking.opens {
        html = links::with_pixel(&html, &link(Kind::Open));
    }
    (Some(html), targets)
}

/// The subject of an answer in the thread of a first subject.
pub fn reply(first: &str) -> String {
    let begins = first.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if begins { first.to_owned() } else { format!("Re: {first}") }
}

#[cfg(test)]
#[path = "tests/composed.rs"]
mod tests;
