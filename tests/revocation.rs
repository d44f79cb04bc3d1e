//! Keys follow the person who created them. Removing a person finds every key that they created, with any key
//! and in any workspace. A key with an address list or an expiry cannot give access to a principal without
//! them.

use crate::support::scene::{Key, Member, key, member};
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use gatepost::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! {
    keys_are_found_through_every_chain each_workspace_is_told_of_its_keys old_keys_get_their_maker
    only_callers_who_see_keys_are_told_of_them a_bound_key_passes_its_bounds_on a_bound_key_admits_nobody
    revoking_twice_says_when all_refused_invitations_look_the_same
}

const KEYS: &str = "POST /api/v2/api-keys";

/// The key and its id.
async fn made(world: &World, by: &str, there: Option<Uuid>, name: &str) -> (String, String) {
    let body = json!({ "name": name, "scopes": ["all:all"] });
    let answer = match there {
        Some(sub) => world.call_as(by, sub, KEYS, body).await,
        None => world.call(by, KEYS, body).await,
    };
    let key = answer.is(200).json();
    (key["key"].as_str().unwrap().to_owned(), key["id"].as_str().unwrap().to_owned())
}

/// Keys that trace back to the admin, by name: at home, in a sub-workspace, and made by each other.
async fn chain(world: &World, sub: Uuid) -> BTreeMap<String, (String, String)> {
    let mut keys = BTreeMap::new();
    for (by, there, name) in [
        ("admin", None, "first"),
        ("first", None, "second"),
        ("second", Some(sub), "third"),
        ("third", None, "fourth"),
        ("fourth", None, "fifth"),
        ("admin", Some(sub), "direct"),
        ("first", Some(sub), "through"),
    ] {
        let by = keys.get(by).map_or(by.to_owned(), |(key, _): &(String, String)| key.clone());
        keys.insert(name.to_owned(), made(world, &by, there, name).await);
    }
    keys
}

fn admins(world: &World) -> String {
    format!("/api/v2/workspace-members/{}", world.who("admin").member.unwrap())
}

