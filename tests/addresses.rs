//! There is one rule for e-mail addresses, wherever one is accepted. Members can be named by their addresses.

use crate::support::oracle::resolve;
use crate::support::{World, on_both, operations, scene};
use serde_json::{Value, json};

on_both! {
    more_than_an_address_is_refused a_domain_in_unicode_is_kept_in_ascii members_are_named_by_address
    addresses_of_other_people_name_no_member
}

const WRONG: [&str; 5] = [
    "Jo Doe <jo@x.example>",
    "Jo\r\nBcc: e@x.example <j@x.example>",
    "\"jo\"@x.example",
    "jo@[127.0.0.1]",
    "a@x.example, b@x.example",
];

/// Every call that takes the address of a new person, with that address.
fn takers(world: &World, campaign: &str, email: &str) -> Vec<(&'static str, String, Value)> {
    let mut account = scene::account("a@x.example", None);
    account["reply_to"] = email.into();
    let mut new = scene::campaign("c");
    new["cc_list"] = json!(["cc@x.example", email]);
    let known = world.who("owner").member.unwrap();
    let password = "a password long enough";
    vec![
        ("owner", "POST /api/v2/workspace-members".to_owned(), json!({ "email": email, "role": "view" })),
        ("owner", "POST /api/v1/team/invite".to_owned(), json!({ "email": email })),
        ("owner", "POST /api/v2/workspace-group-members".to_owned(), json!({ "email": email })),
        ("owner", "POST /api/v2/accounts".to_owned(), scene::account(email, None)),
        ("owner", "POST /api/v2/accounts".to_owned(), account),
        ("owner", "PATCH /api/v2/accounts/known@x.example".to_owned(), json!({ "reply_to": email })),
        ("owner", "POST /api/v2/campaigns".to_owned(), new),
        ("owner", format!("PATCH /api/v2/campaigns/{campaign}"), json!({ "bcc_list": [email] })),
        ("owner", "POST /api/v2/leads".to_owned(), json!({ "campaign": campaign, "email": email })),
        ("owner", "POST /api/v2/leads".to_owned(), json!({ "email": email })),
        ("owner", "POST /api/v2/leads/list".to_owned(), json!({ "contacts": [email] })),
        (
            "owner",
            "POST /api/v2/workspace-members".to_owned(),
            json!({ "email": format!("{known}@x.example"), "accounts": [email] }),
        ),
        ("", "POST /auth/sign-in".to_owned(), json!({ "email": email, "password": password })),
        ("", "POST /auth/reset".to_owned(), json!({ "email": email })),
        ("owner's session", "POST /api/v2/me/email".to_owned(), json!({ "email": email })),
    ]
}

async fn more_than_an_address_is_refused(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    world.connect("owner", "known@x.example", None).await;
    for email in WRONG {
        for (who, line, body) in takers(&world, &campaign, email) {
            let said = world.call(who, &line, body).await.is(400).message();
            assert!(said.ends_with("must match format \"email\""), "{line} {email:?}: {said}");
        }
        // A bulk call takes the other leads.
        let leads = json!([{ "email": email }, { "email": "good@x.example" }]);
        let place = world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(200).id();
        let body = json!({ "list_id": place, "leads": leads });
        let added = world.call("owner", "POST /api/v2/leads/add", body).await.is(200).json();
        assert_eq!((&added["leads_uploaded"], &added["invalid_email_count"]), (&json!(1), &json!(1)));
    }
    let members = world.get("owner", "/api/v2/workspace-members").await.is(200).items();
    assert!(members.iter().all(|member| !member["email"].as_str().unwrap().contains(['<', '"', '[', ','])));
}

