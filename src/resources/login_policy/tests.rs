//! What a workspace asks of who signs in: kept to, and tried out before.

use crate::support::people::{PASSWORD, cookie};
use crate::support::{World, on_both};
use serde_json::{Value, json};

on_both! { a_policy_is_kept_to a_required_factor_is_enrolled_on_sign_in a_caller_cannot_lock_themselves_out a_dry_run_names_whom
where_passkeys_alone_will_do_a_password_enrols_one }

const POLICY: &str = "PATCH /api/v2/workspaces/current/login-policy";
const AT: &str = "/api/v2/workspaces/current/login-policy";

async fn a_policy_is_kept_to(mut world: World) {
    let email = world.has_password("sdr").await;
    let first = world.get("owner", AT).await.is(200).json();
    assert_eq!(first["methods"], json!(["password", "passkey"]));
    world.get("editor", AT).await.is(403);
    world.call("robot", POLICY, json!({ "idle_minutes": 600 })).await.is(200);
    let new = json!({ "name": "narrow", "scopes": ["workspaces:all"] });
    let narrow = world.call("owner", "POST /api/v2/api-keys", new).await.is(200).json()["key"].clone();
    world.call(narrow.as_str().unwrap(), POLICY, json!({ "idle_minutes": 10 })).await.is(403);
    for (wrong, field) in [
        (json!({ "idle_minutes": 1 }), "body/idle_minutes"),
        (json!({ "methods": [] }), "body/methods"),
        (json!({ "methods": ["letter"] }), "body/methods/0"),
        (json!({ "allowed_ips": ["inside"] }), "body/allowed_ips must be addresses or networks"),
        (json!({ "nothing": 1 }), "body"),
        (json!({}), "body"),
    ] {
        let message = world.call("owner", POLICY, wrong.clone()).await.is(400).message();
        assert!(message.starts_with(field), "{wrong}: {message}");
    }
    world.with(|shared| shared.trusted_proxies = ["0.0.0.0/0".parse().unwrap()].into());
    let inside = [("x-forwarded-for", "203.0.113.7")];
    let body = json!({ "allowed_ips": ["203.0.113.0/24", "2001:db8::1"] }).to_string().into_bytes();
    let set = world.send("owner", POLICY, &inside, body).await.is(200).json();
    assert_eq!(set["allowed_ips"], json!(["203.0.113.0/24", "2001:db8::1/128"]));
    // From outside, people and keys are refused. Sign-in gives the reason only to a caller who has the password.
    assert!(world.signs_in(&email, PASSWORD).await.is(403).message().contains("does not allow this address"));
    world.signs_in(&email, "wrong").await.is(401);
    world.get("owner", "/api/v2/me").await.is(403);
    world.get("owner's session", "/api/v2/me").await.is(403);
    let body = json!({ "email": email, "password": PASSWORD }).to_string().into_bytes();
    let done = world.send("", "POST /auth/sign-in", &inside, body).await.is(200);
    let who = format!("cookie:{}", cookie(&done).unwrap());
    world.send(&who, "GET /api/v2/me", &inside, vec![]).await.is(200);
    world.get(&who, "/api/v2/me").await.is(403);
    let body = json!({ "allowed_ips": null, "methods": ["passkey"] }).to_string().into_bytes();
    world.send("owner", POLICY, &inside, body).await.is(200);
    assert_eq!(world.signs_in(&email, PASSWORD).await.is(200).json()["next"], "enrol_second_factor");
    let rows = world.log().await;
    let updates = rows.iter().filter(|row| row["action"] == "login_policy:update");
    let methods: Vec<_> = updates.map(|row| &row["audit_metadata"]["changes"]["methods"][1]).collect();
    assert!(methods.contains(&&json!(["passkey"])), "{methods:?}");
}

async fn a_required_factor_is_enrolled_on_sign_in(world: World) {
    let before = world.signed_in("sdr").await;
    let soon = gatepost::time::Time(world.app.now().0 + 60_000);
    let policy = json!({ "second_factor_required_from": soon });
    world.call("owner", POLICY, policy).await.is(200);
    world.get(&before, "/api/v2/campaigns").await.is(200);
    world.wait(60_000);
    let message = world.get(&before, "/api/v2/campaigns").await.is(401).message();
    assert!(message.contains("enrol one by POST /api/v2/me/factors/totp"), "{message}");
    world.get("sdr", "/api/v2/campaigns").await.is(200); // keys go on working
    let email = world.email("sdr").await;
    let begun = world.signs_in(&email, PASSWORD).await.is(200);
    assert_eq!(begun.json()["next"], "enrol_second_factor");
    let who = format!("cookie:{}", cookie(&begun).unwrap());
    world.get(&who, "/api/v2/campaigns").await.is(401);
    world.get(&who, "/api/v2/me/factors").await.is(200);
    world.enrols_app(&who).await;
    world.get(&who, "/api/v2/campaigns").await.is(200);
    // A person who was signed in before can enrol in their session, after re-authentication.
    let other = "editor's session";
    world.wait(10 * 60_000);
    let message = world.call(other, "POST /api/v2/me/factors/totp", Value::Null).await.is(401).message();
    assert!(message.contains("POST /auth/reauthenticate"), "{message}");
    world.call(other, "POST /auth/reauthenticate", json!({ "password": "wrong" })).await.is(403); // allowed
    world.refresh_sessions().await;
    world.enrols_app(other).await;
    world.get(other, "/api/v2/campaigns").await.is(200);
}

