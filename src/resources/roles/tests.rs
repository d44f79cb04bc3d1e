//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::{Answer, MISSING, World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    a_custom_role_lowers_its_base official_clients_see_the_built_in_role wrong_roles_are_refused
    nobody_gives_or_takes_what_they_do_not_have a_change_counts_at_the_next_request
    narrowing_a_role_finds_the_keys_of_its_members a_workspace_key_keeps_the_cells
    a_role_in_use_is_deleted_only_with_another an_owner_is_never_lowered a_preview_says_what_changes
    the_matrix_shows_custom_roles newer_permissions_are_listed invitations_take_a_custom_role
    a_lowered_role_takes_senders_off_campaigns a_missing_role_gives_nothing narrow_keys_write_no_roles
}

const ROLES: &str = "POST /api/v2/roles";

/// The id of a new role.
pub async fn role(world: &World, name: &str, base: &str, cells: Value) -> String {
    let mut body = json!({ "name": name, "base": base });
    let field = if cells.is_array() { "without" } else { "permissions" };
    body[field] = cells;
    world.call("owner", ROLES, body).await.is(200).id()
}

fn member(world: &World, who: &str) -> String {
    format!("PATCH /api/v2/workspace-members/{}", world.who(who).member.unwrap())
}

pub async fn give(world: &World, who: &str, role: &str) -> Value {
    world.call("owner", &member(world, who), json!({ "custom_role": role })).await.is(200).json()
}

async fn patch(world: &World, id: &str, body: Value) -> Answer {
    world.call("owner", &format!("PATCH /api/v2/roles/{id}"), body).await
}

async fn a_custom_role_lowers_its_base(world: World) {
    let shared = world.create("owner", "shared", "team").await;
    let pause = |id: &str| format!("POST /api/v2/campaigns/{id}/pause");
    world.call("sdr", &pause(&shared), Value::Null).await.is(200);
    let cells = json!({ "campaigns:read": "team", "campaigns:pause": "own", "leads:read": "none" });
    let id = role(&world, "sdr-east", "sdr", cells).await;
    let made = world.get("admin", &format!("/api/v2/roles/{id}")).await.is(200).json();
    let kept = json!({ "campaigns:read": "team", "campaigns:pause": "own" });
    assert_eq!((&made["permissions"], &made["base"], &made["members"]), (&kept, &json!("sdr"), &json!(0)));
    give(&world, "sdr", "sdr-east").await;
    let me = world.get("sdr", "/api/v2/me").await.is(200).json();
    assert_eq!((&me["role"], &me["custom_role"]), (&json!("sdr"), &json!({ "id": id, "name": "sdr-east" })));
    let held: Vec<_> = me["permissions"].as_array().unwrap().iter().map(|held| &held["permission"]).collect();
    assert_eq!(held, ["campaigns:read", "campaigns:pause"]);
    world.get("sdr", &format!("/api/v2/campaigns/{shared}")).await.is(200);
    let refused = world.call("sdr", &pause(&shared), Value::Null).await.is(403).message();
    assert_eq!(refused, "reach: `campaigns:pause` reaches `own`");
    let refused = world.get("sdr", "/api/v2/lead-lists").await.is(403).message();
    assert!(
        refused.ends_with("yours is sdr-east, a custom role based on sdr without this permission"),
        "{refused}"
    );
    let question = json!({ "permission": "campaigns:launch", "principal": world.who("sdr").member });
    let told = world.call("owner", "POST /api/v2/access/explain", question).await.is(200).json();
    assert_eq!(told["refused_by"], "role");
    assert!(
        told["steps"][6]["reason"].as_str().unwrap().contains("is sdr-east, a custom role based on sdr"),
        "{told}"
    );
    world.app.behind.flush().await;
    let row =
        world.log().await.into_iter().find(|row| row["audit_metadata"]["refused_by"] == "reach").unwrap();
    assert_eq!(
        (&row["audit_metadata"]["role"], &row["audit_metadata"]["custom_role"]),
        (&json!("sdr"), &json!("sdr-east"))
    );
    // What everybody has stays.
    let question = json!({ "permission": "campaigns:read" });
    world.call("sdr", "POST /api/v2/access/explain", question).await.is(200);
    world.get("sdr's session", "/api/v2/me/sessions").await.is(200);
}

