//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::scene::campaign;
use crate::support::{MISSING, World, on_both};
use serde_json::{Value, json};

on_both! {
    life_of_a_campaign private_is_private pages_are_stable launching_needs_steps_and_senders
    filters_narrow owners_and_collaborators a_limited_caller_stays_inside every_zone_of_iana_is_taken
    a_patch_changes_what_it_names variables_are_added_once a_mistake_in_a_copy_is_named
}

async fn life_of_a_campaign(world: World) {
    let id = world.create("member", "Spring", "team").await;
    let path = format!("/api/v2/campaigns/{id}");
    // The viewer can only see it. The SDR can launch it, but not change it.
    world.get("view", &path).await.is(200);
    world.call("view", &format!("POST {path}/activate"), Value::Null).await.is(403);
    world.call("sdr", &format!("PATCH {path}"), json!({ "name": "Mine" })).await.is(403);
    let changed =
        world.call("editor", &format!("PATCH {path}"), json!({ "name": "Summer", "daily_limit": 50 })).await;
    assert_eq!((&changed.json()["name"], &changed.json()["daily_limit"]), (&json!("Summer"), &json!(50)));
    world.get("client", &path).await.is(404);
    world.call("sdr", &format!("DELETE {path}"), Value::Null).await.is(403);
    assert_eq!(
        world.call("member", &format!("DELETE {path}"), Value::Null).await.is(200).json()["name"],
        "Summer"
    );
    world.get("owner", &path).await.is(404);
    let log = world.log().await;
    let acts: Vec<_> = log.iter().filter(|row| row["activity_type"] != 1015).collect();
    let actions: Vec<_> = acts.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["campaigns:delete", "campaigns:update", "campaigns:create"]);
    assert_eq!(acts[1]["audit_metadata"]["changes"]["name"], json!(["Spring", "Summer"]));
    assert!(acts.iter().all(|row| row["campaign_id"] == *id && row["from_api"] == true));
}

async fn private_is_private(world: World) {
    let id = world.create("member", "Quiet", "private").await;
    let path = format!("/api/v2/campaigns/{id}");
    for (who, status) in [("member", 200), ("admin", 200), ("robot", 200), ("editor", 404), ("sdr", 404)] {
        world.get(who, &path).await.is(status);
        let listed = world.get(who, "/api/v2/campaigns").await.items().len();
        assert_eq!(listed == 1, status == 200, "{who}");
    }
    let refused = world.call("reader", &format!("PATCH {path}"), json!({ "name": "x" })).await.is(403);
    assert!(refused.message().starts_with("scope: `campaigns:update` needs one of"), "{}", refused.text());
}

async fn pages_are_stable(world: World) {
    let mut made = Vec::new();
    for n in 0..5 {
        made.insert(0, world.create("robot", &format!("No. {n}"), "team").await);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get("view", &format!("/api/v2/campaigns?limit=2{after}")).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_starting_after"].as_str() else { break };
        after = format!("&starting_after={next}");
    }
    assert_eq!(seen, made);
}

async fn launching_needs_steps_and_senders(world: World) {
    world.connect("owner", "sam@outreach.example", world.who("member").member).await;
    world.connect("owner", "free@outreach.example", None).await;
    let mut body = campaign("Empty");
    body["sequences"] = json!([]);
    let id = world.call("member", "POST /api/v2/campaigns", body).await.is(200).id();
    let (path, act) =
        (format!("PATCH /api/v2/campaigns/{id}"), |what: &str| format!("POST /api/v2/campaigns/{id}/{what}"));
    let missing = world.call("member", &act("activate"), Value::Null).await.is(400).message();
    assert!(missing.contains("`sequences`") && missing.contains("`email_list`"), "{missing}");
    world.call("member", &path, json!({ "sequences": campaign("")["sequences"] })).await.is(200);
    // A member uses what is assigned to them. Unassigned accounts need reach `all`.
    for address in ["free@outreach.example", "nobody@outreach.example"] {
        let refused = world.call("member", &path, json!({ "email_list": [address] })).await.is(400).message();
        assert!(refused.starts_with("body/email_list/0 must be"), "{refused}");
    }
    world.call("member", &path, json!({ "email_list": ["sam@outreach.example"] })).await.is(200);
    assert_eq!(world.call("sdr", &act("pause"), Value::Null).await.is(200).json()["status"], 0);
    assert_eq!(world.call("sdr", &act("activate"), json!({})).await.is(200).json()["status"], 1);
    assert_eq!(world.call("sdr", &act("activate"), Value::Null).await.is(200).json()["status"], 1);
    assert_eq!(world.call("member", &act("pause"), Value::Null).await.is(200).json()["status"], 2);
}

