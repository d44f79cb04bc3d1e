//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::scene::{self, Key};
use crate::support::{World, on_both};
use serde_json::{Value, json};

on_both! {
    settings_take_effect ownership_passes_on ownership_by_password narrow_keys_decide_nothing removal_closes_the_workspace
    a_person_makes_their_own_workspace
}

const CURRENT: &str = "/api/v2/workspaces/current";
const CHANGE_OWNER: &str = "POST /api/v2/workspaces/current/change-owner";

async fn settings_take_effect(world: World) {
    let patch = format!("PATCH {CURRENT}");
    let wanted =
        json!({ "name": "Renamed", "default_campaign_visibility": "private", "default_member_role": "sdr" });
    let changed = world.call("admin", &patch, wanted).await.is(200).json();
    assert_eq!((&changed["name"], &changed["owner"]), (&json!("Renamed"), &json!(world.who("owner").user)));
    let campaign = world.call("editor", "POST /api/v2/campaigns", scene::campaign("c")).await.is(200);
    assert_eq!(campaign.json()["visibility"], "private");
    let invited =
        world.call("owner", "POST /api/v2/workspace-members", json!({ "email": "a@b.example" })).await;
    assert_eq!(invited.is(200).json()["role"], "sdr");
    world.call("owner", &patch, json!({ "default_member_role": "owner" })).await.is(400);
    let logo = world
        .call("owner", &patch, json!({ "org_logo_url": "https://x.example/l.png" }))
        .await
        .is(200)
        .json();
    assert_eq!(logo["org_logo_url"], "https://x.example/l.png");
    for wrong in ["https://x.example/l.png\r\nx: y", "https://x.example/'", "https://", "x https://x.example"]
    {
        world.call("owner", &patch, json!({ "org_logo_url": wrong })).await.is(400);
    }
    let none = world.call("owner", &patch, json!({ "org_logo_url": null })).await.is(200).json();
    assert_eq!(none.get("org_logo_url"), None);
    assert_eq!(world.get("view", "/api/v2/workspaces").await.is(200).items().len(), 1);
}

async fn ownership_passes_on(mut world: World) {
    let home = world.home;
    let reads = "/api/v2/audit-logs";
    world.call("robot", CHANGE_OWNER, json!({ "new_owner_id": world.who("admin").user })).await.is(403);
    world.call("admin", CHANGE_OWNER, json!({ "new_owner_id": world.who("admin").user })).await.is(403);
    world.call("owner", CHANGE_OWNER, json!({ "new_owner_id": world.who("pending").member })).await.is(400);
    let same = world
        .call("owner", CHANGE_OWNER, json!({ "new_owner_id": world.who("owner").user }))
        .await
        .is(200)
        .json();
    assert_eq!(same["owner"], json!(world.who("owner").user), "nothing to do");
    // A limited member who becomes the owner is no longer limited.
    let limited = scene::join(&mut world, home, "heir", "editor", Some(json!([]))).await;
    let changed =
        world.call("owner", CHANGE_OWNER, json!({ "new_owner_id": limited.0 })).await.is(200).json();
    assert_eq!(changed["owner"], json!(limited.1));
    assert_eq!(world.get("owner", "/api/v2/me").await.is(200).json()["role"], "admin");
    let me = world.get("heir", "/api/v2/me").await.is(200).json();
    assert_eq!((&me["role"], &me["tag_limit"]), (&json!("owner"), &Value::Null));
    world.get("heir", reads).await.is(200);
    let robot = world.get("robot", "/api/v2/me").await.is(200).json();
    assert_eq!(robot["role"], "admin", "the old owner's keys no longer act as an owner");
    world.call("owner", CHANGE_OWNER, json!({ "new_owner_id": world.who("owner").user })).await.is(403);
}

