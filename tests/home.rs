//! The home page: the checklist follows what is there, and everybody sees only what is theirs to see.

use crate::support::{World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    a_step_is_done_once_it_is_done steps_are_for_those_who_may_take_them trouble_is_shown_to_those_who_see_the_account
    what_happened_last_is_for_those_who_read_the_log
}

async fn home(world: &World, who: &str) -> String {
    world.page(who, &world.at("")).await.is(200).text()
}

/// The row of a step: whether it is done, and whether it leads somewhere.
fn step(page: &str, title: &str) -> Option<(bool, bool)> {
    let row = page.split("<tr").find(|row| row.contains(title))?;
    Some((row.contains(">done<"), row.contains("href=")))
}

async fn a_step_is_done_once_it_is_done(world: World) {
    let body = json!({ "name": "Fresh" });
    let made = world.call("owner's session", "POST /api/v2/workspaces", body).await.is(200).json();
    let at = format!("/w/{}", made["id"].as_str().unwrap());
    let titles = [
        "Connect a sending account",
        "Invite a colleague",
        "Have a second owner or admin",
        "Add leads",
        "Create a campaign",
    ];
    let look = async || world.page("owner's session", &at).await.is(200).text();
    let page = look().await;
    for title in titles {
        assert_eq!(step(&page, title), Some((false, true)), "{title}: {page}");
    }
    let key = made["api_key"].as_str().unwrap();
    let call = async |line: &str, body: Value| world.call(key, line, body).await.is(200).json();
    call("POST /api/v2/accounts", crate::support::scene::account("a@fresh.example", None)).await;
    let campaign = call("POST /api/v2/campaigns", crate::support::scene::campaign("Spring")).await;
    call("POST /api/v2/leads", json!({ "campaign": campaign["id"], "email": "jo@lead.example" })).await;
    let page = look().await;
    for (title, done) in titles.into_iter().zip([true, false, false, true, true]) {
        assert_eq!(step(&page, title), Some((done, !done)), "{title}: {page}");
    }
    assert!(page.contains("Spring") && page.contains("Recent activity"), "{page}");
}

async fn steps_are_for_those_who_may_take_them(world: World) {
    let page = home(&world, "owner's session").await;
    let titles = ["Connect a sending account", "Invite a colleague", "Create an API key for a script"];
    for title in ["Turn on a second factor"].iter().chain(&titles) {
        assert!(step(&page, title).is_some(), "{title}: {page}");
    }
    for who in ["view's session", "client's session"] {
        let page = home(&world, who).await;
        for title in titles {
            assert_eq!(step(&page, title), None, "{who} {title}: {page}");
        }
    }
}

async fn trouble_is_shown_to_those_who_see_the_account(world: World) {
    let to = world.who("member").member;
    world.connect("owner", "mine@outreach.example", to).await;
    world.connect("owner", "other@outreach.example", None).await;
    let broken = "update accounts set status = -1, status_message = '{\"response\": \"535 Wrong password\"}' \
                  where email like '%@outreach.example'";
    world.run(sql(broken)).await;
    let page = home(&world, "member's session").await;
    assert!(page.contains("mine@outreach.example") && page.contains("535 Wrong password"), "{page}");
    assert!(!page.contains("other@outreach.example"), "{page}");
    let page = home(&world, "owner's session").await;
    assert!(page.contains("mine@outreach.example") && page.contains("other@outreach.example"), "{page}");
}

async fn what_happened_last_is_for_those_who_read_the_log(world: World) {
    world.create("owner", "Autumn", "private").await;
    assert!(home(&world, "owner's session").await.contains("Recent activity"));
    let page = home(&world, "sdr's session").await;
    assert!(!page.contains("Recent activity") && !page.contains("Autumn"), "{page}");
}
