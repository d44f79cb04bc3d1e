//! The forms of a webhook. They have one field for the kind of event or the label, and the headers as lines of text.

use super::{New, Patch, Webhook};
use crate::error::{Error, Result};
use crate::http::{Edit, filled};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Draft {
    #[schemars(length(max = 200))]
    name: Option<String>,
    #[schemars(url, length(min = 1))]
    target_hook_url: String,
    /// A kind of event, or the number of a label.
    #[schemars(length(min = 1, max = 100))]
    event: String,
    campaign: Option<Uuid>,
    #[schemars(length(max = 20_000))]
    headers: Option<String>,
}

impl Draft {
    /// The same webhook in the form of the operation.
    pub fn webhook(&self) -> Result<New> {
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(self.name));
        body.insert("target_hook_url".to_owned(), json!(self.target_hook_url));
        body.insert("campaign".to_owned(), json!(self.campaign));
        body.extend(event(&self.event));
        body.insert("headers".to_owned(), headers(self.headers.as_deref())?);
        body.retain(|_, value| !value.is_null());
        filled(Value::Object(body))
    }
}

/// A webhook as the form shows it.
#[derive(Serialize)]
pub struct Shown {
    name: Option<String>,
    target_hook_url: String,
    event: String,
    campaign: Option<Uuid>,
    headers: Option<String>,
}

impl Shown {
    pub fn of(webhook: &Webhook) -> Shown {
        let label = webhook.custom_interest_value.map(|number| number.to_string());
        let event = webhook.event_type.map(super::EventType::name).or(label);
        let lines = webhook.headers.as_ref().map(|headers| {
            let lines =
                headers.iter().map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default()));
            lines.collect::<Vec<_>>().join("\n")
        });
        Shown {
            name: webhook.name.clone(),
            target_hook_url: webhook.target_hook_url.clone(),
            event: event.unwrap_or_default(),
            campaign: webhook.campaign,
            headers: lines,
        }
    }
}

/// What was changed in the form.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Changes {
    #[schemars(length(max = 200))]
    name: Edit<Option<String>>,
    #[schemars(url, length(min = 1))]
    target_hook_url: Edit<String>,
    #[schemars(length(min = 1, max = 100))]
    event: Edit<String>,
    campaign: Edit<Option<Uuid>>,
    #[schemars(length(max = 20_000))]
    headers: Edit<Option<String>>,
}

impl Changes {
    /// The same change in the form of the operation.
    pub fn patch(&self) -> Result<Patch> {
        let mut body = Map::new();
        if let Some(name) = self.name.get() {
            body.insert("name".to_owned(), json!(name));
        }
        if let Some(url) = self.target_hook_url.get() {
            body.insert("target_hook_url".to_owned(), json!(url));
        }
        if let Some(chosen) = self.event.get() {
            body.extend(event(chosen));
        }
        if let Some(campaign) = self.campaign.get() {
            body.insert("campaign".to_owned(), json!(campaign));
        }
        if let Some(lines) = self.headers.get() {
            body.insert("headers".to_owned(), headers(lines.as_deref())?);
        }
        filled(Value::Object(body))
    }
}

/// The fields of the operation: a kind of event has a name, and a label has a number.
fn event(chosen: &str) -> [(String, Value); 2] {
    let (kind, label) = match chosen.parse::<i64>() {
        Ok(number) => (Value::Null, json!(number)),
        Err(_) => (json!(chosen), Value::Null),
    };
    [("event_type".to_owned(), kind), ("custom_interest_value".to_owned(), label)]
}

/// The lines `Name: value` as an object; null without a line.
fn headers(lines: Option<&str>) -> Result<Value> {
    let lines = lines.unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let mut all = Map::new();
    for line in lines {
        let wrong = || Error::invalid("body/headers must be lines with a name, a colon and a value");
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        all.insert(name.trim().to_owned(), value.trim().into());
    }
    Ok(if all.is_empty() { Value::Null } else { Value::Object(all) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lines() {
        assert_eq!(headers(Some("A: b:c\n\n x : y ")).unwrap(), json!({ "A": "b:c", "x": "y" }));
        assert_eq!(headers(None).unwrap(), Value::Null);
        assert!(headers(Some("no colon")).is_err());
    }

    #[test]
    fn a_number_is_a_label() {
        assert_eq!(event("-3")[1].1, json!(-3));
        assert_eq!(event("lead_closed")[0].1, json!("lead_closed"));
    }
}