async fn a_caller_cannot_lock_themselves_out(world: World) {
    let message =
        world.call("owner", POLICY, json!({ "allowed_ips": ["203.0.113.0/24"] })).await.is(400).message();
    assert_eq!(message, "body/allowed_ips must contain your own address, 0.0.0.0");
    let who = "admin's session";
    let message = world.call(who, POLICY, json!({ "methods": ["passkey"] })).await.is(400).message();
    assert!(message.starts_with("body/methods must contain the way you have signed in"), "{message}");
    let now = json!({ "second_factor_required_from": world.app.now() });
    let message = world.call(who, POLICY, now).await.is(400).message();
    assert!(message.starts_with("body/second_factor_required_from must be later"), "{message}");
    world.call(who, POLICY, json!({ "idle_minutes": 60 })).await.is(200);
}

async fn a_dry_run_names_whom(world: World) {
    world.has_password("sdr").await;
    let who = world.signed_in("editor").await;
    world.enrols_passkey(&who).await;
    let line = format!("POST {AT}/dry-run");
    let run = async |policy: Value| {
        let items = world.call("owner", &line, policy).await.is(200).items();
        let named = |item: Value| {
            let name = item["email"].as_str().unwrap().split('.').next().unwrap().to_owned();
            (name, (item["locked_out"].as_bool().unwrap(), item["reasons"].to_string()))
        };
        items.into_iter().map(named).collect::<std::collections::BTreeMap<_, _>>()
    };
    let by_passkey = run(json!({ "methods": ["passkey"] })).await;
    assert!(!by_passkey.contains_key("editor"), "{by_passkey:?}");
    assert!(!by_passkey["sdr"].0 && by_passkey["sdr"].1.contains("has to enrol one"), "{by_passkey:?}");
    assert!(by_passkey["view"].1.contains("never set a password"), "{by_passkey:?}");
    let elsewhere = run(json!({ "allowed_ips": ["203.0.113.0/24"] })).await;
    assert!(
        elsewhere["sdr"].0 && elsewhere["sdr"].1.contains("0.0.0.0, which is not allowed"),
        "{elsewhere:?}"
    );
    let factor = run(json!({ "second_factor_required_from": "2030-05-01T00:00:00.000Z" })).await;
    assert!(!factor["sdr"].0 && factor["sdr"].1.contains("enrol one from 2030-05-01"), "{factor:?}");
    assert!(!factor.contains_key("editor"));
    assert_eq!(
        world.get("owner", AT).await.json()["second_factor_required_from"],
        Value::Null,
        "nothing is changed"
    );
    world.call("editor", &line, json!({ "idle_minutes": 60 })).await.is(403);
}

async fn where_passkeys_alone_will_do_a_password_enrols_one(world: World) {
    let email = world.has_password("sdr").await;
    world.call("owner", POLICY, json!({ "methods": ["passkey"] })).await.is(200);
    let begun = world.signs_in(&email, PASSWORD).await.is(200);
    assert_eq!(begun.json()["next"], "enrol_second_factor");
    let who = format!("cookie:{}", cookie(&begun).unwrap());
    let mut key = world.enrols_passkey(&who).await;
    assert!(world.get(&who, "/api/v2/campaigns").await.is(401).message().contains("sign in with it"));
    // Now it is the passkey or nothing.
    world.signs_in(&email, PASSWORD).await.is(403);
    let answer = world.answered(&mut key).await;
    let done = world.call("", "POST /auth/passkey", answer).await.is(200);
    let who = format!("cookie:{}", cookie(&done).unwrap());
    world.get(&who, "/api/v2/campaigns").await.is(200);
    let held = world.get(&who, "/api/v2/me/factors").await.is(200).json();
    let line = format!("DELETE /api/v2/me/factors/passkeys/{}", held["passkeys"][0]["id"].as_str().unwrap());
    assert!(world.call(&who, &line, Value::Null).await.is(409).message().contains("accepts only passkeys"));
    let again = world.call(&who, "POST /auth/reauthenticate", json!({ "password": PASSWORD })).await;
    again.is(403);
}
