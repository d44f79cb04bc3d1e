//! No answer shows fields that the same caller's GET hides. Calls every operation of the router by callers
//! with hidden fields, and compares each answer with what they can read.

use crate::samples::{body, records};
use crate::support::operations::{self, Operation, walked};
use crate::support::samples::Records;
use crate::support::scene::{self, Key, Member};
use crate::support::{Answer, World, on_both};
use gatepost::resources::members;
use serde_json::{Value, json};
use uuid::Uuid;

on_both! { reads_hide_what_they_should no_answer_tells_what_a_get_hides errors_do_not_tell_it_either }

/// Each caller by name: the role, the wire's permissions that are removed, and whether there is a tag limit.
const CALLERS: [(&str, &str, &[&str], bool); 7] = [
    ("blind admin", "admin", &["accounts.view", "accounts.manage"], false),
    ("blind editor", "editor", &["accounts.view", "accounts.manage"], false),
    ("blind sdr", "sdr", &["accounts.view"], false),
    ("keyless admin", "admin", &["organization.integrations"], false),
    ("tagged admin", "admin", &[], true),
    ("tagged editor", "editor", &[], true),
    ("tagged blind editor", "editor", &["accounts.view"], true),
];

/// Fields that only the answer of a change may have, because they are shown once.
const ONCE: [&str; 5] = ["api_key", "key", "secret", "invitation_url", "accounts_not_connected"];

async fn callers(world: &mut World) {
    let (home, tag) = (world.home, world.tag);
    for (name, role, taken, limited) in CALLERS {
        let all = members::PERMISSIONS.iter().filter(|name| !taken.contains(name));
        let new = Member {
            workspace: home,
            name: &name.replace(' ', "."),
            role,
            limit: limited.then(|| json!([tag])),
            permissions: (!taken.is_empty()).then(|| json!(all.collect::<Vec<_>>())),
            accepted: true,
        };
        let ids = scene::member(world, &new).await;
        scene::key(world, Key::personal(home, name, ids)).await;
    }
}

/// A scene with something to hide: a sender, a tag outside every limit, and a key of the sdr.
struct Scene {
    records: Records,
    sender: String,
    tag: String,
    key: String,
}

async fn scene(world: &World) -> Scene {
    let records = records(world, "owner").await;
    let id = |permission: &str| {
        let all = operations::all(world.api);
        let of = all.iter().find(|operation| operation.action.name == permission && operation.takes_id());
        records.id(of.unwrap()).to_owned()
    };
    let (campaign, sender) = (id("campaigns:read"), id("accounts:read"));
    let (tag, key) = (id("custom_tags:read"), id("api_keys:delete"));
    let lists = json!({ "email_list": [sender], "email_tag_list": [world.tag, tag] });
    world.call("owner", &format!("PATCH /api/v2/campaigns/{campaign}"), lists).await.is(200);
    for resource in [&campaign, &sender] {
        let toggle = json!({ "tag_id": world.tag, "resource_id": resource });
        world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    }
    let member: Uuid = id("workspace_members:read").parse().unwrap();
    let made = sql_of_key(&key).bind(member);
    world.run(made).await;
    Scene { records, sender, tag, key }
}

fn sql_of_key(key: &str) -> gatepost::db::Sql {
    gatepost::db::sql("update api_keys set created_by = $2 where id = $1").bind(key.parse::<Uuid>().unwrap())
}

/// Everything that a caller can read, by operation.
async fn reads(world: &World, who: &str, scene: &Scene) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for operation in operations::all(world.api).iter().filter(|operation| operation.method == "GET") {
        let id = if operation.takes_id() { scene.records.id(operation) } else { "" };
        let at = operation.at(id);
        let limit = if operation.queries().contains(&"limit".to_owned()) { "?limit=100" } else { "" };
        let answer = world.call(who, &format!("{at}{limit}"), Value::Null).await;
        // The audit log is only for callers who can see everything that was done.
        if answer.status == 200 && operation.action.resource != "audit_logs" {
            all.push((operation.line(), answer.text()));
        }
    }
    let leads = "POST /api/v2/leads/list";
    all.push((leads.to_owned(), world.call(who, leads, json!({ "limit": 100 })).await.text()));
    all
}

async fn readable(world: &World, who: &str, scene: &Scene) -> String {
    reads(world, who, scene).await.into_iter().map(|(_, text)| text).collect()
}

/// The record that an operation answers with, as the caller reads it, or `None` if there is no such read.
async fn read(world: &World, who: &str, operation: &Operation, id: &str) -> Option<Value> {
    let (base, _) = operation.path.split_once("/{").unwrap_or((&operation.path, ""));
    let answer = world.get(who, &format!("{base}/{id}")).await;
    (answer.status == 200 && answer.text().starts_with('{')).then(|| answer.json())
}

