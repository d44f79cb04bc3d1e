//! The queue: a job that is killed at every step still ends correctly. No second runner does it, and it has
//! the rights of its asker.

use crate::support::{World, on_both};
use gatepost::app::App;
use gatepost::db::sql;
use gatepost::jobs::{self, Claim};
use gatepost::resources;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

on_both! {
    a_job_is_done_and_read killed_at_every_step_it_ends_right a_job_has_the_rights_of_its_asker
    one_runner_at_a_time selections_and_failures jobs_are_listed an_unknown_job_does_not_block_others
    a_step_that_takes_its_runner_down_is_given_up old_jobs_go a_blocked_account_is_counted
    the_data_has_the_names_of_the_reference
}

const ENABLE: &str = "POST /api/v2/accounts/warmup/enable";
const LEASE: i64 = 16_000;

async fn connect(world: &World, count: usize) {
    for n in 0..count {
        world.connect("owner", &format!("a{n:03}@outreach.example"), None).await;
    }
}

async fn warm(world: &World) -> usize {
    let found =
        world.get("owner", "/api/v2/accounts?limit=100&filter=ACC_FILTER_W_ACTIVE").await.is(200).items();
    found.len()
}

async fn job(world: &World, who: &str, id: &str) -> Value {
    world.get(who, &format!("/api/v2/background-jobs/{id}")).await.is(200).json()
}

/// The records that each audit row of a job counts.
async fn recorded(world: &World, job: &str) -> Vec<i64> {
    let rows: Vec<(i64, Value)> = sql(
        "select affected_count, metadata from audit_log where workspace_id = $1 and activity_type = 1023",
    )
    .bind(world.home)
    .all(&world.reader)
    .await
    .unwrap();
    rows.into_iter().filter(|(_, facts)| facts["changes"]["job"][1] == job).map(|(count, _)| count).collect()
}

async fn a_job_is_done_and_read(world: World) {
    connect(&world, 3).await;
    let body =
        json!({ "emails": ["A001@outreach.example", "a002@outreach.example", "none@outreach.example"] });
    let asked = world.call("editor", ENABLE, body).await.is(200).json();
    assert_eq!(
        (&asked["status"], &asked["progress"], &asked["type"]),
        (&json!("pending"), &json!(0), &json!("update-warmup-accounts"))
    );
    assert_eq!(
        (&asked["entity_type"], &asked["user_id"]),
        (&json!("workspace"), &json!(world.who("editor").user))
    );
    let id = asked["id"].as_str().unwrap();
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(warm(&world).await, 0, "nothing yet");
    world.wait(5);
    assert_eq!(world.work().await, 1);
    let done = job(&world, "editor", id).await;
    assert_eq!((&done["status"], &done["progress"]), (&json!("success"), &json!(100)));
    assert_eq!(
        (&done["data"]["success_count"], &done["data"]["failed_count"]),
        (&json!(2), &json!(1)),
        "{done}"
    );
    let account = world.get("owner", "/api/v2/accounts/a001@outreach.example").await.json();
    assert_eq!(
        (&account["warmup_status"], &account["timestamp_warmup_start"]),
        (&json!(1), &json!("2023-11-14T22:13:20.005Z"))
    );
    // Jobs of others count as missing.
    world.get("manager", &format!("/api/v2/background-jobs/{id}")).await.is(404);
    world.get("stranger", &format!("/api/v2/background-jobs/{id}")).await.is(404);
    job(&world, "admin", id).await;
    let some = world
        .get(
            "editor",
            &format!("/api/v2/background-jobs/{id}?data_fields=success_count,failed_count,total_to_process"),
        )
        .await
        .is(200)
        .json();
    assert_eq!(some["data"], json!({ "success_count": 2, "failed_count": 1, "total_to_process": 3 }));
    world
        .call("editor", "POST /api/v2/accounts/warmup/disable", json!({ "include_all_emails": true }))
        .await
        .is(200);
    world.work().await;
    assert_eq!(warm(&world).await, 0);
}

