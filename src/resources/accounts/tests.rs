//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::scene::{account, campaign, join};
use crate::support::{MISSING, World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    connecting_and_changing secrets_are_never_shown lists_filter_and_page tags_of_accounts
    whose_a_new_account_is an_account_has_one_member_and_campaigns_lose_it bulk_pause_tells_who
    analytics_are_what_is_counted mappings_show_campaigns_that_one_sees names_are_unique_here_alone
    the_older_calls
}

const ACCOUNTS: &str = "POST /api/v2/accounts";

async fn connecting_and_changing(world: World) {
    let mut new = account("Ann@Outreach.example", None);
    new["warmup_custom_ftag"] = json!("ftag");
    new["warmup"] = json!({ "limit": 10, "increment": "2" });
    let made = world.call("owner", ACCOUNTS, new).await.is(200).json();
    assert_eq!(made["email"], "ann@outreach.example");
    assert_eq!((&made["status"], &made["warmup_status"]), (&json!(1), &json!(0)));
    assert_eq!(made["warmup"], json!({ "limit": 10, "increment": "2", "warmup_custom_ftag": "ftag" }));
    assert_eq!(made["added_by"], json!(world.who("owner").user));
    let at = "/api/v2/accounts/ANN@outreach.example";
    let patch = json!({ "daily_limit": 40, "tracking_domain_name": "t.acme.example", "reply_to": null });
    let changed = world.call("editor", &format!("PATCH {at}"), patch).await.is(200).json();
    assert_eq!(
        (&changed["daily_limit"], &changed["tracking_domain_name"]),
        (&json!(40), &json!("t.acme.example"))
    );
    assert_eq!(changed["modified_by"], json!(world.who("editor").user));
    let removed = json!({ "remove_tracking_domain": true });
    let changed = world.call("owner", &format!("PATCH {at}"), removed).await.is(200).json();
    assert!(changed["tracking_domain_name"].is_null());
    for (body, field) in [
        (json!({ "sending_gap": 2000 }), "body/sending_gap"),
        (json!({ "warmup": { "increment": 2 } }), "body/warmup/increment"),
    ] {
        let why = world.call("owner", &format!("PATCH {at}"), body).await.is(400).message();
        assert!(why.contains(field), "{why}");
    }
    let fixed = json!({ "email": "other@outreach.example", "smtp_password": "x" });
    let unchanged = world.call("owner", &format!("PATCH {at}"), fixed).await.is(200);
    assert_eq!(unchanged.headers["x-gatepost-ignored"], "email, smtp_password");
    assert_eq!(unchanged.json()["email"], "ann@outreach.example");
    for port in [json!(0), json!(65536), json!(1.5), json!("465x")] {
        let mut new = account("p@outreach.example", None);
        new["smtp_port"] = port;
        let why = world.call("owner", ACCOUNTS, new).await.is(400).message();
        assert!(why.starts_with("body/smtp_port"), "{why}");
    }
    for act in ["pause", "pause", "resume", "resume", "mark-fixed"] {
        let done = world.call("owner", &format!("POST {at}/{act}"), json!({})).await.is(200).json();
        assert_eq!(done["status"], json!(if act == "pause" { 2 } else { 1 }), "{act}");
    }
    let broken = sql("update accounts set status = -1, status_message = $2 where workspace_id = $1");
    world.run(broken.bind(world.home).bind(json!({ "code": "EAUTH", "responseCode": 535 }))).await;
    let seen = world.get("view", at).await.is(200).json();
    assert_eq!((&seen["status"], &seen["status_message"]["responseCode"]), (&json!(-1), &json!(535)));
    let fixed = world.call("owner", &format!("POST {at}/mark-fixed"), Value::Null).await.is(200).json();
    assert!(fixed["status"] == 1 && fixed["status_message"].is_null(), "{fixed}");
    world.call("owner", &format!("DELETE {at}"), Value::Null).await.is(200);
    world.get("owner", at).await.is(404);
}

