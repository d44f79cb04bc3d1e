//! Answers are bounded: pages of long items end early and lose no item, and unread answers have room of a
//! fixed size.

use crate::support::leads::list;
use crate::support::scene::campaign;
use crate::support::{Answer, World, on_both};
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use gatepost::db::sql;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tower::ServiceExt;
use uuid::Uuid;

on_both! {
    a_row_of_the_log_is_bounded_as_a_whole pages_of_the_log_end_at_two_megabytes long_rows_of_old_are_cut_too
    other_pages_end_at_sixteen_megabytes rows_without_a_cursor_are_refused answers_that_wait_have_a_room
}

const MB: usize = 1024 * 1024;
const CUT: &str = "x-gatepost-cut";

fn is_cut(answer: &Answer) -> bool {
    answer.headers.get(CUT).is_some_and(|why| why == "bytes")
}

/// Every page of a list until its end, and the ids in it.
async fn walk(world: &World, path: &str) -> (Vec<Answer>, Vec<String>) {
    let (mut pages, mut ids, mut next) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = world.get("owner", &format!("{path}{next}")).await.is(200);
        ids.extend(page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let cursor = page.json()["next_starting_after"].as_str().map(str::to_owned);
        pages.push(page);
        let Some(cursor) = cursor else { return (pages, ids) };
        next = format!("&starting_after={cursor}");
    }
}

fn nothing_twice(ids: &[String]) -> bool {
    ids.iter().collect::<BTreeSet<_>>().len() == ids.len()
}

/// Seven long fields of a lead, changed at once, made a row of 226 KB.
async fn a_row_of_the_log_is_bounded_as_a_whole(world: World) {
    let list = list(&world, "owner").await;
    let body = json!({ "list_id": list, "email": "long@lead.example" });
    let lead = world.call("owner", "POST /api/v2/leads", body).await.is(200).id();
    let fields =
        ["personalization", "website", "last_name", "first_name", "company_name", "job_title", "phone"];
    for letter in ["é", "è"] {
        let body: Value =
            fields.map(|field| (field.to_owned(), json!(letter.repeat(2000)))).into_iter().collect();
        world.call("owner", &format!("PATCH /api/v2/leads/{lead}"), body).await.is(200);
    }
    let variables: Value = (0..100).map(|n| (format!("v{n}"), json!("x".repeat(250)))).collect();
    let body = json!({ "custom_variables": variables });
    world.call("owner", &format!("PATCH /api/v2/leads/{lead}"), body).await.is(200);
    let steps = vec![
        json!({ "type": "email", "delay": 1, "variants": [{ "subject": "s", "body": "b".repeat(60_000) }] }),
    ];
    let mut long = campaign("long");
    long["sequences"] = json!([{ "steps": steps }]);
    world.call("owner", "POST /api/v2/campaigns", long).await.is(200);
    let log = world.log().await;
    for row in &log[..4] {
        let bytes = row.to_string().len();
        assert!(bytes <= 16_000, "{bytes} bytes for {}", row["action"]);
    }
    assert!(log[0]["audit_metadata"]["changes"]["sequences"][1]["bytes"].as_u64().unwrap() > 60_000);
    assert_eq!(log[1]["audit_metadata"]["changes"]["payload"][1]["sha256"].as_str().unwrap().len(), 64);
    let texts = &log[2]["audit_metadata"]["changes"];
    assert!(fields.iter().any(|field| texts[*field][0]["bytes"] == 4002), "{texts}");
}

/// Rows with so many bytes of metadata each.
async fn rows(world: &World, count: usize, bytes: usize) {
    let text = json!({ "changes": { "text": [null, "x".repeat(bytes)] } });
    for _ in 0..count {
        let copy = sql(
            "insert into audit_log (workspace_id, id, at, activity_type, action, resource, actor, ip_address, \
             request_id, metadata, search) values ($1, $2, $3, 9, 'leads:create', 'lead', 'somebody', '', '', $4, 'x')",
        );
        let copy = copy.bind(world.home).bind(world.app.new_id()).bind(world.app.now());
        world.run(copy.bind(text.clone())).await;
    }
}

