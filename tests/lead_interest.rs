//! The interest of leads: the numbers that a lead can have, filters by label, and setting it by address.

use crate::support::leads::found;
use crate::support::{MISSING, ROLES, World, on_both, scene};
use serde_json::{Value, json};

on_both! {
    a_lead_gets_only_numbers_that_exist labels_are_filters the_interest_is_set_by_address
    setting_it_has_the_reach_of_a_change a_job_has_the_rights_of_its_asker setting_it_refuses_bad_input
}

const SET: &str = "POST /api/v2/leads/update-interest-status";
const UNKNOWN: &str =
    "must be one of the numbers from -4 to 4, or the `interest_status` of a label of this workspace";

async fn label(world: &World, who: &str, name: &str, interest: &str) -> Value {
    let body = json!({ "label": name, "interest_status_label": interest });
    world.call(who, "POST /api/v2/lead-labels", body).await.is(200).json()["interest_status"].clone()
}

async fn lead(world: &World, who: &str, campaign: &str, email: &str, interest: Value) -> String {
    let mut body = json!({ "campaign": campaign, "email": email });
    if !interest.is_null() {
        body["lt_interest_status"] = interest;
    }
    world.call(who, "POST /api/v2/leads", body).await.is(200).id()
}

async fn interest(world: &World, who: &str, lead: &str) -> Value {
    world.get(who, &format!("/api/v2/leads/{lead}")).await.is(200).json()["lt_interest_status"].clone()
}

async fn a_lead_gets_only_numbers_that_exist(mut world: World) {
    let (own, foreign) =
        (label(&world, "owner", "Hot", "positive").await, label(&world, "stranger", "Hot", "neutral").await);
    let foreign = json!(foreign.as_i64().unwrap() + i64::from(foreign == own));
    let campaign = world.create("owner", "c", "team").await;
    let made = lead(&world, "owner", &campaign, "a@lead.example", own.clone()).await;
    assert_eq!(interest(&world, "owner", &made).await, own);
    let at = format!("PATCH /api/v2/leads/{made}");
    for number in [json!(-4), json!(0), own.clone()] {
        let changed = world.call("owner", &at, json!({ "lt_interest_status": number })).await.is(200).json();
        assert_eq!(changed["lt_interest_status"], number);
        assert!(changed["timestamp_last_interest_change"].is_string());
    }
    for wrong in [json!(5), json!(-5), json!(1000), foreign] {
        let message = |field: &str| format!("body/{field} {UNKNOWN}");
        let patched = world.call("owner", &at, json!({ "lt_interest_status": wrong })).await.is(400);
        assert_eq!(patched.message(), message("lt_interest_status"));
        let body = json!({ "campaign": campaign, "email": "b@lead.example", "lt_interest_status": wrong });
        let created = world.call("owner", "POST /api/v2/leads", body).await.is(400);
        assert_eq!(created.message(), message("lt_interest_status"));
        let leads = json!([{ "email": "b@lead.example" }, { "email": "c@lead.example", "lt_interest_status": wrong }]);
        let body = json!({ "campaign_id": campaign, "leads": leads });
        let added = world.call("owner", "POST /api/v2/leads/add", body).await.is(400);
        assert_eq!(added.message(), message("leads/1/lt_interest_status"));
    }
    for wrong in [json!("warm"), json!(1.5), json!(1e300), json!([1])] {
        world.call("owner", &at, json!({ "lt_interest_status": wrong })).await.is(400);
    }
    assert_eq!(interest(&world, "owner", &made).await, own, "a refused call changes nothing");
    let leads = json!([{ "email": "d@lead.example", "lt_interest_status": own }]);
    world
        .call("owner", "POST /api/v2/leads/add", json!({ "campaign_id": campaign, "leads": leads }))
        .await
        .is(200);
    assert_eq!(found(&world, "owner", json!({ "interest_status": own })).await, ["a", "d"]);
    // A caller with a tag limit sees no labels, so for them there are only the reference's numbers.
    let tagged = world.create("owner", "tagged", "team").await;
    let tags =
        json!({ "tag_ids": [world.tag], "resource_ids": [tagged], "resource_type": 2, "assign": true });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", tags).await.is(200);
    let (home, tag) = (world.home, world.tag);
    scene::join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let theirs = lead(&world, "owner", &tagged, "t@lead.example", Value::Null).await;
    let at = format!("PATCH /api/v2/leads/{theirs}");
    world.call("narrow", &at, json!({ "lt_interest_status": own })).await.is(400);
    world.call("narrow", &at, json!({ "lt_interest_status": 1 })).await.is(200);
}