async fn secrets_are_never_shown(world: World) {
    world.connect("owner", "ann@outreach.example", None).await;
    let stored: String = sql("select connection from accounts where workspace_id = $1")
        .bind(world.home)
        .optional(&world.reader)
        .await
        .unwrap()
        .unwrap();
    assert!(!stored.contains("secret") && stored.split_once('.').unwrap().0.len() == 8, "{stored}");
    let at = "/api/v2/accounts/ann@outreach.example";
    world.call("owner", &format!("PATCH {at}"), json!({ "last_name": "B" })).await.is(200);
    let mut seen =
        vec![world.get("owner", at).await.text(), world.get("owner", "/api/v2/accounts").await.text()];
    seen.push(json!(world.log().await).to_string());
    assert!(
        seen.iter()
            .all(|text| !text.contains("secret of") && !text.contains("imap_") && !text.contains(&stored))
    );
}

async fn lists_filter_and_page(world: World) {
    for n in 0..7 {
        let mut new = account(&format!("a{n}@outreach.example"), None);
        new["provider_code"] = json!(if n < 2 { 2 } else { 1 });
        world.call("owner", ACCOUNTS, new).await.is(200);
        world.wait(if n % 2 == 0 { 1000 } else { 0 }); // some are of one moment
    }
    world.call("owner", "POST /api/v2/accounts/a3@outreach.example/pause", Value::Null).await.is(200);
    let list = async |query: &str| -> Vec<String> {
        let found = world.get("view", &format!("/api/v2/accounts?{query}")).await.is(200).items();
        found.iter().map(|account| account["email"].as_str().unwrap()[..2].to_owned()).collect()
    };
    for order in ["asc", "desc"] {
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v2/accounts?limit=2&sort_order={order}&{cursor}");
            let page = world.get("view", &path).await.is(200);
            walked.extend(page.items().iter().map(|account| account["email"].as_str().unwrap().to_owned()));
            let page = page.json();
            let Some(next) = page["next_starting_after"].as_str() else { break };
            assert!(next.contains('&') && next.starts_with("2023-"), "{next}");
            cursor = format!("starting_after={}", next.replace('&', "%26"));
        }
        let mut sorted = walked.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((walked.len(), sorted.len()), (7, 7), "{order}: {walked:?}");
    }
    assert_eq!(list("sort_by=email&sort_order=asc&limit=2&skip=3").await, ["a3", "a4"]);
    assert_eq!(list("sort_by=email&limit=1").await, ["a6"]);
    assert_eq!(list("sort_by=status&limit=1").await, ["a3"]);
    assert_eq!(list("status=2").await, ["a3"]);
    assert_eq!(list("filter=ACC_FILTER_PAUSED").await, ["a3"]);
    assert_eq!(list("filter=ACC_FILTER_NO_CTD&limit=100").await.len(), 7);
    assert!(
        list("filter=ACC_FILTER_DFY").await.is_empty() && list("filter=ACC_FILTER_W_ACTIVE").await.is_empty()
    );
    assert_eq!(list("provider_code=2").await.len(), 2);
    assert_eq!(list("search=A5%40OUT").await, ["a5"]);
    assert_eq!(list("starting_after=2023-11-14T22:13:20Z").await.len(), 0, "a bare time stands before it");
    for query in
        ["starting_after=x", "sort_by=email&starting_after=2023-11-14T22:13:20Z", "limit=0", "filter=x"]
    {
        world.get("view", &format!("/api/v2/accounts?{query}")).await.is(400);
    }
}

