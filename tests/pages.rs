//! The pages: what they load, what they show to each visitor, and what they must never show.

use crate::support::people::PASSWORD;
use crate::support::{Answer, World, exchange, on_both};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatepost::config::RateLimit;
use gatepost::db;
use gatepost::router::router;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

on_both! {
    pages_load_nothing_and_keep_to_this_server pages_speak_sentences browsers_get_a_start_page
    no_answer_is_sniffed an_invitation_names_inviter_workspace_and_role only_open_invitations_are_shown
    an_invitation_shows_the_brand mailed_links_show_their_address a_group_invitation_has_its_link_without_mail
    first_keys_are_named_after_their_person from_the_link_to_an_invited_members_first_call
}

const PAGES: [&str; 7] = [
    "/",
    "/auth/setup",
    "/auth/reset",
    "/auth/email",
    "/invitations/accept",
    "/workspace-groups/accept",
    "/workspace-groups/reject",
];

async fn page(world: &World, path: &str) -> Answer {
    let accept = [("accept", "text/html,application/xhtml+xml")];
    exchange(&world.router, None, &format!("GET {path}"), &accept, vec![]).await.0
}

/// A router on a database without a workspace.
async fn bare(world: &World) -> axum::Router {
    let url = match world.url.starts_with("sqlite:") {
        true => world.url.replace(".db", "-bare.db"),
        false => World::postgres_schema().await.unwrap(),
    };
    let opened = db::open(&url, "test").await.unwrap();
    if let Some(file) = url.strip_prefix("sqlite:") {
        ["", "-wal", "-shm"].iter().for_each(|end| drop(std::fs::remove_file(format!("{file}{end}"))));
    }
    let app = World::app(opened, RateLimit(None), world.ambient.clone());
    gatepost::resources::people::setup::arm(&app, "token").await.unwrap();
    router(app).0
}

/// The text between `<name ...>` and `</name>`.
fn inside<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    html.split(&start[..]).skip(1).map(|rest| rest.split_once(&end[..]).unwrap().0).collect()
}

async fn all_pages(world: &World) -> Vec<(String, Answer)> {
    let mut found = Vec::new();
    for path in PAGES {
        found.push((path.to_owned(), page(world, path).await));
    }
    let empty = bare(world).await;
    for path in ["/", "/auth/setup"] {
        let accept = [("accept", "text/html")];
        let answer = exchange(&empty, None, &format!("GET {path}"), &accept, vec![]).await.0.is(200);
        found.push((format!("{path} of an empty server"), answer));
    }
    found
}