async fn filters_narrow(world: World) {
    let a = world.create("owner", "Alpha 100%", "team").await;
    let b = world.create("owner", "Beta", "team").await;
    let tag = world.call("owner", "POST /api/v2/custom-tags", json!({ "label": "T" })).await.id();
    let toggle = json!({ "tag_id": tag, "resource_id": a });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    let ids = async |query: &str| -> Vec<String> {
        let found = world.get("view", &format!("/api/v2/campaigns?{query}")).await.is(200).items();
        found.iter().map(|campaign| campaign["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&format!("tag_ids={tag}")).await, [a.clone()]);
    assert_eq!(ids(&format!("tag_ids={MISSING},{tag}&limit=100")).await, [a.clone()]);
    assert!(ids(&format!("tag_ids={MISSING}")).await.is_empty());
    assert_eq!(ids("search=BETA").await, [b.clone()]);
    assert_eq!(ids("search=0%25").await, [a.clone()], "a percent sign is not a wild card");
    assert!(ids("search=_").await.is_empty());
    assert_eq!(ids("status=0").await.len(), 2);
    assert!(ids("exclude_status=0").await.is_empty());
    assert!(ids(&format!("ai_sales_agent_id={MISSING}")).await.is_empty());
    let wrong = world.get("view", "/api/v2/campaigns?tag_ids=SDR-West").await.is(400).message();
    assert!(wrong.contains("tag_ids") && !wrong.contains("SDR-West"), "{wrong}");
}

async fn owners_and_collaborators(world: World) {
    let id = world.create("member", "Mine", "private").await;
    let (line, get) = (format!("PATCH /api/v2/campaigns/{id}"), format!("/api/v2/campaigns/{id}"));
    let (sdr, editor) = (world.who("sdr").clone(), world.who("editor").clone());
    let mine = world.get("member", &get).await.is(200).json();
    assert_eq!(mine["owned_by"], json!(world.who("member").user));
    world.get("sdr", &get).await.is(404);
    let shared = world.call("member", &line, json!({ "collaborators": [sdr.member] })).await.is(200).json();
    assert_eq!(shared["collaborators"], json!([sdr.member]));
    world.get("sdr", &get).await.is(200);
    for (who, body, field) in [
        ("member", json!({ "collaborators": [MISSING] }), "collaborators"),
        ("member", json!({ "collaborators": [world.who("stranger").member] }), "collaborators"),
        ("admin", json!({ "owned_by": MISSING }), "owned_by"),
        ("admin", json!({ "owned_by": world.who("stranger").user }), "owned_by"),
    ] {
        let refused = world.call(who, &line, body).await.is(400).message();
        assert!(
            refused.starts_with(&format!("body/{field} must be an accepted"))
                || refused.starts_with(&format!("body/{field} must be accepted")),
            "{refused}"
        );
    }
    world.call("member", &line, json!({ "owned_by": editor.user })).await.is(403);
    let given = world.call("admin", &line, json!({ "owned_by": editor.member })).await.is(200).json();
    assert_eq!(given["owned_by"], json!(editor.user), "a member id will do, a user id is shown");
    world.get("member", &get).await.is(404);
    let robot = world.create("robot", "Unowned", "private").await;
    assert_eq!(
        world.get("owner", &format!("/api/v2/campaigns/{robot}")).await.json()["owned_by"],
        Value::Null
    );
    world.get("editor", &format!("/api/v2/campaigns/{robot}")).await.is(404);
}

async fn a_limited_caller_stays_inside(mut world: World) {
    let (tag, home) = (world.tag, world.home);
    crate::support::scene::join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let outside = world.create("owner", "Outside", "team").await;
    let inside = world.create("narrow", "Inside", "team").await;
    let listed =
        |answer: Vec<Value>| answer.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    for who in ["narrow", "client"] {
        assert_eq!(listed(world.get(who, "/api/v2/campaigns").await.items()), [inside.clone()], "{who}");
        world.get(who, &format!("/api/v2/campaigns/{outside}")).await.is(404);
        let seen = world.get(who, "/api/v2/custom-tags").await.items();
        assert_eq!(seen.len(), 1, "only its own tag");
    }
    world.call("narrow", "POST /api/v2/custom-tags", json!({ "label": "Mine" })).await.is(403);
    world
        .call(
            "narrow",
            "POST /api/v2/custom-tags/toggle-resource",
            json!({ "tag_id": tag, "resource_id": outside }),
        )
        .await
        .is(403);
    // Without the tags of its limit, the key sees nothing and creates nothing.
    world.call("owner", &format!("DELETE /api/v2/custom-tags/{tag}"), Value::Null).await.is(200);
    assert!(world.get("narrow", "/api/v2/campaigns").await.items().is_empty());
    world.call("narrow", "POST /api/v2/campaigns", campaign("Lost")).await.is(403);
}

async fn every_zone_of_iana_is_taken(world: World) {
    let with = |zone: &str| {
        let mut body = campaign("c");
        body["campaign_schedule"]["schedules"][0]["timezone"] = zone.into();
        body
    };
    for zone in
        ["America/New_York", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "Europe/Isle_of_Man", "UTC"]
    {
        let made = world.call("owner", "POST /api/v2/campaigns", with(zone)).await.is(200).json();
        assert_eq!(made["campaign_schedule"]["schedules"][0]["timezone"], zone);
        let at = format!("PATCH /api/v2/campaigns/{}", made["id"].as_str().unwrap());
        let schedule = json!({ "campaign_schedule": made["campaign_schedule"] });
        world.call("owner", &at, schedule).await.is(200);
    }
    for zone in ["Mars/Base", "america/new_york", "", "EST+5", "../../etc/passwd"] {
        let said = world.call("owner", "POST /api/v2/campaigns", with(zone)).await.is(400).message();
        assert_eq!(
            said,
            "body/campaign_schedule/schedules/0/timezone must be an IANA time zone, for example \"America/New_York\""
        );
    }
    let said = world.call("owner", "POST /api/v2/campaigns", campaign("")).await.is(400).message();
    assert_eq!(said, "body/name must NOT have fewer than 1 characters");
}

async fn a_patch_changes_what_it_names(world: World) {
    let mut body = campaign("c");
    body["sequences"] = json!([{ "steps": [{ "type": "email", "delay": 1, "variants": [] }] }]);
    let limit = json!({ "mode": "custom", "daily_limit": 2 });
    body["limit_emails_per_company_override"] = limit.clone();
    body["daily_limit"] = json!(7);
    body["cc_list"] = json!(["cc@acme.example"]);
    let made = world.call("member", "POST /api/v2/campaigns", body).await.is(200).json();
    let line = format!("PATCH /api/v2/campaigns/{}", made["id"].as_str().unwrap());
    let changes = async |body: Value| {
        let after = world.call("member", &line, body).await.is(200).json();
        let log = world.log().await;
        let mut changes = log[0]["audit_metadata"]["changes"].as_object().unwrap().clone();
        changes.remove("timestamp_updated");
        (after, Value::Object(changes))
    };
    // A field that is absent stays, null clears, and a nested object is replaced as a whole.
    let (_, changed) = changes(json!({ "daily_limit": null })).await;
    assert_eq!(changed, json!({ "daily_limit": [7, null] }));
    let whole = json!({ "mode": "disabled" });
    let (_, changed) = changes(json!({ "limit_emails_per_company_override": whole })).await;
    assert_eq!(changed, json!({ "limit_emails_per_company_override": [limit, whole] }));
    let (after, changed) = changes(json!({ "cc_list": [], "sequences": [] })).await;
    assert_eq!(changed["sequences"], json!([made["sequences"], null]));
    assert_eq!((&after["cc_list"], &after["name"]), (&Value::Null, &json!("c")));
    assert_eq!(after["campaign_schedule"], made["campaign_schedule"]);
    for (body, field) in [
        (json!({ "name": null }), "body/name must be string"),
        (json!({ "open_tracking": null }), "body/open_tracking must be boolean"),
        (json!({ "visibility": null }), "body/visibility must be"),
        (json!({ "sequences": null }), "body/sequences must be array"),
    ] {
        let why = world.call("member", &line, body).await.is(400).message();
        assert!(why.starts_with(field), "{why}");
    }
}

async fn variables_are_added_once(world: World) {
    let id = world.create("member", "c", "team").await;
    let at = format!("POST /api/v2/campaigns/{id}/variables");
    let add = |names: Value| json!({ "variables": names });
    let made =
        world.call("member", &at, add(json!(["city", "firstName", "city", "meeting day"]))).await.is(200);
    assert_eq!(made.json()["custom_variables"], json!({ "city": "city", "meeting day": "meeting day" }));
    let row = world.log().await.remove(0);
    assert_eq!((&row["activity_type"], &row["campaign_id"]), (&json!(11), &json!(id)));
    let again = world.call("owner", &at, add(json!(["city"]))).await.is(200).json();
    assert_eq!(again["timestamp_updated"], made.json()["timestamp_updated"]);
    let many: Vec<String> = (0..499).map(|n| format!("v{n}")).collect();
    let said = world.call("owner", &at, add(json!(many))).await.is(400).message();
    assert_eq!(said, "body/variables must NOT bring the campaign above 500 different names");
    for (body, why) in [
        (json!({}), "body must have required property 'variables'"),
        (add(json!([""])), "body/variables/0 must NOT have fewer than 1 characters"),
        (add(json!(["x".repeat(201)])), "body/variables/0 must NOT have more than 200 characters"),
    ] {
        assert_eq!(world.call("owner", &at, body).await.is(400).message(), why);
    }
    // The campaign is the member's: an SDR cannot change it, and nobody finds a private one.
    world.call("sdr", &at, add(json!(["x"]))).await.is(403);
    let private = world.create("owner", "p", "private").await;
    world.call("manager", &at.replace(&id, &private), add(json!(["x"]))).await.is(404);
    world.call("stranger", &at, add(json!(["x"]))).await.is(404);
}

async fn a_mistake_in_a_copy_is_named(world: World) {
    let id = world.create("member", "Spring", "team").await;
    let path = format!("PATCH /api/v2/campaigns/{id}");
    let step = |subject: &str, body: &str| {
        let variants = json!([{ "subject": "Hi", "body": "Hi" }, { "subject": subject, "body": body }]);
        json!({ "type": "email", "delay": 1, "variants": variants })
    };
    let sequences =
        |subject, body| json!({ "sequences": [{ "steps": [step("", ""), step(subject, body)] }] });
    let fine =
        "Hi {{firstName|there}}, {{RANDOM | yes | no }} {% if city == 'Ulm' %}<b>{{city}}</b>{% endif %}";
    world.call("member", &path, sequences(fine, fine)).await.is(200);
    let cases = [
        ("{{firstName", "Hi", "subject", "`{{firstName` is not closed by `}}`"),
        ("Hi", "{% for x in y %}", "body", "`{% for x in y %}` must be `if`, `elsif`, `else` or `endif`"),
        (
            "Hi",
            "<a href={{website}}>x</a>",
            "body",
            "the variable `{{website}}` must stand in the text, or between the quotation marks of an attribute",
        ),
    ];
    for (subject, body, field, why) in cases {
        let refused = world.call("member", &path, sequences(subject, body)).await.is(400);
        let place = format!("body/sequences/0/steps/1/variants/1/{field}");
        assert_eq!(refused.message(), format!("{place} is not a text that can be sent: {why}"));
    }
    // A change of other fields does not look at the copy.
    world.call("member", &path, json!({ "name": "Summer" })).await.is(200);
}
