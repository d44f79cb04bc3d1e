//! The pages of sending accounts and webhooks: whose an account is, connecting and testing one, moving some, and what a
//! webhook delivered.

use crate::support::html::forms;
use crate::support::{Answer, World, on_both};
use crate::webhooks::receiver;
use serde_json::{Value, json};

on_both! {
    the_board_has_a_section_for_each_member an_account_is_handed_over_and_taken_back
    an_account_is_connected_once a_test_says_what_it_found an_account_is_paused_changed_and_removed
    a_move_is_looked_at_first a_job_is_open_to_its_asker a_secret_is_shown_once deliveries_are_listed_and_repeated a_webhook_is_changed_and_deleted
    a_campaign_that_an_editor_does_not_see_stays
}

const OWNER: &str = "owner's session";

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// The text of the element that is emptied when the reader leaves.
fn secret(answer: &Answer) -> String {
    let html = answer.text();
    let rest = html.split("data-secret>").nth(1).unwrap_or_else(|| panic!("no secret: {html}"));
    rest.split('<').next().unwrap().to_owned()
}

async fn account(world: &World, email: &str) -> Value {
    world.get("owner", &format!("/api/v2/accounts/{email}")).await.is(200).json()
}

async fn the_board_has_a_section_for_each_member(world: World) {
    let sdr = world.who("sdr").member;
    world.connect("owner", "one@outreach.example", sdr).await;
    world.connect("owner", "two@outreach.example", None).await;
    world.connect("stranger", "theirs@outreach.example", None).await;
    let html = world.page(OWNER, &world.at("/accounts")).await.is(200).text();
    let (unassigned, rest) = html.split_once("sdr Test <span").unwrap();
    assert!(
        unassigned.contains("<caption>Unassigned") && unassigned.contains("two@outreach.example"),
        "{html}"
    );
    assert!(rest.contains("one@outreach.example") && !rest.contains("two@outreach.example</a>"), "{html}");
    assert!(rest.contains("Members without an account") && rest.contains("manager Test"), "{html}");
    assert!(!html.contains("theirs@"), "{html}");
    // The SDR cannot list members, so the board has no names of colleagues.
    let html = world.page("sdr's session", &world.at("/accounts")).await.is(200).text();
    assert!(html.contains("<caption>You") && !html.contains("manager Test"), "{html}");
    // A member sees only what is assigned to them.
    let html = world.page("member's session", &world.at("/accounts")).await.is(200).text();
    assert!(
        !html.contains("@outreach.example") && html.contains("No sending accounts that you can see"),
        "{html}"
    );
    // Filters are in the address.
    let whose = world.at(&format!("/accounts?whose={}", sdr.unwrap()));
    let html = world.page(OWNER, &whose).await.is(200).text();
    assert!(html.contains("one@outreach.example") && !html.contains("two@outreach.example"), "{html}");
    let html = world.page(OWNER, &world.at("/accounts?whose=nobody&status=paused")).await.is(200).text();
    assert!(html.contains("Clear the filters") && !html.contains("two@outreach.example"), "{html}");
    world.page(OWNER, &world.at("/accounts?whose=x")).await.is(400);
}

async fn an_account_is_handed_over_and_taken_back(world: World) {
    let (sdr, view) = (world.who("sdr").member.unwrap(), world.who("view").member.unwrap());
    world.connect("owner", "one@outreach.example", None).await;
    let path = world.at("/accounts/one%40outreach.example/assign");
    let form = world.form(OWNER, &path, "/assign").await;
    let options = form.options("assigned_to");
    assert!(options.contains(&sdr.to_string()) && options.contains(&String::new()), "{options:?}");
    assert!(!options.contains(&view.to_string()), "a viewer cannot send");
    let done = world.posts(OWNER, &form.clone().with("assigned_to", &sdr.to_string())).await.is(303);
    assert_eq!(location(&done), world.at("/accounts"));
    assert_eq!(account(&world, "one@outreach.example").await["assigned_to"], json!(sdr));
    let again = world.form(OWNER, &path, "/assign").await;
    assert_eq!(again.get("assigned_to"), Some(&*sdr.to_string()), "the form shows whose it is");
    world.posts(OWNER, &again.with("assigned_to", "")).await.is(303);
    assert_eq!(account(&world, "one@outreach.example").await["assigned_to"], Value::Null);
    let back = world.posts(OWNER, &form.with("assigned_to", &view.to_string())).await.is(400).text();
    assert!(back.contains("Must be a member whose role can send"), "{back}");
    world.page("editor's session", &path).await.is(403);
}

