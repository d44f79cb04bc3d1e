//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    names_are_unique every_member_sees_them numbers_stay leads_are_relabelled a_page_follows_another
    no_label_is_invented
}

const LABELS: &str = "POST /api/v2/lead-labels";

fn body(label: &str, interest: &str) -> Value {
    json!({ "label": label, "interest_status_label": interest })
}

async fn label(world: &World, name: &str) -> Value {
    world.call("owner", LABELS, body(name, "positive")).await.is(200).json()
}

async fn names_are_unique(world: World) {
    let made = label(&world, "  Hot Lead ").await;
    assert_eq!((&made["label"], &made["interest_status_label"]), (&json!("Hot Lead"), &json!("positive")));
    assert!(made.get("description").is_none(), "{made}");
    let other = label(&world, "Cold").await;
    let at = format!("PATCH /api/v2/lead-labels/{}", other["id"].as_str().unwrap());
    for same in ["hot lead", " HOT LEAD "] {
        let taken = world.call("owner", LABELS, body(same, "negative")).await.is(409).message();
        assert_eq!(taken, "A label with this name already exists.");
        world.call("owner", &at, json!({ "label": same })).await.is(409);
    }
    world.call("stranger", LABELS, body("Hot Lead", "neutral")).await.is(200);
    for (wrong, why) in [
        (json!({ "label": "x" }), "body must have required property 'interest_status_label'"),
        (body("x", "warm"), "body/interest_status_label must be equal to one of the allowed values"),
        (body(" ", "neutral"), "body/label must match pattern"),
    ] {
        let said = world.call("owner", LABELS, wrong).await.is(400).message();
        assert!(said.starts_with(why), "{said}");
    }
}

async fn every_member_sees_them(world: World) {
    let made = label(&world, "Hot").await;
    let at = format!("/api/v2/lead-labels/{}", made["id"].as_str().unwrap());
    for who in ["owner", "admin", "manager", "editor", "member", "sdr", "view"] {
        assert_eq!(world.get(who, &at).await.is(200).json(), made, "{who}");
        assert_eq!(world.get(who, "/api/v2/lead-labels").await.items().len(), 1, "{who}");
    }
    // The client has a tag limit.
    assert!(world.get("client", "/api/v2/lead-labels").await.items().is_empty());
    for who in ["client", "stranger"] {
        world.get(who, &at).await.is(404);
    }
    for who in ["member", "sdr", "view", "client"] {
        world.call(who, LABELS, body("x", "neutral")).await.is(403);
        world.call(who, &format!("PATCH {at}"), json!({ "label": "x" })).await.is(403);
        world.call(who, &format!("DELETE {at}"), Value::Null).await.is(403);
    }
}

async fn numbers_stay(world: World) {
    let (first, second) = (label(&world, "One").await, label(&world, "Two").await);
    assert_ne!(first["interest_status"], second["interest_status"]);
    let at = format!("PATCH /api/v2/lead-labels/{}", first["id"].as_str().unwrap());
    let patch = json!({ "interest_status_label": "negative", "description": "d", "use_with_ai": true });
    let changed = world.call("editor", &at, patch).await.is(200).json();
    assert_eq!(changed["interest_status"], first["interest_status"]);
    assert_eq!((&changed["description"], &changed["use_with_ai"]), (&json!("d"), &json!(true)));
    let cleared = world.call("owner", &at, json!({ "description": null })).await.is(200).json();
    assert!(cleared.get("description").is_none(), "{cleared}");
    world.call("owner", &at, json!({ "interest_status": 5 })).await.is(200);
    assert_eq!(world.get("owner", &at[6..]).await.json()["interest_status"], first["interest_status"]);
}

/// A lead with this number as its label.
async fn lead_with(world: &World, who: &str, email: &str, number: &Value) -> String {
    let campaign = world.create(who, email, "private").await;
    let body = json!({ "campaign": campaign, "email": email });
    let lead = world.call(who, "POST /api/v2/leads", body).await.is(200).id();
    let (id, number) = (lead.parse::<uuid::Uuid>().unwrap(), number.as_i64().unwrap());
    let set = sql("update leads set lt_interest_status = $1 where id = $2");
    world.run(set.bind(number).bind(id)).await;
    lead
}

async fn number_of(world: &World, lead: &str) -> Option<i64> {
    let id: uuid::Uuid = lead.parse().unwrap();
    let number = sql("select lt_interest_status from leads where id = $1").bind(id);
    number.optional::<Option<i64>>(&world.reader).await.unwrap().unwrap()
}

async fn leads_are_relabelled(world: World) {
    let (hot, warm) = (label(&world, "Hot").await, label(&world, "Warm").await);
    let number = &hot["interest_status"];
    let lead = lead_with(&world, "owner", "a@lead.example", number).await;
    let foreign = lead_with(&world, "stranger", "a@lead.example", number).await;
    let at = format!("DELETE /api/v2/lead-labels/{}", hot["id"].as_str().unwrap());
    for wrong in [number.clone(), json!(7), json!(99_999_999_999_i64)] {
        let refused = world.call("owner", &at, json!({ "reassigned_status": wrong })).await.is(400);
        assert_eq!(refused.message(), "body/reassigned_status must be the number of another label");
    }
    let instead = &warm["interest_status"];
    world.call("owner", &at, json!({ "reassigned_status": instead })).await.is(200);
    assert_eq!(json!(number_of(&world, &lead).await), *instead);
    assert_eq!(json!(number_of(&world, &foreign).await), *number);
    world.call("owner", &at, Value::Null).await.is(404);
    let at = format!("DELETE /api/v2/lead-labels/{}", warm["id"].as_str().unwrap());
    world.call("owner", &at, Value::Null).await.is(200);
    assert_eq!(number_of(&world, &lead).await, None);
    world.call("owner", &format!("DELETE /api/v2/lead-labels/{MISSING}"), Value::Null).await.is(404);
}

async fn a_page_follows_another(world: World) {
    for (name, interest) in [("a", "positive"), ("b", "negative"), ("c", "neutral")] {
        world.call("owner", LABELS, body(name, interest)).await.is(200);
    }
    let first = world.get("owner", "/api/v2/lead-labels?limit=2").await.is(200).json();
    let after = first["next_starting_after"].as_str().unwrap().replace('&', "%26");
    let second = world.get("owner", &format!("/api/v2/lead-labels?limit=2&starting_after={after}")).await;
    let names = [first["items"].as_array().unwrap().clone(), second.items()].concat();
    assert_eq!(names.iter().map(|label| &label["label"]).collect::<Vec<_>>(), ["c", "b", "a"]);
    let found = world.get("owner", "/api/v2/lead-labels?interest_status=negative").await.items();
    assert_eq!(found.len(), 1);
    assert_eq!(world.get("owner", "/api/v2/lead-labels?search=B").await.items(), found);
}

async fn no_label_is_invented(world: World) {
    label(&world, "Hot").await;
    let ask = "POST /api/v2/lead-labels/ai-reply-label";
    for who in ["owner", "sdr", "client"] {
        let refused = world.call(who, ask, json!({ "reply_text": "Yes, please" })).await.is(402);
        assert!(refused.message().starts_with("No model is configured on this server"), "{who}");
    }
    let wrong = world.call("owner", ask, json!({})).await.is(400).message();
    assert_eq!(wrong, "body must have required property 'reply_text'");
}