/// The differences where an answer shows more than the read.
fn more(at: &str, told: &Value, read: &Value, out: &mut Vec<String>) {
    match (told, read) {
        (Value::Object(told), read) => {
            for (name, value) in told.iter().filter(|(name, _)| !ONCE.contains(&name.as_str())) {
                more(&format!("{at}/{name}"), value, &read[name], out);
            }
        }
        (Value::Array(told), Value::Array(read)) => {
            out.extend(told.iter().filter(|item| !read.contains(item)).map(|item| format!("{at}: {item}")));
        }
        (Value::Null, _) => (),
        (told, Value::Null) if told.as_array().is_none_or(|all| !all.is_empty()) => {
            out.push(format!("{at}: {told}"))
        }
        _ => (),
    }
}

/// Without this, a server that hides nothing would pass the walk below.
async fn reads_hide_what_they_should(mut world: World) {
    callers(&mut world).await;
    let hides = scene(&world).await;
    for (who, _, taken, limited) in CALLERS {
        let reads = reads(&world, who, &hides).await;
        let tells = |secret: &str| reads.iter().find(|(_, text)| text.contains(secret)).map(|(line, _)| line);
        let blind = taken.contains(&"accounts.view");
        assert_eq!(tells(&hides.sender).is_none(), blind, "{who}: {:?}", tells(&hides.sender));
        assert!(!limited || tells(&hides.tag).is_none(), "{who}: {:?}", tells(&hides.tag));
        let keyless = taken.contains(&"organization.integrations");
        assert!(!keyless || tells(&hides.key).is_none(), "{who}: {:?}", tells(&hides.key));
    }
}

async fn no_answer_tells_what_a_get_hides(mut world: World) {
    callers(&mut world).await;
    let mut hides = scene(&world).await;
    let (mut answered, mut compared) = (0, 0);
    let all = operations::all(world.api);
    for (at, operation) in all.iter().filter(|operation| !operation.open).enumerate() {
        let mut changed = false;
        for (n, (who, ..)) in CALLERS.into_iter().enumerate() {
            if !walked(&world, at + n) {
                continue;
            }
            let id =
                if operation.takes_id() { hides.records.id(operation).to_owned() } else { String::new() };
            let before = read(&world, who, operation, &id).await;
            let answer = world.call(who, &operation.at(&id), body(operation, &hides.records)).await;
            if !answer.status.is_success() {
                continue;
            }
            answered += 1;
            tells_no_secret(&world, who, operation, &answer, &hides).await;
            if let Some(told) = record_in(&answer) {
                let name = if operation.path.contains("/accounts") { "email" } else { "id" };
                let own = told[name].as_str().unwrap_or_default();
                if let Some(read) = read(&world, who, operation, own).await.or(before) {
                    let mut leaks = Vec::new();
                    more("", &told, &read, &mut leaks);
                    assert!(leaks.is_empty(), "{who} {}: {leaks:?}", operation.line());
                    compared += 1;
                }
            }
            changed |= operation.action.activity.is_some();
            if changed && operation.method == "DELETE" {
                (hides, changed) = (scene(&world).await, false);
            }
        }
        if changed {
            hides = scene(&world).await;
        }
    }
    let least = if walked(&world, 1) { (200, 60) } else { (100, 30) };
    assert!(answered > least.0 && compared > least.1, "{answered} {compared}");
}

fn record_in(answer: &Answer) -> Option<Value> {
    let told = answer.text().starts_with('{').then(|| answer.json())?;
    told["id"].is_string().then_some(told)
}

async fn tells_no_secret(world: &World, who: &str, operation: &Operation, answer: &Answer, hides: &Scene) {
    let text = answer.text();
    let secrets = [&hides.sender, &hides.tag, &hides.key];
    let told: Vec<_> = secrets.into_iter().filter(|secret| text.contains(secret.as_str())).collect();
    if told.is_empty() || operation.action.resource == "audit_logs" {
        return;
    }
    let read = format!("{}{}", readable(world, who, hides).await, body(operation, &hides.records));
    for secret in told {
        // The caller could read the record before it was deleted.
        let gone = operation.method == "DELETE";
        assert!(gone || read.contains(secret.as_str()), "{who} {} tells {secret}: {text}", operation.line());
    }
}

async fn errors_do_not_tell_it_either(mut world: World) {
    callers(&mut world).await;
    let hides = scene(&world).await;
    let launch =
        operations::all(world.api).into_iter().find(|op| op.action.name == "campaigns:launch").unwrap();
    let id = hides.records.id(&launch).to_owned();
    // The owner of the campaign cannot use the account any more, because it is assigned to another member.
    let take = gatepost::db::sql("update accounts set assigned_to = $2 where email = $1").bind(&hides.sender);
    world.run(take.bind(world.who("sdr").member)).await;
    let seen = world.call("owner", &launch.at(&id), Value::Null).await.is(400).message();
    assert!(seen.contains(&hides.sender), "{seen}");
    for who in ["blind admin", "blind editor", "blind sdr", "tagged blind editor"] {
        let refused = world.call(who, &launch.at(&id), Value::Null).await.is(400).message();
        assert!(!refused.contains(&hides.sender) && refused.contains("an address"), "{refused}");
    }
    let at = format!("PATCH /api/v2/campaigns/{id}");
    let member = world.who("editor").user;
    let refused = world.call("blind admin", &at, json!({ "owned_by": member })).await;
    assert!(!refused.text().contains(&hides.sender), "{}", refused.text());
}
