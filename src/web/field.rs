//! The fields of the public pages. Their rules are in the schemas of the operations; here are the words. API errors are
//! not shown unchanged: every field has sentences of its own.

use crate::error::Error;
use crate::http::Filled;

/// What a page says about one field of an operation.
#[derive(Clone, Copy)]
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
    pub const OWN_ADDRESS: Field = Field { name: "_email", required: false, fixed: true, ..Field::ADDRESS };
    pub const PASSWORD: Field = Field {
        kind: "password",
        missing: "Enter your password",
        wrong: "The password needs at least 15 characters",
        ..Field::text("password", "Password", "new-password", 128)
    };
    /// The part of a link after `#`. Without a script, the visitor pastes the whole link.
    pub const LINK: Field = Field {
        help: "Paste the link, or the part of it after #",
        missing: "Paste the link from your mail",
        ..Field::text("token", "Link", "off", 2000)
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

    /// The field as the page draws it. A password is never put back.
    pub fn shown(&'static self, value: &str) -> Shown {
        let value = if self.kind == "password" { "" } else { value };
        Shown { field: self, value: value.to_owned(), wrong: None, focus: false }
    }
}

/// A field with what the visitor typed, and what is wrong with it.
pub struct Shown {
    pub field: &'static Field,
    pub value: String,
    pub wrong: Option<String>,
    /// The reader begins here: the first field that is wrong, or the first that is empty.
    pub focus: bool,
}

impl Shown {
    pub fn wrong(&self) -> &str {
        self.wrong.as_deref().unwrap_or_default()
    }
}

/// The fields with what was typed, and with a message at the field that a refusal is about. `None` as the refusal draws
/// them for the first time.
pub fn drawn(fields: &'static [Field], filled: &Filled, refusal: Option<&Error>) -> Vec<Shown> {
    let mut all: Vec<Shown> = fields.iter().map(|field| field.shown(filled.get(field.name))).collect();
    if let Some(error) = refusal {
        let blamed = blamed(error).map(|(name, text)| (name.to_owned(), text));
        for shown in &mut all {
            let Shown { field, .. } = *shown;
            let empty = field.required && field.kind != "password" && shown.value.trim().is_empty();
            shown.wrong = match &blamed {
                _ if empty => Some(field.missing.to_owned()),
                Some((name, text)) if name == field.name => {
                    let missing = field.required && filled.get(field.name).is_empty();
                    let said = if missing { field.missing } else { text.unwrap_or(field.wrong) };
                    Some(said.to_owned())
                }
                Some(_) | None => None,
            };
        }
    }
    let first = all.iter().position(|shown| shown.wrong.is_some());
    let first = first.or_else(|| all.iter().position(|shown| !shown.field.fixed && shown.value.is_empty()));
    if let Some(shown) = first.and_then(|first| all.get_mut(first)) {
        shown.focus = true;
    }
    all
}

/// Whether one of the fields explains the refusal.
pub fn is_explained(fields: &[Shown]) -> bool {
    fields.iter().any(|shown| shown.wrong.is_some())
}

/// The field that a refusal is about, and a sentence if the field has none for this case.
fn blamed(error: &Error) -> Option<(&str, Option<&'static str>)> {
    let Error::Invalid(message) = error else { return None };
    let rest = message.strip_prefix("body/")?;
    let name = rest.split(' ').next()?;
    let text = match message {
        _ if message.contains("harder to guess") => Some(
            "This password is too easy to guess. Choose a few words that are neither your name nor your address",
        ),
        _ if message.contains("of the user with this address") => Some(
            "You already have a user on this server. Enter its current password. After five wrong passwords the link \
             stops working",
        ),
        _ => None,
    };
    Some((name, text))
}
