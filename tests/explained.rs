//! Explanations agree with the real answers, for narrow keys, bound keys, tag limits and old sessions. This
//! holds at every operation, and for requirements that apply only in some cases. Callers who are allowed to
//! know the reason get the real one.

use crate::samples::{body, records};
use crate::support::operations::{self, Operation, walked};
use crate::support::people::SIGNED_IN;
use crate::support::samples::Records;
use crate::support::scene::{self, Key, Member};
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use gatepost::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! {
    explanations_agree_with_answers further_demands_are_explained_too callers_with_the_right_get_the_reason
    others_are_explained_as_far_as_it_is_left the_operator_gets_the_reason_too
}

const EXPLAIN: &str = "POST /api/v2/access/explain";

/// Workspace keys with an owner's ceiling, each with one scope.
const SCOPES: [&str; 14] = [
    "workspaces:update",
    "workspaces:all",
    "workspace_members:update",
    "workspace_members:all",
    "api_keys:all",
    "workspace_group_members:all",
    "campaigns:update",
    "campaigns:launch",
    "accounts:read",
    "leads:all",
    "all:create",
    "all:read",
    "all:update",
    "all:all",
];
/// Personal keys of the owner.
const PERSONAL: [&str; 4] = ["workspaces:all", "all:create", "all:update", "workspace_group_members:update"];

/// The names of these keys. Each name is also the first scope of its key.
async fn principals(world: &mut World) -> Vec<String> {
    let (home, far) = (world.home, Some(Time(4_000_000_000_000)));
    let owner = world.who("owner").clone();
    let person = (owner.member.unwrap(), owner.user.unwrap());
    let mut names = Vec::new();
    for scope in SCOPES {
        scene::key(world, Key::of_workspace(home, scope, json!([scope]))).await;
        names.push(scope.to_owned());
    }
    for scope in PERSONAL {
        let name = format!("{scope} in person");
        scene::key(world, Key { scopes: json!([scope]), ..Key::personal(home, &name, person) }).await;
        names.push(name);
    }
    scene::key(world, Key { expires: far, ..Key::personal(home, "all:all in person, expiring", person) })
        .await;
    scene::key(
        world,
        Key { expires: far, ..Key::of_workspace(home, "all:all expiring", json!(["all:all"])) },
    )
    .await;
    let limit = Some(json!([world.tag]));
    scene::key(world, Key { limit, ..Key::of_workspace(home, "all:all limited", json!(["all:all"])) }).await;
    names.extend(["all:all in person, expiring", "all:all expiring", "all:all limited"].map(str::to_owned));
    names.extend(["owner's session", "stale's session", "stale admin's session"].map(str::to_owned));
    names.extend(["manager", "sdr", "view", "client"].map(str::to_owned));
    names.extend(lowered(world).await);
    names
}

/// An admin and an editor with custom roles.
async fn lowered(world: &mut World) -> [String; 2] {
    let without: [(&str, &[&str]); 2] = [
        ("admin", &["campaigns:delete", "leads:export", "roles:update", "workspace_members:appoint"]),
        ("editor", &["campaigns:launch", "accounts:use", "lead_lists:create"]),
    ];
    for (base, without) in without {
        let (home, name) = (world.home, format!("lowered-{base}"));
        let (member, _) = scene::join(world, home, &name, base, None).await;
        let role = json!({ "name": format!("lowered-{base}"), "base": base, "without": without });
        let role = world.call("owner", "POST /api/v2/roles", role).await.is(200).id();
        let line = format!("PATCH /api/v2/workspace-members/{member}");
        world.call("owner", &line, json!({ "custom_role": role })).await.is(200);
    }
    ["lowered-admin", "lowered-editor"].map(str::to_owned)
}

/// The age of a session that signed in eleven minutes ago.
async fn stale(world: &World) {
    for (name, role) in [("stale", "owner"), ("stale admin", "admin")] {
        scene::session(world, world.home, name, world.who(role).user.unwrap()).await;
        let age = sql("update sessions set authenticated_at = $2 where hash = $1");
        let hash = gatepost::auth::hash(&scene::session_of(name));
        world.run(age.bind(hash).bind(world.app.now().minus(11 * 60 * 1000))).await;
    }
}

async fn fresh_records(world: &World) -> Records {
    let records = records(world, "owner").await;
    stale(world).await;
    records
}

