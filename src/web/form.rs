//! A form, drawn from the schema of the body that it sends. The page adds the words, and which options this caller may
//! choose. Only an offer becomes a form, so a page has no form whose sending would be refused.

use super::drawn::{Control, Drawn, plainly};
use super::input::{Choice, Input, keeping};
use super::offer::Offer;
use super::posted::{Back, sealed};
use super::schema;
use super::typed::is_secret;
use crate::access::Caller;
use crate::error::{Error, Result};
use crate::http::{Violation, schema_of};
use askama::Template;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

pub struct Form {
    offer: Offer,
    schema: &'static Value,
    inputs: Vec<Input>,
    hidden: Vec<(String, String)>,
    /// What a record was when the form was first drawn.
    seen: Option<String>,
    record: Option<Map<String, Value>>,
    back: Option<Back>,
    legend: &'static str,
    also: Option<Offer>,
    challenge: Option<&'static str>,
}

impl Form {
    pub fn of<T: JsonSchema + 'static>(can: &Caller, offer: Offer) -> Result<Form> {
        let user = can.identity().user.map(|user| user.to_string());
        let hidden = user.map(|user| ("_by".to_owned(), user)).into_iter().collect();
        let schema = schema_of::<T>()?;
        Ok(Form {
            offer,
            schema,
            inputs: vec![],
            hidden,
            seen: None,
            record: None,
            back: None,
            legend: "",
            also: None,
            challenge: None,
        })
    }

    pub fn ask(mut self, input: Input) -> Form {
        self.inputs.push(input);
        self
    }

    /// The name of the form, for a page with several.
    pub fn called(self, legend: &'static str) -> Form {
        Form { legend, ..self }
    }

    /// The form makes a passkey, with the challenge from this address. It is hidden without the script of the page.
    pub fn making_passkey(self, challenge: &'static str) -> Form {
        Form { challenge: Some(challenge), ..self }
    }

    /// A second button, which sends the same fields elsewhere.
    pub fn or(self, also: Option<Offer>) -> Form {
        Form { also, ..self }
    }

    /// The form changes this record.
    pub fn over(self, record: &impl Serialize) -> Result<Form> {
        let record = serde_json::to_value(record).map_err(Error::internal)?;
        let record = record.as_object().cloned().unwrap_or_default();
        Ok(Form { record: Some(record), ..self })
    }

    /// The form creates a record. Sending it twice creates one.
    pub fn once(mut self, can: &Caller) -> Result<Form> {
        self.hidden.push(("_once".to_owned(), sealed(can)?));
        Ok(self)
    }

    /// A field that is sent and not shown.
    pub fn hiding(mut self, name: impl Into<String>, value: impl Into<String>) -> Form {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// The form was drawn before, over what `seen` says. It has other values now that nobody has saved.
    pub fn first_seen(self, seen: Option<&str>) -> Form {
        Form { seen: seen.map(str::to_owned), ..self }
    }

    /// The form comes back.
    pub fn back(self, back: Option<&Back>) -> Form {
        Form { back: back.cloned(), ..self }
    }

    /// The names of the inputs of a field: the same field in two forms of a page has two ids.
    fn id(&self, name: &str) -> String {
        let form: String = self.offer.path.chars().rev().take(8).collect();
        let form: String = form.chars().rev().filter(char::is_ascii_alphanumeric).collect();
        let letter = |letter: char| match letter {
            '/' => "-".to_owned(),
            '_' => "_".to_owned(),
            letter if letter.is_ascii_alphanumeric() => letter.to_string(),
            // A name of somebody else's can have spaces, which an id cannot.
            letter => format!("-{:x}", u32::from(letter)),
        };
        let name: String = name.chars().map(letter).collect();
        format!("f-{form}-{name}")
    }

    fn typed(&self, name: &str) -> Option<Vec<String>> {
        let back = self.back.as_ref()?;
        let of = |field: &String| field == name || field.strip_suffix("[]") == Some(name);
        let typed: Vec<_> = back.typed.iter().filter(|(field, _)| of(field)).collect();
        let items = typed.iter().filter(|(field, _)| field.ends_with("[]"));
        let items: Vec<String> = items.map(|(_, value)| value.clone()).collect();
        match items.is_empty() {
            true => Some(typed.last().map(|(_, value)| value.clone()).into_iter().collect()),
            false => Some(items),
        }
    }

    fn stored(&self, input: &Input) -> Option<Vec<String>> {
        let record = self.record.as_ref().and_then(|record| pointed(record, &input.name));
        record.or(input.value.as_ref()).map(texts)
    }

    /// What the record has in this field.
    fn kept(&self, input: &Input) -> Vec<String> {
        self.record.as_ref().and_then(|record| pointed(record, &input.name)).map(texts).unwrap_or_default()
    }

    /// A message about a part of a field, such as an item of a list, is a message about the field.
    fn wrong(&self, name: &str) -> Option<String> {
        let about = |wrong: &&Violation| {
            wrong.field == name || wrong.field.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
        };
        let wrong = self.back.iter().flat_map(|back| &back.wrong).find(about)?;
        Some(plainly(&wrong.rule))
    }

    fn drawn<'a>(&self, input: &'a Input) -> Drawn<'a> {
        let declared = schema::field(self.schema, &input.name);
        let declared = declared.unwrap_or(&Value::Null);
        let is = |kind: &str| schema::is_kind(declared, kind);
        let values = self.typed(&input.name).or_else(|| self.stored(input)).unwrap_or_default();
        let listed = || {
            let all = schema::options(declared)?;
            Some(all.into_iter().map(|value| Choice::new(value.clone(), value)).collect())
        };
        let choices: Option<Vec<Choice>> = input.choices.clone().or_else(listed);
        let choices = choices.map(|choices| keeping(choices, &self.kept(input)));
        let control = match &choices {
            _ if is("boolean") => Control::Check,
            _ if input.control.is_some() => input.control.unwrap_or(Control::Text),
            Some(_) if is("array") => Control::Boxes,
            Some(_) => Control::Select,
            None if is("integer") || is("number") => Control::Number,
            None if schema::number(declared, "maxLength").is_some_and(|most| most > 500) => Control::Area,
            None => Control::Text,
        };
        let format = declared.get("format").and_then(Value::as_str);
        // A code counts once, and people check what they have typed.
        let hidden = is_secret(&input.name) && !input.name.ends_with("code");
        let kind = match (hidden, format) {
            (true, _) => "password",
            (false, Some("email")) => "email",
            (false, Some("uri")) => "url",
            (false, Some("date")) => "date",
            (false, _) => "text",
        };
        let kept = if is_secret(&input.name) { vec![] } else { values };
        let now = self.back.as_ref().and_then(|back| back.now.get(&*input.name)).map(texts);
        Drawn {
            id: self.id(&input.name),
            name: &input.name,
            label: &input.label,
            heading: &input.heading,
            presses: &input.presses,
            wide: input.wide,
            help: &input.help,
            fill: input.fill,
            control,
            kind,
            required: schema::is_required(self.schema, &input.name) && !input.may_be_empty,
            optional: schema::is_nullable(self.schema, &input.name),
            longest: schema::number(declared, "maxLength"),
            least: schema::number(declared, "minimum"),
            most: schema::number(declared, "maximum"),
            choices: choices.unwrap_or_default(),
            values: kept,
            wrong: self.wrong(&input.name),
            now: now.map(|now| if now.is_empty() { "empty".to_owned() } else { now.join(", ") }),
        }
    }

    /// The fields of the record as this form shows them, so that a later change by somebody else is noticed.
    fn seen(&self) -> Option<String> {
        if self.seen.is_some() {
            return self.seen.clone();
        }
        let record = self.record.as_ref()?;
        let shown = self.inputs.iter().map(|input| &*input.name);
        let names = shown.chain(self.hidden.iter().map(|(name, _)| name.as_str()));
        let names = names.filter(|name| !name.starts_with('_'));
        let names = names.map(|name| name.split('/').next().unwrap_or(name));
        let seen: Map<String, Value> =
            names.map(|name| (name.to_owned(), record.get(name).cloned().unwrap_or_default())).collect();
        serde_json::to_string(&seen).ok()
    }
}

