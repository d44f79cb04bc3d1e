//! Merging two leads: what the one that stays gains, and who can merge which.

use crate::support::leads::{found, list};
use crate::support::scene::{self, Key, Member, join};
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    what_is_lacking_is_gained states_that_forbid_mail_win the_address_is_gained_once roles_have_their_cells
    what_is_unseen_is_missing a_tag_limit_holds_on_both_sides the_destination_asks_for_its_own_right
}

const LEADS: &str = "POST /api/v2/leads";
const MERGE: &str = "POST /api/v2/leads/merge";

async fn lead(world: &World, who: &str, place: &str, id: &str, more: Value) -> String {
    let mut body = json!({ place: id });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.call(who, LEADS, body).await.is(200).id()
}

fn both(source: &str, into: &str) -> Value {
    json!({ "lead_id": source, "destination_lead_id": into })
}

async fn set(world: &World, id: &str, what: &str) {
    let id: uuid::Uuid = id.parse().unwrap();
    world.run(sql(format!("update leads set {what} where id = $1")).bind(id)).await;
}

async fn what_is_lacking_is_gained(world: World) {
    let (from, to) =
        (world.create("owner", "from", "team").await, world.create("editor", "to", "team").await);
    let source = json!({
        "email": "kim@lead.example", "first_name": "Kimberly", "phone": "+47 1", "lt_interest_status": 1,
        "custom_variables": { "city": "Oslo", "size": 5, "note": "x" },
    });
    let source = lead(&world, "owner", "campaign", &from, source).await;
    let into = json!({ "email": "kim@work.example", "first_name": "Kim", "custom_variables": { "city": "Bergen", "note": null } });
    let into = lead(&world, "owner", "campaign", &to, into).await;
    set(&world, &source, "email_open_count = 2, email_reply_count = 1, verification_status = 1").await;
    set(&world, &into, "email_open_count = 3").await;
    world.wait(1000);
    let merged = world.call("manager", MERGE, both(&source, &into)).await.is(200).json();
    assert_eq!((&merged["id"], &merged["campaign"]), (&json!(into), &json!(to)));
    assert_eq!(merged["assigned_to"], json!(world.who("editor").user), "its assignee stays");
    let variables = json!({ "city": "Bergen", "size": 5, "note": "x", "email": "kim@work.example", "firstName": "Kim", "phone": "+47 1" });
    assert_eq!(merged["payload"], variables);
    let counts = [&merged["email_open_count"], &merged["email_reply_count"], &merged["lt_interest_status"]];
    assert_eq!(counts, [&json!(5), &json!(1), &json!(1)]);
    assert!(merged["verification_status"].is_null(), "that was about the other address");
    assert_eq!(world.get("view", &format!("/api/v2/leads/{into}")).await.is(200).json(), merged);
    world.get("owner", &format!("/api/v2/leads/{source}")).await.is(404);
    let campaign = world.get("owner", &format!("/api/v2/campaigns/{to}")).await.json();
    assert_eq!(campaign["custom_variables"]["size"], "size");
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 10).unwrap();
    assert_eq!((&row["action"], &row["campaign_id"]), (&json!("leads:merge"), &json!(to)));
    let changes = &row["audit_metadata"]["changes"];
    assert_eq!(changes["merged"][1]["email"], "kim@lead.example", "the log keeps the lead that is gone");
    // A search finds it by what it gained, and again it is only one.
    assert_eq!(found(&world, "owner", json!({ "search": "kim" })).await, ["kim"]);
    world.call("owner", MERGE, both(&source, &into)).await.is(404);
    let said = world.call("owner", MERGE, both(&into, &into)).await.is(400).message();
    assert_eq!(said, "body/destination_lead_id must be another lead than `lead_id`");
    world.call("owner", MERGE, json!({ "lead_id": into })).await.is(400);
}

async fn states_that_forbid_mail_win(world: World) {
    for (source, into, same, result) in [
        (-2, 1, false, -2),
        (-2, -1, true, -2),
        (-1, 1, true, -1),
        (-1, 1, false, 1),
        (-1, -2, true, -2),
        (3, 1, true, 1),
        (1, -2, true, -2),
    ] {
        let (one, two) = (list(&world, "owner").await, list(&world, "owner").await);
        let other = if same { "a@lead.example" } else { "b@lead.example" };
        let from = lead(&world, "owner", "list_id", &one, json!({ "email": "a@lead.example" })).await;
        let to = lead(&world, "owner", "list_id", &two, json!({ "email": other })).await;
        set(&world, &from, &format!("status = {source}")).await;
        set(&world, &to, &format!("status = {into}")).await;
        let merged = world.call("owner", MERGE, both(&from, &to)).await.is(200).json();
        assert_eq!(merged["status"], result, "{source} into {into}, same address: {same}");
        world.call("owner", &format!("DELETE /api/v2/leads/{to}"), Value::Null).await.is(200);
    }
}