async fn an_account_is_connected_once(world: World) {
    let path = world.at("/accounts/connect?provider=google");
    let form = world.form(OWNER, &path, "/accounts/connect").await;
    assert_eq!(form.get("imap_host"), Some("imap.gmail.com"));
    let typed = form.with("email", "Ann@Outreach.example").with("password", "the password of the mailbox");
    world.secrets.add("the password of the mailbox");
    let wrong = world.posts(OWNER, &typed.clone().with("smtp_port", "0")).await.is(400).text();
    assert!(
        wrong.contains("Must be at least 1") && !wrong.contains("the password of the mailbox"),
        "{wrong}"
    );
    for _ in 0..2 {
        let done = world.posts(OWNER, &typed).await.is(303);
        assert_eq!(location(&done), world.at("/accounts/ann%40outreach%2Eexample"));
    }
    let made = account(&world, "ann@outreach.example").await;
    assert_eq!((&made["provider_code"], &made["daily_limit"]), (&json!(2), &json!(30)));
    let rows = world.log().await.into_iter().filter(|row| row["action"] == "accounts:create").count();
    assert_eq!(rows, 1);
    let taken = world.form(OWNER, &path, "/accounts/connect").await;
    let taken = taken.with("email", "ann@outreach.example").with("password", "the password of the mailbox");
    let html = world.posts(OWNER, &taken).await.is(409).text();
    assert!(html.contains("A sending account with this email already exists"), "{html}");
    let html = world.page(OWNER, &world.at("/accounts/ann%40outreach.example")).await.is(200).text();
    assert!(html.contains("not tested") && !html.contains("password of"), "{html}");
    // A manager connects accounts for themselves, and cannot choose a member.
    let form = world.form("manager's session", &path, "/accounts/connect").await;
    assert!(form.get("assigned_to").is_none());
}

async fn a_test_says_what_it_found(world: World) {
    world.connect("owner", "one@outreach.example", world.who("sdr").member).await;
    let path = world.at("/accounts/one%40outreach.example");
    let form = world.form("sdr's session", &path, "/test").await;
    let html = world.posts("sdr's session", &form).await.is(200).text();
    assert!(html.contains("Something needs your attention") && html.contains("SMTP: "), "{html}");
    assert!(html.contains("sign-in failed</span>"), "the state is stored: {html}");
    assert_eq!(account(&world, "one@outreach.example").await["connection"], "failed");
}

async fn an_account_is_paused_changed_and_removed(world: World) {
    world.connect("owner", "one@outreach.example", None).await;
    let path = world.at("/accounts/one%40outreach.example");
    for (end, status) in [("/pause", 2), ("/resume", 1)] {
        let form = world.form("editor's session", &path, end).await;
        world.posts("editor's session", &form).await.is(303);
        assert_eq!(account(&world, "one@outreach.example").await["status"], status);
    }
    let form = world.form(OWNER, &path, "one%40outreach%2Eexample").await;
    let before = world.log().await.len();
    world.posts(OWNER, &form).await.is(303);
    assert_eq!(world.log().await.len(), before, "nothing was changed");
    world.posts(OWNER, &form.with("daily_limit", "45").with("first_name", "Bo")).await.is(303);
    let now = account(&world, "one@outreach.example").await;
    assert_eq!((&now["daily_limit"], &now["first_name"]), (&json!(45), &json!("Bo")));
    let form = world.form(OWNER, &format!("{path}/remove"), "/remove").await;
    let done = world.posts(OWNER, &form).await.is(303);
    assert_eq!(location(&done), world.at("/accounts"));
    world.page(OWNER, &path).await.is(404);
}

