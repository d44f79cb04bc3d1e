//! Every operation names a permission, every change leaves exactly one audit row, refusals are recorded and
//! bounded.

use crate::samples::call;
use crate::support::operations;
use crate::support::samples::Call;
use crate::support::{World, on_both};
use gatepost::access::{ACTIONS, Action, Mark};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

on_both! { every_change_leaves_one_row refusals_are_counted_and_bounded keys_are_stamped }

/// Permissions that are not an operation of the router, but a further requirement of one. The list becomes
/// longer only when such a requirement is added.
const UNROUTED: [&str; 14] = [
    "workspaces:set_rights",
    "workspace_members:change_role",
    "workspace_members:loosen",
    "workspace_members:appoint",
    "workspace_members:dismiss",
    "workspace_members:explain_others",
    "api_keys:warn",
    "accounts:use",
    "leads:verify",
    "webhooks:deliver",
    "profile:first_password",
    "sessions:begin",
    "workspace_group_members:leave",
    "workspace_group_members:act",
];

/// Rows other than refusals.
async fn acts(world: &World) -> Vec<Value> {
    world.log().await.into_iter().filter(|row| row["audit_metadata"]["refused_by"].is_null()).collect()
}

/// These need a mail server, or a server without a workspace. Their own tests count the rows.
const MAILED: [&str; 3] = ["profile:change_email", "profile:ask_reset", "workspaces:set_up"];

pub async fn every_change_leaves_one_row(world: World) {
    world.connect("owner", "free@outreach.example", None).await;
    let mut operations = operations::all(world.api);
    // These come last: until then the caller must be the owner, and the tag must exist.
    let last = [
        "workspace_group_members:reject",
        "workspace_group_members:accept",
        "workspace_group_members:delegate",
        "custom_tags:delete",
        "workspaces:change_owner",
    ];
    operations.sort_by_key(|operation| {
        last.iter().position(|name| *name == operation.action.name).map_or(0, |at| at + 1)
    });
    let mut changed = 0;
    for operation in operations.iter().filter(|operation| operation.action.activity.is_some()) {
        if MAILED.contains(&operation.action.name) {
            continue;
        }
        world.refresh_sessions().await;
        let Call { who, line, body } = call(&world, operation).await;
        let before = acts(&world).await.len();
        let answer = world.call(&who, &line, body).await;
        assert!(answer.status.is_success(), "{line}: {}", answer.text());
        let expected = match operation.action.name {
            "workspaces:create" => 0,
            // The file makes one change, which has a row too.
            "access:apply" => 2,
            // The removal of the member is a part with a row of its own.
            "workspace_members:off_board" => 2,
            _ => 1,
        };
        let reads = if operation.action.name == "workspaces:change_owner" { "admin" } else { "owner" };
        world.app.behind.flush().await;
        let rows = world.get(reads, "/api/v2/audit-logs?limit=1000").await.is(200).items();
        let rows: Vec<_> =
            rows.into_iter().filter(|row| row["audit_metadata"]["refused_by"].is_null()).collect();
        assert_eq!(rows.len() - before, expected, "{line}");
        if expected > 0 {
            assert_eq!(rows[0]["action"], operation.action.name, "{line}");
            assert_eq!(rows[0]["activity_type"], json!(operation.action.activity), "{line}");
        } else {
            let key = answer.json()["api_key"].as_str().unwrap().to_owned();
            assert_eq!(
                world.get(&key, "/api/v2/audit-logs").await.is(200).items().len(),
                1,
                "in the new workspace"
            );
        }
        changed += 1;
    }
    assert!(changed >= 20, "{changed}");
}

#[tokio::test]
async fn every_row_of_the_matrix_is_routed() {
    let world = World::sqlite().await;
    let operations = operations::all(world.api);
    let routed: BTreeSet<_> = operations.iter().map(|operation| operation.action.name).collect();
    let missing: Vec<_> =
        ACTIONS.iter().map(|action| action.name).filter(|name| !routed.contains(name)).collect();
    assert_eq!(missing, UNROUTED);
    for operation in &operations {
        let accepted: Vec<_> = operation.document["security"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|way| way.get("ApiKeyAuth"))
            .map(|scopes| &scopes[0])
            .collect();
        let scopes = operation.action.scopes();
        let expected: Vec<Value> = match scopes.is_empty() {
            _ if operation.open || operation.action.is(Mark::SignedIn) => vec![],
            true => vec![Value::Null],
            false => scopes.into_iter().map(Value::from).collect(),
        };
        assert_eq!(json!(accepted), json!(expected), "{}", operation.line());
        let changes = operation.action.activity.is_some() && !operation.action.is(Mark::Reading);
        assert!(!changes || operation.method != "GET", "{} changes something", operation.line());
    }
    let mut numbers: Vec<_> = ACTIONS.iter().filter_map(|action: &&Action| action.activity).collect();
    let all = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "an activity type is numbered once");
}

