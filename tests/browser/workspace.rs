//! The pages of sending accounts, groups, webhooks and settings in a browser, and handing an account over without a script.

use super::soundness::are_sound;
use super::{Case, Served, browser};
use serde_json::{Value, json};
use uuid::Uuid;

/// A workspace with accounts, a group, webhooks and lists, some of them with long texts.
struct Set {
    served: Served,
    /// Ids by the name of what they belong to.
    hook: String,
    label: String,
    sub: Uuid,
    link: String,
    job: String,
}

async fn set() -> Set {
    let mut served = Served::start().await;
    let (sub, link) = served.world.sub_of("owner", "globex").await;
    served.world.workspace_of("initech").await;
    let world = &served.world;
    world.refresh_sessions().await;
    let post =
        async |path: &str, body: Value| world.call("owner", &format!("POST {path}"), body).await.is(200);
    let sdr = world.who("sdr").member;
    for name in ["ann", "ben", "a-long-address-without-any-space-that-somebody-really-uses"] {
        world.connect("owner", &format!("{name}@outreach.example"), sdr).await;
    }
    world.connect("owner", "free@outreach.example", None).await;
    world.call("owner", "POST /api/v2/accounts/ben@outreach.example/pause", Value::Null).await.is(200);
    let vitals = json!({ "accounts": ["ann@outreach.example"] });
    world.call("owner", "POST /api/v2/accounts/test/vitals", vitals).await.is(200);
    world.call_as("admin", sub, "POST /api/v2/custom-tags", json!({ "label": "Theirs" })).await.is(200);
    let hook = json!({ "target_hook_url": "https://hooks.example.com/in", "event_type": "all_events", "name": "CRM" });
    let hook = post("/api/v2/webhooks", hook).await.id();
    world.call("owner", &format!("POST /api/v2/webhooks/{hook}/test"), Value::Null).await.is(200);
    let label = json!({ "label": "Asked for a demo", "interest_status_label": "positive" });
    let label = post("/api/v2/lead-labels", label).await.id();
    let blocked = json!({ "bl_values": ["jo@one.example", "two.example"] });
    post("/api/v2/block-lists-entries/bulk-create", blocked).await;
    let warm = json!({ "emails": ["ann@outreach.example", "nobody@outreach.example"] });
    let job = post("/api/v2/accounts/warmup/enable", warm).await.id();
    world.work().await;
    Set { served, hook, label, sub, link, job }
}

fn cases(set: &Set) -> Vec<Case> {
    let world = &set.served.world;
    let case = |name, path: String| Case { name, path, press: None };
    let (hook, label, tag) = (&set.hook, &set.label, world.tag);
    let theirs = |rest: &str| format!("/w/{}{rest}", set.sub);
    vec![
        case("accounts", world.at("/accounts")),
        case("accounts-none", world.at("/accounts?search=nothing")),
        case("account", world.at("/accounts/ann%40outreach.example")),
        case("account-connect", world.at("/accounts/connect?provider=google")),
        case("account-assign", world.at("/accounts/ann%40outreach.example/assign")),
        case("account-remove", world.at("/accounts/ann%40outreach.example/remove")),
        case("account-move", world.at("/accounts/move")),
        case("settings", world.at("/settings")),
        case("settings-owner", world.at("/settings/owner")),
        case("settings-removal", world.at("/settings/removal")),
        case("group", world.at("/group")),
        case("group-remove", world.at(&format!("/group/links/{}/remove", set.link))),
        case("overview", world.at("/group/overview")),
        case("guard-rails", world.at("/group/guard-rails")),
        case("group-of-client", theirs("/group")),
        case("webhooks", world.at("/webhooks")),
        case("webhook-new", world.at("/webhooks/new")),
        case("webhook", world.at(&format!("/webhooks/{hook}"))),
        case("webhook-secret", world.at(&format!("/webhooks/{hook}/secret"))),
        case("webhook-delete", world.at(&format!("/webhooks/{hook}/delete"))),
        case("tags", world.at("/tags")),
        case("tag", world.at(&format!("/tags/{tag}"))),
        case("tag-delete", world.at(&format!("/tags/{tag}/delete"))),
        case("labels", world.at("/lead-labels")),
        case("label-delete", world.at(&format!("/lead-labels/{label}/delete"))),
        case("block-list", world.at("/block-list")),
        case("block-purge", world.at("/block-list/purge")),
        case("jobs", world.at("/jobs")),
        case("job", world.at(&format!("/jobs/{}", set.job))),
        case("billing", world.at("/billing")),
        case("brand", world.at("/brand")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_the_workspace_are_sound() {
    let Some(browser) = browser() else { return };
    let set = set().await;
    are_sound(&browser, &set.served, &cases(&set)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_handed_over_without_a_script() {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    let email = served.world.has_password("owner").await;
    served.world.connect("owner", "one@outreach.example", None).await;
    browser.scripting(false);
    served.open(&browser, &format!("/sign-in?next={}", served.world.at("/accounts")));
    browser.fill("#email", &email);
    browser.fill("#password", crate::support::people::PASSWORD);
    browser.click("form[action='/sign-in'] .main");
    browser.until("location.pathname.endsWith('/accounts')");
    browser.click("button[popovertarget^='menu-']");
    browser.click(".menu:popover-open a[href$='/assign']");
    browser.until("location.pathname.endsWith('/assign')");
    let sdr = served.world.who("sdr").member.unwrap();
    browser.value(&format!("document.querySelector('select').value = '{sdr}', 0"));
    browser.click("form[action$='/assign'] .main");
    browser.until("document.title.startsWith('Done: ')");
    assert!(browser.text().contains("one@outreach.example is assigned to sdr Test."), "{}", browser.text());
    let now = served.world.get("owner", "/api/v2/accounts/one@outreach.example").await.is(200).json();
    assert_eq!(now["assigned_to"], json!(sdr));
}
