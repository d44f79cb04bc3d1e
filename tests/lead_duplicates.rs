//! Leads with the same address: what each way into a workspace does with them, and what it shows to whom.

use crate::support::leads::list;
use crate::support::{World, on_both};
use serde_json::{Value, json};

on_both! {
    an_admin_learns_whose_lead_it_is_and_an_sdr_that_it_exists a_key_needs_a_scope_to_read unique_leads_holds_everywhere
    an_import_says_which_lead_it_is the_report_pages_and_ends_with_merges
}

const ADD: &str = "POST /api/v2/leads/add";
const LEADS: &str = "POST /api/v2/leads";
const IMPORT: &str = "POST /api/v2/lead-imports";

async fn unique(world: &World) {
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "unique_leads": true })).await.is(200);
}

/// A lead of the editor, which no sdr sees.
async fn theirs(world: &World, email: &str) -> Value {
    let campaign = world.create("editor", "editor's", "private").await;
    let body = json!({ "campaign": campaign, "email": email });
    world.call("editor", LEADS, body).await.is(200).json()
}

fn present(lead: &Value) -> Value {
    json!({ "id": lead["id"], "campaign": lead["campaign"], "list_id": lead["list_id"],
        "assigned_to": lead["assigned_to"], "status": lead["status"] })
}

async fn an_admin_learns_whose_lead_it_is_and_an_sdr_that_it_exists(world: World) {
    let lead = theirs(&world, "kim@lead.example").await;
    assert_eq!(lead["assigned_to"], json!(world.who("editor").user));
    let campaign = world.create("owner", "c", "team").await;
    unique(&world).await;
    let add = async |who: &str, leads: Value| {
        let body = json!({ "campaign_id": campaign, "leads": leads });
        world.call(who, ADD, body).await.is(200).json()
    };
    let leads = json!([{ "email": "new@lead.example" }, { "email": "KIM@lead.example" }, { "email": "no" }]);
    let told = add("admin", leads).await;
    assert_eq!((&told["skipped_count"], &told["leads_uploaded"]), (&json!(1), &json!(1)));
    let expected = json!([{ "index": 1, "reason": "skipped", "lead": present(&lead) }]);
    assert_eq!(told["duplicates"], expected);
    for who in ["sdr", "manager"] {
        let told = add(who, json!([{ "email": "kim@lead.example" }])).await;
        let expected = json!([{ "index": 0, "reason": "skipped", "lead": null }]);
        assert_eq!((&told["skipped_count"], &told["duplicates"]), (&json!(1), &expected), "{who}");
    }
    // In the same campaign: the lead is the admin's, so the sdr is not told either.
    let told = add("sdr", json!([{ "email": "new@lead.example" }])).await;
    assert_eq!(told["duplicates"], json!([{ "index": 0, "reason": "duplicated", "lead": null }]));
    let told = add("manager", json!([{ "email": "new@lead.example" }])).await;
    assert_eq!(
        (&told["duplicated_leads"], &told["duplicates"][0]["lead"]["campaign"]),
        (&json!(1), &json!(campaign))
    );
    // One lead at a time.
    for (who, seen) in [("admin", true), ("sdr", false)] {
        let body = json!({ "campaign": campaign, "email": "kim@lead.example" });
        let said = world.call(who, LEADS, body).await.is(409).message();
        assert!(said.starts_with("A lead with this email is already in the workspace. "), "{said}");
        assert_eq!(said.contains("contacts"), seen, "{said}");
        assert!(!said.contains("editor") && !said.contains(lead["id"].as_str().unwrap()), "{said}");
    }
    // What the call asks for looks only at what the caller sees, and shows nothing else.
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "unique_leads": false })).await.is(200);
    let body = json!({ "campaign_id": campaign, "skip_if_in_workspace": true, "leads": [{ "email": "kim@lead.example" }] });
    let told = world.call("sdr", ADD, body).await.is(200).json();
    assert_eq!((&told["leads_uploaded"], &told["duplicates"]), (&json!(1), &json!([])));
}

