//! Exports of leads and of the audit log: whose rows are in them, what is recorded, and what ends them early.

use crate::support::leads::list;
use crate::support::scene::{self, Key, Member};
use crate::support::{World, on_both};
use axum::body::Body;
use axum::http::Request;
use gatepost::db::sql;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tower::ServiceExt;

on_both! {
    everybody_gets_what_they_reach formulas_are_marked_in_csv_alone it_is_recorded_before_the_first_byte
    a_lost_right_ends_the_export few_are_read_at_a_time the_audit_log_leaves_as_its_list_has_it
    an_admin_workspace_exports_only_where_it_may
}

const EXPORT: &str = "/api/v2/leads/export";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The facts of a lead that decide who reaches it.
struct Fact {
    id: String,
    shared: bool,
    list: bool,
    owner: &'static str,
    assigned: &'static str,
    collaborator: &'static str,
    tagged: bool,
}

/// What a person reaches, said again from the access model.
fn reaches(who: &str, lead: &Fact) -> bool {
    let own = |name: &str| [lead.owner, lead.assigned, lead.collaborator].contains(&name);
    match who {
        "owner" | "admin" => true,
        "manager" | "editor" => lead.list || lead.shared || own(who),
        "member" => own(who),
        "tagged admin" => lead.tagged,
        "tagged editor" => lead.tagged && (lead.shared || own(who)),
        _ => false,
    }
}

async fn limited(world: &mut World, name: &'static str, role: &str) {
    let (workspace, limit) = (world.home, Some(json!([world.tag])));
    let dotted = name.replace(' ', ".");
    let new = Member { workspace, name: &dotted, role, limit, permissions: None, accepted: true };
    let ids = scene::member(world, &new).await;
    scene::key(world, Key::personal(workspace, name, ids)).await;
}

async fn facts(world: &World) -> Vec<Fact> {
    let (mut facts, mut number) = (Vec::new(), 0);
    for owner in ["owner", "manager", "editor", "member"] {
        for shared in [true, false] {
            for tagged in [true, false] {
                let collaborator = if number % 3 == 0 { "member" } else { "-" };
                let visibility = if shared { "team" } else { "private" };
                let campaign = world.create(owner, "c", visibility).await;
                if collaborator == "member" && owner != "member" {
                    let body = json!({ "collaborators": [world.who("member").member] });
                    world.call("owner", &format!("PATCH /api/v2/campaigns/{campaign}"), body).await.is(200);
                }
                if tagged {
                    let body = json!({ "tag_id": world.tag, "resource_id": campaign });
                    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", body).await.is(200);
                }
                for assigned in ["owner", "editor", "member"] {
                    number += 1;
                    let body = json!({ "campaign": campaign, "email": format!("n{number}@x.example"),
                        "assigned_to": world.who(assigned).member });
                    let id = world.call("owner", "POST /api/v2/leads", body).await.is(200).id();
                    facts.push(Fact { id, shared, list: false, owner, assigned, collaborator, tagged });
                }
            }
        }
        if owner != "member" {
            let body = json!({ "list_id": list(world, owner).await, "email": "l@x.example" });
            let id = world.call(owner, "POST /api/v2/leads", body).await.is(200).id();
            facts.push(Fact {
                id,
                shared: false,
                list: true,
                owner,
                assigned: owner,
                collaborator: "-",
                tagged: false,
            });
        }
    }
    facts
}