/// The id by which an explanation names the record.
async fn asked(world: &World, operation: &Operation, records: &Records) -> Value {
    if !operation.takes_id() || operation.path.ends_with("from-export") {
        return Value::Null;
    }
    match operation.action.resource {
        // An explanation cannot be asked for these.
        "sessions" | "factors" | "background_jobs" | "email_verifications" => Value::Null,
        "accounts" | "account_campaign_mappings" => {
            world.get("owner", &format!("/api/v2/accounts/{}", records.id(operation))).await.json()["id"]
                .clone()
        }
        _ => json!(records.id(operation)),
    }
}

async fn explanations_agree_with_answers(mut world: World) {
    let names = principals(&mut world).await;
    let mut own = fresh_records(&world).await;
    let mut counts = BTreeMap::new();
    let all = operations::all(world.api);
    for (at, operation) in all.iter().filter(|operation| !operation.open).enumerate() {
        for (n, who) in names.iter().enumerate() {
            if !walked(&world, at + n) {
                continue;
            }
            let record = asked(&world, operation, &own).await;
            let question = json!({ "permission": operation.action.name, "record": record });
            let told = world.call(who, EXPLAIN, question).await.is(200).json();
            let allowed = told["allowed"] == true;
            let ends_the_walk = operation.action.name == "workspaces:delete";
            if allowed && ends_the_walk {
                continue;
            }
            let id = if operation.takes_id() { own.id(operation) } else { "" };
            let mut sent = body(operation, &own);
            if ["api_keys:create", "api_keys:preview"].contains(&operation.action.name) {
                let scope = who.split(' ').next().filter(|scope| scope.contains(':')).unwrap_or("all:all");
                sent["scopes"] = json!([scope]);
            }
            let answer = world.call(who, &operation.at(id), sent).await;
            let status = answer.status.as_u16();
            let at = format!("{who} {}: {status} {}\n{told:#}", operation.line(), answer.text());
            match allowed {
                true => assert!(![401, 402, 403].contains(&status) || by_the_body(operation), "{at}"),
                false => {
                    let step = told["refused_by"].as_str().unwrap();
                    let steps = told["steps"].as_array().unwrap();
                    let reason = &steps.iter().find(|verdict| verdict["step"] == step).unwrap()["reason"];
                    let expected: &[u16] = match step {
                        "credential" => &[401],
                        "record" => &[404],
                        _ => &[403],
                    };
                    assert!(expected.contains(&status), "{at}");
                    assert!(status == 404 || json!(answer.message()) == *reason, "{at}");
                }
            }
            *counts.entry(allowed).or_insert(0) += 1;
            if answer.status.is_success() && operation.action.activity.is_some() {
                own = fresh_records(&world).await;
            }
        }
    }
    let least = if walked(&world, 1) { (500, 1000) } else { (160, 330) };
    assert!(counts[&true] > least.0 && counts[&false] > least.1, "{counts:?}");
    assert_eq!(SIGNED_IN[0], "owner's session");
}

/// Refused because of the body: a wrong password, a campaign that is not shared, a destination outside the
/// reach.
fn by_the_body(operation: &Operation) -> bool {
    let named = [
        "sessions:reauthenticate",
        "profile:change_password",
        "custom_tags:toggle",
        "leads:create",
        // The caller must also be allowed to add leads at the destination.
        "leads:merge",
        "leads:move",
        // The caller must also see what the events are about.
        "webhooks:create",
        "webhooks:update",
        "webhooks:resume",
        "webhook_events:read",
        "webhook_events:redeliver",
        // The caller must also be allowed to send from the account.
        "emails:test",
        // It also needs the permissions to see members and keys.
        "access:who_can",
        // The key can have rights that the caller lacks, and each kind of belongings needs its own permission.
        "api_keys:rotate",
        "workspace_members:off_board",
        // A file has members, tags and more, and each part of it needs its own permission.
        "access:plan",
        "access:apply",
    ];
    let paths = ["from-export", "ai-reply-label"];
    named.contains(&operation.action.name) || paths.iter().any(|path| operation.path.ends_with(path))
}