async fn refusals_are_counted_and_bounded(world: World) {
    for _ in 0..5 {
        world.call("view", "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    }
    world.get("view", &format!("/api/v2/campaigns/{}", crate::support::MISSING)).await.is(404);
    world.call("reader", "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    world.get("revoked", "/api/v2/campaigns").await.is(401);
    world.get("no such key", "/api/v2/campaigns").await.is(401);
    let refused = |log: Vec<Value>| -> Vec<(String, String, i64)> {
        let refused = log.into_iter().filter(|row| row["activity_type"] == 1015);
        let mut rows: Vec<_> = refused
            .map(|row| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (
                    text(&row["action"]),
                    text(&row["audit_metadata"]["refused_by"]),
                    row["affected_count"].as_i64().unwrap(),
                )
            })
            .collect();
        rows.sort();
        rows
    };
    let row = |action: &str, step: &str, count| (action.to_owned(), step.to_owned(), count);
    let expected = [
        row("campaigns:read", "credential", 1),
        row("campaigns:read", "record", 1),
        row("custom_tags:create", "role", 5),
        row("custom_tags:create", "scope", 1),
    ];
    assert_eq!(refused(world.log().await), expected);
    world.call("view", "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    assert_eq!(refused(world.log().await)[2].2, 6, "within the minute, the same row");
    world.wait(61_000);
    world.call("view", "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    assert_eq!(refused(world.log().await).len(), 5, "a minute later, a row of its own");
    bounded(&world).await;
}

/// A workspace has a thousand rows an hour, and then one row for the rest.
async fn bounded(world: &World) {
    let fill = gatepost::db::sql(
        "insert into audit_log (workspace_id, id, at, activity_type, action, resource, actor, \
         ip_address, request_id, affected_count, metadata, search, refusal) \
         values ($1, $2, $3, 1015, 'a', 'refused', 'b', 'c', 'd', 1, $4, 'e', $5)",
    );
    let mut rows = Vec::new();
    for n in 0..1000 {
        let row = fill.clone().bind(world.home).bind(world.app.new_id()).bind(world.app.now());
        rows.push(row.bind(json!({ "refused_by": "role" })).bind(format!("row {n}")));
    }
    let insert = async move |tx: &mut gatepost::db::Tx| {
        for row in &rows {
            row.clone().run(tx).await?;
        }
        Ok(())
    };
    world.writer.write(insert).await.unwrap();
    for who in ["sdr", "member", "sdr"] {
        world.call(who, "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    }
    world.app.behind.flush().await;
    let rest = world.get("owner", "/api/v2/audit-logs?activity_type=1016").await.is(200).items();
    assert_eq!((rest.len(), &rest[0]["affected_count"]), (1, &json!(3)));
    let newest = world.get("owner", "/api/v2/audit-logs?activity_type=1015&limit=1").await.items();
    assert_eq!(newest[0]["user"], "b", "none of the last three has a row");
}

async fn keys_are_stamped(world: World) {
    let stamp = async |id: Uuid| {
        world.app.behind.flush().await;
        let keys = world.get("owner", "/api/v2/api-keys?limit=100").await.is(200).items();
        keys.into_iter().find(|key| key["id"] == json!(id)).unwrap()["last_used_at"].clone()
    };
    let id = world.who("reader").key_id;
    assert_eq!(stamp(id).await, Value::Null);
    world.get("reader", "/api/v2/campaigns").await.is(200);
    let used = stamp(id).await;
    assert_eq!(used, "2023-11-14T22:13:20.000Z");
    world.wait(-3_600_000);
    world.get("reader", "/api/v2/campaigns").await.is(200);
    assert_eq!(stamp(id).await, used, "a clock that goes back takes nothing back");
}
