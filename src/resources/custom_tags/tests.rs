//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{MISSING, World, on_both};
use serde_json::{Value, json};

on_both! { labels_are_unique the_short_form_toggles the_official_form_assigns all_can_be_selected reach_bounds_the_toggle hidden_is_hidden }

const TAGS: &str = "POST /api/v2/custom-tags";
const TOGGLE: &str = "POST /api/v2/custom-tags/toggle-resource";

async fn tag(world: &World, label: &str) -> String {
    world.call("owner", TAGS, json!({ "label": label })).await.is(200).id()
}

async fn labels_are_unique(world: World) {
    let made = world
        .call("editor", TAGS, json!({ "label": "  SDR-West ", "description": "West" }))
        .await
        .is(200)
        .json();
    assert_eq!((&made["label"], &made["description"]), (&json!("SDR-West"), &json!("West")));
    let taken = world.call("owner", TAGS, json!({ "label": "SDR-West" })).await.is(409).message();
    assert_eq!(taken, "A tag with this name already exists.");
    let at = format!("PATCH /api/v2/custom-tags/{}", tag(&world, "SDR-East").await);
    world.call("owner", &at, json!({ "label": " SDR-West" })).await.is(409);
    for same in ["sdr-west", " SDR-WEST "] {
        world.call("owner", TAGS, json!({ "label": same })).await.is(409);
        world.call("owner", &at, json!({ "label": same })).await.is(409);
    }
    let changed = world.call("owner", &at, json!({ "description": "East" })).await.is(200).json();
    assert_eq!((&changed["label"], &changed["description"]), (&json!("SDR-East"), &json!("East")));
    assert_eq!(
        world.call("owner", &at, json!({ "description": null })).await.json().get("description"),
        None
    );
    world.call("stranger", TAGS, json!({ "label": "SDR-West" })).await.is(200);
    assert_eq!(world.get("view", "/api/v2/custom-tags?search=west").await.items().len(), 1);
}

async fn the_short_form_toggles(world: World) {
    let (tag, campaign) = (tag(&world, "T").await, world.create("owner", "c", "team").await);
    let body = json!({ "tag_id": tag, "resource_id": campaign });
    let mappings = format!("/api/v2/custom-tag-mappings?resource_ids={campaign}");
    for there in [1, 0, 1] {
        assert_eq!(
            world.call("manager", TOGGLE, body.clone()).await.is(200).json(),
            json!({ "success": true })
        );
        assert_eq!(world.get("view", &mappings).await.is(200).items().len(), there);
    }
    let mapping = world.get("view", &mappings).await.items().remove(0);
    assert_eq!(
        (&mapping["tag_id"], &mapping["resource_id"], &mapping["resource_type"]),
        (&json!(tag), &json!(campaign), &json!(2))
    );
    assert_eq!(
        world.get("view", &format!("/api/v2/custom-tags?resource_ids={campaign}")).await.items().len(),
        1
    );
    world.call("owner", &format!("DELETE /api/v2/custom-tags/{tag}"), Value::Null).await.is(200);
    assert!(world.get("view", &mappings).await.items().is_empty(), "its mappings go with it");
    let log = world.log().await;
    assert_eq!((&log[1]["campaign_id"], &log[1]["affected_count"]), (&json!(campaign), &json!(1)));
}

async fn the_official_form_assigns(world: World) {
    let (a, b) = (tag(&world, "A").await, tag(&world, "B").await);
    let mut campaigns = Vec::new();
    for n in 0..3 {
        campaigns.push(world.create("owner", &format!("c{n}"), "team").await);
    }
    let body = |assign: bool| json!({ "tag_ids": [a, b], "resource_type": 2, "resource_ids": campaigns, "assign": assign });
    let count = async || world.get("owner", "/api/v2/custom-tag-mappings?limit=100").await.items().len();
    for (assign, mapped) in [(true, 6), (true, 6), (false, 0), (false, 0)] {
        world.call("editor", TOGGLE, body(assign)).await.is(200);
        assert_eq!(count().await, mapped);
    }
    for (missing, field) in [
        ("tag_ids", "tag_ids"),
        ("resource_type", "resource_type"),
        ("assign", "assign"),
        ("resource_ids", "resource_ids"),
    ] {
        let mut body = body(true);
        body.as_object_mut().unwrap().remove(missing);
        let refused = world.call("owner", TOGGLE, body).await.is(400).message();
        assert_eq!(refused, format!("body must have required property '{field}'"));
    }
    let accounts =
        json!({ "tag_ids": [a], "resource_type": 1, "resource_ids": ["a@b.example"], "assign": true });
    world.call("owner", TOGGLE, accounts).await.is(400);
    world.call("owner", TOGGLE, json!({ "tag_id": a })).await.is(400);
}

