//! The pages of campaigns: each button is a right, and what people do with a campaign from its creation to its end.

use crate::support::html::{Form, forms, offers};
use crate::support::{Answer, ROLES, World, on_both};
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both! {
    every_button_of_a_campaign_is_a_right the_list_shows_what_one_sees a_campaign_lives_on_its_pages
    a_sequence_is_edited_by_its_buttons a_stale_sequence_shows_what_was_typed a_preview_fills_in_a_lead_that_one_sees
    a_schedule_has_hours_and_refuses_others access_is_chosen_by_those_who_can options_change_only_what_differs
    sharing_and_exporting_are_recorded
}

const OWNER: &str = "owner's session";

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// An offer with `{id}` for the id of the record, and without a query.
fn plain(world: &World, offer: &str, id: &str) -> String {
    let home = format!("/w/{}", world.home);
    offer.split('?').next().unwrap().replace(&home, "").replace(id, "{id}")
}

async fn may(world: &World, who: &str, permission: &str, record: Option<&str>) -> bool {
    let body = json!({ "permission": permission, "record": record });
    let answer = world.call(who, "POST /api/v2/access/explain", body).await;
    answer.status == 200 && answer.json()["allowed"] == true
}

/// The ways of the page of a draft, each with its permission. Some are about the campaign.
const WAYS: [(&str, &str, bool); 14] = [
    ("GET /campaigns/{id}", "campaigns:read", true),
    ("GET /campaigns/{id}/analytics", "campaigns:read", true),
    ("POST /campaigns/{id}/launch", "campaigns:launch", true),
    ("POST /campaigns/{id}/duplicate", "campaigns:create", false),
    ("GET /campaigns/{id}/share", "campaigns:share", true),
    ("POST /campaigns/{id}/export", "campaigns:export", true),
    ("GET /campaigns/{id}/delete", "campaigns:delete", true),
    ("GET /campaigns/{id}/sequence", "campaigns:update", true),
    ("GET /campaigns/{id}/schedule", "campaigns:update", true),
    ("GET /campaigns/{id}/options", "campaigns:update", true),
    ("GET /campaigns/{id}/access", "campaigns:update", true),
    ("GET /leads", "leads:read", false),
    ("GET /audit", "audit_logs:read", false),
    ("GET /access/why", "access:explain", false),
];

/// The explanation of the API is the other witness.
async fn every_button_of_a_campaign_is_a_right(world: World) {
    let mut campaigns = vec![];
    for (who, visibility) in
        [("owner", "team"), ("owner", "private"), ("member", "private"), ("editor", "team")]
    {
        campaigns.push(world.create(who, "Spring", visibility).await);
    }
    let (mut opened, mut closed) = (0, 0);
    for role in ROLES {
        let who = format!("{role}'s session");
        for id in &campaigns {
            let answer = world.page(&who, &world.at(&format!("/campaigns/{id}"))).await;
            if !may(&world, &who, "campaigns:read", Some(id)).await {
                assert_eq!(answer.status, 404, "{role}");
                closed += 1;
                continue;
            }
            opened += 1;
            let html = answer.is(200).text();
            let offered: BTreeSet<_> = offers(&html).iter().map(|offer| plain(&world, offer, id)).collect();
            let mut expected = BTreeSet::new();
            for (way, permission, about) in WAYS {
                if may(&world, &who, permission, about.then_some(id.as_str())).await {
                    expected.insert(way.to_owned());
                }
            }
            assert_eq!(offered, expected, "{role}");
        }
    }
    assert!(opened >= 18 && closed >= 6, "{opened} {closed}");
    // What is not offered is refused when it is sent.
    let form = Form { action: world.at(&format!("/campaigns/{}/launch", campaigns[0])), ..empty() };
    assert_eq!(world.posts("view's session", &form).await.status, 403);
    assert_eq!(world.posts("stranger's session", &form).await.status, 404);
}

fn empty() -> Form {
    Form { action: String::new(), fields: vec![], html: String::new() }
}

