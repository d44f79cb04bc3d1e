//! Helpers for tests of leads.

use super::World;
use serde_json::{Value, json};

/// Creates a list that belongs to this caller.
pub async fn list(world: &World, who: &str) -> String {
    world.call(who, "POST /api/v2/lead-lists", json!({ "name": "List" })).await.is(200).id()
}

/// The leads that a search finds, each by the part before its `@`.
pub async fn found(world: &World, who: &str, body: Value) -> Vec<String> {
    let items = world.call(who, "POST /api/v2/leads/list", body).await.is(200).items();
    items
        .iter()
        .map(|lead| lead["email"].as_str().unwrap_or("-").split('@').next().unwrap().to_owned())
        .collect()
}