async fn the_address_is_gained_once(world: World) {
    let (one, two) = (list(&world, "owner").await, list(&world, "owner").await);
    let nameless = lead(&world, "owner", "list_id", &one, json!({ "first_name": "Kim" })).await;
    let source = lead(&world, "owner", "list_id", &two, json!({ "email": "kim@lead.example" })).await;
    let third = lead(&world, "owner", "list_id", &one, json!({ "email": "kim@lead.example" })).await;
    let said = world.call("owner", MERGE, both(&source, &nameless)).await.is(409).message();
    assert_eq!(said, "A third lead of this campaign or list has the same email.");
    world.get("owner", &format!("/api/v2/leads/{source}")).await.is(200);
    let merged = world.call("owner", MERGE, both(&third, &nameless)).await.is(200).json();
    assert_eq!(
        (&merged["email"], &merged["company_domain"]),
        (&json!("kim@lead.example"), &json!("lead.example"))
    );
}

async fn roles_have_their_cells(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    for (who, status) in [
        ("owner", 200),
        ("admin", 200),
        ("manager", 200),
        ("editor", 200),
        ("robot", 200),
        ("member", 403),
        ("sdr", 403),
        ("view", 403),
        ("client", 403),
        ("reader", 403),
        ("stranger", 404),
    ] {
        let email = |n: u8| json!({ "email": format!("{who}{n}@lead.example") });
        let (one, two) = (
            lead(&world, "owner", "campaign", &campaign, email(1)).await,
            lead(&world, "owner", "campaign", &campaign, email(2)).await,
        );
        // A member sees only their own leads.
        let status = if who == "member" { 404 } else { status };
        world.call(who, MERGE, both(&one, &two)).await.is(status);
    }
}

async fn what_is_unseen_is_missing(world: World) {
    let (team, private) =
        (world.create("owner", "t", "team").await, world.create("owner", "p", "private").await);
    let seen = lead(&world, "owner", "campaign", &team, json!({ "email": "t@lead.example" })).await;
    let unseen = lead(&world, "owner", "campaign", &private, json!({ "email": "p@lead.example" })).await;
    let away = world.create("stranger", "s", "team").await;
    let foreign = lead(&world, "stranger", "campaign", &away, json!({ "email": "s@lead.example" })).await;
    for other in [&unseen, &foreign] {
        for (body, missing) in
            [(both(&seen, other), both(&seen, MISSING)), (both(other, &seen), both(MISSING, &seen))]
        {
            let face = world.call("manager", MERGE, body).await.is(404).face();
            assert_eq!(face, world.call("manager", MERGE, missing).await.face());
        }
    }
    world.call("owner", MERGE, both(&seen, &foreign)).await.is(404);
    for (who, id) in [("owner", &seen), ("owner", &unseen), ("stranger", &foreign)] {
        world.get(who, &format!("/api/v2/leads/{id}")).await.is(200);
    }
}

async fn a_tag_limit_holds_on_both_sides(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let (inside, outside) =
        (world.create("narrow", "in", "team").await, world.create("owner", "out", "team").await);
    let email = |name: &str| json!({ "email": format!("{name}@lead.example") });
    let one = lead(&world, "narrow", "campaign", &inside, email("one")).await;
    let two = lead(&world, "narrow", "campaign", &inside, email("two")).await;
    let other = lead(&world, "owner", "campaign", &outside, email("one")).await;
    world.call("narrow", MERGE, both(&other, &one)).await.is(404);
    world.call("narrow", MERGE, both(&one, &other)).await.is(404);
    world.call("narrow", MERGE, both(&two, &one)).await.is(200);
    world.call("owner", MERGE, both(&other, &one)).await.is(200);
}

/// A member can change the leads that are assigned to them, but adds leads only to their own campaigns.
async fn the_destination_asks_for_its_own_right(mut world: World) {
    let (theirs, mine) =
        (world.create("owner", "t", "team").await, world.create("member", "m", "private").await);
    let member = json!(world.who("member").member);
    let assigned = json!({ "email": "a@lead.example", "assigned_to": member });
    let assigned = lead(&world, "owner", "campaign", &theirs, assigned).await;
    let own = lead(&world, "member", "campaign", &mine, json!({ "email": "a@lead.example" })).await;
    let said = world.call("member", MERGE, both(&own, &assigned)).await.is(403).message();
    assert_eq!(said, "reach: `leads:create` does not reach the campaign or list of the destination lead");
    // A key without the scope to create cannot merge.
    let key = json!({ "name": "k", "scopes": ["leads:read", "leads:update"] });
    let key = world.call("owner", "POST /api/v2/api-keys", key).await.is(200).json();
    let key = key["key"].as_str().unwrap();
    world.secrets.add(key);
    let said = world.call(key, MERGE, both(&assigned, &own)).await.is(403).message();
    assert!(said.contains("leads:create"), "{said}");
    world.call("member", MERGE, both(&assigned, &own)).await.is(200);
    // Neither can an editor whose list of permissions leaves leads out.
    let home = world.home;
    let new = Member {
        workspace: home,
        name: "other",
        role: "editor",
        limit: None,
        permissions: Some(json!(["campaigns.view"])),
        accepted: true,
    };
    let other = scene::member(&world, &new).await;
    scene::key(&mut world, Key::personal(home, "other", other)).await;
    world.call("other", MERGE, both(&assigned, &own)).await.is(403);
}
