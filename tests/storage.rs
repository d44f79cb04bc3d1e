//! The rows and bytes of a workspace are counted after the answer, and limited.

use crate::support::scene::{account, campaign};
use crate::support::{Answer, World, on_both};
use gatepost::access::storage::{TABLES, count, nightly};
use gatepost::config::{Bound, Storage};
use gatepost::db::sql;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

on_both! {
    creating_is_refused_over_the_limit the_bound_in_bytes_counts_what_is_in_a_row deletions_make_room
    another_server_knows_too every_night_all_is_counted
}

const HOUR: i64 = 60 * 60 * 1000;
const LEADS: &str = "POST /api/v2/leads";

fn bound(world: &mut World, rows: Option<i64>, bytes: Option<i64>) {
    let bound = Storage { rows: Bound(rows), bytes: Bound(bytes) };
    world.with(|shared| shared.storage = gatepost::access::Storage::new(bound));
}

async fn list(world: &World) -> String {
    world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(200).id()
}

async fn lead(world: &World, list: &str) -> Answer {
    let email = format!("{}@lead.example", world.app.new_id());
    world.call("owner", LEADS, json!({ "list_id": list, "email": email })).await
}

/// The rows and bytes that are stored as the count.
async fn kept(world: &World) -> (i64, i64) {
    let kept = sql("select stored_rows, stored_bytes from storage where workspace_id = $1").bind(world.home);
    kept.optional::<(i64, i64)>(&world.reader).await.unwrap().unwrap()
}

async fn creating_is_refused_over_the_limit(mut world: World) {
    let id = world.create("owner", "there", "team").await;
    let list = list(&world).await;
    bound(&mut world, Some(40), None);
    lead(&world, &list).await.is(200); // there is no count yet
    for _ in 0..40 {
        lead(&world, &list).await.is(200); // within the minute's allowance
    }
    count(&world.app).await.unwrap();
    let refused = lead(&world, &list).await.is(402);
    assert_eq!(refused.json()["error"], "Payment Required");
    let message = refused.message();
    assert!(
        message.starts_with("this workspace stores ") && message.contains("its limit is 40;"),
        "{message}"
    );
    assert!(message.contains("the operator of this server"), "{message}");
    let many = json!({ "list_id": list, "leads": [{ "email": "more@lead.example" }] });
    for (line, body) in [
        ("POST /api/v2/leads/add", many),
        ("POST /api/v2/campaigns", campaign("more")),
        ("POST /api/v2/lead-lists", json!({ "name": "more" })),
        ("POST /api/v2/custom-tags", json!({ "label": "more" })),
        ("POST /api/v2/accounts", account("more@outreach.example", None)),
        ("POST /api/v2/api-keys", json!({ "name": "more", "scopes": ["leads:read"] })),
        (&format!("POST /api/v2/campaigns/{id}/duplicate"), json!({})),
        (&format!("PATCH /api/v2/campaigns/{id}"), json!({ "name": "longer" })),
    ] {
        world.call("owner", line, body).await.is(402);
    }
    // Reads, deletions, pauses and protective calls still work, and so do other workspaces.
    world.get("owner", "/api/v2/campaigns").await.is(200);
    world.call("owner", "POST /api/v2/leads/list", json!({})).await.is(200);
    world.call("owner", &format!("POST /api/v2/campaigns/{id}/pause"), Value::Null).await.is(200);
    world.call("owner", &format!("DELETE /api/v2/campaigns/{id}"), Value::Null).await.is(200);
    let key = world.who("reader").key_id;
    world.call("owner", &format!("DELETE /api/v2/api-keys/{key}"), Value::Null).await.is(200);
    world.create("stranger", "elsewhere", "team").await;
}

async fn the_bound_in_bytes_counts_what_is_in_a_row(mut world: World) {
    bound(&mut world, None, Some(1_000_000));
    let list = list(&world).await;
    let variables = json!({ "a": "é".repeat(10_000), "b": "é".repeat(10_000), "c": "é".repeat(10_000) });
    let long = async || {
        let email = format!("{}@lead.example", world.app.new_id());
        let body = json!({ "list_id": list, "email": email, "custom_variables": variables });
        let answer = world.call("owner", LEADS, body).await;
        count(&world.app).await.unwrap();
        answer.status.as_u16()
    };
    let mut taken = 0;
    while long().await == 200 {
        taken += 1;
    }
    // Each takes 60 KB, and up to 14 KB in the audit log.
    assert!((12..=16).contains(&taken), "{taken}");
    let message = lead(&world, &list).await.is(402).message();
    assert!(message.contains("stores 1 MB, and its limit is 1 MB"), "{message}");
}