fn pointed<'a>(record: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    let found = record.get(first)?;
    if rest.is_empty() { Some(found) } else { found.pointer(&format!("/{rest}")) }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => vec![],
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => vec![value.to_string()],
    }
}

#[derive(Template)]
#[template(path = "drawn.html")]
struct Whole<'a> {
    offer: &'a Offer,
    also: Option<&'a Offer>,
    challenge: Option<&'static str>,
    legend: &'a str,
    fields: Vec<Drawn<'a>>,
    hidden: Vec<(&'a str, &'a str)>,
    /// What is wrong, as links to the fields. A message about no field has no link.
    summary: Vec<(String, String)>,
}

impl Whole<'_> {
    fn has_file(&self) -> bool {
        self.fields.iter().any(|field| field.is("file"))
    }

    /// The button stands below all parts.
    fn has_parts(&self) -> bool {
        self.fields.iter().any(|field| field.wide || !field.heading.is_empty())
    }

    fn has_presses(&self) -> bool {
        self.fields.iter().any(|field| !field.presses.is_empty())
    }
}

impl fmt::Display for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<Drawn<'_>> = self.inputs.iter().map(|input| self.drawn(input)).collect();
        let about = fields.iter().filter_map(|field| {
            let wrong = field.wrong.as_ref()?;
            Some((field.id.clone(), format!("{}: {wrong}", field.label)))
        });
        let known = |wrong: &&Violation| {
            self.inputs
                .iter()
                .all(|input| self.wrong(&input.name).is_none() || !wrong.field.starts_with(&*input.name))
        };
        let head = self.back.iter().flat_map(|back| &back.wrong).filter(known).map(|wrong| {
            let field = if wrong.field.is_empty() { String::new() } else { format!("{}: ", wrong.field) };
            (String::new(), format!("{field}{}", plainly(&wrong.rule)))
        });
        let summary = about.chain(head).collect();
        let seen = self.seen();
        let kept = self.back.as_ref().and_then(|back| super::typed::value(&back.typed, "_once"));
        let hidden = self.hidden.iter().map(|(name, value)| match (name.as_str(), kept) {
            ("_once", Some(kept)) => ("_once", kept),
            (name, _) => (name, value.as_str()),
        });
        let hidden = hidden.chain(seen.as_deref().map(|seen| ("_seen", seen))).collect();
        let whole = Whole {
            offer: &self.offer,
            also: self.also.as_ref(),
            challenge: self.challenge,
            legend: self.legend,
            fields,
            hidden,
            summary,
        };
        out.write_str(&whole.render().map_err(|_| fmt::Error)?)
    }
}

impl askama::filters::HtmlSafe for Form {}
