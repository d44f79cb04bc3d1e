//! What an admin workspace forbids in its sub-workspaces: at the next request, to everybody there, and seen by them.

use crate::support::{World, on_both, scene};
use serde_json::{Value, json};

on_both! {
    exports_and_keys_are_forbidden roles_are_held_down a_second_factor_is_required rails_are_seen_and_recorded
    a_dry_run_looks_back
}

/// Each of them is allowed without the guard-rail.
const EXPORTS: [&str; 3] =
    ["/api/v2/leads/export", "/api/v2/audit-logs/export", "/api/v2/block-lists-entries/download"];

const AT: &str = "/api/v2/workspaces/current/guard-rails";

async fn rails(world: &World, body: Value) -> Value {
    world.call("owner", &format!("PATCH {AT}"), body).await.is(200).json()
}

async fn exports_and_keys_are_forbidden(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    let campaign = world.call("ann", "POST /api/v2/campaigns", scene::campaign("c")).await.is(200).id();
    let export = format!("POST /api/v2/campaigns/{campaign}/export");
    let key = json!({ "name": "k", "scopes": ["campaigns:read"] });
    world.call("ann", &export, Value::Null).await.is(200);
    for line in EXPORTS {
        world.get("ann", line).await.is(200);
        world.get_as("owner", sub, line).await.is(200);
    }
    rails(&world, json!({ "no_exports": true, "no_key_creation": true })).await;
    for line in EXPORTS {
        let refused = world.get("ann", line).await.is(403).message();
        assert!(refused.starts_with("guard-rail: "), "{line}: {refused}");
        world.get_as("owner", sub, line).await.is(403);
    }
    for (line, body) in [(&export, Value::Null), (&"POST /api/v2/api-keys".to_owned(), key.clone())] {
        let refused = world.call("ann", line, body.clone()).await.is(403).message();
        assert!(
            refused.starts_with("guard-rail: ")
                && refused.ends_with("your admin workspace, home, does not allow this")
        );
        // They bind who acts from the admin workspace too.
        world.call_as("owner", sub, line, body).await.is(403);
    }
    world.call("owner", "POST /api/v2/api-keys", key.clone()).await.is(200);
    // A new member gets no key, and signs in.
    let invited = json!({ "email": "comes@acme.example", "role": "view" });
    let invited = world.call("ann", "POST /api/v2/workspace-members", invited).await.is(200).json();
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1;
    let body =
        json!({ "token": token, "first_name": "A", "last_name": "B", "password": "four words, of no one" });
    assert_eq!(
        world.call("", "POST /api/v2/invitations/accept", body).await.is(200).json()["api_key"],
        Value::Null
    );
    // One is told why, and nothing else is forbidden.
    let question = json!({ "permission": "campaigns:export", "record": campaign });
    let why = world.call("ann", "POST /api/v2/access/explain", question).await.is(200).json();
    assert_eq!((&why["allowed"], &why["refused_by"]), (&json!(false), &json!("guard-rail")));
    world.get("ann", &format!("/api/v2/campaigns/{campaign}")).await.is(200);
    world.call("ann", &format!("DELETE /api/v2/workspace-group-members/{link}"), Value::Null).await.is(200);
    world.call("ann", &export, Value::Null).await.is(200);
    world.call("ann", "POST /api/v2/api-keys", key).await.is(200);
}

async fn roles_are_held_down(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    for role in ["admin", "editor", "sdr", "view"] {
        scene::join(&mut world, sub, &format!("ann's {role}"), role, None).await;
    }
    let campaign = world.call("ann", "POST /api/v2/campaigns", scene::campaign("c")).await.is(200).id();
    let rename = format!("PATCH /api/v2/campaigns/{campaign}");
    let tag = "POST /api/v2/custom-tags";
    for who in ["ann", "ann's admin", "ann's editor"] {
        world.call(who, &rename, json!({ "name": who })).await.is(200);
    }
    rails(&world, json!({ "highest_role": "sdr" })).await;
    // The owner keeps their rights; a lower role loses nothing.
    world.call("ann", &rename, json!({ "name": "d" })).await.is(200);
    for who in ["ann's admin", "ann's editor"] {
        let refused = world.call(who, &rename, json!({ "name": "e" })).await.is(403).message();
        assert!(
            refused.starts_with("guard-rail: nobody except the owner can do more than the role `sdr`"),
            "{refused}"
        );
        world.call(who, tag, json!({ "label": who })).await.is(403);
        world.get(who, "/api/v2/campaigns").await.is(200);
    }
    assert!(
        world.call("ann's view", &rename, json!({ "name": "e" })).await.is(403).message().starts_with("role")
    );
    world.call_as("owner", sub, &rename, json!({ "name": "e" })).await.is(403);
    // Nobody is given a higher one.
    let invite = |role: &str| json!({ "email": format!("{role}@acme.example"), "role": role });
    let line = "POST /api/v2/workspace-members";
    assert!(world.call("ann", line, invite("editor")).await.is(403).message().starts_with("guard-rail"));
    world.call("ann", line, invite("view")).await.is(200);
    // What both roles have in common: an admin held down sees as far as an SDR.
    let lead = json!({ "email": "a@lead.example", "campaign": campaign });
    world.call("ann", "POST /api/v2/leads", lead).await.is(200);
    let seen = async |who: &str| {
        world
            .call(who, "POST /api/v2/leads/list", json!({ "campaign": campaign }))
            .await
            .is(200)
            .items()
            .len()
    };
    assert_eq!((seen("ann").await, seen("ann's admin").await, seen("ann's sdr").await), (1, 0, 0));
    let message = world
        .call("owner", &format!("PATCH {AT}"), json!({ "highest_role": "owner" }))
        .await
        .is(400)
        .message();
    assert!(message.starts_with("body/highest_role must be below owner"), "{message}");
    rails(&world, json!({ "highest_role": null })).await;
    world.call("ann's editor", &rename, json!({ "name": "f" })).await.is(200);
}

