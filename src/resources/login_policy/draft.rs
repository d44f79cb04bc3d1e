//! The form of a sign-in policy. It asks for a day instead of a moment, and for addresses as one text.

use super::Patch;
use crate::access::{LoginPolicy, Method};
use crate::config::listed;
use crate::error::{Error, Result};
use crate::http::Edit;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A policy as the form shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    methods: Vec<Method>,
    second_factor_required_from: Option<String>,
    idle_minutes: i64,
    session_minutes: i64,
    allowed_ips: Option<String>,
}

/// What was changed in the form.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Draft {
    #[schemars(length(min = 1, max = 2))]
    methods: Edit<Vec<Method>>,
    #[schemars(length(max = 40))]
    second_factor_required_from: Edit<Option<String>>,
    #[schemars(range(min = 5, max = 43_200))]
    idle_minutes: Edit<i64>,
    #[schemars(range(min = 15, max = 129_600))]
    session_minutes: Edit<i64>,
    #[schemars(length(max = 5000))]
    allowed_ips: Edit<Option<String>>,
}

impl Shown {
    pub fn of(policy: &LoginPolicy) -> Shown {
        let addresses = policy.allowed_ips.as_ref().map(|all| {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            all.join(", ")
        });
        Shown {
            methods: policy.methods.clone(),
            second_factor_required_from: policy.second_factor_required_from.map(Time::day),
            idle_minutes: policy.idle_minutes,
            session_minutes: policy.session_minutes,
            allowed_ips: addresses,
        }
    }
}

impl Draft {
    /// The same change in the form of the operation.
    pub fn patch(&self) -> Result<Patch> {
        let mut body = Map::new();
        let mut note = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
        if let Some(methods) = self.methods.get() {
            note("methods", json!(methods));
        }
        if let Some(minutes) = self.idle_minutes.get() {
            note("idle_minutes", json!(minutes));
        }
        if let Some(minutes) = self.session_minutes.get() {
            note("session_minutes", json!(minutes));
        }
        if let Some(day) = self.second_factor_required_from.get() {
            note("second_factor_required_from", json!(day.as_deref().map(moment).transpose()?));
        }
        if let Some(text) = self.allowed_ips.get() {
            let all = listed(text.as_deref().unwrap_or_default());
            note("allowed_ips", if all.is_empty() { Value::Null } else { json!(all) });
        }
        serde_json::from_value(Value::Object(body)).map_err(Error::internal)
    }
}

fn moment(day: &str) -> Result<Time> {
    let wrong = || Error::invalid("body/second_factor_required_from must be a day as YYYY-MM-DD, or a time");
    Time::parse(day).or_else(|| Time::of_day(day)).ok_or_else(wrong)
}

impl Shown {
    /// For people who can read the policy and not change it.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let methods: Vec<&str> = self.methods.iter().map(|method| method.name()).collect();
        let day = self.second_factor_required_from.clone();
        vec![
            ("People sign in with", methods.join(" or ")),
            ("Second factor needed from", day.unwrap_or_else(|| "not needed".to_owned())),
            ("A session ends without a call after", format!("{} minutes", self.idle_minutes)),
            ("A session ends in any case after", format!("{} minutes", self.session_minutes)),
            ("Only from", self.allowed_ips.clone().unwrap_or_else(|| "any address".to_owned())),
        ]
    }
}
