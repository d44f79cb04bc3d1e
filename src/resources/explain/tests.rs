//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{MISSING, World, on_both};
use serde_json::{Value, json};

on_both! { me_says_what_i_may why_and_why_not others_are_for_owner_and_admin nothing_hidden_shows }

const EXPLAIN: &str = "POST /api/v2/access/explain";

async fn me_says_what_i_may(world: World) {
    let me = world.get("member", "/api/v2/me").await.is(200).json();
    assert_eq!(
        (&me["role"], &me["kind"], &me["workspace_name"]),
        (&json!("member"), &json!("personal_key"), &json!("home"))
    );
    let reach = |permission: &str| {
        let all = me["permissions"].as_array().unwrap();
        all.iter()
            .find(|held| held["permission"] == permission)
            .map_or(Value::Null, |held| held["reach"].clone())
    };
    assert_eq!(
        (reach("campaigns:read"), reach("campaigns:update"), reach("api_keys:read")),
        (json!("team"), json!("own"), Value::Null)
    );
    let reader = world.get("reader", "/api/v2/me").await.is(200).json();
    assert_eq!((&reader["kind"], &reader["email"]), (&json!("workspace_key"), &Value::Null));
    assert_eq!(
        reader["permissions"].as_array().unwrap().len(),
        3,
        "what its scopes let through, and to act elsewhere: {reader}"
    );
    assert_eq!(world.get("client", "/api/v2/me").await.json()["tag_limit"], json!([world.tag]));
}

async fn why_and_why_not(world: World) {
    let id = world.create("owner", "c", "team").await;
    let ask = async |who: &str, permission: &str| {
        let body = json!({ "permission": permission, "record": id });
        world.call(who, EXPLAIN, body).await.is(200).json()
    };
    let refused = ask("member", "campaigns:update").await;
    assert_eq!((&refused["allowed"], &refused["refused_by"]), (&json!(false), &json!("reach")));
    let steps = refused["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 10);
    assert_eq!(steps[9]["reason"], "reach: `campaigns:update` reaches `own`");
    assert_eq!(ask("sdr", "campaigns:launch").await["allowed"], true);
    assert_eq!(ask("view", "campaigns:launch").await["refused_by"], "role");
    assert_eq!(ask("reader", "campaigns:launch").await["refused_by"], "scope");
    assert_eq!(ask("client", "campaigns:read").await["refused_by"], "record");
    let unknown =
        world.call("owner", EXPLAIN, json!({ "permission": "campaigns:fly" })).await.is(400).message();
    assert!(unknown.starts_with("body/permission must"), "{unknown}");
    assert!(world.log().await.iter().all(|row| row["action"] != "access:explain"), "asking changes nothing");
}

async fn others_are_for_owner_and_admin(world: World) {
    let sdr = world.who("sdr").clone();
    let email = world.get("sdr", "/api/v2/me").await.json()["email"].as_str().unwrap().to_owned();
    for who in [sdr.member.unwrap().to_string(), sdr.user.unwrap().to_string(), email, sdr.key_id.to_string()]
    {
        let body = json!({ "principal": who, "permission": "campaigns:delete" });
        let told = world.call("admin", EXPLAIN, body.clone()).await.is(200).json();
        assert_eq!(told["refused_by"], "role", "{who}");
        world.call("manager", EXPLAIN, body.clone()).await.is(403);
        world.call("sdr", EXPLAIN, body).await.is(200);
    }
    let revoked = json!({ "principal": world.who("revoked").key_id, "permission": "campaigns:read" });
    assert_eq!(world.call("owner", EXPLAIN, revoked).await.is(200).json()["refused_by"], "credential");
    let pending = json!({ "principal": world.who("pending").member, "permission": "campaigns:read" });
    assert_eq!(world.call("owner", EXPLAIN, pending).await.is(200).json()["refused_by"], "credential");
    for nobody in [MISSING.to_owned(), world.who("stranger").member.unwrap().to_string(), "x".to_owned()] {
        let body = json!({ "principal": nobody, "permission": "campaigns:read" });
        world.call("owner", EXPLAIN, body).await.is(400);
    }
}

async fn nothing_hidden_shows(world: World) {
    let hidden = world.create("owner", "hidden", "private").await;
    let ask = async |who: &str, record: &str| {
        world
            .call(who, EXPLAIN, json!({ "permission": "campaigns:read", "record": record }))
            .await
            .is(200)
            .face()
    };
    assert_eq!(ask("sdr", &hidden).await, ask("sdr", MISSING).await);
    assert_ne!(ask("owner", &hidden).await, ask("owner", MISSING).await);
    let body = json!({ "name": "k", "scopes": ["custom_tags:read"] });
    let key = world.call("owner", "POST /api/v2/api-keys", body).await.is(200).json()["key"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        ask(&key, &hidden).await,
        ask(&key, MISSING).await,
        "without the scope to read, nothing to find out"
    );
}
