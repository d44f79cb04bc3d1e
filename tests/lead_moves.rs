//! Moving, copying and assigning many leads: which leads, by whose rights, and what a crash leaves.

use crate::support::leads::{found, list};
use crate::support::scene::{self, Key, Member, join};
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use gatepost::{jobs, resources};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

on_both! {
    leads_move_by_filter leads_move_by_id copies_leave_the_leads what_the_destination_has_stays wrong_bodies_are_named
    both_sides_ask_for_their_right limits_and_private_campaigns_hold killed_at_every_step_each_lead_moves_once
    a_job_stops_with_the_right_of_its_asker
    the_data_of_a_job_is_for_those_who_see_all_leads
}

const ADD: &str = "POST /api/v2/leads/add";
const LIST: &str = "POST /api/v2/leads/list";
const MOVE: &str = "POST /api/v2/leads/move";
const ASSIGN: &str = "POST /api/v2/leads/bulk-assign";

async fn add(world: &World, who: &str, place: &str, id: &str, names: &[&str]) {
    let variables = |name: &str| if names.len() < 10 { json!({ name: "x" }) } else { json!({}) };
    let lead =
        |name: &&str| json!({ "email": format!("{name}@lead.example"), "custom_variables": variables(name) });
    let leads: Vec<Value> = names.iter().map(lead).collect();
    let body = json!({ place: id, "leads": leads });
    assert_eq!(world.call(who, ADD, body).await.is(200).json()["leads_uploaded"], names.len());
}

async fn ids(world: &World, names: &[&str]) -> Vec<Value> {
    let contacts: Vec<_> = names.iter().map(|name| format!("{name}@lead.example")).collect();
    let items = world.call("owner", LIST, json!({ "contacts": contacts, "limit": 100 })).await.items();
    items.into_iter().map(|lead| lead["id"].clone()).collect()
}

/// Asks, works, and gives the job.
async fn done(world: &World, who: &str, body: Value) -> Value {
    let asked = world.call(who, MOVE, body).await.is(200).json();
    assert_eq!((&asked["type"], &asked["status"]), (&json!("move-leads"), &json!("pending")));
    world.work().await;
    job(world, asked["id"].as_str().unwrap()).await
}

async fn job(world: &World, id: &str) -> Value {
    world.get("owner", &format!("/api/v2/background-jobs/{id}")).await.is(200).json()
}

fn counts(job: &Value) -> [i64; 3] {
    assert_eq!(job["status"], "success", "{job}");
    ["total_to_process", "moved_leads", "duplicate_leads"].map(|name| job["data"][name].as_i64().unwrap())
}

async fn at(world: &World, place: &str, id: &str) -> Vec<String> {
    found(world, "owner", json!({ place: id, "limit": 100 })).await
}

