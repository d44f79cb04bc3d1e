//! The pages: what they load, what they show to each visitor, and what they must never show.

use crate::support::people::PASSWORD;
use crate::support::{Answer, World, exchange, on_both};
use gatepost::config::RateLimit;
use gatepost::db;
use gatepost::router::router;
use serde_json::{Value, json};

on_both! {
    pages_load_nothing_and_keep_to_this_server pages_speak_sentences files_are_kept_for_a_year
    the_start_page_leads_to_the_page_that_is_needed the_sign_in_page_does_not_tell_who_has_a_user
    nobody_signs_in_over_plain_http a_server_offers_nobody_to_sign_in_as
    no_answer_is_sniffed an_invitation_names_inviter_workspace_and_role only_open_invitations_are_shown
    an_invitation_shows_the_brand mailed_links_show_their_address a_group_invitation_has_its_link_without_mail
    first_keys_are_named_after_their_person from_the_link_to_an_invited_members_first_call
}

const PAGES: [&str; 8] = [
    "/sign-in",
    "/reset",
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
    router(app)
}

/// A page of every kind: with and without a link, refused and accepted.
async fn all_pages(world: &World) -> Vec<(String, Answer)> {
    let mut found = Vec::new();
    for path in PAGES {
        found.push((path.to_owned(), page(world, path).await));
    }
    let (_, token) = invite(world, "admin", "new@acme.example", "sdr").await;
    let forms = [
        ("/sign-in", "email=no%40body.example&password=wrong"),
        ("/reset", "email=nonsense"),
        ("/links/password", "token=never"),
        ("/links/invitation", &format!("token={token}")),
        ("/links/invitation", &format!("token={token}&_filled=yes&first_name=&last_name=&password=short")),
        ("/links/group/accept", "token=never"),
    ];
    for (path, form) in forms {
        found.push((format!("{path} {form}"), post(&world.router, path, form).await));
    }
    let empty = bare(world).await;
    let accept = [("accept", "text/html")];
    let answer = exchange(&empty, None, "GET /auth/setup", &accept, vec![]).await.0.is(200);
    found.push(("/auth/setup of an empty server".to_owned(), answer));
    found.push(("/links/setup".to_owned(), post(&empty, "/links/setup", "token=token").await.is(200)));
    found
}

async fn post(router: &axum::Router, path: &str, form: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
    exchange(router, None, &format!("POST {path}"), &headers, form.as_bytes().to_vec()).await.0
}

