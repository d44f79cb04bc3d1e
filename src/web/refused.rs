//! Errors as pages: a title, the sentence of the error, and for a refusal the step of the decision that refused.

use super::page::Page;
use super::states::{Post, fence};
use super::text::escaped;
use crate::access::STEPS;
use crate::error::{Error, Result, Step};
use crate::http::Origin;
use askama::Template;
use axum::http::Uri;

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    title: &'static str,
    /// HTML.
    sentence: String,
    fence: Vec<Post>,
    /// The id under which the operator finds the cause in the log.
    id: Option<&'a str>,
    /// The same address, if trying again can help.
    retry: Option<String>,
}

/// A page of an error. It says nothing about the address or the request of something that is not found, so the page for a
/// foreign record is the page for a missing one.
pub fn page(error: &Error, origin: Option<&Origin>, uri: &Uri) -> Result<Page> {
    let troubled = is_trouble(error);
    let again = matches!(error, Error::Busy | Error::Crowded | Error::TookTooLong | Error::Unavailable(_));
    let body = Refused {
        title: title(error),
        sentence: prose(&sentence(error)),
        fence: posts(error),
        id: origin.map(|origin| origin.request_id.as_str()).filter(|_| troubled),
        retry: again.then(|| uri.path_and_query().map(ToString::to_string)).flatten(),
    };
    Page::new(title(error), &body)
}

fn is_trouble(error: &Error) -> bool {
    matches!(error, Error::Internal(_) | Error::Unavailable(_) | Error::TookTooLong)
}

fn title(error: &Error) -> &'static str {
    match error {
        Error::Refused { hidden: true, .. } | Error::NotFound | Error::NoRoute(_) => "Not found",
        Error::Refused { step: Step::Credential, .. } => "Sign in again",
        Error::Refused { step: Step::Rate, .. } | Error::DailyLimit(_) => "Too many requests",
        Error::Refused { .. } => "You cannot do this",
        Error::NotInPlan(_) | Error::NoCredit(_) | Error::NoStorage(_) => "The plan does not allow this",
        Error::NotConfigured(_) => "The server is not set up for this",
        Error::Invalid(_) | Error::WrongMethod(_) => "This was not accepted",
        Error::Conflict(_) | Error::Taken => "This was not saved",
        Error::Gone(_) => "This no longer exists",
        Error::TooLarge | Error::TooMuch(_) => "This is too large",
        Error::TooSlow | Error::Unread | Error::Busy | Error::Crowded | Error::TookTooLong => {
            "The server is busy"
        }
        Error::Unavailable(_) => "The database is not available",
        Error::Internal(_) => "Something went wrong",
    }
}

/// What the error says, as a sentence of a page.
pub fn sentence(error: &Error) -> String {
    if matches!(error, Error::Refused { hidden: true, .. } | Error::NotFound | Error::NoRoute(_)) {
        return "This page does not exist, or you cannot see it.".to_owned();
    }
    if matches!(error, Error::Internal(_)) {
        return "The server could not do this. Its operator finds the cause in the log.".to_owned();
    }
    if matches!(error, Error::Taken) {
        return "A record with this name or address exists already.".to_owned();
    }
    as_sentence(&error.to_string())
}

/// With a capital letter and a full stop, and without the name of the step, which the fence shows.
fn as_sentence(message: &str) -> String {
    let named = STEPS.iter().find_map(|step| message.strip_prefix(step.name())?.strip_prefix(": "));
    let text = named.unwrap_or(message).trim();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// The reason of a step, as HTML.
pub fn reason(message: &str) -> String {
    prose(&as_sentence(message))
}

/// Text with names in backticks, as HTML.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    parts.collect()
}

/// The fence of a refusal that the caller may understand.
fn posts(error: &Error) -> Vec<Post> {
    if let Error::Refused { step, hidden: false, .. } = error { fence(Some(*step)) } else { vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_a_sentence() {
        let error = Error::refused(Step::Role, "role: `a:b` is for owner; yours is <view>");
        assert_eq!(sentence(&error), "`a:b` is for owner; yours is <view>.");
        assert_eq!(prose(&sentence(&error)), "<code>a:b</code> is for owner; yours is &#60;view&#62;.");
        assert_eq!(sentence(&Error::invalid("body must be object")), "Body must be object.");
    }

    #[test]
    fn only_a_refusal_has_a_fence() {
        assert_eq!(posts(&Error::refused(Step::Role, "role: no")).len(), STEPS.len());
        assert!(posts(&Error::hidden()).is_empty() && posts(&Error::NotFound).is_empty());
    }
}
