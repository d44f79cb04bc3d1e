//! The pages of leads, of lists and of imports: what is offered, what is stored, and what stays hidden.

use crate::support::html::{Form, forms, offers};
use crate::support::leads::{found, list};
use crate::support::{Answer, MISSING, World, on_both};
use serde_json::{Value, json};

on_both! {
    leads_are_found_by_those_who_see_them a_lead_is_added_changed_and_deleted many_leads_are_moved_and_assigned
    nothing_is_deleted_that_was_not_checked a_list_is_created_renamed_and_deleted a_file_is_imported_in_two_steps
    a_trial_adds_nothing files_that_are_not_csv_come_back names_of_hidden_records_are_on_no_page leads_are_exported_by_a_post
}

const OWNER: &str = "owner's session";
const HTML: (&str, &str) = ("accept", "text/html");

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

async fn add(world: &World, place: Value, email: &str) -> String {
    let mut body = place;
    body["email"] = email.into();
    world.call("owner", "POST /api/v2/leads", body).await.is(200).id()
}

async fn leads_are_found_by_those_who_see_them(world: World) {
    let team = world.create("owner", "Team", "team").await;
    let private = world.create("owner", "Private", "private").await;
    add(&world, json!({ "campaign": team, "first_name": "Kim" }), "kim@lead.example").await;
    add(&world, json!({ "campaign": private }), "mo@lead.example").await;
    let html = async |who: &str, query: &str| {
        world.page(who, &world.at(&format!("/leads{query}"))).await.is(200).text()
    };
    let all = html(OWNER, "").await;
    assert!(all.contains("kim@lead.example") && all.contains("mo@lead.example") && all.contains(">Private<"));
    let some = html("manager's session", "").await;
    assert!(some.contains("kim@lead.example") && !some.contains("mo@lead.example"), "{some}");
    assert!(
        html(OWNER, "?search=kim&campaign=&list_id=&filter=&assigned_to=").await.contains("kim@lead.example")
    );
    assert!(!html(OWNER, &format!("?campaign={private}")).await.contains("kim@lead.example"));
    let none = html(OWNER, "?filter=FILTER_VAL_BOUNCED").await;
    assert!(none.contains("No leads match"), "{none}");
    for wrong in ["?campaign=x", "?filter=FILTER_X", "?assigned_to=me", "?page=2"] {
        world.page(OWNER, &world.at(&format!("/leads{wrong}"))).await.is(400);
    }
    let view = html("view's session", "").await;
    assert!(
        !offers(&view).iter().any(|offer| offer.contains("/leads/new") || offer.contains("/delete")),
        "{view}"
    );
    // Moving and deleting are offered within one campaign or list.
    let placed = offers(&html(OWNER, &format!("?campaign={team}")).await);
    let whole = offers(&all);
    let has = |offers: &[String], end: &str| offers.iter().any(|offer| offer.contains(end));
    assert!(has(&placed, "/leads/move?") && !has(&whole, "/leads/move"), "{placed:?} {whole:?}");
    assert!(has(&whole, "/leads/assign"), "{whole:?}");
}

async fn a_lead_is_added_changed_and_deleted(world: World) {
    let campaign = world.create("owner", "Team", "team").await;
    let form = world.form(OWNER, &world.at(&format!("/leads/new?campaign={campaign}")), "/leads/new").await;
    assert_eq!(form.get("campaign"), Some(campaign.as_str()), "where the list was");
    let form = form.with("email", "kim@lead.example").with("first_name", "Kim");
    let made = world.posts(OWNER, &form).await.is(303);
    assert_eq!(location(&world.posts(OWNER, &form).await.is(303)), location(&made), "two presses make one");
    let path = location(&made);
    let id = path.rsplit('/').next().unwrap();
    let twice = form.with("first_name", "Other");
    let html = world.posts(OWNER, &twice).await.is(409).text();
    assert!(html.contains("already in this campaign") && html.contains("Not saved."), "{html}");
    let variables = json!({ "custom_variables": { "city": "Oslo", "size": 12 } });
    world.call("owner", &format!("PATCH /api/v2/leads/{id}"), variables).await.is(200);
    let form = world.form(OWNER, &path, id).await;
    let before = world.log().await.len();
    world.posts(OWNER, &form).await.is(303);
    assert_eq!(world.log().await.len(), before, "nothing was changed");
    let form = form
        .with("custom_variables/city", "Bergen")
        .with("lt_interest_status", "1")
        .with("last_name", "Berg");
    world.posts(OWNER, &form).await.is(303);
    let stored = world.get("owner", &format!("/api/v2/leads/{id}")).await.json();
    assert_eq!((&stored["payload"]["city"], &stored["payload"]["size"]), (&json!("Bergen"), &json!(12)));
    assert_eq!((&stored["lt_interest_status"], &stored["last_name"]), (&json!(1), &json!("Berg")));
    let html = world.page("sdr's session", &path).await;
    assert_eq!(html.status, 404, "an sdr sees their own leads");
    let html = world.page("view's session", &path).await.is(200).text();
    assert!(!html.contains("method=\"post\" action=\"/w/") && html.contains("Bergen"), "{html}");
    let html = world.page(OWNER, &format!("{path}/delete")).await.is(200).text();
    assert!(html.contains("Delete Kim Berg") && html.contains("Team"), "{html}");
    world.posts(OWNER, &world.form(OWNER, &format!("{path}/delete"), "/delete").await).await.is(303);
    assert_eq!(world.page(OWNER, &path).await.status, 404);
}