async fn official_clients_see_the_built_in_role(world: World) {
    let id = role(&world, "sdr-east", "sdr", json!({ "campaigns:read": "own" })).await;
    let shown = give(&world, "view", &id).await;
    let custom = json!({ "id": id, "name": "sdr-east" });
    assert_eq!((&shown["role"], &shown["custom_role"]), (&json!("sdr"), &custom));
    let at = format!("/api/v2/workspace-members/{}", world.who("view").member.unwrap());
    let same = world.get("owner", &at).await.is(200).json();
    assert_eq!((&same["role"], &same["custom_role"]), (&json!("sdr"), &custom));
    let listed = world.get("owner", "/api/v2/workspace-members?limit=100").await.is(200).items();
    assert_eq!(listed.iter().filter(|one| one.get("custom_role").is_some()).count(), 1);
    // A nickname does not change the role. Null takes it away, and so does a built-in role.
    let kept = world.call("owner", &member(&world, "view"), json!({ "nickname": "V" })).await.is(200).json();
    assert_eq!((&kept["custom_role"], &kept["keys_made"]), (&custom, &Value::Null));
    let plain =
        world.call("owner", &member(&world, "view"), json!({ "custom_role": null })).await.is(200).json();
    assert_eq!((&plain["role"], plain.get("custom_role")), (&json!("sdr"), None));
    give(&world, "view", "sdr-east").await;
    let plain = world.call("owner", &member(&world, "view"), json!({ "role": "sdr" })).await.is(200).json();
    assert_eq!((&plain["role"], plain.get("custom_role")), (&json!("sdr"), None));
    for (body, why) in [
        (
            json!({ "custom_role": "none" }),
            "body/custom_role must be the name or id of a custom role of this workspace",
        ),
        (
            json!({ "custom_role": MISSING }),
            "body/custom_role must be the name or id of a custom role of this workspace",
        ),
        (
            json!({ "custom_role": "sdr-east", "role": "editor" }),
            "body/role must be left out, or be `sdr`, the base of the custom role",
        ),
    ] {
        assert_eq!(world.call("owner", &member(&world, "view"), body).await.is(400).message(), why);
    }
    let both = json!({ "custom_role": "sdr-east", "role": "sdr" });
    world.call("owner", &member(&world, "view"), both).await.is(200);
}

async fn wrong_roles_are_refused(world: World) {
    let cells = json!({ "campaigns:read": "team" });
    for (body, why) in [
        (json!({ "name": "x", "base": "sdr", "permissions": cells }), "body/name must match pattern"),
        (json!({ "name": "Sdr", "base": "sdr", "permissions": cells }), "body/name must match pattern"),
        (
            json!({ "name": "editor", "base": "sdr", "permissions": cells }),
            "body/name must not be the name of a built-in role",
        ),
        (
            json!({ "name": "viewer", "base": "sdr", "permissions": cells }),
            "body/name must not be the name of a built-in role",
        ),
        (json!({ "name": "ok", "base": "owner", "permissions": cells }), "body/base must not be owner"),
        (json!({ "name": "ok", "base": "sdr" }), "body must have required property 'permissions'"),
        (
            json!({ "name": "ok", "base": "sdr", "permissions": cells, "without": [] }),
            "body/without must be left out, because body/permissions is there",
        ),
        (
            json!({ "name": "ok", "base": "sdr", "permissions": { "campaigns:fly": "team" } }),
            "body/permissions/campaigns:fly must be a row of the access matrix",
        ),
        (
            json!({ "name": "ok", "base": "sdr", "permissions": { "campaigns:read": "most" } }),
            "body/permissions/campaigns:read must be equal to one of the allowed values",
        ),
        (
            json!({ "name": "ok", "base": "sdr", "permissions": { "campaigns:read": "all" } }),
            "body/permissions/campaigns:read must be within `team`, the reach of `sdr`",
        ),
        (
            json!({ "name": "ok", "base": "admin", "permissions": { "audit_logs:read": "own" } }),
            "body/permissions/audit_logs:read must be `all`",
        ),
        (
            json!({ "name": "ok", "base": "sdr", "permissions": { "campaigns:launch": "own" } }),
            "body/permissions/campaigns:launch must be left out, because the role does not have `campaigns:read`",
        ),
        (
            json!({ "name": "ok", "base": "sdr", "without": ["campaigns:read"] }),
            "body/permissions/campaigns:launch must be left out",
        ),
    ] {
        let said = world.call("owner", ROLES, body).await.is(400).message();
        assert!(said.starts_with(why), "{said}");
    }
    let id = role(&world, "ok", "sdr", cells.clone()).await;
    let again = json!({ "name": "ok", "base": "view", "permissions": cells });
    world.call("owner", ROLES, again.clone()).await.is(409);
    world.call("stranger", ROLES, again).await.is(200);
    patch(&world, &id, json!({ "permissions": { "campaigns:update": "own" } })).await.is(400);
    for n in 0..49 {
        role(&world, &format!("r{n}"), "view", json!([])).await;
    }
    let full = json!({ "name": "more", "base": "view", "without": [] });
    let said = world.call("owner", ROLES, full).await.is(409).message();
    assert_eq!(said, "a workspace has at most 50 custom roles; delete one first");
    patch(&world, &id, json!({ "name": "r7" })).await.is(409);
}

