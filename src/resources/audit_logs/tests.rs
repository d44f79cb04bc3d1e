//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! { who_did_what_and_when filters_find_it a_plan_may_leave_it_out both_sides_are_recorded }

async fn who_did_what_and_when(world: World) {
    let headers = [("user-agent", "curl/8"), ("x-forwarded-for", "203.0.113.9")];
    let body = json!({ "label": "T" }).to_string().into_bytes();
    let made = world.send("editor", "POST /api/v2/custom-tags", &headers, body).await.is(200);
    let row = world.log().await.remove(0);
    assert_eq!(row["action"], "custom_tags:create");
    assert_eq!(row["resource"], format!("custom_tag/{}", made.id()));
    let email = world.get("editor", "/api/v2/me").await.json()["email"].clone();
    assert_eq!((&row["user"], &row["user_name"]), (&email, &json!("editor Test")));
    assert_eq!(row["user_id"], json!(world.who("editor").user));
    assert_eq!(row["api_key_id"], json!(world.who("editor").key_id));
    assert_eq!(
        (&row["user_agent"], &row["timestamp"]),
        (&json!("curl/8"), &json!("2023-11-14T22:13:20.000Z"))
    );
    assert_eq!((&row["from_api"], &row["timestamp_created"]), (&json!(true), &row["timestamp"]));
    assert!(row["ip_address"].is_string());
    assert_eq!(row["audit_metadata"]["changes"]["label"], json!([null, "T"]));
    assert_eq!(row["audit_metadata"]["role"], "editor");
}

async fn filters_find_it(world: World) {
    let day = 24 * 60 * 60 * 1000;
    world.call("owner", "POST /api/v2/custom-tags", json!({ "label": "first" })).await.is(200);
    world.wait(day);
    let id = world.create("owner", "second", "team").await;
    world.wait(day);
    world.call("owner", &format!("DELETE /api/v2/campaigns/{id}"), Value::Null).await.is(200);
    let actions = async |query: &str| -> Vec<String> {
        let rows = world.get("admin", &format!("/api/v2/audit-logs?{query}")).await.is(200).items();
        rows.iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
    };
    let (tag, create, delete) = ("custom_tags:create", "campaigns:create", "campaigns:delete");
    assert_eq!(actions("limit=1000").await, [delete, create, tag]);
    assert_eq!(actions("activity_type=3").await, [delete]);
    assert_eq!(actions("search=CUSTOM_tags").await, [tag]);
    assert_eq!(actions(&format!("search=campaign/{id}")).await, [delete, create]);
    assert_eq!(actions("start_date=2023-11-15&end_date=2023-11-15").await, [create]);
    assert_eq!(actions("start_date=2023-11-15").await, [delete, create]);
    assert_eq!(actions("end_date=2023-11-14T23:00:00.000Z").await, [tag]);
    assert!(actions("search=login").await.is_empty());
    assert_eq!(actions("limit=1").await, [delete]);
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.get(who, "/api/v2/audit-logs").await.is(403);
    }
    assert!(world.get("stranger", "/api/v2/audit-logs").await.is(200).items().is_empty());
}

async fn a_plan_may_leave_it_out(world: World) {
    world
        .run(
            sql("update workspaces set denied = $2 where id = $1")
                .bind(world.home)
                .bind(json!(["audit_logs"])),
        )
        .await;
    let refused = world.get("owner", "/api/v2/audit-logs").await.is(402).json();
    assert_eq!(refused["error"], "Payment Required");
    assert!(refused["message"].as_str().unwrap().contains("`audit_logs`"));
    world.get("stranger", "/api/v2/audit-logs").await.is(200);
    world.get("owner", "/api/v2/campaigns").await.is(200);
}

/// A key that is known and a call that is refused: the row says by which step, in the caller's own workspace.
async fn both_sides_are_recorded(world: World) {
    let id = world.create("owner", "c", "team").await;
    world.call("stranger", &format!("PATCH /api/v2/campaigns/{id}"), json!({ "name": "mine" })).await.is(404);
    world
        .send("stranger", "GET /api/v2/campaigns", &[("x-as-workspace", &world.home.to_string())], vec![])
        .await
        .is(404);
    world.app.behind.flush().await;
    let rows = world.get("stranger", "/api/v2/audit-logs").await.is(200).items();
    let mut steps: Vec<_> =
        rows.iter().map(|row| row["audit_metadata"]["refused_by"].as_str().unwrap()).collect();
    steps.sort_unstable();
    assert_eq!(steps, ["delegation", "record"]);
    assert!(rows.iter().all(|row| !row.to_string().contains(&id)));
    assert_eq!(world.log().await.len(), 1, "the other workspace has its creation, and no more");
}