async fn leads_move_by_filter(world: World) {
    let (from, list) = (world.create("owner", "from", "team").await, list(&world, "owner").await);
    add(&world, "owner", "campaign_id", &from, &["a", "b", "c", "d", "e"]).await;
    add(&world, "owner", "list_id", &list, &["f", "g"]).await;
    for (name, set) in [
        ("a", "status = 3, subsequence_id = workspace_id, email_open_count = 2"),
        ("b", "status = -2"),
        ("c", "verification_status = 12"),
        ("d", "esp_code = 1, lt_interest_status = 1"),
    ] {
        let set = sql(format!("update leads set {set} where workspace_id = $1 and email = $2"));
        world.run(set.bind(world.home).bind(format!("{name}@lead.example"))).await;
    }
    let to_list = |more: Value| {
        let mut body = json!({ "to_list_id": list, "campaign": from });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(
        counts(&done(&world, "editor", to_list(json!({ "filter": "FILTER_VAL_COMPLETED" }))).await),
        [1, 1, 0]
    );
    assert_eq!(
        counts(
            &done(&world, "editor", to_list(json!({ "esp_code": 1, "reset_interest_status": true }))).await
        ),
        [1, 1, 0]
    );
    assert_eq!(at(&world, "list_id", &list).await, ["a", "d", "f", "g"]);
    let moved = world.call("owner", LIST, json!({ "list_id": list })).await.items();
    let a = moved.iter().find(|lead| lead["email"] == "a@lead.example").unwrap();
    assert_eq!(
        (&a["status"], &a["subsequence_id"], &a["email_open_count"], &a["campaign"]),
        (&json!(1), &Value::Null, &json!(2), &Value::Null)
    );
    assert!(moved.iter().all(|lead| lead["lt_interest_status"].is_null()));
    let job =
        done(&world, "editor", to_list(json!({ "skip_leads_in_verification": true, "limit": 1 }))).await;
    assert_eq!(job["data"]["moved_lead_emails"], json!(["b@lead.example"]));
    let b = world.call("owner", LIST, json!({ "contacts": ["b@lead.example"] })).await.items();
    assert_eq!(b[0]["status"], -2, "it must not get mail again");
    let row = world.log().await.into_iter().find(|row| row["affected_count"] == 1).unwrap();
    assert_eq!(
        (&row["activity_type"], &row["action"], &row["list_id"]),
        (&json!(8), &json!("leads:move"), &json!(list))
    );
    assert_eq!(row["audit_metadata"]["changes"]["leads"][1], json!([b[0]["id"]]));
}

async fn leads_move_by_id(world: World) {
    let (from, to) = (world.create("owner", "from", "team").await, world.create("owner", "to", "team").await);
    let list = list(&world, "owner").await;
    add(&world, "owner", "campaign_id", &from, &["c", "e"]).await;
    add(&world, "owner", "list_id", &list, &["f", "g"]).await;
    let (editor, some) = (world.who("editor").user, ids(&world, &["c", "e", "f"]).await);
    let body = json!({ "ids": some, "campaign": from, "excluded_ids": [some[0]], "to_campaign_id": to, "assigned_to": editor });
    assert_eq!(counts(&done(&world, "owner", body).await), [1, 1, 0]);
    assert_eq!(
        (at(&world, "campaign", &from).await, at(&world, "campaign", &to).await),
        (vec!["c".to_owned()], vec!["e".to_owned()])
    );
    let e = world.call("owner", LIST, json!({ "campaign": to })).await.items();
    assert_eq!(e[0]["assigned_to"], json!(editor));
    let campaign = world.get("owner", &format!("/api/v2/campaigns/{to}")).await.json();
    assert_eq!(campaign["custom_variables"], json!({ "e": "e" }));
    // All that are in a list.
    assert_eq!(
        counts(&done(&world, "owner", json!({ "in_list": true, "to_campaign_id": to })).await),
        [2, 2, 0]
    );
    assert_eq!(at(&world, "campaign", &to).await, ["e", "f", "g"]);
}

async fn copies_leave_the_leads(world: World) {
    let (from, to) = (world.create("owner", "from", "team").await, list(&world, "owner").await);
    add(&world, "editor", "campaign_id", &from, &["a", "b"]).await;
    let set = sql(
        "update leads set status = -1, verification_status = -2, email_open_count = 3 where workspace_id = $1 and email = 'a@lead.example'",
    );
    world.run(set.bind(world.home)).await;
    let copy = json!({ "campaign": from, "to_list_id": to, "copy_leads": true });
    assert_eq!(counts(&done(&world, "manager", copy.clone()).await), [2, 2, 0]);
    assert_eq!(at(&world, "campaign", &from).await, ["a", "b"]);
    assert_eq!(at(&world, "list_id", &to).await, ["a", "b"]);
    let copies = world.call("owner", LIST, json!({ "list_id": to })).await.items();
    let facts = ["status", "verification_status", "email_open_count"].map(|field| copies[0][field].clone());
    assert_eq!(facts, [json!(-1), json!(-2), json!(0)], "what is known of the address comes along");
    assert_eq!(copies[1]["status"], 1);
    assert_eq!(copies[0]["uploaded_by_user"], json!(world.who("manager").user));
    assert_eq!(counts(&done(&world, "manager", copy.clone()).await), [2, 0, 2], "once is enough");
    // No search finds the copies of its own job.
    assert_eq!(
        counts(
            &done(
                &world,
                "manager",
                json!({ "to_list_id": list(&world, "owner").await, "copy_leads": true })
            )
            .await
        ),
        [4, 2, 2]
    );
    let block = json!({ "bl_value": "a@lead.example" });
    world.call("owner", "POST /api/v2/block-lists-entries", block).await.is(200);
    let body = json!({ "campaign": from, "to_list_id": list(&world, "owner").await, "copy_leads": true });
    let data = done(&world, "manager", body).await["data"].clone();
    assert_eq!((&data["blocked_leads"], &data["moved_lead_emails"]), (&json!(1), &json!(["b@lead.example"])));
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "unique_leads": true })).await.is(200);
    let said = world.call("manager", MOVE, copy).await.is(400).message();
    assert!(said.starts_with("body/copy_leads must be false"), "{said}");
    let body = json!({ "campaign": from, "to_list_id": list(&world, "owner").await });
    assert_eq!(counts(&done(&world, "manager", body).await), [2, 2, 0], "a move makes no second lead");
}

