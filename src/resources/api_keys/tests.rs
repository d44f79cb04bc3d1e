//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::scene::{self, Key};
use crate::support::{World, on_both};
use gatepost::auth::Secret;
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    a_key_is_shown_once no_key_exceeds_its_maker a_personal_key_follows_its_member a_key_cannot_revoke_itself
    keys_expire_and_keep_to_their_addresses strict_scopes_split_what_one_scope_did a_ceiling_outlives_its_maker
    a_limit_comes_with_the_key a_limit_of_the_maker_is_shown
}

const CREATE: &str = "POST /api/v2/api-keys";

async fn make(world: &World, who: &str, body: Value) -> (String, String) {
    let made = world.call(who, CREATE, body).await.is(200).json();
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

async fn a_key_is_shown_once(world: World) {
    let (id, key) =
        make(&world, "admin", json!({ "name": "Marketing", "scopes": ["campaigns:read", "accounts:read"] }))
            .await;
    assert!(Secret::verify(&key) && key.starts_with("gpk_w_"));
    let listed = world.get("manager", "/api/v2/api-keys?limit=1").await.is(200).items().remove(0);
    assert_eq!((&listed["id"], &listed["key"]), (&json!(id), &json!(format!("gpk_w_...{}", &key[38..]))));
    assert_eq!(listed["created_by"], json!(world.who("admin").member));
    world.get(&key, "/api/v2/campaigns").await.is(200);
    let refused = world.call(&key, "POST /api/v2/campaigns", scene::campaign("c")).await.is(403).message();
    assert_eq!(
        refused,
        "scope: `campaigns:create` needs one of `campaigns:create`, `campaigns:all`, `all:create`, `all:all`"
    );
    let gone =
        world.call("owner", &format!("DELETE /api/v2/api-keys/{id}"), Value::Null).await.is(200).json();
    assert_ne!(gone["key"], json!(key));
    world.get(&key, "/api/v2/campaigns").await.is(401);
    world.call("owner", &format!("DELETE /api/v2/api-keys/{id}"), Value::Null).await.is(409);
    let stored: Vec<String> = sql("select hash from credentials").all(&world.reader).await.unwrap();
    assert!(!stored.contains(&key));
    assert!(world.log().await.iter().all(|row| !row.to_string().contains(&key)));
}

async fn no_key_exceeds_its_maker(mut world: World) {
    let home = world.home;
    let scopes = json!(["api_keys:create", "campaigns:read"]);
    scene::key(&mut world, Key::of_workspace(home, "clerk", scopes)).await;
    for (who, scope, status) in [
        ("clerk", "campaigns:read", 200),
        ("clerk", "campaigns:update", 403),
        ("clerk", "all:read", 403),
        ("clerk", "api_keys:create", 200),
        ("admin", "all:all", 200),
        ("admin", "workspaces:delete", 403),
        ("owner", "workspaces:delete", 200),
        ("admin", "sales_flows:read", 200),
    ] {
        let answer = world.call(who, CREATE, json!({ "name": "k", "scopes": [scope] })).await.is(status);
        assert!(status == 200 || answer.message().contains(scope), "{}", answer.text());
    }
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.call(who, CREATE, json!({ "name": "k", "scopes": ["campaigns:read"] })).await.is(403);
    }
    world
        .call("robot", CREATE, json!({ "name": "k", "scopes": ["all:all"], "personal": true }))
        .await
        .is(400);
    let admin = make(&world, "admin", json!({ "name": "k", "scopes": ["all:all"] })).await.1;
    world.call(&admin, "POST /api/v2/workspaces/current/schedule-for-removal", Value::Null).await.is(403);
}

async fn a_personal_key_follows_its_member(world: World) {
    let (_, key) =
        make(&world, "admin", json!({ "name": "mine", "scopes": ["all:all"], "personal": true })).await;
    assert!(key.starts_with("gpk_p_"));
    world.get(&key, "/api/v2/audit-logs").await.is(200);
    let at = format!("/api/v2/workspace-members/{}", world.who("admin").member.unwrap());
    world.call("owner", &format!("PATCH {at}"), json!({ "role": "view" })).await.is(200);
    world.get(&key, "/api/v2/audit-logs").await.is(403);
    world
        .call("owner", &format!("PATCH {at}"), json!({ "role": "admin", "tag_limit": [world.tag] }))
        .await
        .is(200);
    assert!(world.get(&key, "/api/v2/audit-logs").await.is(200).items().is_empty());
    world.call("owner", &format!("DELETE {at}"), Value::Null).await.is(200);
    world.get(&key, "/api/v2/campaigns").await.is(401);
}

async fn a_key_cannot_revoke_itself(world: World) {
    let robot = world.who("robot").clone();
    let itself = format!("DELETE /api/v2/api-keys/{}", robot.key_id);
    let refused = world.call("robot", &itself, Value::Null).await.is(403).message();
    assert!(refused.contains("use another key, or sign in"), "{refused}");
    world.call("admin", &itself, Value::Null).await.is(200);
    world.get("robot", "/api/v2/campaigns").await.is(401);
}

