//! Mails of campaigns, through a mail server. Its log says what has left and when.

use crate::support::internet::Arrived;
use crate::support::post::{Post, add, campaign, header, launch, lead, live, status, written};
use crate::support::{World, on_both};
use gatepost::db::sql;
use gatepost::resources::campaign_mails;
use gatepost::sending::zone::Zone;
use gatepost::time::Time;
use serde_json::{Value, json};

on_both! {
    a_sequence_leaves_step_by_step_and_ends without_replies_only_first_steps_leave
    windows_gaps_and_limits_hold each_answer_of_a_mail_server_has_its_effect
    an_account_that_cannot_sign_in_is_taken_out_of_use a_link_unsubscribes_only_when_it_is_confirmed
    the_status_names_the_gate_that_stops a_campaign_that_was_never_launched_says_so
    accounts_that_are_due_together_take_different_leads leads_of_an_account_that_was_taken_off_are_skipped
}

const ACCOUNT: &str = "jo@acme.example";
const DAY: i64 = Time::DAY;

async fn a_sequence_leaves_step_by_step_and_ends(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({ "signature": "<p>Jo</p>" })).await;
    let id =
        launch(&world, "owner", campaign(&[ACCOUNT], 2, json!({})), &["ok.1@a.example", "ok.2@b.example"])
            .await;
    live(&world, 3 * DAY).await;
    assert_eq!(post.internet.mails().len(), 4);
    for email in ["ok.1@a.example", "ok.2@b.example"] {
        let mails = post.to(email);
        let [first, second] = mails.as_slice() else { panic!("{email}: {}", mails.len()) };
        assert_eq!(header(first, "Subject").unwrap(), "Hello Ann");
        assert_eq!(header(second, "Subject").unwrap(), "Re: Hello Ann", "an answer in the same thread");
        let ids = [first, second].map(|mail| header(mail, "Message-ID").unwrap());
        assert_eq!(
            (header(second, "In-Reply-To").as_ref(), header(first, "In-Reply-To")),
            (Some(&ids[0]), None)
        );
        assert!(ids[0] != ids[1] && ids[0].ends_with("@acme.example>"), "{ids:?}");
        let delay = written(second).0 - written(first).0;
        assert!((DAY..DAY + Time::HOUR).contains(&delay), "{delay}");
        let opt_out = header(first, "List-Unsubscribe").unwrap();
        assert!(opt_out.starts_with("<https://gatepost.example/u/"), "{opt_out}");
        assert_eq!(header(first, "List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
        assert!(first.text.contains("step 0 for Ann") && first.text.contains("Jo"), "{}", first.text);
        let lead = lead(&world, &id, email).await;
        assert_eq!(lead["status"], 3);
        assert!(lead["timestamp_last_contact"].is_string(), "{lead}");
    }
    let after = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.is(200).json();
    assert_eq!(after["status"], 3, "nothing is left to send");
    assert_eq!(status(&world, &id).await["diagnostics"]["status"], "campaign_completed");
    let log = world.log().await;
    assert_eq!(log.iter().filter(|row| row["activity_type"] == 1191).count(), 1);
    let sent: Vec<i64> = sql("select sent from account_days order by day").all(&world.reader).await.unwrap();
    assert_eq!(sent.iter().sum::<i64>(), 4);
    let kinds: Vec<String> = sql("select kind from results").all(&world.reader).await.unwrap();
    assert_eq!(kinds, ["accepted"; 4]);
    let events: Vec<String> = sql("select kind from events order by id").all(&world.reader).await.unwrap();
    assert_eq!(events, ["email_sent", "email_sent", "email_sent", "email_sent", "campaign_completed"]);
}

async fn without_replies_only_first_steps_leave(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let body = campaign(&[ACCOUNT], 3, json!({ "stop_on_reply": null }));
    let id = launch(&world, "owner", body, &["ok.1@a.example", "grey@b.example"]).await;
    live(&world, 6 * DAY).await;
    assert_eq!((post.to("ok.1@a.example").len(), post.to("grey@b.example").len()), (1, 1));
    let told = status(&world, &id).await;
    let diagnostics = &told["diagnostics"];
    assert_eq!(
        (&diagnostics["gate"], &diagnostics["first_step_only"]),
        (&json!("inbox"), &json!(true)),
        "{told}"
    );
    assert!(told["summary"]["status_message"].as_str().unwrap().contains("first steps only"), "{told}");
    assert_eq!(diagnostics["expected_today"], 0);
    assert_eq!(diagnostics["follow_ups_waiting"]["count"], 2);
}

fn in_order(mut mails: Vec<Arrived>) -> Vec<Time> {
    mails.sort_by_key(written);
    mails.iter().map(written).collect()
}

async fn windows_gaps_and_limits_hold(mut world: World) {
    let post = Post::start(&mut world).await;
    let accounts = ["jo@acme.example", "al@acme.example"];
    post.account(&world, accounts[0], json!({ "daily_limit": 4 })).await;
    post.account(&world, accounts[1], json!({ "enable_slow_ramp": true })).await;
    let window = json!({
        "name": "hours", "timing": { "from": "09:00", "to": "17:00" }, "timezone": "America/Chicago",
        "days": { "1": true, "2": true, "3": true, "4": true, "5": true },
    });
    let more = json!({
        "campaign_schedule": { "schedules": [window] }, "email_gap": 20, "random_wait_max": 7, "daily_max_leads": 7,
        "daily_limit": 8,
    });
    let leads: Vec<String> = (0..60).map(|n| format!("ok.{n}@c{n}.example")).collect();
    let leads: Vec<&str> = leads.iter().map(String::as_str).collect();
    launch(&world, "owner", campaign(&accounts, 2, more), &leads).await;
    live(&world, 9 * DAY).await;
    let zone = Zone::named("America/Chicago").unwrap();
    let mails = post.internet.mails();
    assert!(mails.len() > 30, "{}", mails.len());
    for mail in &mails {
        let civil = zone.civil(written(mail));
        assert!((9..17).contains(&civil.hour()), "outside the window: {civil}");
        assert!((1..=5).contains(&civil.weekday().to_sunday_zero_offset()), "on a weekend: {civil}");
    }
    for account in accounts {
        let times = in_order(mails.iter().filter(|mail| mail.from == account).cloned().collect());
        let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert!(gaps.iter().all(|gap| *gap >= 20 * Time::MINUTE), "{account}: {gaps:?}");
        let on = |day: &str| times.iter().filter(|time| time.day() == day).count();
        let mut days: Vec<String> = times.iter().map(|time| time.day()).collect();
        days.dedup();
        let counts: Vec<usize> = days.iter().map(|day| on(day)).collect();
        match account {
            "jo@acme.example" => assert!(counts.iter().all(|count| *count <= 4), "{counts:?}"),
            _ => assert!(counts.iter().zip(1..).all(|(count, day)| *count <= 2 * day), "a ramp: {counts:?}"),
        }
    }
    let (mut days, mut new) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    for mail in &mails {
        let day = zone.day(written(mail));
        *days.entry(day).or_insert(0) += 1;
        *new.entry(day).or_insert(0) += i32::from(header(mail, "In-Reply-To").is_none());
    }
    assert!(
        days.values().all(|count| *count <= 8) && new.values().all(|count| *count <= 7),
        "{days:?} {new:?}"
    );
    assert!(post.counted().values().all(|count| *count == 1));
}

async fn each_answer_of_a_mail_server_has_its_effect(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let leads = [
        "unknown@a.example",
        "grey@b.example",
        "policy@c.example",
        "451-at-dot@d.example",
        "554-at-dot@e.example",
        "silent-after-dot@f.example",
        "drop-after-dot@g.example",
        "ok@h.example",
    ];
    let id = launch(&world, "owner", campaign(&[ACCOUNT], 1, json!({})), &leads).await;
    live(&world, 5 * DAY).await;
    let counts = leads.map(|email| post.to(email).len());
    // A mail that was deferred at the dot is tried for two days, and one that was refused there twice more.
    assert_eq!((counts[0], counts[1], counts[2], counts[7]), (0, 1, 0, 1), "{counts:?}");
    assert!(counts[3] > 3 && counts[4] == 3, "{counts:?}");
    assert_eq!((counts[5], counts[6]), (1, 1), "after a silence a mail is never sent again");
    let ids: Vec<_> = post.to(leads[3]).iter().map(|mail| header(mail, "Message-ID")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "each try has the same id: {ids:?}");
    let mut states = Vec::new();
    for email in leads {
        states.push(lead(&world, &id, email).await["status"].as_i64().unwrap());
    }
    assert_eq!(states, [-1, 3, -3, -1, -3, 3, 3, 3]);
    let unconfirmed = sql("select count(*) from results where kind = 'unconfirmed'");
    assert_eq!(unconfirmed.optional::<i64>(&world.reader).await.unwrap(), Some(2));
    // Only an address that does not exist is suppressed, and then for all campaigns.
    let suppressed: Vec<(String, String)> =
        sql("select kind, value from suppressions").all(&world.reader).await.unwrap();
    assert_eq!(suppressed, [("bounced".to_owned(), leads[0].to_owned())]);
    let tries = post.internet.commands().iter().filter(|line| line.contains("unknown@a")).count();
    let other =
        launch(&world, "owner", campaign(&[ACCOUNT], 1, json!({})), &[leads[0], "ok.9@z.example"]).await;
    live(&world, DAY).await;
    assert_eq!(post.to("ok.9@z.example").len(), 1);
    assert_eq!(lead(&world, &other, leads[0]).await["status"], -3);
    let again = post.internet.commands().iter().filter(|line| line.contains("unknown@a")).count();
    assert_eq!((tries, again), (1, 1), "the mail server is not asked again");
}

async fn an_account_that_cannot_sign_in_is_taken_out_of_use(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({ "smtp_password": "certainly wrong" })).await;
    let id = launch(&world, "owner", campaign(&[ACCOUNT], 1, json!({})), &["ok@a.example"]).await;
    live(&world, Time::HOUR).await;
    let account = world.get("owner", &format!("/api/v2/accounts/{ACCOUNT}")).await.is(200).json();
    assert_eq!(account["status"], -1, "{account}");
    assert_eq!(status(&world, &id).await["diagnostics"]["gate"], "account");
    assert_eq!(
        status(&world, &id).await["diagnostics"]["accounts_summary"]["unavailable"]["disconnected"],
        1
    );
    let log = world.log().await;
    assert_eq!(log.iter().filter(|row| row["activity_type"] == 1190).count(), 1);
    assert_eq!(lead(&world, &id, "ok@a.example").await["status"], 1, "the lead has no fault");
    // A server that cannot be reached is asked less and less often.
    let closed = json!({ "smtp_port": 1 });
    post.account(&world, "al@acme.example", closed).await;
    let other =
        launch(&world, "owner", campaign(&["al@acme.example"], 1, json!({})), &["ok.2@a.example"]).await;
    live(&world, 20 * Time::MINUTE).await;
    let (failures, rest): (i64, Time) = sql("select failures, rest_until from runs where failures > 0")
        .optional(&world.reader)
        .await
        .unwrap()
        .unwrap();
    assert!(failures == 5 && rest > world.app.now(), "{failures}");
    assert_eq!(status(&world, &other).await["diagnostics"]["gate"], "account_gap");
    live(&world, 2 * Time::HOUR).await;
    let account = world.get("owner", "/api/v2/accounts/al@acme.example").await.is(200).json();
    assert_eq!(account["status"], -1);
    assert_eq!(post.internet.mails(), []);
}