async fn tags_of_accounts(mut world: World) {
    for n in 0..3 {
        world.connect("owner", &format!("a{n}@outreach.example"), None).await;
    }
    let toggle = "POST /api/v2/custom-tags/toggle-resource";
    let tag = |label: &str| json!({ "label": label });
    let a = world.call("owner", "POST /api/v2/custom-tags", tag("A")).await.id();
    let b = world.call("owner", "POST /api/v2/custom-tags", tag("B")).await.id();
    let on = |tags: Value, ids: Value| json!({ "tag_ids": tags, "resource_type": 1, "resource_ids": ids, "assign": true });
    let id = world.get("owner", "/api/v2/accounts/a1@outreach.example").await.json()["id"].clone();
    world.call("editor", toggle, on(json!([a]), json!(["A0@outreach.example", id]))).await.is(200);
    world.call("owner", toggle, on(json!([b]), json!(["a1@outreach.example"]))).await.is(200);
    let emails = async |who: &str, query: &str| -> Vec<String> {
        let found = world
            .get(who, &format!("/api/v2/accounts?sort_by=email&sort_order=asc&{query}"))
            .await
            .is(200)
            .items();
        found.iter().map(|account| account["email"].as_str().unwrap()[..2].to_owned()).collect()
    };
    assert_eq!(emails("view", &format!("tag_ids={a},{b}")).await, ["a0", "a1"]);
    assert_eq!(emails("view", &format!("tag_ids_all={a},{b}")).await, ["a1"]);
    assert!(emails("view", &format!("tag_ids={MISSING}")).await.is_empty());
    let listed = world
        .get("view", "/api/v2/accounts?sort_by=email&sort_order=asc&include_tags=true")
        .await
        .is(200)
        .items();
    let labels = |n: usize| -> Vec<&str> {
        listed[n]["tags"].as_array().unwrap().iter().map(|tag| tag["label"].as_str().unwrap()).collect()
    };
    assert_eq!((labels(0), labels(1), labels(2)), (vec!["A"], vec!["A", "B"], vec![]));
    assert!(world.get("view", "/api/v2/accounts").await.items()[0]["tags"].is_null());
    let mappings = world.get("view", "/api/v2/custom-tag-mappings").await.is(200).items();
    assert_eq!(mappings.iter().filter(|mapping| mapping["resource_type"] == 1).count(), 3);
    let by_resource = format!("/api/v2/custom-tags?resource_ids={}", id.as_str().unwrap());
    assert_eq!(world.get("view", &by_resource).await.is(200).items().len(), 2);
    // A caller who cannot change accounts cannot put tags on them.
    world.call("manager", toggle, on(json!([b]), json!(["a2@outreach.example"]))).await.is(403);
    let refused =
        world.call("owner", toggle, on(json!([b]), json!(["zz@outreach.example"]))).await.is(400).message();
    assert!(refused.starts_with("body/resource_ids must"), "{refused}");
    let all = json!({ "tag_ids": [b], "resource_type": 1, "selected_all": true, "assign": true,
                      "filter": { "tag_id": "no-tag" }, "excluded_resource_ids": ["a9@outreach.example"] });
    world.call("owner", toggle, all).await.is(200);
    assert_eq!(emails("view", &format!("tag_ids={b}")).await, ["a1", "a2"]);
    // A limited caller sees what has the tag, and what they connect gets it.
    let home = world.home;
    join(&mut world, home, "narrow", "editor", Some(json!([b]))).await;
    assert_eq!(world.get("narrow", "/api/v2/accounts").await.is(200).items().len(), 2);
    world.get("narrow", "/api/v2/accounts/a0@outreach.example").await.is(404);
    world.connect("narrow", "n@outreach.example", None).await;
    assert_eq!(world.get("narrow", "/api/v2/accounts").await.is(200).items().len(), 3);
    world.get("client", "/api/v2/accounts").await.is(403);
}

