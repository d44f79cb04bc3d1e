//! Ways and offers. A [`Way`] is the address of a page or of a change, with its permission and the words of its button.
//! The same value makes the route and the button. An [`Offer`] is a way that this caller may take now. Only a caller's
//! proof makes one, and only an offer is drawn as a form with an `action`, so a page has no button that ends in a refusal.

use super::text::escaped;
use crate::access::{Caller, Near, Permission};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::marker::PhantomData;
use uuid::Uuid;

/// How much a button stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    #[default]
    Plain,
    /// The one thing that a page is for.
    Main,
    /// Hard to take back.
    Grave,
}

/// The path begins with `/w/{workspace}` unless the page belongs to the person.
pub struct Way<P> {
    pub(super) post: bool,
    pub(super) path: &'static str,
    pub(super) label: &'static str,
    weight: Weight,
    permission: PhantomData<fn() -> P>,
}

/// What a path names besides the workspace.
pub trait Key {
    fn text(&self) -> Option<String>;
}

impl Key for () {
    fn text(&self) -> Option<String> {
        None
    }
}

impl Key for Uuid {
    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Key for &str {
    fn text(&self) -> Option<String> {
        Some(utf8_percent_encode(self, NON_ALPHANUMERIC).to_string())
    }
}

pub(super) const WORKSPACE: &str = "{workspace}";

impl<P: Permission> Way<P> {
    pub const fn page(path: &'static str, label: &'static str) -> Self {
        Way { post: false, path, label, weight: Weight::Plain, permission: PhantomData }
    }

    pub const fn post(path: &'static str, label: &'static str) -> Self {
        Way { post: true, path, label, weight: Weight::Plain, permission: PhantomData }
    }

    pub const fn main(self) -> Self {
        Way { weight: Weight::Main, ..self }
    }

    pub const fn grave(self) -> Self {
        Way { weight: Weight::Grave, ..self }
    }

    /// The offer of an action without a record, or on a record that has no facts but its workspace.
    pub fn offered(&self, can: &Caller, key: impl Key) -> Option<Offer> {
        self.offered_on(can, Near::HERE, key)
    }

    /// The offer of a list, or of an action that creates a record. It depends on the role, and on no record.
    pub fn open_to(&self, can: &Caller, key: impl Key) -> Option<Offer> {
        self.offered_on(can, Near::NEW, key)
    }

    /// The address of a page, or nothing for a caller who cannot open it.
    pub fn href(&self, can: &Caller, key: impl Key) -> String {
        self.open_to(can, key).map(|offer| offer.href().to_owned()).unwrap_or_default()
    }

    /// The offer of an action on a record, from what its list selected as `{near}`.
    pub fn offered_on(&self, can: &Caller, near: Near, key: impl Key) -> Option<Offer> {
        can.may_offer(P::ACTION, near).then(|| Offer {
            post: self.post,
            path: filled(self.path, Some(can.workspace()), &key),
            label: self.label.to_owned(),
            about: String::new(),
            weight: self.weight,
        })
    }

    /// The path for an answer that leads there. The workspace is that of the request, unless the answer names another.
    pub(super) fn at(&self, key: impl Key) -> String {
        filled(self.path, None, &key)
    }
}

fn filled(path: &str, workspace: Option<Uuid>, key: &impl Key) -> String {
    let part = |part: &str| match (part == WORKSPACE, part.starts_with('{')) {
        (true, _) => workspace.map_or_else(|| part.to_owned(), |workspace| workspace.to_string()),
        (false, true) => key.text().unwrap_or_default(),
        (false, false) => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Draws itself: a link to a page, or a form of one button.
#[derive(Clone, Debug)]
pub struct Offer {
    pub(super) post: bool,
    pub(super) path: String,
    pub(super) label: String,
    about: String,
    weight: Weight,
}

impl Offer {
    /// Names the record for people who hear the page, where the same button stands in each row.
    pub fn about(self, what: impl Into<String>) -> Self {
        Offer { about: what.into(), ..self }
    }

    /// A page with these parameters in its address, such as the filters of a list. Empty ones are left out.
    pub fn with(self, query: &[(&str, &str)]) -> Offer {
        let given = query.iter().filter(|(_, value)| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
        let path = if query.is_empty() { self.path } else { format!("{}?{query}", self.path) };
        Offer { path, ..self }
    }

    /// Without the weight of its way, on a page with another main button.
    pub fn plain(self) -> Offer {
        Offer { weight: Weight::Plain, ..self }
    }

    /// The one thing that the page is for.
    pub fn main(self) -> Offer {
        Offer { weight: Weight::Main, ..self }
    }

    /// Other words than the way has.
    pub fn called(self, label: impl Into<String>) -> Self {
        Offer { label: label.into(), ..self }
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    /// The address of a page. Changes have none that a template can write.
    pub fn href(&self) -> &str {
        if self.post { "" } else { &self.path }
    }

    pub(super) fn class(&self) -> &'static str {
        match self.weight {
            Weight::Plain => "button",
            Weight::Main => "button main",
            Weight::Grave => "button grave",
        }
    }

    fn words(&self) -> String {
        let about = match self.about.is_empty() {
            true => String::new(),
            false => format!("<span class=\"unseen\"> {}</span>", escaped(&self.about)),
        };
        format!("{}{about}", escaped(&self.label))
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, words, path) = (self.class(), self.words(), escaped(&self.path));
        match self.post {
            true => write!(
                out,
                "<form method=\"post\" action=\"{path}\"><button class=\"{class}\">{words}</button></form>"
            ),
            false => write!(out, "<a class=\"{class}\" href=\"{path}\">{words}</a>"),
        }
    }
}

impl askama::filters::HtmlSafe for Offer {}