async fn the_list_shows_what_one_sees(world: World) {
    world.create("owner", "Spring launch", "team").await;
    world.create("owner", "Secret merger", "private").await;
    world.create("editor", "Summer news", "team").await;
    let names = async |who: &str, query: &str| -> Vec<&str> {
        let html = world.page(who, &world.at(&format!("/campaigns{query}"))).await.is(200).text();
        let all = ["Spring launch", "Secret merger", "Summer news"];
        all.into_iter().filter(|name| html.contains(&format!(">{name}<"))).collect()
    };
    assert_eq!(names(OWNER, "").await.len(), 3);
    assert_eq!(names("sdr's session", "").await, ["Spring launch", "Summer news"]);
    assert_eq!(names("sdr's session", "?search=sum&status=&tag=&owner=&visibility=").await, ["Summer news"]);
    assert_eq!(names(OWNER, "?visibility=private").await, ["Secret merger"]);
    let editor = world.who("editor").user.unwrap();
    assert_eq!(names(OWNER, &format!("?owner={editor}")).await, ["Summer news"]);
    assert_eq!(names(OWNER, "?status=draft").await.len(), 3);
    assert!(names(OWNER, "?status=active").await.is_empty());
    let none = world.page("sdr's session", &world.at("/campaigns?search=merger")).await.is(200).text();
    assert!(none.contains("No campaigns match") && none.contains("Clear the filters"), "{none}");
    for wrong in ["?status=king", "?owner=me", "?visibility=all", "?tag=x", "?color=red"] {
        world.page(OWNER, &world.at(&format!("/campaigns{wrong}"))).await.is(400);
    }
    let client = world.page("client's session", &world.at("/campaigns")).await.is(200).text();
    assert!(client.contains("No campaigns that you can see"), "{client}");
    let view = world.page("view's session", &world.at("/campaigns")).await.is(200).text();
    assert!(!view.contains("/campaigns/new") && !view.contains("Another member</option>"), "{view}");
}

async fn a_campaign_lives_on_its_pages(world: World) {
    world.connect("owner", "ann@outreach.example", world.who("owner").member).await;
    let form = world.form(OWNER, &world.at("/campaigns/new"), "/campaigns/new").await;
    let zone = "campaign_schedule/schedules/0/timezone";
    let form = form.with("name", "Spring").with(zone, "Europe/Berlin");
    let made = world.posts(OWNER, &form).await.is(303);
    let again = world.posts(OWNER, &form).await.is(303);
    assert_eq!(location(&made), location(&again), "two presses make one");
    let path = location(&made);
    let id = path.rsplit('/').next().unwrap().to_owned();
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("Mon to Fri 09:00 to 17:00, Europe/Berlin"), "{html}");
    assert!(html.contains("It has no steps.") && html.contains("It has no sending account."), "{html}");
    // What is missing is an answer and not a missing button.
    let refused = world.posts(OWNER, &world.form(OWNER, &path, "/launch").await).await.is(400).text();
    assert!(
        refused.contains("<title>Not saved: Spring") && refused.contains("needs at least one step"),
        "{refused}"
    );
    let sequence = format!("{path}/sequence");
    let form = world.form(OWNER, &sequence, "/sequence").await;
    let html = world.posts(OWNER, &form.with("_do", "step")).await.is(200).text();
    let form = forms(&html).into_iter().find(|form| form.action == sequence).unwrap();
    let form = form.with("sequences/0/steps/0/variants/0/subject", "Hello {{firstName|there}}");
    let form = form.with("sequences/0/steps/0/variants/0/body", "One\r\nTwo");
    assert_eq!(location(&world.posts(OWNER, &form).await.is(303)), sequence);
    let options = format!("{path}/options");
    let form = world.form(OWNER, &options, "/options").await;
    let form = form.with("email_list[]", "ann@outreach.example").with("daily_limit", "40");
    world.posts(OWNER, &form).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    let variant = &stored["sequences"][0]["steps"][0]["variants"][0];
    assert_eq!((&variant["body"], &stored["daily_limit"]), (&json!("One\nTwo"), &json!(40)));
    assert_eq!(stored["email_list"], json!(["ann@outreach.example"]));
    let launched = world.posts(OWNER, &world.form(OWNER, &path, "/launch").await).await.is(303);
    assert_eq!(location(&launched), path);
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains(">active<") && !html.contains(&format!("{path}/launch")), "{html}");
    world.posts(OWNER, &world.form(OWNER, &path, "/pause").await).await.is(303);
    let copy = world.posts(OWNER, &world.form(OWNER, &path, "/duplicate").await).await.is(303);
    assert_ne!(location(&copy), path);
    let html = world.page(OWNER, &format!("{path}/delete")).await.is(200).text();
    assert!(html.contains("It has no leads that you see"), "{html}");
    let gone =
        world.posts(OWNER, &world.form(OWNER, &format!("{path}/delete"), "/delete").await).await.is(303);
    assert_eq!(location(&gone), world.at("/campaigns"));
    assert_eq!(world.page(OWNER, &path).await.status, 404);
}