async fn a_move_is_looked_at_first(mut world: World) {
    let path = world.at("/accounts/move");
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("No workspace to move accounts to"), "{html}");
    let (sub, _) = world.sub_of("owner", "globex").await;
    world.refresh_sessions().await;
    world.connect("owner", "one@outreach.example", None).await;
    let form = world.form(OWNER, &path, "/accounts/move").await;
    let form = form
        .with("source_workspace_id", &world.home.to_string())
        .with("destination_workspace_id", &sub.to_string())
        .with("emails", "one@outreach.example\nnobody@outreach.example");
    let look = crate::support::html::Form { action: format!("{path}/look"), ..form.clone() };
    let html = world.posts(OWNER, &look).await.is(200).text();
    assert!(html.contains("1 account would move, and 1 would stay"), "{html}");
    account(&world, "one@outreach.example").await;
    let kept = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    assert!(kept.get("emails").unwrap().contains("nobody@"), "the form keeps what was typed");
    let same = kept.clone().with("destination_workspace_id", &world.home.to_string());
    let html = world.posts(OWNER, &same).await.is(400).text();
    assert!(html.contains("Must be another workspace than the source"), "{html}");
    let started = world.posts(OWNER, &kept).await.is(303);
    world.work().await;
    let html = world.page(OWNER, &location(&started)).await.is(200).text();
    assert!(html.contains("Move sending accounts") && html.contains("done</span>"), "{html}");
    assert!(html.contains("nobody@outreach.example: the source workspace has no such account"), "{html}");
    world.get("owner", "/api/v2/accounts/one@outreach.example").await.is(404);
    let html = world.page(OWNER, &world.at("/jobs")).await.is(200).text();
    assert!(html.contains("Move sending accounts") && html.contains("100 %"), "{html}");
}

async fn a_job_is_open_to_its_asker(world: World) {
    world.connect("owner", "one@outreach.example", None).await;
    let warm = json!({ "emails": ["one@outreach.example", "nobody@outreach.example"] });
    let job = world.call("editor", "POST /api/v2/accounts/warmup/enable", warm).await.is(200).id();
    world.work().await;
    let html = world.page("editor's session", &world.at("/jobs")).await.is(200).text();
    assert!(html.contains(&format!("href=\"{}\"", world.at(&format!("/jobs/{job}")))), "{html}");
    let html = world.page("editor's session", &world.at(&format!("/jobs/{job}"))).await.is(200).text();
    assert!(html.contains("All jobs") && html.contains("nobody@outreach.example"), "{html}");
    let html = world.page("sdr's session", &world.at("/jobs")).await.is(200).text();
    assert!(!html.contains(&job), "{html}");
    let hidden = world.page("sdr's session", &world.at(&format!("/jobs/{job}"))).await.is(404);
    let missing = world.page("sdr's session", &world.at("/jobs/0123456789abcdef01234567")).await.is(404);
    assert_eq!(hidden.face(), missing.face());
}

async fn a_secret_is_shown_once(world: World) {
    let form = world.form(OWNER, &world.at("/webhooks/new"), "/webhooks/new").await;
    let form = form.with("target_hook_url", "https://hooks.example.com/in").with("headers", "no colon");
    let html = world.posts(OWNER, &form).await.is(400).text();
    assert!(html.contains("Must be lines with a name, a colon and a value"), "{html}");
    let form = form.with("headers", "Authorization: Bearer of the receiver\nX-Two: two");
    let made = world.posts(OWNER, &form).await.is(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let first = secret(&made);
    world.secrets.add(&first);
    world.secrets.add("Bearer of the receiver");
    assert!(first.starts_with("whsec_"), "{first}");
    let twice = world.posts(OWNER, &form).await.is(200).text();
    assert!(twice.contains("This webhook was made before") && !twice.contains("whsec_"), "{twice}");
    let hooks = world.get("owner", "/api/v2/webhooks").await.items();
    assert_eq!(hooks.len(), 1);
    let path = world.at(&format!("/webhooks/{}", hooks[0]["id"].as_str().unwrap()));
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("authorization: [redacted]") && !html.contains("Bearer of"), "{html}");
    let rotate = world.form(OWNER, &format!("{path}/secret"), "/secret").await;
    let second = secret(&world.posts(OWNER, &rotate).await.is(200));
    world.secrets.add(&second);
    assert!(second.starts_with("whsec_") && second != first);
    // A manager makes webhooks, and cannot change or delete them.
    let html = world.page("manager's session", &path).await.is(200).text();
    assert!(html.contains("/test\"") && !html.contains("/secret") && !html.contains("/delete"), "{html}");
    world.page("sdr's session", &world.at("/webhooks")).await.is(403);
}

