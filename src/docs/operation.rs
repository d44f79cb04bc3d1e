//! One operation, as its page shows it.

use super::fields::{self, Field};
use super::text;
use serde_json::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    Path,
    Query,
    Header,
}

impl Place {
    /// The id in the document.
    pub fn name(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        }
    }
}

pub struct Operation {
    pub id: String,
    /// In capitals.
    pub method: String,
    pub path: String,
    pub summary: String,
    /// HTML.
    pub description: String,
    /// The official API does not have it.
    pub ours: bool,
    pub permission: Option<String>,
    /// A person who has signed in can call it too.
    pub by_session: bool,
    pub parameters: Vec<(Place, Field)>,
    pub body: Vec<Field>,
    /// A body that can be sent, as JSON.
    pub example: Option<String>,
    pub answer: Vec<Field>,
    /// Statuses of refusals, and their meaning (HTML).
    pub refusals: Vec<(String, String)>,
    /// All words in which a search looks, in lower case.
    pub search: String,
}

impl Operation {
    pub fn of(document: &Value, method: &str, path: &str, described: &Value) -> Option<Self> {
        let told = |key: &str| described.get(key).and_then(Value::as_str);
        let summary = told("summary")?.to_owned();
        let media = described.pointer("/requestBody/content/application~1json");
        let body = media.and_then(|media| media.get("schema"));
        let answers =
            |status| described.pointer(&format!("/responses/{status}/content/application~1json/schema"));
        let answer = answers(200).or_else(|| answers(202));
        let permission = told("x-permission").map(str::to_owned);
        let mut operation = Operation {
            id: told("operationId").map_or_else(|| anchor(method, path), str::to_owned),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary,
            description: text::paragraphs(told("description").unwrap_or_default()),
            ours: described.get("x-gatepost-extension").is_some_and(|mark| mark == &Value::Bool(true)),
            permission,
            by_session: described
                .pointer("/security")
                .is_some_and(|all| all.to_string().contains("SessionCookie")),
            parameters: parameters(document, described),
            body: body.map(|schema| fields::of(document, schema)).unwrap_or_default(),
            example: media.and_then(example),
            answer: answer.map(|schema| fields::of(document, schema)).unwrap_or_default(),
            refusals: refusals(document, described),
            search: String::new(),
        };
        operation.search = operation.words(told("description").unwrap_or_default());
        Some(operation)
    }

    fn words(&self, description: &str) -> String {
        let fields = self.parameters.iter().map(|(_, field)| field).chain(&self.body).chain(&self.answer);
        let fields: Vec<_> = fields.map(|field| field.name.as_str()).collect();
        let permission = self.permission.as_deref().unwrap_or_default();
        let all =
            [&self.id, &self.method, &self.path, &self.summary, description, permission, &fields.join(" ")];
        all.join(" ").to_lowercase()
    }
}

/// For an operation without an id.
fn anchor(method: &str, path: &str) -> String {
    format!("{method}{}", path.replace(['/', '{', '}'], "-"))
}

fn parameters(document: &Value, described: &Value) -> Vec<(Place, Field)> {
    let all = described.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let read = |parameter: &Value| {
        let parameter = fields::resolved(document, parameter);
        let place = match parameter.get("in")?.as_str()? {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            _ => return None,
        };
        let required = parameter.get("required").is_some_and(|required| required == &Value::Bool(true));
        let description = parameter.get("description").and_then(Value::as_str).unwrap_or_default();
        let name = parameter.get("name")?.as_str()?;
        Some((place, fields::single(document, name, parameter.get("schema")?, required, description)))
    };
    all.filter_map(read).collect()
}

fn example(media: &Value) -> Option<String> {
    let first = |all: &Map<String, Value>| all.values().next()?.get("value").cloned();
    let named = || media.get("examples").and_then(Value::as_object).and_then(first);
    let example = media.get("example").cloned().or_else(named)?;
    serde_json::to_string_pretty(&example).ok()
}

fn refusals(document: &Value, described: &Value) -> Vec<(String, String)> {
    let all = described.get("responses").and_then(Value::as_object).into_iter().flatten();
    let all = all.filter(|(status, _)| !["200", "202"].contains(&status.as_str())).map(|(status, answer)| {
        let answer = fields::resolved(document, answer);
        let told = answer.get("description").and_then(Value::as_str).unwrap_or_default();
        (status.clone(), text::line(told))
    });
    all.collect()
}