async fn whose_a_new_account_is(world: World) {
    let (sdr, manager) = (world.who("sdr").clone(), world.who("manager").clone());
    assert_eq!(
        world.connect("owner", "1@outreach.example", sdr.user).await["assigned_to"],
        json!(sdr.member)
    );
    assert!(world.connect("owner", "2@outreach.example", None).await["assigned_to"].is_null());
    assert!(world.connect("robot", "3@outreach.example", None).await["assigned_to"].is_null());
    assert_eq!(
        world.connect("manager", "4@outreach.example", None).await["assigned_to"],
        json!(manager.member)
    );
    let own = world.connect("manager", "5@outreach.example", manager.user).await;
    assert_eq!(own["assigned_to"], json!(manager.member));
    world.call("manager", ACCOUNTS, account("6@outreach.example", sdr.member)).await.is(403);
    let patch = "PATCH /api/v2/accounts/4@outreach.example";
    world.call("editor", patch, json!({ "assigned_to": world.who("editor").member })).await.is(403);
    world.call("member", ACCOUNTS, account("7@outreach.example", None)).await.is(403);
    // A member sees only what is assigned to them.
    let mine = world.connect("admin", "8@outreach.example", world.who("member").member).await;
    let seen = world.get("member", "/api/v2/accounts").await.is(200).items();
    assert_eq!(seen.iter().map(|account| &account["id"]).collect::<Vec<_>>(), [&mine["id"]]);
    world.get("member", "/api/v2/accounts/1@outreach.example").await.is(404);
}

async fn an_account_has_one_member_and_campaigns_lose_it(world: World) {
    let (member, sdr) = (world.who("member").member, world.who("sdr").member);
    world.connect("owner", "shared@outreach.example", member).await;
    world.connect("owner", "kept@outreach.example", member).await;
    let with = |name: &str| {
        let mut body = campaign(name);
        body["email_list"] = json!(["kept@outreach.example", "shared@outreach.example"]);
        body
    };
    let made = world.call("member", "POST /api/v2/campaigns", with("mine")).await.is(200).json();
    assert_eq!(
        made["email_list"],
        json!(["kept@outreach.example", "shared@outreach.example"]),
        "in its order"
    );
    let mine = made["id"].as_str().unwrap().to_owned();
    let senders = async |id: &str| {
        let seen = world.get("owner", &format!("/api/v2/campaigns/{id}")).await.is(200).json();
        seen["email_list"].clone()
    };
    let patch = "PATCH /api/v2/accounts/shared@outreach.example";
    world.call("owner", patch, json!({ "assigned_to": member, "last_name": "X" })).await.is(200);
    assert_eq!(senders(&mine).await.as_array().unwrap().len(), 2, "nothing changed hands");
    let given = world.call("owner", patch, json!({ "assigned_to": sdr })).await.is(200).json();
    assert_eq!(given["assigned_to"], json!(sdr));
    assert_eq!(senders(&mine).await, json!(["kept@outreach.example"]));
    let row = world.log().await.remove(0);
    assert_eq!(row["audit_metadata"]["changes"]["taken_off_campaigns"], json!([null, [mine]]));
    // Unassigned accounts need reach `all`: the owner's campaign keeps one, a manager's would lose it.
    let free = world.connect("owner", "free@outreach.example", None).await;
    let mut body = campaign("owner's");
    body["email_list"] = json!(["free@outreach.example"]);
    let owners = world.call("owner", "POST /api/v2/campaigns", body.clone()).await.is(200).id();
    world.call("manager", "POST /api/v2/campaigns", body).await.is(400);
    world
        .call("owner", "PATCH /api/v2/accounts/free@outreach.example", json!({ "assigned_to": sdr }))
        .await
        .is(200);
    assert_eq!(senders(&owners).await, json!([]));
    assert_eq!(free["assigned_to"], Value::Null);
    // A member who leaves keeps nothing.
    let gone = format!("DELETE /api/v2/workspace-members/{}", member.unwrap());
    world.call("owner", &gone, Value::Null).await.is(200);
    assert!(
        world.get("owner", "/api/v2/accounts/kept@outreach.example").await.json()["assigned_to"].is_null()
    );
    assert_eq!(senders(&mine).await, json!([]));
    // A deleted account is in no campaign.
    world.connect("owner", "last@outreach.example", None).await;
    let at = format!("PATCH /api/v2/campaigns/{owners}");
    world.call("owner", &at, json!({ "email_list": ["last@outreach.example"] })).await.is(200);
    world.call("owner", "DELETE /api/v2/accounts/last@outreach.example", Value::Null).await.is(200);
    assert_eq!(senders(&owners).await, json!([]));
}

