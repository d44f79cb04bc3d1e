//! The pages for visitors, who are not signed in: for signing in, and behind mailed links.

use super::field::{Field, Shown, drawn, is_explained};
use super::frame::{Frame, Note};
use super::headers::NOT_STORED;
use super::theme::Theme;
use crate::error::{Error, Result};
use crate::http::Filled;
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

/// Puts the frame around a page. `before` stands before the title in the browser's tab.
pub fn outside(
    theme: Theme,
    (before, title): (&'static str, &str),
    body: &impl Template,
) -> Result<Response> {
    let body = body.render().map_err(Error::internal)?;
    let note: Option<&Note> = None;
    let frame = Frame { title, before, theme: theme.name(), inside: None, note, body: &body };
    Ok(Html(frame.render().map_err(Error::internal)?).into_response())
}

/// Browsers do not keep a page that has the token of a link, or another secret.
pub fn not_stored(mut page: Response) -> Response {
    page.headers_mut().insert(header::CACHE_CONTROL, NOT_STORED);
    page
}

/// The page instead of the JSON of an error. The status stays, and so does what the edge records. The error itself does
/// not ride on, because the layer around the pages would draw it.
pub fn in_place_of(error: Error, page: Response) -> Response {
    let told = error.into_response();
    let (mut parts, body) = page.into_parts();
    parts.status = told.status();
    parts.extensions.extend(told.extensions().clone());
    parts.extensions.remove::<Error>();
    if let Some(wait) = told.headers().get(header::RETRY_AFTER) {
        parts.headers.insert(header::RETRY_AFTER, wait.clone());
    }
    Response::from_parts(parts, body)
}

/// A redirect (303) that sets cookies.
pub fn onward(to: &str, cookies: Vec<HeaderValue>) -> Response {
    with_cookies(Redirect::to(to).into_response(), cookies)
}

pub fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An error for which a page has no sentence of its own: the server is busy or broken, and the layer around the pages
/// says so.
pub fn is_trouble(error: &Error) -> bool {
    matches!(
        error,
        Error::Internal(_)
            | Error::Unavailable(_)
            | Error::TookTooLong
            | Error::Unread
            | Error::TooLarge
            | Error::TooSlow
    )
}

pub const BUSY: &str = "The server is busy. Wait a minute and try again.";

/// A page behind a link. First it opens the link; then it shows what the link is for, and asks for the rest.
pub struct Link {
    pub title: &'static str,
    /// What the visitor reads before the link is open, and after.
    pub before: &'static str,
    pub intro: &'static str,
    /// The path to which both forms are posted.
    pub action: &'static str,
    pub fields: &'static [Field],
    pub button: &'static str,
    /// The text for a link that was used, has expired or is incomplete.
    pub dead: &'static str,
    /// The text for every other refusal that no field explains.
    pub refused: &'static str,
    /// Where somebody without a working link can go.
    pub other: Option<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "public/link.html")]
struct Drawn<'a> {
    title: &'a str,
    intro: &'a str,
    failed: Option<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    action: &'static str,
    token: &'a str,
    fields: Vec<Shown>,
    button: &'static str,
    other: Option<(&'static str, &'static str)>,
}

static PASTED: [Field; 1] = [Field::LINK];

impl Link {
    /// The page at the address of the link. The script posts the part after `#`; without it, the visitor pastes the link.
    pub fn closed(&self, theme: Theme) -> Result<Response> {
        let fields = drawn(&PASTED, &Filled::default(), None);
        let page = Drawn { fields, ..self.bare(self.before, "Continue") };
        outside(theme, ("", self.title), &page)
    }

    /// The link does not open. The visitor can paste another one.
    pub fn dead(&self, theme: Theme, error: Error) -> Result<Response> {
        let mut fields = drawn(&PASTED, &Filled::default(), None);
        fields.iter_mut().for_each(|shown| shown.focus = false);
        let failed = Some(("This link does not work.", self.dead.to_owned()));
        let page = Drawn { failed, fields, other: self.other, ..self.bare(self.before, "Try this link") };
        Ok(in_place_of(error, outside(theme, ("Not opened: ", self.title), &page)?))
    }

    /// The link is open. `facts` say what it is for, in HTML.
    pub fn open(
        &self,
        theme: Theme,
        facts: Vec<(&'static str, String)>,
        filled: &Filled,
    ) -> Result<Response> {
        self.drawn(theme, facts, filled, None).map(not_stored)
    }

    /// What was typed was refused.
    pub fn refused(
        &self,
        theme: Theme,
        facts: Vec<(&'static str, String)>,
        filled: &Filled,
        error: Error,
    ) -> Result<Response> {
        let page = self.drawn(theme, facts, filled, Some(&error)).map(not_stored)?;
        Ok(in_place_of(error, page))
    }

    fn drawn(
        &self,
        theme: Theme,
        facts: Vec<(&'static str, String)>,
        filled: &Filled,
        refusal: Option<&Error>,
    ) -> Result<Response> {
        let fields = drawn(self.fields, filled, refusal);
        let failed = refusal.filter(|_| !is_explained(&fields)).map(|error| {
            let busy = matches!(error, Error::Busy | Error::Crowded);
            ("Not saved.", if busy { BUSY } else { self.refused }.to_owned())
        });
        let before = if refusal.is_some() { "Not saved: " } else { "" };
        let token = token(filled);
        let page = Drawn { failed, facts, token: &token, fields, ..self.bare(self.intro, self.button) };
        outside(theme, (before, self.title), &page)
    }

    fn bare<'a>(&'a self, intro: &'a str, button: &'static str) -> Drawn<'a> {
        Drawn {
            title: self.title,
            intro,
            failed: None,
            facts: vec![],
            action: self.action,
            token: "",
            fields: vec![],
            button,
            other: None,
        }
    }
}

/// The token of a link. Visitors without a script paste the whole link, often with a space.
pub fn token(filled: &Filled) -> String {
    let text = filled.get("token").trim();
    text.rsplit_once('#').map_or(text, |(_, token)| token).to_owned()
}

/// A page that ends a story: a title, a text, and where to go.
pub struct End<'a> {
    pub title: &'static str,
    pub text: &'static str,
    pub go: (String, &'static str),
    /// A key that is shown once, and calls to try it with.
    pub key: Option<&'a str>,
    pub calls: &'static [&'static str],
    pub base: &'a str,
}

#[derive(Template)]
#[template(path = "public/key.html")]
struct Ended<'a> {
    title: &'static str,
    text: &'static str,
    go: &'a (String, &'static str),
    key: Option<&'a str>,
    calls: &'static [&'static str],
    base: &'a str,
}

impl End<'_> {
    pub fn page(&self, theme: Theme) -> Result<Response> {
        let End { title, text, go, key, calls, base } = self;
        let page = Ended { title, text, go, key: *key, calls, base };
        outside(theme, ("", title), &page).map(not_stored)
    }
}

/// An address of this server to go to after signing in, or none. It is checked again whenever it is used.
pub fn next(text: &str) -> Option<&str> {
    let own = text.starts_with('/') && !text.starts_with("//") && text.len() <= 2000;
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    Some(text).filter(|_| own && plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_on_this_server() {
        for own in ["/", "/w/0199/members?role=sdr", "/me#keys"] {
            assert_eq!(next(own), Some(own));
        }
        for other in ["", "//evil.example", "https://evil.example", "/\\evil.example", "me", "/a\nb", "/a b"]
        {
            assert_eq!(next(other), None, "{other:?}");
        }
    }
}