async fn deletions_make_room(mut world: World) {
    let list = list(&world).await;
    for _ in 0..60 {
        lead(&world, &list).await.is(200);
    }
    bound(&mut world, Some(140), None);
    lead(&world, &list).await.is(200);
    count(&world.app).await.unwrap();
    let full = kept(&world).await.0;
    assert!(full > 120, "{full}: 61 leads, as many rows in the log, and what was there");
    bound(&mut world, Some(full - 30), None);
    lead(&world, &list).await.is(200); // it has not read the count yet
    count(&world.app).await.unwrap();
    lead(&world, &list).await.is(402);
    count(&world.app).await.unwrap();
    lead(&world, &list).await.is(402);
    world.call("owner", &format!("DELETE /api/v2/lead-lists/{list}"), Value::Null).await.is(200);
    count(&world.app).await.unwrap();
    world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "again" })).await.is(200);
    assert!(kept(&world).await.0 < full - 50);
}

/// A server that deleted nothing itself reads the count of another one, and counts by itself after a while.
async fn another_server_knows_too(mut world: World) {
    let list = list(&world).await;
    for _ in 0..30 {
        lead(&world, &list).await.is(200);
    }
    bound(&mut world, Some(60), None);
    lead(&world, &list).await.is(200);
    count(&world.app).await.unwrap();
    lead(&world, &list).await.is(402);
    let other = world.app.with(|shared| {
        let bound = Storage { rows: Bound(Some(60)), bytes: Bound(None) };
        shared.storage = gatepost::access::Storage::new(bound);
    });
    world.run(sql("delete from leads where workspace_id = $1").bind(world.home)).await;
    count(&world.app).await.unwrap();
    lead(&world, &list).await.is(402); // it has not heard of the deletion
    world.wait(11 * 60 * 1000);
    count(&world.app).await.unwrap();
    let list = lead(&world, &list).await.is(200).json()["list_id"].as_str().unwrap().to_owned();
    // The other server begins with the stored count.
    let rows = kept(&world).await.0;
    world.app = other;
    world.with(|_| ());
    lead(&world, &list).await.is(200);
    count(&world.app).await.unwrap();
    assert_eq!(kept(&world).await.0, rows, "it was not counted as a whole again");
}

async fn every_night_all_is_counted(world: World) {
    let list = list(&world).await;
    let id = lead(&world, &list).await.is(200).id();
    count(&world.app).await.unwrap();
    let (rows, bytes) = kept(&world).await;
    // Growth of existing rows does not count towards the minute's allowance.
    let body = json!({ "custom_variables": { "a": "é".repeat(10_000), "b": "é".repeat(10_000), "c": "é".repeat(10_000) } });
    world.call("owner", &format!("PATCH /api/v2/leads/{id}"), body).await.is(200);
    count(&world.app).await.unwrap();
    assert_eq!(kept(&world).await, (rows, bytes));
    nightly(&world.app).await.unwrap();
    assert_eq!(kept(&world).await, (rows, bytes), "it is the same night");
    world.wait(24 * HOUR);
    nightly(&world.app).await.unwrap();
    let after = kept(&world).await;
    assert_eq!(after.0, rows + 1, "the row in the log");
    assert!(after.1 > bytes + 50_000, "{bytes} {}", after.1);
}

/// Tables of a workspace that are not counted. Each row depends on a counted row, or there are few of them.
const UNCOUNTED: [&str; 21] = [
    "account_days",
    "campaign_collaborators",
    "campaign_senders",
    "campaign_shares",
    "challenges",
    "credentials",
    "credit_balances",
    "credit_caps",
    "credit_entries",
    "credit_months",
    "group_links",
    "invitation_accounts",
    "jobs",
    "lead_import_mappings",
    "lead_imports",
    "recovery_codes",
    "sessions",
    "storage",
    "tries",
    "warmup_days",
    "white_label",
];

/// A new table is counted, or its migration says `-- Not counted: table`.
#[tokio::test]
async fn every_table_of_a_workspace_is_counted_or_known() {
    let world = World::sqlite().await;
    let tables = sql("select m.name from sqlite_master m join pragma_table_info(m.name) c \
         where m.type = 'table' and c.name = 'workspace_id'");
    let tables: Vec<String> = tables.all(&world.reader).await.unwrap();
    let known: BTreeSet<&str> = TABLES.iter().map(|(name, _)| *name).chain(UNCOUNTED).collect();
    let migrations = fs::read_dir("migrations").unwrap().map(|entry| entry.unwrap().path());
    let migrations: String = migrations.map(|path| fs::read_to_string(path).unwrap()).collect();
    let said: BTreeSet<&str> =
        migrations.lines().filter_map(|line| line.strip_prefix("-- Not counted: ")).collect();
    let unknown =
        tables.iter().filter(|name| !known.contains(name.as_str()) && !said.contains(name.as_str()));
    let unknown: Vec<_> = unknown.collect();
    assert!(tables.len() > 15 && unknown.is_empty(), "{unknown:?}");
}