/// The page of the sequence after these buttons.
async fn pressed(world: &World, path: &str, presses: &[&str]) -> Form {
    let mut form = world.form(OWNER, path, "/sequence").await;
    for press in presses {
        let html = world.posts(OWNER, &form.clone().with("_do", press)).await.is(200).text();
        form = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    }
    form
}

fn subject(step: usize, variant: usize) -> String {
    format!("sequences/0/steps/{step}/variants/{variant}/subject")
}

async fn a_sequence_is_edited_by_its_buttons(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    let path = world.at(&format!("/campaigns/{id}/sequence"));
    let before = world.log().await.len();
    let form = pressed(&world, &path, &["step", "variant 1"]).await;
    assert_eq!(form.get(&subject(0, 0)), Some("Hello"));
    assert_eq!(world.log().await.len(), before, "buttons store nothing");
    let form = form.with(&subject(1, 0), "Again").with(&subject(1, 1), "Or so");
    let form =
        form.with("sequences/0/steps/1/variants/1/v_disabled", "true").with("sequences/0/steps/0/delay", "3");
    world.posts(OWNER, &form).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    let steps = stored["sequences"][0]["steps"].as_array().unwrap().clone();
    assert_eq!((steps.len(), &steps[0]["delay"], &steps[1]["delay"]), (2, &json!(3), &json!(2)));
    assert_eq!(steps[1]["variants"][1]["v_disabled"], true);
    let moved = pressed(&world, &path, &["up 1", "without 0 1"]).await;
    assert_eq!((moved.get(&subject(0, 0)), moved.get(&subject(1, 0))), (Some("Again"), Some("Hello")));
    world.posts(OWNER, &moved).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    assert_eq!(stored["sequences"][0]["steps"][0]["variants"].as_array().unwrap().len(), 1);
    // Without a change nothing is sent.
    let before = world.log().await.len();
    world.posts(OWNER, &world.form(OWNER, &path, "/sequence").await).await.is(303);
    assert_eq!(world.log().await.len(), before);
    let emptied = pressed(&world, &path, &["without 0", "without 0"]).await;
    assert_eq!(emptied.get(&subject(0, 0)), None);
    // A mistake comes back at its field, with what was typed.
    let wrong = world.form(OWNER, &path, "/sequence").await.with(&subject(1, 0), "Hi {{first");
    let html = world.posts(OWNER, &wrong).await.is(400).text();
    let back = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    assert_eq!(back.get(&subject(1, 0)), Some("Hi {{first"));
    assert!(
        back.html.contains("subject-wrong") && back.html.contains("not a text that can be sent"),
        "{html}"
    );
}

