//! One workspace cannot starve another: full lanes, statements that take too long, and long deletions in steps.

use crate::support::leads::{found, list};
use crate::support::{Answer, World, exchange, on_both};
use gatepost::db::{Lane, Tx, sql};
use gatepost::error::Result;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use uuid::Uuid;

on_both! {
    too_many_reads_delay_no_other_workspace too_many_writes_delay_no_other_workspace a_slow_read_is_stopped
    the_servers_own_reads_have_no_end many_leads_go_in_steps a_list_and_a_campaign_go_in_steps
    a_tag_and_an_account_go_in_steps a_right_taken_midway_ends_it deletions_end_at_the_wanted_number
    a_caller_who_goes_away_leaves_a_true_record
}

/// More records than one step removes.
const STEP: usize = 2_000;
const MORE: usize = 100;
const CROWDED: &str = "too many requests of this workspace are waiting; send fewer at once, and try again";

/// Makes every read of the lead lists take longer than the limit for reads.
async fn slow_lists(world: &World) {
    world.run(sql("alter table lead_lists rename to lists_kept")).await;
    world
        .run(sql("create view lead_lists as with recursive n(i) as (select 1 union all select i + 1 from n \
             where i < 2000000000) select k.* from lists_kept k, (select count(*) as number from n) x \
             where x.number > 0"))
        .await;
}

/// Without the checks of `World::send`, which does not expect the answers of a busy server.
fn asked(world: &World, who: &str, line: &str, body: Value) -> JoinHandle<Answer> {
    let (router, key, line) = (world.router.clone(), world.who(who).key.clone(), line.to_owned());
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    tokio::spawn(async move { exchange(&router, Some(&key), &line, &[], body).await.0 })
}

