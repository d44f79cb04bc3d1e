//! The guarantees of `can.write`.

use crate::support::scene::campaign;
use crate::support::{World, on_both};
use gatepost::db::{Tx, sql};
use gatepost::error::{Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

on_both! { creates_share_a_commit no_update_is_lost an_abandoned_write_leaves_nothing many_write_one_record }

/// Keeps the SQLite writer at work until the sender is used, so that the jobs behind it form one group.
async fn hold(world: &World) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel();
    let (held, writer, started) = (Mutex::new(held), world.writer.clone(), Arc::new(AtomicBool::new(false)));
    let start = started.clone();
    if writer.commits().is_some() {
        tokio::spawn(async move {
            let body = async move |_: &mut Tx| {
                start.store(true, Ordering::SeqCst);
                Ok(held.lock().unwrap().recv().is_ok())
            };
            writer.write(body).await
        });
        until(|| started.load(Ordering::SeqCst)).await;
    }
    release
}

async fn until(done: impl Fn() -> bool) {
    while !done() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn waiting(world: &World, jobs: usize) {
    until(|| world.writer.commits().is_none() || world.writer.waiting() >= jobs).await;
}

async fn creates_share_a_commit(world: World) {
    world.app.behind.flush().await;
    let (before, world) = (world.writer.commits(), Arc::new(world));
    let release = hold(&world).await;
    let calls: Vec<_> = (0..65)
        .map(|n| {
            let world = world.clone();
            let mut body = campaign(&format!("no. {n}"));
            if n == 30 {
                body["collaborators"] = serde_json::json!([crate::support::MISSING]);
            }
            tokio::spawn(async move { world.call("editor", "POST /api/v2/campaigns", body).await.status })
        })
        .collect();
    waiting(&world, 65).await;
    let _done = release.send(());
    for (n, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), if n == 30 { 400 } else { 200 }, "no. {n}");
    }
    assert_eq!(world.get("owner", "/api/v2/campaigns?limit=100").await.items().len(), 64);
    if let (Some(before), Some(after)) = (before, world.writer.commits()) {
        // A group ends after 20 ms, and a slow machine makes only a few changes in that time.
        assert!(after - before <= 20, "64 creates and the bad one share COMMITs: {}", after - before);
    }
}

async fn no_update_is_lost(world: World) {
    let id = world.create("owner", "counted", "team").await.parse::<uuid::Uuid>().unwrap();
    let count = async move |tx: &mut Tx| {
        let read = sql("select status from campaigns where id = $1").bind(id);
        let status: i64 = read.optional(&mut *tx).await?.ok_or(Error::NotFound)?;
        sql("update campaigns set status = $2 where id = $1").bind(id).bind(status + 1).run(tx).await
    };
    let writes: Vec<_> = (0..8)
        .map(|_| {
            let writer = world.writer.clone();
            tokio::spawn(async move { writer.write(count).await })
        })
        .collect();
    for write in writes {
        assert_eq!(write.await.unwrap().unwrap(), 1);
    }
    let status: Option<i64> =
        sql("select status from campaigns where id = $1").bind(id).optional(&world.reader).await.unwrap();
    assert_eq!(status, Some(8));
}

/// Contended writes wait for each other and do not fail.
async fn many_write_one_record(world: World) {
    let path = format!("PATCH /api/v2/campaigns/{}", world.create("owner", "wanted", "team").await);
    let world = Arc::new(world);
    let calls: Vec<_> = (0..64)
        .map(|n| {
            let (world, path) = (world.clone(), path.clone());
            let body = serde_json::json!({ "daily_limit": n });
            tokio::spawn(async move { world.call("owner", &path, body).await.status })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    let changes = world.log().await.into_iter().filter(|row| row["action"] == "campaigns:update").count();
    assert_eq!(changes, 64);
}

async fn an_abandoned_write_leaves_nothing(world: World) {
    let (id, writer) = (world.app.new_id(), world.writer.clone());
    let slow = tokio::spawn(async move {
        let body = async move |tx: &mut Tx| {
            sql("update workspaces set name = 'half'").run(tx).await?;
            let _ = id;
            std::future::pending::<Result<()>>().await
        };
        writer.write(body).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    slow.abort();
    let _aborted_or_refused = slow.await;
    for n in 0..20 {
        world.create("owner", &format!("the door still opens, {n}"), "team").await; // on every pooled connection
    }
    let halves = sql("select id from workspaces where name = 'half'").all::<uuid::Uuid>(&world.reader);
    assert!(halves.await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failed_commit_fails_the_group() {
    let world = World::sqlite().await;
    let release = hold(&world).await;
    let writer = world.writer.clone();
    let good = tokio::spawn(async move {
        writer.write(async |tx: &mut Tx| sql("update workspaces set name = 'good'").run(tx).await).await
    });
    let (id, writer) = (world.app.new_id(), world.writer.clone());
    let dangling = tokio::spawn(async move {
        let body = async move |tx: &mut Tx| {
            sql("pragma defer_foreign_keys = on").run(tx).await?;
            let insert = sql(
                "insert into campaign_collaborators (workspace_id, campaign_id, member_id) values ($1, $1, $1)",
            );
            insert.bind(id).run(tx).await
        };
        writer.write(body).await
    });
    waiting(&world, 2).await;
    release.send(()).unwrap();
    assert!(matches!(good.await.unwrap(), Err(Error::Internal(_))), "told, not left believing");
    assert!(dangling.await.unwrap().is_err());
    world.create("owner", "next group", "team").await;
}

#[tokio::test]
async fn a_panicking_body_is_a_failed_job() {
    let world = World::sqlite().await;
    let lost = world.writer.write(async |_| -> Result<()> { panic!("on purpose") }).await;
    assert!(matches!(lost, Err(Error::Internal(_))));
    world.create("owner", "still here", "team").await;
}
