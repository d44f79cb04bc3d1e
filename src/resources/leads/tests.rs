//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::leads::{found, list};
use crate::support::scene::join;
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    one_lead_at_a_time what_is_wrong_is_named many_at_once skip_flags_and_the_workspaces_rule leads_are_seen_through_their_campaign
    who_brings_leads_sees_them searching_narrows_and_pages engagement_is_what_is_stored deleting_many
    tag_limits_reach_leads variables_reach_the_campaign a_lead_without_a_place_is_its_makers
}

const LEADS: &str = "POST /api/v2/leads";
const ADD: &str = "POST /api/v2/leads/add";
const LIST: &str = "POST /api/v2/leads/list";

async fn one_lead_at_a_time(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let body = json!({
        "campaign": campaign, "email": " Ada@Lead.example ", "first_name": "Ada", "website": "https://www.acme.example/x",
        "custom_variables": { "tried": true, "note": null, "n": 3 }, "lt_interest_status": 1,
    });
    let made = world.call("manager", LEADS, body.clone()).await.is(200).json();
    assert_eq!(
        (&made["email"], &made["company_domain"]),
        (&json!("ada@lead.example"), &json!("acme.example"))
    );
    assert_eq!(
        made["payload"],
        json!({ "email": "ada@lead.example", "firstName": "Ada", "website": "https://www.acme.example/x", "tried": true, "note": null, "n": 3 })
    );
    assert_eq!(made["assigned_to"], json!(world.who("owner").user), "the campaign's owner");
    assert_eq!(made["uploaded_by_user"], json!(world.who("manager").user));
    let again = world.call("manager", LEADS, body).await.is(409).message();
    let expected = "A lead with this email is already in this campaign. `POST /api/v2/leads/list` with this address in \
                    `contacts` shows it.";
    assert_eq!(again, expected);
    let at = format!("/api/v2/leads/{}", made["id"].as_str().unwrap());
    let patch = json!({ "first_name": null, "company_name": "Acme", "custom_variables": { "n": 4, "new": "x" }, "lt_interest_status": -1 });
    world.wait(1000);
    let changed = world.call("manager", &format!("PATCH {at}"), patch).await.is(200).json();
    assert_eq!(
        changed["payload"],
        json!({ "email": "ada@lead.example", "companyName": "Acme", "website": "https://www.acme.example/x", "tried": true, "note": null, "n": 4, "new": "x" })
    );
    assert_eq!(
        (&changed["lt_interest_status"], &changed["timestamp_last_interest_change"]),
        (&json!(-1), &json!("2023-11-14T22:13:21.000Z"))
    );
    assert_eq!(world.get("view", &at).await.is(200).json(), changed);
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 1024).unwrap();
    assert_eq!(row["campaign_id"], json!(campaign));
    world.call("editor", &format!("DELETE {at}"), Value::Null).await.is(200);
    world.get("view", &at).await.is(404);
}

async fn what_is_wrong_is_named(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let wrong = [
        (json!({ "first_name": "A" }), "required property 'email'"),
        (json!({ "campaign": campaign, "list_id": campaign, "email": "a@b.example" }), "exactly one of"),
        (json!({ "campaign": campaign, "first_name": "A" }), "required property 'email'"),
        (json!({ "campaign": campaign, "email": "no address" }), "body/email must match format"),
        (
            json!({ "campaign": campaign, "email": "a@b.example", "custom_variables": { "x": {} } }),
            "body/custom_variables/x",
        ),
        (
            json!({ "campaign": campaign, "email": "a@b.example", "verify_leads_on_import": "yes" }),
            "body/verify_leads_on_import",
        ),
        (
            json!({ "campaign": campaign, "email": "a@b.example", "blocklist_id": MISSING }),
            "body/blocklist_id",
        ),
        (
            json!({ "campaign": campaign, "email": "a@b.example", "lt_interest_status": 99 }),
            "body/lt_interest_status",
        ),
    ];
    for (body, why) in wrong {
        let said = world.call("owner", LEADS, body).await.is(400).message();
        assert!(said.contains(why), "{said}");
    }
}

