//! The few pages behind links: a form each, which sends what is typed, with the token of the link, to one operation, and
//! shows what it answers. They load nothing from anywhere and talk to this server alone.

use crate::error::{Error, Result};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

#[derive(Template)]
#[template(path = "form.html")]
pub struct Form {
    pub title: &'static str,
    pub intro: &'static str,
    pub fields: &'static [Field],
    pub button: &'static str,
    /// The path of the operation.
    pub action: &'static str,
    /// What is shown when it is done and says nothing itself.
    pub done: &'static str,
}

pub struct Field {
    /// As in the body of the operation.
    pub name: &'static str,
    pub label: &'static str,
    /// HTML's type of an input, and what a browser may fill in (`autocomplete`).
    pub kind: &'static str,
    pub fill: &'static str,
    pub most: u32,
    pub required: bool,
}

impl Field {
    pub const FIRST_NAME: Field = Field::text("first_name", "First name", "given-name", 80);
    pub const LAST_NAME: Field =
        Field { required: false, ..Field::text("last_name", "Last name", "family-name", 80) };
    pub const PASSWORD: Field =
        Field { kind: "password", ..Field::text("password", "Password", "new-password", 128) };

    pub const fn text(name: &'static str, label: &'static str, fill: &'static str, most: u32) -> Field {
        Field { name, label, kind: "text", fill, most, required: true }
    }
}

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

impl Form {
    pub fn page(&self) -> Result<Response> {
        page(self)
    }
}

/// An answer to a question that was mailed to somebody, who signs in to give it.
#[derive(Template)]
#[template(path = "answer.html")]
pub struct Answer {
    pub title: &'static str,
    pub intro: &'static str,
    pub button: &'static str,
    /// The path of the operation; `{id}` is what the link says.
    pub action: &'static str,
    pub done: &'static str,
}

impl Answer {
    pub fn page(&self) -> Result<Response> {
        page(self)
    }
}

fn page(template: &impl Template) -> Result<Response> {
    let html = template.render().map_err(Error::internal)?;
    let headers = [
        ("content-security-policy", POLICY),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ];
    Ok((headers, Html(html)).into_response())
}
