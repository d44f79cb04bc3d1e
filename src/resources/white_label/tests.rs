//! A workspace's own domain, checked at a name server of the tests, and its brand, also in letters.

use crate::support::dns::{self, Zone, cname, name, txt};
use crate::support::scene::{self, Key};
use crate::support::{World, on_both};
use gatepost::net::Net;
use serde_json::{Value, json};
use std::sync::Arc;

on_both! {
    a_domain_is_asked_for_proven_and_given_up records_that_are_wrong_prove_nothing an_unproven_claim_affects_no_other_workspace
    a_domain_goes_to_the_workspace_that_proves_it a_text_that_is_not_a_host_is_refused who_may_have_a_domain
    everybody_sees_the_brand_and_few_change_it colours_can_be_read letters_carry_the_brand
}

const AT: &str = "/api/v2/workspaces/current/whitelabel-domain";
const SET: &str = "POST /api/v2/workspaces/current/whitelabel-domain";
const VERIFY: &str = "POST /api/v2/workspaces/current/whitelabel-domain/verify";
const REMOVE: &str = "DELETE /api/v2/workspaces/current/whitelabel-domain";
const BRANDING: &str = "/api/v2/workspaces/current/branding";
const DOMAIN: &str = "clients.agency.example";
/// The host of the World's public address.
const HERE: &str = "gatepost.example.";

/// From now on the server asks this zone, which is empty.
fn served(world: &mut World) -> Zone {
    let zone = dns::zone(vec![]);
    let address = dns::serve(zone.clone());
    let tls = Arc::new(gatepost::tls::client().unwrap());
    world.with(|app| app.net = Net::new(Some(address), vec![], tls).unwrap());
    zone
}

fn put(zone: &Zone, owner: &str, data: hickory_resolver::proto::rr::RData) {
    zone.lock().unwrap().push((name(owner), data));
}

/// Asks for the domain; the value of the text that is to prove it.
async fn asks(world: &World, who: &str) -> String {
    world.call(who, SET, json!({ "domain": DOMAIN })).await.is(200);
    wanted_text(&world.get(who, AT).await.is(200).json())
}

fn wanted_text(info: &Value) -> String {
    let all = info["verification"].as_array().unwrap();
    all.iter().find(|wanted| wanted["type"] == "TXT").unwrap()["value"].as_str().unwrap().to_owned()
}

