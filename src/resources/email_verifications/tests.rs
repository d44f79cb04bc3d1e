//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::dns::{self, address, mx, txt};
use crate::support::{Fixed, MISSING, World, on_both};
use gatepost::db::sql;
use gatepost::net::{Limits, Net};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

on_both! {
    verdicts_follow_the_zone a_text_that_is_not_an_address_is_invalid what_the_workspace_knows_counts results_belong_to_the_workspace
    a_credit_is_spent_for_an_answer leads_are_verified_after_they_were_added a_file_of_leads_is_verified
    leads_without_credits_stay_as_they_are verifying_leads_needs_the_right killed_at_every_step_it_charges_once
    jobs_of_workspaces_take_turns
}

const VERIFY: &str = "POST /api/v2/email-verification";
const ADD: &str = "POST /api/v2/leads/add";

/// A server with a name server that the test writes.
fn looks_up(world: &mut World) {
    let names = dns::start(vec![
        ("good.example", mx("mail.good.example.")),
        ("other.example", mx("mail.good.example.")),
        ("refuses.example", mx(".")),
        ("address.example", address("192.0.2.1")),
        ("address6.example", address("2001:db8::1")),
        ("text.example", txt("v=spf1 -all")),
        ("alias.example", dns::cname("good.example.")),
        ("mailinator.com", mx("mail.mailinator.com.")),
    ]);
    let tls = Arc::new(gatepost::tls::client().unwrap());
    let limits =
        Limits { answer: Duration::from_millis(500), check: Duration::from_secs(2), ..Limits::default() };
    world.with(|app| app.net = Net::new(Some(names), vec![], tls).unwrap().limited(limits));
}

async fn verify(world: &World, who: &str, email: &str) -> Value {
    world.call(who, VERIFY, json!({ "email": email })).await.is(200).json()
}

async fn grant(world: &World, amount: i64) {
    let balance = sql(
        "insert into credit_balances (workspace_id, kind, granted, balance) values ($1, 'hyper', $2, $2)",
    );
    world.run(balance.bind(world.home).bind(amount)).await;
}

/// What is left, and the sum of what was spent.
async fn credits(world: &World) -> (i64, i64) {
    let left = sql("select balance from credit_balances where workspace_id = $1 and kind = 'hyper'")
        .bind(world.home);
    let spent =
        sql("select coalesce(cast(sum(amount) as bigint), 0) from credit_entries where workspace_id = $1");
    let spent = spent.bind(world.home).optional(&world.reader).await.unwrap().unwrap();
    (left.optional(&world.reader).await.unwrap().unwrap(), spent)
}

async fn bounced(world: &World, email: &str) {
    let mac = world.app.vault.macs(world.home, "suppression").unwrap().of(email);
    let row = sql(
        "insert into suppressions (workspace_id, id, kind, mac, value, is_domain, source, timestamp_created) \
         values ($1, $2, 'bounced', $3, $4, $5, 'test', $6)",
    );
    let row = row.bind(world.home).bind(world.app.new_id()).bind(mac).bind(email.to_owned());
    world.run(row.bind(false).bind(world.app.now())).await;
}

async fn reached(world: &World, email: &str) {
    let set = sql("update leads set email_reply_count = 1 where workspace_id = $1 and email = $2");
    world.run(set.bind(world.home).bind(email.to_owned())).await;
}

/// The `verification_status` of each lead of the workspace that has an address.
async fn statuses(world: &World) -> BTreeMap<String, Option<i64>> {
    let all =
        sql("select email, verification_status from leads where workspace_id = $1 and email is not null");
    let all: Vec<(String, Option<i64>)> = all.bind(world.home).all(&world.reader).await.unwrap();
    all.into_iter().collect()
}

