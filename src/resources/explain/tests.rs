//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{MISSING, World, on_both};
use serde_json::{Value, json};

on_both! {
    me_says_what_i_may why_and_why_not others_are_for_owner_and_admin nothing_hidden_shows
    who_can_names_everybody_with_reasons who_can_is_for_owner_and_admin what_can_counts_and_lists
    an_explanation_says_what_would_help
}

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

const WHO: &str = "POST /api/v2/access/who-can";
const WHAT: &str = "POST /api/v2/access/what-can";

async fn who_can_names_everybody_with_reasons(world: World) {
    let id = world.create("editor", "Spring", "private").await;
    let body = json!({ "permission": "campaigns:launch", "record": id });
    let answer = world.call("owner", WHO, body).await.is(200).json();
    let items = answer["items"].as_array().unwrap();
    let labels: Vec<_> = items.iter().map(|item| item["label"].as_str().unwrap()).collect();
    let emails = ["owner", "admin", "editor"]
        .map(|role| labels.iter().any(|label| label.starts_with(&format!("{role}."))));
    assert_eq!(emails, [true; 3], "{labels:?}");
    assert!(labels.contains(&"robot") && !labels.contains(&"reader") && !labels.contains(&"revoked"));
    let editor = items.iter().find(|item| item["id"] == json!(world.who("editor").member)).unwrap();
    assert_eq!(
        (&editor["kind"], &editor["name"], &editor["role"]),
        (&json!("member"), &json!("editor Test"), &json!("editor"))
    );
    assert_eq!(
        editor["because"],
        json!([
            { "via": "role", "detail": "The role editor reaches records that are shared with the team, and the member's own." },
            { "via": "owner", "detail": "The member owns the campaign." },
        ])
    );
    let robot = items.iter().find(|item| item["label"] == "robot").unwrap();
    assert_eq!((&robot["kind"], &robot["because"][0]["via"]), (&json!("key"), &json!("ceiling")));
    let refused = answer["refused"].as_array().unwrap();
    let at = |step: &str| refused.iter().find(|one| one["step"] == step).map(|one| one["principals"].clone());
    assert_eq!(at("scope"), Some(json!(1)), "{answer:#}");
    assert!(at("record").is_some() && at("role").is_some() && at("credential").is_some(), "{answer:#}");
    let line = format!("PATCH /api/v2/campaigns/{id}");
    world.call("editor", &line, json!({ "name": "Summer" })).await.is(200);
    world.app.behind.flush().await;
    let body = json!({ "permission": "campaigns:update", "record": id });
    let answer = world.call("owner", WHO, body).await.is(200).json();
    let used = answer["items"].as_array().unwrap().iter().filter(|item| !item["last_used_at"].is_null());
    let used: Vec<_> = used.map(|item| item["id"].clone()).collect();
    assert_eq!(used, [json!(world.who("editor").key_id)], "{answer:#}");
}

async fn who_can_is_for_owner_and_admin(world: World) {
    let body = json!({ "permission": "campaigns:read" });
    for who in ["manager", "sdr", "client", "reader"] {
        world.call(who, WHO, body.clone()).await.is(403);
    }
    world.call("admin", WHO, body).await.is(200);
    let wrong = [
        (json!({}), "body"),
        (json!({ "permission": "campaigns:fly" }), "body/permission"),
        (json!({ "permission": "campaigns:read", "record": "x" }), "body/record"),
        (json!({ "permission": "access:read", "record": MISSING }), "body/record"),
        (json!({ "permission": "campaigns:read", "limit": 0 }), "body/limit"),
        (json!({ "permission": "campaigns:read", "starting_after": "x" }), "body/starting_after"),
    ];
    for (body, field) in wrong {
        let message = world.call("owner", WHO, body.clone()).await.is(400).message();
        assert!(message.starts_with(field), "{body} {message}");
    }
    world.call("owner", WHO, json!({ "permission": "campaigns:read", "record": MISSING })).await.is(404);
}

async fn what_can_counts_and_lists(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    world.create("owner", "hidden", "private").await;
    let all = world.call("sdr", WHAT, json!({})).await.is(200).json();
    assert_eq!((&all["role"], &all["kind"]), (&json!("sdr"), &json!("key")));
    let rows = all["permissions"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["permission"] == name);
    let launch = row("campaigns:launch").unwrap();
    assert_eq!((&launch["reach"], &launch["records"]), (&json!("team"), &json!(1)));
    assert!(row("campaigns:delete").is_none());
    let ask = json!({ "permission": "campaigns:launch" });
    let launch = world.call("sdr", WHAT, ask).await.is(200).json();
    assert_eq!(launch["records"], json!([{ "id": id, "label": "Spring" }]));
    let lacks = world.call("sdr", WHAT, json!({ "permission": "campaigns:delete" })).await.is(200).json();
    assert_eq!((&lacks["permissions"], &lacks["records"]), (&json!([]), &json!([])));
    let other = json!({ "principal": world.who("sdr").member, "permission": "campaigns:launch" });
    world.call("manager", WHAT, other.clone()).await.is(403);
    let told = world.call("owner", WHAT, other).await.is(200).json();
    assert_eq!((&told["kind"], &told["records"][0]["id"]), (&json!("member"), &json!(id)));
    world.call("owner", WHAT, json!({ "principal": MISSING })).await.is(400);
}

async fn an_explanation_says_what_would_help(world: World) {
    let id = world.create("editor", "Spring", "private").await;
    let sdr = json!(world.who("sdr").member);
    let ask = async |by: &str, who: &Value, permission: &str, record: &str| {
        let body = json!({ "principal": who, "permission": permission, "record": record });
        world.call(by, EXPLAIN, body).await.is(200).json()
    };
    let told = ask("owner", &sdr, "campaigns:launch", &id).await;
    assert_eq!(
        told["sentence"],
        "sdr Test cannot launch campaigns: this campaign is private and belongs to editor Test; sdr Test is not a \
         collaborator on it."
    );
    let texts: Vec<_> =
        told["would_help"].as_array().unwrap().iter().map(|help| help["text"].as_str().unwrap()).collect();
    let expected = [
        "Share this campaign with the team.",
        "Add sdr Test as a collaborator on this campaign.",
        "An owner or admin can give sdr Test the role admin.",
    ];
    assert_eq!(texts, expected);
    let key = json!(world.who("reader").key_id);
    let told = ask("owner", &key, "campaigns:launch", &id).await;
    assert_eq!(told["would_help"][0]["value"], "campaigns:launch", "{told:#}");
    // An sdr does not see the campaign, so nothing that would help shows that it exists.
    let told = ask("sdr", &Value::Null, "campaigns:launch", &id).await;
    assert_eq!(told["would_help"], json!([]));
    let told =
        ask("client", &Value::Null, "campaigns:launch", &world.create("owner", "c", "team").await).await;
    assert_eq!(told["would_help"], json!([]), "the campaign has no tag of the client's limit: {told:#}");
    let allowed = ask("owner", &sdr, "campaigns:launch", &world.create("owner", "d", "team").await).await;
    assert_eq!((&allowed["would_help"], &allowed["paths"][1]["via"]), (&json!([]), &json!("team")));
}
