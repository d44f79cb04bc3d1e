//! Bad input gets a 400 that names the field, or a similar status. It never gets a 500, and never makes half
//! a change.

use crate::support::scene::campaign;
use crate::support::{MISSING, World, on_both};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::{Router, routing::get};
use gatepost::config::RateLimit;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

on_both! { refusals_name_the_field refusals_name_the_field_elsewhere odd_bytes_are_refused strange_values_never_break queries_are_checked no_body_is_some_body
a_panic_is_one_lost_answer }

async fn refusals_name_the_field(world: World) {
    let campaigns = "POST /api/v2/campaigns";
    let with = |field: &str, value: Value| {
        let mut body = campaign("c");
        body[field] = value;
        body
    };
    let schedule = |value: Value| with("campaign_schedule", value);
    for (body, message) in [
        (json!({}), "body must have required property 'name'"),
        (json!([]), "body must be object"),
        (json!(null), "body must be a JSON object; it is empty"),
        (with("name", json!(5)), "body/name must be string"),
        (json!({ "nmae": "x" }), "body must have required property 'name'"),
        (with("open_tracking", json!(null)), "body/open_tracking must be boolean"),
        (with("daily_limit", json!("five")), "body/daily_limit must be"),
        (with("daily_max_leads", json!(-1)), "body/daily_max_leads must be >= 0"),
        (with("email_list", json!("a@b.example")), "body/email_list/0 must be a sending account"),
        (with("cc_list", json!(["nobody"])), "body/cc_list/0 must match format \"email\""),
        (with("visibility", json!("public")), "body/visibility must be equal to one of the allowed"),
        (with("owned_by", json!("me")), "body/owned_by must match format \"uuid\""),
        (schedule(json!({})), "body/campaign_schedule must have required property 'schedules'"),
        (schedule(json!({ "schedules": [] })), "body/campaign_schedule/schedules must NOT have fewer than 1"),
    ] {
        let refused = world.call("owner", campaigns, body.clone()).await.is(400).message();
        assert!(refused.starts_with(message), "{body}\n{refused}");
    }
    assert!(world.get("owner", "/api/v2/campaigns").await.items().is_empty());
    assert!(world.log().await.is_empty(), "nothing half-written");
}

async fn refusals_name_the_field_elsewhere(world: World) {
    let (tags, keys) = ("POST /api/v2/custom-tags", "POST /api/v2/api-keys");
    let members = "POST /api/v2/workspace-members";
    for (line, body, message) in [
        (tags, json!({ "label": "  " }), "body/label must match pattern"),
        (tags, json!({ "label": "" }), "body/label must"),
        (tags, json!({ "label": "x".repeat(201) }), "body/label must NOT have more than 200 characters"),
        (keys, json!({ "name": "k", "scopes": [] }), "body/scopes must NOT have fewer than 1 items"),
        (keys, json!({ "name": "k", "scopes": ["campaigns:fly"] }), "body/scopes/0 must be equal to one of"),
        (
            keys,
            json!({ "name": "k", "scopes": ["all:all"], "allowed_ips": ["here"] }),
            "body/allowed_ips must",
        ),
        (
            keys,
            json!({ "name": "k", "scopes": ["all:all"], "expires_at": "soon" }),
            "body/expires_at must match",
        ),
        (
            keys,
            json!({ "name": "k", "scopes": ["all:all"], "expires_at": "2001-01-01T00:00:00Z" }),
            "body/expires_at must be in the future",
        ),
        (members, json!({ "email": "nobody" }), "body/email must match format \"email\""),
        (members, json!({ "email": "a@b.example", "role": "king" }), "body/role must be equal to one of"),
        (
            members,
            json!({ "email": "a@b.example", "permissions": ["fly"] }),
            "body/permissions/0 must be equal",
        ),
        ("PATCH /api/v2/workspaces/current", json!({}), "body must NOT have fewer than 1 properties"),
        ("PATCH /api/v2/workspaces/current", json!({ "name": "" }), "body/name must NOT have fewer than 1"),
    ] {
        let refused = world.call("owner", line, body.clone()).await.is(400).message();
        assert!(refused.starts_with(message), "{line} {body}\n{refused}");
    }
    assert!(world.log().await.is_empty(), "nothing half-written");
}