/// A form with one more value of a list.
fn and(mut form: Form, name: &str, value: &str) -> Form {
    form.fields.push((name.to_owned(), value.to_owned()));
    form
}

async fn many_leads_are_moved_and_assigned(world: World) {
    let (from, to) = (world.create("owner", "From", "team").await, list(&world, "owner").await);
    let place = || json!({ "campaign": from });
    let ann = add(&world, place(), "ann@lead.example").await;
    let ben = add(&world, place(), "ben@lead.example").await;
    add(&world, place(), "cyd@lead.example").await;
    let path = world.at(&format!("/leads/move?campaign={from}"));
    let form = world.form(OWNER, &path, "/leads/move").await;
    let html = world.posts(OWNER, &and(form.clone(), "ids[]", &ann)).await.is(400).text();
    assert!(html.contains("exactly one of") && html.contains(&ann), "without a destination: {html}");
    let moving = and(form.clone(), "ids[]", &ann).with("to_list_id", &to);
    world.posts(OWNER, &moving).await.is(303);
    world.work().await;
    assert_eq!(found(&world, "owner", json!({ "list_id": to })).await, ["ann"]);
    // Nothing is checked, so nothing moves.
    world.posts(OWNER, &form.clone().with("to_list_id", &to)).await.is(303);
    world.work().await;
    assert_eq!(found(&world, "owner", json!({ "campaign": from })).await, ["ben", "cyd"]);
    // A form without any box moves nothing either.
    let bare = Form { fields: vec![("campaign".to_owned(), from.clone())], ..form.clone() };
    world.posts(OWNER, &bare.with("to_list_id", &to)).await.is(303);
    world.work().await;
    assert_eq!(found(&world, "owner", json!({ "campaign": from })).await, ["ben", "cyd"]);
    let assign =
        world.form(OWNER, &world.at(&format!("/leads/assign?campaign={from}")), "/leads/assign").await;
    let sdr = world.who("sdr").user.unwrap().to_string();
    world.posts(OWNER, &assign).await.is(400);
    let one = and(assign.clone().with("organization_user_ids[]", &sdr), "ids[]", &ben);
    world.posts(OWNER, &one).await.is(303);
    world.work().await;
    assert_eq!(found(&world, "sdr", json!({})).await, ["ben"]);
    let all = form.with("to_list_id", &to).with("_all", "true");
    world.posts(OWNER, &all).await.is(303);
    world.work().await;
    assert!(found(&world, "owner", json!({ "campaign": from })).await.is_empty());
    assert_eq!(world.page("view's session", &path).await.status, 403);
}

async fn nothing_is_deleted_that_was_not_checked(world: World) {
    let campaign = world.create("owner", "From", "team").await;
    let ann = add(&world, json!({ "campaign": campaign }), "ann@lead.example").await;
    add(&world, json!({ "campaign": campaign }), "ben@lead.example").await;
    let path = world.at(&format!("/leads/delete?campaign={campaign}"));
    let form = world.form(OWNER, &path, "/leads/delete").await;
    world.posts(OWNER, &form).await.is(303);
    let bare = Form { fields: vec![("campaign_id".to_owned(), campaign.clone())], ..form.clone() };
    world.posts(OWNER, &bare).await.is(303);
    assert_eq!(found(&world, "owner", json!({})).await.len(), 2);
    world.posts(OWNER, &and(form, "ids[]", &ann)).await.is(303);
    assert_eq!(found(&world, "owner", json!({})).await, ["ben"]);
    let whole = world.page(OWNER, &world.at("/leads/delete")).await.is(200).text();
    assert!(whole.contains("Choose a campaign or a list first"), "{whole}");
}

