//! Assigning many leads: in turn, and only by callers who reach the leads of the team.

use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use gatepost::{jobs, resources};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

on_both! {
    leads_are_spread_over_members assigning_has_its_own_reach killed_at_every_step_each_lead_is_assigned_once
}

const ASSIGN: &str = "POST /api/v2/leads/bulk-assign";

async fn add(world: &World, campaign: &str, names: &[&str]) {
    let leads: Vec<Value> =
        names.iter().map(|name| json!({ "email": format!("{name}@lead.example") })).collect();
    world
        .call("owner", "POST /api/v2/leads/add", json!({ "campaign_id": campaign, "leads": leads }))
        .await
        .is(200);
}

async fn ids(world: &World, names: &[&str]) -> Vec<Value> {
    let contacts: Vec<_> = names.iter().map(|name| format!("{name}@lead.example")).collect();
    let items = world
        .call("owner", "POST /api/v2/leads/list", json!({ "contacts": contacts, "limit": 100 }))
        .await
        .items();
    items.into_iter().map(|lead| lead["id"].clone()).collect()
}

async fn job(world: &World, id: &str) -> Value {
    world.get("owner", &format!("/api/v2/background-jobs/{id}")).await.is(200).json()
}

async fn leads_are_spread_over_members(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let names: Vec<String> = (0..700).map(|n| format!("l{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    add(&world, &campaign, &names).await;
    let users = ["sdr", "member", "editor"].map(|who| world.who(who).user);
    let assign = async |body: Value| -> Value {
        let asked = world.call("manager", ASSIGN, body).await.is(202).json();
        assert_eq!(asked["status"], "accepted");
        world.work().await;
        job(&world, asked["background_job_id"].as_str().unwrap()).await
    };
    let done = assign(json!({ "campaign": campaign, "organization_user_ids": users })).await;
    assert_eq!(
        (&done["status"], &done["type"], &done["data"]["assigned_leads"]),
        (&json!("success"), &json!("assign-leads"), &json!(700))
    );
    let each: Vec<(uuid::Uuid, i64)> =
        sql("select assigned_to, count(*) from leads where workspace_id = $1 group by assigned_to")
            .bind(world.home)
            .all(&world.reader)
            .await
            .unwrap();
    let mut each: Vec<i64> = each.into_iter().map(|(_, leads)| leads).collect();
    each.sort_unstable();
    assert_eq!(each, [233, 233, 234]);
    let rows: Vec<Value> = world.log().await.into_iter().filter(|row| row["activity_type"] == 1180).collect();
    assert_eq!(rows.len(), 4, "who asked, and three steps");
    // A few of those that somebody has.
    let body =
        json!({ "assigned_to": users[0], "organization_user_ids": [world.who("owner").user], "limit": 5 });
    assert_eq!(assign(body).await["data"]["assigned_leads"], 5);
    for (more, assigned) in [
        (json!({ "limit": 0 }), 0),
        (json!({ "smart_view_id": MISSING }), 0),
        (json!({ "filter": "FILTER_VAL_BOUNCED" }), 0),
        (json!({ "search": "l69" }), 11),
        (json!({ "ids": ids(&world, &["l1", "l2"]).await, "in_list": false }), 2),
    ] {
        let mut body = json!({ "organization_user_ids": [world.who("sdr").user] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(assign(body).await["data"]["assigned_leads"], assigned, "{more}");
    }
}

async fn assigning_has_its_own_reach(world: World) {
    let private = world.create("owner", "p", "private").await;
    add(&world, &private, &["a"]).await;
    let body = json!({ "organization_user_ids": [world.who("sdr").user] });
    for (who, status) in [
        ("owner", 202),
        ("admin", 202),
        ("manager", 202),
        ("editor", 202),
        ("member", 403),
        ("sdr", 403),
        ("view", 403),
        ("client", 403),
    ] {
        world
            .call(
                who,
                ASSIGN,
                json!({ "campaign": private, "organization_user_ids": [world.who("sdr").user] }),
            )
            .await
            .is(status);
    }
    let asked = world.call("manager", ASSIGN, body).await.is(202).json();
    world
        .run(
            sql("update jobs set status = 'cancelled' where status = 'pending' and id <> $1")
                .bind(asked["background_job_id"].as_str().unwrap()),
        )
        .await;
    world.work().await;
    assert_eq!(job(&world, asked["background_job_id"].as_str().unwrap()).await["data"]["assigned_leads"], 0);
    let foreign = world.who("stranger").user;
    for (body, why) in [
        (json!({}), "body must have required property 'organization_user_ids'"),
        (
            json!({ "organization_user_ids": [] }),
            "body/organization_user_ids must NOT have fewer than 1 items",
        ),
        (
            json!({ "organization_user_ids": [foreign] }),
            "body/organization_user_ids/0 must be an accepted member",
        ),
        (
            json!({ "organization_user_ids": [world.who("pending").user] }),
            "body/organization_user_ids/0 must be an",
        ),
        (json!({ "organization_user_ids": [foreign], "filter": "x" }), "body/filter must be equal to one of"),
    ] {
        let said = world.call("owner", ASSIGN, body).await.is(400).message();
        assert!(said.starts_with(why), "{said}");
    }
}

/// 700 leads take three steps. The server is killed at the first fault point, then at the second, until none is left.
async fn killed_at_every_step_each_lead_is_assigned_once(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let names: Vec<String> = (0..700).map(|n| format!("l{n}")).collect();
    add(&world, &campaign, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let users = ["sdr", "member", "editor"].map(|who| world.who(who).user.unwrap());
    let (mut deaths, mut point) = (0, 0);
    loop {
        world.run(sql("update leads set assigned_to = null where workspace_id = $1").bind(world.home)).await;
        let body = json!({ "campaign": campaign, "organization_user_ids": users });
        let asked = world.call("manager", ASSIGN, body).await.is(202).json();
        let id = asked["background_job_id"].as_str().unwrap();
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = jobs::drain(&world.app, resources::work).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        if died {
            deaths += 1;
            world.wait(16_000);
            world.work().await;
        }
        let done = job(&world, id).await;
        assert_eq!((&done["status"], &done["data"]["assigned_leads"]), (&json!("success"), &json!(700)));
        // In turn, also over the steps: each of the three has a third, and the rows of the audit log have each lead once.
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        let rows = steps(&world, id).await;
        assert_eq!(
            rows.iter().map(|(count, _)| count).collect::<Vec<_>>(),
            [&300, &300, &100],
            "dead at {point}"
        );
        for (_, parts) in rows {
            for (user, leads) in parts.as_object().unwrap() {
                for lead in leads.as_array().unwrap() {
                    let twice = told.insert(lead.as_str().unwrap().to_owned(), user.clone());
                    assert_eq!(twice, None, "dead at {point}");
                }
            }
        }
        let stored: Vec<(uuid::Uuid, uuid::Uuid)> =
            sql("select id, assigned_to from leads where workspace_id = $1 order by id")
                .bind(world.home)
                .all(&world.reader)
                .await
                .unwrap();
        for (at, (lead, user)) in stored.iter().enumerate() {
            assert_eq!(*user, users[at % 3], "dead at {point}: lead {at}");
            assert_eq!(told.get(&lead.to_string()), Some(&user.to_string()), "dead at {point}");
        }
        assert_eq!((stored.len(), told.len()), (700, 700));
        if !died {
            break;
        }
        point += 1;
    }
    assert!(deaths >= 9, "before, inside and after each of three steps: {deaths}");
}

/// How many leads each step of a job assigned, and which leads to whom.
async fn steps(world: &World, job: &str) -> Vec<(i64, Value)> {
    let rows: Vec<(i64, Value)> = sql(
        "select affected_count, metadata from audit_log where workspace_id = $1 and activity_type = 1180 order by id",
    )
    .bind(world.home)
    .all(&world.reader)
    .await
    .unwrap();
    let facts = rows.into_iter().map(|(count, facts)| (count, facts["changes"].clone()));
    let steps = facts.filter(|(_, facts)| facts["job"][1] == job && !facts["assigned"].is_null());
    steps.map(|(count, facts)| (count, facts["assigned"][1].clone())).collect()
}