async fn a_link_unsubscribes_only_when_it_is_confirmed(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let id = launch(&world, "owner", campaign(&[ACCOUNT], 3, json!({})), &["ok.1@a.example"]).await;
    live(&world, Time::HOUR).await;
    let link = header(&post.to("ok.1@a.example")[0], "List-Unsubscribe").unwrap();
    let path = link.strip_prefix("<https://gatepost.example").unwrap().split('>').next().unwrap().to_owned();
    for _ in 0..20 {
        let page = world.send("", &format!("GET {path}"), &[], vec![]).await.is(200).text();
        assert!(page.contains("<form") && !page.contains("ok.1@"), "{page}");
    }
    assert_eq!(lead(&world, &id, "ok.1@a.example").await["status"], 1, "opening the link changes nothing");
    let cut = &path[..path.len() - 2];
    for wrong in [cut, "/u/x", &format!("/u/{}", "A".repeat(400))] {
        world.send("", &format!("GET {wrong}"), &[], vec![]).await.is(404);
        world.send("", &format!("POST {wrong}"), &[], vec![]).await.is(404);
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for _ in 0..3 {
        let body = b"List-Unsubscribe=One-Click".to_vec();
        let done = world.send("", &format!("POST {path}"), &form, body).await.is(200).text();
        assert!(done.contains("You are unsubscribed"), "{done}");
    }
    assert_eq!(lead(&world, &id, "ok.1@a.example").await["status"], -2);
    let kinds: Vec<String> = sql("select kind from suppressions").all(&world.reader).await.unwrap();
    assert_eq!(kinds, ["unsubscribed"]);
    let events: Vec<String> = sql("select kind from events order by id").all(&world.reader).await.unwrap();
    assert_eq!(events, ["email_sent", "lead_unsubscribed"], "once");
    live(&world, 4 * DAY).await;
    assert_eq!(post.internet.mails().len(), 1, "no further step");
    let list = world.get("owner", "/api/v2/block-lists-entries").await.is(200).items();
    assert_eq!(list, Vec::<Value>::new(), "nobody can take the person's wish off the block list");
}

async fn the_status_names_the_gate_that_stops(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({ "daily_limit": 2, "sending_gap": 60 })).await;
    let id = launch(
        &world,
        "owner",
        campaign(&[ACCOUNT], 1, json!({ "daily_max_leads": 50 })),
        &["ok.1@a.example"],
    )
    .await;
    let gate = async || status(&world, &id).await["diagnostics"]["gate"].clone();
    let told = status(&world, &id).await;
    assert_eq!(
        (&told["diagnostics"]["gate"], &told["diagnostics"]["status"]),
        (&Value::Null, &json!("healthy"))
    );
    assert_eq!(told["diagnostics"]["expected_today"], 1, "{told}");
    add(&world, &id, &["ok.2@b.example", "ok.3@c.example", "ok.4@d.example"]).await;
    live(&world, Time::MINUTE).await;
    assert_eq!(gate().await, "account_gap");
    let patch = async |body: Value| {
        world.call("owner", &format!("PATCH /api/v2/campaigns/{id}"), body).await.is(200);
    };
    patch(json!({ "daily_max_leads": 1 })).await;
    world
        .call("owner", &format!("PATCH /api/v2/accounts/{ACCOUNT}"), json!({ "sending_gap": 0 }))
        .await
        .is(200);
    patch(json!({ "email_gap": 0, "random_wait_max": 0 })).await;
    assert_eq!(gate().await, "campaign_gap", "the gap that has begun stays");
    world.wait(16 * Time::MINUTE);
    assert_eq!(gate().await, "new_leads");
    patch(json!({ "daily_max_leads": null, "daily_limit": 1 })).await;
    assert_eq!(gate().await, "campaign_day");
    patch(json!({ "daily_limit": 50 })).await;
    live(&world, 10).await;
    assert_eq!((gate().await, post.internet.mails().len()), (json!("account_day"), 2));
    world.wait(DAY);
    assert_eq!(gate().await, Value::Null);
    let mut closed = campaign(&[], 1, json!({}))["campaign_schedule"].clone();
    closed["end_date"] = json!("2023-11-14");
    patch(json!({ "campaign_schedule": closed })).await;
    assert_eq!(gate().await, "window");
    live(&world, DAY).await;
    assert_eq!(post.internet.mails().len(), 2, "the end date is over");
    let open = campaign(&[], 1, json!({}))["campaign_schedule"].clone();
    patch(json!({ "campaign_schedule": open })).await;
    world.call("owner", &format!("POST /api/v2/accounts/{ACCOUNT}/pause"), Value::Null).await.is(200);
    assert_eq!(gate().await, "account");
    world.call("owner", &format!("POST /api/v2/accounts/{ACCOUNT}/resume"), Value::Null).await.is(200);
    world.call("owner", "POST /api/v2/block-lists-entries", json!({ "bl_value": "c.example" })).await.is(200);
    assert_eq!(gate().await, "suppressed");
    add(&world, &id, &["ok.5@e.example", "ok.6@f.example"]).await;
    live(&world, Time::MINUTE).await;
    assert_eq!(lead(&world, &id, "ok.3@c.example").await["status"], -3);
    world.call("owner", &format!("POST /api/v2/campaigns/{id}/pause"), Value::Null).await.is(200);
    let told = status(&world, &id).await;
    assert_eq!((&told["diagnostics"], &told["summary"]["status"]), (&Value::Null, &json!("campaign_paused")));
    world.get("stranger", &format!("/api/v2/campaigns/{id}/sending-status")).await.is(404);
}