async fn all_can_be_selected(world: World) {
    let (a, b) = (tag(&world, "A").await, tag(&world, "B").await);
    let (one, two) =
        (world.create("owner", "Alpha", "team").await, world.create("owner", "Beta", "team").await);
    let three = world.create("owner", "Gamma", "private").await;
    let toggle = async |who: &str, tag: &str, more: Value| {
        let mut body = json!({ "tag_ids": [tag], "resource_type": 2, "assign": true, "selected_all": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.call(who, TOGGLE, body).await.is(200);
        let mut found = world.get("owner", &format!("/api/v2/campaigns?tag_ids={tag}")).await.items();
        let mut off = json!({ "tag_ids": [tag], "resource_type": 2, "assign": false, "selected_all": true });
        off.as_object_mut().unwrap().remove("filter");
        world.call("owner", TOGGLE, off).await.is(200);
        found.reverse();
        found.iter().map(|campaign| campaign["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(toggle("owner", &a, json!({})).await, [one.clone(), two.clone(), three.clone()]);
    assert_eq!(
        toggle("editor", &a, json!({})).await,
        [one.clone(), two.clone()],
        "what it does not see it does not select"
    );
    assert_eq!(toggle("owner", &a, json!({ "search": "alp" })).await, [one.clone()]);
    assert_eq!(
        toggle("owner", &a, json!({ "excluded_resource_ids": [one] })).await,
        [two.clone(), three.clone()]
    );
    assert_eq!(toggle("owner", &a, json!({ "filter": null })).await.len(), 3);
    assert_eq!(toggle("owner", &a, json!({ "filter": "ACC_FILTER_PAUSED" })).await.len(), 3);
    world.call("owner", TOGGLE, json!({ "tag_id": b, "resource_id": two })).await.is(200);
    assert_eq!(toggle("owner", &a, json!({ "filter": { "tag_id": b } })).await, [two.clone()]);
    assert_eq!(
        toggle("owner", &a, json!({ "filter": { "tag_id": "no-tag" } })).await,
        [one.clone(), three.clone()]
    );
    assert_eq!(toggle("owner", &a, json!({ "filter": { "tag_ids": [b, MISSING] } })).await, [two.clone()]);
    assert!(toggle("owner", &a, json!({ "filter": { "tag_ids_all": [b, MISSING] } })).await.is_empty());
    assert_eq!(toggle("owner", &a, json!({ "filter": { "search": "GAM" } })).await, [three]);
    let refused = json!({ "tag_ids": [a], "resource_type": 2, "assign": true, "selected_all": true, "filter": { "colour": 1 } });
    world.call("owner", TOGGLE, refused).await.is(400);
}

async fn reach_bounds_the_toggle(world: World) {
    let tag = tag(&world, "T").await;
    let (own, others) =
        (world.create("member", "own", "team").await, world.create("owner", "others", "team").await);
    let hidden = world.create("owner", "hidden", "private").await;
    let toggle = async |who: &str, id: &str| {
        world.call(who, TOGGLE, json!({ "tag_id": tag, "resource_id": id })).await
    };
    toggle("member", &own).await.is(200);
    toggle("member", &others).await.is(403);
    assert_eq!(toggle("member", &hidden).await.is(400).face(), toggle("member", MISSING).await.face());
    for who in ["sdr", "view", "client"] {
        toggle(who, &own).await.is(403);
    }
}

async fn hidden_is_hidden(world: World) {
    let tag = tag(&world, "T").await;
    let hidden = world.create("owner", "hidden", "private").await;
    world.call("owner", TOGGLE, json!({ "tag_id": tag, "resource_id": hidden })).await.is(200);
    for path in ["custom-tags?resource_ids", "custom-tag-mappings?resource_ids"] {
        assert_eq!(world.get("owner", &format!("/api/v2/{path}={hidden}")).await.items().len(), 1);
        assert!(world.get("sdr", &format!("/api/v2/{path}={hidden}")).await.items().is_empty(), "{path}");
    }
    let both = world.create("owner", "both", "team").await;
    for tag in [tag.clone(), world.tag.to_string()] {
        world.call("owner", TOGGLE, json!({ "tag_id": tag, "resource_id": both })).await.is(200);
    }
    assert_eq!(world.get("client", "/api/v2/campaigns").await.items().len(), 1);
    assert!(world.get("client", &format!("/api/v2/campaigns?tag_ids={tag}")).await.items().is_empty());
    let seen = world.get("client", "/api/v2/custom-tag-mappings").await.is(200).items();
    assert_eq!(seen.iter().map(|mapping| &mapping["tag_id"]).collect::<Vec<_>>(), [&json!(world.tag)]);
}