async fn a_domain_in_unicode_is_kept_in_ascii(world: World) {
    let campaign = world.create("owner", "c", "team").await;
    world.connect("owner", "known@x.example", None).await;
    let (given, kept) = ("User@MÜLLER.example", "user@xn--mller-kva.example");
    let call = async |line: &str, body: Value| world.call("owner", line, body).await.is(200).json();
    let member = call("POST /api/v2/workspace-members", json!({ "email": given })).await;
    assert_eq!(member["email"], kept);
    for again in [given, kept] {
        let body = json!({ "email": again });
        world.call("owner", "POST /api/v2/workspace-members", body).await.is(409);
    }
    assert_eq!(call("POST /api/v2/accounts", scene::account(given, None)).await["email"], kept);
    world.call("owner", "POST /api/v2/accounts", scene::account(kept, None)).await.is(409);
    let replies = call("PATCH /api/v2/accounts/known@x.example", json!({ "reply_to": given })).await;
    assert_eq!(replies["reply_to"], kept);
    let copied = json!({ "cc_list": [given], "bcc_list": [given], "email_list": [given] });
    let copied = call(&format!("PATCH /api/v2/campaigns/{campaign}"), copied).await;
    for list in ["cc_list", "bcc_list", "email_list"] {
        assert_eq!(copied[list], json!([kept]), "{list}");
    }
    let lead = call("POST /api/v2/leads", json!({ "campaign": campaign, "email": given })).await;
    assert_eq!((&lead["email"], &lead["company_domain"]), (&json!(kept), &json!("xn--mller-kva.example")));
    let body = json!({ "campaign_id": campaign, "leads": [{ "email": given }, { "email": kept }] });
    let added = call("POST /api/v2/leads/add", body).await;
    assert_eq!((&added["duplicated_leads"], &added["duplicate_email_count"]), (&json!(1), &json!(1)));
    let found = call("POST /api/v2/leads/list", json!({ "contacts": [given] })).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

/// Every field for an address is checked by the rule, or only searches existing records.
#[tokio::test]
async fn the_document_marks_every_address() {
    const LOOKED_UP: [&str; 6] =
        ["emails", "excluded_emails", "email_list", "account_email", "accounts", "lead_email"];
    let world = World::sqlite().await;
    for operation in operations::all(world.api) {
        let body = &operation.document["requestBody"]["content"]["application/json"]["schema"];
        for (name, field) in resolve(world.api, body)["properties"].as_object().into_iter().flatten() {
            let names_one =
                name.contains("email") || ["reply_to", "cc_list", "bcc_list"].contains(&name.as_str());
            let type_of = field["type"].to_string();
            if !names_one || !type_of.contains("string") && !type_of.contains("array") {
                continue;
            }
            let marked = field["format"] == "email" || field["items"]["format"] == "email";
            // The reference accepts any text here, or a list of addresses in one text, so the handler checks it. A
            // verification judges any text.
            let handled = ["/api/v2/leads", "/api/v2/email-verification", "/api/v2/emails/test"]
                .contains(&operation.path.as_str())
                || name == "reply_to" && operation.method == "POST";
            assert!(
                marked || handled || LOOKED_UP.contains(&name.as_str()) || name == "email_tag_list",
                "{}: {name} takes any text",
                operation.line()
            );
        }
    }
}

async fn members_are_named_by_address(world: World) {
    let (sdr, manager) = (world.who("sdr").clone(), world.who("manager").clone());
    let address = world.email("sdr").await.to_uppercase();
    let names = [json!(sdr.member), json!(sdr.user), json!(address)];
    world.connect("owner", "a@x.example", None).await;
    let campaign = world.create("owner", "c", "team").await;
    let call = async |line: &str, body: Value| world.call("owner", line, body).await.is(200).json();
    for (n, name) in names.iter().enumerate() {
        let account = call("PATCH /api/v2/accounts/a@x.example", json!({ "assigned_to": name })).await;
        assert_eq!(account["assigned_to"], json!(sdr.member), "{name}");
        let free = call("PATCH /api/v2/accounts/a@x.example", json!({ "assigned_to": null })).await;
        assert!(free["assigned_to"].is_null());
        let mut new = scene::account(&format!("new{n}@x.example"), None);
        new["assigned_to"] = name.clone();
        assert_eq!(call("POST /api/v2/accounts", new).await["assigned_to"], json!(sdr.member), "{name}");
        let lead = json!({ "campaign": campaign, "email": format!("l{n}@x.example"), "assigned_to": name });
        let lead = call("POST /api/v2/leads", lead).await;
        assert_eq!(lead["assigned_to"], json!(sdr.user), "{name}");
        let at = format!("PATCH /api/v2/leads/{}", lead["id"].as_str().unwrap());
        assert!(call(&at, json!({ "assigned_to": null })).await["assigned_to"].is_null());
        assert_eq!(call(&at, json!({ "assigned_to": name })).await["assigned_to"], json!(sdr.user), "{name}");
        let kept = call(&at, json!({ "first_name": "A" })).await;
        assert_eq!(kept["assigned_to"], json!(sdr.user), "a field that is not named stays");
        let shared =
            call(&format!("PATCH /api/v2/campaigns/{campaign}"), json!({ "collaborators": [name] })).await;
        assert_eq!(shared["collaborators"], json!([sdr.member]), "{name}");
        let mut new = scene::campaign("new");
        new["collaborators"] = json!([name, sdr.member, manager.member]);
        let mut both = [json!(sdr.member), json!(manager.member)];
        both.sort_by_key(Value::to_string);
        assert_eq!(call("POST /api/v2/campaigns", new).await["collaborators"], json!(both), "once each");
        let question = json!({ "principal": name, "permission": "campaigns:launch" });
        assert_eq!(call("POST /api/v2/access/explain", question).await["refused_by"], Value::Null);
    }
    // A caller names themselves by their own address, in any case.
    let own = json!({ "campaign": campaign, "email": "own@x.example", "assigned_to": address });
    assert_eq!(
        world.call("sdr", "POST /api/v2/leads", own).await.is(200).json()["assigned_to"],
        json!(sdr.user)
    );
    let question = json!({ "principal": address, "permission": "campaigns:launch" });
    world.call("sdr", "POST /api/v2/access/explain", question).await.is(200);
}

async fn addresses_of_other_people_name_no_member(world: World) {
    world.connect("owner", "a@x.example", None).await;
    let campaign = world.create("owner", "c", "team").await;
    let lead = json!({ "campaign": campaign, "email": "l@x.example" });
    let lead = world.call("owner", "POST /api/v2/leads", lead).await.is(200).id();
    world
        .call("owner", "POST /api/v2/workspace-members", json!({ "email": "pending@x.example" }))
        .await
        .is(200);
    let stranger = world.who("stranger").clone();
    let names = [
        json!(stranger.member),
        json!(stranger.user),
        json!(stranger_address(&world).await),
        json!("nobody@x.example"),
        json!("pending@x.example"),
        json!(crate::support::MISSING),
        json!("no name at all"),
        json!(""),
    ];
    for name in names {
        for (line, field) in [
            ("PATCH /api/v2/accounts/a@x.example".to_owned(), "assigned_to"),
            (format!("PATCH /api/v2/leads/{lead}"), "assigned_to"),
        ] {
            let said = world.call("owner", &line, json!({ field: name })).await.is(400).message();
            assert_eq!(said, "body/assigned_to must be an accepted member of the workspace", "{name}");
        }
        let line = format!("PATCH /api/v2/campaigns/{campaign}");
        let said = world.call("owner", &line, json!({ "collaborators": [name] })).await.is(400).message();
        assert_eq!(said, "body/collaborators must be accepted members of the workspace", "{name}");
    }
    // A caller who sees their own leads only learns nothing about others' addresses.
    let body = |name: Value| json!({ "email": "x@x.example", "assigned_to": name });
    let known = world.call("sdr", "POST /api/v2/leads", body(json!(world.email("view").await))).await.is(403);
    let unknown = world.call("sdr", "POST /api/v2/leads", body(json!("nobody@x.example"))).await.is(403);
    assert_eq!(known.face(), unknown.face());
}

async fn stranger_address(world: &World) -> String {
    let members = world.get("stranger", "/api/v2/workspace-members").await.is(200).items();
    let own = members.iter().find(|member| member["id"] == json!(world.who("stranger").member)).unwrap();
    own["email"].as_str().unwrap().to_owned()
}