async fn many_at_once(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    world.call("owner", LEADS, json!({ "campaign": campaign, "email": "old@lead.example" })).await.is(200);
    let mut leads: Vec<Value> =
        (0..150).map(|n| json!({ "email": format!("l{n}@lead.example"), "first_name": "N" })).collect();
    leads.push(json!({ "email": "OLD@lead.example" }));
    leads.push(json!({ "email": "L3@lead.example" }));
    leads.push(json!({ "email": "nonsense" }));
    leads.push(json!({ "first_name": "No address" }));
    let editor = world.who("editor").clone();
    leads.push(json!({ "email": "given@lead.example", "assigned_to": editor.member }));
    let done =
        world.call("owner", ADD, json!({ "campaign_id": campaign, "leads": leads })).await.is(200).json();
    let counts = [
        "total_sent",
        "leads_uploaded",
        "duplicated_leads",
        "duplicate_email_count",
        "invalid_email_count",
        "incomplete_count",
        "skipped_count",
    ];
    assert_eq!(counts.map(|name| done[name].as_i64().unwrap()), [155, 151, 1, 1, 2, 0, 0]);
    let created = done["created_leads"].as_array().unwrap();
    assert_eq!(
        (created.len(), &created[150]["index"], &created[150]["email"]),
        (151, &json!(154), &json!("given@lead.example"))
    );
    let given = created[150]["id"].as_str().unwrap();
    assert_eq!(
        world.get("owner", &format!("/api/v2/leads/{given}")).await.json()["assigned_to"],
        json!(editor.user)
    );
    let row = world.log().await.remove(0);
    assert_eq!(
        (&row["activity_type"], &row["affected_count"], &row["campaign_id"]),
        (&json!(9), &json!(151), &json!(campaign))
    );
    // Nothing is written partly.
    let wrong = json!({ "campaign_id": campaign, "leads": [{ "email": "x@lead.example" }, { "email": "y@lead.example", "assigned_to": MISSING }] });
    let why = world.call("owner", ADD, wrong).await.is(400).message();
    assert_eq!(why, "body/leads/1/assigned_to must be an accepted member of the workspace");
    assert!(found(&world, "owner", json!({ "contacts": ["x@lead.example"] })).await.is_empty());
    let many: Vec<Value> = (0..1001).map(|n| json!({ "email": format!("{n}@lead.example") })).collect();
    world.call("owner", ADD, json!({ "campaign_id": campaign, "leads": many })).await.is(400);
    world.call("owner", ADD, json!({ "campaign_id": campaign, "leads": [] })).await.is(400);
    let unknown = json!({ "campaign_id": campaign, "leads": [{ "mail": "x" }] });
    let none = world.call("owner", ADD, unknown).await.is(200);
    assert_eq!(
        (&none.json()["leads_uploaded"], &none.headers["x-gatepost-ignored"]),
        (&json!(0), &"leads/mail".parse().unwrap())
    );
}

async fn skip_flags_and_the_workspaces_rule(world: World) {
    let (one, two) = (world.create("owner", "1", "team").await, world.create("owner", "2", "team").await);
    let (first, second) = (list(&world, "owner").await, list(&world, "owner").await);
    let add = async |place: &str, id: &str, emails: &[&str], flag: &str| -> (i64, i64) {
        let leads: Vec<Value> =
            emails.iter().map(|name| json!({ "email": format!("{name}@lead.example") })).collect();
        let done =
            world.call("owner", ADD, json!({ place: id, "leads": leads, flag: true })).await.is(200).json();
        (done["leads_uploaded"].as_i64().unwrap(), done["skipped_count"].as_i64().unwrap())
    };
    assert_eq!(add("campaign_id", &one, &["c"], "skip_if_in_list").await, (1, 0));
    assert_eq!(add("list_id", &first, &["l"], "skip_if_in_campaign").await, (1, 0));
    assert_eq!(add("campaign_id", &two, &["c", "l"], "skip_if_in_campaign").await, (1, 1));
    assert_eq!(add("list_id", &second, &["l", "c"], "skip_if_in_list").await, (1, 1));
    assert_eq!(
        add("list_id", &list(&world, "owner").await, &["l", "c", "new"], "skip_if_in_workspace").await,
        (1, 2)
    );
    let single = json!({ "list_id": list(&world, "owner").await, "email": "c@lead.example", "skip_if_in_workspace": true });
    world.call("owner", LEADS, single).await.is(409);
    // The workspace can require it of every call.
    let workspace = "PATCH /api/v2/workspaces/current";
    world.call("sdr", workspace, json!({ "unique_leads": true })).await.is(403);
    assert_eq!(
        world.call("owner", workspace, json!({ "unique_leads": true })).await.is(200).json()["unique_leads"],
        true
    );
    assert_eq!(
        add("list_id", &list(&world, "owner").await, &["c", "fresh"], "skip_if_in_list").await,
        (1, 1)
    );
}