async fn a_key_needs_a_scope_to_read(world: World) {
    let lead = theirs(&world, "kim@lead.example").await;
    unique(&world).await;
    let list = list(&world, "owner").await;
    for (scopes, expected) in
        [(json!(["leads:create"]), Value::Null), (json!(["leads:create", "leads:read"]), present(&lead))]
    {
        let key = json!({ "name": "k", "scopes": scopes });
        let key = world.call("owner", "POST /api/v2/api-keys", key).await.is(200).json()["key"].clone();
        let key = key.as_str().unwrap();
        let body = json!({ "list_id": list, "leads": [{ "email": "kim@lead.example" }] });
        let told = world.call(key, ADD, body).await.is(200).json();
        assert_eq!(told["duplicates"][0]["lead"], expected, "{scopes}");
        let body = json!({ "list_id": list, "email": "kim@lead.example" });
        let said = world.call(key, LEADS, body).await.is(409).message();
        assert_eq!(said.contains("contacts"), !expected.is_null(), "{said}");
    }
}

/// Every way in: create, add, import, copy, move, and the copies of campaigns.
async fn unique_leads_holds_everywhere(world: World) {
    let (from, to) = (world.create("owner", "from", "team").await, list(&world, "owner").await);
    let lead = json!({ "campaign": from, "email": "kim@lead.example" });
    world.call("owner", LEADS, lead).await.is(200);
    unique(&world).await;
    world.call("owner", LEADS, json!({ "list_id": to, "email": "kim@lead.example" })).await.is(409);
    world.call("owner", LEADS, json!({ "email": "kim@lead.example" })).await.is(409);
    let many = json!({ "list_id": to, "leads": [{ "email": "kim@lead.example" }] });
    assert_eq!(world.call("owner", ADD, many).await.is(200).json()["leads_uploaded"], 0);
    world.call("owner", IMPORT, json!({ "list_id": to, "csv": "Email\nkim@lead.example\n" })).await.is(200);
    let copy = json!({ "campaign": from, "to_list_id": to, "copy_leads": true });
    world.call("owner", "POST /api/v2/leads/move", copy).await.is(400);
    world.call("owner", &format!("POST /api/v2/campaigns/{from}/share"), Value::Null).await.is(204);
    let copied =
        world.call("owner", &format!("POST /api/v2/campaigns/{from}/from-export"), Value::Null).await;
    let copied = copied.is(200).id();
    world
        .call("owner", &format!("POST /api/v2/campaigns/{from}/duplicate"), json!({ "name": "d" }))
        .await
        .is(200);
    world.work().await;
    let all = world.call("owner", "POST /api/v2/leads/list", json!({ "limit": 100 })).await.items();
    assert_eq!((all.len(), &all[0]["campaign"]), (1, &json!(from)));
    assert!(copied != from);
    world
        .call("owner", "POST /api/v2/leads/move", json!({ "campaign": from, "to_list_id": to }))
        .await
        .is(200);
    world.work().await;
    let all = world.call("owner", "POST /api/v2/leads/list", json!({ "limit": 100 })).await.items();
    assert_eq!((all.len(), &all[0]["list_id"]), (1, &json!(to)));
    assert!(world.get("owner", "/api/v2/leads/duplicates").await.items().is_empty());
}