/// A further requirement that is not an operation. A caller who has it passes; others are refused with its
/// reason.
async fn further_demands_are_explained_too(mut world: World) {
    let names = principals(&mut world).await;
    let sdr = format!("PATCH /api/v2/workspace-members/{}", world.who("sdr").member.unwrap());
    let client = format!("PATCH /api/v2/workspace-members/{}", world.who("client").member.unwrap());
    let workspace = "PATCH /api/v2/workspaces/current".to_owned();
    let cases = [
        ("workspace_members:change_role", &sdr, json!({ "role": "view" }), json!({ "role": "sdr" })),
        ("workspace_members:appoint", &sdr, json!({ "role": "admin" }), json!({ "role": "sdr" })),
        (
            "workspace_members:loosen",
            &client,
            json!({ "tag_limit": null }),
            json!({ "tag_limit": [world.tag] }),
        ),
        (
            "workspaces:set_rights",
            &workspace,
            json!({ "strict_scopes": true }),
            json!({ "strict_scopes": false }),
        ),
    ];
    let mut counts = BTreeMap::new();
    for (permission, line, change, back) in cases {
        let ordinary =
            if line.contains("members") { "workspace_members:update" } else { "workspaces:update" };
        for who in &names {
            world.call("owner", line, back.clone()).await.is(200);
            stale(&world).await;
            let ask = async |permission: &str| {
                world.call(who, EXPLAIN, json!({ "permission": permission })).await.is(200).json()
            };
            if ask(ordinary).await["allowed"] == false {
                continue;
            }
            let told = ask(permission).await;
            let fresh = ask("workspace_members:change_role").await["allowed"] == true;
            let answer = world.call(who, line, change.clone()).await;
            let allowed = told["allowed"] == true && (fresh || line == &workspace);
            assert_eq!(allowed, answer.status == 200, "{who} {permission}: {} {told:#}", answer.text());
            *counts.entry((permission, allowed)).or_insert(0) += 1;
        }
        world.call("owner", line, back).await.is(200);
    }
    assert_eq!(counts.len(), 8, "{counts:?}");
}

async fn ask_about(world: &World, by: &str, who: &Value, permission: &str, record: &str) -> Value {
    let body = json!({ "principal": who, "permission": permission, "record": record });
    world.call(by, EXPLAIN, body).await.is(200).json()
}

fn reason<'a>(told: &'a Value, step: &str) -> &'a str {
    let steps = told["steps"].as_array().unwrap();
    steps.iter().find(|verdict| verdict["step"] == step).unwrap()["reason"].as_str().unwrap()
}

async fn callers_with_the_right_get_the_reason(world: World) {
    let hidden = world.create("editor", "hidden", "private").await;
    let sdr = json!(world.who("sdr").member);
    let told = ask_about(&world, "owner", &sdr, "campaigns:read", &hidden).await;
    assert_eq!(told["refused_by"], "record");
    assert_eq!(
        reason(&told, "record"),
        "record: this campaign is private and belongs to editor Test; sdr Test is not a collaborator on it"
    );
    // The reasons speak about the principal, not about the caller.
    let told = ask_about(&world, "owner", &sdr, "campaigns:delete", &hidden).await;
    assert!(reason(&told, "role").ends_with("; the role of sdr Test is sdr"), "{told}");
    assert_eq!(reason(&told, "delegation"), "delegation: sdr Test belongs to this workspace");
    let own = json!({ "permission": "campaigns:delete", "record": hidden });
    let own = world.call("sdr", EXPLAIN, own).await.is(200).json();
    assert!(reason(&own, "role").ends_with("; yours is sdr"));
    assert_eq!(
        reason(&own, "record"),
        "record: not there, or not visible",
        "unchanged for a caller without the right"
    );
    // Also for a key by its id, a lead, a sending account, reach and a tag limit.
    let key = json!(world.who("sdr").key_id);
    let told = ask_about(&world, "owner", &key, "campaigns:read", &hidden).await;
    assert!(reason(&told, "record").contains("the key `sdr` of sdr Test is not a collaborator"), "{told}");
    let lead = json!({ "campaign": hidden, "email": "a@lead.example" });
    let lead = world.call("editor", "POST /api/v2/leads", lead).await.is(200).id();
    let told = ask_about(&world, "admin", &sdr, "leads:read", &lead).await;
    assert!(reason(&told, "record").contains("is private and is assigned to editor Test"), "{told}");
    let account =
        world.connect("owner", "a@outreach.example", world.who("manager").member).await["id"].clone();
    let account = account.as_str().unwrap();
    let told = ask_about(&world, "owner", &json!(world.who("member").member), "accounts:read", account).await;
    assert_eq!(
        reason(&told, "record"),
        "record: this sending account is assigned to manager Test; member Test reaches only records that are assigned to them"
    );
    let shared = world.create("editor", "shared", "team").await;
    let member = json!(world.who("member").user);
    let told = ask_about(&world, "owner", &member, "campaigns:update", &shared).await;
    assert_eq!(told["refused_by"], "reach");
    assert!(
        reason(&told, "reach").contains("shared with the team and belongs to editor Test; member Test"),
        "{told}"
    );
    let client = json!(world.who("client").member);
    let told = ask_about(&world, "owner", &client, "campaigns:read", &shared).await;
    assert_eq!(reason(&told, "record"), "record: this campaign has no tag from the tag limit of client Test");
    // A record that the caller does not see has the same explanation as a missing one.
    let missing = ask_about(&world, "owner", &sdr, "campaigns:read", MISSING).await;
    assert_eq!(reason(&missing, "record"), "record: not there, or not visible");
    let away = world.create("stranger", "theirs", "team").await;
    assert_eq!(ask_about(&world, "owner", &sdr, "campaigns:read", &away).await, missing);
    let of_robot = json!({ "permission": "sessions:end", "record": MISSING });
    let refused = world.call("owner", EXPLAIN, of_robot).await.is(400).message();
    assert!(refused.starts_with("body/record must be left out for `sessions:end`"), "{refused}");
}

