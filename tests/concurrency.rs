//! Revocation takes effect at once. Sixteen clients call while keys are revoked, roles lowered, custom roles
//! narrowed and members removed, on two servers with one database. No call that starts after a change is acknowledged succeeds.

use crate::support::scene::{self, Key};
use crate::support::{World, exchange, on_both};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

on_both! { nothing_succeeds_after_an_acknowledged_change }

const CLIENTS: usize = 16;
/// Together with the real processes (`process.rs`) this makes a hundred thousand calls.
const CALLS: usize = 45_000;
const VICTIMS: usize = 120;

struct Victim {
    key: String,
    /// The change that removes the right.
    change: (String, Value),
    /// The call that needs the right.
    attempts: Vec<(String, u16)>,
    acknowledged: AtomicBool,
    /// The number of calls that began before the change, and after it.
    before: AtomicUsize,
    after: AtomicUsize,
}

async fn victims(world: &mut World) -> Vec<Arc<Victim>> {
    let campaign = world.create("owner", "contended", "team").await;
    let (home, mut all) = (world.home, Vec::new());
    for n in 0..VICTIMS {
        let name = format!("v{n}");
        let (member, user) = scene::join(world, home, &name, "editor", None).await;
        let (list, pause) =
            ("GET /api/v2/campaigns".to_owned(), format!("POST /api/v2/campaigns/{campaign}/pause"));
        let at = format!("/api/v2/workspace-members/{member}");
        let (change, attempts) = match n % 4 {
            0 => {
                let id = scene::key(world, Key::personal(home, &name, (member, user))).await;
                ((format!("DELETE /api/v2/api-keys/{id}"), Value::Null), vec![(list, 401), (pause, 401)])
            }
            1 => ((format!("PATCH {at}"), json!({ "role": "view" })), vec![(pause, 403)]),
            2 => {
                let body = json!({ "name": format!("role-{n}"), "base": "editor", "without": [] });
                let role = world.call("owner", "POST /api/v2/roles", body).await.is(200).id();
                world.call("owner", &format!("PATCH {at}"), json!({ "custom_role": role })).await.is(200);
                let without = json!({ "without": ["campaigns:pause"] });
                ((format!("PATCH /api/v2/roles/{role}"), without), vec![(pause, 403)])
            }
            _ => {
                ((format!("DELETE {at}"), Value::Null), vec![(list.clone(), 401), (list, 401), (pause, 401)])
            }
        };
        let (acknowledged, before, after) =
            (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
        let key = world.who(&name).key.clone();
        all.push(Arc::new(Victim { key, change, attempts, acknowledged, before, after }));
    }
    all
}

async fn nothing_succeeds_after_an_acknowledged_change(mut world: World) {
    let victims = victims(&mut world).await;
    let servers = [world.router.clone(), world.twin().await];
    let owner = world.who("owner").key.clone();
    // The victims of this round, and a few of earlier rounds.
    let stage = Arc::new(Mutex::new(Vec::<Arc<Victim>>::new()));
    let done = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (stage, done, servers) = (stage.clone(), done.clone(), servers.clone());
            tokio::spawn(async move {
                let mut step = client;
                while done.fetch_add(1, Ordering::SeqCst) < CALLS {
                    step = step.wrapping_mul(31).wrapping_add(17);
                    let victim = {
                        let stage = stage.lock().unwrap();
                        stage.get(step % stage.len().max(1)).cloned()
                    };
                    match victim {
                        Some(victim) => attempt(&servers[step / 7 % 2], &victim, step / 3).await,
                        None => tokio::task::yield_now().await,
                    }
                }
            })
        })
        .collect();
    for (n, victim) in victims.iter().enumerate() {
        stage.lock().unwrap().push(victim.clone());
        let turn = (n + 1) * CALLS / (VICTIMS + 5);
        while done.load(Ordering::SeqCst) < turn && !clients.iter().all(|client| client.is_finished()) {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let (line, body) = &victim.change;
        let body = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
        let (answer, _) = exchange(&servers[n % 2], Some(&owner), line, &[], body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        victim.acknowledged.store(true, Ordering::SeqCst);
        let mut stage = stage.lock().unwrap();
        let extra = stage.len().saturating_sub(6);
        stage.drain(..extra);
    }
    for client in clients {
        client.await.unwrap();
    }
    let sum = |count: fn(&Victim) -> &AtomicUsize| {
        victims.iter().map(|v| count(v).load(Ordering::SeqCst)).sum::<usize>()
    };
    let (before, after) = (sum(|victim| &victim.before), sum(|victim| &victim.after));
    assert!(before > CALLS / 20 && after > CALLS / 20, "{before} before, {after} after");
}

async fn attempt(server: &axum::Router, victim: &Victim, step: usize) {
    let (line, refused) = &victim.attempts[step % victim.attempts.len()];
    let mut again = 3;
    let (late, answer) = loop {
        let late = victim.acknowledged.load(Ordering::SeqCst);
        let (answer, _) = exchange(server, Some(&victim.key), line, &[], vec![]).await;
        // The row was locked for too long, so nothing was done. A caller tries again a few times.
        if answer.status != 503 || again == 0 {
            break (late, answer);
        }
        again -= 1;
    };
    let status = answer.status.as_u16();
    assert!(status == 200 || status == *refused, "{line} {}", answer.text());
    assert!(!late || status == *refused, "{line} succeeded after the change: {}", answer.text());
    let count = if late { &victim.after } else { &victim.before };
    count.fetch_add(1, Ordering::SeqCst);
}
