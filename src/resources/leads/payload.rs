//! The fields of a lead that are computed.

use super::Lead;
use crate::http::absent_not_null;
use schemars::JsonSchema;
use serde_json::{Map, Value};
use std::collections::HashMap;

#[derive(JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the schema of what `payload` makes")]
pub struct Payload {
    #[schemars(default, transform = absent_not_null)]
    first_name: Option<String>,
    #[schemars(default, transform = absent_not_null)]
    last_name: Option<String>,
    #[schemars(default, transform = absent_not_null)]
    company_name: Option<String>,
    #[schemars(default, transform = absent_not_null)]
    job_title: Option<String>,
    #[schemars(default, transform = absent_not_null)]
    website: Option<String>,
    #[schemars(default, transform = absent_not_null)]
    phone: Option<String>,
    #[schemars(default, transform = absent_not_null)]
    personalization: Option<String>,
    #[serde(flatten)]
    custom: Map<String, Value>,
}

impl Lead {
    /// With the fields that are computed: the company's domain and the payload.
    pub fn derived(mut self) -> Lead {
        self.company_domain = domain(&self);
        let mut payload = self.custom_variables.clone();
        let person = &self.person;
        let fields = [
            ("firstName", &person.first_name),
            ("lastName", &person.last_name),
            ("companyName", &person.company_name),
            ("jobTitle", &person.job_title),
            ("website", &person.website),
            ("phone", &person.phone),
            ("personalization", &person.personalization),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                payload.insert(name.to_owned(), value.clone().into());
            }
        }
        if let Some(email) = &self.email {
            payload.insert("email".to_owned(), email.clone().into());
        }
        self.payload = Some(payload);
        self
    }
}

fn domain(lead: &Lead) -> String {
    let website = lead.person.website.as_deref().unwrap_or_default().trim().to_lowercase();
    let rest = website.split_once("://").map_or(website.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let of_email =
        || lead.email.as_deref().and_then(|email| email.rsplit_once('@')).map_or("", |(_, domain)| domain);
    if host.contains('.') { host.to_owned() } else { of_email().to_owned() }
}

impl Lead {
    /// The variables that a mail can use. A list or an object cannot stand in a mail.
    pub fn values(&self) -> HashMap<String, String> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        let payload = self.payload.iter().flatten();
        payload.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
    }
}