async fn odd_bytes_are_refused(world: World) {
    let send = async |bytes: Vec<u8>| world.send("owner", "POST /api/v2/custom-tags", &[], bytes).await;
    let deep = [vec![b'['; 200], vec![b']'; 200]].concat();
    let nested = format!("{{\"label\":{}1{}}}", "{\"a\":".repeat(5000), "}".repeat(5000)).into_bytes();
    for bytes in [
        b"{".to_vec(),
        b"{\"label\": \"\xff\"}".to_vec(),
        b"{\"label\": \"\\ud800\"}".to_vec(),
        b"{\"label\": \"a\\u0000b\"}".to_vec(),
        b"{\"label\": \"a\", \"description\": \"\\u0000\"}".to_vec(),
        b"{\"la\\u0000bel\": \"a\"}".to_vec(),
        b"label=x".to_vec(),
        b"   ".to_vec(),
        b"{\"label\": 1e999}".to_vec(),
        deep,
        nested,
    ] {
        send(bytes).await.is(400);
    }
    let large = format!("{{\"label\": \"{}\"}}", "x".repeat(10 * 1024 * 1024)).into_bytes();
    assert_eq!(send(large).await.is(413).json()["error"], "Payload Too Large");
    let accept = format!("{{\"token\": \"{}\"}}", "x".repeat(20_000)).into_bytes();
    world.send("", "POST /api/v2/invitations/accept", &[], accept).await.is(413);
    assert!(world.get("owner", "/api/v2/custom-tags").await.items().len() == 1, "only the client's");
}

/// What a hostile client would try in every text field.
async fn strange_values_never_break(world: World) {
    let long = "é".repeat(150);
    for text in ["'; drop table users; --", "%_\\", "\u{202e}abc", "😀", "\u{85}x", "$1 {visible} ?1", &long]
    {
        let tag =
            world.call("owner", "POST /api/v2/custom-tags", json!({ "label": text })).await.is(200).json();
        assert_eq!(tag["label"], text.trim());
        let id = world.create("owner", text, "team").await;
        world.call("owner", &format!("PATCH /api/v2/campaigns/{id}"), json!({ "name": text })).await.is(200);
        let key = json!({ "name": text, "scopes": ["leads:read"] });
        world.call("owner", "POST /api/v2/api-keys", key).await.is(200);
    }
    for number in [json!(0), json!(-1.5), json!(1e300), json!(9007199254740993_i64)] {
        let mut body = campaign("numbers");
        body["daily_limit"] = number.clone();
        let made = world.call("owner", "POST /api/v2/campaigns", body).await.is(200).json();
        assert_eq!(made["daily_limit"], number);
    }
    let spaces = json!({ "label": "\u{2003}\u{85}" });
    world.call("owner", "POST /api/v2/custom-tags", spaces).await.is(400);
    let far = json!({ "name": "k", "scopes": ["all:all"], "expires_at": "9999-12-31T23:59:59.999Z" });
    world.call("owner", "POST /api/v2/api-keys", far).await.is(200);
    let huge = json!({ "name": "x", "sequences": [{ "steps": [{ "type": "email", "delay": 1, "variants":
        vec![json!({ "subject": "s", "body": "b".repeat(60 * 1024) }); 10] }] }] });
    let id = world.create("owner", "c", "team").await;
    let refused = world.call("owner", &format!("PATCH /api/v2/campaigns/{id}"), huge).await.is(400);
    assert!(refused.message().contains("512 KB"), "{}", refused.message());
}

async fn queries_are_checked(world: World) {
    for (path, message) in [
        ("campaigns?limit=0", "querystring/limit must be >= 1"),
        ("campaigns?limit=101", "querystring/limit must be <= 100"),
        ("campaigns?limit=ten", "querystring/limit must be integer"),
        ("campaigns?limit=99999999999999999999999", "querystring/limit must be"),
        ("campaigns?starting_after=x", "querystring/starting_after must"),
        ("campaigns?tag_ids=SDR-West", "querystring/tag_ids must be UUIDs"),
        ("campaigns?tag_ids=", "querystring/tag_ids must be UUIDs"),
        ("campaigns?status=9", "querystring/status must be equal to one of"),
        ("campaigns?search=a%00b", "querystring/search must not contain the character U+0000"),
        ("campaigns?ai_sales_agent_id=x", "querystring/ai_sales_agent_id must match format"),
        ("workspace-members?accepted=maybe", "querystring/accepted must be boolean"),
        ("custom-tags?resource_ids=1", "querystring/resource_ids must be UUIDs"),
        ("custom-tag-mappings?resource_ids=1", "querystring/resource_ids must be UUIDs"),
        ("audit-logs?limit=1001", "querystring/limit must be <= 1000"),
        ("audit-logs?start_date=yesterday", "querystring/start_date must be a day"),
        ("audit-logs?end_date=-5000-01-01", "querystring/end_date must be a day"),
        ("audit-logs?activity_type=login", "querystring/activity_type must be number"),
    ] {
        let refused = world.get("owner", &format!("/api/v2/{path}")).await.is(400).message();
        assert!(refused.starts_with(message), "{path}: {refused}");
    }
    let long = format!("/api/v2/campaigns?search={}", "a".repeat(60_000));
    world.get("owner", &long).await.is(400);
    for list in
        ["campaigns", "workspace-members", "api-keys", "custom-tags", "custom-tag-mappings", "audit-logs"]
    {
        let page = world.get("owner", &format!("/api/v2/{list}?limit=1&starting_after={MISSING}")).await;
        page.is(200);
    }
    let ids = vec![MISSING; 101].join(",");
    world.get("owner", &format!("/api/v2/campaigns?tag_ids={ids}")).await.is(400);
}