async fn verdicts_follow_the_zone(mut world: World) {
    looks_up(&mut world);
    for (email, status, reason) in [
        ("jo@good.example", "pending", "not_proven"),
        ("jo@address.example", "pending", "not_proven"),
        ("jo@address6.example", "pending", "not_proven"),
        ("jo@alias.example", "pending", "not_proven"),
        ("jo@refuses.example", "invalid", "refuses_mail"),
        ("jo@text.example", "invalid", "no_server"),
        ("jo@none.example", "invalid", "no_domain"),
        ("jo@failing.example", "pending", "no_answer"),
        ("jo@silent.example", "pending", "no_answer"),
        ("jo@mailinator.com", "pending", "not_proven"),
        ("info@good.example", "pending", "not_proven"),
    ] {
        let found = verify(&world, "sdr", email).await;
        assert_eq!(
            (&found["verification_status"], &found["reason"]),
            (&json!(status), &json!(reason)),
            "{email}"
        );
        let failed = reason == "no_answer";
        assert_eq!(found["status"], if failed { "error" } else { "success" }, "{email}");
        assert_eq!(
            found["catch_all"],
            if status == "invalid" { json!(false) } else { json!("pending") },
            "{email}"
        );
        assert_eq!(found["is_role"], email.starts_with("info@"), "{email}");
        assert_eq!(found["is_disposable"], email.ends_with("mailinator.com"), "{email}");
        assert_eq!(found["credits_used"], i64::from(!failed), "{email}");
        assert!(found["credits"].is_null(), "nothing is counted");
        assert_eq!(
            world.get("editor", &format!("/api/v2/email-verification/{email}")).await.is(200).json(),
            found
        );
    }
}

/// A text that is not an address is judged, and not kept.
async fn a_text_that_is_not_an_address_is_invalid(mut world: World) {
    looks_up(&mut world);
    for email in ["no address", "jo@", "@good.example", "Jo <jo@good.example>", ""] {
        let found = verify(&world, "owner", email).await;
        assert_eq!(
            (&found["verification_status"], &found["reason"]),
            (&json!("invalid"), &json!("syntax")),
            "{email}"
        );
        assert_eq!(found["credits_used"], 0);
    }
    world.get("owner", "/api/v2/email-verification/no%20address").await.is(404);
    for (body, why) in [
        (json!({}), "body must have required property 'email'"),
        (json!({ "email": 5 }), "body/email must be string"),
        (json!({ "email": "a".repeat(255) }), "body/email must NOT have more than 254 characters"),
    ] {
        let said = world.call("owner", VERIFY, body).await.is(400).message();
        assert!(said.starts_with(why), "{said}");
    }
    assert_eq!(verify(&world, "owner", " Jo@GOOD.example ").await["email"], "jo@good.example");
    world.get("owner", "/api/v2/email-verification/jo@good.example").await.is(200);
    // Thirty days later the result is gone.
    world.wait(31 * 86_400_000);
    gatepost::jobs::prune(&world.app).await.unwrap();
    world.get("owner", "/api/v2/email-verification/jo@good.example").await.is(404);
}

async fn what_the_workspace_knows_counts(mut world: World) {
    looks_up(&mut world);
    let private = world.create("owner", "private", "private").await;
    for name in ["reached", "both"] {
        let body = json!({ "campaign": private, "email": format!("{name}@good.example") });
        world.call("owner", "POST /api/v2/leads", body).await.is(200);
        reached(&world, &format!("{name}@good.example")).await;
    }
    bounced(&world, "both@good.example").await;
    let reason = async |who: &str, email: &str| {
        let found = verify(&world, who, email).await;
        (
            found["verification_status"].as_str().unwrap().to_owned(),
            found["reason"].as_str().unwrap().to_owned(),
        )
    };
    let is = |status: &str, reason: &str| (status.to_owned(), reason.to_owned());
    assert_eq!(reason("owner", "reached@good.example").await, is("verified", "reached"));
    // Nobody learns from a verification what happened to a lead that they do not see.
    for who in ["manager", "editor", "member", "sdr"] {
        assert_eq!(reason(who, "reached@good.example").await, is("pending", "not_proven"), "{who}");
        let at = "/api/v2/email-verification/reached@good.example";
        assert_eq!(world.get(who, at).await.json()["verification_status"], "pending", "{who}");
    }
    assert_eq!(reason("stranger", "reached@good.example").await, is("pending", "not_proven"));
    assert_eq!(reason("owner", "both@good.example").await, is("invalid", "bounced"));
    assert_eq!(reason("sdr", "both@good.example").await, is("invalid", "bounced"));
    assert_eq!(reason("stranger", "both@good.example").await, is("pending", "not_proven"));
    // A bounce that came after the look-up counts in the next answer.
    bounced(&world, "reached@good.example").await;
    let at = "/api/v2/email-verification/reached@good.example";
    assert_eq!(world.get("owner", at).await.json()["reason"], "bounced");
}