async fn until(done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never happens");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn too_many_reads_delay_no_other_workspace(world: World) {
    list(&world, "owner").await;
    slow_lists(&world).await;
    let mut slow = Vec::new();
    while world.reader.waiting() < 128 {
        assert!(slow.len() < 2_000, "the lane has an end");
        slow.push(asked(&world, "owner", "GET /api/v2/lead-lists", Value::Null));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let refused = asked(&world, "admin", "GET /api/v2/campaigns", Value::Null).await.unwrap().is(503);
    assert_eq!(
        (refused.message().as_str(), &refused.headers["retry-after"]),
        (CROWDED, &"1".parse().unwrap())
    );
    let began = Instant::now();
    world.get("stranger", "/api/v2/campaigns").await.is(200);
    world.get("stranger's session", "/api/v2/me").await.is(200);
    world.call("stranger", "POST /api/v2/campaigns", crate::support::scene::campaign("c")).await.is(200);
    assert!(began.elapsed() < Duration::from_secs(4), "behind the slow ones: {:?}", began.elapsed());
    slow.iter().for_each(JoinHandle::abort);
}

/// A write that is held takes the whole share of its workspace. Further writes wait until the lane is full.
async fn too_many_writes_delay_no_other_workspace(world: World) {
    let (released, sqlite) = (Arc::new(AtomicBool::new(false)), world.writer.commits().is_some());
    let hold = || {
        let (writer, released, lane) = (world.writer.clone(), released.clone(), Lane::Workspace(world.home));
        let body = async move |_: &mut Tx| {
            while !released.load(Ordering::SeqCst) {
                match sqlite {
                    true => std::thread::sleep(Duration::from_millis(5)),
                    false => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
            Ok(())
        };
        tokio::spawn(async move { writer.write_for(lane, body).await })
    };
    let mut held = Vec::new();
    while world.writer.waiting() < 256 {
        assert!(held.len() < 2_000, "the lane has an end");
        held.push(hold());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let campaign = crate::support::scene::campaign("c");
    let refused = asked(&world, "owner", "POST /api/v2/campaigns", campaign.clone()).await.unwrap();
    assert_eq!(refused.is(503).message(), CROWDED);
    let neighbour = asked(&world, "stranger", "POST /api/v2/campaigns", campaign);
    if sqlite {
        until(|| world.writer.waiting() >= 257).await;
        released.store(true, Ordering::SeqCst);
    }
    neighbour.await.unwrap().is(200);
    released.store(true, Ordering::SeqCst);
    let outcomes = futures::future::join_all(held).await;
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Ok(Ok(())))));
    world.create("owner", "the lane is open again", "team").await;
}

async fn a_slow_read_is_stopped(world: World) {
    list(&world, "owner").await;
    slow_lists(&world).await;
    let began = Instant::now();
    let stopped = asked(&world, "owner", "GET /api/v2/lead-lists", Value::Null).await.unwrap().is(503);
    assert!(began.elapsed() >= Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(
        stopped.message(),
        "the request took too long and was stopped; narrow the search, or ask for fewer records"
    );
    // The same thread or connection can read again.
    for _ in 0..8 {
        world.get("owner", "/api/v2/campaigns").await.is(200);
    }
}

/// Reads of jobs, backups and the doctor are not stopped, even after five seconds.
async fn the_servers_own_reads_have_no_end(world: World) {
    let (mut rows, mut took) = (4_000_000_i64, Duration::ZERO);
    while took < Duration::from_millis(5_500) {
        rows *= 2;
        let count = sql("with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n \
                         where i < $1) select count(*) from n");
        let began = Instant::now();
        assert_eq!(count.bind(rows).optional::<i64>(&world.reader).await.unwrap(), Some(rows));
        took = began.elapsed();
    }
}

/// Leads in a campaign or a list.
async fn fill(world: &World, place: &str, id: &str, count: usize) {
    let leads: Vec<Value> = (0..count).map(|n| json!({ "email": format!("l{n}@lead.example") })).collect();
    for some in leads.chunks(1_000) {
        world.call("owner", "POST /api/v2/leads/add", json!({ place: id, "leads": some })).await.is(200);
    }
}

/// How many records each row of an action in the audit log counts, the oldest first.
async fn steps(world: &World, action: &str) -> Vec<i64> {
    let log = world.log().await;
    let rows = log.iter().rev().filter(|row| row["action"] == action);
    rows.map(|row| row["affected_count"].as_i64().unwrap_or(1)).collect()
}

async fn many_leads_go_in_steps(world: World) {
    let (id, other) = (list(&world, "owner").await, list(&world, "owner").await);
    fill(&world, "list_id", &id, 2 * STEP + MORE).await;
    fill(&world, "list_id", &other, 1).await;
    let deleted = world.call("owner", "DELETE /api/v2/leads", json!({ "list_id": id })).await.is(200).json();
    assert_eq!(deleted["count"], 2 * STEP + MORE);
    assert_eq!(steps(&world, "leads:delete").await, [2000, 2000, 100]);
    assert_eq!(found(&world, "owner", json!({})).await, ["l0"], "the other list's");
}

async fn deletions_end_at_the_wanted_number(world: World) {
    let id = list(&world, "owner").await;
    fill(&world, "list_id", &id, 2 * STEP + 1).await;
    let delete = async |body: Value| {
        world.call("owner", "DELETE /api/v2/leads", body).await.is(200).json()["count"].clone()
    };
    assert_eq!(delete(json!({ "list_id": id, "status": -1 })).await, 0);
    assert_eq!(delete(json!({ "list_id": id, "limit": STEP })).await, STEP);
    assert_eq!(delete(json!({ "list_id": id, "limit": STEP + 7 })).await, STEP + 1);
    assert_eq!(steps(&world, "leads:delete").await, [0, 2000, 2000, 1]);
}

async fn a_list_and_a_campaign_go_in_steps(world: World) {
    let (list, campaign) = (list(&world, "owner").await, world.create("owner", "c", "team").await);
    fill(&world, "list_id", &list, STEP + MORE).await;
    fill(&world, "campaign_id", &campaign, STEP).await;
    for (at, action, counted) in [
        (format!("/api/v2/lead-lists/{list}"), "lead_lists:delete", [2000, 101]),
        (format!("/api/v2/campaigns/{campaign}"), "campaigns:delete", [2000, 1]),
    ] {
        let removed = world.call("owner", &format!("DELETE {at}"), Value::Null).await.is(200);
        assert!(at.ends_with(&removed.id()));
        assert_eq!(steps(&world, action).await, counted, "{action}");
        world.get("owner", &at).await.is(404);
    }
    assert!(found(&world, "owner", json!({})).await.is_empty());
}

async fn a_tag_and_an_account_go_in_steps(world: World) {
    let (email, base) = ("sender@acme.example", world.create("owner", "c", "team").await);
    let account = world.connect("owner", email, None).await["id"].as_str().unwrap().parse().unwrap();
    let tag = world.call("owner", "POST /api/v2/custom-tags", json!({ "label": "many" })).await.is(200).id();
    used(&world, (base.parse().unwrap(), tag.parse().unwrap(), account)).await;
    for (at, action, counted) in [
        (format!("/api/v2/custom-tags/{tag}"), "custom_tags:delete", [2000, 1]),
        (format!("/api/v2/accounts/{email}"), "accounts:delete", [2000, 101]),
    ] {
        world.call("owner", &format!("DELETE {at}"), Value::Null).await.is(200);
        assert_eq!(steps(&world, action).await, counted, "{action}");
        world.get("owner", &at).await.is(404);
    }
}

/// Creates many campaigns like one, each with a tag and an account.
async fn used(world: &World, (base, tag, account): (Uuid, Uuid, Uuid)) {
    let ids: Vec<Uuid> = (0..2 * (STEP + MORE)).map(|_| world.app.new_id()).collect();
    let (home, now) = (world.home, world.app.now());
    let make = async move |tx: &mut Tx| -> Result<()> {
        for pair in ids.chunks(2) {
            sql("insert into campaigns (workspace_id, id, name, search, status, visibility, settings, \
                 timestamp_created, timestamp_updated) select c.workspace_id, $3, c.name, c.search, c.status, \
                 c.visibility, c.settings, $4, $4 from campaigns c where c.workspace_id = $1 and c.id = $2")
            .bind(home)
            .bind(base)
            .bind(pair[0])
            .bind(now)
            .run(&mut *tx)
            .await?;
            sql("insert into custom_tag_mappings (workspace_id, id, tag_id, resource_type, resource_id, \
                 timestamp_created) values ($1, $2, $3, 2, $4, $5)")
            .bind(home)
            .bind(pair[1])
            .bind(tag)
            .bind(pair[0])
            .bind(now)
            .run(&mut *tx)
            .await?;
            sql("insert into campaign_senders (workspace_id, campaign_id, account_id, position, \
                 timestamp_created) values ($1, $2, $3, 0, $4)")
            .bind(home)
            .bind(pair[0])
            .bind(account)
            .bind(now)
            .run(&mut *tx)
            .await?;
        }
        Ok(())
    };
    world.writer.write(make).await.unwrap();
}

/// The audit log counts exactly the records that are gone, whatever ends the deletion midway.
async fn a_caller_who_goes_away_leaves_a_true_record(world: World) {
    let (id, all) = (list(&world, "owner").await, (2 * STEP + MORE) as i64);
    fill(&world, "list_id", &id, all as usize).await;
    let deleting = asked(&world, "owner", "DELETE /api/v2/leads", json!({ "list_id": id }));
    while left(&world).await == all {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    deleting.abort();
    let mut gone = None;
    for _ in 0..200 {
        // A step that was under way can still finish.
        gone = Some((all - left(&world).await, steps(&world, "leads:delete").await.iter().sum::<i64>()));
        if gone.is_some_and(|(gone, counted)| gone == counted) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (gone, counted) = gone.unwrap();
    assert!(gone == counted && gone >= STEP as i64, "{gone} leads are gone, {counted} are counted");
}

/// The second step checks the right again, and finds that it was removed.
async fn a_right_taken_midway_ends_it(world: World) {
    let id = list(&world, "owner").await;
    fill(&world, "list_id", &id, STEP + MORE).await;
    let deleting = match world.writer.commits() {
        Some(_) => taken_midway_on_sqlite(&world, &id).await,
        None => taken_midway_on_postgres(&world, &id).await,
    };
    let refused = deleting.await.unwrap().is(403);
    assert!(refused.message().starts_with("role"), "{}", refused.message());
    assert_eq!(steps(&world, "leads:delete").await.first(), Some(&2000));
    assert_eq!(left(&world).await, MORE as i64, "what was recorded is gone, and no more");
}

async fn left(world: &World) -> i64 {
    let left = sql("select count(*) from leads where workspace_id = $1").bind(world.home);
    left.optional(&world.reader).await.unwrap().unwrap()
}

/// The writer is held until the first step waits, and behind it the change that removes the right.
async fn taken_midway_on_sqlite(world: &World, list: &str) -> JoinHandle<Answer> {
    let (started, released) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (start, release, writer) = (started.clone(), released.clone(), world.writer.clone());
    let hold = async move |_: &mut Tx| -> Result<()> {
        start.store(true, Ordering::SeqCst);
        while !release.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    };
    tokio::spawn(async move { writer.write(hold).await });
    until(|| started.load(Ordering::SeqCst)).await;
    let deleting = asked(world, "editor", "DELETE /api/v2/leads", json!({ "list_id": list }));
    until(|| world.writer.waiting() >= 1).await;
    let (writer, member) = (world.writer.clone(), world.who("editor").member.unwrap());
    let take = async move |tx: &mut Tx| {
        sql("update members set role = 'view' where id = $1").bind(member).run(tx).await
    };
    let taking = tokio::spawn(async move { writer.write(take).await });
    until(|| world.writer.waiting() >= 2).await;
    released.store(true, Ordering::SeqCst);
    assert_eq!(taking.await.unwrap().unwrap(), 1);
    deleting
}

/// The second step waits for a row that the change of rights has locked, and then runs again.
async fn taken_midway_on_postgres(world: &World, list: &str) -> JoinHandle<Answer> {
    let (client, connection) = tokio_postgres::connect(&world.url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let (member, home) = (world.who("editor").member.unwrap(), world.home);
    let hold = format!(
        "begin; update members set role = 'view' where id = '{member}'; update leads set status = status where id = \
         (select id from leads where workspace_id = '{home}' order by id desc limit 1)"
    );
    client.batch_execute(&hold).await.unwrap();
    let deleting = asked(world, "editor", "DELETE /api/v2/leads", json!({ "list_id": list }));
    while left(world).await != MORE as i64 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.batch_execute("commit").await.unwrap();
    deleting
}
