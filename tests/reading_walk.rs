//! The rules for reading bodies and query strings, on every operation of the router. No operation is listed
//! by hand.

use crate::reading::ignored;
use crate::samples::{body, records};
use crate::support::operations::{self, Operation, walked};
use crate::support::oracle::{EXTENSION, is_ours, resolve};
use crate::support::samples::Records;
use crate::support::{Answer, World, on_both};
use gatepost::access::Mark;
use gatepost::http::{ALIASES, RIGHTS};
use serde_json::{Value, json};
use std::collections::BTreeMap;

on_both! {
    an_unknown_key_is_dropped_or_refused_as_its_class_says an_unknown_parameter_is_refused_everywhere
    a_key_like_a_right_is_refused_everywhere messages_are_short_and_never_hold_the_value
    many_or_long_variables_are_refused_in_few_words
}

const ODD: &str = "zebra_crossing";

fn schema<'a>(api: &'a Value, operation: &'a Operation) -> Option<&'a Value> {
    let schema = &operation.document["requestBody"]["content"]["application/json"]["schema"];
    (!schema.is_null()).then(|| resolve(api, schema))
}

fn caller(operation: &Operation) -> &'static str {
    match (operation.open, operation.action.is(Mark::SignedIn)) {
        (true, _) => "",
        (false, true) => "owner's session",
        (false, false) => "owner",
    }
}

async fn send(world: &World, operation: &Operation, records: &Records, query: &str, body: Value) -> Answer {
    let id = if operation.takes_id() { records.id(operation) } else { "" };
    world.refresh_sessions().await;
    world.call(caller(operation), &format!("{}{query}", operation.at(id)), body).await
}

/// Operations that take a body, with a valid one.
async fn with_bodies(world: &World, records: &Records) -> Vec<(Operation, Value)> {
    let all = operations::all(world.api).into_iter();
    let all = all.filter(|operation| schema(world.api, operation).is_some());
    all.map(|operation| (operation.clone(), body(&operation, records))).collect()
}

async fn an_unknown_key_is_dropped_or_refused_as_its_class_says(world: World) {
    let mut own = records(&world, "owner").await;
    let mut counts = BTreeMap::new();
    for (operation, mut body) in with_bodies(&world, &own).await {
        body[ODD] = json!(1);
        let answer = send(&world, &operation, &own, "", body).await;
        let class = schema(world.api, &operation).unwrap()["x-gatepost-reading"].as_str().unwrap_or("strict");
        *counts.entry(class.to_owned()).or_insert(0) += 1;
        let line = operation.line();
        if class == "lenient" {
            assert_eq!((answer.status.as_u16(), ignored(&answer)), (200, vec![ODD.to_owned()]), "{line}");
            assert!(!line.contains("DELETE") && !is_ours(operation.document), "{line} is lenient");
            own = records(&world, "owner").await;
        } else {
            let refused = answer.is(400);
            assert_eq!(
                refused.message(),
                format!("body must NOT have additional properties: '{ODD}'"),
                "{line}"
            );
            assert!(ignored(&refused).is_empty(), "{line}");
        }
    }
    assert!(counts["lenient"] >= 11 && counts["coerced"] == 2 && counts["strict"] >= 30, "{counts:?}");
}

async fn an_unknown_parameter_is_refused_everywhere(world: World) {
    let own = records(&world, "owner").await;
    let rows = world.log().await.len();
    for operation in operations::all(world.api) {
        let body = body(&operation, &own);
        let refused = send(&world, &operation, &own, &format!("?{ODD}=1"), body).await.is(400).message();
        let line = operation.line();
        assert_eq!(refused, format!("querystring must NOT have additional properties: '{ODD}'"), "{line}");
    }
    assert_eq!(world.log().await.len(), rows, "nothing was done");
}

async fn a_key_like_a_right_is_refused_everywhere(world: World) {
    let own = records(&world, "owner").await;
    let rows = world.log().await.len();
    for (operation, body) in with_bodies(&world, &own).await {
        for name in ["visability", "expire_at"] {
            let mut body = body.clone();
            body[name] = json!("x");
            let refused = send(&world, &operation, &own, "", body).await.is(400).message();
            assert!(refused.contains(&format!("'{name}'")), "{}: {refused}", operation.line());
        }
    }
    assert_eq!(world.log().await.len(), rows, "nothing was done");
}

/// Fields that name a record, or narrow a search, and give no right. In a lenient body they never appear as a marked field.
const NO_RIGHT: [&str; 5] = ["email", "tag_id", "resource_id", "interest_status", "canary"];

