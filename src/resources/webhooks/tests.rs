//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{MISSING, ROLES, World, on_both};
use serde_json::{Value, json};

on_both! {
    a_webhook_is_checked headers_are_shown_redacted roles_have_their_cells kinds_are_listed_with_labels
    a_campaign_must_be_visible lists_are_filtered a_maker_must_see_what_the_events_are_about
}

const HOOKS: &str = "POST /api/v2/webhooks";
const URL: &str = "https://hooks.example.com/in";

fn body(more: Value) -> Value {
    let mut body = json!({ "target_hook_url": URL, "event_type": "all_events" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn a_webhook_is_checked(world: World) {
    let long = "x".repeat(4097);
    for (wrong, why) in [
        (json!({ "event_type": "all_events" }), "body must have required property 'target_hook_url'"),
        (json!({ "target_hook_url": URL }), "body must have 'event_type' or 'custom_interest_value'"),
        (body(json!({ "event_type": "lead_lost" })), "body/event_type must be"),
        (
            body(json!({ "target_hook_url": "ftp://hooks.example.com/" })),
            "body/target_hook_url must match pattern",
        ),
        (body(json!({ "target_hook_url": "https://" })), "body/target_hook_url must match format"),
        (
            body(json!({ "target_hook_url": "http://hooks.example.com/" })),
            "body/target_hook_url must begin with https",
        ),
        (body(json!({ "target_hook_url": "https://127.0.0.1/" })), "body/target_hook_url must have a host"),
        (body(json!({ "target_hook_url": "https://2130706433/" })), "body/target_hook_url must have a host"),
        (body(json!({ "target_hook_url": "https://[::1]/" })), "body/target_hook_url must have a host"),
        (
            body(json!({ "target_hook_url": "https://a:b@hooks.example.com/" })),
            "body/target_hook_url must not have a user",
        ),
        (body(json!({ "headers": { "Host": "x" } })), "body/headers must not have `host`"),
        (body(json!({ "headers": { "webhook-id": "x" } })), "body/headers must not have `webhook-id`"),
        (body(json!({ "headers": { "x": long } })), "body/headers must have values"),
        (body(json!({ "headers": { "x": "1\r\n2" } })), "body/headers must have values"),
        (body(json!({ "headers": { "x": 1 } })), "body/headers/x must be string"),
    ] {
        let said = world.call("owner", HOOKS, wrong.clone()).await.is(400).message();
        assert!(said.starts_with(why), "{wrong}: {said}");
    }
    for _ in 0..50 {
        world.call("owner", HOOKS, body(json!({}))).await.is(200);
    }
    world.call("owner", HOOKS, body(json!({}))).await.is(409);
    world.call("stranger", HOOKS, body(json!({}))).await.is(200);
}

async fn headers_are_shown_redacted(world: World) {
    let headers = json!({ "headers": { "Authorization": "Basic b25l", "X-Two": "two two two two" } });
    let made = world.call("owner", HOOKS, body(headers)).await.is(200).json();
    let hidden = json!({ "authorization": "[redacted]", "x-two": "[redacted]" });
    assert_eq!(made["headers"], hidden);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let at = format!("/api/v2/webhooks/{}", made["id"].as_str().unwrap());
    let shown = world.get("owner", &at).await.is(200).json();
    assert!(shown["headers"] == hidden && shown.get("secret").is_none(), "{shown}");
    // A client that sends back what it was shown keeps the values.
    let patch = json!({ "headers": { "authorization": "[redacted]" }, "name": "n" });
    let changed = world.call("owner", &format!("PATCH {at}"), patch).await.is(200).json();
    assert_eq!(
        (&changed["headers"], &changed["name"]),
        (&json!({ "authorization": "[redacted]" }), &json!("n"))
    );
    let none = world.call("owner", &format!("PATCH {at}"), json!({ "headers": null })).await.is(200).json();
    assert_eq!(none["headers"], Value::Null);
    let log = world.log().await;
    let rows: Vec<_> = log.iter().filter(|row| row["activity_type"] == 19).collect();
    assert_eq!(rows.len(), 2);
    assert!(!json!(log).to_string().contains("b25l"));
}

async fn roles_have_their_cells(world: World) {
    for role in ROLES {
        let (sees, makes) = match role {
            "owner" | "admin" | "editor" | "manager" => (200, 200),
            _ => (403, 403),
        };
        world.get(role, "/api/v2/webhooks").await.is(sees);
        let made = world.call(role, HOOKS, body(json!({}))).await.is(makes);
        if makes == 200 {
            let at = format!("/api/v2/webhooks/{}", made.id());
            let changes = if role == "manager" { 403 } else { 200 };
            world.call(role, &format!("PATCH {at}"), json!({ "name": "n" })).await.is(changes);
            world.call(role, &format!("POST {at}/secret"), Value::Null).await.is(changes);
            world.call(role, &format!("DELETE {at}"), Value::Null).await.is(changes);
        }
    }
}

async fn kinds_are_listed_with_labels(world: World) {
    let label = json!({ "label": "Asked for a demo", "interest_status_label": "positive" });
    let label = world.call("owner", "POST /api/v2/lead-labels", label).await.is(200).json();
    let kinds = world.get("manager", "/api/v2/webhooks/event-types").await.is(200).json();
    let kinds = kinds["event_types"].as_array().unwrap();
    assert_eq!(kinds.len(), 20);
    assert_eq!(kinds[0], json!({ "id": "all_events", "label": "All Events", "type": "standard" }));
    let number = label["interest_status"].as_i64().unwrap();
    let custom = json!({ "id": number.to_string(), "label": "Asked for a demo", "type": "custom_label" });
    assert_eq!(kinds[19], custom);
    // Each of the standard kinds is one that a webhook can have.
    for kind in &kinds[..19] {
        world.call("owner", HOOKS, body(json!({ "event_type": kind["id"] }))).await.is(200);
    }
}

async fn a_campaign_must_be_visible(world: World) {
    let private = world.create("owner", "c", "private").await;
    let away = world.create("stranger", "c", "team").await;
    for (who, campaign, status) in [
        ("owner", private.as_str(), 200),
        ("manager", &private, 400),
        ("owner", &away, 400),
        ("owner", MISSING, 400),
    ] {
        let made = world.call(who, HOOKS, body(json!({ "campaign": campaign }))).await.is(status);
        if status == 400 {
            assert_eq!(made.message(), "body/campaign must be a campaign in this workspace");
        }
    }
}

async fn lists_are_filtered(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let one = world.call("owner", HOOKS, body(json!({ "campaign": campaign }))).await.is(200).id();
    let two = world.call("owner", HOOKS, body(json!({ "event_type": "email_sent" }))).await.is(200).id();
    for (filter, found) in [
        ("".to_owned(), vec![&two, &one]),
        (format!("campaign={campaign}"), vec![&one]),
        ("event_type=email_sent".to_owned(), vec![&two]),
        ("event_type=lead_closed".to_owned(), vec![]),
        (format!("starting_after={two}"), vec![&one]),
    ] {
        let items = world.get("owner", &format!("/api/v2/webhooks?{filter}")).await.is(200).items();
        let ids: Vec<_> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids, found, "{filter}");
    }
    assert!(world.get("stranger", "/api/v2/webhooks").await.is(200).items().is_empty());
}

async fn a_maker_must_see_what_the_events_are_about(world: World) {
    let key = async |scopes: Value| {
        let body = json!({ "name": "k", "scopes": scopes });
        let made = world.call("owner", "POST /api/v2/api-keys", body).await.is(200).json();
        made["key"].as_str().unwrap().to_owned()
    };
    let narrow = key(json!(["webhooks:all"])).await;
    let said = world.call(&narrow, HOOKS, body(json!({}))).await.is(403).message();
    assert!(said.contains("leads:read"), "{said}");
    let wide = key(json!(["webhooks:all", "leads:read"])).await;
    world.call(&wide, HOOKS, body(json!({}))).await.is(200);
    world.call(&wide, HOOKS, body(json!({ "event_type": "account_error" }))).await.is(403);
}