async fn leads_are_seen_through_their_campaign(world: World) {
    let team = world.create("owner", "team", "team").await;
    let private = world.create("owner", "private", "private").await;
    let members = world.create("member", "member's", "private").await;
    for (name, campaign) in [("t", &team), ("p", &private), ("m", &members)] {
        let who = if name == "m" { "member" } else { "owner" };
        world
            .call(who, LEADS, json!({ "campaign": campaign, "email": format!("{name}@lead.example") }))
            .await
            .is(200);
    }
    for (who, sees) in
        [("owner", "t p m"), ("manager", "t"), ("view", "t"), ("member", "m"), ("sdr", ""), ("client", "")]
    {
        assert_eq!(found(&world, who, json!({})).await.join(" "), sees, "{who}");
    }
    // An assignee sees their lead anywhere. A collaborator sees all leads of the campaign.
    let lead =
        world.call("owner", LIST, json!({ "contacts": ["p@lead.example"] })).await.items()[0]["id"].clone();
    let at = format!("/api/v2/leads/{}", lead.as_str().unwrap());
    world.get("sdr", &at).await.is(404);
    let sdr = world.who("sdr").clone();
    world.call("owner", &format!("PATCH {at}"), json!({ "assigned_to": sdr.member })).await.is(200);
    assert_eq!(found(&world, "sdr", json!({})).await, ["p"]);
    world.call("sdr", &format!("PATCH {at}"), json!({ "first_name": "x" })).await.is(403);
    let collaborate = json!({ "collaborators": [world.who("sdr").member] });
    world.call("member", &format!("PATCH /api/v2/campaigns/{members}"), collaborate).await.is(200);
    assert_eq!(found(&world, "sdr", json!({})).await, ["p", "m"]);
    // A campaign that the caller does not see finds no leads and takes none.
    assert!(found(&world, "view", json!({ "campaign": private })).await.is_empty());
    world.call("manager", LEADS, json!({ "campaign": private, "email": "x@lead.example" })).await.is(400);
    world.call("member", LEADS, json!({ "campaign": team, "email": "x@lead.example" })).await.is(403);
    let search = async |who: &str, email: &str| {
        let answer = world
            .get(who, &format!("/api/v2/campaigns/search-by-contact?search={email}%40lead.example"))
            .await;
        answer.is(200).items().len()
    };
    assert_eq!((search("owner", "p").await, search("view", "p").await, search("view", "T").await), (1, 0, 1));
    let explain = json!({ "permission": "leads:update", "record": lead });
    let why = world.call("sdr", "POST /api/v2/access/explain", explain).await.is(200).json();
    assert_eq!(why["refused_by"], "role");
    // Deleting the campaign deletes its leads.
    world.call("owner", &format!("DELETE /api/v2/campaigns/{team}"), Value::Null).await.is(200);
    assert_eq!(found(&world, "owner", json!({})).await, ["p", "m"]);
}

async fn who_brings_leads_sees_them(world: World) {
    let campaign = world.create("manager", "c", "team").await;
    let done = world
        .call("sdr", ADD, json!({ "campaign_id": campaign, "leads": [{ "email": "a@lead.example" }] }))
        .await
        .is(200);
    assert_eq!(done.json()["leads_uploaded"], 1);
    assert_eq!(found(&world, "sdr", json!({})).await, ["a"], "though the campaign is a colleague's");
    let others = json!({ "campaign_id": campaign, "assigned_to": world.who("view").member, "leads": [{ "email": "b@lead.example" }] });
    world.call("sdr", ADD, others).await.is(403);
    let robot = world
        .call("robot", LEADS, json!({ "campaign": campaign, "email": "r@lead.example" }))
        .await
        .is(200)
        .json();
    assert_eq!(robot["assigned_to"], json!(world.who("manager").user));
    assert!(robot["uploaded_by_user"].is_null());
}