async fn labels_are_filters(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let [good, bad, calm] = [
        label(&world, "owner", "Good", "positive").await,
        label(&world, "owner", "Bad", "negative").await,
        label(&world, "owner", "Calm", "neutral").await,
    ];
    for (name, number) in [
        ("good", good.clone()),
        ("bad", bad),
        ("calm", calm.clone()),
        ("one", json!(1)),
        ("none", Value::Null),
    ] {
        lead(&world, "owner", &campaign, &format!("{name}@lead.example"), number).await;
    }
    for (filter, names) in [
        (json!({ "filter": "FILTER_LEAD_CUSTOM_LABEL_POSITIVE" }), vec!["good"]),
        (json!({ "filter": "FILTER_LEAD_CUSTOM_LABEL_NEGATIVE" }), vec!["bad"]),
        (json!({ "filter": "FILTER_LEAD_INTERESTED" }), vec!["one"]),
        (json!({ "interest_status": calm }), vec!["calm"]),
        (json!({ "interest_status": 1 }), vec!["one"]),
        (json!({ "interest_status": 7 }), vec![]),
        (
            json!({ "queries": [{ "actionType": "lead-status", "values": { "lead-status": { "status": good } } }] }),
            vec!["good"],
        ),
    ] {
        assert_eq!(found(&world, "owner", filter.clone()).await, names, "{filter}");
    }
}

async fn the_interest_is_set_by_address(world: World) {
    let [first, second] =
        [world.create("owner", "1", "team").await, world.create("owner", "2", "team").await];
    let hot = label(&world, "owner", "Hot", "positive").await;
    let [a, b] = [
        lead(&world, "owner", &first, "kim@lead.example", Value::Null).await,
        lead(&world, "owner", &second, "kim@lead.example", json!(2)).await,
    ];
    let other = lead(&world, "owner", &first, "lee@lead.example", json!(2)).await;
    let foreign = world.create("stranger", "f", "team").await;
    let foreign = lead(&world, "stranger", &foreign, "kim@lead.example", json!(3)).await;
    let set = async |body: Value| {
        let asked = world.call("manager", SET, body).await.is(202).json();
        assert_eq!(asked["message"], "Lead interest status update background job submitted");
        world.work().await;
        let job = format!("/api/v2/background-jobs/{}", asked["background_job_id"].as_str().unwrap());
        let job = world.get("manager", &job).await.is(200).json();
        assert_eq!((&job["status"], &job["type"]), (&json!("success"), &json!("update-interest-status")));
        job["data"]["changed_leads"].as_i64().unwrap()
    };
    let both = async || [interest(&world, "owner", &a).await, interest(&world, "owner", &b).await];
    assert_eq!(set(json!({ "lead_email": " KIM@Lead.example", "interest_value": hot })).await, 2);
    assert_eq!(both().await, [hot.clone(), hot.clone()]);
    let body = json!({ "lead_email": "kim@lead.example", "interest_value": -2, "campaign_id": second });
    assert_eq!(set(body).await, 1);
    assert_eq!(both().await, [hot.clone(), json!(-2)]);
    let body = json!({ "lead_email": "kim@lead.example", "interest_value": null, "ai_interest_value": 1, "disable_auto_interest": true });
    assert_eq!(set(body.clone()).await, 2);
    assert_eq!(both().await, [Value::Null, Value::Null]);
    assert_eq!(set(body).await, 0, "the leads have it already");
    assert_eq!(interest(&world, "owner", &other).await, 2);
    assert_eq!(interest(&world, "stranger", &foreign).await, 3);
    let rows: Vec<Value> = world.log().await.into_iter().filter(|row| row["activity_type"] == 1181).collect();
    let changed: i64 = rows.iter().filter_map(|row| row["affected_count"].as_i64()).sum();
    assert_eq!((rows.len(), changed), (8, 5), "a row for each call and for each step: {rows:#?}");
}