/// An admin whose custom role leaves something out.
async fn nobody_gives_or_takes_what_they_do_not_have(world: World) {
    let own =
        role(&world, "clerk", "admin", json!(["campaigns:delete", "leads:delete", "leads:export"])).await;
    let wide = role(&world, "wide", "editor", json!([])).await;
    let narrow =
        role(&world, "narrow", "editor", json!(["campaigns:delete", "leads:delete", "leads:export"])).await;
    give(&world, "admin", "clerk").await;
    let invite = "POST /api/v2/workspace-members";
    let at = |who: &str| format!("/api/v2/workspace-members/{}", world.who(who).member.unwrap());
    let email = |n: usize| format!("new{n}@acme.example");
    for (n, line, body, status) in [
        (0, invite.to_owned(), json!({ "role": "view" }), 200),
        (1, invite.to_owned(), json!({ "role": "editor" }), 403),
        (2, invite.to_owned(), json!({ "role": "admin" }), 403),
        (3, invite.to_owned(), json!({ "custom_role": "wide" }), 403),
        (4, invite.to_owned(), json!({ "custom_role": "narrow" }), 200),
        (5, invite.to_owned(), json!({ "custom_role": "clerk" }), 200),
        (6, format!("PATCH {}", at("view")), json!({ "role": "member" }), 403),
        (7, format!("PATCH {}", at("view")), json!({ "role": "sdr" }), 200),
        (8, format!("PATCH {}", at("editor")), json!({ "role": "view" }), 403),
        (9, format!("DELETE {}", at("editor")), Value::Null, 403),
        (10, format!("DELETE {}", at("client")), Value::Null, 200),
        (11, format!("PATCH {}", at("admin")), json!({ "role": "admin" }), 403),
        (12, format!("PATCH {}", at("admin")), json!({ "custom_role": null }), 403),
        (13, ROLES.to_owned(), json!({ "name": "new", "base": "admin", "without": [] }), 403),
        (14, format!("PATCH /api/v2/roles/{own}"), json!({ "without": ["leads:delete"] }), 403),
        (15, format!("PATCH /api/v2/roles/{wide}"), json!({ "name": "mine" }), 403),
        (16, format!("DELETE /api/v2/roles/{wide}"), Value::Null, 403),
        (17, format!("DELETE /api/v2/roles/{narrow}?instead=editor"), Value::Null, 403),
        (18, format!("DELETE /api/v2/roles/{narrow}?instead=view"), Value::Null, 200),
        (19, "PATCH /api/v2/workspaces/current".to_owned(), json!({ "default_member_role": "editor" }), 403),
        (20, "PATCH /api/v2/workspaces/current".to_owned(), json!({ "default_member_role": "sdr" }), 200),
        (21, "POST /api/v2/api-keys".to_owned(), json!({ "name": "k", "scopes": ["campaigns:delete"] }), 403),
    ] {
        let mut body = body;
        if line == invite {
            body["email"] = json!(email(n));
        }
        let answer = world.call("admin", &line, body).await;
        assert_eq!(answer.status, status, "{n} {line} {}", answer.text());
        assert!(status == 200 || answer.message().starts_with("role: ") || n == 21, "{}", answer.text());
    }
    let said = world.call("admin", &format!("DELETE {}", at("editor")), Value::Null).await.message();
    assert_eq!(
        said,
        "role: you cannot give or take a role that reaches further than your own in `campaigns:delete`"
    );
    // The owner can.
    world.call("owner", &format!("PATCH {}", at("admin")), json!({ "custom_role": null })).await.is(200);
}

