//! Nothing is sent twice, whatever dies, and nothing leaves after the answer to a change that forbids it. The log of the
//! mail server is the judge.

use crate::support::post::{Hooked, PACE, Post, campaign, launch, lead, live};
use crate::support::{World, on_both};
use gatepost::app::App;
use gatepost::db::sql;
use gatepost::resources::campaign_mails;
use gatepost::time::Time;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

on_both! {
    killed_at_every_point_no_step_leaves_twice two_processes_send_none_twice
    what_is_forbidden_before_arming_does_not_leave a_frozen_process_sends_nothing
    a_lost_account_is_not_armed the_loser_of_a_lead_takes_another_at_once
}

const ACCOUNT: &str = "jo@acme.example";
const LEASE: i64 = 61_000;

async fn killed_at_every_point_no_step_leaves_twice(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({ "daily_limit": 1000 })).await;
    let (mut deaths, mut unconfirmed, mut point) = (0, 0, 0);
    loop {
        let email = format!("ok.{point}@c{point}.example");
        let id = launch(&world, "owner", campaign(&[ACCOUNT], 1, json!({})), &[&email]).await;
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = campaign_mails::drain(&world.app, PACE).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        deaths += usize::from(died);
        let before = post.to(&email).len();
        live(&world, 30_000).await;
        assert!(
            !died || post.to(&email).len() == before,
            "dead at {point}: while the lease holds, nobody else"
        );
        world.wait(LEASE);
        live(&world, Time::HOUR).await;
        let left = post.to(&email).len();
        let results: Vec<String> =
            sql("select r.kind from results r join sends s on s.workspace_id = r.workspace_id \
             and s.id = r.send_id where uuid_text(s.campaign_id) = $1 order by r.number")
            .bind(&id)
            .all(&world.reader)
            .await
            .unwrap();
        match (left, results.as_slice()) {
            (1, [kind]) if kind == "accepted" => {}
            // It died after arming, so nobody can know whether the mail has left.
            (0 | 1, [kind]) if kind == "unconfirmed" && died => unconfirmed += 1,
            (left, results) => panic!("dead at {point}: {left} times, {results:?}"),
        }
        assert_eq!(lead(&world, &id, &email).await["status"], 3, "dead at {point}");
        if !died {
            break;
        }
        point += 1;
    }
    assert!(deaths >= 9, "{deaths}");
    assert!(unconfirmed >= 2, "between arming and dot, and between dot and result: {unconfirmed}");
    let open = sql("select count(*) from runs where armed is not null");
    assert_eq!(open.optional::<i64>(&world.reader).await.unwrap(), Some(0));
    assert!(post.counted().values().all(|count| *count == 1), "{:?}", post.counted());
}

async fn two_processes_send_none_twice(mut world: World) {
    let post = Post::start(&mut world).await;
    let accounts: Vec<String> = (0..4).map(|n| format!("a{n}@acme.example")).collect();
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    for email in &accounts {
        post.account(&world, email, json!({})).await;
    }
    let leads: Vec<String> = (0..24).map(|n| format!("ok.{n}@c{n}.example")).collect();
    let leads: Vec<&str> = leads.iter().map(String::as_str).collect();
    let more = json!({ "email_gap": 1, "random_wait_max": 0, "daily_limit": 20 });
    launch(&world, "owner", campaign(&accounts, 1, more), &leads).await;
    let (second, _) = post.second(&world).await;
    for _ in 0..12 {
        let drained =
            tokio::join!(campaign_mails::drain(&world.app, PACE), campaign_mails::drain(&second, PACE));
        drained.0.unwrap();
        drained.1.unwrap();
        world.wait(2 * Time::MINUTE);
    }
    let mails = post.internet.mails();
    assert_eq!(mails.len(), 20, "the limit of the campaign's day holds over both");
    assert!(post.counted().values().all(|count| *count == 1), "{:?}", post.counted());
    let counted = sql("select sent_today, new_today from campaign_runs");
    assert_eq!(counted.optional::<(i64, i64)>(&world.reader).await.unwrap(), Some((20, 20)));
}