async fn a_list_is_created_renamed_and_deleted(world: World) {
    let path = world.at("/lead-lists");
    let form = world.form("member's session", &path, "/lead-lists").await.with("name", "Trade fair");
    world.posts("member's session", &form).await.is(303);
    world.posts("member's session", &form).await.is(303);
    let lists = world.get("owner", "/api/v2/lead-lists").await.items();
    assert_eq!(lists.len(), 1, "two presses make one");
    let id = lists[0]["id"].as_str().unwrap();
    add(&world, json!({ "list_id": id }), "kim@lead.example").await;
    let html = world.page(OWNER, &path).await.is(200).text();
    assert!(html.contains("data-label=\"Leads that you see\"><span>1</span>"), "{html}");
    let other = world.page("sdr's session", &path).await.is(200).text();
    assert!(!other.contains("Trade fair"), "an sdr sees their own lists");
    let form = world.form("member's session", &format!("{path}/{id}"), id).await;
    assert!(form.get("owned_by").is_none());
    world.posts("member's session", &form.with("name", "Berlin")).await.is(303);
    let html = world.page("member's session", &format!("{path}/{id}/delete")).await.is(200).text();
    assert!(html.contains("Delete Berlin"), "{html}");
    let delete = world.form(OWNER, &format!("{path}/{id}/delete"), "/delete").await;
    world.posts(OWNER, &delete).await.is(303);
    assert!(found(&world, "owner", json!({})).await.is_empty());
    assert_eq!(world.page("client's session", &path).await.status, 403);
}

