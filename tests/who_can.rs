//! Who can do something and what somebody can do equal what explanations say about each pair, in random workspaces with custom
//! roles, keys, invitations and groups.

use crate::access::Random;
use crate::support::scene::{self, Key, Member};
use crate::support::small::{ABOUT, EXPLAIN, ROLES, explained, questions, small, worlds};
use crate::support::{World, on_both};
use gatepost::access::ACTIONS;
use gatepost::db::sql;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

on_both! {
    who_can_is_what_explanations_say what_can_is_what_explanations_say every_permission_can_be_asked_about
    a_large_workspace_is_answered_at_once
}

const WHO: &str = "POST /api/v2/access/who-can";
const WHAT: &str = "POST /api/v2/access/what-can";

/// All pages of an answer.
async fn pages(world: &World, who: &str, line: &str, mut body: Value, list: &str) -> (Value, Vec<Value>) {
    let (mut all, mut pages) = (vec![], 0);
    loop {
        let answer = world.call(who, line, body.clone()).await.is(200).json();
        assert_eq!(answer["complete"], true);
        all.extend(answer[list].as_array().cloned().unwrap_or_default());
        pages += 1;
        assert!(pages < 50, "{body}");
        match answer.get("next_starting_after") {
            Some(next) => body["starting_after"] = next.clone(),
            None => return (answer, all),
        }
    }
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn who_can_is_what_explanations_say(mut world: World) {
    let mut random = Random(std::env::var("SEED").map_or(7, |seed| seed.parse().unwrap()));
    let mut counts = BTreeMap::new();
    for n in 0..worlds(4) {
        let small = small(&mut world, &mut random, n).await;
        for (permission, record) in questions(&small) {
            if random.one_in(2) {
                continue;
            }
            let body = json!({ "permission": permission, "record": record, "limit": 4 });
            let (answer, items) = pages(&world, &small.owner, WHO, body, "items").await;
            let at = format!("{permission} {record} {items:#?}");
            let mut expected = BTreeSet::new();
            for principal in &small.principals {
                let told = explained(&world, &small.owner, principal, permission, &record).await;
                expected.extend((told["allowed"] == true).then(|| principal.to_string()));
                let item = items.iter().find(|item| item["id"] == json!(principal));
                assert!(item.is_none_or(|item| item["because"] == told["paths"]), "{at} {told:#}");
                *counts.entry((told["allowed"] == true, !record.is_null())).or_insert(0) += 1;
            }
            for invited in &small.invited {
                let open =
                    sql("update members set accepted = $2 where id = $1 and invitation_expires_at > $3");
                let open = |yes: bool| open.clone().bind(*invited).bind(yes).bind(world.app.now());
                world.run(open(true)).await;
                let told = explained(&world, &small.owner, invited, permission, &record).await;
                expected.extend((told["allowed"] == true).then(|| invited.to_string()));
                world.run(open(false)).await;
            }
            if let Some(agency) = &small.agency {
                let body = json!({ "permission": permission, "record": record });
                let told = world.call_as(agency, small.home, EXPLAIN, body).await;
                // An agency that is kept out is not told more.
                if told.status == 200 && told.json()["allowed"] == true {
                    let admin =
                        items.iter().find(|item| item["kind"] == "admin_workspace").map(|item| &item["id"]);
                    expected
                        .insert(admin.and_then(Value::as_str).unwrap_or("the admin workspace").to_owned());
                }
            }
            assert_eq!(ids(&items), expected, "{at}");
            assert_eq!(
                (ids(&items).len(), answer["allowed"].as_u64()),
                (items.len(), Some(items.len() as u64))
            );
            let refused = answer["refused"].as_array().unwrap().iter();
            let refused: u64 = refused.map(|refused| refused["principals"].as_u64().unwrap()).sum();
            let everybody =
                small.principals.len() + small.invited.len() + usize::from(small.agency.is_some());
            assert_eq!(refused as usize + items.len(), everybody, "{at} {answer:#}");
        }
    }
    assert!(counts.len() == 4 && counts.values().all(|n| *n > 50), "{counts:?}");
}

async fn what_can_is_what_explanations_say(mut world: World) {
    let mut random = Random(11);
    let mut found = [0, 0];
    for n in 0..worlds(2) {
        let small = small(&mut world, &mut random, n).await;
        for principal in random.some(&small.principals) {
            let (all, _) =
                pages(&world, &small.owner, WHAT, json!({ "principal": principal }), "records").await;
            assert_eq!(all["records"], Value::Null);
            let rows = all["permissions"].as_array().unwrap();
            for action in ACTIONS {
                let told = explained(&world, &small.owner, principal, action.name, &Value::Null).await;
                let row = rows.iter().find(|row| row["permission"] == action.name);
                assert_eq!(row.is_some(), told["allowed"] == true, "{principal} {} {told:#}", action.name);
            }
            for (resource, permissions) in ABOUT.iter().filter(|(resource, _)| !resource.is_empty()) {
                for permission in *permissions {
                    let body = json!({ "principal": principal, "permission": permission, "limit": 2 });
                    let (_, records) = pages(&world, &small.owner, WHAT, body, "records").await;
                    let mut expected = BTreeSet::new();
                    for (_, id) in small.records.iter().filter(|(of, _)| of == resource) {
                        let told = explained(&world, &small.owner, principal, permission, &json!(id)).await;
                        expected.extend((told["allowed"] == true).then(|| id.clone()));
                    }
                    assert_eq!(ids(&records), expected, "{principal} {permission}");
                    let row = rows.iter().find(|row| row["permission"] == *permission);
                    let counted = row.map_or(0, |row| row["records"].as_u64().unwrap() as usize);
                    assert_eq!(counted, expected.len(), "{principal} {permission}");
                    found[usize::from(!expected.is_empty())] += 1;
                }
            }
        }
    }
    assert!(found.iter().all(|n| *n > 20), "{found:?}");
}

/// Also about each kind of record, whatever facts it has.
async fn every_permission_can_be_asked_about(world: World) {
    let own = crate::samples::records(&world, "owner").await;
    for action in ACTIONS {
        let body = json!({ "permission": action.name });
        let who = world.call("owner", WHO, body.clone()).await.is(200).json();
        assert_eq!(who["complete"], true);
        world.call("owner", WHAT, body).await.is(200);
    }
    for (resource, permission) in [
        ("custom_tags", "custom_tags:update"),
        ("roles", "roles:update"),
        ("webhooks", "webhooks:update"),
        ("lead_imports", "lead_imports:read"),
        ("lead_lists", "lead_lists:update"),
        ("lead_labels", "lead_labels:update"),
        ("api_keys", "api_keys:delete"),
        ("workspace_members", "workspace_members:update"),
        ("block_list_entries", "block_list_entries:delete"),
    ] {
        let body = json!({ "permission": permission, "record": own.of(resource) });
        let who = world.call("owner", WHO, body).await.is(200).json();
        assert!(who["allowed"].as_u64().unwrap() > 0, "{permission} {who}");
    }
}

/// A thousand members and keys are asked in one call. The time is printed, because a loaded machine has no fixed one.
async fn a_large_workspace_is_answered_at_once(mut world: World) {
    let home = scene::workspace(&world, "large").await;
    scene::join(&mut world, home, "ruler", "owner", None).await;
    for n in 0..500 {
        let name = format!("p{n}");
        let role = ROLES[n % 6];
        let new =
            Member { workspace: home, name: &name, role, limit: None, permissions: None, accepted: true };
        let ids = scene::member(&world, &new).await;
        scene::key(&mut world, Key::personal(home, &name, ids)).await;
    }
    let campaign = world.create("ruler", "Spring", "team").await;
    let body = json!({ "permission": "campaigns:launch", "record": campaign });
    let first = world.call("ruler", WHO, body.clone()).await.is(200).json();
    assert_eq!((first["items"].as_array().unwrap().len(), &first["complete"]), (100, &json!(true)));
    let began = cpu();
    for _ in 0..20 {
        world.call("ruler", WHO, body.clone()).await.is(200);
    }
    eprintln!("who-can over 1,002 principals: {:.1} ms of CPU a call", (cpu() - began) / 20.0);
    let (last, items) = pages(&world, "ruler", WHO, body, "items").await;
    let launching = 2 + 2 * (0..500).filter(|n| !["member", "view"].contains(&ROLES[n % 6])).count();
    assert_eq!((items.len(), last["allowed"].as_u64()), (launching, Some(launching as u64)));
}

/// Milliseconds of CPU that this process has used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let of =
        |n: usize| rest.split_whitespace().nth(n).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (of(11) + of(12)) * 10.0
}
