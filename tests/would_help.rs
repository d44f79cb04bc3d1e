//! Each change that an explanation says would help turns the answer. Where none would, no other role does.

use crate::access::Random;
use crate::support::small::{ROLES, Small, explained, questions, small, worlds};
use crate::support::{World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! { what_would_help_helps }

const WHAT: &str = "POST /api/v2/access/what-can";

/// Makes a change through the API, as the owner.
async fn apply(world: &World, small: &Small, subject: Uuid, help: &Value, resource: &str, record: &str) {
    let (owner, value) = (small.owner.as_str(), help["value"].clone());
    let told = world.call(owner, WHAT, json!({ "principal": subject })).await.is(200).json();
    let member = match told["kind"].as_str() {
        Some("member") => Some(subject),
        _ => member_of(world, subject).await,
    };
    let at_member = member.map(|member| format!("PATCH /api/v2/workspace-members/{member}"));
    let campaign = match resource {
        "leads" => world.get(owner, &format!("/api/v2/leads/{record}")).await.json()["campaign"].clone(),
        _ => json!(record),
    };
    let at_campaign = format!("PATCH /api/v2/campaigns/{}", campaign.as_str().unwrap_or_default());
    match help["change"].as_str().unwrap() {
        "role" => {
            let body = json!({ "role": value, "custom_role": null });
            world.call(owner, &at_member.unwrap(), body).await.is(200);
        }
        "tag_limit" => {
            drop(world.call(owner, &at_member.unwrap(), json!({ "tag_limit": null })).await.is(200))
        }
        "visibility" => drop(world.call(owner, &at_campaign, json!({ "visibility": value })).await.is(200)),
        "collaborator" => {
            let found = world.get(owner, &format!("/api/v2/campaigns/{record}")).await.json();
            let mut all = found["collaborators"].as_array().cloned().unwrap_or_default();
            all.push(value);
            world.call(owner, &at_campaign, json!({ "collaborators": all })).await.is(200);
        }
        "assignment" if resource == "leads" => {
            let line = format!("PATCH /api/v2/leads/{record}");
            world.call(owner, &line, json!({ "assigned_to": value })).await.is(200);
        }
        "assignment" => {
            let found = world.get(owner, "/api/v2/accounts?limit=100").await.items();
            let email = found.iter().find(|account| account["id"] == record).unwrap()["email"].clone();
            let line = format!("PATCH /api/v2/accounts/{}", email.as_str().unwrap());
            world.call(owner, &line, json!({ "assigned_to": value })).await.is(200);
        }
        "owner" => {
            let line = format!("PATCH /api/v2/lead-lists/{record}");
            world.call(owner, &line, json!({ "owned_by": value })).await.is(200);
        }
        "tag" => {
            let body = json!({ "tag_id": value, "resource_id": record });
            world.call(owner, "POST /api/v2/custom-tags/toggle-resource", body).await.is(200);
        }
        beneath => apply_beneath(world, small, subject, member, (beneath, value)).await,
    }
}

/// A change that the API does not make to what exists, so the database is changed beneath it.
async fn apply_beneath(
    world: &World,
    small: &Small,
    subject: Uuid,
    member: Option<Uuid>,
    (change, value): (&str, Value),
) {
    match change {
        // Random cells are wider than the base, which the API refuses.
        "role_permission" => {
            let path = format!("/api/v2/workspace-members/{}", member.unwrap());
            let role = world.get(&small.owner, &path).await.json()["custom_role"]["id"].clone();
            let role: Uuid = role.as_str().unwrap().parse().unwrap();
            let held = sql("select cells from roles where id = $1").bind(role);
            let held: String = held.optional(&world.reader).await.unwrap().unwrap();
            let name = format!("{}=", value.as_str().unwrap().split('=').next().unwrap());
            let others: String = held
                .lines()
                .filter(|line| !line.starts_with(&name))
                .map(|line| format!("{line}\n"))
                .collect();
            let cells = format!("{others}{}\n", value.as_str().unwrap());
            world.run(sql("update roles set cells = $2 where id = $1").bind(role).bind(cells)).await;
        }
        // Only an invitation sets the list.
        "permission" => {
            let list = sql("select permissions from members where id = $1").bind(member.unwrap());
            let mut list: Value = list.optional(&world.reader).await.unwrap().unwrap();
            list.as_array_mut().unwrap().push(value);
            let set = sql("update members set permissions = $2 where id = $1");
            world.run(set.bind(member.unwrap()).bind(list)).await;
        }
        // A key keeps its scopes.
        "scope" => {
            let scopes = sql("select scopes from api_keys where id = $1").bind(subject);
            let mut scopes: Value = scopes.optional(&world.reader).await.unwrap().unwrap();
            scopes.as_array_mut().unwrap().push(value);
            world.run(sql("update api_keys set scopes = $2 where id = $1").bind(subject).bind(scopes)).await;
        }
        other => panic!("{other}"),
    }
}

async fn member_of(world: &World, key: Uuid) -> Option<Uuid> {
    let found = sql("select member_id from api_keys where id = $1").bind(key);
    found.optional::<Option<Uuid>>(&world.reader).await.unwrap().flatten()
}

async fn what_would_help_helps(mut world: World) {
    let mut random = Random(5);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..worlds(8) {
        let small = small(&mut world, &mut random, n).await;
        let all = questions(&small);
        for _ in 0..40 {
            let (subject, (permission, record)) = (random.of(&small.principals), random.of(&all));
            let told = explained(&world, &small.owner, subject, permission, &record).await;
            let helps = told["would_help"].as_array().unwrap();
            assert!(told["allowed"] == false || helps.is_empty(), "{told:#}");
            if told["allowed"] == true {
                continue;
            }
            let resource = permission.split(':').next().unwrap();
            let at = format!("{subject} {permission} {record} {told:#}");
            if helps.is_empty() {
                *counts.entry("none".to_owned()).or_default() += 1;
                if small.members[1..].contains(&subject) {
                    no_role_helps(&world, &small, subject, permission, &record, &at).await;
                }
                continue;
            }
            let help = random.of(helps);
            assert!(help["text"].as_str().unwrap().ends_with('.'), "{at}");
            apply(&world, &small, subject, &help, resource, record.as_str().unwrap_or_default()).await;
            let after = explained(&world, &small.owner, subject, permission, &record).await;
            assert_eq!(after["allowed"], true, "{help} {at} {after:#}");
            *counts.entry(help["change"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert!(counts.len() >= 7 && counts["role"] > 5 && counts["none"] > 5, "{counts:?}");
}

/// The role in the database is another one for a moment.
async fn no_role_helps(
    world: &World,
    small: &Small,
    member: Uuid,
    permission: &str,
    record: &Value,
    at: &str,
) {
    let was = sql("select role from members where id = $1").bind(member);
    let was: String = was.optional(&world.reader).await.unwrap().unwrap();
    let own: Option<Option<Uuid>> =
        sql("select role_id from members where id = $1").bind(member).optional(&world.reader).await.unwrap();
    let set = |role: &str, own: Option<Uuid>| {
        sql("update members set role = $2, role_id = $3 where id = $1").bind(member).bind(role).bind(own)
    };
    for role in ROLES.iter().filter(|role| **role != "client") {
        world.run(set(role, None)).await;
        let told = explained(world, &small.owner, member, permission, record).await;
        assert_eq!(told["allowed"], false, "{role} helps: {at}");
    }
    world.run(set(&was, own.flatten())).await;
}
