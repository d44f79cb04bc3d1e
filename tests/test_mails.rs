//! Test mails: who can send them, from where, to whom, and how many.

use crate::support::post::{Post, campaign, header};
use crate::support::{World, on_both};
use gatepost::time::Time;
use serde_json::{Value, json};

on_both! {
    a_test_mail_leaves_at_once_and_is_recorded an_account_that_the_caller_cannot_use_sends_nothing
    suppressed_addresses_and_wrong_lists_are_refused a_minute_has_ten_and_a_failure_is_an_answer
    a_saved_step_is_sent_from_its_page
}

const ACCOUNT: &str = "jo@acme.example";
const SEND: &str = "POST /api/v2/emails/test";

fn mail(from: &str, to: &str) -> Value {
    let html = "<p>A first line.</p><p>A <b>second</b> line.</p>";
    json!({ "eaccount": from, "to_address_email_list": to, "subject": "Only a test", "body": { "html": html } })
}

async fn a_test_mail_leaves_at_once_and_is_recorded(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    let to = "ok.me@acme.example, ok.you@acme.example";
    let answer = world.call("owner", SEND, mail(ACCOUNT, to)).await.is(200).json();
    assert_eq!(answer, json!({ "status": "success" }));
    let mails = post.to("ok.you@acme.example");
    let [arrived] = mails.as_slice() else { panic!("{}", mails.len()) };
    assert_eq!(
        (arrived.from.as_str(), header(arrived, "Subject").unwrap()),
        (ACCOUNT, "Only a test".to_owned())
    );
    assert!(header(arrived, "List-Unsubscribe").is_none() && arrived.text.contains("A first line."));
    let log = world.log().await;
    let row = log.iter().find(|row| row["activity_type"] == 1193).unwrap();
    assert!(row.to_string().contains("ok.you@acme.example") && row["action"] == "emails:test", "{row}");
    let figures = world.get("owner", "/api/v2/campaigns/analytics/overview").await.is(200).json();
    assert_eq!(figures["emails_sent_count"], 0, "it does not belong to a campaign");
}

async fn an_account_that_the_caller_cannot_use_sends_nothing(mut world: World) {
    let post = Post::start(&mut world).await;
    let assigned = json!({ "assigned_to": world.who("sdr").member });
    post.account(&world, ACCOUNT, assigned).await;
    post.account(&world, "free@acme.example", json!({})).await;
    let send = async |who: &str, from: &str| {
        world.call(who, SEND, mail(from, "ok.1@a.example")).await.status.as_u16()
    };
    assert_eq!(send("sdr", ACCOUNT).await, 200);
    assert_eq!(send("sdr", "free@acme.example").await, 403);
    assert_eq!(send("member", ACCOUNT).await, 404, "a member does not see it");
    assert_eq!(send("member", "none@acme.example").await, 404, "and a missing one is the same");
    assert_eq!(send("stranger", ACCOUNT).await, 404);
    assert_eq!(send("view", ACCOUNT).await, 403);
    assert_eq!(send("client", ACCOUNT).await, 403);
    assert_eq!(send("owner", ACCOUNT).await, 400, "it is the mailbox of somebody else");
    assert_eq!(send("owner", "free@acme.example").await, 200);
    assert_eq!(post.internet.mails().len(), 2);
}

async fn suppressed_addresses_and_wrong_lists_are_refused(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({})).await;
    world
        .call("owner", "POST /api/v2/block-lists-entries", json!({ "bl_value": "blocked.example" }))
        .await
        .is(200);
    let many = (0..11).map(|n| format!("ok.{n}@a.example")).collect::<Vec<_>>().join(",");
    for to in ["ok.1@blocked.example", "ok.1@a.example, ok.2@blocked.example", "no address", " , ", &many] {
        let message = world.call("owner", SEND, mail(ACCOUNT, to)).await.is(400).message();
        assert!(message.contains("body/to_address_email_list"), "{to}: {message}");
    }
    assert_eq!(post.internet.mails(), []);
}

async fn a_minute_has_ten_and_a_failure_is_an_answer(mut world: World) {
    let post = Post::start(&mut world).await;
    post.account(&world, ACCOUNT, json!({ "smtp_password": "certainly wrong" })).await;
    let answer = world.call("owner", SEND, mail(ACCOUNT, "ok.1@a.example")).await.is(200).json();
    assert_eq!(answer, json!({ "error": "ACC_AUTH_ERROR" }));
    post.account(&world, "al@acme.example", json!({})).await;
    let send = async || world.call("owner", SEND, mail("al@acme.example", "unknown@a.example")).await;
    assert_eq!(send().await.is(200).json(), json!({ "error": "ACC_UNKNOWN_ERROR" }));
    for _ in 2..10 {
        send().await.is(200);
    }
    assert!(send().await.is(429).message().contains("10 test mails a minute"));
    world.wait(Time::MINUTE);
    send().await.is(200);
    assert_eq!(post.internet.mails(), []);
    let log = world.log().await;
    assert_eq!(
        log.iter().filter(|row| row["activity_type"] == 1193).count(),
        11,
        "failures are recorded too"
    );
}

const OWNER: &str = "owner's session";

async fn a_saved_step_is_sent_from_its_page(mut world: World) {
    let post = Post::start(&mut world).await;
    let path = async |world: &World, steps: usize| {
        let body = campaign(&[], steps, json!({}));
        let id = world.call("owner", "POST /api/v2/campaigns", body).await.is(200).id();
        world.at(&format!("/campaigns/{id}/sequence"))
    };
    let two = path(&world, 2).await;
    let html = world.page(OWNER, &two).await.is(200).text();
    assert!(!html.contains("/sequence/test"), "there is no account to send from: {html}");
    post.account(&world, ACCOUNT, json!({})).await;
    let form = world.form(OWNER, &two, "/sequence/test").await;
    assert_eq!(form.options("mail"), ["0.0", "1.0"]);
    let form = form.with("to_address_email_list", "ok.me@acme.example");
    world.posts(OWNER, &form.clone().with("mail", "1.0")).await.is(303);
    let mails = post.to("ok.me@acme.example");
    assert_eq!(header(&mails[0], "Subject").unwrap(), "Re: Hello Kim", "an answer in the thread");
    assert!(mails[0].text.contains("step 1 for Kim"), "{}", mails[0].text);
    for (name, value) in [("to_address_email_list", "nobody"), ("mail", "7.0")] {
        let html = world.posts(OWNER, &form.clone().with(name, value)).await.is(400).text();
        assert!(html.contains(&format!("{name}-wrong")), "{html}");
    }
    let html =
        world.posts(OWNER, &form.with("to_address_email_list", "unknown@acme.example")).await.is(409).text();
    assert!(html.contains("did not accept the mail"), "{html}");
    let none = path(&world, 0).await;
    assert!(!world.page(OWNER, &none).await.is(200).text().contains("/sequence/test"), "there is no step");
}