async fn the_data_has_the_names_of_the_reference(world: World) {
    let asked = world.call("editor", ENABLE, json!({ "emails": ["nobody@x.example"] })).await.is(200).id();
    world.work().await;
    let done = job(&world, "editor", &asked).await;
    let emails = json!(["nobody@x.example"]);
    assert_eq!(
        done["data"],
        json!({
            "filters": { "emails": emails, "includeAllEmails": null, "excludedEmails": null, "filter": null, "search": null },
            "warmup_status": 1, "step": "DONE", "total_to_process": 1, "success_count": 0, "failed_count": 1,
            "processed_emails": [{ "email": "nobody@x.example", "status": "failed", "error": "Account not found" }],
        })
    );
}

/// A banned account counts as failed, and the others are changed.
async fn a_blocked_account_is_counted(world: World) {
    connect(&world, 2).await;
    world
        .run(
            sql("update accounts set warmup_status = -1 where workspace_id = $1 and email like 'a000%'")
                .bind(world.home),
        )
        .await;
    let asked = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    assert_eq!(job(&world, "owner", &asked).await["data"]["step"], "UPDATE_STATUS");
    world.work().await;
    let data = job(&world, "owner", &asked).await["data"].clone();
    assert_eq!(
        (&data["total_to_process"], &data["success_count"], &data["failed_count"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(data["processed_emails"][0]["error"], "The warm-up of this account is blocked");
}

/// 250 accounts take three steps. The server is killed at the first fault point, then at the second, and so
/// on. The result is always the same, and each account is changed and recorded exactly once.
async fn killed_at_every_step_it_ends_right(world: World) {
    connect(&world, 250).await;
    let (mut deaths, mut point) = (0, 0);
    loop {
        let enable = point % 2 == 0;
        let line = if enable { ENABLE } else { "POST /api/v2/accounts/warmup/disable" };
        let asked = world.call("owner", line, json!({ "include_all_emails": true })).await.is(200).id();
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = jobs::drain(&world.app, resources::work).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        deaths += usize::from(died);
        if died {
            assert_eq!(
                world.work().await,
                usize::from(job(&world, "owner", &asked).await["status"] == "pending"),
                "while the lease holds, nobody else"
            );
            world.wait(LEASE);
            world.work().await;
        }
        let done = job(&world, "owner", &asked).await;
        assert_eq!(
            (&done["status"], &done["progress"]),
            (&json!("success"), &json!(100)),
            "dead at {point}: {done}"
        );
        assert_eq!(
            (&done["data"]["total_to_process"], &done["data"]["success_count"]),
            (&json!(250), &json!(250)),
            "dead at {point}"
        );
        let counted = recorded(&world, &asked).await;
        let all: i64 = counted.iter().sum();
        assert_eq!((counted.len(), all), (4, 250), "who asked, and three steps: dead at {point}");
        let answer =
            world.get("owner", "/api/v2/accounts?limit=1&filter=ACC_FILTER_W_PAUSED").await.items().len();
        assert_eq!(answer, usize::from(!enable), "dead at {point}");
        if !died {
            break;
        }
        point += 1;
    }
    assert!(deaths >= 9, "before, inside and after each of three steps: {deaths}");
}

async fn a_job_has_the_rights_of_its_asker(world: World) {
    connect(&world, 2).await;
    let all = json!({ "include_all_emails": true });
    // The key is revoked between two steps.
    let key = world
        .call("owner", "POST /api/v2/api-keys", json!({ "name": "k", "scopes": ["accounts:update"] }))
        .await
        .is(200)
        .json();
    let asked = world.call(key["key"].as_str().unwrap(), ENABLE, all.clone()).await.is(200).id();
    world
        .call("owner", &format!("DELETE /api/v2/api-keys/{}", key["id"].as_str().unwrap()), Value::Null)
        .await
        .is(200);
    world.work().await;
    let failed = job(&world, "owner", &asked).await;
    assert_eq!((&failed["status"], warm(&world).await), (&json!("failed"), 0));
    assert!(failed["error"].as_str().unwrap().contains("revoked"), "{failed}");
    // The member is demoted.
    let asked = world.call("editor", ENABLE, all.clone()).await.is(200).id();
    let demote = format!("PATCH /api/v2/workspace-members/{}", world.who("editor").member.unwrap());
    world.call("owner", &demote, json!({ "role": "view" })).await.is(200);
    world.work().await;
    assert_eq!((&job(&world, "owner", &asked).await["status"], warm(&world).await), (&json!("failed"), 0));
    // The member is removed.
    world.call("owner", &demote, json!({ "role": "editor" })).await.is(200);
    let asked = world.call("editor", ENABLE, all).await.is(200).id();
    world.call("owner", &demote.replace("PATCH", "DELETE"), Value::Null).await.is(200);
    world.work().await;
    assert_eq!((&job(&world, "owner", &asked).await["status"], warm(&world).await), (&json!("failed"), 0));
}

/// Two processes take different jobs, and an expired lease does not commit.
async fn one_runner_at_a_time(world: World) {
    connect(&world, 150).await;
    let mut asked = Vec::new();
    for n in 0..6 {
        let line = if n % 2 == 0 { ENABLE } else { "POST /api/v2/accounts/warmup/disable" };
        asked.push(world.call("owner", line, json!({ "include_all_emails": true })).await.is(200).id());
    }
    let twins = [world.app.clone(), world.app.clone(), world.app.clone()];
    let runs = twins.iter().map(|app| jobs::drain(app, resources::work));
    let done: usize = futures::future::join_all(runs).await.into_iter().map(|done| done.unwrap_or(0)).sum();
    assert!(done >= 6, "{done}");
    world.wait(10 * 60 * 1000);
    world.work().await;
    for id in asked {
        let job = job(&world, "owner", &id).await;
        assert_eq!(
            (&job["status"], &job["data"]["success_count"]),
            (&json!("success"), &json!(150)),
            "{job}"
        );
        assert_eq!(recorded(&world, &id).await.len(), 3, "who asked, and two steps");
    }
}

async fn selections_and_failures(world: World) {
    connect(&world, 4).await;
    world.call("owner", "POST /api/v2/accounts/a001@outreach.example/pause", Value::Null).await.is(200);
    let toggle = json!({ "tag_ids": [world.tag], "resource_type": 1, "resource_ids": ["a002@outreach.example"], "assign": true });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    for (body, changed) in [
        (json!({ "include_all_emails": true, "filter": { "filter": "ACC_FILTER_PAUSED" } }), 1),
        (json!({ "include_all_emails": true, "filter": { "tag_id": world.tag } }), 1),
        (
            json!({ "include_all_emails": true, "search": "a003", "excluded_emails": ["A003@outreach.example"] }),
            0,
        ),
        (json!({ "include_all_emails": true, "excluded_emails": ["a003@outreach.example"] }), 3),
        (json!({ "include_all_emails": true }), 4),
    ] {
        let asked = world.call("owner", ENABLE, body.clone()).await.is(200).id();
        world.work().await;
        let done = job(&world, "owner", &asked).await;
        assert_eq!(
            (&done["status"], &done["data"]["success_count"]),
            (&json!("success"), &json!(changed)),
            "{body}"
        );
    }
    for body in [
        json!({}),
        json!({ "emails": [] }),
        json!({ "include_all_emails": false }),
        json!({ "include_all_emails": true, "filter": { "tag_id": "x" } }),
    ] {
        world.call("owner", ENABLE, body).await.is(400);
    }
    world.call("sdr", ENABLE, json!({ "include_all_emails": true })).await.is(403);
}

async fn jobs_are_listed(world: World) {
    connect(&world, 1).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id());
        world.wait(1000);
    }
    let list = async |query: &str| -> Vec<String> {
        let items = world.get("owner", &format!("/api/v2/background-jobs?{query}")).await.is(200).items();
        items.iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
    };
    let newest: Vec<String> = ids.iter().rev().cloned().collect();
    assert_eq!(list("").await, newest);
    assert_eq!(list("sort_order=asc").await, ids);
    assert_eq!(list(&format!("ids={},{}", ids[0], ids[3])).await, [ids[3].clone(), ids[0].clone()]);
    assert_eq!(list(&format!("excluded_ids={}&limit=1", ids[4])).await, [ids[3].clone()]);
    assert_eq!(list("status=success,failed").await.len(), 0);
    assert_eq!(list("type=move-leads").await.len(), 0);
    assert_eq!(list("entity_type=workspace&status=pending").await.len(), 5);
    assert_eq!(list(&format!("entity_id={}", world.home)).await.len(), 5);
    assert_eq!(list(&format!("entity_id={}", world.away)).await.len(), 0);
    for sort in ["created_at", "updated_at"] {
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world
                .get("owner", &format!("/api/v2/background-jobs?limit=2&sort_column={sort}&{cursor}"))
                .await
                .is(200)
                .json();
            walked.extend(
                page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next_starting_after"].as_str() else { break };
            cursor = format!("starting_after={}", next.replace('&', "%26"));
        }
        assert_eq!(walked, newest, "{sort}");
    }
    world.get("owner", "/api/v2/background-jobs?starting_after=zz").await.is(400);
    world.get("client", "/api/v2/background-jobs").await.is(403);
}

/// A job of an unknown kind, for example of a later version, waits. The other jobs run.
async fn an_unknown_job_does_not_block_others(world: World) {
    connect(&world, 1).await;
    let first = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    let unknown = sql("update jobs set kind = 'from-the-future' where workspace_id = $1");
    world.run(unknown.bind(world.home)).await;
    world.wait(1000);
    let second = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    let third = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    let unreadable = sql("update jobs set asker = $3 where workspace_id = $1 and id = $2");
    world.run(unreadable.bind(world.home).bind(&second).bind(json!({ "odd": true }))).await;
    world.work().await;
    let status = async |id: &str| -> Option<String> {
        sql("select status from jobs where workspace_id = $1 and id = $2")
            .bind(world.home)
            .bind(id)
            .optional(&world.reader)
            .await
            .unwrap()
    };
    assert_eq!(status(&first).await.unwrap(), "pending");
    assert_eq!(status(&second).await.unwrap(), "failed");
    assert_eq!(status(&third).await.unwrap(), "success");
}

fn panics(_: App, _: Claim) -> jobs::Step {
    Box::pin(async { panic!("a step that panics") })
}

async fn a_step_that_takes_its_runner_down_is_given_up(world: World) {
    connect(&world, 1).await;
    let asked = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    for _ in 0..20 {
        let app = world.app.clone();
        let _panicked = tokio::spawn(async move { jobs::drain(&app, panics).await }).await;
        world.wait(LEASE);
    }
    let failed = job(&world, "owner", &asked).await;
    assert_eq!((&failed["status"], &failed["error"]), (&json!("failed"), &json!("it was tried too often")));
    assert_eq!(warm(&world).await, 0);
}

async fn old_jobs_go(world: World) {
    connect(&world, 1).await;
    let done = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    world.work().await;
    world.wait(31 * 24 * 60 * 60 * 1000);
    let open = world.call("owner", ENABLE, json!({ "include_all_emails": true })).await.is(200).id();
    assert_eq!(jobs::prune(&world.app).await.unwrap(), 1);
    world.get("owner", &format!("/api/v2/background-jobs/{done}")).await.is(404);
    job(&world, "owner", &open).await;
}
