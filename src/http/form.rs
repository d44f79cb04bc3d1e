//! The pages behind mailed links. Each page is a form, which sends the person's input and the link's token to
//! one operation. API errors are not shown unchanged: every page and field has sentences of its own.

use super::page::page;
use crate::error::Result;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

pub struct Form {
    pub title: &'static str,
    pub intro: &'static str,
    /// The path of the operation that describes the link; empty if there is none.
    pub show: &'static str,
    /// The facts to show: a label, and the name of the field in that operation's answer.
    pub facts: &'static [(&'static str, &'static str)],
    pub fields: &'static [Field],
    pub button: &'static str,
    /// The path of the operation.
    pub action: &'static str,
    /// The text for a link that was used or has expired.
    pub dead: &'static str,
    /// The text for every other refusal that no field explains.
    pub refused: &'static str,
    pub done: Done,
}

/// What is shown afterwards.
pub struct Done {
    pub title: &'static str,
    pub text: &'static str,
    /// Example calls with the key from the answer, without the public URL. Empty if the answer has no key.
    pub calls: &'static [&'static str],
    pub advice: &'static str,
}

pub struct Field {
    /// The name in the body of the operation.
    pub name: &'static str,
    pub label: &'static str,
    /// The type of the HTML input, and its `autocomplete` value.
    pub kind: &'static str,
    pub fill: &'static str,
    pub least: u32,
    pub most: u32,
    pub required: bool,
    /// Shown but not sent. Used for the address, so that password managers store it with the password.
    pub fixed: bool,
    pub help: &'static str,
    pub missing: &'static str,
    pub wrong: &'static str,
}

impl Field {
    pub const FIRST_NAME: Field = Field {
        missing: "Enter your first name",
        ..Field::text("first_name", "First name", "given-name", 80)
    };
    pub const LAST_NAME: Field =
        Field { required: false, ..Field::text("last_name", "Last name", "family-name", 80) };
    pub const ADDRESS: Field = Field {
        kind: "email",
        missing: "Enter your e-mail address",
        wrong: "Enter an e-mail address, such as ann@example.com",
        ..Field::text("email", "E-mail address", "username", 254)
    };
    pub const OWN_ADDRESS: Field = Field { required: false, fixed: true, ..Field::ADDRESS };
    pub const PASSWORD: Field = Field {
        kind: "password",
        missing: "Enter your password",
        wrong: "The password needs at least 15 characters",
        ..Field::text("password", "Password", "new-password", 128)
    };

    pub const fn text(name: &'static str, label: &'static str, fill: &'static str, most: u32) -> Field {
        Field {
            name,
            label,
            kind: "text",
            fill,
            least: 0,
            most,
            required: true,
            fixed: false,
            help: "",
            missing: "Fill in this field",
            wrong: "This was not accepted. Check what you typed",
        }
    }
}

#[derive(Template)]
#[template(path = "form.html")]
struct Filled<'a> {
    form: &'a Form,
    base: &'a str,
}

impl Form {
    /// `base` is the public URL of the server, for the calls to try.
    pub fn page(&self, base: &str) -> Result<Response> {
        page(StatusCode::OK, &Filled { form: self, base })
    }
}

/// An answer to an invitation into a group. The owner of the invited workspace signs in first, and sees which
/// workspace invites.
pub struct Answer {
    pub title: &'static str,
    pub intro: &'static str,
    pub meaning: &'static str,
    pub effects: &'static [&'static str],
    pub button: &'static str,
    /// The path of the operation; `{id}` comes from the link.
    pub action: &'static str,
    pub refused: &'static str,
    /// The title and the text afterwards.
    pub done: &'static str,
    pub outcome: &'static str,
}

const SIGN_IN: [Field; 3] = [
    Field::ADDRESS,
    Field { fill: "current-password", ..Field::PASSWORD },
    Field {
        missing: "Enter the code that your app shows, or a recovery code",
        ..Field::text("code", "Code from your authenticator app, or a recovery code", "one-time-code", 64)
    },
];

#[derive(Template)]
#[template(path = "answer.html")]
struct Asked<'a> {
    answer: &'a Answer,
    fields: &'a [Field],
}

impl Answer {
    pub fn page(&self) -> Result<Response> {
        page(StatusCode::OK, &Asked { answer: self, fields: &SIGN_IN })
    }
}
