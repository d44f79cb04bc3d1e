//! Signing in: which attempts succeed, what they cost, and that nothing counts twice.

use crate::support::authenticator::Authenticator;
use crate::support::people::{PASSWORD, SITE, cookie};
use crate::support::{Answer, COOKIE, World, on_both};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both! {
    a_password_opens_a_session every_refusal_costs_the_same tries_end_without_locking_out
    a_second_factor_is_asked_for a_code_counts_once_of_a_hundred a_recovery_code_counts_once_of_a_hundred
    a_passkey_alone_signs_in a_passkey_is_checked_in_every_part what_is_pending_opens_nothing
    a_page_of_another_site_changes_nothing what_is_used_or_late_stays_so_when_the_clock_goes_back
}

const SIGN_IN: &str = "POST /auth/sign-in";
const SECOND: &str = "POST /auth/second-factor";

async fn a_password_opens_a_session(world: World) {
    let email = world.has_password("sdr").await;
    let answer = world.signs_in(&email.to_uppercase(), PASSWORD).await.is(200);
    let body = answer.json();
    assert_eq!((&body["next"], &body["workspace_name"]), (&json!("done"), &json!("home")), "{body}");
    let set: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let session = set.iter().find(|line| line.starts_with(&format!("{COOKIE}="))).unwrap();
    assert!(session.ends_with("; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure"), "{session}");
    let token = cookie(&answer).unwrap();
    assert!(token.len() == 30 && answer.headers["cache-control"] == "no-store");
    let who = format!("cookie:{token}");
    let me = world.get(&who, "/api/v2/me").await.is(200).json();
    assert_eq!((&me["kind"], &me["role"], &me["email"]), (&json!("session"), &json!("sdr"), &json!(email)));
    // The session has exactly the rights of the member.
    world.get(&who, "/api/v2/campaigns").await.is(200);
    world.get(&who, "/api/v2/audit-logs").await.is(403);
    // A key goes before a cookie; two cookies of the name are none.
    let both = [("cookie", &*format!("{COOKIE}={token}"))];
    let answer = world.send("owner", "GET /api/v2/me", &both, vec![]).await.is(200);
    assert_eq!(answer.json()["kind"], "personal_key");
    let twice = [("cookie", &*format!("{COOKIE}={token}; {COOKIE}={token}"))];
    world.send("", "GET /api/v2/me", &twice, vec![]).await.is(401);
    let log = world.log().await;
    let row = log.iter().find(|row| row["activity_type"] == 1).unwrap();
    assert_eq!((&row["action"], &row["user"]), (&json!("sessions:sign_in"), &json!(email)));
}

/// Every refusal has the same answer, and costs exactly one Argon2.
async fn every_refusal_costs_the_same(world: World) {
    let email = world.has_password("sdr").await;
    let nobody = world.email("view").await; // has no password
    world
        .run(
            gatepost::db::sql("delete from members where email = $1")
                .bind(world.has_password("member").await),
        )
        .await;
    let mut faces = BTreeSet::new();
    let mut tried = 0;
    let mut refused = async |address: &str, password: &str| {
        let before = world.app.passwords.runs();
        let answer = world.signs_in(address, password).await.is(401);
        assert_eq!(world.app.passwords.runs() - before, 1, "{address}");
        assert!(cookie(&answer).is_none());
        faces.insert(answer.face());
        tried += 1;
    };
    refused(&email, "wrong").await;
    refused("nobody@nowhere.example", "wrong").await;
    refused(&nobody, "anything").await;
    refused("pending@acme.example", "anything").await;
    for _ in 0..12 {
        refused(&email, "wrong again").await;
        refused("nobody@nowhere.example", "wrong again").await;
    }
    // Too many tries: the right one is refused alike.
    refused(&email, PASSWORD).await;
    assert_eq!((faces.len(), tried), (1, 29), "{faces:?}");
    let counted = |log: &[Value]| -> i64 {
        let failed = |row: &&Value| row["action"] == "sessions:sign_in" && row["activity_type"] == 1015;
        log.iter().filter(failed).map(|row| row["affected_count"].as_i64().unwrap()).sum()
    };
    let log = world.log_once(|log| counted(log) >= 14).await;
    assert!(counted(&log) >= 14, "those of known people are recorded: {log:?}");
    assert!(!format!("{log:?}").contains("nowhere.example"));
}