/// A process that has handed the whole mail over, and waits before it asks whether the mail can leave.
async fn at_the_gate(world: &World, second: &App, hooked: &Arc<Hooked>, cause: impl AsyncFnOnce()) {
    let (reached, tells) = hooked.stop_at("before arming");
    let app = second.clone();
    let sending = tokio::spawn(async move { campaign_mails::drain(&app, PACE).await });
    tokio::task::block_in_place(|| reached.recv()).unwrap();
    // The clock of the tests stands still, and a change has a later time than what it changes.
    world.wait(1);
    cause().await;
    tells.send(()).unwrap();
    sending.await.unwrap().unwrap();
}

const CAUSES: [&str; 11] = [
    "pause",
    "edit",
    "suppress",
    "account paused",
    "account deleted",
    "owner demoted",
    "key revoked",
    "lead deleted",
    "lead changed",
    "campaign deleted",
    "unassigned",
];

/// What a cause is about: the campaign, its account, the address of its lead, and the lead.
struct About<'a> {
    campaign: &'a str,
    account: &'a str,
    email: &'a str,
    lead: &'a str,
}

async fn happen(world: &World, cause: &str, about: &About<'_>) {
    let About { campaign: id, account, email, lead } = about;
    let member = world.who("editor").member.unwrap();
    let (line, body) = match cause {
        "pause" => (format!("POST /api/v2/campaigns/{id}/pause"), Value::Null),
        "edit" => {
            let mut sequences = campaign(&[], 1, json!({}))["sequences"].clone();
            sequences[0]["steps"][0]["variants"][0]["body"] = json!("<p>the new text</p>");
            (format!("PATCH /api/v2/campaigns/{id}"), json!({ "sequences": sequences }))
        }
        "suppress" => ("POST /api/v2/block-lists-entries".to_owned(), json!({ "bl_value": email })),
        "account paused" => (format!("POST /api/v2/accounts/{account}/pause"), Value::Null),
        "account deleted" => (format!("DELETE /api/v2/accounts/{account}"), Value::Null),
        "owner demoted" => (format!("PATCH /api/v2/workspace-members/{member}"), json!({ "role": "view" })),
        "unassigned" => (format!("PATCH /api/v2/accounts/{account}"), json!({ "assigned_to": null })),
        "key revoked" => (format!("DELETE /api/v2/api-keys/{}", world.who("robot").key_id), Value::Null),
        "lead deleted" => (format!("DELETE /api/v2/leads/{lead}"), Value::Null),
        "lead changed" => (format!("PATCH /api/v2/leads/{lead}"), json!({ "first_name": "Bo" })),
        "campaign deleted" => (format!("DELETE /api/v2/campaigns/{id}"), Value::Null),
        other => panic!("{other}"),
    };
    world.call("owner", &line, body).await.is(200);
}

/// The server asks again after the mail server has the whole mail. A mail that was written before a change of the campaign
/// is written again.
async fn what_is_forbidden_before_arming_does_not_leave(mut world: World) {
    let post = Post::start(&mut world).await;
    let (second, hooked) = post.second(&world).await;
    for (cause, number) in CAUSES.into_iter().zip(0_usize..) {
        let who = match cause {
            "owner demoted" | "unassigned" => "editor",
            "key revoked" => "robot",
            _ => "owner",
        };
        let (account, email) =
            (format!("jo.{number}@acme.example"), format!("ok.{number}@c{number}.example"));
        let assigned = if who == "editor" { world.who("editor").member } else { None };
        post.account(&world, &account, json!({ "assigned_to": assigned })).await;
        let id = launch(&world, who, campaign(&[&account], 1, json!({})), &[&email]).await;
        let of = lead(&world, &id, &email).await["id"].as_str().unwrap().to_owned();
        let about = About { campaign: &id, account: &account, email: &email, lead: &of };
        at_the_gate(&world, &second, &hooked, async || happen(&world, cause, &about).await).await;
        let dotless = post.internet.dotless(number + 1).await;
        assert_eq!(dotless.len(), number + 1, "{cause}: the server had the whole mail");
        let is_old = |text: &str| cause != "edit" || !text.contains("the new text");
        assert!(!post.to(&email).iter().any(|mail| is_old(&mail.text)), "{cause}");
        if cause == "owner demoted" {
            let line = format!("PATCH /api/v2/workspace-members/{}", world.who("editor").member.unwrap());
            world.call("owner", &line, json!({ "role": "editor" })).await.is(200);
        }
        if cause != "campaign deleted" {
            world.call("owner", &format!("POST /api/v2/campaigns/{id}/pause"), Value::Null).await.is(200);
        }
        live(&world, Time::HOUR).await;
        let expected = usize::from(cause == "edit");
        assert_eq!(post.to(&email).len(), expected, "{cause}: not later either");
        let armed = sql("select count(*) from sends s where uuid_text(s.lead_id) = $1").bind(&of);
        assert_eq!(armed.optional::<i64>(&world.reader).await.unwrap(), Some(expected as i64), "{cause}");
    }
}