async fn everybody_gets_what_they_reach(mut world: World) {
    limited(&mut world, "tagged admin", "admin").await;
    limited(&mut world, "tagged editor", "editor").await;
    let facts = facts(&world).await;
    for who in ["owner", "admin", "manager", "editor", "member", "tagged admin", "tagged editor"] {
        let expected: BTreeSet<&str> =
            facts.iter().filter(|lead| reaches(who, lead)).map(|lead| lead.id.as_str()).collect();
        let text = world.get(who, &format!("{EXPORT}?format=ndjson")).await.is(200).text();
        let rows = lines(&text);
        let found: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{who}");
        assert_eq!(rows.len(), expected.len(), "each once: {who}");
        let table = world.get(who, EXPORT).await.is(200).text();
        assert_eq!(table.lines().count(), 1 + expected.len(), "{who}");
    }
    for who in ["sdr", "view", "client"] {
        world.get(who, EXPORT).await.is(403);
    }
    assert!(
        lines(&world.get("stranger", &format!("{EXPORT}?format=ndjson")).await.is(200).text()).is_empty()
    );
    let campaign =
        world.get("owner", &format!("/api/v2/leads/{}", facts[0].id)).await.json()["campaign"].clone();
    let one = format!("{EXPORT}?format=ndjson&campaign={}", campaign.as_str().unwrap());
    assert_eq!(lines(&world.get("owner", &one).await.is(200).text()).len(), 3);
    // A line is what the list shows.
    let leads = world.call("owner", "POST /api/v2/leads/list", json!({ "limit": 100 })).await.items();
    assert_eq!(lines(&world.get("owner", &format!("{EXPORT}?format=ndjson")).await.text()), leads);
    world.get("owner", &format!("{EXPORT}?format=xlsx")).await.is(400);
}

async fn formulas_are_marked_in_csv_alone(world: World) {
    let list = list(&world, "owner").await;
    let body = json!({ "list_id": list, "email": "a@x.example", "first_name": "=cmd|' /C calc'!A0", "phone": "+47 1",
        "last_name": "-2", "company_name": "@SUM(1)", "job_title": "a \"b\", c\nd", "website": "\tx",
        "custom_variables": { "note": "=1" }, "lt_interest_status": -1 });
    world.call("owner", "POST /api/v2/leads", body).await.is(200);
    let answer = world.get("owner", &format!("{EXPORT}?list_id={list}")).await.is(200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"leads.csv\"");
    let text = answer.text();
    let (header, row) = text.split_once("\r\n").unwrap();
    assert!(header.starts_with("id,email,first_name,last_name,company_name,job_title,phone,website,"));
    let expected = "a@x.example,'=cmd|' /C calc'!A0,'-2,'@SUM(1),\"a \"\"b\"\", c\nd\",'+47 1,'\tx,,\
                    \"{\"\"note\"\":\"\"=1\"\"}\",1,-1,";
    assert!(row.contains(expected), "{row}");
    let answer = world.get("owner", &format!("{EXPORT}?list_id={list}&format=ndjson")).await.is(200);
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    assert_eq!(lines(&answer.text())[0]["first_name"], "=cmd|' /C calc'!A0");
}

/// The answer of a call, before its body is read.
async fn begin(world: &World, who: &str, path: &str) -> axum::response::Response {
    let key = format!("Bearer {}", world.who(who).key);
    let request = Request::builder().uri(path).header("authorization", key).body(Body::empty()).unwrap();
    world.router.clone().oneshot(request).await.unwrap()
}

async fn many(world: &World, count: usize) -> String {
    let list = list(world, "owner").await;
    let leads: Vec<_> = (0..count).map(|n| json!({ "email": format!("n{n}@x.example") })).collect();
    let body = json!({ "list_id": list, "leads": leads });
    world.call("owner", "POST /api/v2/leads/add", body).await.is(200);
    list
}

async fn it_is_recorded_before_the_first_byte(world: World) {
    let list = many(&world, 3).await;
    let answer = begin(&world, "manager", &format!("{EXPORT}?list_id={list}")).await;
    assert_eq!(answer.status(), 200);
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 34).unwrap();
    assert_eq!((&row["action"], &row["list_id"]), (&json!("leads:export"), &json!(list)));
    assert_eq!(row["user_id"], json!(world.who("manager").user));
    drop(answer);
    // A refused attempt is recorded as one, and nothing else is.
    world.get("sdr", EXPORT).await.is(403);
    let rows = world.log().await.into_iter().filter(|row| row["action"] == "leads:export");
    assert_eq!(rows.filter(|row| row["audit_metadata"]["refused_by"].is_null()).count(), 1);
}

