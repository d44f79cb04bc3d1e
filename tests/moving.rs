//! Moving sending accounts between the workspaces of a group: completely or not at all, by callers with the
//! right in both, and recorded in both.

use crate::support::scene::{self, account};
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use uuid::Uuid;

on_both! {
    an_account_moves_with_what_it_has_sent a_dry_run_names_the_losses only_callers_with_both_rights_move_accounts
    a_crash_leaves_each_account_in_one_place a_link_that_ends_stops_the_job
}

const MOVE: &str = "POST /api/v2/accounts/move";

fn wanted(emails: &[&str], from: Uuid, to: Uuid) -> Value {
    json!({ "emails": emails, "source_workspace_id": from, "destination_workspace_id": to })
}

async fn addresses(world: &World, who: &str) -> Vec<String> {
    let items = world.get(who, "/api/v2/accounts?limit=100").await.is(200).items();
    let mut emails: Vec<_> = items.iter().map(|item| item["email"].as_str().unwrap().to_owned()).collect();
    emails.sort();
    emails
}

async fn an_account_moves_with_what_it_has_sent(mut world: World) {
    let (first, _) = world.sub_of("owner", "first").await;
    let (second, _) = world.sub_of("owner", "second").await;
    let member = world.who("first").member;
    let before = world.connect("first", "a@outreach.example", member).await;
    world.connect("first", "b@outreach.example", None).await;
    world.connect("second", "b@outreach.example", None).await;
    let id: Uuid = before["id"].as_str().unwrap().parse().unwrap();
    let before = lived(&world, first, id).await;
    let day = sql(
        "insert into account_days (workspace_id, account_id, day, sent) values ($1, $2, '2026-01-02', 5)",
    );
    world.run(day.bind(first).bind(id)).await;
    let tag = world.call("first", "POST /api/v2/custom-tags", json!({ "label": "t" })).await.is(200).id();
    let toggle = json!({ "tag_id": tag, "resource_id": "a@outreach.example" });
    world.call("first", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    let mut body = scene::campaign("c");
    body["email_list"] = json!(["a@outreach.example"]);
    let campaign = world.call("first", "POST /api/v2/campaigns", body).await.is(200).id();

    let emails = ["A@outreach.example", "a@outreach.example", "b@outreach.example", "none@outreach.example"];
    let started = world.call("owner", MOVE, wanted(&emails, first, second)).await.is(200).json();
    assert_eq!(started["status"], "success");
    assert_eq!(addresses(&world, "first").await.len(), 2, "it is done behind the answer");
    world.work().await;
    assert_eq!(addresses(&world, "first").await, ["b@outreach.example"]);
    assert_eq!(addresses(&world, "second").await, ["a@outreach.example", "b@outreach.example"]);
    let at = format!("/api/v2/background-jobs/{}", started["background_job_id"].as_str().unwrap());
    let job = world.get("owner", &at).await.is(200).json();
    assert_eq!(
        (&job["status"], &job["type"], &job["progress"]),
        (&json!("success"), &json!("move-accounts"), &json!(100))
    );
    assert_eq!(job["data"]["moved"], json!(1));
    let failed: Vec<_> =
        job["data"]["failed_emails"].as_array().unwrap().iter().map(|failed| &failed["email"]).collect();
    assert_eq!(failed, ["b@outreach.example", "none@outreach.example"]);
    left_and_taken(&world, &before, (first, second), &campaign).await;
    each_is_told_its_own(&world, first, second).await;
    // The account moves back home.
    world.call("owner", MOVE, wanted(&["a@outreach.example"], second, world.home)).await.is(200);
    world.work().await;
    world.call("owner", MOVE, wanted(&["a@outreach.example"], world.home, first)).await.is(200);
    world.work().await;
    assert_eq!(addresses(&world, "first").await, ["a@outreach.example", "b@outreach.example"]);
}

async fn each_is_told_its_own(world: &World, first: Uuid, second: Uuid) {
    for who in ["first", "second", "owner"] {
        let log = world.get(who, "/api/v2/audit-logs?limit=100").await.is(200).items();
        let rows: Vec<_> = log.iter().filter(|row| row["action"] == "accounts:move").collect();
        assert_eq!(rows.len(), 2, "{who}: asked for, and done");
        assert_eq!(rows[0]["affected_count"], json!(1));
        let what = match who {
            "first" => "moved_out",
            "second" => "moved_in",
            _ => "accounts",
        };
        assert_eq!(
            rows[0]["audit_metadata"]["changes"][what][1],
            json!(["a@outreach.example"]),
            "{}",
            rows[0]
        );
        let other = if who == "first" { second } else { first };
        assert!(
            who == "owner" || !json!(rows).to_string().contains(&other.to_string()),
            "{who} is told of the other"
        );
    }
}

/// Gives an account a value in every field that moves.
async fn lived(world: &World, first: Uuid, id: Uuid) -> Value {
    let at = "/api/v2/accounts/a@outreach.example";
    let patch = json!({
        "daily_limit": 40, "reply_to": "r@outreach.example", "signature": "s", "sending_gap": 1.5,
        "warmup": { "limit": 10, "advanced": { "open_rate": 0.5 } }
    });
    world.call("first", &format!("PATCH {at}"), patch).await.is(200);
    let state = sql(
        "update accounts set status = -1, warmup_status = 1, status_message = $3, stat_warmup_score = 97, \
         timestamp_warmup_start = $4, connection_state = 'ok' where workspace_id = $1 and id = $2",
    );
    let message = json!({ "code": "EAUTH", "responseCode": 535 });
    world.run(state.bind(first).bind(id).bind(message).bind(world.app.now())).await;
    world.get("first", at).await.is(200).json()
}

/// Without the fields that a move leaves behind or sets again.
fn that_moves(account: &Value) -> Value {
    let mut account = account.clone();
    for field in ["organization", "assigned_to", "added_by", "modified_by", "timestamp_updated"] {
        account.as_object_mut().unwrap().remove(field);
    }
    account
}

/// The assignee, tags and campaigns stay behind. The statistics move along, and the passwords can be opened
/// there.
async fn left_and_taken(world: &World, before: &Value, (first, second): (Uuid, Uuid), campaign: &str) {
    let id: Uuid = before["id"].as_str().unwrap().parse().unwrap();
    let after = world.get("second", "/api/v2/accounts/a@outreach.example").await.is(200).json();
    assert_eq!((&after["id"], &after["organization"]), (&before["id"], &json!(second)));
    assert_eq!((&after["assigned_to"], &after["added_by"]), (&Value::Null, &Value::Null));
    assert_eq!(that_moves(&after), that_moves(before));
    assert_eq!((&after["stat_warmup_score"], &after["connection"]), (&json!(97), &json!("ok")));
    let sent = sql("select sent from account_days where workspace_id = $1 and account_id = $2")
        .bind(second)
        .bind(id);
    assert_eq!(sent.optional::<i64>(&world.reader).await.unwrap(), Some(5));
    let mappings = world.get("second", "/api/v2/custom-tag-mappings").await.is(200).items();
    let left = world.get("first", &format!("/api/v2/campaigns/{campaign}")).await.is(200).json();
    assert!(mappings.is_empty() && left["email_list"].as_array().is_none_or(Vec::is_empty), "{left}");
    let sealed =
        sql("select connection from accounts where workspace_id = $1 and id = $2").bind(second).bind(id);
    let sealed: String = sealed.optional(&world.reader).await.unwrap().unwrap();
    let vault = &world.app.vault;
    let about = format!("account/{id}");
    assert!(vault.open(second, &about, &sealed).is_ok() && vault.open(first, &about, &sealed).is_err());
}

async fn a_dry_run_names_the_losses(mut world: World) {
    let (first, _) = world.sub_of("owner", "first").await;
    for email in ["a@outreach.example", "b@outreach.example", "c@outreach.example"] {
        world.connect("first", email, world.who("first").member).await;
    }
    world.connect("owner", "c@outreach.example", None).await;
    let campaign = async |name: &str, senders: Value| {
        let mut body = scene::campaign(name);
        body["email_list"] = senders;
        world.call("first", "POST /api/v2/campaigns", body).await.is(200).id()
    };
    let lone = campaign("lone", json!(["a@outreach.example"])).await;
    let shared = campaign("shared", json!(["a@outreach.example", "c@outreach.example"])).await;
    let line = format!("{MOVE}/dry-run");
    let emails = ["a@outreach.example", "b@outreach.example", "c@outreach.example", "d@outreach.example"];
    let plan = world.call("owner", &line, wanted(&emails, first, world.home)).await.is(200).items();
    let moves: Vec<_> = plan.iter().map(|item| item["moves"].as_bool().unwrap()).collect();
    assert_eq!(moves, [true, true, false, false]);
    let loss =
        |id: &str, name: &str, last: bool| json!({ "id": id, "name": name, "left_without_sender": last });
    assert_eq!(plan[0]["campaigns"], json!([loss(&lone, "lone", true), loss(&shared, "shared", true)]));
    assert_eq!(plan[1]["campaigns"], json!([]));
    assert!(
        plan[2]["reason"].as_str().unwrap().contains("destination")
            && plan[3]["reason"].as_str().unwrap().contains("source")
    );
    let plan =
        world.call("owner", &line, wanted(&["a@outreach.example"], first, world.home)).await.is(200).items();
    assert_eq!(plan[0]["campaigns"][1], loss(&shared, "shared", false));
    assert_eq!(addresses(&world, "first").await.len(), 3, "nothing has moved");
    world.delegates("first", json!({ "resources": ["accounts"] })).await.is(200);
    let plan =
        world.call("owner", &line, wanted(&["a@outreach.example"], first, world.home)).await.is(200).items();
    assert_eq!((&plan[0]["moves"], &plan[0]["campaigns"]), (&json!(true), &Value::Null));
}

async fn only_callers_with_both_rights_move_accounts(mut world: World) {
    let (first, _) = world.sub_of("owner", "first").await;
    let (second, link) = world.sub_of("owner", "second").await;
    let (theirs, _) = world.sub_of("stranger", "theirs").await;
    world.connect("first", "a@outreach.example", None).await;
    let home = world.home;
    let missing: Uuid = MISSING.parse().unwrap();
    let emails = ["a@outreach.example"];
    for line in [MOVE.to_owned(), format!("{MOVE}/dry-run")] {
        for who in ["manager", "editor", "member", "sdr", "view", "client", "reader"] {
            world.call(who, &line, wanted(&emails, first, second)).await.is(403);
        }
        let refused = async |who: &str, from: Uuid, to: Uuid| {
            world.call(who, &line, wanted(&emails, from, to)).await.is(400)
        };
        let none = refused("owner", first, missing).await;
        assert!(none.message().starts_with("body/destination_workspace_id must be this workspace"));
        for other in [theirs, world.away] {
            assert_eq!(refused("owner", first, other).await.face(), none.face());
            assert_eq!(refused("stranger", other, first).await.face(), none.face());
        }
        let none = refused("owner", missing, first).await;
        assert_eq!(refused("owner", theirs, first).await.face(), none.face());
        // A sub-workspace cannot move accounts, neither its owner nor a caller who acts there.
        refused("first", first, second).await;
        refused("first", first, home).await;
        world.call_as("owner", first, &line, wanted(&emails, first, second)).await.is(400);
        refused("owner", first, first).await;
        for none in [vec![], vec![""], vec![" "], vec!["a@outreach.example", "x"]] {
            world.call("owner", &line, wanted(&none, first, second)).await.is(400);
        }
        // Both delegations limit the move.
        for narrow in
            [json!({ "read_only": true }), json!({ "paused": true }), json!({ "resources": ["leads"] })]
        {
            world.delegates("second", narrow.clone()).await.is(200);
            let dry = line.ends_with("dry-run") && narrow["read_only"] == true;
            world.call("owner", &line, wanted(&emails, first, second)).await.is(if dry { 200 } else { 400 });
            let all = json!({ "read_only": false, "paused": false, "resources": null });
            world.delegates("second", all).await.is(200);
        }
    }
    world.call("owner", &format!("DELETE /api/v2/workspace-group-members/{link}"), Value::Null).await.is(200);
    world.call("owner", MOVE, wanted(&emails, first, second)).await.is(400);
    assert_eq!(addresses(&world, "first").await, emails);
}

async fn a_crash_leaves_each_account_in_one_place(mut world: World) {
    let (first, _) = world.sub_of("owner", "first").await;
    let emails: Vec<String> = (0..60).map(|n| format!("s{n:02}@outreach.example")).collect();
    for email in &emails {
        world.call("first", "POST /api/v2/accounts", account(email, None)).await.is(200);
    }
    let names: Vec<&str> = emails.iter().map(String::as_str).collect();
    world.call("owner", MOVE, wanted(&names, first, world.home)).await.is(200);
    for dies_after in [0, 0, 1, 0, 2] {
        world.ambient.dies_after.store(dies_after, Ordering::SeqCst);
        let _dead = gatepost::jobs::drain(&world.app, gatepost::resources::work).await;
        world.ambient.dies_after.store(-1, Ordering::SeqCst);
        world.wait(60 * 60 * 1000);
        let (here, there) = (addresses(&world, "owner").await, all(&world, "first").await);
        assert_eq!(here.len().min(100) + there, 60, "each is in one place");
    }
    world.work().await;
    assert_eq!((all(&world, "owner").await, all(&world, "first").await), (60, 0));
    let moved = "select count(*) from audit_log where workspace_id = $1 and action = 'accounts:move' and affected_count > 0";
    let rows: i64 = sql(moved).bind(first).optional(&world.reader).await.unwrap().unwrap();
    assert_eq!(rows, 3, "a row for each step, and each step once");
}

async fn all(world: &World, who: &str) -> usize {
    addresses(world, who).await.len()
}

async fn a_link_that_ends_stops_the_job(mut world: World) {
    let (first, link) = world.sub_of("owner", "first").await;
    world.connect("first", "a@outreach.example", None).await;
    let started =
        world.call("owner", MOVE, wanted(&["a@outreach.example"], first, world.home)).await.is(200).json();
    world.call("first", &format!("DELETE /api/v2/workspace-group-members/{link}"), Value::Null).await.is(200);
    world.work().await;
    assert_eq!(addresses(&world, "first").await, ["a@outreach.example"]);
    let at = format!("/api/v2/background-jobs/{}", started["background_job_id"].as_str().unwrap());
    let job = world.get("owner", &at).await.is(200).json();
    assert_eq!(job["status"], "failed", "{job}");
    assert!(job["error"].as_str().unwrap().contains("source_workspace_id"), "{job}");
}