async fn keys_expire_and_keep_to_their_addresses(world: World) {
    let body = json!({ "name": "k", "scopes": ["all:all"], "expires_at": "2023-11-15T00:00:00Z", "allowed_ips": ["203.0.113.0/24"] });
    let made = world.call("owner", CREATE, body).await.is(200).json();
    assert_eq!(
        (&made["expires_at"], &made["allowed_ips"]),
        (&json!("2023-11-15T00:00:00.000Z"), &json!(["203.0.113.0/24"]))
    );
    let key = made["key"].as_str().unwrap();
    world.get(key, "/api/v2/campaigns").await.is(403);
    // Through the router there is no peer, so the forwarded address is not trusted.
    world.send(key, "GET /api/v2/campaigns", &[("x-forwarded-for", "203.0.113.5")], vec![]).await.is(403);
    let log = world.log().await;
    assert_eq!(log[0]["audit_metadata"]["refused_by"], "network");
    let free = json!({ "name": "k", "scopes": ["all:all"], "expires_at": "2023-11-15T00:00:00Z" });
    let (_, short) = make(&world, "owner", free).await;
    let (_, child) = make(&world, &short, json!({ "name": "child", "scopes": ["all:all"] })).await;
    let me = world.get(&child, "/api/v2/me").await.is(200).json();
    assert_eq!(me["expires_at"], "2023-11-15T00:00:00.000Z", "no later than its maker's");
    world.wait(3 * 60 * 60 * 1000);
    for key in [&short, &child] {
        let refused = world.get(key, "/api/v2/campaigns").await.is(401).message();
        assert_eq!(refused, "credential: this API key is expired");
    }
    world.wait(-3 * 60 * 60 * 1000);
}

async fn strict_scopes_split_what_one_scope_did(world: World) {
    let path = format!("POST /api/v2/campaigns/{}/pause", world.create("owner", "c", "team").await);
    let (_, update) = make(&world, "owner", json!({ "name": "k", "scopes": ["campaigns:update"] })).await;
    let (_, launch) = make(&world, "owner", json!({ "name": "k", "scopes": ["campaigns:launch"] })).await;
    for key in [&update, &launch] {
        world.call(key, &path, Value::Null).await.is(200);
    }
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "strict_scopes": true })).await.is(200);
    let refused = world.call(&update, &path, Value::Null).await.is(403).message();
    assert_eq!(
        refused,
        "scope: `campaigns:pause` needs one of `campaigns:launch`, `campaigns:all`, `all:launch`, `all:all`"
    );
    world.call(&launch, &path, Value::Null).await.is(200);
}

async fn a_ceiling_outlives_its_maker(world: World) {
    let (_, key) = make(&world, "admin", json!({ "name": "k", "scopes": ["all:all"] })).await;
    let at = format!("DELETE /api/v2/workspace-members/{}", world.who("admin").member.unwrap());
    world.call("owner", &at, Value::Null).await.is(200);
    let me = world.get(&key, "/api/v2/me").await.is(200).json();
    assert_eq!(
        (&me["kind"], &me["role"], &me["member_id"]),
        (&json!("workspace_key"), &json!("admin"), &Value::Null)
    );
    world.create(&key, "made by a key", "private").await;
    let log = world.log().await;
    assert_eq!((&log[0]["user"], &log[0]["user_id"]), (&json!("key:k"), &Value::Null));
}

async fn a_limit_comes_with_the_key(world: World) {
    let other =
        world.call("owner", "POST /api/v2/custom-tags", json!({ "label": "other" })).await.is(200).id();
    let (_, narrow) =
        make(&world, "owner", json!({ "name": "k", "scopes": ["all:all"], "tag_limit": [world.tag] })).await;
    // It may make a key, and the limit stays: a second one has both.
    let (_, child) = make(&world, &narrow, json!({ "name": "child", "scopes": ["all:all"] })).await;
    let campaign = world.create(&child, "inside", "team").await;
    world.get("client", &format!("/api/v2/campaigns/{campaign}")).await.is(200);
    world.create("owner", "outside", "team").await;
    assert_eq!(world.get(&child, "/api/v2/campaigns").await.items().len(), 1);
    world
        .call(&narrow, CREATE, json!({ "name": "k", "scopes": ["all:all"], "tag_limit": [other] }))
        .await
        .is(400);
    assert!(world.get(&narrow, "/api/v2/api-keys").await.is(200).items().is_empty());
}

async fn a_limit_of_the_maker_is_shown(mut world: World) {
    let (home, tag) = (world.home, json!([world.tag]));
    scene::join(&mut world, home, "narrow", "admin", Some(tag.clone())).await;
    let shown = async |who: &str, body: Value| {
        let made = world.call(who, CREATE, body).await.is(200).json();
        let listed = world.get("owner", "/api/v2/api-keys").await.is(200).items();
        let listed = listed.into_iter().find(|key| key["id"] == made["id"]).unwrap();
        assert_eq!(listed["tag_limit"], made["tag_limit"]);
        (made["tag_limit"].clone(), made["key"].as_str().unwrap().to_owned())
    };
    let all = json!({ "name": "k", "scopes": ["all:all"] });
    let (limit, key) = shown("narrow", all.clone()).await;
    assert_eq!(limit, tag, "of its maker");
    let (limit, _) = shown(&key, all.clone()).await;
    assert_eq!(limit, tag, "and further on");
    assert_eq!(shown("owner", all).await.0, Value::Null);
}