async fn a_lost_right_ends_the_export(world: World) {
    many(&world, 700).await;
    let path = format!("{EXPORT}?format=ndjson");
    assert_eq!(lines(&world.get("manager", &path).await.is(200).text()).len(), 700, "several pieces");
    let mut body = begin(&world, "manager", &path).await.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.iter().filter(|byte| **byte == b'\n').count() < 700);
    let member = world.who("manager").member.unwrap();
    let line = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("owner", &line, json!({ "role": "view" })).await.is(200);
    // What was made before is still on its way.
    let mut pieces = 1;
    let ended = loop {
        match body.frame().await {
            Some(Ok(_)) => pieces += 1,
            Some(Err(error)) => break error.to_string(),
            None => panic!("it ended as if it were whole"),
        }
    };
    assert!(pieces <= 2 && ended.contains("view"), "{pieces} {ended}");
}

async fn few_are_read_at_a_time(world: World) {
    many(&world, 700).await;
    let open = [begin(&world, "owner", EXPORT).await, begin(&world, "admin", EXPORT).await];
    let refused = begin(&world, "manager", EXPORT).await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    world.get("stranger", EXPORT).await.is(200);
    drop(open);
    world.get("manager", EXPORT).await.is(200);
    world.get("manager", EXPORT).await.is(200);
    let rows = world.log().await.into_iter().filter(|row| row["activity_type"] == 34).count();
    assert_eq!(rows, 4, "an export that does not begin is not recorded");
}

async fn the_audit_log_leaves_as_its_list_has_it(world: World) {
    const LOG: &str = "/api/v2/audit-logs/export";
    world.create("owner", "=formula", "team").await;
    world.wait(24 * 3_600_000);
    world.create("editor", "later", "team").await;
    world.run(sql("update audit_log set user_agent = '=1' where workspace_id = $1").bind(world.home)).await;
    let answer = world.get("admin", &format!("{LOG}?format=ndjson")).await.is(200);
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"audit-log.ndjson\"");
    let rows = lines(&answer.text());
    assert_eq!(rows[0]["action"], "audit_logs:export", "its own row is there before it begins");
    assert_eq!(rows[0]["activity_type"], 1188);
    let listed = world.get("owner", "/api/v2/audit-logs?limit=1000").await.items();
    assert_eq!((rows.len(), rows), (3, listed));
    let table = world.get("owner", LOG).await.is(200).text();
    assert!(table.starts_with("id,timestamp,action,activity_type,resource,user,"));
    assert!(table.contains(",'=1,"), "{table}");
    let of = async |query: &str| {
        lines(&world.get("owner", &format!("{LOG}?format=ndjson&{query}")).await.is(200).text()).len()
    };
    assert_eq!(of("until=2023-11-14").await, 1);
    assert_eq!(of("from=2023-11-15T00:00:00.000Z&until=2023-11-15T22:13:20.000Z").await, 0);
    assert_eq!(of("from=2023-11-15").await, 6, "two rows of changes or exports before, and four exports");
    world.get("owner", &format!("{LOG}?from=yesterday")).await.is(400);
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.get(who, LOG).await.is(403);
    }
}

/// The sub-workspace decides by its delegation. Its own people go on.
async fn an_admin_workspace_exports_only_where_it_may(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let all = [EXPORT, "/api/v2/audit-logs/export", "/api/v2/block-lists-entries/download"];
    for (no_exports, status) in [(false, 200), (true, 403), (false, 200)] {
        world.delegates("ann", json!({ "read_only": false, "no_exports": no_exports })).await.is(200);
        for path in all {
            let answer = world.get_as("owner", sub, path).await.is(status);
            assert!(status == 200 || answer.message().starts_with("delegation: "), "{}", answer.text());
            world.get("ann", path).await.is(200);
        }
        world.get_as("owner", sub, "/api/v2/block-lists-entries").await.is(200);
    }
}