async fn no_body_is_some_body(world: World) {
    let line = format!("POST /api/v2/campaigns/{}/pause", world.create("owner", "c", "team").await);
    for bytes in ["", "null", "{}", "  {} "] {
        world.send("owner", &line, &[], bytes.into()).await.is(200);
    }
    for bytes in ["1", "{\"a\":1}", "[]", "x"] {
        world.send("owner", &line, &[], bytes.into()).await.is(400);
    }
}

#[tokio::test]
async fn unknown_routes_and_wrong_methods() {
    let world = World::sqlite().await;
    for line in ["GET /api/v2/nothing", "GET /api/v2/campaigns/", "POST /api/v1/lead/add"] {
        world.call("owner", line, Value::Null).await.is(404);
    }
    for line in
        ["PUT /api/v2/campaigns", "DELETE /api/v2/workspaces/current", "POST /health", "POST /openapi.json"]
    {
        let refused = world.call("owner", line, Value::Null).await.is(405);
        assert!(refused.message().starts_with("Route "), "{}", refused.text());
    }
    assert!(world.get("", "/docs").await.is(200).text().contains("/openapi.json"));
    assert_eq!(world.get("", "/openapi.json").await.is(200).json()["info"]["title"], "Gatepost");
    assert!(world.get("", "/health").await.is(200).headers.contains_key("x-request-id"));
    let page = world.get("", "/invitations/accept").await.is(200);
    assert!(page.text().contains("Accept your invitation"));
}

#[tokio::test]
async fn calls_over_the_rate_get_a_retry_after() {
    let url = format!(
        "sqlite:{}",
        crate::support::folder().join(format!("gatepost-rate-{}.db", std::process::id())).display()
    );
    let world = World::on(&url, Some(url["sqlite:".len()..].into()), RateLimit(3.try_into().ok())).await;
    for _ in 0..3 {
        world.get("owner", "/api/v2/campaigns").await.is(200);
    }
    let refused = world.get("admin", "/api/v2/campaigns").await.is(429);
    assert_eq!(
        (refused.message().as_str(), &refused.headers["retry-after"]),
        ("Rate limit exceeded", &"1".parse().unwrap())
    );
    world.get("revoked", "/api/v2/campaigns").await.is(401);
    world.get("stranger", "/api/v2/campaigns").await.is(200);
}

/// No request can cause a panic, so the edge is put around a route that only panics.
async fn a_panic_is_one_lost_answer(world: World) {
    async fn breaks() {
        panic!("a handler of a test")
    }
    let router = Router::new().route("/breaks", get(breaks)).route("/holds", get(async || "ok"));
    let router = router.layer(from_fn_with_state(world.app.clone(), gatepost::edge::edge));
    let ask = |path: &str| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
    let lost = ask("/breaks").await.unwrap();
    assert_eq!(lost.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(lost.headers().contains_key("x-request-id"));
    let said = lost.into_body().collect().await.unwrap().to_bytes();
    let said: Value = serde_json::from_slice(&said).unwrap();
    assert_eq!(said["message"], "internal error", "and not why");
    assert_eq!(ask("/holds").await.unwrap().status(), StatusCode::OK);
    let counted = world.app.meters.text().unwrap();
    assert!(
        counted.contains(r#"gatepost_requests_total{method="GET",path="/breaks",status="500"} 1"#),
        "{counted}"
    );
}
