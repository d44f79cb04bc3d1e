//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    who_did_what_and_when filters_find_it a_plan_may_leave_it_out both_sides_are_recorded
    refused_attempts_say_at_what many_objects_have_a_few_rows what_a_body_names_is_recorded
}

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

/// A refused call with a known key has a row in the caller's own workspace, which names the step.
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
    // The row names the record as the caller did and does not say whether it exists.
    let asked = rows.iter().find(|row| row["audit_metadata"]["refused_by"] == "record").unwrap();
    assert_eq!((&asked["resource"], &asked["campaign_id"]), (&json!(format!("campaign/{id}")), &json!(id)));
    assert_eq!(world.log().await.len(), 1, "the other workspace has its creation, and no more");
}

/// Resource, step and count of the rows of refused attempts.
async fn refused(world: &World, query: &str) -> Vec<(String, String, i64)> {
    world.app.behind.flush().await;
    let rows = world.get("owner", &format!("/api/v2/audit-logs?limit=1000&{query}")).await.is(200).items();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows.iter().filter(|row| !row["audit_metadata"]["refused_by"].is_null());
    let row = |row: &Value| {
        let step = text(&row["audit_metadata"]["refused_by"]);
        (text(&row["resource"]), step, row["affected_count"].as_i64().unwrap())
    };
    let mut all: Vec<_> = rows.map(row).collect();
    all.sort();
    all
}

/// Finds who tried to see a campaign.
async fn refused_attempts_say_at_what(world: World) {
    let (secret, shared) =
        (world.create("owner", "c", "private").await, world.create("owner", "d", "team").await);
    let tried = ["manager", "editor", "member", "sdr", "view", "client"];
    for who in tried {
        world.get(who, &format!("/api/v2/campaigns/{secret}")).await.is(404);
    }
    world.get("sdr", &format!("/api/v2/campaigns/{}", secret.to_uppercase())).await.is(404);
    world.app.behind.flush().await;
    let rows =
        world.get("admin", &format!("/api/v2/audit-logs?limit=100&search=campaign/{secret}")).await.items();
    let who: std::collections::BTreeSet<_> = rows.iter().map(|row| row["user"].clone().to_string()).collect();
    assert_eq!(who.len(), 1 + tried.len(), "its maker and those who tried: {who:?}");
    assert!(rows.iter().all(|row| row["campaign_id"] == json!(secret)));
    let counts = refused(&world, &format!("search=campaign/{secret}")).await;
    assert_eq!(counts.iter().map(|(.., count)| count).sum::<i64>(), 7);
    // Refusals by another step, and other kinds of record.
    world.call("view", &format!("DELETE /api/v2/campaigns/{shared}"), Value::Null).await.is(403);
    world.get("client", "/api/v2/accounts/Jo%2Bx@outreach.example").await.is(403);
    world.get("sdr", &format!("/api/v2/lead-lists/{secret}")).await.is(404);
    // A text that is not an id names no record: the answer is 400, not a refusal.
    world.get("sdr", "/api/v2/campaigns/no-id").await.is(400);
    let row = |about: &str, step: &str| (about.to_owned(), step.to_owned(), 1);
    let all = refused(&world, "").await;
    for expected in [
        row(&format!("campaign/{shared}"), "role"),
        row("account/jo+x@outreach.example", "role"),
        row(&format!("lead_list/{secret}"), "record"),
    ] {
        assert!(all.contains(&expected), "{expected:?} {all:?}");
    }
    let lists = world.log().await.into_iter().filter(|row| row["list_id"] == json!(secret)).count();
    assert_eq!(lists, 1);
}

async fn many_objects_have_a_few_rows(world: World) {
    let id = |n: u128| uuid::Uuid::from_u128(0x0189_0000_0000_7000_8000_0000_0000_0000 + n);
    let ask = async |from: u128, to: u128| {
        for n in from..to {
            world.get("sdr", &format!("/api/v2/campaigns/{}", id(n))).await.is(404);
        }
    };
    let rest = async || {
        world.app.behind.flush().await;
        let rows = world.get("owner", "/api/v2/audit-logs?activity_type=1054").await.is(200).items();
        let row = |row: &Value| (row["audit_metadata"]["objects"].clone(), row["affected_count"].clone());
        rows.iter().map(row).collect::<Vec<_>>()
    };
    ask(0, 25).await;
    assert_eq!(rest().await, [(json!(5), json!(5))]);
    ask(0, 30).await;
    assert_eq!(rest().await, [(json!(10), json!(15))], "the same row, with what it stands for now");
    let rows = refused(&world, "activity_type=1015").await;
    assert_eq!(rows.len(), 20);
    assert!(
        rows.iter()
            .all(|(about, step, count)| about.starts_with("campaign/") && step == "record" && *count == 2)
    );
    // Another person, and another permission, have rows of their own.
    world.get("view", &format!("/api/v2/campaigns/{}", id(29))).await.is(404);
    world.call("sdr", &format!("POST /api/v2/campaigns/{}/pause", id(29)), Value::Null).await.is(404);
    assert_eq!(refused(&world, "activity_type=1015").await.len(), 22);
    // Another minute has rows of its own, too.
    world.wait(61_000);
    ask(0, 22).await;
    assert_eq!(rest().await, [(json!(2), json!(2)), (json!(10), json!(15))]);
}

async fn what_a_body_names_is_recorded(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let lead = json!({ "campaign_id": campaign, "leads": [{ "email": "a@lead.example" }] });
    world.call("member", "POST /api/v2/leads/add", lead).await.is(403);
    let lead = json!({ "campaign": campaign, "email": "a@lead.example" });
    world.call("member", "POST /api/v2/leads", lead).await.is(403);
    assert_eq!(refused(&world, "").await, [(format!("campaign/{campaign}"), "reach".to_owned(), 2)]);
    world.call("view", "POST /api/v2/leads", json!({ "not": "read" })).await.is(403);
    let all = refused(&world, "").await;
    assert!(all.contains(&("refused".to_owned(), "role".to_owned(), 1)), "{all:?}");
}