const BOUNDARY: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// Sends a form in parts, with this file.
async fn sends(world: &World, who: &str, form: &Form, file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in form.fields.iter().filter(|(name, _)| name != "_file") {
        let head =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"_file\"; filename=\"fair.csv\"\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    world.send(who, &format!("POST {}", form.action), &[HTML, ("content-type", &kind)], body).await
}

const FILE: &[u8] =
    b"Mail;First Name;City\nkim@lead.example;Kim;Oslo\nkim@lead.example;Kim;Oslo\nwrong;Mo;Bergen\n";

async fn second(world: &World, place: (&str, &str)) -> Form {
    let first = world.form(OWNER, &world.at("/lead-imports/new"), "/lead-imports/look").await;
    let html = sends(world, OWNER, &first.with(place.0, place.1), FILE).await.is(200).text();
    assert!(html.contains("3 rows, 3 columns"), "{html}");
    forms(&html).into_iter().find(|form| form.action.ends_with("/lead-imports/new")).unwrap()
}

async fn a_file_is_imported_in_two_steps(world: World) {
    let campaign = world.create("owner", "Spring", "team").await;
    let form = second(&world, ("campaign_id", &campaign)).await;
    let proposed = [form.get("columns/0/target"), form.get("columns/1/target"), form.get("columns/2/target")];
    assert_eq!(proposed, [Some("email"), Some("first_name"), Some("custom_variables.City")]);
    let form = form.with("columns/1/target", "ignore");
    let begun = world.posts(OWNER, &form).await.is(303);
    assert_eq!(location(&world.posts(OWNER, &form).await.is(303)), location(&begun), "two presses make one");
    world.work().await;
    let html = world.page(OWNER, &location(&begun)).await.is(200).text();
    assert!(html.contains(">done<") && html.contains("fair.csv"), "{html}");
    assert!(
        html.contains("duplicate in file") && html.contains("The e-mail address is not valid."),
        "{html}"
    );
    let body = json!({ "campaign": campaign });
    let leads = world.call("owner", "POST /api/v2/leads/list", body).await.items();
    assert_eq!(leads.len(), 1);
    assert_eq!((&leads[0]["payload"]["City"], &leads[0]["first_name"]), (&json!("Oslo"), &Value::Null));
    let skipped = world.page(OWNER, &format!("{}?outcome=skipped", location(&begun))).await.is(200).text();
    assert!(!skipped.contains("The e-mail address is not valid."), "{skipped}");
    let report = world.page(OWNER, &format!("{}/report", location(&begun))).await.is(200);
    assert!(report.text().starts_with("line,outcome,reason"), "{}", report.text());
    assert_eq!(
        world.page("editor's session", &location(&begun)).await.status,
        404,
        "an import is its maker's"
    );
    let cancel = Form { action: format!("{}/cancel", location(&begun)), ..form };
    world.posts(OWNER, &cancel).await.is(409);
    assert!(world.page(OWNER, &world.at("/lead-imports")).await.is(200).text().contains("fair.csv"));
}

async fn a_trial_adds_nothing(world: World) {
    let list = list(&world, "owner").await;
    let form = second(&world, ("list_id", &list)).await;
    let trial = world.posts(OWNER, &form.clone().with("dry_run", "true")).await.is(303);
    world.work().await;
    let html = world.page(OWNER, &location(&trial)).await.is(200).text();
    assert!(html.contains("Nothing was added."), "{html}");
    assert!(found(&world, "owner", json!({})).await.is_empty());
    // The form is still good for the import itself.
    let begun = world.posts(OWNER, &form).await.is(303);
    assert_ne!(location(&begun), location(&trial));
    world.work().await;
    assert_eq!(found(&world, "owner", json!({ "list_id": list })).await, ["kim"]);
}

async fn files_that_are_not_csv_come_back(world: World) {
    let list = list(&world, "owner").await;
    let first = world.form(OWNER, &world.at("/lead-imports/new"), "/lead-imports/look").await;
    let placed = first.clone().with("list_id", &list);
    for (form, file, said) in [
        (&placed, &b"PK\x03\x04"[..], "save the table as CSV"),
        (&placed, &b""[..], "Must be a file"),
        (&first, FILE, "Must be chosen"),
    ] {
        let html = sends(&world, OWNER, form, file).await.is(400).text();
        assert!(html.contains(said) && html.contains("Not saved."), "{said}: {html}");
    }
    let large = vec![b'a'; 3 * 1024 * 1024];
    assert!(sends(&world, OWNER, &placed, &large).await.is(400).text().contains("at most 2 MB"));
    let pasted = placed.clone().with("csv", "Mail\r\nann@lead.example\r\n");
    assert!(sends(&world, OWNER, &pasted, b"").await.is(200).text().contains("1 row, 1 column"));
    let foreign = first.with("list_id", MISSING);
    let html = sends(&world, OWNER, &foreign, FILE).await.is(200).text();
    let form = forms(&html).into_iter().find(|form| form.action.ends_with("/lead-imports/new")).unwrap();
    world.posts(OWNER, &form).await.is(400);
    assert_eq!(sends(&world, "view's session", &placed, FILE).await.status, 403);
    let line = format!("POST {}", placed.action);
    world.send(OWNER, &line, &[HTML, ("content-type", "text/csv")], FILE.to_vec()).await.is(400);
}

/// Neither a row nor an option of a select names what the reader does not see.
async fn names_of_hidden_records_are_on_no_page(world: World) {
    let private = world.create("owner", "Canary campaign", "private").await;
    let hidden =
        world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "Canary list" })).await.is(200).id();
    add(&world, json!({ "campaign": private, "first_name": "Canary" }), "canary@lead.example").await;
    let open = world.create("editor", "Mine", "team").await;
    let paths = ["/campaigns", "/leads", "/leads/new", "/lead-lists", "/lead-imports", "/lead-imports/new"];
    for who in
        ["member's session", "sdr's session", "editor's session", "manager's session", "client's session"]
    {
        for path in paths {
            let answer = world.page(who, &world.at(path)).await;
            let seen = answer.text().contains("Canary");
            let may = who.starts_with("editor") || who.starts_with("manager");
            // A list belongs to the team.
            let list_only =
                may && !answer.text().contains("Canary campaign") && !answer.text().contains("canary@");
            assert!(!seen || list_only, "{who} {path}: {}", answer.text());
        }
        for path in
            [format!("/campaigns/{private}"), format!("/lead-lists/{hidden}"), format!("/campaigns/{open}")]
        {
            let html = world.page(who, &world.at(&path)).await.text();
            assert!(!html.contains("Canary campaign"), "{who} {path}");
        }
    }
}

async fn leads_are_exported_by_a_post(world: World) {
    let campaign = world.create("owner", "Spring", "team").await;
    add(&world, json!({ "campaign": campaign }), "kim@lead.example").await;
    let path = world.at(&format!("/leads?campaign={campaign}"));
    let form = world.form(OWNER, &path, "/leads/export").await;
    assert_eq!(form.get("campaign"), Some(campaign.as_str()));
    let file = world.posts(OWNER, &form).await.is(200);
    assert!(file.text().contains("kim@lead.example"), "{}", file.text());
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let html = world.page("view's session", &path).await.is(200).text();
    assert!(!html.contains("/leads/export"), "{html}");
}