/// A process that stands still between arming and the dot sends no dot, and the step leaves later.
async fn a_frozen_process_sends_nothing(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let (second, hooked) = post.second(&world).await;
    let id = launch(&world, "owner", campaign(&[ACCOUNT], 1, json!({})), &["ok@a.example"]).await;
    let (reached, tells) = hooked.stop_at("after arming");
    let app = second.clone();
    let sending = tokio::spawn(async move { campaign_mails::drain(&app, PACE).await });
    tokio::task::block_in_place(|| reached.recv()).unwrap();
    world.wait(31_000);
    assert_eq!(post.internet.mails(), []);
    tells.send(()).unwrap();
    sending.await.unwrap().unwrap();
    assert_eq!(post.internet.dotless(1).await.len(), 1);
    live(&world, Time::HOUR).await;
    assert_eq!(post.to("ok@a.example").len(), 1);
    let kinds: Vec<String> =
        sql("select r.kind from results r join sends s on s.workspace_id = r.workspace_id \
         and s.id = r.send_id order by s.attempt")
        .all(&world.reader)
        .await
        .unwrap();
    assert_eq!(kinds, ["aborted", "accepted"]);
    let counted = sql("select sent, contacted, new_leads_contacted from account_days");
    let counted = counted.optional::<(i64, (i64, i64))>(&world.reader).await.unwrap();
    assert_eq!(counted, Some((1, (1, 1))), "a mail that did not leave contacts nobody");
    assert_eq!(lead(&world, &id, "ok@a.example").await["status"], 3);
}

/// The lease of a process is over while it talks to the mail server, and another process has sent the mail.
async fn a_lost_account_is_not_armed(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let (second, hooked) = post.second(&world).await;
    launch(&world, "owner", campaign(&[ACCOUNT], 1, json!({})), &["ok@a.example"]).await;
    at_the_gate(&world, &second, &hooked, async || {
        world.wait(LEASE);
        live(&world, Time::MINUTE).await;
        assert_eq!(post.to("ok@a.example").len(), 1, "the other process sends it");
    })
    .await;
    live(&world, Time::HOUR).await;
    assert_eq!(post.to("ok@a.example").len(), 1);
    assert_eq!(post.internet.dotless(1).await.len(), 1);
}

/// Two accounts of two processes have chosen the same new lead.
async fn the_loser_of_a_lead_takes_another_at_once(mut world: World) {
    let post = Post::start(&mut world).await;
    for email in [ACCOUNT, "al@acme.example"] {
        post.account(&world, email, json!({})).await;
    }
    let (second, hooked) = post.second(&world).await;
    let leads = ["ok.1@a.example", "ok.2@b.example"];
    launch(&world, "owner", campaign(&[ACCOUNT, "al@acme.example"], 1, json!({})), &leads).await;
    at_the_gate(&world, &second, &hooked, async || {
        live(&world, 1).await;
        assert_eq!(post.internet.mails().len(), 1, "the other account has the lead");
    })
    .await;
    assert_eq!(leads.map(|email| post.to(email).len()), [1, 1], "without another look");
    assert_eq!(post.internet.dotless(1).await.len(), 1);
    let waits = sql("select count(*) from leads where not_before is not null");
    assert_eq!(waits.optional::<i64>(&world.reader).await.unwrap(), Some(0), "nobody is put off");
}