async fn pages_of_the_log_end_at_two_megabytes(world: World) {
    let before = world.log().await.len();
    rows(&world, 300, 15_000).await;
    let (pages, ids) = walk(&world, "/api/v2/audit-logs?limit=1000").await;
    assert_eq!(pages.len(), 3);
    assert!(pages.iter().all(|page| page.bytes.len() <= 2 * MB + 100), "{}", pages[0].bytes.len());
    assert_eq!(pages.iter().map(is_cut).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(ids.len(), 300 + before);
    assert!(nothing_twice(&ids));
    let short = world.get("owner", "/api/v2/audit-logs?limit=100").await;
    assert_eq!((short.items().len(), is_cut(&short)), (100, false));
}

/// A row as an earlier version of this server wrote it.
async fn long_rows_of_old_are_cut_too(world: World) {
    rows(&world, 25, 226_000).await;
    let (pages, ids) = walk(&world, "/api/v2/audit-logs?limit=1000").await;
    assert!(nothing_twice(&ids) && ids.len() >= 25);
    assert!(pages.iter().all(|page| page.bytes.len() <= 2 * MB + 100));
    rows(&world, 1, 3 * MB).await;
    let page = world.get("owner", "/api/v2/audit-logs?limit=1000").await.is(200);
    assert_eq!((page.items().len(), is_cut(&page)), (1, true), "one row is given, however long it is");
}

/// Copies of a campaign of 480 KB.
async fn campaigns(world: &World, count: usize) {
    let variant = json!({ "subject": "s", "body": "b".repeat(48_000) });
    let step = json!({ "type": "email", "delay": 1, "variants": [variant] });
    let mut long = campaign("long");
    long["sequences"] = json!([{ "steps": vec![step; 10] }]);
    let id: Uuid = world.call("owner", "POST /api/v2/campaigns", long).await.is(200).id().parse().unwrap();
    for _ in 1..count {
        let copy = sql(
            "insert into campaigns (workspace_id, id, name, search, status, visibility, owned_by, settings, \
             timestamp_created, timestamp_updated) select workspace_id, $3, name, search, status, visibility, owned_by, \
             settings, timestamp_created, timestamp_updated from campaigns where workspace_id = $1 and id = $2",
        );
        world.run(copy.bind(world.home).bind(id).bind(world.app.new_id())).await;
    }
}

async fn other_pages_end_at_sixteen_megabytes(world: World) {
    campaigns(&world, 40).await;
    let (pages, ids) = walk(&world, "/api/v2/campaigns?limit=100").await;
    assert_eq!(pages.iter().map(is_cut).collect::<Vec<_>>(), [true, false]);
    assert!(pages[0].bytes.len() <= 16 * MB + 100 && pages[0].bytes.len() > 15 * MB);
    assert_eq!(ids.len(), 40);
    assert!(nothing_twice(&ids));
    let page = world.get("owner", "/api/v2/campaigns?limit=30").await;
    assert_eq!((page.items().len(), is_cut(&page)), (30, false));
}

async fn rows_without_a_cursor_are_refused(world: World) {
    campaigns(&world, 40).await;
    let found = "/api/v2/campaigns/search-by-contact?search=a@lead.example";
    let to_all = async |count: i64| {
        let clear = sql("delete from leads where workspace_id = $1").bind(world.home);
        world.run(clear).await;
        let ids = world.get("owner", &format!("/api/v2/campaigns?limit={count}")).await.items();
        for id in ids {
            let body = json!({ "campaign": id["id"], "email": "a@lead.example" });
            world.call("owner", "POST /api/v2/leads", body).await.is(200);
        }
    };
    to_all(10).await;
    assert_eq!(world.get("owner", found).await.is(200).items().len(), 10);
    to_all(100).await; // as many as fit on a page of 16 MB
    let next = world.get("owner", "/api/v2/campaigns?limit=100").await.json()["next_starting_after"].clone();
    let rest = format!("/api/v2/campaigns?limit=100&starting_after={}", next.as_str().unwrap());
    let one = world.get("owner", &rest).await.items()[0]["id"].clone();
    let body = json!({ "campaign": one, "email": "a@lead.example" });
    world.call("owner", "POST /api/v2/leads", body).await.is(200);
    let refused = world.get("owner", found).await.is(413);
    assert_eq!(refused.json()["error"], "Payload Too Large");
    assert!(refused.message().contains("larger than 16 MB"), "{}", refused.message());
}

/// An answer that the client does not read.
async fn unread(world: &World, who: &str, line: &str, body: Value) -> Response<Body> {
    let (method, path) = line.split_once(' ').unwrap();
    let key = format!("Bearer {}", world.who(who).key);
    let request = Request::builder().method(method).uri(path).header("authorization", key);
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    world.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
}

/// Answers that nobody reads are limited for each workspace. Its small answers, and the answers of others,
/// still arrive.
async fn answers_that_wait_have_a_room(world: World) {
    campaigns(&world, 40).await;
    let (long, small) = ("GET /api/v2/campaigns?limit=100", "GET /api/v2/campaigns/count-launched");
    let first = unread(&world, "owner", long, Value::Null).await;
    assert_eq!(first.status(), StatusCode::OK);
    let second = unread(&world, "admin", long, Value::Null).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(second.headers()["retry-after"], "1");
    assert_eq!(unread(&world, "admin", small, Value::Null).await.status(), StatusCode::OK);
    assert_eq!(unread(&world, "stranger", long, Value::Null).await.status(), StatusCode::OK);
    // A change is always answered once it is made. After that the workspace cannot make any more changes.
    let pages: Vec<_> = futures::future::join_all(
        (0..2).map(|_| unread(&world, "owner", "GET /api/v2/campaigns?limit=7", Value::Null)),
    )
    .await;
    assert!(pages.iter().all(|page| page.status() == StatusCode::OK));
    let id =
        world.get("owner", "/api/v2/campaigns?limit=1").await.items()[0]["id"].as_str().unwrap().to_owned();
    let change = format!("PATCH /api/v2/campaigns/{id}");
    let mut made = Vec::new();
    let refused = loop {
        let answer = unread(&world, "owner", &change, json!({ "name": format!("n{}", made.len()) })).await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
        made.push(answer);
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!((1..8).contains(&made.len()), "{}", made.len());
    drop((first, pages, made));
    let name = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json()["name"].clone();
    assert_ne!(name, "long");
    assert_eq!(unread(&world, "admin", long, Value::Null).await.status(), StatusCode::OK);
}