fn names(keys: &Value) -> Vec<String> {
    let mut names: Vec<_> =
        keys.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn keys_are_found_through_every_chain(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let keys = chain(&world, sub).await;
    let all: Vec<_> = keys.keys().cloned().collect();
    let lowered = world.call("owner", &format!("PATCH {}", admins(&world)), json!({ "role": "view" })).await;
    assert_eq!(names(&lowered.is(200).json()["keys_made"]), all, "listed, and not revoked");
    for (key, _) in keys.values() {
        world.get(key, "/api/v2/campaigns").await.is(200);
    }
    let gone = format!("DELETE {}?revoke_keys=true", admins(&world));
    assert_eq!(names(&world.call("owner", &gone, Value::Null).await.is(200).json()["keys_made"]), all);
    for (key, _) in keys.values() {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
}

async fn each_workspace_is_told_of_its_keys(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let (other, _) = world.sub_of("owner", "bob").await;
    world.sub_of("owner", "carl").await;
    let keys = chain(&world, sub).await;
    made(&world, "admin", Some(other), "elsewhere").await;
    let rows = async |who: &str| {
        let rows = world.get(who, "/api/v2/audit-logs?activity_type=38").await.is(200).items();
        rows.iter()
            .map(|row| (row["affected_count"].clone(), row["audit_metadata"]["changes"].clone()))
            .collect::<Vec<_>>()
    };
    let gone = format!("DELETE {}?revoke_keys=true", admins(&world));
    world.call("owner", &gone, Value::Null).await.is(200);
    let (first, second) = (rows("ann").await, rows("bob").await);
    assert_eq!((first.len(), second.len(), rows("carl").await.len()), (1, 1, 0));
    assert_eq!((&first[0].0, &second[0].0), (&json!(5), &json!(1)));
    assert_eq!(names(&first[0].1["keys_revoked"][1]), ["direct", "fifth", "fourth", "third", "through"]);
    assert_eq!(names(&second[0].1["keys_revoked"][1]), ["elsewhere"]);
    assert_eq!(first[0].1.as_object().unwrap().len(), 1, "and nothing about the member");
    let home = world.log().await.remove(0);
    assert_eq!(home["action"], "workspace_members:delete");
    assert_eq!(names(&home["audit_metadata"]["changes"]["keys_revoked"][1]).len(), keys.len() + 1);
}

/// Keys that were made before keys recorded their maker. The migration finds the maker in the audit log.
async fn old_keys_get_their_maker(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let keys = chain(&world, sub).await;
    made(&world, "robot", Some(sub), "unowned").await;
    world.run(sql("update api_keys set created_by = null where workspace_id = $1").bind(sub)).await;
    let direct: Uuid = keys["direct"].1.parse().unwrap();
    let restore = sql("update api_keys set created_by = $2 where id = $1").bind(direct);
    world.run(restore.bind(world.who("admin").member)).await;
    world.run(sql(include_str!("../migrations/0011_makers_of_keys.sql"))).await;
    let gone = world.call("owner", &format!("DELETE {}", admins(&world)), Value::Null).await.is(200).json();
    assert_eq!(names(&gone["keys_made"]), keys.keys().cloned().collect::<Vec<_>>());
}

async fn only_callers_who_see_keys_are_told_of_them(mut world: World) {
    made(&world, "admin", None, "secret plan").await;
    let home = world.home;
    let clerk = Member {
        workspace: home,
        name: "clerk",
        role: "admin",
        limit: None,
        permissions: Some(json!(["organization.users.manage"])),
        accepted: true,
    };
    let ids = member(&world, &clerk).await;
    key(&mut world, Key::personal(home, "clerk", ids)).await;
    world.get("clerk", "/api/v2/api-keys").await.is(403);
    let permissions = sql("update members set permissions = $2 where id = $1");
    let listed = json!(["organization.users.manage"]);
    world.run(permissions.bind(world.who("admin").member.unwrap()).bind(listed)).await;
    let lowered = world.call("clerk", &format!("PATCH {}", admins(&world)), json!({ "role": "view" })).await;
    assert!(lowered.is(200).json().get("keys_made").is_none());
    let log = world.log().await;
    let row = log.iter().find(|row| row["action"] == "workspace_members:update").unwrap();
    assert_eq!(names(&row["audit_metadata"]["changes"]["keys_left"][1]), ["secret plan"], "it is recorded");
}

async fn a_bound_key_passes_its_bounds_on(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let body = json!({ "name": "bound", "scopes": ["all:all"], "allowed_ips": ["0.0.0.0/32"],
        "expires_at": "2024-02-01T00:00:00Z" });
    let bound = world.call("admin", KEYS, body).await.is(200).json();
    let bound = bound["key"].as_str().unwrap();
    let ceiling = async |id: &str| -> (Value, Time) {
        let found = sql("select ceiling, expires_at from api_keys where id = $1");
        found.bind(id.parse::<Uuid>().unwrap()).optional(&world.reader).await.unwrap().unwrap()
    };
    let (child, id) = made(&world, bound, None, "child").await;
    let (_, grandchild) = made(&world, &child, Some(sub), "grandchild").await;
    for id in [id, grandchild] {
        let (ceiling, expires) = ceiling(&id).await;
        assert_eq!(ceiling["origins"], json!([["0.0.0.0/32"]]), "{ceiling}");
        assert_eq!(expires.to_string(), "2024-02-01T00:00:00.000Z");
    }
    // The login policy of the workspace from which the key is made limits it in the same way.
    let policy = json!({ "allowed_ips": ["0.0.0.0/31"] });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", policy).await.is(200);
    let (_, there) = made(&world, "robot", Some(sub), "there").await;
    let (_, here) = made(&world, "robot", None, "here").await;
    let found = sql("select ceiling from api_keys where id = $1");
    let there: Value =
        found.clone().bind(there.parse::<Uuid>().unwrap()).optional(&world.reader).await.unwrap().unwrap();
    let here: Value =
        found.bind(here.parse::<Uuid>().unwrap()).optional(&world.reader).await.unwrap().unwrap();
    assert_eq!((&there["origins"], &here["origins"]), (&json!([["0.0.0.0/31"]]), &json!([])));
}

async fn a_bound_key_admits_nobody(mut world: World) {
    let invite = "POST /api/v2/workspace-members";
    let mut bound = Vec::new();
    for (personal, bounds) in [
        (false, json!({ "allowed_ips": ["0.0.0.0/32"] })),
        (false, json!({ "expires_at": "2030-01-01T00:00:00Z" })),
        (true, json!({ "expires_at": "2030-01-01T00:00:00Z" })),
    ] {
        let mut body = json!({ "name": "bound", "scopes": ["all:all"], "personal": personal });
        body.as_object_mut().unwrap().extend(bounds.as_object().unwrap().clone());
        let key = world.call("owner", KEYS, body).await.is(200).json();
        bound.push(key["key"].as_str().unwrap().to_owned());
    }
    let (child, _) = made(&world, &bound[1].clone(), None, "child").await;
    bound.push(child);
    let pending = format!("{invite}/{}/resend", world.who("pending").member.unwrap());
    let at = |name: &str| format!("PATCH /api/v2/workspace-members/{}", world.who(name).member.unwrap());
    for (n, key) in bound.iter().enumerate() {
        let body = |role: &str| json!({ "email": format!("{role}{n}@acme.example"), "role": role });
        for role in ["admin", "manager"] {
            let why = world.call(key, invite, body(role)).await.is(403).message();
            assert!(why.contains("is not available to a key with an expiry or with `allowed_ips`"), "{why}");
        }
        world.call(key, invite, body("view")).await.is(200);
        let role = if n % 2 == 0 { "editor" } else { "sdr" };
        world.call(key, &at("sdr"), json!({ "role": "admin" })).await.is(403);
        world.call(key, &at("sdr"), json!({ "role": role })).await.is(200);
        world.call(key, &pending, Value::Null).await.is(403);
        world.call(key, "POST /api/v2/workspaces", json!({ "name": "Mine" })).await.is(403);
        let owner = json!({ "new_owner_id": world.who("admin").member });
        world.call(key, "POST /api/v2/workspaces/current/change-owner", owner).await.is(403);
        let role = json!({ "default_member_role": "admin" });
        world.call(key, "PATCH /api/v2/workspaces/current", role).await.is(200);
        let unsaid = json!({ "email": format!("unsaid{n}@acme.example") });
        world.call(key, invite, unsaid).await.is(403);
    }
    // The key cannot accept an invitation into a group.
    let link = world.invites("stranger", world.home).await;
    world.accepts(&bound[2], &link).await.is(403);
    world.accepts("owner", &link).await.is(200);
    world.call("owner", invite, json!({ "email": "free@acme.example", "role": "admin" })).await.is(200);
    world.refresh_sessions().await;
    let body = json!({ "email": "person@acme.example", "role": "admin" });
    world.call("owner's session", invite, body).await.is(200);
    world.workspace_of("elsewhere").await;
}

async fn revoking_twice_says_when(world: World) {
    let (key, id) = made(&world, "admin", None, "once").await;
    let line = format!("DELETE /api/v2/api-keys/{id}");
    world.call("stranger", &line, Value::Null).await.is(404);
    world.call("owner", &line, Value::Null).await.is(200);
    let again = world.call("owner", &line, Value::Null).await.is(409).message();
    assert_eq!(again, "This API key was revoked on 2023-11-14. It no longer works.");
    world.get(&key, "/api/v2/campaigns").await.is(401);
    // For all other callers the key counts as missing.
    let missing = format!("DELETE /api/v2/api-keys/{MISSING}");
    let face = world.call("stranger", &missing, Value::Null).await.is(404).face();
    assert_eq!(world.call("stranger", &line, Value::Null).await.face(), face);
    world.call("sdr", &line, Value::Null).await.is(403);
    let listed = world.get("owner", "/api/v2/api-keys?limit=100").await.is(200).items();
    assert!(listed.iter().all(|key| key["id"] != json!(id)));
    let of = |name: &str| listed.iter().find(|key| key["name"] == name).unwrap();
    let email = world.get("admin", "/api/v2/me").await.json()["email"].clone();
    assert_eq!(
        (&of("admin")["created_by_name"], &of("admin")["created_by_email"]),
        (&json!("admin Test"), &email)
    );
    assert_eq!(of("robot")["created_by_email"], Value::Null);
}

async fn all_refused_invitations_look_the_same(mut world: World) {
    let (at, line) = ("/api/v2/workspace-group-members", "POST /api/v2/workspace-group-members");
    let (sub, _) = world.sub_of("owner", "ann").await;
    let bob = world.workspace_of("bob").await;
    let open = world.invites("stranger", bob).await;
    world.wait(24 * 60 * 60 * 1000);
    let by_id = async |who: &str, id: &str| world.call(who, line, json!({ "sub_workspace_id": id })).await;
    let by_email = async |who: &str, email: &Value| world.call(who, line, json!({ "email": email })).await;
    let email = async |who: &str| world.get(who, "/api/v2/me").await.json()["email"].clone();
    // The owner of a workspace in another group, of an invited workspace, and of one that rejected.
    let nobody = by_email("owner", &json!("nobody@acme.example")).await.is(400).face();
    assert_eq!(by_email("owner", &email("bob").await).await.face(), nobody);
    assert_eq!(by_email("stranger", &email("ann").await).await.face(), nobody);
    assert_eq!(by_email("stranger", &email("bob").await).await.face(), nobody, "by their own invitation");
    assert_eq!(by_id("owner", &bob.to_string()).await.face(), by_id("owner", MISSING).await.is(400).face());
    world.call("bob", &format!("POST {at}/{open}/reject"), Value::Null).await.is(200);
    assert_eq!(by_email("stranger", &email("bob").await).await.face(), nobody);
    // The reason can contain what the workspace's own list shows.
    let taken = by_id("owner", &sub.to_string()).await.is(409).message();
    assert_eq!(taken, "The sub workspace already has an active parent or invitation");
    assert!(by_id("stranger", &bob.to_string()).await.is(409).message().contains("has rejected"));
    // A sub-workspace is told that it is one, whichever workspace it names.
    assert_eq!(by_id("ann", MISSING).await.is(409).face(), by_id("ann", &bob.to_string()).await.face());
}