async fn ownership_by_password(world: World) {
    let hash = world.app.passwords.hash("the owner's own").await.unwrap();
    let set = gatepost::db::sql("update users set password_hash = $2 where id = $1");
    world.run(set.bind(world.who("owner").user).bind(hash)).await;
    let admin = world.get("admin", "/api/v2/me").await.json()["email"].clone();
    let body = |sec: &str| json!({ "email": admin, "sec": sec });
    let refused = world.call("owner", CHANGE_OWNER, body("a guess")).await.is(403).message();
    assert!(refused.contains("`sec` must"), "{refused}");
    assert_eq!(world.log().await[0]["audit_metadata"]["refused_by"], "role", "a guess is recorded");
    world.call("owner", CHANGE_OWNER, json!({ "email": admin })).await.is(400);
    world.call("owner", CHANGE_OWNER, json!({})).await.is(400);
    let changed = world.call("owner", CHANGE_OWNER, body("the owner's own")).await.is(200).json();
    assert_eq!(changed["owner"], json!(world.who("admin").user));
}

async fn narrow_keys_decide_nothing(mut world: World) {
    let (home, owner) = (world.home, world.who("owner").clone());
    let who = (owner.member.unwrap(), owner.user.unwrap());
    scene::key(
        &mut world,
        Key { scopes: json!(["workspaces:update"]), ..Key::personal(home, "narrow", who) },
    )
    .await;
    world.call("narrow", CHANGE_OWNER, json!({ "new_owner_id": world.who("editor").user })).await.is(403);
    for rights in [json!({ "default_member_role": "admin" }), json!({ "strict_scopes": true })] {
        world.call("narrow", &format!("PATCH {CURRENT}"), rights).await.is(403);
    }
    world
        .call("narrow", &format!("PATCH {CURRENT}"), json!({ "name": "fine", "default_member_role": "sdr" }))
        .await
        .is(200);
}

async fn removal_closes_the_workspace(world: World) {
    let path = "/api/v2/workspaces/current/schedule-for-removal";
    let (post, delete) = (format!("POST {path}"), format!("DELETE {path}"));
    world.call("admin", &post, Value::Null).await.is(403);
    world.call("robot", &post, Value::Null).await.is(403);
    let scheduled = world.call("owner", &post, Value::Null).await.is(200).json();
    assert_eq!(scheduled["scheduled_for_removal_at"], "2023-11-15T22:13:20.000Z");
    world.wait(1000);
    let again = world.call("owner", &post, Value::Null).await.is(200).json();
    assert_eq!(again["scheduled_for_removal_at"], scheduled["scheduled_for_removal_at"]);
    assert_eq!(
        world.call("owner", &delete, Value::Null).await.is(200).json().get("scheduled_for_removal_at"),
        None
    );
    world.call("owner", &post, Value::Null).await.is(200);
    world.wait(24 * 60 * 60 * 1000 - 1);
    world.get("owner", CURRENT).await.is(200);
    world.wait(2);
    world.get("owner", CURRENT).await.is(404);
    world.call("owner", &delete, Value::Null).await.is(404);
    world.get("stranger", CURRENT).await.is(200);
}

async fn a_person_makes_their_own_workspace(world: World) {
    world.call("robot", "POST /api/v2/workspaces", json!({ "name": "Robots" })).await.is(403);
    let made = world.call("sdr", "POST /api/v2/workspaces", json!({ "name": "Mine" })).await.is(200).json();
    assert_eq!(made["owner"], json!(world.who("sdr").user));
    let key = made["api_key"].as_str().unwrap();
    assert_eq!(world.get(key, "/api/v2/me").await.is(200).json()["role"], "owner");
    assert!(world.get(key, "/api/v2/campaigns").await.items().is_empty());
    assert_eq!(world.get("sdr", CURRENT).await.json()["name"], "home", "the old key stays where it was");
    for n in 1..=20 {
        let answer =
            world.call("sdr", "POST /api/v2/workspaces", json!({ "name": format!("no. {n}") })).await;
        answer.is(if n < 20 { 200 } else { 403 });
    }
}