async fn deliveries_are_listed_and_repeated(mut world: World) {
    let receiver = receiver(&mut world).await;
    let body = json!({ "target_hook_url": format!("https://hook.test:{}/in", receiver.port()), "event_type": "all_events" });
    let id = world.call("owner", "POST /api/v2/webhooks", body).await.is(200).id();
    let path = world.at(&format!("/webhooks/{id}"));
    let test = world.form(OWNER, &path, "/test").await;
    let html = world.posts(OWNER, &test).await.is(200).text();
    assert!(html.contains("The example arrived.") && html.contains("The target answered 200"), "{html}");
    assert_eq!(receiver.take().len(), 1);
    let campaign = world.create("owner", "c", "private").await;
    let lead = json!({ "campaign": campaign, "email": "hidden@lead.example" });
    let lead = world.call("owner", "POST /api/v2/leads", lead).await.is(200).id();
    let label = json!({ "lt_interest_status": 1 });
    world.call("owner", &format!("PATCH /api/v2/leads/{lead}"), label).await.is(200);
    world.deliver().await;
    assert_eq!(receiver.take().len(), 1);
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("lead_interested for hidden@lead.example"), "{html}");
    // An editor does not see what a delivery of a private campaign had.
    let html = world.page("editor's session", &path).await.is(200).text();
    assert!(!html.contains("hidden@lead.example"), "{html}");
    let again = world.form(OWNER, &path, "/redeliver").await;
    assert_eq!(location(&world.posts(OWNER, &again).await.is(303)), path);
    world.deliver().await;
    assert_eq!(receiver.take().len(), 1, "it is delivered again");
    world.posts("editor's session", &again).await.is(404);
}

async fn a_campaign_that_an_editor_does_not_see_stays(world: World) {
    let campaign = world.create("owner", "Secret", "private").await;
    let body = json!({ "target_hook_url": "https://hooks.example.com/in", "event_type": "all_events",
        "campaign": campaign });
    let id = world.call("owner", "POST /api/v2/webhooks", body).await.is(200).id();
    let form = world.form("editor's session", &world.at(&format!("/webhooks/{id}")), &id).await;
    world.posts("editor's session", &form.with("name", "Renamed")).await.is(303);
    let hook = world.get("owner", &format!("/api/v2/webhooks/{id}")).await.is(200).json();
    assert_eq!((&hook["campaign"], &hook["name"]), (&json!(campaign), &json!("Renamed")));
}

async fn a_webhook_is_changed_and_deleted(world: World) {
    let label = json!({ "label": "Asked for a demo", "interest_status_label": "positive" });
    let number =
        world.call("owner", "POST /api/v2/lead-labels", label).await.is(200).json()["interest_status"]
            .clone();
    let body = json!({ "target_hook_url": "https://hooks.example.com/in", "event_type": "all_events",
        "headers": { "X-One": "one one one" } });
    let id = world.call("owner", "POST /api/v2/webhooks", body).await.is(200).id();
    let path = world.at(&format!("/webhooks/{id}"));
    let form = world.form(OWNER, &path, &id).await;
    let before = world.log().await.len();
    world.posts(OWNER, &form).await.is(303);
    assert_eq!(world.log().await.len(), before, "nothing was changed");
    world.posts(OWNER, &form.with("event", &number.to_string()).with("name", "Demos")).await.is(303);
    let hook = world.get("owner", &format!("/api/v2/webhooks/{id}")).await.is(200).json();
    assert_eq!((&hook["custom_interest_value"], &hook["name"]), (&number, &json!("Demos")));
    assert!(hook.get("event_type").is_none() && hook["headers"]["x-one"] == "[redacted]", "{hook}");
    let form = world.form(OWNER, &path, &id).await;
    let html = world.posts(OWNER, &form.with("target_hook_url", "https://127.0.0.1/")).await.is(400).text();
    assert!(html.contains("Must have a host to which this server may connect"), "{html}");
    let form = world.form(OWNER, &format!("{path}/delete"), "/delete").await;
    world.posts(OWNER, &form).await.is(303);
    world.page(OWNER, &path).await.is(404);
}