async fn bulk_pause_tells_who(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    world.connect("stranger", "b@outreach.example", None).await;
    let body = json!({ "emails": ["A@outreach.example", "a@outreach.example", "b@outreach.example", "no"] });
    let done = world.call("owner", "POST /api/v2/accounts/pause", body).await.is(200).json();
    assert_eq!(done["paused_emails"], json!(["a@outreach.example"]));
    assert_eq!(done["failed_emails"], json!(["b@outreach.example", "no"]));
    assert_eq!(world.get("stranger", "/api/v2/accounts/b@outreach.example").await.json()["status"], 1);
    world.call("owner", "POST /api/v2/accounts/pause", json!({ "emails": [] })).await.is(400);
}

async fn analytics_are_what_is_counted(world: World) {
    let id = world.connect("owner", "a@outreach.example", None).await["id"].as_str().unwrap().to_owned();
    world.connect("owner", "b@outreach.example", None).await;
    let id: uuid::Uuid = id.parse().unwrap();
    let warm = "POST /api/v2/accounts/warmup-analytics";
    let none = world
        .call("view", warm, json!({ "emails": ["A@outreach.example", "z@x.example"] }))
        .await
        .is(200)
        .json();
    assert_eq!(none["email_date_data"], json!({ "a@outreach.example": {} }));
    assert!(none["aggregate_data"]["a@outreach.example"]["health_score"].is_null());
    for (day, sent, inbox) in [("2023-11-14", 10, 8), ("2023-11-13", 10, 10), ("2023-10-01", 100, 0)] {
        let insert =
            sql("insert into warmup_days (workspace_id, account_id, day, sent, landed_inbox, received) \
                          values ($1, $2, $3, $4, $5, 1)");
        world.run(insert.bind(world.home).bind(id).bind(day).bind(sent).bind(inbox)).await;
        let insert = sql(
            "insert into account_days (workspace_id, account_id, day, sent, replies) values ($1, $2, $3, $4, 2)",
        );
        world.run(insert.bind(world.home).bind(id).bind(day).bind(sent)).await;
    }
    let some = world.call("view", warm, json!({ "emails": ["a@outreach.example"] })).await.is(200).json();
    let total = &some["aggregate_data"]["a@outreach.example"];
    assert_eq!(
        (&total["sent"], &total["health_score"], &total["health_score_label"]),
        (&json!(120), &json!(90), &json!("90%"))
    );
    assert_eq!(some["email_date_data"]["a@outreach.example"]["2023-11-14"]["landed_inbox"], 8);
    let daily = async |query: &str| {
        let days = world.get("view", &format!("/api/v2/accounts/analytics/daily?{query}")).await;
        days.is(200).json().as_array().unwrap().clone()
    };
    let days = daily("emails=a@outreach.example&emails=b@outreach.example").await;
    assert_eq!(
        (days.len(), &days[1]["date"], &days[1]["sent"], &days[1]["replies"]),
        (2, &json!("2023-11-14"), &json!(10), &json!(2))
    );
    assert_eq!(daily("").await.len(), 2, "the last 30 days");
    assert_eq!(daily("start_date=2023-10-01&end_date=2023-10-31").await.len(), 1);
    assert_eq!(daily("emails=b@outreach.example").await.len(), 0);
    for query in [
        "start_date=2023-11-02&end_date=2023-11-01",
        "start_date=2023-01-01&end_date=2023-03-01",
        "start_date=x",
    ] {
        let why =
            world.get("view", &format!("/api/v2/accounts/analytics/daily?{query}")).await.is(400).message();
        assert!(why.contains("start_date"), "{why}");
    }
    older_status(&world).await;
}