async fn pages_load_nothing_and_keep_to_this_server(world: World) {
    for (path, answer) in all_pages(&world).await {
        let html = answer.text();
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{path}");
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        for (part, source) in [("style", "style-src"), ("script", "script-src")] {
            for text in inside(&html, part) {
                let hash = format!("{source} 'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
                assert!(policy.contains(&hash), "{path}: the {part} is not the one of the policy");
            }
        }
        assert_eq!(html.matches("<style").count(), inside(&html, "style").len(), "{path}");
        assert_eq!(html.matches("<script").count(), inside(&html, "script").len(), "{path}");
        assert_eq!(
            (header("referrer-policy").as_str(), header("cache-control").as_str()),
            ("no-referrer", "no-store")
        );
        for loads in [" src=", "@import", "url(", " style=", " onclick=", "innerHTML", "<iframe", "<img"] {
            assert!(!html.contains(loads), "{path} has {loads}");
        }
        for rest in html.split("://").skip(1) {
            let ours = ["www.w3.org/2000/svg", "gatepost.example"];
            assert!(ours.iter().any(|host| rest.starts_with(host)), "{path} names {}", &rest[..40]);
        }
        assert!(html.contains("prefers-color-scheme") || html.contains("color-scheme: light dark"), "{path}");
    }
}

async fn pages_speak_sentences(world: World) {
    for (path, answer) in all_pages(&world).await {
        let html = answer.text();
        let shown = html.split_once("<script>").map_or(html.as_str(), |(shown, _)| shown);
        for wire in [
            "body/",
            "must match",
            "must NOT",
            "statusCode",
            "POST /",
            "credential:",
            " he ",
            "present password",
        ] {
            assert!(!shown.contains(wire), "{path} says {wire}");
        }
        if html.contains("<form") {
            assert!(html.contains("<noscript>") && html.contains("novalidate hidden"), "{path}");
            assert!(html.contains("aria-describedby") || !html.contains("<input"), "{path}");
            assert!(
                html.contains("autocomplete=\"username\""),
                "{path}: a password manager needs the address"
            );
            let secret = html.matches("type=\"password\"").count();
            assert_eq!(html.matches("data-reveal=\"").count(), secret, "{path}: a password can be shown");
        }
    }
    let setup = page(&world, "/auth/setup").await.is(410).text();
    assert!(setup.contains("This server is already set up") && setup.contains("<h1>"), "{setup}");
}

async fn browsers_get_a_start_page(world: World) {
    let start = page(&world, "/").await.is(200);
    assert_eq!(start.headers["vary"], "accept");
    let html = start.text();
    for says in ["https://gatepost.example/api/v2", "href=\"/docs\"", "href=\"/health\"", "id=\"sign-in\""] {
        assert!(html.contains(says), "{says}");
    }
    assert!(!html.contains("no workspace yet"));
    let empty = exchange(&bare(&world).await, None, "GET /", &[("accept", "text/html")], vec![]).await.0;
    assert!(empty.is(200).text().contains("This server has no workspace yet"));
    for accept in ["*/*", "application/json", ""] {
        let answer = exchange(&world.router, None, "GET /", &[("accept", accept)], vec![]).await.0.is(404);
        let message = answer.message();
        assert!(message.starts_with("Route GET:/ not found") && message.contains("/api/v2"), "{message}");
    }
}

async fn no_answer_is_sniffed(world: World) {
    let sniffed = |answer: &Answer| answer.headers.get("x-content-type-options").is_none();
    for path in PAGES.iter().chain(&["/health", "/docs", "/openapi.json", "/nowhere", "/api/v2/campaigns"]) {
        for method in ["GET", "PUT"] {
            let answer = exchange(&world.router, None, &format!("{method} {path}"), &[], vec![]).await.0;
            assert!(!sniffed(&answer), "{method} {path}");
        }
    }
    assert!(!sniffed(&world.get("owner", "/api/v2/campaigns").await.is(200)));
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let refused = world.send("owner's session", "POST /api/v2/campaigns", &foreign, vec![]).await;
    assert!(refused.status == 403 && !sniffed(&refused), "{}", refused.text());
}

const SHOW: &str = "POST /api/v2/invitations/show";

async fn invite(world: &World, who: &str, email: &str, role: &str) -> (String, String) {
    let body = json!({ "email": email, "role": role });
    let invited = world.call(who, "POST /api/v2/workspace-members", body).await.is(200).json();
    let link = invited["invitation_url"].as_str().unwrap();
    (invited["id"].as_str().unwrap().to_owned(), link.split_once('#').unwrap().1.to_owned())
}

async fn show(world: &World, token: &str) -> Answer {
    world.call("", SHOW, json!({ "token": token })).await
}

async fn an_invitation_names_inviter_workspace_and_role(world: World) {
    let (_, token) = invite(&world, "admin", "jo@acme.example", "sdr").await;
    let shown = show(&world, &token).await.is(200).json();
    let expires = world.app.now().plus(7 * 24 * 60 * 60 * 1000);
    let expected = json!({
        "workspace_name": "home", "brand_name": null, "brand_color": null, "inviter": "admin Test",
        "role": "sdr", "email": "jo@acme.example", "expires_at": expires,
    });
    assert_eq!(shown, expected);
    // A workspace key has no person's name.
    let (_, token) = invite(&world, "robot", "al@acme.example", "view").await;
    assert_eq!(show(&world, &token).await.is(200).json()["inviter"], "An administrator");
    // The page does not tell whether the address already has a user.
    let (_, token) = invite(&world, "stranger", &world.email("sdr").await, "sdr").await;
    let known = show(&world, &token).await.is(200).json();
    assert_eq!(known.as_object().unwrap().len(), shown.as_object().unwrap().len(), "{known}");
    assert_eq!(known["workspace_name"], "away", "and of the workspace that invites, nothing of another");
}

async fn only_open_invitations_are_shown(world: World) {
    let never = show(&world, "never").await.is(400).face();
    let (id, first) = invite(&world, "admin", "jo@acme.example", "sdr").await;
    let resend = format!("POST /api/v2/workspace-members/{id}/resend");
    world.call("admin", &resend, Value::Null).await.is(200);
    assert_eq!(show(&world, &first).await.face(), never, "replaced");
    let (_, used) = invite(&world, "admin", "al@acme.example", "sdr").await;
    let body = json!({ "token": used, "first_name": "Al", "last_name": "", "password": PASSWORD });
    world.call("", "POST /api/v2/invitations/accept", body).await.is(200);
    assert_eq!(show(&world, &used).await.face(), never, "used");
    let (id, removed) = invite(&world, "admin", "cy@acme.example", "sdr").await;
    world.call("admin", &format!("DELETE /api/v2/workspace-members/{id}"), Value::Null).await.is(200);
    assert_eq!(show(&world, &removed).await.face(), never, "withdrawn");
    let (_, late) = invite(&world, "admin", "late@acme.example", "sdr").await;
    world.wait(7 * 24 * 60 * 60 * 1000);
    assert_eq!(show(&world, &late).await.face(), never, "expired");
    world.call("", SHOW, json!({ "token": "x".repeat(5000) })).await.is(413);
    world.call("", SHOW, json!({})).await.is(400);
    assert!(
        world.log().await.iter().all(|row| row["action"] != "workspace_members:preview"),
        "a look is no change"
    );
}

async fn an_invitation_shows_the_brand(mut world: World) {
    let brand = json!({ "brand_name": "Northwind", "brand_color": "#0b6e4f" });
    world.call("owner", "PATCH /api/v2/workspaces/current/branding", brand).await.is(200);
    let (sub, link) = world.sub_of("owner", "ann").await;
    let (_, token) = invite(&world, "owner", "jo@acme.example", "sdr").await;
    assert_eq!(show(&world, &token).await.is(200).json()["brand_name"], "Northwind");
    let (_, token) = invite(&world, "ann", "jo@acme.example", "sdr").await;
    let shown = show(&world, &token).await.is(200).json();
    assert_eq!(
        (&shown["brand_name"], &shown["workspace_name"]),
        (&json!("Northwind"), &json!("ann")),
        "{sub} {link}"
    );
    assert_eq!(shown["brand_color"], "#0b6e4f");
}

async fn mailed_links_show_their_address(mut world: World) {
    let smtp = world.with_mail().await;
    let who = world.signed_in("sdr").await;
    let show = async |world: &World, token: &str| {
        world.call("", "POST /auth/links/show", json!({ "token": token })).await
    };
    let never = show(&world, "never").await.is(400).face();
    world.call(&who, "POST /api/v2/me/email", json!({ "email": "new@acme.example" })).await.is(200);
    world.work().await;
    let mail = smtp.mails().into_iter().find(|mail| mail.to == ["new@acme.example"]).unwrap();
    let token = mail.link.unwrap().split_once('#').unwrap().1.to_owned();
    let shown = show(&world, &token).await.is(200).json();
    assert_eq!(shown["email"], "new@acme.example");
    assert_eq!(shown["expires_at"], json!(world.app.now().plus(30 * 60 * 1000)));
    world.call("", "POST /auth/email/confirm", json!({ "token": token })).await.is(200);
    assert_eq!(show(&world, &token).await.face(), never, "used");
    world.call(&who, "POST /api/v2/me/email", json!({ "email": "newer@acme.example" })).await.is(200);
    world.work().await;
    let mail = smtp.mails().into_iter().find(|mail| mail.to == ["newer@acme.example"]).unwrap();
    let token = mail.link.unwrap().split_once('#').unwrap().1.to_owned();
    world.wait(30 * 60 * 1000);
    assert_eq!(show(&world, &token).await.face(), never, "expired");
}

async fn a_group_invitation_has_its_link_without_mail(mut world: World) {
    let invite = "POST /api/v2/workspace-group-members";
    let sub = world.workspace_of("ann").await;
    let invited = world.call("owner", invite, json!({ "sub_workspace_id": sub })).await.is(200).json();
    let (id, url) = (invited["id"].as_str().unwrap(), invited["invitation_url"].as_str().unwrap());
    assert_eq!(url, format!("https://gatepost.example/workspace-groups/accept#{id}.{sub}"));
    let read = world.get("owner", &format!("/api/v2/workspace-group-members/{id}")).await.is(200).json();
    assert_eq!(read.get("invitation_url"), None, "only in the answer to the invitation");
    let smtp = world.with_mail().await;
    let other = world.workspace_of("bob").await;
    let invited = world.call("owner", invite, json!({ "sub_workspace_id": other })).await.is(200).json();
    assert_eq!(invited.get("invitation_url"), None, "the letter has it");
    world.work().await;
    let id = invited["id"].as_str().unwrap();
    assert!(smtp.mails()[0].text.contains(&format!("/workspace-groups/accept#{id}.{other}")));
}

/// The operator creates a workspace for a person who has not given a name yet.
async fn first_keys_are_named_after_their_person(world: World) {
    let made = world.call("sdr", "POST /api/v2/workspaces", json!({ "name": "Own" })).await.is(200).json();
    let key = made["api_key"].as_str().unwrap();
    let keys = world.get(key, "/api/v2/api-keys").await.is(200).items();
    assert_eq!(keys[0]["name"], "sdr Test's first key");
    let nameless = db::sql("update users set first_name = '', last_name = ' ' where id = $1");
    world.run(nameless.bind(world.who("sdr").user.unwrap())).await;
    let made = world.call("sdr", "POST /api/v2/workspaces", json!({ "name": "Two" })).await.is(200).json();
    let keys = world.get(made["api_key"].as_str().unwrap(), "/api/v2/api-keys").await.is(200).items();
    assert_eq!(keys[0]["name"], format!("{}'s first key", world.email("sdr").await));
}

/// The actions of the pages, and the calls that they show.
async fn from_the_link_to_an_invited_members_first_call(world: World) {
    let router = bare(&world).await;
    let call = async |key: Option<&str>, line: &str, body: Value| {
        exchange(&router, key, line, &[], body.to_string().into_bytes()).await.0.is(200).json()
    };
    let body = json!({
        "token": "token", "first_name": "Ann", "last_name": "Lee", "email": "ann@acme.example",
        "password": "four words, of no one", "workspace_name": "Acme",
    });
    let owner = call(None, "POST /auth/setup", body).await["api_key"].as_str().unwrap().to_owned();
    assert_eq!(
        call(Some(&owner), "POST /api/v2/access/explain", json!({ "permission": "workspaces:delete" })).await
            ["allowed"],
        true
    );
    let body = json!({ "email": "jo@acme.example", "role": "sdr" });
    let invited = call(Some(&owner), "POST /api/v2/workspace-members", body).await;
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let shown = call(None, SHOW, json!({ "token": token })).await;
    assert_eq!((&shown["inviter"], &shown["workspace_name"]), (&json!("Ann Lee"), &json!("Acme")));
    let body =
        json!({ "token": token, "first_name": "Jo", "last_name": "", "password": "other words, of no one" });
    let joined = call(None, "POST /api/v2/invitations/accept", body).await;
    let member = joined["api_key"].as_str().unwrap();
    let me = exchange(&router, Some(member), "GET /api/v2/me", &[], vec![]).await.0.is(200).json();
    assert_eq!(me["role"], "sdr");
}