async fn tries_end_without_locking_out(mut world: World) {
    let email = world.has_password("sdr").await;
    let first = world.signs_in(&email, PASSWORD).await.is(200);
    let device = first.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned());
    let device = device.into_iter().find(|line| line.contains("-device=")).unwrap();
    let device = device.split(';').next().unwrap().to_owned();
    world.with(|shared| shared.trusted_proxies = ["0.0.0.0/0".parse().unwrap()].into());
    let from = async |address: &str, device: Option<&str>, password: &str| {
        let body = json!({ "email": email, "password": password }).to_string().into_bytes();
        let mut headers = vec![("x-forwarded-for", address)];
        headers.extend(device.map(|device| ("cookie", device)));
        world.send("", SIGN_IN, &headers, body).await.status.as_u16()
    };
    for _ in 0..10 {
        assert_eq!(from("203.0.113.1", None, "wrong").await, 401);
    }
    assert_eq!(from("203.0.113.1", None, PASSWORD).await, 401, "this address has tried too often");
    assert_eq!(from("203.0.113.2", None, PASSWORD).await, 200, "another has not");
    for n in 0..110 {
        assert_eq!(from(&format!("198.51.100.{}", n % 20), None, "wrong").await, 401);
    }
    assert_eq!(from("203.0.113.9", None, PASSWORD).await, 401, "a crowd has");
    assert_eq!(
        from("203.0.113.9", Some(&device), PASSWORD).await,
        200,
        "a device that is known has its own tries"
    );
    let bent = format!("{device}x");
    assert_eq!(from("203.0.113.9", Some(&bent), PASSWORD).await, 401);
    world.wait(60 * 60 * 1000);
    assert_eq!(from("203.0.113.1", None, PASSWORD).await, 200, "in an hour all is forgotten");
}

async fn a_second_factor_is_asked_for(world: World) {
    let who = world.signed_in("sdr").await;
    let (seed, _) = world.enrols_app(&who).await;
    let email = world.email("sdr").await;
    world.get(&who, "/api/v2/campaigns").await.is(200);
    world.get("sdr's session", "/api/v2/me").await.is(401); // had shown no factor
    let begun = world.signs_in(&email, PASSWORD).await.is(200);
    assert_eq!(begun.json()["next"], "second_factor");
    assert_eq!(begun.json()["second_factors"], json!(["totp", "recovery_code"]));
    let pending = format!("cookie:{}", cookie(&begun).unwrap());
    let show = async |code: Value| world.call(&pending, SECOND, code).await;
    // The code with which it was enrolled is used.
    show(json!({ "code": world.code(&seed, 0) })).await.is(401);
    show(json!({ "code": "000000" })).await.is(401);
    show(json!({})).await.is(400);
    show(json!({ "code": "1", "recovery_code": "2" })).await.is(400);
    show(json!({ "recovery_code": "abcd-efgh-jkmn-pqrs" })).await.is(401);
    let done = show(json!({ "code": world.code(&seed, 1) })).await.is(200);
    let whole = cookie(&done).unwrap();
    assert_ne!(format!("cookie:{whole}"), pending, "a new session");
    world.get(&format!("cookie:{whole}"), "/api/v2/me").await.is(200);
    show(json!({ "code": world.code(&seed, 1) })).await.is(401);
    world.call("", SECOND, json!({ "code": "123456" })).await.is(401);
    let log = world.log_once(|log| log.iter().any(|row| row["activity_type"] == 29)).await;
    let types: Vec<_> = log.iter().map(|row| row["activity_type"].as_i64().unwrap()).collect();
    for expected in [22, 23, 31, 29, 1034] {
        assert!(types.contains(&expected), "{expected} of {types:?}");
    }
}

/// As many sign-ins wait as there are tries, and each tries at the same moment.
async fn pending(world: &World, email: &str, many: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..many {
        all.push(format!("cookie:{}", cookie(&world.signs_in(email, PASSWORD).await.is(200)).unwrap()));
    }
    all
}

async fn at_once(world: &World, whose: &[String], line: &str, body: &Value) -> usize {
    let tries = (0..100).map(|n| world.call(&whose[n % whose.len()], line, body.clone()));
    let answers: Vec<Answer> = join_all(tries).await;
    assert!(answers.iter().all(|answer| [200, 401].contains(&answer.status.as_u16())), "{answers:?}");
    answers.iter().filter(|answer| answer.status == 200).count()
}