async fn others_are_explained_as_far_as_it_is_left(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let ann = world.who("ann").clone();
    let email = world.get("ann", "/api/v2/me").await.json()["email"].clone();
    let ask = async |principal: Value| {
        let body = json!({ "permission": "workspaces:change_owner", "principal": principal });
        world.call_as("admin", sub, EXPLAIN, body).await
    };
    ask(email.clone()).await.is(200);
    ask(json!("nobody@acme.example")).await.is(400);
    world.delegates("ann", json!({ "resources": ["campaigns"] })).await.is(200);
    let faces = [ask(email.clone()).await.is(403).face(), ask(json!("nobody@acme.example")).await.face()];
    assert_eq!(faces[0], faces[1]);
    assert_eq!(ask(json!(ann.member)).await.face(), faces[0]);
    world.get_as("admin", sub, "/api/v2/workspace-members").await.is(403);
    let own = json!({ "permission": "campaigns:read" });
    world.call_as("admin", sub, EXPLAIN, own).await.is(200);
    // The delegation includes members, but not keys.
    world.delegates("ann", json!({ "resources": ["workspace_members"] })).await.is(200);
    ask(email).await.is(200);
    let key = ask(json!(ann.key_id)).await.is(400).face();
    assert_eq!(ask(json!(MISSING)).await.face(), key);
    world.delegates("ann", json!({ "resources": ["workspace_members", "api_keys"] })).await.is(200);
    ask(json!(ann.key_id)).await.is(200);
    // At home, a key that cannot see keys does not find them either.
    scene::key(&mut world, Key::of_workspace(sub, "clerk", json!(["workspace_members:read"]))).await;
    let body = json!({ "permission": "campaigns:read", "principal": ann.key_id });
    world.call("clerk", EXPLAIN, body).await.is(400);
    let body = json!({ "permission": "campaigns:read", "principal": ann.member });
    world.call("clerk", EXPLAIN, body).await.is(200);
}

/// The same question as `gatepost admin access explain` asks.
async fn the_operator_gets_the_reason_too(world: World) {
    use gatepost::access::{Action, Can, Grant, Sight, access::Explain};
    use gatepost::resources::explain::{Case, Known, particulars, person};
    let hidden: Uuid = world.create("editor", "hidden", "private").await.parse().unwrap();
    let reader = &world.reader;
    let left = Member {
        workspace: world.home,
        name: "left",
        role: "sdr",
        limit: None,
        permissions: None,
        accepted: true,
    };
    let (member, _) = scene::member(&world, &left).await;
    let grant = Grant::of_member(world.home, member, world.app.now(), reader).await.unwrap().unwrap();
    let all = Can::<Explain>::operator(&world.app, world.home);
    let action = Action::of("campaigns:read").unwrap();
    let name = person(&grant, reader).await.unwrap();
    world.run(sql("update campaigns set owned_by = null where id = $1").bind(hidden)).await;
    let known = Known::of(&all, action, hidden, reader).await.unwrap();
    let sight = known.sight(&grant, action);
    assert_eq!((name.as_str(), sight), ("left Test", Sight::Hidden));
    let case = Case { caller: &all, subject: &grant, name: &name, action, known: &known, sight };
    let told = particulars(case, reader).await.unwrap();
    assert_eq!(
        told.as_deref(),
        Some("this campaign is private and has no owner; left Test is not a collaborator on it")
    );
    world
        .run(sql("update campaigns set owned_by = $2 where id = $1").bind(hidden).bind(world.app.new_id()))
        .await;
    let known = Known::of(&all, action, hidden, reader).await.unwrap();
    let case = Case { known: &known, ..case };
    let told = particulars(case, reader).await.unwrap();
    assert!(told.unwrap().contains("belongs to somebody who is not a member any more"));
}
