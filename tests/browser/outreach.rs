//! The pages of campaigns and leads in a browser, and the life of a campaign without a script.

use super::soundness::are_sound;
use super::{Case, Served, browser};
use crate::support::people::PASSWORD;
use crate::support::scene;
use serde_json::{Value, json};

const LONG: &str = "a-very-long-name-without-any-space-in-it-that-somebody-pasted-into-the-field-by-mistake-and-never-corrected";

/// A workspace with campaigns, leads, a list and imports, some of them with long texts.
struct Set {
    served: Served,
    campaign: String,
    running: String,
    lead: String,
    list: String,
    import: String,
}

async fn set() -> Set {
    let served = Served::start().await;
    let world = &served.world;
    let owner = world.who("owner").member;
    for name in ["ann", "ben", "a-long-address-without-any-space-in-it-that-somebody-uses"] {
        world.connect("owner", &format!("{name}@outreach.example"), owner).await;
    }
    let post =
        async |path: &str, body: Value| world.call("owner", &format!("POST {path}"), body).await.is(200);
    let campaign = world.create("owner", "Spring launch, DACH", "team").await;
    world.create("editor", LONG, "private").await;
    let mut body = scene::campaign("Win back 2026");
    let variant = |subject: &str| json!({ "subject": subject, "body": "Hello {{firstName|there}},\n\nA word about your plans." });
    let step =
        |variants: Value| json!({ "type": "email", "delay": 3, "delay_unit": "days", "variants": variants });
    body["sequences"] = json!([{ "steps": [
        step(json!([variant("Your plans"), variant(LONG)])), step(json!([variant("")])),
    ] }]);
    body["email_list"] = json!(["ann@outreach.example", "ben@outreach.example"]);
    let running = post("/api/v2/campaigns", body).await.id();
    world.call("owner", &format!("POST /api/v2/campaigns/{running}/activate"), Value::Null).await.is(200);
    let tag =
        json!({ "tag_ids": [world.tag], "resource_type": 2, "resource_ids": [campaign], "assign": true });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", tag).await.is(200);
    let list = post("/api/v2/lead-lists", json!({ "name": "Trade fair, Berlin" })).await.id();
    post("/api/v2/lead-lists", json!({ "name": LONG })).await;
    let lead = json!({
        "campaign": campaign, "email": "kim@lead.example", "first_name": "Kim", "last_name": "Berg",
        "company_name": "Initech", "lt_interest_status": 1, "custom_variables": { "city": "Oslo", "a/b": "c", "size": 12 },
    });
    let lead = post("/api/v2/leads", lead).await.id();
    let long =
        json!({ "campaign": campaign, "email": format!("{}@lead.example", &LONG[..60]), "first_name": LONG });
    post("/api/v2/leads", long).await;
    let csv = "Mail;First Name;City\nann@lead.example;Ann;Oslo\nann@lead.example;Ann;Oslo\nwrong;Mo;Bergen\n";
    let import = json!({ "list_id": list, "csv": csv, "file_name": "fair.csv" });
    let import = post("/api/v2/lead-imports", import).await.id();
    world.work().await;
    Set { campaign, running, lead, list, import, served }
}

fn cases(set: &Set) -> Vec<Case> {
    let world = &set.served.world;
    let case = |name, path: String| Case { name, path: world.at(&path), press: None };
    let Set { campaign, running, lead, list, import, .. } = set;
    vec![
        case("campaigns", "/campaigns".to_owned()),
        case("campaigns-none", "/campaigns?search=nothing".to_owned()),
        case("campaign-new", "/campaigns/new".to_owned()),
        case("campaign", format!("/campaigns/{campaign}")),
        case("campaign-running", format!("/campaigns/{running}")),
        case("campaign-sequence", format!("/campaigns/{running}/sequence")),
        case("campaign-schedule", format!("/campaigns/{campaign}/schedule")),
        case("campaign-options", format!("/campaigns/{running}/options")),
        case("campaign-access", format!("/campaigns/{campaign}/access")),
        case("campaign-share", format!("/campaigns/{campaign}/share")),
        case("campaign-delete", format!("/campaigns/{campaign}/delete")),
        case("leads", "/leads".to_owned()),
        case("leads-of-campaign", format!("/leads?campaign={campaign}")),
        case("leads-none", "/leads?search=nothing".to_owned()),
        case("lead-new", "/leads/new".to_owned()),
        case("lead", format!("/leads/{lead}")),
        case("lead-delete", format!("/leads/{lead}/delete")),
        case("leads-move", format!("/leads/move?campaign={campaign}")),
        case("leads-assign", "/leads/assign".to_owned()),
        case("leads-delete", format!("/leads/delete?campaign={campaign}")),
        case("lists", "/lead-lists".to_owned()),
        case("list", format!("/lead-lists/{list}")),
        case("list-delete", format!("/lead-lists/{list}/delete")),
        case("imports", "/lead-imports".to_owned()),
        case("import-new", "/lead-imports/new".to_owned()),
        case("import", format!("/lead-imports/{import}")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_campaigns_and_leads_are_sound() {
    let Some(browser) = browser() else { return };
    let set = set().await;
    are_sound(&browser, &set.served, &cases(&set)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_is_written_and_launched_without_a_script() {
    let Some(browser) = browser() else { return };
    let served = Served::start().await;
    let world = &served.world;
    let email = world.has_password("owner").await;
    world.connect("owner", "ann@outreach.example", world.who("owner").member).await;
    browser.scripting(false);
    served.open(&browser, &format!("/sign-in?next={}", world.at("/campaigns")));
    browser.fill("#email", &email);
    browser.fill("#password", PASSWORD);
    browser.click("form[action='/sign-in'] .main");
    browser.until("location.pathname.endsWith('/campaigns')");
    browser.click("a[href$='/campaigns/new']");
    browser.until("location.pathname.endsWith('/campaigns/new')");
    browser.fill("[name=name]", "Spring");
    browser.click("[name='email_list[]']");
    browser.click("form[action$='/campaigns/new'] .main");
    browser.until("document.title.startsWith('Done: Spring')");
    assert!(browser.text().contains("It has no steps."), "{}", browser.text());
    browser.click("nav a[href$='/sequence']");
    browser.until("location.pathname.endsWith('/sequence')");
    browser.click("button[value=step]");
    browser.until("document.querySelector('textarea') !== null");
    browser.fill("[name='sequences/0/steps/0/variants/0/subject']", "Hello {{firstName}}");
    browser.fill("textarea", "How are you?");
    browser.click("button[value=preview]");
    browser.until("document.querySelector('#preview') !== null");
    assert!(browser.text().contains("Hello Kim"), "{}", browser.text());
    browser.picture("campaign-preview");
    // The way of a keyboard: Return in a field saves, and presses none of the other buttons.
    browser.click("form[action$='/sequence'] > .button.main");
    browser.until("document.title.startsWith('Done: ')");
    browser.click("nav[aria-label='Pages of this campaign'] a");
    browser.until("!location.pathname.endsWith('/sequence')");
    browser.click("form[action$='/launch'] button");
    browser.until("document.title.startsWith('Done: Spring')");
    assert!(browser.text().contains("Spring is launched."), "{}", browser.text());
    let campaign = &world.get("owner", "/api/v2/campaigns").await.items()[0];
    assert_eq!((&campaign["status"], &campaign["email_list"]), (&json!(1), &json!(["ann@outreach.example"])));
    let step = &campaign["sequences"][0]["steps"][0]["variants"][0];
    assert_eq!(step["subject"], "Hello {{firstName}}");
}