async fn results_belong_to_the_workspace(mut world: World) {
    looks_up(&mut world);
    verify(&world, "member", "jo@good.example").await;
    let at = "/api/v2/email-verification/jo@good.example";
    for who in ["owner", "admin", "manager", "editor", "member", "sdr"] {
        assert_eq!(world.get(who, at).await.is(200).json()["email"], "jo@good.example", "{who}");
    }
    for who in ["view", "client"] {
        world.get(who, at).await.is(403);
        world.call(who, VERIFY, json!({ "email": "jo@good.example" })).await.is(403);
    }
    let foreign = world.get("stranger", at).await.is(404).face();
    assert_eq!(foreign, world.get("stranger", "/api/v2/email-verification/none@good.example").await.face());
    let rows: Vec<Value> = world.log().await.into_iter().filter(|row| row["activity_type"] == 1175).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].to_string().contains("jo@good.example"), "{}", rows[0]);
}

async fn a_credit_is_spent_for_an_answer(mut world: World) {
    looks_up(&mut world);
    grant(&world, 2).await;
    let first = verify(&world, "owner", "jo@good.example").await;
    assert_eq!((&first["credits_used"], &first["credits"]), (&json!(1), &json!(1)));
    for free in ["jo@failing.example", "jo@silent.example", "no address"] {
        assert_eq!(verify(&world, "owner", free).await["credits_used"], 0, "{free}");
    }
    assert_eq!(credits(&world).await, (1, -1));
    // An SDR does not see the credits of the workspace.
    assert!(verify(&world, "sdr", "jo@good.example").await["credits"].is_null());
    assert_eq!(credits(&world).await, (0, -2));
    for email in ["new@good.example", "jo@failing.example", "no address"] {
        let refused = world.call("owner", VERIFY, json!({ "email": email })).await.is(402).message();
        assert_eq!(refused, "not enough credits of the kind `hyper`: 0 left");
    }
    world.get("owner", "/api/v2/email-verification/new@good.example").await.is(404);
    world.get("owner", "/api/v2/email-verification/jo@good.example").await.is(200);
    assert_eq!(credits(&world).await, (0, -2), "a refused call and a GET cost nothing");
}

fn leads(emails: &[&str]) -> Vec<Value> {
    emails.iter().map(|email| json!({ "email": email })).collect()
}

async fn leads_are_verified_after_they_were_added(mut world: World) {
    looks_up(&mut world);
    grant(&world, 100).await;
    let campaign = world.create("owner", "c", "team").await;
    bounced(&world, "b@good.example").await;
    let emails = [
        "a@good.example",
        "b@good.example",
        "c@none.example",
        "d@refuses.example",
        "e@failing.example",
        "info@good.example",
        "g@mailinator.com",
    ];
    let body = json!({ "campaign_id": campaign, "leads": leads(&emails), "verify_leads_on_import": true });
    let added = world.call("owner", ADD, body).await.is(200).json();
    assert_eq!(added["leads_uploaded"], 7);
    assert!(statuses(&world).await.iter().all(|(_, status)| *status == Some(12)));
    // One job of a caller verifies what they add meanwhile.
    let one = json!({ "campaign": campaign, "email": "h@other.example", "verify_leads_on_import": true });
    let made = world.call("owner", "POST /api/v2/leads", one).await.is(200).json();
    assert_eq!(made["verification_status"], 12);
    let plain = json!({ "campaign": campaign, "email": "i@other.example", "verify_leads_on_import": false });
    world.call("owner", "POST /api/v2/leads", plain).await.is(200);
    assert_eq!(credits(&world).await, (100, 0));
    assert_eq!(world.work().await, 1);
    let found = statuses(&world).await;
    for (email, status) in [
        ("a@good.example", Some(11)),
        ("b@good.example", Some(-1)),
        ("c@none.example", Some(-1)),
        ("d@refuses.example", Some(-1)),
        ("e@failing.example", Some(11)),
        ("g@mailinator.com", Some(-2)),
        ("h@other.example", Some(11)),
        ("i@other.example", None),
        ("info@good.example", Some(-2)),
    ] {
        assert_eq!(found[email], status, "{email}");
    }
    assert_eq!(credits(&world).await, (93, -7), "all but the look-up that failed");
    let jobs = world.get("owner", "/api/v2/background-jobs?type=verify-leads").await.is(200).items();
    let job = &jobs[0];
    assert_eq!((&job["status"], jobs.len()), (&json!("success"), 1));
    let data =
        json!({ "verified": 0, "invalid": 3, "risky": 2, "pending": 3, "not_paid": 0, "credits_used": 7 });
    assert_eq!(job["data"], data);
    let rows: Vec<Value> = world.log().await.into_iter().filter(|row| row["activity_type"] == 1176).collect();
    assert_eq!((rows.len(), &rows[0]["affected_count"]), (1, &json!(8)));
    what_is_known_is_used_again(&world).await;
}