async fn what_the_destination_has_stays(world: World) {
    let (one, two, to) =
        (list(&world, "owner").await, list(&world, "owner").await, list(&world, "owner").await);
    let campaign = world.create("owner", "c", "private").await;
    add(&world, "owner", "list_id", &one, &["a", "b", "c", "d"]).await;
    add(&world, "owner", "list_id", &two, &["b", "x"]).await;
    add(&world, "owner", "list_id", &to, &["a"]).await;
    add(&world, "owner", "campaign_id", &campaign, &["c"]).await;
    world
        .call("owner", "POST /api/v2/leads", json!({ "list_id": one, "first_name": "Nameless" }))
        .await
        .is(200);
    let body = |check: &str| json!({ "list_id": one, "to_list_id": to, check: true, "copy_leads": true });
    // A manager does not see the private campaign, so the check does not tell them about it.
    assert_eq!(counts(&done(&world, "manager", body("check_duplicates_in_campaigns")).await), [5, 4, 1]);
    world.call("owner", "DELETE /api/v2/leads", json!({ "list_id": to })).await.is(200);
    assert_eq!(counts(&done(&world, "owner", body("check_duplicates_in_campaigns")).await), [5, 4, 1]);
    assert_eq!(at(&world, "list_id", &to).await, ["a", "b", "d", "-"]);
    world.call("owner", "DELETE /api/v2/leads", json!({ "list_id": to })).await.is(200);
    assert_eq!(counts(&done(&world, "owner", body("check_duplicates")).await), [5, 3, 2]);
    // Of two leads with one address, one moves.
    let both = json!({ "in_list": true, "contacts": ["b@lead.example"], "to_list_id": to });
    assert_eq!(counts(&done(&world, "owner", both).await), [2, 1, 1]);
    assert_eq!(at(&world, "list_id", &two).await, ["b", "x"]);
}

async fn wrong_bodies_are_named(world: World) {
    let (campaign, list) = (world.create("owner", "c", "team").await, list(&world, "owner").await);
    for (body, why) in [
        (json!({ "campaign": campaign }), "body must have exactly one of 'to_campaign_id' and 'to_list_id'"),
        (json!({ "to_campaign_id": campaign, "to_list_id": list }), "body must have exactly one of"),
        (json!({ "to_list_id": list, "ids": [MISSING] }), "body must have 'campaign' or 'list_id', because"),
        (json!({ "to_list_id": MISSING }), "body/to_list_id must be a campaign or a list in this workspace"),
        (json!({ "to_campaign_id": list }), "body/to_campaign_id must be a campaign or a list in this"),
        (json!({ "to_list_id": list, "filter": "FILTER_VAL_NEW" }), "body/filter must be one of the filters"),
        (json!({ "to_list_id": list, "limit": 0 }), "body/limit must be >= 1"),
        (json!({ "to_list_id": list, "campain": campaign }), "body must NOT have additional properties"),
        (
            json!({ "to_list_id": list, "assigned_to": MISSING }),
            "body/assigned_to must be an accepted member",
        ),
    ] {
        let said = world.call("owner", MOVE, body).await.is(400).message();
        assert!(said.starts_with(why), "{said}");
    }
}