async fn a_stale_sequence_shows_what_was_typed(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    let path = world.at(&format!("/campaigns/{id}/sequence"));
    let mine = pressed(&world, &path, &["step"]).await.with(&subject(1, 0), "Mine");
    let step = json!({ "type": "email", "delay": 1, "variants": [{ "subject": "Theirs", "body": "b" }] });
    let patch = json!({ "sequences": [{ "steps": [step] }] });
    world.call("owner", &format!("PATCH /api/v2/campaigns/{id}"), patch).await.is(200);
    let html = world.posts(OWNER, &mine).await.is(409).text();
    assert!(html.contains("changed by somebody else meanwhile"), "{html}");
    let again = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    assert_eq!(again.get(&subject(1, 0)), Some("Mine"));
    world.posts(OWNER, &again).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    assert_eq!(stored["sequences"][0]["steps"][1]["variants"][0]["subject"], "Mine");
}

async fn a_preview_fills_in_a_lead_that_one_sees(world: World) {
    let id = world.create("editor", "Spring", "team").await;
    let lead = |email: &str, name: Value| json!({ "campaign": id, "email": email, "first_name": name });
    let kim =
        world.call("owner", "POST /api/v2/leads", lead("kim@lead.example", json!("Kim"))).await.is(200).id();
    let nameless =
        world.call("owner", "POST /api/v2/leads", lead("no@lead.example", json!(null))).await.is(200).id();
    let path = world.at(&format!("/campaigns/{id}/sequence"));
    let form = world.form("editor's session", &path, "/sequence").await;
    let form = form
        .with(&subject(0, 0), "Hello {{firstName}}")
        .with("sequences/0/steps/0/variants/0/body", "<b>Hi</b> & you");
    let preview = async |lead: &str, who: &str| {
        let form = form.clone().with("_do", "preview").with("_lead", lead);
        world.posts(who, &form).await
    };
    let html = preview(&kim, "editor's session").await.is(200).text();
    assert!(html.contains("Preview for Kim") && html.contains("<strong>Hello Kim</strong>"), "{html}");
    assert!(html.contains("Hi & you") || html.contains("Hi &#38; you"), "{html}");
    let missing = preview(&nameless, "editor's session").await.is(200).text();
    assert!(missing.contains("This lead has no value for {{firstName}}"), "{missing}");
    let example = preview("", "editor's session").await.is(200).text();
    assert!(example.contains("An example lead") && example.contains("Hello Kim"), "{example}");
    let foreign = world
        .call("stranger", "POST /api/v2/campaigns", crate::support::scene::campaign("x"))
        .await
        .is(200)
        .id();
    let body = json!({ "campaign": foreign, "email": "far@away.example" });
    let far = world.call("stranger", "POST /api/v2/leads", body).await.is(200).id();
    assert_eq!(preview(&far, "editor's session").await.status, 404);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    assert_eq!(
        stored["sequences"][0]["steps"][0]["variants"][0]["subject"], "Hello",
        "a preview saves nothing"
    );
}

async fn a_schedule_has_hours_and_refuses_others(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    let path = world.at(&format!("/campaigns/{id}/schedule"));
    let form = world.form(OWNER, &path, "/schedule").await;
    let before = world.log().await.len();
    world.posts(OWNER, &form).await.is(303);
    assert_eq!(world.log().await.len(), before, "nothing was changed");
    let html = world.posts(OWNER, &form.clone().with("_do", "more")).await.is(200).text();
    let form = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    let hours = |at: usize, field: &str| format!("campaign_schedule/schedules/{at}/{field}");
    let form = form.with(&hours(1, "timing/from"), "25:00").with(&hours(1, "name"), "Evenings");
    let html = world.posts(OWNER, &form).await.is(400).text();
    let back = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    assert_eq!(back.get(&hours(1, "name")), Some("Evenings"));
    assert!(back.html.contains("timing-from-wrong"), "{}", back.html);
    let back = back.with(&hours(1, "timing/from"), "18:00").with(&hours(1, "timing/to"), "20:00");
    let back = back.with(&hours(1, "days/6"), "true").with("campaign_schedule/start_date", "2027-01-01");
    world.posts(OWNER, &back).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    let schedule = &stored["campaign_schedule"];
    assert_eq!(schedule["start_date"], "2027-01-01");
    assert_eq!(schedule["schedules"][1]["timing"], json!({ "from": "18:00", "to": "20:00" }));
    assert_eq!(schedule["schedules"][1]["days"]["6"], true);
    let form = world.form(OWNER, &path, "/schedule").await.with("_do", "without 0");
    let html = world.posts(OWNER, &form).await.is(200).text();
    let form = forms(&html).into_iter().find(|form| form.action == path).unwrap();
    world.posts(OWNER, &form).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    assert_eq!(stored["campaign_schedule"]["schedules"].as_array().unwrap().len(), 1);
    assert_eq!(stored["campaign_schedule"]["schedules"][0]["name"], "Evenings");
}

