//! Other names that clients send for a field or parameter of the reference. Each alias is one line of this
//! list.

use serde_json::{Map, Value};
use std::convert::identity;

pub struct Alias {
    pub operation: &'static str,
    pub alias: &'static str,
    pub name: &'static str,
    /// The value under `name`, from the value under `alias`.
    pub value: fn(Value) -> Value,
}

pub const ALIASES: &[Alias] = &[
    Alias { operation: "GET /api/v2/campaigns/analytics", alias: "campaign_id", name: "id", value: identity },
    Alias {
        operation: "GET /api/v2/campaigns/analytics/overview",
        alias: "campaign_id",
        name: "id",
        value: identity,
    },
    Alias {
        operation: "GET /api/v2/campaigns/analytics/daily",
        alias: "id",
        name: "campaign_id",
        value: identity,
    },
    Alias {
        operation: "GET /api/v2/campaigns/analytics/steps",
        alias: "id",
        name: "campaign_id",
        value: identity,
    },
    Alias { operation: "POST /api/v2/leads", alias: "campaign_id", name: "campaign", value: identity },
    Alias { operation: "POST /api/v2/leads/list", alias: "campaign_id", name: "campaign", value: identity },
];

pub fn of(operation: &str) -> impl Iterator<Item = &'static Alias> {
    ALIASES.iter().filter(move |alias| alias.operation == operation)
}

/// Gives each alias its proper name. If alias and field have different values, the alias stays and the check
/// refuses it.
pub fn rename(operation: &str, fields: &mut Map<String, Value>) {
    for alias in of(operation) {
        let Some(given) = fields.get(alias.alias) else { continue };
        let value = (alias.value)(given.clone());
        if fields.get(alias.name).is_none_or(|named| *named == value) {
            fields.remove(alias.alias);
            fields.insert(alias.name.to_owned(), value);
        }
    }
}