async fn a_domain_is_asked_for_proven_and_given_up(mut world: World) {
    let zone = served(&mut world);
    let none = json!({ "verified": false, "verification": [], "verified_at": null });
    assert_eq!(world.get("owner", AT).await.is(200).json(), none);
    let set = world.call("admin", SET, json!({ "domain": "Clients.Agency.Example" })).await.is(200).json();
    assert_eq!((&set["org_client_domain"], &set["id"]), (&json!(DOMAIN), &json!(world.home)));
    assert_eq!(world.get("client", "/api/v2/workspaces/current").await.json()["org_client_domain"], DOMAIN);
    assert_eq!(world.get("owner", "/api/v2/workspaces").await.items()[0]["org_client_domain"], DOMAIN);
    // Both records are wanted; asking once more for the same asks for the same.
    let info = world.get("owner", AT).await.is(200).json();
    assert_eq!((&info["verified"], &info["name"]), (&json!(false), &json!(DOMAIN)));
    let text = wanted_text(&info);
    assert!(text.starts_with("gatepost-domain=") && text.len() > 40, "{text}");
    assert_eq!(asks(&world, "owner").await, text);
    let records: Vec<_> = info["verification"].as_array().unwrap().iter().collect();
    assert_eq!(records.len(), 2);
    let first = [&records[0]["type"], &records[0]["domain"], &records[0]["value"]];
    assert_eq!(first, ["CNAME", DOMAIN, "gatepost.example"]);
    assert_eq!([&records[1]["type"], &records[1]["domain"]], ["TXT", "_gatepost.clients.agency.example"]);
    assert!(records.iter().all(|record| record["reason"].as_str().is_some_and(|why| !why.is_empty())));
    // One after the other, each through a name in between.
    put(&zone, DOMAIN, cname("edge.agency.example."));
    put(&zone, "edge.agency.example", cname(HERE));
    let info = world.get("owner", AT).await.json();
    assert_eq!(info["verification"].as_array().unwrap().len(), 1, "{info}");
    put(&zone, "_gatepost.clients.agency.example", txt("somebody else's"));
    put(&zone, "_gatepost.clients.agency.example", txt(&text));
    let info = world.get("owner", AT).await.json();
    assert_eq!(info, json!({ "verified": true, "name": DOMAIN, "verification": [], "verified_at": null }));
    let held = world.call("owner", VERIFY, Value::Null).await.is(200).json();
    assert_eq!(held["verified_at"], json!(world.app.now()));
    world.wait(1000);
    let again = world.call("owner", VERIFY, Value::Null).await.is(200).json();
    assert_eq!(again["verified_at"], "2023-11-14T22:13:20.000Z", "it has been so since then");
    // A record is gone: a GET says so, and the next look-up that counts takes the consequence.
    zone.lock().unwrap().retain(|(owner, _)| *owner != name(DOMAIN));
    let info = world.get("owner", AT).await.json();
    assert_eq!((&info["verified"], &info["verified_at"]), (&json!(false), &again["verified_at"]));
    let info = world.call("owner", VERIFY, Value::Null).await.is(200).json();
    assert_eq!((&info["verified"], &info["verified_at"]), (&json!(false), &Value::Null));
    // Another domain starts from the beginning; without one there is nothing to prove.
    let other = world.call("owner", SET, json!({ "domain": "b.example" })).await.is(200).json();
    assert_eq!(other["org_client_domain"], "b.example");
    assert_ne!(wanted_text(&world.get("owner", AT).await.json()), text);
    let removed = world.call("owner", REMOVE, Value::Null).await.is(200).json();
    assert_eq!(removed.get("org_client_domain"), None);
    world.call("owner", REMOVE, Value::Null).await.is(200);
    assert_eq!(world.get("owner", AT).await.json(), none);
    assert_eq!(world.call("owner", VERIFY, Value::Null).await.is(200).json(), none);
    let rows = world.log().await;
    let changes = |action: &str| {
        let of = rows.iter().filter(|row| row["action"] == action);
        of.map(|row| row["audit_metadata"]["changes"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(changes("white_label:set_domain").len(), 3);
    let verified = changes("white_label:verify_domain");
    assert_eq!(verified.last().unwrap()["domain_verified_at"], json!([null, "2023-11-14T22:13:20.000Z"]));
    assert!(!json!(rows).to_string().contains(text.trim_start_matches("gatepost-domain=")));
}

async fn records_that_are_wrong_prove_nothing(mut world: World) {
    let zone = served(&mut world);
    let text = asks(&world, "owner").await;
    let proof = "_gatepost.clients.agency.example";
    let at = |text: &str| (name(proof), txt(text));
    let leads = |target: &str| (name(DOMAIN), cname(target));
    for (records, wanted) in [
        (vec![leads("other.example."), at(&text)], vec!["CNAME"]),
        (vec![leads("gatepost.example.evil.example."), at(&text)], vec!["CNAME"]),
        (vec![(name(DOMAIN), dns::address("192.0.2.1")), at(&text)], vec!["CNAME"]),
        (vec![leads(HERE)], vec!["TXT"]),
        (vec![leads(HERE), (name(DOMAIN), txt(&text))], vec!["TXT"]),
        (vec![leads(HERE), at(&text[..text.len() - 1])], vec!["TXT"]),
        (vec![leads(HERE), at(&format!("{text} "))], vec!["TXT"]),
        (vec![leads(HERE), at(&text.to_uppercase())], vec!["TXT"]),
        (vec![leads(HERE), at(text.trim_start_matches("gatepost-domain="))], vec!["TXT"]),
        (vec![leads(HERE), at(&format!("x {text}"))], vec!["TXT"]),
        (vec![leads(DOMAIN)], vec!["CNAME", "TXT"]),
        (vec![], vec!["CNAME", "TXT"]),
        (vec![leads(HERE), at(&text)], vec![]),
    ] {
        *zone.lock().unwrap() = records.clone();
        for line in [format!("GET {AT}"), VERIFY.to_owned()] {
            let info = world.call("owner", &line, Value::Null).await.is(200).json();
            let still: Vec<_> = info["verification"].as_array().unwrap().iter().map(|r| &r["type"]).collect();
            assert_eq!(json!(still), json!(wanted), "{records:?}");
            assert_eq!(info["verified"], wanted.is_empty());
        }
    }
    // A name server that is silent keeps nobody waiting, and proves nothing.
    let (silent, _socket) = dns::silent();
    let tls = Arc::new(gatepost::tls::client().unwrap());
    let limits =
        gatepost::net::Limits { answer: std::time::Duration::from_millis(200), ..Default::default() };
    world.with(|app| app.net = Net::new(Some(silent), vec![], tls).unwrap().limited(limits));
    assert_eq!(world.get("owner", AT).await.is(200).json()["verification"].as_array().unwrap().len(), 2);
}

/// A workspace can ask for a domain that belongs to another. The owner loses nothing, and neither learns of the other.
async fn an_unproven_claim_affects_no_other_workspace(mut world: World) {
    let zone = served(&mut world);
    let theirs = asks(&world, "stranger").await;
    let before_claim = world.get("stranger", AT).await.json();
    let ours = asks(&world, "owner").await;
    assert_ne!(ours, theirs);
    assert_eq!(world.get("stranger", AT).await.json(), before_claim, "nothing tells of a second claim");
    let owner = world.get("owner", AT).await.json().to_string().replace(&ours, "x");
    assert_eq!(owner, before_claim.to_string().replace(&theirs, "x"));
    put(&zone, DOMAIN, cname(HERE));
    put(&zone, "_gatepost.clients.agency.example", txt(&ours));
    assert!(world.call("owner", VERIFY, Value::Null).await.is(200).json()["verified_at"].is_string());
    let refused = world.call("stranger", VERIFY, Value::Null).await.is(200).json();
    assert_eq!((&refused["verified"], &refused["verified_at"]), (&json!(false), &Value::Null));
    let mut before = before_claim.clone();
    before["verification"].as_array_mut().unwrap().remove(0);
    assert_eq!(refused, before, "nor of one that is proven");
    assert_eq!(
        world.call("stranger", SET, json!({ "domain": "b.example" })).await.is(200).json()["org_client_domain"],
        "b.example"
    );
}

async fn a_domain_goes_to_the_workspace_that_proves_it(mut world: World) {
    let zone = served(&mut world);
    let (ours, theirs) = (asks(&world, "owner").await, asks(&world, "stranger").await);
    let proof = "_gatepost.clients.agency.example";
    put(&zone, DOMAIN, cname(HERE));
    put(&zone, proof, txt(&ours));
    world.call("owner", VERIFY, Value::Null).await.is(200);
    // Both TXT records are there: the holder keeps the domain, and the other workspace is told that its own is found.
    put(&zone, proof, txt(&theirs));
    for line in [format!("GET {AT}"), VERIFY.to_owned()] {
        let info = world.call("stranger", &line, Value::Null).await.is(200).json();
        assert_eq!((&info["verified"], &info["verified_at"]), (&json!(false), &Value::Null));
        let why = info["verification"][0]["reason"].as_str().unwrap();
        assert!(why.contains("another workspace") && wanted_text(&info) == theirs, "{info}");
    }
    assert_eq!(world.get("owner", AT).await.json()["verified"], true);
    // The domain has changed hands: the old text is gone.
    *zone.lock().unwrap() = vec![(name(DOMAIN), cname(HERE)), (name(proof), txt(&theirs))];
    assert_eq!(world.get("stranger", AT).await.json()["verified"], true);
    assert!(world.get("owner", AT).await.json()["verified_at"].is_string(), "a GET changes nothing");
    assert!(world.call("stranger", VERIFY, Value::Null).await.is(200).json()["verified_at"].is_string());
    let lost = world.call("owner", VERIFY, Value::Null).await.is(200).json();
    assert_eq!((&lost["verified"], &lost["verified_at"]), (&json!(false), &Value::Null));
    // A workspace that is closed holds nothing.
    put(&zone, proof, txt(&ours));
    world.call("stranger", "POST /api/v2/workspaces/current/schedule-for-removal", Value::Null).await.is(200);
    assert_eq!(world.call("owner", VERIFY, Value::Null).await.is(200).json()["verified"], false);
    world.wait(24 * 60 * 60 * 1000 + 1);
    assert!(world.call("owner", VERIFY, Value::Null).await.is(200).json()["verified_at"].is_string());
}

async fn a_text_that_is_not_a_host_is_refused(world: World) {
    let long = format!("{}.example", "a".repeat(64));
    let longer = "a.".repeat(200) + "example";
    for wrong in [
        json!(""),
        json!("agency"),
        json!("agency.example."),
        json!("*.agency.example"),
        json!("https://agency.example"),
        json!("agency.example:443"),
        json!("127.0.0.1"),
        json!("[2001:db8::1]"),
        json!("müller.example"),
        json!("gatepost.example"),
        json!("a\u{0}b.example"),
        json!("a\r\nb.example"),
        json!(long),
        json!(longer),
        json!(5),
        json!(null),
        json!(["agency.example"]),
    ] {
        let why = world.call("owner", SET, json!({ "domain": wrong })).await.is(400).message();
        assert!(why.starts_with("body/domain must"), "{wrong}: {why}");
    }
    assert_eq!(
        world.call("owner", SET, json!({})).await.is(400).message(),
        "body must have required property 'domain'"
    );
    assert_eq!(world.get("owner", AT).await.json().get("name"), None);
    assert!(world.log().await.is_empty(), "nothing half-written");
}

async fn who_may_have_a_domain(mut world: World) {
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.get(who, AT).await.is(403);
        world.call(who, SET, json!({ "domain": DOMAIN })).await.is(403);
        world.call(who, VERIFY, Value::Null).await.is(403);
        world.call(who, REMOVE, Value::Null).await.is(403);
    }
    let (home, owner) = (world.home, world.who("owner").clone());
    let own = (owner.member.unwrap(), owner.user.unwrap());
    for (name, scopes, [reads, sets]) in [
        ("reads", json!(["workspaces:read"]), [200, 403]),
        ("updates", json!(["workspaces:update"]), [403, 200]),
        ("neither", json!(["campaigns:all"]), [403, 403]),
    ] {
        scene::key(&mut world, Key { scopes, ..Key::personal(home, name, own) }).await;
        world.get(name, AT).await.is(reads);
        world.call(name, SET, json!({ "domain": DOMAIN })).await.is(sets);
        world.call(name, VERIFY, Value::Null).await.is(sets);
        world.call(name, REMOVE, Value::Null).await.is(sets);
    }
    world.call("robot", SET, json!({ "domain": DOMAIN })).await.is(200);
    // With a tag limit nothing of the whole is changed.
    scene::join(&mut world, home, "narrow", "admin", Some(json!([]))).await;
    world.call("narrow", REMOVE, Value::Null).await.is(403);
    world.call("narrow", &format!("PATCH {BRANDING}"), json!({ "brand_name": "N" })).await.is(403);
}

async fn everybody_sees_the_brand_and_few_change_it(world: World) {
    let patch = format!("PATCH {BRANDING}");
    let none = json!({ "brand_name": null, "brand_color": null, "org_logo_url": null });
    assert_eq!(world.get("client", BRANDING).await.is(200).json(), none);
    let brand = json!({ "brand_name": "Northwind Ünlimited", "brand_color": "#0B6E4F", "org_logo_url": "https://x.example/l.svg" });
    assert_eq!(world.call("admin", &patch, brand.clone()).await.is(200).json(), brand);
    for who in crate::support::ROLES {
        assert_eq!(world.get(who, BRANDING).await.is(200).json(), brand, "{who}");
    }
    assert_eq!(world.get("stranger", BRANDING).await.json(), none, "a workspace's own");
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.call(who, &patch, json!({ "brand_name": "Mine" })).await.is(403);
    }
    assert_eq!(
        world.get("owner", "/api/v2/workspaces/current").await.json()["org_logo_url"],
        brand["org_logo_url"]
    );
    for (wrong, field) in [
        (json!({}), "body"),
        (json!({ "name": "N" }), "body must NOT have additional properties"),
        (json!({ "brand_name": "" }), "body/brand_name must"),
        (json!({ "brand_name": " " }), "body/brand_name must"),
        (json!({ "brand_name": "x".repeat(81) }), "body/brand_name must NOT have more than 80"),
        (json!({ "brand_name": "two\nlines" }), "body/brand_name must be one line"),
        (json!({ "brand_name": "\u{202e}dniwhtroN" }), "body/brand_name must be one line"),
        (json!({ "brand_name": 5 }), "body/brand_name must"),
        (json!({ "brand_color": "green" }), "body/brand_color must"),
        (json!({ "brand_color": "#0b6" }), "body/brand_color must"),
        (json!({ "brand_color": "#0b6e4f;background:url(x)" }), "body/brand_color must"),
        (json!({ "org_logo_url": "javascript:alert(1)" }), "body/org_logo_url must"),
        (json!({ "org_logo_url": "https://x.example/l.png\n" }), "body/org_logo_url must"),
        (json!({ "org_logo_url": "https://x.example/l.png\" onload=\"x" }), "body/org_logo_url must"),
        (json!({ "org_logo_url": "https://x.example/<script>" }), "body/org_logo_url must"),
    ] {
        let why = world.call("owner", &patch, wrong.clone()).await.is(400).message();
        assert!(why.starts_with(field), "{wrong}: {why}");
    }
    let cleared = world.call("owner", &patch, json!({ "brand_name": null })).await.is(200).json();
    assert_eq!((&cleared["brand_name"], &cleared["brand_color"]), (&Value::Null, &brand["brand_color"]));
    let mut rows = world.log().await;
    rows.retain(|row| row["action"] == "branding:update" && row["audit_metadata"]["refused_by"].is_null());
    assert_eq!(rows[0]["audit_metadata"]["changes"], json!({ "brand_name": ["Northwind Ünlimited", null] }));
}

/// The ratios are published ones.
async fn colours_can_be_read(world: World) {
    let patch = format!("PATCH {BRANDING}");
    for (color, ratio) in
        [("#777777", "4.48:1"), ("#ff0000", "4.00:1"), ("#808080", "3.95:1"), ("#ffffff", "1.00:1")]
    {
        let why = world.call("owner", &patch, json!({ "brand_color": color })).await.is(400).message();
        assert!(why.starts_with("body/brand_color must") && why.contains("4.5:1"), "{why}");
        assert!(why.contains(&format!("`{color}` has {ratio}")), "{why}");
    }
    for color in ["#767676", "#000000", "#0000FF"] {
        let set = world.call("owner", &patch, json!({ "brand_color": color })).await.is(200).json();
        assert_eq!(set["brand_color"], color);
    }
}

async fn letters_carry_the_brand(mut world: World) {
    let smtp = world.with_mail().await;
    let brand = json!({ "brand_name": "Northwind", "brand_color": "#0b6e4f", "org_logo_url": "https://x.example/l.png" });
    world.call("owner", &format!("PATCH {BRANDING}"), brand).await.is(200);
    world.call("owner", SET, json!({ "domain": DOMAIN })).await.is(200);
    world
        .call("owner", "POST /api/v2/workspace-members", json!({ "email": "jo@acme.example" }))
        .await
        .is(200);
    world.work().await;
    let mail = smtp.mails().remove(0);
    assert!(mail.subject.ends_with("invites you to Northwind"), "{}", mail.subject);
    // Still on the public address, with the token.
    let token =
        mail.link.as_ref().unwrap().strip_prefix("https://gatepost.example/invitations/accept#").unwrap();
    let body =
        json!({ "token": token, "first_name": "Jo", "last_name": "N", "password": "a password long enough" });
    world.call("", "POST /api/v2/invitations/accept", body).await.is(200);
    let heir = world.who("admin").user;
    world
        .call("owner", "POST /api/v2/workspaces/current/change-owner", json!({ "new_owner_id": heir }))
        .await
        .is(200);
    world.work().await;
    let mails = smtp.mails();
    assert_eq!(mails.len(), 4, "an invitation, joined, and both owners");
    for mail in &mails {
        assert!(mail.text.starts_with("Northwind"), "{}", mail.text);
        assert!(mail.html.contains("#0b6e4f") && mail.html.contains(">Northwind</p>"), "{}", mail.html);
        assert!(mail.text.contains("home"), "the workspace is named: {}", mail.text);
        for from in ["x.example", "<img", DOMAIN] {
            assert!(!mail.html.contains(from) && !mail.text.contains(from), "{from} is in {}", mail.html);
        }
    }
    // A workspace without a brand writes as before.
    world
        .call("stranger", "POST /api/v2/workspace-members", json!({ "email": "bo@acme.example" }))
        .await
        .is(200);
    world.work().await;
    let mail = smtp.mails().pop().unwrap();
    assert!(
        mail.subject.ends_with("invites you to away") && !mail.html.contains("Northwind"),
        "{}",
        mail.subject
    );
}