async fn access_is_chosen_by_those_who_can(world: World) {
    let id = world.create("editor", "Spring", "team").await;
    let path = world.at(&format!("/campaigns/{id}/access"));
    let form = world.form("editor's session", &path, "/access").await;
    assert!(
        form.get("owned_by").is_none() && form.get("collaborators").is_none(),
        "an editor lists no members"
    );
    world.posts("editor's session", &form.with("visibility", "private")).await.is(303);
    let overview = world.at(&format!("/campaigns/{id}"));
    assert_eq!(world.page("sdr's session", &overview).await.status, 404);
    let form = world.form(OWNER, &path, "/access").await;
    let sdr = world.who("sdr").member.unwrap().to_string();
    let manager = world.who("manager").user.unwrap().to_string();
    let form = form.with("collaborators[]", &sdr).with("owned_by", &manager);
    world.posts(OWNER, &form).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    assert_eq!((&stored["collaborators"], &stored["owned_by"]), (&json!([sdr]), &json!(manager)));
    world.page("sdr's session", &overview).await.is(200);
    assert_eq!(world.page("view's session", &overview).await.status, 404);
    assert_eq!(world.page("view's session", &path).await.status, 403);
}

async fn options_change_only_what_differs(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    let path = world.at(&format!("/campaigns/{id}/options"));
    let form = world.form(OWNER, &path, "/options").await;
    let before = world.log().await.len();
    world.posts(OWNER, &form).await.is(303);
    assert_eq!(world.log().await.len(), before, "boxes that nobody has set stay unset");
    // Nobody has set them, and null counts as yes.
    for name in ["stop_on_reply", "insert_unsubscribe_header"] {
        assert_eq!(form.get(name), Some("true"), "{name}");
    }
    assert_eq!(form.get("text_only"), Some("false"));
    world.posts(OWNER, &form.clone().with("stop_on_reply", "false")).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json();
    assert_eq!((&stored["stop_on_reply"], stored.get("insert_unsubscribe_header")), (&json!(false), None));
    let form = world.form(OWNER, &path, "/options").await;
    for (name, value) in [("daily_limit", "many"), ("name", "")] {
        let html = world.posts(OWNER, &form.clone().with(name, value)).await.is(400).text();
        assert!(html.contains(&format!("{name}-wrong")), "{html}");
    }
    let foreign = form.with("email_list[]", "nobody@outreach.example");
    let html = world.posts(OWNER, &foreign).await.is(400).text();
    assert!(html.contains("email_list-wrong"), "{html}");
}

async fn sharing_and_exporting_are_recorded(world: World) {
    let id = world.create("owner", "Spring", "team").await;
    let path = world.at(&format!("/campaigns/{id}"));
    world.posts(OWNER, &world.form(OWNER, &format!("{path}/share"), "/share").await).await.is(303);
    let copied =
        world.call("stranger", &format!("POST /api/v2/campaigns/{id}/from-export"), Value::Null).await;
    copied.is(200);
    let file = world.posts(OWNER, &world.form(OWNER, &path, "/export").await).await.is(200);
    assert_eq!(file.json()["name"], "Spring");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let actions: Vec<Value> = world.log().await.into_iter().map(|row| row["action"].clone()).collect();
    assert!(actions.contains(&json!("campaigns:share")) && actions.contains(&json!("campaigns:export")));
}