async fn a_second_factor_is_required(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let user = world.who("ann").user.unwrap();
    world.run(gatepost::db::sql("delete from sessions where user_id = $1").bind(user)).await;
    scene::session(&world, sub, "ann", user).await;
    let list = "/api/v2/campaigns";
    world.get("ann's session", list).await.is(200);
    rails(&world, json!({ "second_factor_required": true })).await;
    let refused = world.get("ann's session", list).await.is(403).message();
    assert!(refused.starts_with("guard-rail: a second factor is required"), "{refused}");
    world.get("ann", list).await.is(200); // a key goes on working
    world.get("owner's session", list).await.is(200); // nothing is asked at home
    // Their own sessions stay readable, and they can enrol a second factor.
    world.get("ann's session", "/api/v2/me/sessions").await.is(200);
    world.call("ann's session", "POST /api/v2/me/factors/totp", Value::Null).await.is(200);
    let shown = "update sessions set second_factor = true where user_id = $1";
    world.run(gatepost::db::sql(shown).bind(user)).await;
    world.get("ann's session", list).await.is(200);
}

async fn rails_are_seen_and_recorded(mut world: World) {
    world.sub_of("owner", "ann").await;
    let none = world.get("owner", AT).await.is(200).json();
    assert_eq!(
        none,
        json!({ "no_exports": false, "no_key_creation": false, "second_factor_required": false,
        "highest_role": null })
    );
    let set = rails(&world, json!({ "no_exports": true, "highest_role": "editor" })).await;
    let seen = world.get("ann", "/api/v2/workspace-group-members/admin").await.is(200).json();
    assert_eq!((&seen["guard_rails"], &seen["workspace_name"]), (&set, &json!("home")));
    for who in ["ann", "owner"] {
        let log = world.get(who, "/api/v2/audit-logs?limit=1").await.is(200).items();
        assert_eq!(log[0]["action"], "guard_rails:update", "{who}");
        assert_eq!(
            log[0]["audit_metadata"]["changes"]["highest_role"],
            json!([null, "editor"]),
            "{}",
            log[0]
        );
    }
    for who in ["manager", "editor", "view"] {
        world.call(who, &format!("PATCH {AT}"), json!({ "no_exports": false })).await.is(403);
    }
    let new = json!({ "name": "narrow", "scopes": ["workspace_group_members:all"] });
    let narrow = world.call("owner", "POST /api/v2/api-keys", new).await.is(200).json()["key"].clone();
    world
        .call(narrow.as_str().unwrap(), &format!("PATCH {AT}"), json!({ "no_exports": false }))
        .await
        .is(403);
    for wrong in
        [json!({}), json!({ "no_exports": 1 }), json!({ "highest_role": "king" }), json!({ "x": true })]
    {
        world.call("owner", &format!("PATCH {AT}"), wrong).await.is(400);
    }
}

async fn a_dry_run_looks_back(mut world: World) {
    let early = world.workspace_of("ann").await;
    let campaign = world.call("ann", "POST /api/v2/campaigns", scene::campaign("c")).await.is(200).id();
    let export = format!("POST /api/v2/campaigns/{campaign}/export");
    world.call("ann", &export, Value::Null).await.is(200); // before it was in the group
    let link = world.invites("owner", early).await;
    world.accepts("ann", &link).await.is(200);
    scene::join(&mut world, early, "ann's editor", "editor", None).await;
    for _ in 0..3 {
        world.call("ann", &export, Value::Null).await.is(200);
    }
    world
        .call("ann's editor", &format!("PATCH /api/v2/campaigns/{campaign}"), json!({ "name": "d" }))
        .await
        .is(200);
    world
        .call("ann", "POST /api/v2/api-keys", json!({ "name": "k", "scopes": ["leads:read"] }))
        .await
        .is(200);
    world.get("ann", &format!("/api/v2/campaigns/{}", crate::support::MISSING)).await.is(404); // a refusal is not counted
    world.app.behind.flush().await;
    let line = format!("POST {AT}/dry-run");
    let tried = async |body: Value| world.call("owner", &line, body).await.is(200).json();
    let run = tried(json!({ "no_exports": true })).await;
    assert_eq!((&run["days"], &run["refused"]), (&json!(30), &json!(3)));
    let item = &run["items"][0];
    assert_eq!(
        (&item["permission"], &item["role"], &item["calls"]),
        (&json!("campaigns:export"), &json!("owner"), &json!(3))
    );
    assert_eq!((&item["workspace_name"], &item["workspace_id"]), (&json!("ann"), &json!(early)));
    let run = tried(json!({ "highest_role": "view", "no_key_creation": true })).await;
    let of = |run: &Value| {
        let items = run["items"].as_array().unwrap().iter();
        items
            .map(|item| item["permission"].as_str().unwrap().to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(of(&run), ["api_keys:create", "campaigns:update"].map(str::to_owned).into());
    // It has tried, and changed nothing.
    world.call("ann", &export, Value::Null).await.is(200);
    world.delegates("ann", json!({ "resources": ["campaigns"] })).await.is(200);
    assert_eq!(
        tried(json!({ "no_exports": true })).await["looked_at"],
        json!(0),
        "the log is not left to it"
    );
    world.delegates("ann", json!({ "resources": null })).await.is(200);
    world.wait(31 * 24 * 60 * 60 * 1000);
    assert_eq!(tried(json!({ "no_exports": true })).await["refused"], json!(0));
}