async fn a_change_counts_at_the_next_request(world: World) {
    let id = role(&world, "editor-east", "editor", json!([])).await;
    give(&world, "editor", &id).await;
    let shared = world.create("owner", "shared", "team").await;
    let pause = format!("POST /api/v2/campaigns/{shared}/pause");
    for who in ["editor", "editor's session"] {
        world.call(who, &pause, Value::Null).await.is(200);
    }
    patch(&world, &id, json!({ "without": ["campaigns:pause"] })).await.is(200);
    for who in ["editor", "editor's session"] {
        world.call(who, &pause, Value::Null).await.is(403);
    }
    patch(&world, &id, json!({ "without": [] })).await.is(200);
    world.call("editor", &pause, Value::Null).await.is(200);
    let rows = world.log().await.into_iter().filter(|row| row["action"] == "roles:update");
    let rows: Vec<_> = rows.collect();
    assert_eq!((rows.len(), &rows[0]["activity_type"]), (2, &json!(1091)));
    let resource = json!(format!("role/{id}"));
    assert_eq!(rows[0]["resource"], resource);
    assert!(rows[0]["audit_metadata"]["changes"]["permissions"].is_array(), "{}", rows[0]);
}

async fn narrowing_a_role_finds_the_keys_of_its_members(world: World) {
    let id = role(&world, "clerk", "admin", json!([])).await;
    give(&world, "admin", "clerk").await;
    let key = async |by: &str, name: &str| {
        let body = json!({ "name": name, "scopes": ["all:all"] });
        world.call(by, "POST /api/v2/api-keys", body).await.is(200).json()["key"].as_str().unwrap().to_owned()
    };
    let first = key("admin", "first").await;
    let second = key(&first, "second").await;
    key("owner", "other").await;
    let names = |answer: &Value| -> Vec<String> {
        let keys = answer["keys_made"].as_array().cloned().unwrap_or_default();
        keys.iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
    };
    let wider = patch(&world, &id, json!({ "name": "clerks" })).await.is(200).json();
    assert_eq!(wider["keys_made"], Value::Null, "nothing is taken away");
    let narrowed = patch(&world, &id, json!({ "without": ["campaigns:delete"] })).await.is(200).json();
    assert_eq!(names(&narrowed), ["first", "second"]);
    world.get(&second, "/api/v2/campaigns").await.is(200);
    let line = format!("PATCH /api/v2/roles/{id}?revoke_keys=true");
    let body = json!({ "without": ["campaigns:delete", "leads:delete"] });
    world.call("robot", &line, json!({ "name": "clerks" })).await.is(200);
    world.call("owner", &line, body).await.is(200);
    for key in [&first, &second] {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
    let row = world.log().await.into_iter().find(|row| row["action"] == "roles:update").unwrap();
    let revoked = &row["audit_metadata"]["changes"]["keys_revoked"][1];
    assert_eq!(revoked.as_array().unwrap().len(), 2, "{row}");
    // A member who gets a custom role is like one who is demoted.
    key("admin", "third").await;
    let lowered = world.call("owner", &member(&world, "admin"), json!({ "custom_role": null })).await.is(200);
    assert_eq!(names(&lowered.json()), ["third"]);
}

async fn a_workspace_key_keeps_the_cells(world: World) {
    let id = role(&world, "clerk", "admin", json!(["campaigns:delete"])).await;
    give(&world, "admin", "clerk").await;
    let make = async |by: &str| {
        let body = json!({ "name": "k", "scopes": ["all:all"] });
        world.call(by, "POST /api/v2/api-keys", body).await.is(200).json()["key"].as_str().unwrap().to_owned()
    };
    let key = make("admin").await;
    // The ceiling neither grows nor shrinks with the role, and keys that the key makes have it too.
    patch(&world, &id, json!({ "without": [] })).await.is(200);
    let child = make(&key).await;
    world.call("owner", &member(&world, "admin"), json!({ "role": "admin" })).await.is(200);
    let campaign = world.create("owner", "c", "team").await;
    let delete = format!("DELETE /api/v2/campaigns/{campaign}");
    for key in [&key, &child] {
        let refused = world.call(key, &delete, Value::Null).await.is(403).message();
        assert!(
            refused.ends_with("yours is a custom role based on admin without this permission"),
            "{refused}"
        );
        let me = world.get(key, "/api/v2/me").await.is(200).json();
        assert_eq!((&me["role"], &me["custom_role"]), (&json!("admin"), &Value::Null));
        let body = json!({ "email": "e@acme.example", "role": "editor" });
        world.call(key, "POST /api/v2/workspace-members", body).await.is(403);
    }
    let personal = json!({ "name": "p", "scopes": ["all:all"], "personal": true });
    let made = world.call("admin", "POST /api/v2/api-keys", personal).await.is(200).json();
    world.call(made["key"].as_str().unwrap(), &delete, Value::Null).await.is(200);
}

async fn a_role_in_use_is_deleted_only_with_another(world: World) {
    let id = role(&world, "east", "editor", json!([])).await;
    let other = role(&world, "west", "editor", json!(["campaigns:pause"])).await;
    for who in ["editor", "sdr"] {
        give(&world, who, "east").await;
    }
    let delete = format!("DELETE /api/v2/roles/{id}");
    let said = world.call("owner", &delete, Value::Null).await.is(409).message();
    assert_eq!(
        said,
        "2 members and invitations have this role. Give them another role first, or name one with `instead`."
    );
    for (instead, status) in
        [("none", 400), (MISSING, 400), ("east", 400), (id.as_str(), 400), ("owner", 403)]
    {
        let line = format!("{delete}?instead={instead}");
        world.call("owner", &line, Value::Null).await.is(status);
    }
    let gone = world.call("owner", &format!("{delete}?instead=west"), Value::Null).await.is(200).json();
    assert_eq!((&gone["name"], &gone["keys_made"]), (&json!("east"), &json!([])));
    let shared = world.create("owner", "shared", "team").await;
    for who in ["editor", "sdr"] {
        world.call(who, &format!("POST /api/v2/campaigns/{shared}/pause"), Value::Null).await.is(403);
        let me = world.get(who, "/api/v2/me").await.is(200).json();
        assert_eq!((&me["role"], &me["custom_role"]["name"]), (&json!("editor"), &json!("west")));
    }
    world.get("owner", &format!("/api/v2/roles/{id}")).await.is(404);
    let line = format!("DELETE /api/v2/roles/{other}?instead=view");
    world.call("owner", &line, Value::Null).await.is(200);
    let me = world.get("sdr", "/api/v2/me").await.is(200).json();
    assert_eq!((&me["role"], &me["custom_role"]), (&json!("view"), &Value::Null));
    assert!(world.get("owner", "/api/v2/roles").await.items().is_empty());
}

async fn an_owner_is_never_lowered(world: World) {
    role(&world, "east", "editor", json!({ "campaigns:read": "own" })).await;
    give(&world, "editor", "east").await;
    let refused =
        world.call("owner", &member(&world, "owner"), json!({ "custom_role": "east" })).await.is(403);
    assert!(refused.message().contains("change-owner"), "{}", refused.text());
    let heir = json!({ "new_owner_id": world.who("editor").member });
    world.call("owner", "POST /api/v2/workspaces/current/change-owner", heir).await.is(200);
    let me = world.get("editor", "/api/v2/me").await.is(200).json();
    assert_eq!((&me["role"], &me["custom_role"]), (&json!("owner"), &Value::Null));
    world.get("editor", "/api/v2/audit-logs").await.is(200);
}

async fn a_preview_says_what_changes(world: World) {
    let cells = json!({ "campaigns:read": "team", "campaigns:pause": "own" });
    let id = role(&world, "east", "editor", cells).await;
    give(&world, "editor", "east").await;
    let line = format!("POST /api/v2/roles/{id}/preview");
    let wanted = json!({ "permissions": { "campaigns:read": "own", "campaigns:launch": "own" } });
    let preview = world.call("admin", &line, wanted).await.is(200).json();
    assert_eq!(preview["gains"], json!([{ "permission": "campaigns:launch", "from": "none", "to": "own" }]));
    let loses = json!([
        { "permission": "campaigns:read", "from": "team", "to": "own" },
        { "permission": "campaigns:pause", "from": "own", "to": "none" },
    ]);
    assert_eq!(preview["loses"], loses);
    assert_eq!(
        (&preview["members"], &preview["who"][0]["id"]),
        (&json!(1), &json!(world.who("editor").member))
    );
    assert_eq!(preview["keys_made"], json!([]));
    world.call("admin", &line, json!({ "permissions": { "campaigns:read": "all" } })).await.is(400);
    world.call("editor", &line, json!({ "without": [] })).await.is(403);
    world.call("stranger", &line, json!({ "without": [] })).await.is(404);
    let stays = world.get("owner", &format!("/api/v2/roles/{id}")).await.is(200).json();
    assert_eq!(stays["permissions"]["campaigns:read"], "team");
}

async fn the_matrix_shows_custom_roles(world: World) {
    let id = role(&world, "sdr-east", "sdr", json!({ "campaigns:read": "own" })).await;
    let matrix = world.get("admin", "/api/v2/access/matrix").await.is(200).json();
    let roles = matrix["roles"].as_array().unwrap();
    assert_eq!((roles.len(), &roles[8]), (9, &json!({ "name": "sdr-east", "id": id, "base": "sdr" })));
    let row = |name: &str| {
        let rows = matrix["permissions"].as_array().unwrap();
        rows.iter().find(|row| row["permission"] == name).unwrap()["reach"].clone()
    };
    let read = row("campaigns:read");
    assert_eq!(
        (&read["owner"], &read["sdr"], &read["sdr-east"]),
        (&json!("all"), &json!("team"), &json!("own"))
    );
    assert_eq!(row("campaigns:launch")["sdr-east"], "none");
    assert_eq!(row("access:read")["sdr-east"], "all", "everybody has it");
    let foreign = world.get("stranger", "/api/v2/access/matrix").await.is(200).json();
    assert_eq!(foreign["roles"].as_array().unwrap().len(), 8);
}

/// A permission that a later version adds is not in the role, and is listed until the role is written again.
async fn newer_permissions_are_listed(world: World) {
    let id = role(&world, "east", "editor", json!({ "campaigns:read": "own" })).await;
    let at = format!("/api/v2/roles/{id}");
    assert_eq!(world.get("owner", &at).await.json()["unmentioned"], json!([]));
    let forget = sql("update roles set left_out = replace(left_out, 'campaigns:pause', 'x')");
    world.run(forget).await;
    assert_eq!(world.get("owner", &at).await.json()["unmentioned"], json!(["campaigns:pause"]));
    let renamed = patch(&world, &id, json!({ "name": "west" })).await.is(200).json();
    assert_eq!(renamed["unmentioned"], json!(["campaigns:pause"]));
    let written =
        patch(&world, &id, json!({ "permissions": { "campaigns:read": "own" } })).await.is(200).json();
    assert_eq!(written["unmentioned"], json!([]));
}

async fn invitations_take_a_custom_role(world: World) {
    role(&world, "east", "editor", json!(["campaigns:pause"])).await;
    let body = json!({ "email": "sam@acme.example", "custom_role": "east" });
    let invited = world.call("owner", "POST /api/v2/workspace-members", body).await.is(200).json();
    assert_eq!((&invited["role"], &invited["custom_role"]["name"]), (&json!("editor"), &json!("east")));
    let again = format!("POST /api/v2/workspace-members/{}/resend", invited["id"].as_str().unwrap());
    let link = world.call("owner", &again, Value::Null).await.is(200).json();
    let token = link["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let body = json!({ "token": token, "first_name": "Sam", "last_name": "R", "password": "a password long enough" });
    let joined = world.call("", "POST /api/v2/invitations/accept", body).await.is(200).json();
    assert_eq!(joined["custom_role"]["name"], "east");
    let key = joined["api_key"].as_str().unwrap();
    let shared = world.create("owner", "shared", "team").await;
    world.get(key, &format!("/api/v2/campaigns/{shared}")).await.is(200);
    world.call(key, &format!("POST /api/v2/campaigns/{shared}/pause"), Value::Null).await.is(403);
}

async fn a_lowered_role_takes_senders_off_campaigns(world: World) {
    let id = role(&world, "east", "editor", json!([])).await;
    give(&world, "editor", "east").await;
    let editor = world.who("editor").member;
    world.connect("owner", "sales@outreach.example", editor).await;
    let campaign = world.create("editor", "mine", "team").await;
    let at = format!("/api/v2/campaigns/{campaign}");
    let senders = json!({ "email_list": ["sales@outreach.example"] });
    world.call("editor", &format!("PATCH {at}"), senders.clone()).await.is(200);
    patch(&world, &id, json!({ "without": ["accounts:use"] })).await.is(200);
    let row = world.log().await.remove(0);
    assert_eq!(row["audit_metadata"]["changes"]["taken_off_campaigns"][1], json!([campaign]), "{row}");
    let left = world.get("owner", &at).await.is(200).json();
    assert!(left["email_list"].as_array().is_none_or(Vec::is_empty), "{left}");
    world.call("editor", &format!("PATCH {at}"), senders).await.is(400);
}

/// The database cannot hold a member whose role is gone. If it does all the same, they have no rights.
async fn a_missing_role_gives_nothing(world: World) {
    let set = sql("update members set role_id = $2 where id = $1").bind(world.who("admin").member);
    world.run(set.bind(MISSING.parse::<uuid::Uuid>().unwrap())).await;
    world.get("admin", "/api/v2/campaigns").await.is(403);
    let me = world.get("admin", "/api/v2/me").await.is(200).json();
    assert_eq!(me["permissions"], json!([]));
}

async fn narrow_keys_write_no_roles(world: World) {
    let key = async |scopes: Value, more: Value| {
        let mut body = json!({ "name": "k", "scopes": scopes });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.call("owner", "POST /api/v2/api-keys", body).await.is(200).json()["key"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let id = role(&world, "clerk", "admin", json!([])).await;
    let body = json!({ "name": "new", "base": "view", "without": [] });
    let narrow = key(json!(["workspace_members:all", "all:create", "all:update"]), json!({})).await;
    let said = world.call(&narrow, ROLES, body.clone()).await.is(403).message();
    assert!(said.starts_with("scope: `roles:create` needs `all:all`"), "{said}");
    let limited = key(json!(["all:all"]), json!({ "tag_limit": [world.tag] })).await;
    world.call(&limited, ROLES, body.clone()).await.is(403);
    // A bound key would make principals without its bounds.
    let bound = key(json!(["all:all"]), json!({ "expires_at": "2030-01-01T00:00:00Z" })).await;
    world.call(&bound, ROLES, body).await.is(200);
    world.call(&bound, &format!("PATCH /api/v2/roles/{id}"), json!({ "name": "clerks" })).await.is(403);
    for who in ["manager", "editor", "sdr", "view", "client"] {
        world.get(who, "/api/v2/roles").await.is(403);
        world.get(who, "/api/v2/access/matrix").await.is(403);
    }
    assert!(world.get("robot", "/api/v2/roles").await.is(200).items().len() == 2);
}