async fn searching_narrows_and_pages(world: World) {
    let (campaign, list) = (world.create("owner", "c", "team").await, list(&world, "owner").await);
    let leads: Vec<Value> = (0..25)
        .map(|n| json!({ "email": format!("l{n:02}@lead.example"), "first_name": format!("Name{n:02}") }))
        .collect();
    world.call("owner", ADD, json!({ "campaign_id": campaign, "leads": leads[..20] })).await.is(200);
    world.call("owner", ADD, json!({ "list_id": list, "leads": leads[15..] })).await.is(200);
    for distinct in [false, true] {
        let (mut walked, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut body = json!({ "limit": 7, "distinct_contacts": distinct });
            if !after.is_null() {
                body["starting_after"] = after;
            }
            let page = world.call("owner", LIST, body).await.is(200).json();
            walked.extend(
                page["items"].as_array().unwrap().iter().map(|lead| lead["email"].clone().to_string()),
            );
            after = page["next_starting_after"].clone();
            if after.is_null() {
                break;
            }
        }
        assert_eq!(walked.len(), if distinct { 25 } else { 30 });
        let mut unique = walked.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), 25);
        assert!(!distinct || unique == walked, "in the order of addresses");
    }
    let count = async |body: Value| found(&world, "owner", body).await.len();
    assert_eq!(count(json!({ "campaign": campaign, "limit": 100 })).await, 20);
    assert_eq!(count(json!({ "list_id": list, "limit": 100 })).await, 10);
    assert_eq!(count(json!({ "in_list": true, "limit": 100 })).await, 10);
    assert_eq!(count(json!({ "in_campaign": false, "limit": 100 })).await, 10);
    assert_eq!(count(json!({ "search": "NAME07" })).await, 1);
    assert_eq!(count(json!({ "search": "l07@lead" })).await, 1);
    assert_eq!(count(json!({ "search": "%" })).await, 0);
    assert_eq!(count(json!({ "contacts": ["L16@lead.example"] })).await, 2);
    assert_eq!(count(json!({ "ids": [MISSING] })).await, 0);
    assert_eq!(count(json!({ "ids": [] })).await, 0);
    assert_eq!(count(json!({ "smart_view_id": MISSING })).await, 0);
    assert_eq!(count(json!({ "filter": "FILTER_VAL_NOT_CONTACTED", "limit": 100 })).await, 30);
    assert_eq!(count(json!({ "filter": "FILTER_VAL_REPLIED" })).await, 0);
    assert_eq!(count(json!({ "esg_code": "none", "limit": 100 })).await, 30);
    assert_eq!(count(json!({ "esg_code": "all" })).await, 0);
    assert_eq!(count(json!({ "organization_user_ids": [world.who("owner").user], "limit": 100 })).await, 30);
    for (body, field) in [
        (json!({ "filter": "x" }), "body/filter"),
        (json!({ "starting_after": "x" }), "body/starting_after"),
        (json!({ "limit": 101 }), "body/limit"),
        (json!({ "queries": [{ "actionType": "x", "values": {} }] }), "body/queries/0/actionType"),
    ] {
        let why = world.call("owner", LIST, body).await.is(400).message();
        assert!(why.starts_with(field), "{why}");
    }
}