async fn both_sides_ask_for_their_right(world: World) {
    let (team, mine) =
        (world.create("owner", "t", "team").await, world.create("member", "m", "private").await);
    let list = list(&world, "owner").await;
    add(&world, "owner", "campaign_id", &team, &["theirs"]).await;
    add(&world, "member", "campaign_id", &mine, &["mine"]).await;
    for (who, status) in [
        ("owner", 200),
        ("admin", 200),
        ("manager", 200),
        ("editor", 200),
        ("robot", 200),
        ("sdr", 403),
        ("view", 403),
        ("client", 403),
    ] {
        world.call(who, MOVE, json!({ "campaign": MISSING, "to_list_id": list })).await.is(status);
    }
    // A member can take leads neither from the team's campaign nor into it.
    world.call("member", MOVE, json!({ "campaign": mine, "to_campaign_id": team })).await.is(403);
    assert_eq!(
        counts(&done(&world, "member", json!({ "campaign": team, "to_campaign_id": mine })).await),
        [0, 0, 0]
    );
    let assigned =
        json!({ "campaign": team, "email": "given@lead.example", "assigned_to": world.who("member").member });
    world.call("owner", "POST /api/v2/leads", assigned).await.is(200);
    assert_eq!(
        counts(&done(&world, "member", json!({ "campaign": team, "to_campaign_id": mine })).await),
        [1, 1, 0]
    );
    assert_eq!(at(&world, "campaign", &team).await, ["theirs"]);
    // A key needs both scopes.
    for (scopes, status) in [
        (json!(["leads:update"]), 403),
        (json!(["leads:create"]), 403),
        (json!(["leads:update", "leads:create"]), 200),
    ] {
        let key = world
            .call("owner", "POST /api/v2/api-keys", json!({ "name": "k", "scopes": scopes }))
            .await
            .is(200)
            .json();
        let key = key["key"].as_str().unwrap();
        world.call(key, MOVE, json!({ "campaign": MISSING, "to_list_id": list })).await.is(status);
    }
}

async fn limits_and_private_campaigns_hold(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let (inside, outside) =
        (world.create("narrow", "in", "team").await, world.create("owner", "out", "team").await);
    let (second, private) =
        (world.create("narrow", "in 2", "team").await, world.create("owner", "p", "private").await);
    let list = list(&world, "owner").await;
    add(&world, "narrow", "campaign_id", &inside, &["in"]).await;
    add(&world, "owner", "campaign_id", &outside, &["out"]).await;
    add(&world, "owner", "campaign_id", &private, &["private"]).await;
    add(&world, "owner", "list_id", &list, &["listed"]).await;
    for to in [
        json!({ "to_campaign_id": outside }),
        json!({ "to_list_id": list }),
        json!({ "to_campaign_id": private }),
    ] {
        world.call("narrow", MOVE, to).await.is(400);
    }
    assert_eq!(counts(&done(&world, "narrow", json!({ "to_campaign_id": second })).await), [1, 1, 0]);
    world.call("manager", MOVE, json!({ "to_campaign_id": private })).await.is(400);
    assert_eq!(
        counts(&done(&world, "manager", json!({ "campaign": private, "to_list_id": list })).await),
        [0, 0, 0]
    );
    assert_eq!(counts(&done(&world, "manager", json!({ "to_campaign_id": outside })).await), [2, 2, 0]);
    assert_eq!(at(&world, "campaign", &private).await, ["private"]);
    let to = self::list(&world, "stranger").await;
    world.call("stranger", MOVE, json!({ "to_list_id": to })).await.is(200);
    world.work().await;
    assert_eq!(found(&world, "stranger", json!({ "list_id": to })).await.len(), 0);
}

