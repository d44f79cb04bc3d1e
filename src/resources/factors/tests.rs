//! Enrolling second factors and giving them up: when, by whom, and what comes with it.

use crate::support::authenticator::Authenticator;
use crate::support::people::{PASSWORD, SITE, cookie};
use crate::support::{World, on_both, scene};
use futures::future::join_all;
use gatepost::db::sql;
use serde_json::{Value, json};

on_both! {
    an_app_is_enrolled_and_replaced an_app_is_confirmed_once_of_a_hundred a_stolen_password_enrols_nothing
    the_last_factor_may_have_to_stay a_factor_is_not_given_up_next_door passkeys_are_named_and_counted
}

const TOTP: &str = "POST /api/v2/me/factors/totp";
const CONFIRM: &str = "POST /api/v2/me/factors/totp/confirm";

async fn an_app_is_enrolled_and_replaced(world: World) {
    let who = world.signed_in("sdr").await;
    let none = world.get(&who, "/api/v2/me/factors").await.is(200).json();
    assert_eq!(none, json!({ "totp": null, "passkeys": [], "recovery_codes_left": 0 }));
    world.call(&who, CONFIRM, json!({ "code": "123456" })).await.is(400);
    let begun = world.call(&who, TOTP, Value::Null).await.is(200).json();
    let url = begun["otpauth_url"].as_str().unwrap();
    assert!(
        url.starts_with("otpauth://totp/Gatepost%20%28gatepost%2Eexample%29:sdr") && url.contains("&issuer="),
        "{url}"
    );
    let seed = begun["secret"].as_str().unwrap();
    world.call(&who, CONFIRM, json!({ "code": world.code(seed, 5) })).await.is(400);
    let member = world.who("sdr").member.unwrap();
    let shown = async || {
        world.get("admin", &format!("/api/v2/workspace-members/{member}")).await.json()["second_factor"]
            .clone()
    };
    assert_eq!(shown().await, false);
    let done = world.call(&who, CONFIRM, json!({ "code": world.code(seed, 0) })).await.is(200).json();
    assert_eq!(done["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(shown().await, true);
    // Another phone: the old app goes on until the new one is confirmed, and then no more.
    let next = world.call(&who, TOTP, Value::Null).await.is(200).json();
    let next = next["secret"].as_str().unwrap();
    let email = world.email("sdr").await;
    let try_code = async |seed: &str, steps| {
        let waiting = format!("cookie:{}", cookie(&world.signs_in(&email, PASSWORD).await.is(200)).unwrap());
        let body = json!({ "code": world.code(seed, steps) });
        world.call(&waiting, "POST /auth/second-factor", body).await.status.as_u16()
    };
    assert_eq!((try_code(next, 0).await, try_code(seed, 1).await), (401, 200));
    let replaced = world.call(&who, CONFIRM, json!({ "code": world.code(next, 0) })).await.is(200).json();
    assert!(replaced.get("recovery_codes").is_none(), "those that were handed out stay");
    world.wait(60_000);
    assert_eq!((try_code(seed, 0).await, try_code(next, 0).await), (401, 200));
    let types: Vec<_> = world.log().await.iter().map(|row| row["activity_type"].as_i64().unwrap()).collect();
    for expected in [22, 23, 24, 25] {
        assert!(types.contains(&expected), "{expected} of {types:?}");
    }
    let gone = world.call(&who, "DELETE /api/v2/me/factors/totp", Value::Null).await.is(200).json();
    assert_eq!(gone["name"], "authenticator app");
    assert_eq!(world.signs_in(&email, PASSWORD).await.is(200).json()["next"], "done");
    assert_eq!(world.get(&who, "/api/v2/me/factors").await.json()["recovery_codes_left"], 0);
}

async fn an_app_is_confirmed_once_of_a_hundred(world: World) {
    let who = world.signed_in("sdr").await;
    let begun = world.call(&who, TOTP, Value::Null).await.is(200).json();
    let code = json!({ "code": world.code(begun["secret"].as_str().unwrap(), 0) });
    let answers = join_all((0..100).map(|_| world.call(&who, CONFIRM, code.clone()))).await;
    let right = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(right, 1, "{answers:?}");
}

/// A session that was begun without the second factor does not enrol one beside it.
async fn a_stolen_password_enrols_nothing(world: World) {
    let thief = world.signed_in("sdr").await;
    let who = world.signed_in("sdr").await;
    world.enrols_app(&who).await;
    world.call(&thief, TOTP, Value::Null).await.is(401);
    // Even if it were still there.
    let revive = sql("update sessions set second_factor = false where user_id = $1");
    world.run(revive.bind(world.who("sdr").user.unwrap())).await;
    for line in [TOTP, "POST /api/v2/me/factors/passkeys/challenge"] {
        let message = world.call(&who, line, Value::Null).await.is(401).message();
        assert!(message.contains("sign in again with your second factor"), "{message}");
    }
    // Keys are nobody who could enrol anything.
    world.call("sdr", TOTP, Value::Null).await.is(403);
}

async fn the_last_factor_may_have_to_stay(world: World) {
    let who = world.signed_in("sdr").await;
    world.enrols_app(&who).await;
    let user = world.who("sdr").user.unwrap();
    world.run(sql("update users set password_is_long = false where id = $1").bind(user)).await;
    let drop_it = async || world.call(&who, "DELETE /api/v2/me/factors/totp", Value::Null).await;
    assert!(drop_it().await.is(409).message().contains("without a second factor you need"));
    world.run(sql("update users set password_is_long = true where id = $1").bind(user)).await;
    let policy = json!({ "second_factor_required_from": "2023-01-01T00:00:00.000Z" });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", policy).await.is(200);
    assert!(drop_it().await.is(409).message().contains("a workspace of yours requires a second factor"));
    world.enrols_passkey(&who).await;
    drop_it().await.is(200);
}

async fn passkeys_are_named_and_counted(world: World) {
    let who = world.signed_in("sdr").await;
    let ask = "POST /api/v2/me/factors/passkeys/challenge";
    let add = "POST /api/v2/me/factors/passkeys";
    let asked = world.call(&who, ask, Value::Null).await.is(200).json();
    let options = &asked["publicKey"];
    assert_eq!(options["rp"]["id"], "gatepost.example");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    let mut key = Authenticator::new(SITE);
    let body = json!({ "name": "phone", "challenge": asked["challenge"], "credential": key.create(options) });
    let first = world.call(&who, add, body.clone()).await.is(200).json();
    assert_eq!((&first["name"], first["recovery_codes"].as_array().unwrap().len()), (&json!("phone"), 10));
    world.call(&who, add, body.clone()).await.is(400); // a challenge counts once
    let asked = world.call(&who, ask, Value::Null).await.is(200).json();
    assert_eq!(asked["publicKey"]["excludeCredentials"].as_array().unwrap().len(), 1);
    let of_another =
        json!({ "name": "x", "challenge": asked["challenge"], "credential": body["credential"] });
    world.call(&who, add, of_another).await.is(400);
    let theirs = world.call("admin's session", ask, Value::Null).await.is(200).json();
    let swapped = json!({
        "name": "x", "challenge": theirs["challenge"], "credential": Authenticator::new(SITE).create(&theirs["publicKey"]),
    });
    world.call(&who, add, swapped).await.is(400);
    let mut evil = Authenticator::new("https://evil.example");
    let body = json!({ "name": "x", "challenge": asked["challenge"], "credential": evil.create(&asked["publicKey"]) });
    world.call(&who, add, body).await.is(400);
    world.enrols_passkey(&who).await;
    let held = world.get(&who, "/api/v2/me/factors").await.is(200).json();
    let names: Vec<_> =
        held["passkeys"].as_array().unwrap().iter().map(|held| held["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["phone", "laptop"]);
    for held in held["passkeys"].as_array().unwrap() {
        let line = format!("DELETE /api/v2/me/factors/passkeys/{}", held["id"].as_str().unwrap());
        world.call(&who, &line, Value::Null).await.is(200);
        world.call(&who, &line, Value::Null).await.is(404);
    }
    assert_eq!(world.get(&who, "/api/v2/me/factors").await.json()["recovery_codes_left"], 0);
}

/// What one workspace requires is not got rid of in another.
async fn a_factor_is_not_given_up_next_door(world: World) {
    let third = scene::another_of(&world, "sdr").await;
    let who = world.signed_in("sdr").await;
    world.enrols_app(&who).await;
    let policy = json!({ "second_factor_required_from": "2023-01-01T00:00:00.000Z" });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", policy).await.is(200);
    world.call(&who, "POST /auth/switch", json!({ "workspace_id": third })).await.is(200);
    world.call(&who, "DELETE /api/v2/me/factors/totp", Value::Null).await.is(409);
    let free = json!({ "second_factor_required_from": null });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", free).await.is(200);
    world.call(&who, "DELETE /api/v2/me/factors/totp", Value::Null).await.is(200);
    let policy = json!({ "second_factor_required_from": "2023-01-01T00:00:00.000Z" });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", policy).await.is(200);
    // The factor that this session used is gone, so the session no longer counts as verified.
    world.call(&who, "POST /auth/switch", json!({ "workspace_id": world.home })).await.is(403);
}
