//! Credits: shared down a group, never overdrawn, and every movement in a ledger that adds up.

use crate::support::{MISSING, World, exchange, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! {
    the_last_credit_is_spent_once an_admin_workspace_pays caps_hold_for_a_month ledgers_add_up who_spends_and_who_sees
    a_plan_is_shown
}

const SPEND: &str = "POST /api/v2/credits/spend";
const AT: &str = "/api/v2/credits";

async fn grant(world: &World, workspace: Uuid, kind: &str, amount: i64) {
    let balance =
        sql("insert into credit_balances (workspace_id, kind, granted, balance) values ($1, $2, $3, $3) \
         on conflict (workspace_id, kind) do update set granted = credit_balances.granted + $3, \
         balance = credit_balances.balance + $3");
    world.run(balance.bind(workspace).bind(kind).bind(amount)).await;
    let entry =
        sql("insert into credit_entries (workspace_id, id, kind, amount, balance, timestamp_created) \
         values ($1, $2, $3, $4, 0, $5)");
    let entry = entry.bind(workspace).bind(world.app.new_id()).bind(kind).bind(amount);
    world.run(entry.bind(world.app.now())).await;
}

fn some(kind: &str, amount: i64) -> Value {
    json!({ "kind": kind, "amount": amount, "memo": "enrichment" })
}

async fn balance(world: &World, workspace: Uuid, kind: &str) -> i64 {
    let balance = sql("select balance from credit_balances where workspace_id = $1 and kind = $2");
    balance.bind(workspace).bind(kind).optional(&world.reader).await.unwrap().unwrap()
}

async fn sum(world: &World, workspace: Uuid, kind: &str) -> i64 {
    let sum = sql(
        "select coalesce(cast(sum(amount) as bigint), 0) from credit_entries where workspace_id = $1 and kind = $2",
    );
    sum.bind(workspace).bind(kind).optional(&world.reader).await.unwrap().unwrap()
}

/// A hundred at once, from two workspaces, on two servers.
async fn the_last_credit_is_spent_once(mut world: World) {
    world.sub_of("owner", "ann").await;
    grant(&world, world.home, "hyper", 1).await;
    let servers = [world.router.clone(), world.twin().await];
    let keys = [world.who("owner").key.clone(), world.who("ann").key.clone()];
    let mut tasks = Vec::new();
    for n in 0..100 {
        let (router, key) = (servers[n % 2].clone(), keys[n / 2 % 2].clone());
        tasks.push(tokio::spawn(async move {
            let body = some("hyper", 1).to_string().into_bytes();
            exchange(&router, Some(&key), SPEND, &[], body).await.0.status.as_u16()
        }));
    }
    let mut answers = BTreeMap::new();
    for task in tasks {
        *answers.entry(task.await.unwrap()).or_insert(0) += 1;
    }
    assert_eq!(answers.get(&200), Some(&1), "{answers:?}");
    assert!(answers.keys().all(|status| [200, 402, 503].contains(status)), "{answers:?}");
    assert_eq!((balance(&world, world.home, "hyper").await, sum(&world, world.home, "hyper").await), (0, 0));
    let spent =
        sql("select coalesce(cast(sum(spent) as bigint), 0) from credit_months where workspace_id = $1");
    let spent: i64 = spent.bind(world.home).optional(&world.reader).await.unwrap().unwrap();
    let by_sub = sql("select count(*) from credit_entries where workspace_id = $1 and spent_in <> $1");
    assert_eq!(spent, by_sub.bind(world.home).optional::<i64>(&world.reader).await.unwrap().unwrap());
}

async fn an_admin_workspace_pays(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    // Until some are granted, nothing is counted.
    let free = world.call("ann", SPEND, some("hyper", 1000)).await.is(200).json();
    assert_eq!((&free["amount"], &free["balance"]), (&json!(-1000), &Value::Null));
    grant(&world, world.home, "hyper", 100).await;
    grant(&world, sub, "hyper", 7).await;
    let seen = world.get("ann", AT).await.is(200).json();
    assert_eq!(
        (&seen["payer_workspace_id"], &seen["payer_workspace_name"]),
        (&json!(world.home), &json!("home"))
    );
    assert_eq!(seen["items"][0]["available"], json!(100));
    assert_eq!(
        seen["items"][1],
        json!({ "kind": "inbox_placement", "available": null, "cap": null, "spent_this_month": 0 })
    );
    world.call("ann", SPEND, some("hyper", 60)).await.is(200);
    world.call_as("robot", sub, SPEND, some("hyper", 10)).await.is(200);
    let short = world.call("ann", SPEND, some("hyper", 31)).await.is(402).message();
    assert_eq!(short, "not enough credits of the kind `hyper`: 30 left");
    assert_eq!(balance(&world, world.home, "hyper").await, 30, "and nothing is half-written");
    for who in ["ann", "owner"] {
        let log = world.get(who, "/api/v2/audit-logs?limit=100").await.items();
        let rows = log.iter().filter(|row| row["action"] == "credits:spend").count();
        assert_eq!(rows, 3, "{who}");
    }
    // Out of the group, it pays by itself.
    world.call("ann", &format!("DELETE /api/v2/workspace-group-members/{link}"), Value::Null).await.is(200);
    assert_eq!(world.get("ann", AT).await.json()["items"][0]["available"], json!(7));
    world.call("ann", SPEND, some("hyper", 8)).await.is(402);
    world.call("ann", SPEND, some("hyper", 7)).await.is(200);
    assert_eq!(balance(&world, world.home, "hyper").await, 30);
}

async fn caps_hold_for_a_month(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    let (other, _) = world.sub_of("owner", "bob").await;
    grant(&world, world.home, "hyper", 1000).await;
    let line = format!("PATCH {AT}/caps");
    let cap = |sub: Value, hyper: Value| json!({ "sub_workspace_id": sub, "hyper": hyper });
    let set = world.call("owner", &line, cap(json!(sub), json!(50))).await.is(200).json();
    assert_eq!((&set["hyper"], &set["inbox_placement"]), (&json!(50), &Value::Null));
    world.call("ann", SPEND, some("hyper", 40)).await.is(200);
    let short = world.call("ann", SPEND, some("hyper", 11)).await.is(402).message();
    assert_eq!(
        short,
        "not enough credits of the kind `hyper`: 10 left of this month's cap, which the admin workspace has set"
    );
    world.call("bob", SPEND, some("hyper", 500)).await.is(200);
    world.call("ann", SPEND, some("inbox_placement", 500)).await.is(200);
    let own = world.get("ann", AT).await.json()["items"][0].clone();
    assert_eq!(own, json!({ "kind": "hyper", "available": 10, "cap": 50, "spent_this_month": 40 }));
    // The next month starts from zero: it is November.
    world.wait(17 * 24 * 60 * 60 * 1000);
    world.call("ann", SPEND, some("hyper", 50)).await.is(200);
    world.call("ann", SPEND, some("hyper", 1)).await.is(402);
    let caps = world.get("owner", &format!("{AT}/caps")).await.is(200).items();
    assert_eq!(
        (&caps[1]["id"], &caps[1]["hyper"], &caps[0]["sub_workspace_id"]),
        (&json!(link), &json!(50), &json!(other))
    );
    world.call("owner", &line, cap(json!(sub), Value::Null)).await.is(200);
    world.call("ann", SPEND, some("hyper", 1)).await.is(200);
    let missing = world.call("owner", &line, cap(json!(MISSING), json!(1))).await.is(400);
    for foreign in [world.away, world.home] {
        assert_eq!(
            world.call("owner", &line, cap(json!(foreign), json!(1))).await.is(400).face(),
            missing.face()
        );
    }
    assert_eq!(world.call("stranger", &line, cap(json!(sub), json!(1))).await.is(400).face(), missing.face());
    world.call("ann", &line, cap(json!(sub), json!(1))).await.is(400);
    for wrong in [cap(json!(sub), json!(-1)), json!({ "sub_workspace_id": sub }), cap(json!("x"), json!(1))] {
        assert!(world.call("owner", &line, wrong).await.is(400).message().starts_with("body"));
    }
}

/// At random, against sums of our own.
async fn ledgers_add_up(mut world: World) {
    let (first, _) = world.sub_of("owner", "ann").await;
    let (second, _) = world.sub_of("owner", "bob").await;
    let mut chance = 11_u64;
    let mut next = |below: i64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) as i64 % below
    };
    let (mut left, mut caps, mut spent) = (0_i64, BTreeMap::new(), BTreeMap::new());
    grant(&world, world.home, "hyper", 300).await;
    left += 300;
    for _ in 0..150 {
        let (who, sub) = [("owner", None), ("ann", Some(first)), ("bob", Some(second))][next(3) as usize];
        match (next(6), sub) {
            (0, Some(sub)) => {
                let cap = (next(2) == 0).then(|| next(200));
                let body = json!({ "sub_workspace_id": sub, "hyper": cap });
                world.call("owner", &format!("PATCH {AT}/caps"), body).await.is(200);
                caps.insert(sub, cap);
            }
            (1, _) => {
                let amount = 1 + next(60);
                grant(&world, world.home, "hyper", amount).await;
                left += amount;
            }
            _ => {
                let amount = 1 + next(40);
                let used: i64 = sub.map_or(0, |sub| spent.get(&sub).copied().unwrap_or(0));
                let within = sub
                    .and_then(|sub| caps.get(&sub).copied().flatten())
                    .is_none_or(|cap| used + amount <= cap);
                let answer = world.call(who, SPEND, some("hyper", amount)).await;
                assert_eq!(
                    answer.status,
                    if within && amount <= left { 200 } else { 402 },
                    "{}",
                    answer.text()
                );
                if answer.status.is_success() {
                    left -= amount;
                    sub.map(|sub| spent.insert(sub, used + amount));
                }
            }
        }
        assert_eq!(
            (balance(&world, world.home, "hyper").await, sum(&world, world.home, "hyper").await),
            (left, left)
        );
    }
    assert!(spent.len() == 2 && left >= 0);
}