/// It costs nothing. An address that answered is verified.
async fn what_is_known_is_used_again(world: &World) {
    let other = world.create("owner", "other", "team").await;
    reached(world, "a@good.example").await;
    let emails = ["a@good.example", "c@none.example"];
    let body = json!({ "campaign_id": other, "leads": leads(&emails), "verify_leads_on_import": true });
    world.call("owner", ADD, body).await.is(200);
    world.work().await;
    assert_eq!(credits(world).await, (93, -7));
    let list = world.call("owner", "POST /api/v2/leads/list", json!({ "campaign": other })).await.items();
    assert_eq!(list.iter().map(|lead| &lead["verification_status"]).collect::<Vec<_>>(), [1, -1]);
    let valid = json!({ "campaign": other, "filter": "FILTER_VAL_VALID" });
    assert_eq!(world.call("owner", "POST /api/v2/leads/list", valid).await.items().len(), 1);
    let finder =
        json!({ "campaign": other, "email": "z@good.example", "verify_leads_for_lead_finder": true });
    let said = world.call("owner", "POST /api/v2/leads", finder).await.is(400).message();
    assert!(said.starts_with("body/verify_leads_for_lead_finder must be false"), "{said}");
}

async fn a_file_of_leads_is_verified(mut world: World) {
    looks_up(&mut world);
    let list = world.call("sdr", "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(200).id();
    let rows: String =
        (0..1_500).map(|n| format!("l{n}@{}.example,Kim\n", ["good", "none"][n % 2])).collect();
    let csv = format!("Email,First Name\n{rows},Nobody\n");
    let mut body = json!({ "list_id": list, "csv": csv, "verify_leads_on_import": true, "dry_run": true });
    world.call("sdr", "POST /api/v2/lead-imports", body.clone()).await.is(200);
    world.work().await;
    assert!(statuses(&world).await.is_empty());
    body["dry_run"] = json!(false);
    let made = world.call("sdr", "POST /api/v2/lead-imports", body).await.is(200).json();
    assert_eq!(made["verify_leads_on_import"], true);
    world.work().await;
    let all =
        sql("select verification_status, count(*) from leads where workspace_id = $1 and email is not null \
         group by verification_status order by 1");
    let all: Vec<(Option<i64>, i64)> = all.bind(world.home).all(&world.reader).await.unwrap();
    assert_eq!(all, [(Some(-1), 750), (Some(11), 750)]);
    let stats =
        world.get("owner", &format!("/api/v2/lead-lists/{list}/verification-stats")).await.is(200).json();
    assert_eq!((&stats["stats"]["invalid"], &stats["total_leads"]), (&json!(750), &json!(1_501)));
}

async fn leads_without_credits_stay_as_they_are(mut world: World) {
    looks_up(&mut world);
    grant(&world, 2).await;
    let campaign = world.create("owner", "c", "team").await;
    let add = async |emails: &[&str]| {
        let body = json!({ "campaign_id": campaign, "leads": leads(emails), "verify_leads_on_import": true });
        world.call("owner", ADD, body).await
    };
    add(&["a@good.example", "b@good.example", "c@good.example"]).await.is(200);
    world.work().await;
    let mut found: Vec<Option<i64>> = statuses(&world).await.into_values().collect();
    found.sort_unstable();
    assert_eq!(found, [None, Some(11), Some(11)]);
    assert_eq!(credits(&world).await, (0, -2));
    let jobs = world.get("owner", "/api/v2/background-jobs?type=verify-leads").await.items();
    assert_eq!((&jobs[0]["status"], &jobs[0]["data"]["not_paid"]), (&json!("success"), &json!(1)));
    // Without any credit the call is refused, and adds nothing.
    let refused = add(&["d@good.example"]).await.is(402).message();
    assert_eq!(refused, "not enough credits of the kind `hyper`: 0 left");
    let one = json!({ "campaign": campaign, "email": "d@good.example", "verify_leads_on_import": true });
    world.call("owner", "POST /api/v2/leads", one).await.is(402);
    let file =
        json!({ "campaign_id": campaign, "csv": "Email\nd@good.example\n", "verify_leads_on_import": true });
    world.call("owner", "POST /api/v2/lead-imports", file).await.is(402);
    assert_eq!((statuses(&world).await.len(), world.work().await), (3, 0));
}

async fn verifying_leads_needs_the_right(mut world: World) {
    looks_up(&mut world);
    let campaign = world.create("owner", "c", "team").await;
    let add = async |who: &str, emails: &[&str]| {
        let body = json!({ "campaign_id": campaign, "leads": leads(emails), "verify_leads_on_import": true });
        world.call(who, ADD, body).await
    };
    for who in ["view", "client"] {
        add(who, &["a@good.example"]).await.is(403);
    }
    add("editor", &["a@good.example"]).await.is(200);
    let member = format!("PATCH /api/v2/workspace-members/{}", world.who("editor").member.unwrap());
    world.call("owner", &member, json!({ "role": "view" })).await.is(200);
    world.work().await;
    let state = async |user: Option<uuid::Uuid>| {
        let status = sql("select status from jobs where kind = 'verify-leads' and user_id = $1").bind(user);
        status.optional::<String>(&world.reader).await.unwrap().unwrap()
    };
    assert_eq!(state(world.who("editor").user).await, "failed");
    assert_eq!(statuses(&world).await["a@good.example"], Some(12));
    // The next job with the reach takes the leads that wait.
    add("manager", &["b@good.example"]).await.is(200);
    world.work().await;
    assert_eq!(state(world.who("manager").user).await, "success");
    assert_eq!(statuses(&world).await.into_values().collect::<Vec<_>>(), [Some(11), Some(11)]);
    world.get("owner", &format!("/api/v2/leads/{MISSING}")).await.is(404);
}

/// The server is killed at the first fault point, then at the second, and so on.
async fn killed_at_every_step_it_charges_once(mut world: World) {
    looks_up(&mut world);
    grant(&world, 1_000).await;
    let campaign = world.create("owner", "c", "team").await;
    let (mut deaths, mut point) = (0, 0);
    loop {
        let emails: Vec<String> = (0..5).map(|n| format!("p{point}n{n}@good.example")).collect();
        let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
        let body =
            json!({ "campaign_id": campaign, "leads": leads(&emails), "verify_leads_on_import": true });
        world.call("owner", ADD, body).await.is(200);
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = gatepost::jobs::drain(&world.app, gatepost::resources::work).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        deaths += usize::from(died);
        if died {
            world.wait(16_000);
            world.work().await;
        }
        let charged = 5 * (point + 1);
        assert_eq!(credits(&world).await, (1_000 - charged, -charged), "dead at {point}");
        assert!(statuses(&world).await.values().all(|status| *status == Some(11)), "dead at {point}");
        if !died {
            break;
        }
        point += 1;
    }
    assert!(deaths >= 3, "{deaths}");
}

thread_local! {
    static CLOCK: RefCell<Option<Arc<Fixed>>> = const { RefCell::new(None) };
}

/// Works as always, and lets time pass before each step.
fn ticking(app: gatepost::app::App, claim: gatepost::jobs::Claim) -> gatepost::jobs::Step {
    CLOCK.with_borrow(|clock| clock.as_ref().unwrap().now.fetch_add(1, Ordering::SeqCst));
    gatepost::resources::work(app, claim)
}

/// 450 leads take three steps. The job of another workspace does not wait for all of them.
async fn jobs_of_workspaces_take_turns(mut world: World) {
    looks_up(&mut world);
    let emails: Vec<String> = (0..450).map(|n| format!("l{n}@good.example")).collect();
    let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
    for (who, emails) in [("owner", emails.as_slice()), ("stranger", &["jo@good.example"])] {
        let list = world.call(who, "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(200).id();
        let body = json!({ "list_id": list, "leads": leads(emails), "verify_leads_on_import": true });
        world.call(who, ADD, body).await.is(200);
        world.wait(1);
    }
    CLOCK.set(Some(world.ambient.clone()));
    gatepost::jobs::drain(&world.app, ticking).await.unwrap();
    let steps =
        sql("select workspace_id, affected_count from audit_log where activity_type = 1176 order by id");
    let steps: Vec<(uuid::Uuid, i64)> = steps.all(&world.reader).await.unwrap();
    let expected = [(world.home, 200), (world.away, 1), (world.home, 200), (world.home, 50)];
    assert_eq!(steps, expected);
}
