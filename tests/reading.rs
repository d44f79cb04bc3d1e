//! How bodies and query strings are read: what is dropped and reported, what is coerced, and what stays
//! strict.

use crate::support::scene::{self, account, campaign};
use crate::support::{Answer, World, on_both};
use serde_json::{Value, json};

on_both! {
    creating_drops_unknown_keys_and_names_them fields_that_give_a_right_stay_strict
    texts_and_single_values_are_coerced empty_texts_do_not_count_as_dates a_record_can_be_sent_back_whole
    deletions_refuse_unknown_keys searches_refuse_unknown_keys aliases_are_understood
    an_empty_cursor_is_the_first_page a_workspace_can_ask_for_strict_bodies
    a_body_that_is_not_needed_is_ignored unknown_names_are_answered_with_the_nearest
    many_unknown_names_are_bounded
}

const CAMPAIGNS: &str = "POST /api/v2/campaigns";
const LEADS: &str = "POST /api/v2/leads";
const ADD: &str = "POST /api/v2/leads/add";
const LISTS: &str = "POST /api/v2/lead-lists";
const TAGS: &str = "POST /api/v2/custom-tags";
const ACCOUNTS: &str = "POST /api/v2/accounts";

pub fn ignored(answer: &Answer) -> Vec<String> {
    let header = answer.headers.get("x-gatepost-ignored").map(|names| names.to_str().unwrap().to_owned());
    header.map_or(vec![], |names| names.split(", ").map(str::to_owned).collect())
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The newest row of the audit log.
async fn noted(world: &World) -> Value {
    world.log().await.into_iter().next().unwrap()["audit_metadata"].clone()
}

async fn creating_drops_unknown_keys_and_names_them(world: World) {
    let list = world.call("owner", LISTS, json!({ "name": "l" })).await.is(200).id();
    let lead = |email: &str| json!({ "list_id": list, "email": email });
    let odd = json!({ "description": "x", "odd key\r\n": 1 });
    for (line, body) in [
        (CAMPAIGNS, campaign("c")),
        (ACCOUNTS, account("a@outreach.example", None)),
        (LEADS, lead("l@lead.example")),
        (LISTS, json!({ "name": "m" })),
        (TAGS, json!({ "label": "t" })),
    ] {
        let expected: Vec<&str> = match line {
            TAGS => vec!["odd%20key%0D%0A"], // a tag has a description
            _ => vec!["description", "odd%20key%0D%0A"],
        };
        let made = world.call("owner", line, with(body, odd.clone())).await.is(200);
        assert_eq!(ignored(&made), expected, "{line}");
        let noted = noted(&world).await;
        assert_eq!(noted["ignored"].as_array().unwrap().len(), expected.len(), "{noted}");
        assert_eq!(noted["ignored_more"], 0);
    }
    // Names inside a list are reported too, each once. The rest of the batch is accepted.
    let leads: Vec<_> = (0..50)
        .map(|i| json!({ "email": format!("{i}@lead.example"), "title": i, "Company": "x" }))
        .collect();
    let added =
        world.call("owner", ADD, json!({ "list_id": list, "leads": leads, "source": "crm" })).await.is(200);
    assert_eq!(added.json()["leads_uploaded"], 50);
    assert_eq!(ignored(&added), ["source", "leads/Company", "leads/title"]);
    // Nested fields are reported too, also on a change.
    let mut body = campaign("deep");
    body["campaign_schedule"]["schedules"][0]["odd"] = json!(1);
    let made = world.call("owner", CAMPAIGNS, body).await.is(200);
    assert_eq!(ignored(&made), ["campaign_schedule/schedules/odd"]);
    assert!(!made.text().contains("odd"), "{}", made.text());
    let change = json!({ "name": "d", "status": 1 });
    let changed =
        world.call("owner", &format!("PATCH /api/v2/campaigns/{}", made.id()), change).await.is(200);
    assert_eq!((ignored(&changed), &changed.json()["status"]), (vec!["status".to_owned()], &json!(0)));
    let line = format!("PATCH /api/v2/campaigns/{}", made.id());
    let unchanged = world.call("owner", &line, json!({ "company": "x" })).await.is(200);
    assert_eq!((ignored(&unchanged), &unchanged.json()["name"]), (vec!["company".to_owned()], &json!("d")));
    world.call("owner", &line, json!({})).await.is(400);
    let plain = world.call("owner", CAMPAIGNS, campaign("plain")).await.is(200);
    assert!(ignored(&plain).is_empty() && noted(&world).await["ignored"].is_null());
}

async fn fields_that_give_a_right_stay_strict(world: World) {
    let list = world.call("owner", LISTS, json!({ "name": "l" })).await.is(200).id();
    let lead = json!({ "list_id": list, "email": "l@lead.example" });
    let rows = world.log().await.len();
    let refused = async |line: &str, body: Value, message: &str| {
        let refused = world.call("owner", line, body.clone()).await.is(400);
        assert!(refused.message().starts_with(message), "{line} {body}: {}", refused.text());
    };
    let unknown = |name: &str| format!("body must NOT have additional properties: '{name}'");
    // A name that resembles a field that gives a right is refused everywhere.
    for (line, body, name) in [
        (CAMPAIGNS, campaign("c"), "visability"),
        (CAMPAIGNS, campaign("c"), "ownedBy"),
        (CAMPAIGNS, campaign("c"), "expire_at"),
        (ACCOUNTS, account("a@outreach.example", None), "asigned_to"),
        (LEADS, lead.clone(), "assignedTo"),
        (LISTS, json!({ "name": "m" }), "visibility"),
        (TAGS, json!({ "label": "t" }), "colaborators"),
        ("POST /api/v2/api-keys", json!({ "name": "k", "scopes": ["leads:read"] }), "expire_at"),
        ("POST /api/v2/workspace-members", json!({ "email": "a@acme.example" }), "tag_limits"),
        ("PATCH /api/v2/workspaces/current", json!({ "name": "n" }), "strict_scope"),
    ] {
        refused(line, with(body, json!({ name: "private" })), &unknown(name)).await;
    }
    let said = world.call("owner", CAMPAIGNS, with(campaign("c"), json!({ "visability": "private" }))).await;
    assert!(said.message().ends_with("; did you mean `visibility`?"), "{}", said.text());
    let named = world
        .call(
            "owner",
            ADD,
            json!({ "list_id": list, "leads": [with(lead, json!({ "assigned": 1, "asigned_to": 1 }))] }),
        )
        .await;
    assert!(
        named.is(400).message().starts_with("body/leads/0 must NOT have additional properties: 'asigned_to'")
    );
    // Values are not coerced there, and an empty text is an error.
    let (key, campaign) = (json!({ "name": "k", "scopes": ["leads:read"] }), campaign("c"));
    for (line, body, field, value) in [
        (CAMPAIGNS, &campaign, "collaborators", json!("x")),
        (CAMPAIGNS, &campaign, "visibility", json!("")),
        (CAMPAIGNS, &campaign, "owned_by", json!("")),
        ("POST /api/v2/api-keys", &key, "expires_at", json!("")),
        ("POST /api/v2/api-keys", &key, "personal", json!("true")),
        ("POST /api/v2/api-keys", &key, "scopes", json!("leads:read")),
        ("PATCH /api/v2/workspaces/current", &json!({}), "strict_scopes", json!("false")),
        ("PATCH /api/v2/workspaces/current/login-policy", &json!({}), "idle_minutes", json!("60")),
    ] {
        refused(line, with(body.clone(), json!({ field: value })), &format!("body/{field} must")).await;
    }
    for line in
        ["POST /api/v2/api-keys", "POST /api/v2/workspace-members", "POST /api/v2/workspace-group-members"]
    {
        let body =
            json!({ "name": "k", "scopes": ["leads:read"], "email": "a@acme.example", "comment": "x" });
        let refused = world.call("owner", line, body).await.is(400);
        assert!(refused.message().contains("additional properties") && ignored(&refused).is_empty());
    }
    assert_eq!(world.log().await.len(), rows, "nothing half-written");
}

async fn texts_and_single_values_are_coerced(world: World) {
    let body = json!({ "email_gap": "10", "open_tracking": "true", "daily_max_leads": " 7 ", "cc_list": "a@cc.example" });
    let made = world.call("owner", CAMPAIGNS, with(campaign("c"), body)).await.is(200).json();
    assert_eq!(
        (&made["email_gap"], &made["open_tracking"], &made["daily_max_leads"], &made["cc_list"]),
        (&json!(10), &json!(true), &json!(7), &json!(["a@cc.example"]))
    );
    let id = made["id"].as_str().unwrap();
    let body = json!({ "campaign": id, "email": "l@lead.example", "skip_if_in_workspace": "False" });
    world.call("owner", LEADS, body).await.is(200);
    let one = json!({ "campaign_id": id, "leads": { "email": "m@lead.example" }, "skip_if_in_list": "true" });
    assert_eq!(world.call("owner", ADD, one).await.is(200).json()["leads_uploaded"], 1);
    let found = json!({ "contacts": "l@lead.example", "limit": "1", "in_campaign": "true" });
    assert_eq!(world.call("owner", "POST /api/v2/leads/list", found).await.is(200).items().len(), 1);
    let tag = json!({ "tag_ids": world.tag, "resource_type": "2", "resource_ids": id, "assign": "true" });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", tag).await.is(200);
    for (field, value) in [
        ("email_gap", json!("ten")),
        ("email_gap", json!("")),
        ("open_tracking", json!("yes")),
        ("daily_max_leads", json!("1.5")),
        ("daily_max_leads", json!("-1")),
        ("pl_value", json!("NaN")),
        ("cc_list", json!("nobody")),
        ("name", json!(5)),
    ] {
        let refused =
            world.call("owner", CAMPAIGNS, with(campaign("c"), json!({ field: value }))).await.is(400);
        assert!(refused.message().starts_with(&format!("body/{field}")), "{}", refused.text());
    }
}

async fn empty_texts_do_not_count_as_dates(world: World) {
    let mut body = campaign("moved");
    let dates = json!({ "start_date": "", "end_date": "" });
    body["campaign_schedule"] = with(body["campaign_schedule"].clone(), dates);
    let made = world.call("owner", CAMPAIGNS, body.clone()).await.is(200).json();
    assert!(
        made["campaign_schedule"]["start_date"].is_null() && made["campaign_schedule"]["end_date"].is_null()
    );
    body["campaign_schedule"]["end_date"] = json!("2030-01-01");
    let line = format!("PATCH /api/v2/campaigns/{}", made["id"].as_str().unwrap());
    let schedule = json!({ "campaign_schedule": body["campaign_schedule"] });
    let changed = world.call("owner", &line, schedule).await.is(200).json();
    assert_eq!(changed["campaign_schedule"]["end_date"], "2030-01-01");
    assert!(changed["campaign_schedule"]["start_date"].is_null());
    for date in [" ", "soon", "2030-13-01"] {
        body["campaign_schedule"]["start_date"] = json!(date);
        let refused = world.call("owner", CAMPAIGNS, body.clone()).await.is(400);
        assert_eq!(refused.message(), "body/campaign_schedule/start_date must match format \"date\"");
    }
}

/// Like a client that reads an object, changes a field and sends the whole object.
async fn a_record_can_be_sent_back_whole(world: World) {
    for who in ["owner", "editor", "member"] {
        let made = async |line: &str, body: Value| world.call(who, line, body).await.is(200).json();
        let campaign = made(CAMPAIGNS, campaign(who)).await;
        let list = made(LISTS, json!({ "name": who })).await;
        let lead =
            json!({ "campaign": campaign["id"], "email": "l@lead.example", "custom_variables": { "x": 1 } });
        let mut records = vec![
            format!("campaigns/{}", campaign["id"].as_str().unwrap()),
            format!("lead-lists/{}", list["id"].as_str().unwrap()),
            format!("leads/{}", made(LEADS, lead).await["id"].as_str().unwrap()),
        ];
        if who != "member" {
            let account = made(ACCOUNTS, account(&format!("{who}@outreach.example"), None)).await;
            records.push(format!("accounts/{}", account["email"].as_str().unwrap()));
            let tag = made(TAGS, json!({ "label": who, "description": "d" })).await;
            records.push(format!("custom-tags/{}", tag["id"].as_str().unwrap()));
        }
        for record in records {
            let before = world.get(who, &format!("/api/v2/{record}")).await.is(200).json();
            let sent = world.call(who, &format!("PATCH /api/v2/{record}"), before.clone()).await.is(200);
            let names = ignored(&sent);
            assert!(names.iter().any(|name| name == "id"), "{who} {record}: {names:?}");
            let mut after = world.get(who, &format!("/api/v2/{record}")).await.is(200).json();
            for field in ["timestamp_updated", "modified_by"] {
                if !after[field].is_null() {
                    after[field] = before[field].clone();
                }
            }
            let given = before.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
            given.for_each(|(name, value)| assert_eq!(&after[name], value, "{who} {record} {name}"));
        }
    }
}

async fn deletions_refuse_unknown_keys(world: World) {
    let id = world.create("owner", "c", "team").await;
    let leads: Vec<_> = (0..3).map(|i| json!({ "email": format!("p{i}@x.example") })).collect();
    world.call("owner", ADD, json!({ "campaign_id": id, "leads": leads })).await.is(200);
    let rows = world.log().await.len();
    let delete = "DELETE /api/v2/leads";
    for (more, message) in [
        (
            json!({ "delete_list": ["p0@x.example"] }),
            "body must NOT have additional properties: 'delete_list'",
        ),
        (json!({ "id": ["x"] }), "body must NOT have additional properties: 'id'; did you mean `ids`?"),
        (json!({ "limits": 1 }), "body must NOT have additional properties: 'limits'; did you mean `limit`?"),
        (json!({ "limit": "1" }), "body/limit must be integer"),
        (json!({ "ids": "x" }), "body/ids must be array"),
    ] {
        let refused = world.call("owner", delete, with(json!({ "campaign_id": id }), more)).await.is(400);
        assert_eq!(refused.message(), message);
    }
    for line in [
        format!("DELETE /api/v2/campaigns/{id}?dry_run=true"),
        format!("POST /api/v2/campaigns/{id}/pause?dry_run=true"),
        format!("DELETE /api/v2/workspace-members/{}?revoke_key=true", world.who("view").member.unwrap()),
        format!("PATCH /api/v2/campaigns/{id}?notify=false"),
    ] {
        let refused = world.call("owner", &line, json!({})).await.is(400).message();
        assert!(refused.starts_with("querystring must NOT have additional properties"), "{refused}");
    }
    let vain = json!({ "emails": ["a@outreach.example"], "source_workspace_id": world.home,
        "destination_workspace_id": world.home, "dry_run": true });
    for line in ["accounts/pause", "accounts/warmup/enable", "accounts/move"] {
        let refused =
            world.call("owner", &format!("POST /api/v2/{line}"), vain.clone()).await.is(400).message();
        assert!(refused.contains("'dry_run'"), "{refused}");
    }
    assert_eq!(world.log().await.len(), rows, "nothing was done");
    let all = world.call("owner", "POST /api/v2/leads/list", json!({ "campaign": id })).await.is(200);
    assert_eq!(all.items().len(), 3);
}

async fn searches_refuse_unknown_keys(world: World) {
    let at = "querystring must NOT have additional properties";
    for (query, hint) in [
        ("audit-logs?user=john@company.com", ""),
        ("audit-logs?user_id=x", ""),
        ("audit-logs?start_dat=2026-01-01", "; did you mean `start_date`?"),
        ("campaigns?visibility=team", ""),
        ("campaigns?tag_idz=x", "; did you mean `tag_ids`?"),
        ("api-keys?Limit=100", "; did you mean `limit`?"),
        ("accounts?provider=2", ""),
        ("workspaces/current?x=1", ""),
        ("me?limit=1", ""),
    ] {
        let refused = world.get("owner", &format!("/api/v2/{query}")).await.is(400).message();
        let name = query.split(['?', '=']).nth(1).unwrap();
        assert_eq!(refused, format!("{at}: '{name}'{hint}"));
    }
    for (name, hint) in [
        ("email", ""),
        ("campaing", "; did you mean `campaign`?"),
        ("esp_code", "; did you mean `esg_code`?"),
    ] {
        let refused =
            world.call("owner", "POST /api/v2/leads/list", json!({ name: "x", "limit": 1 })).await.is(400);
        assert_eq!(refused.message(), format!("body must NOT have additional properties: '{name}'{hint}"));
    }
    let toggle = json!({ "tag_ids": [world.tag], "resource_type": 2, "assign": true, "selected_all": true, "filtr": "x" });
    let refused = world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(400);
    assert_eq!(
        refused.message(),
        "body must NOT have additional properties: 'filtr'; did you mean `filter`?"
    );
}

async fn aliases_are_understood(world: World) {
    let (one, other) = (world.create("owner", "c", "team").await, world.create("owner", "d", "team").await);
    let lead = json!({ "campaign_id": one, "email": "l@lead.example" });
    let made = world.call("owner", LEADS, lead.clone()).await.is(200);
    assert_eq!((made.json()["campaign"].as_str(), ignored(&made)), (Some(one.as_str()), vec![]));
    world.call("owner", LEADS, json!({ "campaign": other, "email": "m@lead.example" })).await.is(200);
    let listed = async |body: Value| world.call("owner", "POST /api/v2/leads/list", body).await;
    let found = listed(json!({ "campaign_id": one, "limit": 10 })).await.is(200).items();
    assert_eq!((found.len(), &found[0]["email"]), (1, &json!("l@lead.example")));
    assert_eq!(listed(json!({ "campaign_id": one, "campaign": one })).await.is(200).items().len(), 1);
    // Two different campaigns are a contradiction.
    let message = "body must NOT have additional properties: 'campaign_id'; did you mean `campaign`?";
    let both = json!({ "campaign_id": one, "campaign": other, "email": "n@lead.example" });
    assert_eq!(world.call("owner", LEADS, both).await.is(400).message(), message);
    assert_eq!(listed(json!({ "campaign_id": one, "campaign": other })).await.is(400).message(), message);
    assert!(listed(json!({ "campaign_id": "x" })).await.is(400).message().starts_with("body/campaign must"));
    // The alias works only there.
    let line = format!("PATCH /api/v2/leads/{}", made.id());
    let changed =
        world.call("owner", &line, json!({ "campaign_id": other, "first_name": "A" })).await.is(200);
    assert_eq!(
        (ignored(&changed), &changed.json()["campaign"]),
        (vec!["campaign_id".to_owned()], &json!(one))
    );
}

/// What a page lists. The rest can change between two calls: the last use of a key is written behind the answer.
fn names(page: &Answer) -> Vec<Value> {
    let name = |item: &Value| [&item["id"], &item["email"]].map(Value::clone).into_iter().collect();
    page.items().iter().map(name).collect()
}

async fn an_empty_cursor_is_the_first_page(world: World) {
    world.create("owner", "c", "team").await;
    world.connect("owner", "some@outreach.example", None).await;
    let operations = crate::support::operations::all(world.api);
    let lists =
        operations.iter().filter(|operation| operation.queries().contains(&"starting_after".to_owned()));
    let records = crate::samples::records(&world, "owner").await;
    let mut walked = 0;
    for operation in lists {
        let id = if operation.path.contains("{id}") { records.id(operation) } else { "" };
        let path = operation.path.replace("{email}", "some@outreach.example").replace("{id}", id);
        let first = world.get("owner", &path).await.is(200);
        for cursor in ["", "null"] {
            let page = world.get("owner", &format!("{path}?starting_after={cursor}")).await.is(200);
            assert_eq!(names(&page), names(&first), "{path}");
        }
        walked += 1;
    }
    assert!(walked >= 12, "{walked}");
    for cursor in [json!(null), json!("")] {
        for distinct in [false, true] {
            let body = json!({ "starting_after": cursor, "distinct_contacts": distinct });
            world.call("owner", "POST /api/v2/leads/list", body).await.is(200);
        }
    }
}

async fn a_workspace_can_ask_for_strict_bodies(world: World) {
    let odd = with(campaign("c"), json!({ "odd": 1 }));
    world.call("owner", CAMPAIGNS, odd.clone()).await.is(200);
    let set = async |on: bool| {
        let body = json!({ "strict_bodies": on });
        let set = world.call("owner", "PATCH /api/v2/workspaces/current", body).await.is(200).json();
        assert_eq!(set["strict_bodies"], on);
    };
    set(true).await;
    let (id, list) = (world.create("owner", "d", "team").await, json!({ "name": "l" }));
    world.call("owner", LISTS, list.clone()).await.is(200);
    for (line, body, message) in [
        (CAMPAIGNS.to_owned(), odd.clone(), "body must NOT have additional properties: 'odd'"),
        (
            format!("PATCH /api/v2/campaigns/{id}"),
            json!({ "status": 1 }),
            "body must NOT have additional properties: 'status'",
        ),
        (
            CAMPAIGNS.to_owned(),
            with(campaign("c"), json!({ "email_gap": "10" })),
            "body/email_gap must be null or number",
        ),
        (
            ADD.to_owned(),
            json!({ "campaign_id": id, "leads": [{ "email": "a@x.example" }], "odd": 1 }),
            "body must NOT have additional properties: 'odd'",
        ),
        (
            LEADS.to_owned(),
            json!({ "campaign_id": id, "email": "a@x.example" }),
            "body must NOT have additional properties: 'campaign_id'",
        ),
    ] {
        let refused = world.call("owner", &line, body).await.is(400);
        assert!(refused.message().starts_with(message), "{}", refused.text());
        assert!(ignored(&refused).is_empty());
    }
    world.call("stranger", CAMPAIGNS, odd.clone()).await.is(200);
    world.call("sdr", "PATCH /api/v2/workspaces/current", json!({ "strict_bodies": false })).await.is(403);
    // An agency keeps its rule where it acts in another workspace.
    let sub = scene::workspace(&world, "sub").await;
    world.links(world.home, sub).await;
    let there = sub.to_string();
    let acting = async |label: &str| {
        let body = json!({ "label": label, "odd": 1 }).to_string().into_bytes();
        world.send("owner", TAGS, &[("x-as-workspace", &there)], body).await
    };
    acting("a").await.is(400);
    set(false).await;
    assert_eq!(ignored(&acting("b").await.is(200)), ["odd"]);
    world.call("owner", CAMPAIGNS, odd).await.is(200);
}

async fn a_body_that_is_not_needed_is_ignored(world: World) {
    let id = world.create("owner", "original", "team").await;
    world.call("owner", &format!("POST /api/v2/campaigns/{id}/share"), Value::Null).await.is(204);
    let line = format!("POST /api/v2/campaigns/{id}/from-export");
    let copied = world.call("stranger", &line, json!({ "name": "x", "x y": 1 })).await.is(200);
    assert_eq!(
        (&copied.json()["name"], ignored(&copied)),
        (&json!("original"), vec!["name".to_owned(), "x%20y".to_owned()])
    );
    for bytes in ["", "null", "{}"] {
        let copied = world.send("stranger", &line, &[], bytes.into()).await.is(200);
        assert!(ignored(&copied).is_empty());
    }
    for bytes in ["x", "[]", "1", "{\"visibility\":\"private\"}", "{\"visability\":\"private\"}"] {
        world.send("stranger", &line, &[], bytes.into()).await.is(400);
    }
}

async fn unknown_names_are_answered_with_the_nearest(world: World) {
    let (keys, members) = ("POST /api/v2/api-keys", "POST /api/v2/workspace-members");
    for (line, body, field, meant) in [
        (keys, json!({ "name": "k", "scopes": ["campaign:read"] }), "body/scopes/0", "campaigns:read"),
        (keys, json!({ "name": "k", "scopes": ["leads:read", "All:All"] }), "body/scopes/1", "all:all"),
        (members, json!({ "email": "a@acme.example", "role": "manger" }), "body/role", "manager"),
        (
            members,
            json!({ "email": "a@acme.example", "permissions": ["unibox.al"] }),
            "body/permissions/0",
            "unibox.all",
        ),
        (
            "POST /api/v2/access/explain",
            json!({ "permission": "campaign:launch" }),
            "body/permission",
            "campaigns:launch",
        ),
    ] {
        let refused = world.call("owner", line, body).await.is(400).message();
        assert!(refused.starts_with(field), "{refused}");
        assert!(refused.ends_with(&format!("; did you mean `{meant}`?")), "{refused}");
        assert!(refused.len() < 300, "{refused}");
    }
    let body = json!({ "name": "k", "scopes": ["to-be-or-not-to-be"] });
    let refused = world.call("owner", keys, body).await.is(400).message();
    assert_eq!(refused, "body/scopes/0 must be equal to one of the allowed values");
}

async fn many_unknown_names_are_bounded(world: World) {
    let many = |count: usize| {
        let names = (0..count).map(|i| (format!("{i:05}{}", "y".repeat(100)), json!(1)));
        with(campaign("c"), names.collect::<serde_json::Map<_, _>>().into())
    };
    let made = world.call("owner", CAMPAIGNS, many(25)).await.is(200);
    let names = ignored(&made);
    assert_eq!((names.len(), names.last().unwrap().as_str()), (21, "+5"));
    assert!(names.iter().all(|name| name.len() <= 64));
    let noted = noted(&world).await;
    assert_eq!((noted["ignored"].as_array().unwrap().len(), &noted["ignored_more"]), (20, &json!(5)));
    let refused = world.call("owner", CAMPAIGNS, many(2000)).await.is(400).message();
    assert!(refused.len() < 300 && refused.contains("and 997 more"), "{refused}");
}