/// 700 leads are three steps. Dead at the first fault point, at the second, and so on until none is left.
async fn killed_at_every_step_each_lead_moves_once(world: World) {
    let places = [list(&world, "owner").await, list(&world, "owner").await];
    let names: Vec<String> = (0..700).map(|n| format!("l{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    add(&world, "owner", "list_id", &places[0], &names).await;
    let (mut deaths, mut point) = (0, 0);
    loop {
        let (from, to) = (&places[point as usize % 2], &places[(point as usize + 1) % 2]);
        let body = json!({ "list_id": from, "to_list_id": to });
        let asked = world.call("owner", MOVE, body).await.is(200).id();
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = jobs::drain(&world.app, resources::work).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        deaths += usize::from(died);
        if died {
            world.wait(16_000);
            world.work().await;
        }
        let job = job(&world, &asked).await;
        assert_eq!(counts(&job), [700, 700, 0], "dead at {point}");
        assert_eq!(job["data"]["moved_lead_emails"].as_array().unwrap().len(), 700);
        let rows: Vec<(i64, Value)> = sql(
            "select affected_count, metadata from audit_log where workspace_id = $1 and activity_type = 8",
        )
        .bind(world.home)
        .all(&world.reader)
        .await
        .unwrap();
        let rows: Vec<i64> = rows
            .into_iter()
            .filter(|(_, facts)| facts["changes"]["job"][1] == asked)
            .map(|(count, _)| count)
            .collect();
        assert_eq!((rows.len(), rows.iter().sum::<i64>()), (4, 700), "dead at {point}");
        let left: Option<i64> = sql("select count(*) from leads where workspace_id = $1 and list_id = $2")
            .bind(world.home)
            .bind(from.parse::<uuid::Uuid>().unwrap())
            .optional(&world.reader)
            .await
            .unwrap();
        assert_eq!(left, Some(0), "dead at {point}");
        if !died {
            break;
        }
        point += 1;
    }
    assert!(deaths >= 9, "before, inside and after each of three steps: {deaths}");
}

async fn a_job_stops_with_the_right_of_its_asker(world: World) {
    let (from, to) = (world.create("owner", "from", "team").await, world.create("owner", "to", "team").await);
    add(&world, "owner", "campaign_id", &from, &["a", "b"]).await;
    let body = json!({ "campaign": from, "to_campaign_id": to });
    let key = json!({ "name": "k", "scopes": ["leads:update", "leads:create"] });
    let key = world.call("owner", "POST /api/v2/api-keys", key).await.is(200).json();
    let asked = world.call(key["key"].as_str().unwrap(), MOVE, body.clone()).await.is(200).id();
    let revoke = format!("DELETE /api/v2/api-keys/{}", key["id"].as_str().unwrap());
    world.call("owner", &revoke, Value::Null).await.is(200);
    world.work().await;
    let failed = job(&world, &asked).await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("revoked"), "{failed}");
    // The destination becomes private, the member is demoted, the destination is deleted.
    let asked = world.call("editor", MOVE, body.clone()).await.is(200).id();
    let hide = format!("PATCH /api/v2/campaigns/{to}");
    world.call("owner", &hide, json!({ "visibility": "private" })).await.is(200);
    world.work().await;
    assert_eq!(job(&world, &asked).await["status"], "failed");
    world.call("owner", &hide, json!({ "visibility": "team" })).await.is(200);
    let assign = json!({ "campaign": from, "organization_user_ids": [world.who("sdr").user] });
    let asked = [
        world.call("editor", MOVE, body.clone()).await.is(200).id(),
        world.call("editor", ASSIGN, assign).await.is(202).json()["background_job_id"]
            .as_str()
            .unwrap()
            .to_owned(),
    ];
    let demote = format!("PATCH /api/v2/workspace-members/{}", world.who("editor").member.unwrap());
    world.call("owner", &demote, json!({ "role": "sdr" })).await.is(200);
    world.work().await;
    for asked in asked {
        assert_eq!(job(&world, &asked).await["status"], "failed");
    }
    assert_eq!(at(&world, "campaign", &from).await, ["a", "b"]);
    let asked = world.call("owner", MOVE, body).await.is(200).id();
    world.call("owner", &format!("DELETE /api/v2/campaigns/{to}"), Value::Null).await.is(200);
    world.work().await;
    assert_eq!(job(&world, &asked).await["status"], "failed");
    assert_eq!(at(&world, "campaign", &from).await, ["a", "b"]);
}

/// An admin who sees no leads sees that there was a job, and not the addresses that it moved.
async fn the_data_of_a_job_is_for_those_who_see_all_leads(mut world: World) {
    let (from, to) = (list(&world, "owner").await, list(&world, "owner").await);
    add(&world, "owner", "list_id", &from, &["a"]).await;
    let moved = done(&world, "owner", json!({ "list_id": from, "to_list_id": to })).await;
    let at = format!("/api/v2/background-jobs/{}", moved["id"].as_str().unwrap());
    assert_eq!(world.get("admin", &at).await.is(200).json()["data"], moved["data"]);
    let home = world.home;
    let permissions = Some(json!(["dashboard.view", "accounts.view"]));
    let new =
        Member { workspace: home, name: "plain", role: "admin", limit: None, permissions, accepted: true };
    let plain = scene::member(&world, &new).await;
    scene::key(&mut world, Key::personal(home, "plain", plain)).await;
    let seen = world.get("plain", &at).await.is(200).json();
    assert_eq!(
        seen["data"],
        json!({ "total_to_process": 1, "moved_leads": 1, "duplicate_leads": 0, "blocked_leads": 0 })
    );
    world.get("editor", &at).await.is(404);
}