/// The older call, with today's numbers.
async fn older_status(world: &World) {
    let status = world.get("sdr", "/api/v1/account/status").await.is(200).json();
    assert_eq!(
        status["accounts"][0],
        json!({
            "email": "a@outreach.example", "daily_limit": 30.0, "sent_today": 10, "warmup_status": 0, "reputation_score": null
        })
    );
    assert_eq!(status["accounts"][1]["sent_today"], 0);
    let member = world.get("member", "/api/v1/account/status").await.is(200).json();
    assert_eq!(member, json!({ "accounts": [] }));
}

async fn mappings_show_campaigns_that_one_sees(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    for (name, visibility) in [("1", "team"), ("2", "private"), ("3", "team")] {
        let mut body = campaign(name);
        body["visibility"] = json!(visibility);
        body["email_list"] = json!(["a@outreach.example"]);
        world.call("owner", "POST /api/v2/campaigns", body).await.is(200);
    }
    let at = "/api/v2/account-campaign-mappings/A@outreach.example";
    let names = |answer: &crate::support::Answer| -> Vec<String> {
        answer.items().iter().map(|mapping| mapping["campaign_name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&world.get("owner", at).await.is(200)), ["3", "2", "1"]);
    assert_eq!(names(&world.get("view", at).await.is(200)), ["3", "1"]);
    let first = world.get("owner", &format!("{at}?limit=2")).await.is(200);
    let cursor = first.json()["next_starting_after"].as_str().unwrap().replace('&', "%26");
    assert_eq!(
        names(&world.get("owner", &format!("{at}?limit=2&starting_after={cursor}")).await.is(200)),
        ["1"]
    );
    world.get("member", at).await.is(404);
}

async fn names_are_unique_here_alone(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    world.connect("stranger", "a@outreach.example", None).await;
    world.call("owner", ACCOUNTS, account("A@outreach.example", None)).await.is(409);
    world.call("owner", ACCOUNTS, account("a,b@outreach.example", None)).await.is(400);
}

async fn the_older_calls(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let sdr = world.get("owner", "/api/v2/workspace-members?search=sdr").await.items()[0]["email"].clone();
    let body = json!({ "account_email": "a@outreach.example", "assigned_to": sdr });
    let line = "POST /api/v1/account/assign";
    let done = world.send("robot", line, &form, body.to_string().into_bytes()).await.is(200).json();
    assert_eq!((&done["assigned_to"], &done["member_id"]), (&sdr, &json!(world.who("sdr").member)));
    world.call("manager", line, body.clone()).await.is(403);
    world.call("reader", line, body).await.is(403);
    let back = json!({ "account_email": "a@outreach.example", "assigned_to": null });
    assert!(world.call("admin", line, back).await.is(200).json()["member_id"].is_null());
    let why =
        world.call("owner", line, json!({ "account_email": "a@outreach.example" })).await.is(400).message();
    assert_eq!(why, "body must have required property 'assigned_to'");
    let pending =
        world.get("owner", "/api/v2/workspace-members?accepted=false").await.items()[0]["email"].clone();
    world
        .call("owner", line, json!({ "account_email": "a@outreach.example", "assigned_to": pending }))
        .await
        .is(400);
    let invite = json!({ "email": "New@acme.example", "role": "member" });
    let line = "POST /api/v1/team/invite";
    let invited = world.send("robot", line, &form, invite.to_string().into_bytes()).await.is(200).json();
    assert_eq!(
        (&invited["email"], &invited["status"], &invited["role"]),
        (&json!("new@acme.example"), &json!("pending"), &json!("member"))
    );
    assert!(invited["invitation_url"].as_str().unwrap().contains("#"));
    world.call("sdr", line, invite).await.is(403);
    let all = world.get("robot", "/api/v1/team/members").await.is(200).json();
    let all = all.as_array().unwrap();
    let of = |email: &str| all.iter().find(|member| member["email"] == email).unwrap();
    assert_eq!(of("new@acme.example")["status"], "pending");
    assert_eq!(of(sdr.as_str().unwrap())["status"], "active");
    assert!(all.iter().all(|member| member["invitation_url"].is_null()));
    world.get("member", "/api/v1/team/members").await.is(403);
}