async fn a_code_counts_once_of_a_hundred(world: World) {
    let who = world.signed_in("sdr").await;
    let (seed, _) = world.enrols_app(&who).await;
    let waiting = pending(&world, &world.email("sdr").await, 10).await;
    let code = json!({ "code": world.code(&seed, 1) });
    assert_eq!(at_once(&world, &waiting, SECOND, &code).await, 1);
    world.wait(60 * 60 * 1000);
    assert_eq!(at_once(&world, &pending(&world, &world.email("sdr").await, 5).await, SECOND, &code).await, 0);
}

async fn a_recovery_code_counts_once_of_a_hundred(world: World) {
    let who = world.signed_in("sdr").await;
    let (_, codes) = world.enrols_app(&who).await;
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
    let waiting = pending(&world, &world.email("sdr").await, 10).await;
    let code = json!({ "recovery_code": codes[3].to_uppercase().replace('-', " ") });
    assert_eq!(at_once(&world, &waiting, SECOND, &code).await, 1);
    let left = world.get(&who, "/api/v2/me/factors").await.is(200).json();
    assert_eq!(left["recovery_codes_left"], 9);
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 28).unwrap();
    assert_eq!(row["audit_metadata"]["changes"]["second_factor"], json!([null, "recovery_code"]));
    let new = world.call(&who, "POST /api/v2/me/factors/recovery-codes", Value::Null).await.is(200).json();
    assert_eq!(new["recovery_codes"].as_array().unwrap().len(), 10);
    world.wait(60 * 60 * 1000);
    let waiting = pending(&world, &world.email("sdr").await, 1).await;
    world.call(&waiting[0], SECOND, json!({ "recovery_code": codes[4] })).await.is(401);
}

async fn a_passkey_alone_signs_in(world: World) {
    let who = world.signed_in("sdr").await;
    let mut key = world.enrols_passkey(&who).await;
    let answer = world.answered(&mut key).await;
    let done = world.call("", "POST /auth/passkey", answer.clone()).await.is(200);
    assert_eq!(done.json()["next"], "done");
    let who = format!("cookie:{}", cookie(&done).unwrap());
    let sessions = world.get(&who, "/api/v2/me/sessions").await.is(200).json();
    let own =
        sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
    assert_eq!((&own["method"], &own["second_factor"]), (&json!("passkey"), &json!(true)));
    world.call("", "POST /auth/passkey", answer).await.is(401); // each answer counts once
    // As the second factor.
    let waiting = pending(&world, &world.email("sdr").await, 1).await;
    let answer = world.answered(&mut key).await;
    world.call(&waiting[0], SECOND, answer).await.is(200);
    // Of a hundred with one answer, one.
    let answer = world.answered(&mut key).await;
    assert_eq!(at_once(&world, &[String::new()], "POST /auth/passkey", &answer).await, 1);
    // As proof of who is there.
    let answer = world.answered(&mut key).await;
    world.call(&who, "POST /auth/reauthenticate", answer).await.is(200);
}