/// A campaign that was active before this server could send.
async fn a_campaign_that_was_never_launched_says_so(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let id = world.call("owner", "POST /api/v2/campaigns", campaign(&[ACCOUNT], 1, json!({}))).await.id();
    world.run(sql("update campaigns set status = 1")).await;
    let told = status(&world, &id).await;
    assert_eq!(
        (&told["diagnostics"]["gate"], &told["summary"]["status"]),
        (&json!("campaign"), &json!("campaign_paused"))
    );
    assert!(told["summary"]["status_message"].as_str().unwrap().contains("not launched"), "{told}");
    world.run(sql("update campaigns set status = 3")).await;
    assert_eq!(status(&world, &id).await["diagnostics"]["gate"], "campaign");
    world.run(sql("update campaigns set status = 1")).await;
    world.call("owner", &format!("POST /api/v2/campaigns/{id}/activate"), Value::Null).await.is(200);
    assert_eq!(status(&world, &id).await["diagnostics"]["gate"], "lead");
}

async fn accounts_that_are_due_together_take_different_leads(mut world: World) {
    let post = Post::start(&mut world).await;
    let accounts: Vec<String> = (0..6).map(|n| format!("a{n}@acme.example")).collect();
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    for email in &accounts {
        post.account(&world, email, json!({})).await;
    }
    let leads: Vec<String> = (0..6).map(|n| format!("ok.{n}@c{n}.example")).collect();
    let leads: Vec<&str> = leads.iter().map(String::as_str).collect();
    let id = launch(&world, "owner", campaign(&accounts, 1, json!({})), &leads).await;
    let (stop, stopped) = tokio::sync::watch::channel(());
    let sending = tokio::spawn(campaign_mails::run(world.app.clone(), 12, stopped));
    for _ in 0..1000 {
        if post.internet.mails().len() == 6 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    drop(stop);
    sending.await.unwrap();
    assert_eq!(leads.iter().map(|email| post.to(email).len()).collect::<Vec<_>>(), [1; 6]);
    assert_eq!(post.internet.dotless(0).await, Vec::<String>::new(), "none was handed over in vain");
    assert_eq!(status(&world, &id).await["diagnostics"]["accounts_summary"]["total_connected"], 6);
}

/// A lead gets all its mails from one account.
async fn leads_of_an_account_that_was_taken_off_are_skipped(mut world: World) {
    let post = Post::start(&mut world).await;
    let accounts = [ACCOUNT, "al@acme.example"];
    for email in accounts {
        post.account(&world, email, json!({})).await;
    }
    let leads = ["ok.1@a.example", "ok.2@b.example"];
    let id = launch(&world, "owner", campaign(&accounts, 2, json!({})), &leads).await;
    live(&world, Time::HOUR).await;
    let of = |account: &str| leads.into_iter().find(|email| post.to(email)[0].from == account).unwrap();
    let (kept, lost) = (of(ACCOUNT), of("al@acme.example"));
    let path = format!("PATCH /api/v2/campaigns/{id}");
    world.call("owner", &path, json!({ "email_list": [ACCOUNT] })).await.is(200);
    live(&world, DAY + 2 * Time::HOUR).await;
    assert_eq!((post.to(kept).len(), post.to(lost).len()), (2, 1));
    assert_eq!(lead(&world, &id, lost).await["status"], 1, "the account can still come back");
    live(&world, DAY).await;
    assert_eq!(lead(&world, &id, lost).await["status"], -3);
    assert_eq!(lead(&world, &id, kept).await["status"], 3);
    let after = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.is(200).json();
    assert_eq!(after["status"], 3, "nothing is left to send");
    let open = sql("select count(*) from journeys where not ended");
    assert_eq!(open.optional::<i64>(&world.reader).await.unwrap(), Some(0));
}