#[tokio::test]
async fn every_marked_field_of_a_body_is_among_the_rights() {
    let world = World::sqlite().await;
    for operation in operations::all(world.api) {
        let Some(schema) = schema(world.api, &operation).filter(|_| !is_ours(operation.document)) else {
            continue;
        };
        for (name, field) in schema["properties"].as_object().unwrap() {
            let is_right = RIGHTS.contains(&name.as_str());
            let marked = resolve(world.api, field)[EXTENSION] == true;
            let excepted = NO_RIGHT.contains(&name.as_str()) && schema["x-gatepost-reading"] != "lenient";
            assert!(!marked || is_right || excepted, "{}: {name}", operation.line());
        }
    }
    for alias in ALIASES {
        let all = operations::all(world.api);
        assert!(all.iter().any(|operation| operation.line() == alias.operation), "{}", alias.operation);
    }
}

const SECRET: &str = "Personal-Data-4711 ";

/// Puts a wrong value into a property, at every depth.
fn spoilt(api: &Value, field: &Value, wrong: &Value, depth: u32) -> Vec<Value> {
    let field = resolve(api, field);
    let mut all = vec![wrong.clone()];
    if depth == 0 {
        return all;
    }
    for (name, inner) in field["properties"].as_object().into_iter().flatten() {
        all.extend(spoilt(api, inner, wrong, depth - 1).into_iter().map(|value| json!({ name: value })));
    }
    if field["items"].is_object() {
        all.extend(spoilt(api, &field["items"], wrong, depth - 1).into_iter().map(|value| json!([value])));
    }
    for variant in field["anyOf"].as_array().into_iter().flatten().filter(|variant| variant["type"] != "null")
    {
        all.extend(spoilt(api, variant, wrong, depth - 1));
    }
    all
}

async fn messages_are_short_and_never_hold_the_value(world: World) {
    let own = records(&world, "owner").await;
    let long = SECRET.repeat(600);
    let wrongs = [
        json!(long),
        json!([long]),
        json!({ "k": long }),
        json!(-4711.5e9),
        json!({ long.clone(): { long.clone(): 1 } }),
    ];
    let mut refused = 0;
    for (at, (operation, _)) in with_bodies(&world, &own).await.into_iter().enumerate() {
        let schema = schema(world.api, &operation).unwrap();
        for (wrong, is_name) in wrongs.iter().zip([false, false, false, false, true]) {
            let mut bodies = vec![wrong.clone()];
            for (name, field) in schema["properties"].as_object().unwrap() {
                let spoilt = spoilt(world.api, field, wrong, 4);
                bodies.extend(spoilt.into_iter().map(|value| with(body(&operation, &own), name, value)));
            }
            let some = bodies.into_iter().enumerate().filter(|(n, _)| walked(&world, at + n));
            for (_, body) in some {
                let answer = send(&world, &operation, &own, "", body).await;
                if answer.status != 400 {
                    continue;
                }
                refused += 1;
                let message = answer.message();
                assert!(message.len() < 300, "{} {message}", operation.line());
                assert!(is_name || !message.contains("4711"), "{} {message}", operation.line());
            }
        }
    }
    assert!(refused > 1000, "{refused}");
    for operation in operations::all(world.api) {
        for query in operation.queries() {
            let text = "Personal-Data-4711".repeat(100);
            let answer =
                send(&world, &operation, &own, &format!("?{query}={text}"), body(&operation, &own)).await;
            let message = if answer.status == 400 { answer.message() } else { String::new() };
            assert!(message.len() < 300 && !message.contains("4711"), "{} {message}", operation.line());
        }
    }
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn many_or_long_variables_are_refused_in_few_words(world: World) {
    let id = world.create("owner", "c", "team").await;
    let many = |count: usize, from: usize| {
        let all = (from..from + count).map(|i| (format!("k{i}"), json!("v".repeat(50))));
        Value::Object(all.collect())
    };
    let at = "body/leads/0/custom_variables";
    for (variables, message) in [
        (many(201, 0), format!("{at} must NOT have more than 200 properties")),
        (json!({ "n".repeat(201): 1 }), format!("{at} property name must NOT have more than 200 characters")),
        (json!({ "k": "v".repeat(10_001) }), format!("{at}/k must NOT have more than 10000 characters")),
        (json!({ "k": ["v"] }), format!("{at}/k must be ")),
    ] {
        let leads = json!([{ "email": "a@lead.example", "custom_variables": variables }]);
        let body = json!({ "campaign_id": id, "leads": leads });
        let refused = world.call("owner", "POST /api/v2/leads/add", body).await.is(400).message();
        assert!(refused.starts_with(&message) && refused.len() < 300, "{refused}");
    }
    let leads = |from: usize| {
        let lead =
            |i: usize| json!({ "email": format!("{i}@lead.example"), "custom_variables": many(200, i) });
        json!({ "campaign_id": id, "leads": [lead(from), lead(from + 200)] })
    };
    world.call("owner", "POST /api/v2/leads/add", leads(0)).await.is(200);
    let refused = world.call("owner", "POST /api/v2/leads/add", leads(400)).await.is(400).message();
    assert_eq!(refused, "body/custom_variables must NOT bring the campaign above 500 different names");
}
