//! What the handler of a page returns. The layer around the pages (`told`) makes the answer of it.

use super::frame::{Note, Tone};
use super::offer::{Key, Way};
use super::posted::Back;
use crate::access::Permission;
use crate::error::{Error, Result};
use aide::OperationOutput;
use askama::Template;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The middle of a page, without the frame.
#[derive(Clone)]
pub struct Page {
    pub(super) title: String,
    pub(super) status: StatusCode,
    pub(super) body: String,
    /// What comes before the title in the tab.
    pub(super) before: &'static str,
    /// It has a secret that is shown once.
    pub(super) secret: bool,
}

impl Page {
    /// `title` is also the name of the page in the tab. The template has the `<h1>`.
    pub fn new(title: impl Into<String>, body: &impl Template) -> Result<Page> {
        let body = body.render().map_err(Error::internal)?;
        let title = title.into();
        Ok(Page { title, status: StatusCode::OK, body, before: "", secret: false })
    }

    /// The page of a form, which can have come back with something wrong in it.
    pub fn coming(self, back: Option<&Back>) -> Page {
        match back.filter(|back| back.is_wrong()) {
            Some(back) => self.not_saved(back.status()),
            None => self,
        }
    }

    /// A form that comes back, with what is wrong in it.
    pub fn not_saved(self, status: StatusCode) -> Page {
        Page { status, before: "Not saved: ", ..self }
    }

    pub fn with_status(self, status: StatusCode) -> Page {
        Page { status, ..self }
    }

    /// The page shows a secret once. It is neither stored nor compressed.
    pub fn with_secret(self) -> Page {
        Page { secret: true, before: "Done: ", ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl OperationOutput for Page {
    type Inner = Self;
}

/// The answer to a change: another page (303), or a page of its own.
#[derive(Clone)]
pub enum Reply {
    Page(Page),
    To(Box<Onward>),
}

#[derive(Clone)]
pub struct Onward {
    /// 303, or 307 to repeat the post there.
    pub(super) status: StatusCode,
    pub(super) path: String,
    pub(super) said: Option<Note>,
    pub(super) cookies: Vec<HeaderValue>,
    /// Browsers forget the pages that they kept.
    pub(super) forgets: bool,
}

impl Onward {
    pub(super) fn see(path: impl Into<String>) -> Onward {
        let status = StatusCode::SEE_OTHER;
        Onward { status, path: path.into(), said: None, cookies: vec![], forgets: false }
    }

    pub(super) fn saying(self, bold: String) -> Onward {
        Onward { said: Some(Note { tone: Tone::Yes, bold, rest: String::new() }), ..self }
    }
}

impl From<Page> for Reply {
    fn from(page: Page) -> Reply {
        Reply::Page(page)
    }
}

impl Reply {
    pub fn to<P: Permission>(way: &Way<P>, key: impl Key) -> Reply {
        Reply::onward(StatusCode::SEE_OTHER, way.at(key))
    }

    /// To a page without a permission, such as the one for signing in.
    pub fn to_path(path: impl Into<String>) -> Reply {
        Reply::onward(StatusCode::SEE_OTHER, path.into())
    }

    /// The browser sends the same post there.
    pub fn repeated_at(path: impl Into<String>) -> Reply {
        Reply::onward(StatusCode::TEMPORARY_REDIRECT, path.into())
    }

    fn onward(status: StatusCode, path: String) -> Reply {
        Reply::To(Box::new(Onward { status, ..Onward::see(path) }))
    }

    fn with(mut self, change: impl FnOnce(&mut Onward)) -> Reply {
        if let Reply::To(onward) = &mut self {
            change(onward);
        }
        self
    }

    /// Says what was done, at the head of the next page.
    pub fn saying(self, bold: impl Into<String>) -> Reply {
        self.saying_more(bold, "")
    }

    pub fn saying_more(self, bold: impl Into<String>, rest: impl Into<String>) -> Reply {
        let note = Note { tone: Tone::Yes, bold: bold.into(), rest: rest.into() };
        self.with(|onward| onward.said = Some(note))
    }

    pub fn with_cookies(self, cookies: Vec<HeaderValue>) -> Reply {
        self.with(|onward| onward.cookies = cookies)
    }

    /// Going back shows nothing of before.
    pub fn forgetting(self) -> Reply {
        self.with(|onward| onward.forgets = true)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Reply::Page(page) => page.into_response(),
            Reply::To(onward) => {
                let mut response = onward.status.into_response();
                response.extensions_mut().insert(Arc::new(*onward));
                response
            }
        }
    }
}

impl OperationOutput for Reply {
    type Inner = Self;
}