async fn engagement_is_what_is_stored(world: World) {
    let list = list(&world, "owner").await;
    for name in ["a", "b", "c"] {
        world
            .call("owner", LEADS, json!({ "list_id": list, "email": format!("{name}@lead.example") }))
            .await
            .is(200);
    }
    let set = |name: &str, what: &str| {
        sql(format!("update leads set {what} where workspace_id = $1 and email = $2"))
            .bind(world.home)
            .bind(format!("{name}@lead.example"))
    };
    world.run(set("a", "email_open_count = 3, email_reply_count = 1, status = 3, lt_interest_status = 1, verification_status = 1")).await;
    world.run(set("b", "email_open_count = 1, status = -1, verification_status = -2")).await;
    let day = 24 * 60 * 60 * 1000;
    for (name, days) in [("a", 10), ("b", 1)] {
        let at = world.app.now().minus(days * day);
        world.run(set(name, "timestamp_last_open = $3, timestamp_last_contact = $3").bind(at)).await;
    }
    for (filter, sees) in [
        ("FILTER_VAL_CONTACTED", "a b"),
        ("FILTER_VAL_NOT_CONTACTED", "c"),
        ("FILTER_VAL_COMPLETED", "a"),
        ("FILTER_VAL_BOUNCED", "b"),
        ("FILTER_LEAD_INTERESTED", "a"),
        ("FILTER_VAL_OPENED_NO_REPLY", "b"),
        ("FILTER_VAL_NO_OPENS", "c"),
        ("FILTER_VAL_RISKY", "b"),
        ("FILTER_VAL_VALID", "a"),
        ("FILTER_VAL_ACTIVE", "c"),
    ] {
        assert_eq!(found(&world, "owner", json!({ "filter": filter })).await.join(" "), sees, "{filter}");
    }
    let query =
        |action: &str, values: Value| json!({ "queries": [{ "actionType": action, "values": values }] });
    let more = json!({ "occurrence-count": { "condition": "more", "count": 1 } });
    assert_eq!(found(&world, "owner", query("email-open", more)).await, ["a"]);
    assert_eq!(found(&world, "owner", query("email-open", json!({ "occurrence-days": 3 }))).await, ["b"]);
    assert_eq!(
        found(&world, "owner", query("last-contacted", json!({ "occurrence-days": 30 }))).await,
        ["a", "b"]
    );
    let status = |condition: &str| {
        query("lead-status", json!({ "lead-status": { "status": 1, "condition": condition } }))
    };
    assert_eq!(found(&world, "owner", status("is")).await, ["a"]);
    assert_eq!(found(&world, "owner", status("is-not")).await, ["b", "c"]);
    let stats =
        world.get("owner", &format!("/api/v2/lead-lists/{list}/verification-stats")).await.is(200).json();
    assert_eq!(
        (&stats["total_leads"], &stats["stats"]["verified"], &stats["stats"]["risky"]),
        (&json!(3), &json!(1), &json!(1))
    );
}

async fn deleting_many(world: World) {
    let (campaign, list) = (world.create("owner", "c", "team").await, list(&world, "owner").await);
    let leads: Vec<Value> = (0..10).map(|n| json!({ "email": format!("l{n}@lead.example") })).collect();
    world.call("owner", ADD, json!({ "campaign_id": campaign, "leads": leads })).await.is(200);
    world.call("owner", ADD, json!({ "list_id": list, "leads": leads })).await.is(200);
    let delete = "DELETE /api/v2/leads";
    let ids: Vec<Value> = world
        .call("owner", LIST, json!({ "campaign": campaign, "limit": 2 }))
        .await
        .items()
        .iter()
        .map(|lead| lead["id"].clone())
        .collect();
    let in_other = json!({ "list_id": list, "ids": ids });
    assert_eq!(world.call("owner", delete, in_other).await.is(200).json()["count"], 0, "only of that place");
    assert_eq!(
        world.call("editor", delete, json!({ "campaign_id": campaign, "ids": ids })).await.is(200).json()["count"],
        2
    );
    assert_eq!(
        world.call("owner", delete, json!({ "campaign_id": campaign, "limit": 3 })).await.json()["count"],
        3
    );
    assert_eq!(
        world.call("owner", delete, json!({ "campaign_id": campaign, "status": 3 })).await.json()["count"],
        0
    );
    assert_eq!(world.call("owner", delete, json!({ "campaign_id": campaign })).await.json()["count"], 5);
    let row = world.log().await.remove(0);
    assert_eq!(
        (&row["activity_type"], &row["affected_count"], &row["campaign_id"]),
        (&json!(2), &json!(5), &json!(campaign))
    );
    world.call("manager", delete, json!({ "list_id": list })).await.is(403);
    world.call("owner", delete, json!({})).await.is(400);
    world.call("owner", delete, json!({ "list_id": list, "campaign_id": campaign })).await.is(400);
    let lists = format!("DELETE /api/v2/lead-lists/{list}");
    world.call("owner", &lists, Value::Null).await.is(200);
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 1027).unwrap();
    assert_eq!((&row["affected_count"], &row["list_id"]), (&json!(11), &json!(list)));
    assert!(found(&world, "owner", json!({})).await.is_empty());
}