async fn an_import_says_which_lead_it_is(world: World) {
    let lead = theirs(&world, "kim@lead.example").await;
    let campaign = world.create("owner", "c", "team").await;
    unique(&world).await;
    let csv = "Email,First Name\nkim@lead.example,Kim\nnew@lead.example,=1+1\nno,No\n";
    let asked = json!({ "campaign_id": campaign, "csv": csv });
    let id = world.call("sdr", IMPORT, asked).await.is(200).id();
    world.work().await;
    let at = format!("/api/v2/lead-imports/{id}");
    for (who, seen) in [("sdr", false), ("admin", true)] {
        let rows = world.get(who, &format!("{at}/rows")).await.is(200).items();
        let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["skipped", "added", "invalid"]);
        assert_eq!(rows[0]["reason"], "already_in_workspace");
        assert_eq!(rows[0]["duplicate_of"], if seen { present(&lead) } else { Value::Null }, "{who}");
        assert!(!rows.iter().any(|row| row.get("present").is_some()));
        let text = world.get(who, &format!("{at}/report?format=ndjson")).await.is(200).text();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, rows, "{who}");
        let answer = world.get(who, &format!("{at}/report?outcome=skipped")).await.is(200);
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"import.csv\"");
        let text = answer.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0], "line,outcome,reason,message,email,lead_id,duplicate_of");
        assert!(lines[1].starts_with("2,skipped,already_in_workspace,A lead with this address"), "{text}");
        assert_eq!(text.contains(lead["id"].as_str().unwrap()), seen, "{text}");
    }
    world.get("member", &format!("{at}/report")).await.is(404);
    world.get("stranger", &format!("{at}/report")).await.is(404);
    world.get("owner", &format!("{at}/report?format=xlsx")).await.is(400);
    // The reader's rights count, and not those at the time of the import.
    let hand_over = json!({ "assigned_to": world.who("sdr").user });
    let path = format!("PATCH /api/v2/leads/{}", lead["id"].as_str().unwrap());
    world.call("owner", &path, hand_over).await.is(200);
    let rows = world.get("sdr", &format!("{at}/rows")).await.is(200).items();
    assert_eq!(rows[0]["duplicate_of"]["assigned_to"], json!(world.who("sdr").user));
}

async fn the_report_pages_and_ends_with_merges(world: World) {
    let (one, two) = (list(&world, "owner").await, list(&world, "editor").await);
    let hidden = world.create("owner", "hidden", "private").await;
    for place in [&one, &two] {
        let leads: Vec<Value> =
            (0..25).map(|n| json!({ "email": format!("l{n:02}@lead.example") })).collect();
        world.call("owner", ADD, json!({ "list_id": place, "leads": leads })).await.is(200);
    }
    world.call("owner", ADD, json!({ "list_id": one, "leads": [{ "email": "z@lead.example" }, { "first_name": "A" }, { "first_name": "A" }] })).await.is(200);
    world
        .call("owner", ADD, json!({ "campaign_id": hidden, "leads": [{ "email": "z@lead.example" }] }))
        .await
        .is(200);
    let report = async |who: &str, query: &str| {
        world.get(who, &format!("/api/v2/leads/duplicates{query}")).await.is(200).json()
    };
    let emails = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["email"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = report("owner", "").await;
    assert_eq!(emails(&first).len(), 10);
    let next = first["next_starting_after"].as_str().unwrap();
    assert_eq!(next, "l09@lead.example");
    let rest = report("owner", &format!("?limit=100&starting_after={next}")).await;
    assert_eq!((emails(&rest).len(), &rest["next_starting_after"]), (16, &Value::Null));
    let last = &rest["items"][15];
    assert_eq!((&last["email"], &last["count"]), (&json!("z@lead.example"), &json!(2)));
    assert_eq!(last["leads"][1]["campaign"], json!(hidden));
    assert_eq!(last["leads"][1]["owned_by"], json!(world.who("owner").user));
    // The manager does not see the private campaign, and a member only their own leads.
    assert_eq!(emails(&report("manager", "?limit=100").await).len(), 25);
    for who in ["member", "sdr", "client", "stranger"] {
        assert_eq!(emails(&report(who, "").await).len(), 0, "{who}");
    }
    for query in ["?limit=0", "?limit=101", "?starting_after[]=x", "?lmit=1"] {
        world.get("owner", &format!("/api/v2/leads/duplicates{query}")).await.is(400);
    }
    let leads = first["items"][0]["leads"].as_array().unwrap();
    let body = json!({ "lead_id": leads[1]["id"], "destination_lead_id": leads[0]["id"] });
    world.call("owner", "POST /api/v2/leads/merge", body).await.is(200);
    assert_eq!(emails(&report("owner", "?limit=1").await), ["l01@lead.example"]);
}