async fn pages_load_nothing_and_keep_to_this_server(world: World) {
    for (path, answer) in all_pages(&world).await {
        let html = answer.text();
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{path}: {html}");
        let policy = header("content-security-policy");
        let strict = [
            "default-src 'none'",
            "script-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ];
        for rule in strict {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert!(header("speculation-rules").ends_with("ahead.json\""), "{path}");
        let kept = if html.contains("data-secret") { "no-store" } else { "private, no-cache" };
        assert!(["no-store", kept].contains(&header("cache-control").as_str()), "{path}: {kept}");
        for loads in
            ["@import", "url(", " style=", "<style", " onclick=", "innerHTML", "<iframe", "<img", "<script>"]
        {
            assert!(!html.contains(loads), "{path} has {loads}");
        }
        for attribute in [" src=\"", " href=\"", " action=\"", " data-passkey=\""] {
            for rest in html.split(attribute).skip(1) {
                assert!(
                    rest.starts_with(['/', '#']) && !rest.starts_with("//"),
                    "{path}: {attribute}{}",
                    &rest[..20]
                );
            }
        }
    }
}

async fn pages_speak_sentences(world: World) {
    for (path, answer) in all_pages(&world).await {
        let html = answer.text();
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
            assert!(!html.contains(wire), "{path} says {wire}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        for form in html.split("<form").skip(1) {
            let tag = form.split_once('>').unwrap().0;
            assert!(tag.contains("method=\"post\" action=\"/"), "{path}: {tag} needs a script");
        }
        if html.contains("type=\"password\"") {
            let address = ["autocomplete=\"username\"", "autocomplete=\"username webauthn\""];
            assert!(
                address.iter().any(|fill| html.contains(fill)),
                "{path}: a password manager needs the address"
            );
        }
    }
    let setup = page(&world, "/auth/setup").await.is(410).text();
    assert!(setup.contains("This server is already set up") && setup.contains("<h1>"), "{setup}");
}

async fn the_start_page_leads_to_the_page_that_is_needed(world: World) {
    let leads = |answer: Answer| answer.is(303).headers["location"].to_str().unwrap().to_owned();
    let start = page(&world, "/").await;
    assert!(start.headers["vary"].to_str().unwrap().contains("accept"));
    assert_eq!(leads(start), "/sign-in");
    let browser = [("accept", "text/html")];
    let signed_in = world.send("sdr's session", "GET /", &browser, vec![]).await;
    assert_eq!(leads(signed_in), format!("/w/{}", world.home));
    let empty = exchange(&bare(&world).await, None, "GET /", &browser, vec![]).await.0;
    assert_eq!(leads(empty), "/auth/setup");
    for accept in ["*/*", "application/json", ""] {
        let answer = exchange(&world.router, None, "GET /", &[("accept", accept)], vec![]).await.0.is(404);
        let message = answer.message();
        assert!(message.starts_with("Route GET:/ not found") && message.contains("/api/v2"), "{message}");
    }
}

/// The page says the same for a wrong password and for an address that nobody has, with the status of the operation.
async fn the_sign_in_page_does_not_tell_who_has_a_user(world: World) {
    let email = world.has_password("sdr").await.replace('@', "%40");
    let known = post(&world.router, "/sign-in", &format!("email={email}&password=wrong")).await.is(401);
    let unknown = post(&world.router, "/sign-in", "email=no%40body.example&password=wrong").await.is(401);
    assert_eq!(known.text().replace(&email.replace("%40", "@"), "no@body.example"), unknown.text());
    let right = format!("email={email}&password=four+words%2C+of+no+one&_next=%2F%2Fevil.example");
    let signed_in = post(&world.router, "/sign-in", &right).await.is(303);
    assert_eq!(signed_in.headers["location"], format!("/w/{}", world.home).as_str());
    let cookies: Vec<_> = signed_in.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    cookies
        .iter()
        .for_each(|cookie| world.secrets.add(cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap()));
    // A post of another site signs nobody in.
    let foreign = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
    exchange(&world.router, None, "POST /sign-in", &foreign, right.into_bytes()).await.0.is(403);
}

async fn nobody_signs_in_over_plain_http(mut world: World) {
    let email = world.has_password("sdr").await.replace('@', "%40");
    world.with(|shared| {
        shared.public_url = "http://gatepost.example".into();
        shared.site = gatepost::auth::Site::of("http://gatepost.example");
    });
    let html = page(&world, "/sign-in").await.is(200).text();
    assert!(html.contains("Nobody can sign in") && html.contains("public-url"), "{html}");
    assert!(!html.contains("type=\"password\"") && !html.contains("autocomplete=\"username"), "{html}");
    post(&world.router, "/sign-in", &format!("email={email}&password=four+words%2C+of+no+one")).await.is(403);
}

/// Only a demo offers its people.
async fn a_server_offers_nobody_to_sign_in_as(world: World) {
    let email = world.has_password("sdr").await.replace('@', "%40");
    assert!(!page(&world, "/sign-in").await.text().contains("/sign-in/demo"));
    post(&world.router, "/sign-in/demo", &format!("person={email}")).await.is(404);
}

async fn files_are_kept_for_a_year(world: World) {
    let html = page(&world, "/sign-in").await.text();
    let files: Vec<_> =
        html.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(files.len() >= 4, "{files:?}");
    let get = async |path: &str, accept: &str| {
        exchange(&world.router, None, &format!("GET {path}"), &[("accept-encoding", accept)], vec![]).await.0
    };
    for file in files {
        let plain = get(&format!("/assets/{file}"), "identity").await.is(200);
        assert_eq!(plain.headers["cache-control"], "public, max-age=31536000, immutable");
        let packed = get(&format!("/assets/{file}"), "gzip").await.is(200);
        assert_eq!(packed.headers["content-encoding"], "gzip");
        let mut unpacked = Vec::new();
        std::io::copy(&mut flate2::read::GzDecoder::new(&packed.bytes[..]), &mut unpacked).unwrap();
        assert!(unpacked == plain.bytes, "{file}");
        let (_, name) = file.split_once('/').unwrap();
        assert_eq!(
            get(&format!("/assets/another/{name}"), "gzip").await.is(200).headers["cache-control"],
            "no-cache"
        );
    }
    get("/assets/another/secret.key", "gzip").await.is(404);
    let page =
        exchange(&world.router, None, "GET /reset", &[("accept-encoding", "gzip")], vec![]).await.0.is(200);
    assert_eq!(page.headers["content-encoding"], "gzip");
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