async fn tag_limits_reach_leads(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let inside = world.create("narrow", "inside", "team").await;
    let outside = world.create("owner", "outside", "team").await;
    world.call("narrow", LEADS, json!({ "campaign": inside, "email": "in@lead.example" })).await.is(200);
    world.call("owner", LEADS, json!({ "campaign": outside, "email": "out@lead.example" })).await.is(200);
    let list = list(&world, "owner").await;
    world.call("owner", LEADS, json!({ "list_id": list, "email": "listed@lead.example" })).await.is(200);
    for who in ["narrow", "client"] {
        assert_eq!(found(&world, who, json!({})).await, ["in"], "{who}");
    }
    world.call("narrow", LEADS, json!({ "campaign": outside, "email": "x@lead.example" })).await.is(400);
    world.call("narrow", LEADS, json!({ "list_id": list, "email": "x@lead.example" })).await.is(400);
    assert!(world.get("narrow", "/api/v2/lead-lists").await.is(200).items().is_empty());
    world.call("narrow", "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(403);
}

async fn variables_reach_the_campaign(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    let lead = |n: usize, name: &str| json!({ "email": format!("{n}@lead.example"), "custom_variables": { name: "v" } });
    world
        .call("owner", ADD, json!({ "campaign_id": campaign, "leads": [lead(1, "city"), lead(2, "size")] }))
        .await
        .is(200);
    let seen = async || {
        world.get("view", &format!("/api/v2/campaigns/{campaign}")).await.is(200).json()["custom_variables"]
            .clone()
    };
    assert_eq!(seen().await, json!({ "city": "city", "size": "size" }));
    world
        .call("owner", &format!("PATCH /api/v2/campaigns/{campaign}"), json!({ "name": "renamed" }))
        .await
        .is(200);
    assert_eq!(
        seen().await,
        json!({ "city": "city", "size": "size" }),
        "a change of the campaign keeps them"
    );
}

/// A lead in neither a campaign nor a list belongs to its assignee. Reach `all` sees it.
async fn a_lead_without_a_place_is_its_makers(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    for who in ["owner", "manager", "sdr"] {
        let body = json!({ "email": format!("{who}@lead.example") });
        let made = world.call(who, LEADS, body.clone()).await.is(200).json();
        assert_eq!((&made["campaign"], &made["list_id"]), (&Value::Null, &Value::Null));
        assert_eq!(made["assigned_to"], json!(world.who(who).user), "{who}");
        let again = world.call(who, LEADS, body).await.is(409).message();
        assert!(again.starts_with("A lead with this email is already in the workspace. "), "{again}");
    }
    for (who, sees) in [
        ("owner", "owner manager sdr"),
        ("admin", "owner manager sdr"),
        ("robot", "owner manager sdr"),
        ("manager", "manager"),
        ("sdr", "sdr"),
        ("member", ""),
        ("view", ""),
        ("client", ""),
        ("narrow", ""),
        ("stranger", ""),
    ] {
        assert_eq!(found(&world, who, json!({})).await.join(" "), sees, "{who}");
        assert_eq!(found(&world, who, json!({ "in_campaign": false })).await.join(" "), sees, "{who}");
    }
    let lead =
        world.call("owner", LIST, json!({ "contacts": ["sdr@lead.example"] })).await.items()[0].clone();
    let at = format!("/api/v2/leads/{}", lead["id"].as_str().unwrap());
    world.get("sdr", &at).await.is(200);
    for who in ["manager", "member", "narrow", "stranger"] {
        world.get(who, &at).await.is(404);
        world.call(who, &format!("DELETE {at}"), Value::Null).await;
        world.get("sdr", &at).await.is(200);
    }
    // The caller can use the address of a lead that they do not see.
    world.call("member", LEADS, json!({ "email": "sdr@lead.example" })).await.is(200);
    // A caller with a tag limit sees no such lead and cannot create one.
    let said = world.call("narrow", LEADS, json!({ "email": "n@lead.example" })).await.is(400).message();
    assert!(said.contains("outside your tag limit"), "{said}");
    let others = json!({ "email": "x@lead.example", "assigned_to": world.who("sdr").member });
    world.call("manager", LEADS, others.clone()).await.is(400);
    let given = world.call("owner", LEADS, others).await.is(200).json();
    assert_eq!(given["assigned_to"], json!(world.who("sdr").user));
    assert_eq!(found(&world, "sdr", json!({})).await, ["sdr", "x"]);
    let robots = world.call("robot", LEADS, json!({ "email": "robot@lead.example" })).await.is(200).json();
    assert!(robots["assigned_to"].is_null());
    assert!(!found(&world, "manager", json!({})).await.contains(&"robot".to_owned()));
    world.call("owner", "DELETE /api/v2/leads", json!({ "ids": [lead["id"]] })).await.is(400);
    world.call("owner", ADD, json!({ "leads": [{ "email": "y@lead.example" }] })).await.is(400);
}