async fn a_passkey_is_checked_in_every_part(world: World) {
    let who = world.signed_in("sdr").await;
    let mut key = world.enrols_passkey(&who).await;
    let line = "POST /auth/passkey";
    let mut other = Authenticator::new(SITE);
    other.create(&json!({ "rp": { "id": "gatepost.example" }, "user": { "id": "AAAA" }, "challenge": "x" }));
    let stranger = world.answered(&mut other).await;
    world.call("", line, stranger).await.is(400);
    let mut bent = world.answered(&mut key).await;
    bent["credential"]["response"]["signature"] = json!("AAAA");
    world.call("", line, bent).await.is(401);
    let (one, two) = (world.answered(&mut key).await, world.answered(&mut key).await);
    let swapped = json!({ "challenge": one["challenge"], "credential": two["credential"] });
    world.call("", line, swapped).await.is(401);
    key.origin = "https://gatepost.example.evil.example".to_owned();
    world.call("", line, world.answered(&mut key).await).await.is(401);
    key.origin = SITE.to_owned();
    key.verifies = false;
    world.call("", line, world.answered(&mut key).await).await.is(401);
    key.verifies = true;
    let late = world.answered(&mut key).await;
    world.wait(5 * 60 * 1000);
    world.call("", line, late).await.is(400);
    for garbage in [json!({}), json!("x"), json!({ "id": "x" }), Value::Null] {
        let body = json!({ "challenge": one["challenge"], "credential": garbage });
        world.call("", line, body).await.is(400);
    }
    let body = json!({ "challenge": "x", "credential": one["credential"] });
    world.call("", line, body).await.is(400);
    world.call("", line, world.answered(&mut key).await).await.is(200);
    // A passkey that is given up opens nothing.
    let held = world.get(&who, "/api/v2/me/factors").await.is(200).json();
    let last = world.answered(&mut key).await;
    world.call(&who, "POST /auth/reauthenticate", json!({ "password": PASSWORD })).await.is(403); // half of it
    let line_of =
        format!("DELETE /api/v2/me/factors/passkeys/{}", held["passkeys"][0]["id"].as_str().unwrap());
    let who = world.signs_in(&world.email("sdr").await, PASSWORD).await.is(200);
    let second = world.answered(&mut key).await;
    let who = world.call(&format!("cookie:{}", cookie(&who).unwrap()), SECOND, second).await.is(200);
    world.call(&format!("cookie:{}", cookie(&who).unwrap()), &line_of, Value::Null).await.is(200);
    world.call("", line, last).await.is(401);
}

async fn what_is_pending_opens_nothing(world: World) {
    let who = world.signed_in("sdr").await;
    let (seed, _) = world.enrols_app(&who).await;
    let waiting = pending(&world, &world.email("sdr").await, 1).await;
    for line in
        ["GET /api/v2/me", "GET /api/v2/campaigns", "GET /api/v2/me/factors", "POST /api/v2/me/factors/totp"]
    {
        let message = world.call(&waiting[0], line, Value::Null).await.is(401).message();
        assert!(message.contains("waiting for a second factor"), "{line}: {message}");
    }
    world.wait(10 * 60 * 1000);
    world.call(&waiting[0], SECOND, json!({ "code": world.code(&seed, 0) })).await.is(401);
}

async fn a_page_of_another_site_changes_nothing(world: World) {
    let who = world.signed_in("owner").await;
    let send = async |headers: &[(&str, &str)]| {
        let body = json!({ "label": world.app.new_id() }).to_string().into_bytes();
        world.send(&who, "POST /api/v2/custom-tags", headers, body).await
    };
    for foreign in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let refused = send(&[foreign]).await.is(403);
        assert!(refused.message().starts_with("network: a page of another site"), "{}", refused.text());
    }
    let body = json!({ "email": "x@acme.example", "password": "x" }).to_string().into_bytes();
    world.send("", SIGN_IN, &[("origin", "https://evil.example")], body).await.is(403);
    send(&[("origin", SITE)]).await.is(200);
    send(&[("sec-fetch-site", "same-origin")]).await.is(200);
    send(&[]).await.is(200);
}

async fn what_is_used_or_late_stays_so_when_the_clock_goes_back(world: World) {
    let hour = 60 * 60 * 1000;
    let who = world.signed_in("sdr").await;
    let (seed, _) = world.enrols_app(&who).await;
    let email = world.email("sdr").await;
    let (before, after) = (world.code(&seed, -1), world.code(&seed, 1));
    let late = pending(&world, &email, 1).await;
    world.wait(10 * 60 * 1000);
    let waiting = pending(&world, &email, 1).await;
    world.call(&waiting[0], SECOND, json!({ "code": world.code(&seed, 0) })).await.is(200);
    for back in [0, -hour] {
        world.wait(back);
        for code in [&before, &after] {
            let waiting = pending(&world, &email, 1).await;
            world.call(&waiting[0], SECOND, json!({ "code": code })).await.is(401);
        }
        world.call(&late[0], SECOND, json!({ "code": world.code(&seed, 1) })).await.is(401);
    }
    // A second server, which has not seen how late it was, takes no step again either.
    let twin = world.twin().await;
    let waiting = pending(&world, &email, 1).await;
    let headers = [("cookie", &*format!("{COOKIE}={}", waiting[0].trim_start_matches("cookie:")))];
    let body = json!({ "code": world.code(&seed, 0) }).to_string().into_bytes();
    crate::support::exchange(&twin, None, SECOND, &headers, body).await.0.is(401);
}
