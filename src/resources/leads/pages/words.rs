//! The values of a lead in words.

use super::super::Lead;
use crate::resources::lead_labels;
use crate::web::Choice;

/// The state of a lead: its word, and the class of its badge.
#[derive(Clone, Copy)]
pub struct State {
    pub word: &'static str,
    pub class: &'static str,
}

const STATES: [(i64, &str, &str); 6] = [
    (1, "active", "yes"),
    (2, "paused", "warn"),
    (3, "completed", "accent"),
    (-1, "bounced", "no"),
    (-2, "unsubscribed", "no"),
    (-3, "skipped", "warn"),
];

pub fn state(status: i64) -> State {
    let found = STATES.iter().find(|(number, ..)| *number == status);
    found.map_or(State { word: "unknown", class: "" }, |(_, word, class)| State { word, class })
}

pub fn interest(number: Option<i64>) -> String {
    let Some(number) = number else { return String::new() };
    let found = lead_labels::NAMED.iter().find(|(known, _)| *known == number);
    found.map_or_else(|| format!("Label {number}"), |(_, word)| (*word).to_owned())
}

/// The interests as options, with those of the workspace behind them.
pub fn interests(labels: impl IntoIterator<Item = (i64, String)>) -> Vec<Choice> {
    let built_in = lead_labels::NAMED.into_iter().map(|(number, word)| Choice::new(number.to_string(), word));
    let own = labels.into_iter().map(|(number, label)| Choice::new(number.to_string(), label));
    built_in.chain(own).collect()
}

/// The name of a lead, or its address.
pub fn called(lead: &Lead) -> String {
    let parts = [&lead.person.first_name, &lead.person.last_name];
    let name = parts.into_iter().flatten().map(|part| part.trim()).collect::<Vec<_>>().join(" ");
    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    name.or_else(|| lead.email.clone()).unwrap_or_else(|| "A lead without a name".to_owned())
}

/// The results of a verification.
pub fn verification(status: Option<i64>) -> &'static str {
    match status {
        Some(1) => "verified",
        Some(-1) => "invalid",
        Some(-2) => "risky",
        Some(-3) => "the domain accepts every address",
        Some(-4) => "the person has changed jobs",
        Some(11 | 12) => "waiting",
        Some(_) => "unknown",
        None => "not verified",
    }
}