/// Each caller sees some leads with the address, and changes those that `leads:update` reaches.
async fn setting_it_has_the_reach_of_a_change(world: World) {
    let places = [
        ("owner", "team"),
        ("owner", "private"),
        ("editor", "private"),
        ("member", "private"),
        ("sdr", "own"),
    ];
    let mut leads = vec![];
    for (who, place) in places {
        let body = match place {
            "own" => json!({ "email": "kim@lead.example" }),
            _ => json!({ "campaign": world.create(who, place, place).await, "email": "kim@lead.example" }),
        };
        leads.push(world.call(who, "POST /api/v2/leads", body).await.is(200).id());
    }
    for (at, who) in ROLES.into_iter().enumerate() {
        let value = json!(if at % 2 == 0 { 1 } else { 2 });
        let body = json!({ "lead_email": "kim@lead.example", "interest_value": value });
        let expected: &[usize] = match who {
            "owner" | "admin" => &[0, 1, 2, 3, 4],
            "manager" => &[0],
            "editor" => &[0, 2],
            "member" => &[3],
            "sdr" | "view" | "client" => &[],
            _ => unreachable!("{who}"),
        };
        let before = all(&world, &leads).await;
        world.call(who, SET, body).await.is(if expected.is_empty() { 403 } else { 202 });
        world.work().await;
        let after = all(&world, &leads).await;
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            let wanted = if expected.contains(&at) { &value } else { before };
            assert_eq!(after, wanted, "{who} {at}");
        }
    }
    // A lead that the caller does not see is like one that does not exist, wherever it is said to be.
    for body in [
        json!({ "lead_email": "none@lead.example", "interest_value": 1 }),
        json!({ "lead_email": "kim@lead.example", "interest_value": 1, "campaign_id": MISSING }),
        json!({ "lead_email": "kim@lead.example", "interest_value": 1, "list_id": MISSING }),
    ] {
        let refused = world.call("member", SET, body.clone()).await.is(404).face();
        let foreign = world.call("stranger", SET, body).await.is(404).face();
        assert_eq!(refused, foreign);
    }
    let hidden = lead_campaign(&world, &leads[1]).await;
    let body = json!({ "lead_email": "kim@lead.example", "interest_value": 1, "campaign_id": hidden });
    assert_eq!(world.call("editor", SET, body.clone()).await.message(), "Resource not found");
    assert_eq!(world.call("stranger", SET, body).await.message(), "Resource not found");
}

async fn all(world: &World, leads: &[String]) -> Vec<Value> {
    let mut all = vec![];
    for lead in leads {
        all.push(interest(world, "owner", lead).await);
    }
    all
}

async fn lead_campaign(world: &World, lead: &str) -> Value {
    world.get("owner", &format!("/api/v2/leads/{lead}")).await.is(200).json()["campaign"].clone()
}

async fn a_job_has_the_rights_of_its_asker(world: World) {
    let campaign = world.create("editor", "c", "team").await;
    let hot = label(&world, "owner", "Hot", "positive").await;
    let made = lead(&world, "editor", &campaign, "kim@lead.example", json!(1)).await;
    let asked = async |value: &Value| {
        let body = json!({ "lead_email": "kim@lead.example", "interest_value": value });
        world.call("editor", SET, body).await.is(202).json()["background_job_id"].clone()
    };
    let status = async |job: &Value| {
        world.work().await;
        let at = format!("/api/v2/background-jobs/{}", job.as_str().unwrap());
        world.get("owner", &at).await.is(200).json()["status"].clone()
    };
    // The label is deleted before the job runs.
    let job = asked(&hot).await;
    let labels = world.get("owner", "/api/v2/lead-labels").await.items();
    let at = format!("DELETE /api/v2/lead-labels/{}", labels[0]["id"].as_str().unwrap());
    world.call("owner", &at, Value::Null).await.is(200);
    assert_eq!(status(&job).await, "failed");
    // The asker loses the role before the job runs.
    let job = asked(&json!(2)).await;
    let member = format!("PATCH /api/v2/workspace-members/{}", world.who("editor").member.unwrap());
    world.call("owner", &member, json!({ "role": "view" })).await.is(200);
    assert_eq!(status(&job).await, "failed");
    assert_eq!(interest(&world, "owner", &made).await, 1);
}

async fn setting_it_refuses_bad_input(world: World) {
    for (body, why) in [
        (
            json!({ "lead_email": "a@lead.example" }),
            "body must have required property 'interest_value'".to_owned(),
        ),
        (json!({ "interest_value": 1 }), "body must have required property 'lead_email'".to_owned()),
        (
            json!({ "lead_email": "a@lead.example", "interest_value": 99 }),
            format!("body/interest_value {UNKNOWN}"),
        ),
        (
            json!({ "lead_email": "a@lead.example", "interest_value": "x" }),
            "body/interest_value must be".to_owned(),
        ),
        (json!({ "lead_email": 5, "interest_value": 1 }), "body/lead_email must be string".to_owned()),
        (
            json!({ "lead_email": "a@lead.example", "interest_value": 1, "campaign_id": "x" }),
            "body/campaign_id must match format \"uuid\"".to_owned(),
        ),
    ] {
        let said = world.call("owner", SET, body).await.is(400).message();
        assert!(said.starts_with(&why), "{said}");
    }
}