async fn who_spends_and_who_sees(mut world: World) {
    world.sub_of("owner", "ann").await;
    grant(&world, world.home, "hyper", 100).await;
    world.call("owner", SPEND, some("hyper", 1)).await.is(200);
    world.call("ann", SPEND, some("hyper", 2)).await.is(200);
    let entries = async |who: &str| world.get(who, &format!("{AT}/entries?limit=100")).await.is(200).items();
    let own = entries("owner").await;
    let amounts: Vec<_> = own.iter().map(|entry| entry["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [-2, -1, 100]);
    assert_eq!(own[0]["balance"], json!(97));
    let theirs = entries("ann").await;
    assert_eq!((theirs.len(), &theirs[0]["amount"], &theirs[0]["balance"]), (1, &json!(-2), &Value::Null));
    assert!(entries("stranger").await.is_empty());
    for who in ["editor", "member", "sdr", "view", "client", "reader"] {
        world.call(who, SPEND, some("hyper", 1)).await.is(403);
        world.get(who, AT).await.is(403);
    }
    world.call("manager", SPEND, some("hyper", 1)).await.is(403);
    world.get("manager", AT).await.is(200);
    let new = json!({ "name": "worker", "scopes": ["workspace_billing:update"] });
    let key = world.call("owner", "POST /api/v2/api-keys", new).await.is(200).json()["key"].clone();
    world.call(key.as_str().unwrap(), SPEND, some("hyper", 1)).await.is(200);
    world.get(key.as_str().unwrap(), AT).await.is(403);
    for wrong in [
        some("hyper", 0),
        some("hyper", -1),
        some("hyper", 1_000_001),
        some("gold", 1),
        json!({ "kind": "hyper" }),
    ] {
        assert!(world.call("owner", SPEND, wrong).await.is(400).message().starts_with("body"));
    }
    world.call("owner", SPEND, json!({ "kind": "hyper", "amount": i64::MAX })).await.is(400);
    world.call("owner", SPEND, json!({ "kind": "hyper", "amount": 1.5 })).await.is(400);
    world.delegates("ann", json!({ "read_only": true })).await.is(200);
    let sub = world.get("ann", "/api/v2/me").await.json()["workspace_id"].as_str().unwrap().to_owned();
    world.call_as("owner", sub, SPEND, some("hyper", 1)).await.is(403);
}

async fn a_plan_is_shown(world: World) {
    let at = "/api/v2/workspace-billing";
    for who in ["admin", "manager", "view", "client", "reader"] {
        world.get(who, &format!("{at}/plan-details")).await.is(403);
    }
    let bare = world.get("owner", &format!("{at}/plan-details")).await.is(200).json();
    assert_eq!((&bare["organization_id"], &bare["organization_name"]), (&json!(world.home), &json!("home")));
    let unlimited = json!({ "outreach": { "plan_name": "Unlimited", "current_lead_count": 0 } });
    assert_eq!(bare["subscriptions"], unlimited);
    let none = world.get("owner", &format!("{at}/subscription-details")).await.is(200).json();
    assert_eq!(none, json!({ "subscriptions": [], "all_subs_cancelled": false }));
    let plan = json!({
        "outreach": { "name": "Hypergrowth", "product_id": "pid_hg_v1", "interval": "month", "price_in_dollars": 97.0 },
        "inbox_placement": { "name": "Growth", "product_id": "pid_ip_g" },
    });
    world.run(sql("update workspaces set plan = $2 where id = $1").bind(world.home).bind(plan)).await;
    grant(&world, world.home, "hyper", 5).await;
    grant(&world, world.home, "inbox_placement", 9).await;
    world.call("owner", SPEND, some("hyper", 2)).await.is(200);
    let list = world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(200).id();
    world
        .call("owner", "POST /api/v2/leads", json!({ "email": "a@lead.example", "list_id": list }))
        .await
        .is(200);
    let shown =
        world.get("owner", &format!("{at}/plan-details")).await.is(200).json()["subscriptions"].clone();
    assert_eq!(
        (&shown["outreach"]["plan_name"], &shown["outreach"]["current_lead_count"]),
        (&json!("Hypergrowth"), &json!(1))
    );
    assert_eq!(
        (&shown["credits"]["total_credits"], &shown["credits"]["available_credits"]),
        (&json!(5), &json!(3))
    );
    assert_eq!(
        (&shown["inbox_placement"]["plan_limit"], &shown["inbox_placement"]["product_id"]),
        (&json!(9), &json!("pid_ip_g"))
    );
    let listed = world.get("robot", &format!("{at}/subscription-details")).await.is(200).json();
    assert_eq!(listed["subscriptions"][0]["product_id"], "pid_hg_v1");
    assert_eq!(listed["subscriptions"].as_array().unwrap().len(), 1, "the other has no interval");
}
