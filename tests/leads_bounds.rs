//! Adding and deleting leads must not reveal hidden leads, must not affect other leads, and must have limits.

use crate::support::leads::{found, list};
use crate::support::scene::join;
use crate::support::{World, on_both};
use serde_json::{Value, json};

on_both! {
    skipping_tells_nothing_outside_a_limit own_leads_are_deleted_wherever_they_are one_bad_lead_does_not_refuse_the_others
    two_at_once a_lead_stays_small missing_leads_are_counted_as_the_reference_does
}

const LEADS: &str = "POST /api/v2/leads";
const ADD: &str = "POST /api/v2/leads/add";
const LIST: &str = "POST /api/v2/leads/list";

/// `skip` settings of a limited caller look only at leads that the caller sees. The workspace's own rule
/// looks at all.
async fn skipping_tells_nothing_outside_a_limit(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let (inside, outside) =
        (world.create("narrow", "in", "team").await, world.create("owner", "out", "team").await);
    world.call("owner", LEADS, json!({ "campaign": outside, "email": "known@lead.example" })).await.is(200);
    let add = async |email: &str| {
        let body =
            json!({ "campaign_id": inside, "skip_if_in_workspace": true, "leads": [{ "email": email }] });
        world.call("narrow", ADD, body).await.is(200).json()["skipped_count"].clone()
    };
    assert_eq!((add("known@lead.example").await, add("fresh@lead.example").await), (json!(0), json!(0)));
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "unique_leads": true })).await.is(200);
    world
        .call(
            "owner",
            LEADS,
            json!({ "list_id": list(&world, "owner").await, "email": "third@lead.example" }),
        )
        .await
        .is(200);
    assert_eq!(add("third@lead.example").await, json!(1));
}

async fn own_leads_are_deleted_wherever_they_are(world: World) {
    let (campaign, list) = (world.create("owner", "c", "team").await, list(&world, "owner").await);
    let member = world.who("member").member;
    for (place, id) in [("campaign", &campaign), ("list_id", &list)] {
        for (name, assigned) in [("mine", member), ("others", None)] {
            let body = json!({ place: id, "email": format!("{name}@lead.example"), "assigned_to": assigned });
            world.call("owner", LEADS, body).await.is(200);
        }
    }
    assert_eq!(
        world.call("member", "DELETE /api/v2/leads", json!({ "campaign_id": campaign })).await.is(200).json()
            ["count"],
        1
    );
    assert_eq!(found(&world, "owner", json!({ "campaign": campaign })).await, ["others"]);
    let id = world.call("member", LIST, json!({})).await.items()[0]["id"].clone();
    world
        .call("member", &format!("DELETE /api/v2/leads/{}", id.as_str().unwrap()), Value::Null)
        .await
        .is(200);
}

async fn one_bad_lead_does_not_refuse_the_others(world: World) {
    let list = list(&world, "owner").await;
    let long = "x".repeat(300);
    let leads = json!([
        { "email": format!("{long}@lead.example") }, { "email": "ok@lead.example", "phone": long, "first_name": long },
        { "email": "" }, { "email": null, "last_name": "Only" },
    ]);
    let done = world.call("owner", ADD, json!({ "list_id": list, "leads": leads })).await.is(200).json();
    assert_eq!(
        (&done["leads_uploaded"], &done["invalid_email_count"], &done["incomplete_count"]),
        (&json!(2), &json!(1), &json!(1))
    );
}

async fn two_at_once(world: World) {
    let list = list(&world, "owner").await;
    let leads: Vec<Value> = (0..40).map(|n| json!({ "email": format!("l{n}@lead.example") })).collect();
    let body = json!({ "list_id": list, "leads": leads });
    let adds = (0..6).map(|_| world.call("owner", ADD, body.clone()));
    let done = futures::future::join_all(adds).await;
    let uploaded: i64 =
        done.into_iter().map(|done| done.is(200).json()["leads_uploaded"].as_i64().unwrap()).sum();
    assert_eq!((uploaded, found(&world, "owner", json!({ "limit": 100 })).await.len()), (40, 40));
}

async fn a_lead_stays_small(world: World) {
    let list = list(&world, "owner").await;
    let id =
        world.call("owner", LEADS, json!({ "list_id": list, "email": "a@lead.example" })).await.is(200).id();
    let at = format!("PATCH /api/v2/leads/{id}");
    let names = |from: usize, count: usize, length: usize| -> Value {
        (from..from + count)
            .map(|n| (format!("v{n}"), json!("x".repeat(length))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    world.call("owner", &at, json!({ "custom_variables": names(0, 150, 1) })).await.is(200);
    let many =
        world.call("owner", &at, json!({ "custom_variables": names(150, 60, 1) })).await.is(400).message();
    assert_eq!(many, "body/custom_variables must have at most 200 names");
    let large =
        world.call("owner", &at, json!({ "custom_variables": names(0, 10, 9000) })).await.is(400).message();
    assert!(large.starts_with("body must have at most 64 KB"), "{large}");
    let lead = json!({ "email": "b@lead.example", "custom_variables": names(0, 10, 9000) });
    let large = world.call("owner", ADD, json!({ "list_id": list, "leads": [lead] })).await.is(400).message();
    assert!(large.starts_with("body/leads/0 must"), "{large}");
}

async fn missing_leads_are_counted_as_the_reference_does(world: World) {
    let (campaign, list) = (world.create("owner", "c", "team").await, list(&world, "owner").await);
    let leads = json!([
        { "first_name": "No mail" }, { "email": "" }, { "email": "  " }, { "email": null }, { "email": "nonsense" },
        { "email": "ok@lead.example" },
    ]);
    for (place, id, counts) in [("campaign_id", &campaign, [5, 0, 1]), ("list_id", &list, [1, 3, 2])] {
        let body = json!({ place: id, "leads": leads });
        let done = world.call("owner", ADD, body).await.is(200).json();
        let counted = ["invalid_email_count", "incomplete_count", "leads_uploaded"];
        assert_eq!(counted.map(|name| done[name].as_i64().unwrap()), counts, "{place}");
    }
}
