//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{World, on_both};
use serde_json::json;

on_both! { lists_of_leads }

async fn lists_of_leads(world: World) {
    for n in 0..5 {
        let who = if n == 3 { "member" } else { "owner" };
        world
            .call(
                who,
                "POST /api/v2/lead-lists",
                json!({ "name": format!("List {n}"), "has_enrichment_task": n == 1 }),
            )
            .await
            .is(200);
        world.wait(if n < 3 { 0 } else { 5 });
    }
    let names = async |who: &str, query: &str| -> Vec<String> {
        let items = world.get(who, &format!("/api/v2/lead-lists?{query}")).await.is(200).items();
        items.iter().map(|list| list["name"].as_str().unwrap()[5..].to_owned()).collect()
    };
    assert_eq!(names("view", "").await, ["4", "3", "2", "1", "0"]);
    assert_eq!(names("member", "").await, ["3"], "the member's own");
    assert_eq!(names("view", "search=LIST%202").await, ["2"]);
    assert_eq!(names("view", "has_enrichment_task=true").await, ["1"]);
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get("view", &format!("/api/v2/lead-lists?limit=2&{cursor}")).await.is(200).json();
        walked.extend(page["items"].as_array().unwrap().iter().map(|list| list["name"].clone()));
        let Some(next) = page["next_starting_after"].as_str() else { break };
        cursor = format!("starting_after={}", next.replace('&', "%26"));
    }
    assert_eq!(walked.len(), 5);
    let mine = world.get("member", "/api/v2/lead-lists").await.items()[0]["id"].clone();
    let at = format!("/api/v2/lead-lists/{}", mine.as_str().unwrap());
    world.call("member", &format!("PATCH {at}"), json!({ "name": "Renamed" })).await.is(200);
    world
        .call("member", &format!("PATCH {at}"), json!({ "owned_by": world.who("owner").user }))
        .await
        .is(403);
    let given = world
        .call("owner", &format!("PATCH {at}"), json!({ "owned_by": world.who("sdr").member }))
        .await
        .is(200)
        .json();
    assert_eq!(given["owned_by"], json!(world.who("sdr").user));
    world.get("member", &at).await.is(404);
    world.get("client", "/api/v2/lead-lists").await.is(403);
}
