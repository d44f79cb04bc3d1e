//! Operations that this server does not have say so, and do not hide any that it has.

use crate::support::{MISSING, World, on_both, operations};
use serde_json::{Value, json};

on_both! { every_unbuilt_operation_says_so built_operations_answer_as_before a_malformed_id_is_named }

const LIST: &str = include_str!("unimplemented.txt");

fn at(path: &str) -> String {
    path.replace("{email}", "a@x.example").split('/').map(filled).collect::<Vec<_>>().join("/")
}

fn filled(part: &str) -> &str {
    if part.starts_with('{') { MISSING } else { part }
}

async fn every_unbuilt_operation_says_so(world: World) {
    for line in LIST.lines() {
        let line = at(line);
        let (method, path) = line.split_once(' ').unwrap();
        let said = format!("Route {method}:{path} not found: this operation is not built in Gatepost yet");
        for (who, body) in [("owner", Value::Null), ("owner", json!({ "any": "thing" })), ("", Value::Null)] {
            assert_eq!(world.call(who, &line, body).await.is(404).message(), said);
        }
    }
    let with_query =
        world.get("owner", &format!("/api/v2/subsequences/analytics?id={MISSING}")).await.is(404);
    assert!(with_query.message().starts_with("Route GET:/api/v2/subsequences/analytics not found: "));
    // Another method of such a path has no route.
    let other = world.call("owner", "PUT /api/v2/emails/reply", Value::Null).await.is(404).message();
    assert_eq!(other, "Route PUT:/api/v2/emails/reply not found");
    assert_eq!(
        world.get("owner", "/api/v2/nothing").await.is(404).message(),
        "Route GET:/api/v2/nothing not found"
    );
}

async fn built_operations_answer_as_before(world: World) {
    for operation in operations::all(world.api) {
        assert!(!LIST.lines().any(|line| line == operation.line()), "{} is built", operation.line());
        if !operation.path.starts_with("/api/v2/") {
            continue;
        }
        let answer = world.call("owner", &at(&operation.line()), Value::Null).await;
        assert!(!answer.text().contains("not built"), "{}", operation.line());
        let wrong = world.call("owner", &format!("PUT {}", at(&operation.path)), Value::Null).await;
        let said = wrong.message();
        let has_put =
            operations::all(world.api).iter().any(|o| o.path == operation.path && o.method == "PUT");
        assert!(has_put || said.ends_with("; the path has other methods") && wrong.status == 405, "{said}");
    }
}

async fn a_malformed_id_is_named(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    for id in ["reserving:7", "x", "analytic", &campaign[1..], "..%2f"] {
        for (line, what) in [
            ("GET /api/v2/campaigns/{id}", "id"),
            ("POST /api/v2/campaigns/{id}/pause", "id"),
            ("DELETE /api/v2/leads/{id}", "id"),
            ("PATCH /api/v2/workspace-members/{id}", "id"),
        ] {
            let line = line.replace("{id}", id);
            let said = world.call("owner", &line, Value::Null).await.is(400).message();
            assert_eq!(said, format!("params/{what} must match format \"uuid\""), "{line}");
            // The answer says nothing about a record, and the key is checked first.
            assert_eq!(world.call("stranger", &line, Value::Null).await.is(400).message(), said);
            world.call("", &line, Value::Null).await.is(401);
        }
    }
    world.call("view", "DELETE /api/v2/leads/x", Value::Null).await.is(403);
    world.get("owner", "/api/v2/accounts/not-an-address").await.is(404);
}
