//! Sessions: seen, ended, out of time; what is taken away is gone at the next request.

use crate::support::people::{PASSWORD, cookie};
use crate::support::{MISSING, World, on_both, scene};
use gatepost::access::Role;
use gatepost::db::sql;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

on_both! {
    sessions_are_seen_and_ended everybody_is_signed_out a_session_runs_out_of_time_and_stays_out
    what_matters_asks_again what_is_taken_away_is_gone_at_once a_person_switches_between_workspaces
    a_session_explains_itself nobody_comes_back what_is_made_in_a_session_outlives_it a_second_factor_is_shown_again a_new_password_does_not_count_as_a_second_factor
}

const MINE: &str = "/api/v2/me/sessions";
const AGAIN: &str = "POST /auth/reauthenticate";

async fn another(world: &World, email: &str) -> String {
    format!("cookie:{}", cookie(&world.signs_in(email, PASSWORD).await.is(200)).unwrap())
}

async fn sessions_are_seen_and_ended(world: World) {
    let one = world.signed_in("sdr").await;
    let email = world.email("sdr").await;
    let (two, three) = (another(&world, &email).await, another(&world, &email).await);
    let seen = world.get(&one, MINE).await.is(200).json();
    let seen = seen["items"].as_array().unwrap();
    assert_eq!((seen.len(), seen.iter().filter(|session| session["current"] == true).count()), (4, 1));
    assert_eq!((&seen[0]["workspace_name"], &seen[0]["ip_address"]), (&json!("home"), &json!("0.0.0.0")));
    // Of the one that is shown first, two's sign-in came before three's.
    let newest = seen[0]["id"].as_str().unwrap();
    world.call(&one, &format!("DELETE {MINE}/{newest}"), Value::Null).await.is(200);
    world.get(&three, "/api/v2/me").await.is(401);
    world.get(&two, "/api/v2/me").await.is(200);
    world.call(&one, &format!("DELETE {MINE}/{newest}"), Value::Null).await.is(404);
    world.call(&one, &format!("DELETE {MINE}/{MISSING}"), Value::Null).await.is(404);
    let ended = world.call(&one, &format!("DELETE {MINE}?others=true"), Value::Null).await.is(200).json();
    assert_eq!(ended["ended"], 2);
    world.get(&two, "/api/v2/me").await.is(401);
    world.get(&one, "/api/v2/me").await.is(200);
    let two = another(&world, &email).await;
    let out = world.call(&two, "POST /auth/sign-out", Value::Null).await.is(200);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    world.get(&two, "/api/v2/me").await.is(401);
    let two = another(&world, &email).await;
    world.call(&one, &format!("DELETE {MINE}"), Value::Null).await.is(200);
    for who in [&one, &two] {
        world.get(who, "/api/v2/me").await.is(401);
    }
    world.get("sdr", "/api/v2/me").await.is(200); // keys go on
    world.get("admin's session", "/api/v2/me").await.is(200);
}

async fn everybody_is_signed_out(world: World) {
    let line = "DELETE /api/v2/workspaces/current/sessions";
    world.call("editor's session", line, Value::Null).await.is(403);
    world.call("reader", line, Value::Null).await.is(403);
    let ended = world.call("admin's session", line, Value::Null).await.is(200).json();
    assert_eq!(ended["ended"], 8);
    for name in ["owner", "admin", "sdr", "client"] {
        world.get(&format!("{name}'s session"), "/api/v2/me").await.is(401);
        world.get(name, "/api/v2/me").await.is(200);
    }
    world.get("stranger's session", "/api/v2/me").await.is(200);
    world.refresh_sessions().await;
    world.call("owner", line, Value::Null).await.is(200); // at night, by a script
}

async fn a_session_runs_out_of_time_and_stays_out(world: World) {
    let minute = 60 * 1000;
    let policy = json!({ "idle_minutes": 30, "session_minutes": 120 });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", policy).await.is(200);
    let (used, idle) = (world.signed_in("sdr").await, "editor's session");
    for _ in 0..3 {
        world.wait(29 * minute);
        world.get(&used, "/api/v2/me").await.is(200);
        world.app.behind.flush().await;
    }
    let message = world.get(idle, "/api/v2/me").await.is(401).message();
    assert_eq!(message, "credential: this session is expired; sign in again");
    world.wait(29 * minute);
    world.get(&used, "/api/v2/me").await.is(200);
    world.app.behind.flush().await;
    world.wait(5 * minute);
    world.get(&used, "/api/v2/me").await.is(401); // two hours are over
    // Somebody sets the clock back: nothing revives.
    world.ambient.now.fetch_sub(24 * 60 * minute, Ordering::SeqCst);
    for who in [&*used, idle] {
        world.get(who, "/api/v2/me").await.is(401);
    }
}

async fn what_matters_asks_again(world: World) {
    let who = world.signed_in("owner").await;
    let key = json!({ "name": "k", "scopes": ["all:all"] });
    let campaign = world.create("owner", "c", "team").await;
    let sdr = world.who("sdr").member.unwrap();
    let asks = [
        ("POST /api/v2/api-keys".to_owned(), key),
        (format!("PATCH /api/v2/workspace-members/{sdr}"), json!({ "role": "editor" })),
        (format!("POST /api/v2/campaigns/{campaign}/export"), Value::Null),
        ("POST /api/v2/workspaces/current/change-owner".to_owned(), json!({ "new_owner_id": MISSING })),
        ("PATCH /api/v2/workspaces/current/login-policy".to_owned(), json!({ "idle_minutes": 100 })),
        ("POST /api/v2/me/factors/totp".to_owned(), Value::Null),
        ("DELETE /api/v2/workspaces/current/sessions".to_owned(), Value::Null),
    ];
    world.wait(10 * 60 * 1000);
    for (line, body) in &asks {
        let message = world.call(&who, line, body.clone()).await.is(401).message();
        assert!(message.contains("POST /auth/reauthenticate"), "{line}: {message}");
    }
    world.get(&who, "/api/v2/campaigns").await.is(200);
    let nick = format!("PATCH /api/v2/workspace-members/{sdr}");
    world.call(&who, &nick, json!({ "nickname": "S" })).await.is(200);
    world.call(&who, AGAIN, json!({ "password": "wrong" })).await.is(403);
    world.call(&who, AGAIN, json!({})).await.is(400);
    let again = world.call(&who, AGAIN, json!({ "password": PASSWORD })).await.is(200);
    world.get(&who, "/api/v2/me").await.is(401); // under a new token now
    let who = format!("cookie:{}", cookie(&again).unwrap());
    for (line, body) in asks {
        let status = world.call(&who, &line, body).await.status.as_u16();
        assert!([200, 400].contains(&status), "{line}: {status}");
    }
    // Keys are not asked; many wrong tries are.
    world.refresh_sessions().await;
    world.wait(10 * 60 * 1000);
    world.call("owner", "POST /api/v2/api-keys", json!({ "name": "k", "scopes": ["all:all"] })).await.is(200);
    let who = world.signed_in("view").await;
    for _ in 0..10 {
        world.call(&who, AGAIN, json!({ "password": "wrong" })).await.is(403);
    }
    world.call(&who, AGAIN, json!({ "password": PASSWORD })).await.is(403);
}

async fn what_is_taken_away_is_gone_at_once(world: World) {
    let who = world.signed_in("editor").await;
    let twin = world.twin().await;
    let elsewhere = async |line: &str| {
        let token = who.strip_prefix("cookie:").unwrap();
        let headers = [("cookie", &*format!("{}={token}", crate::support::COOKIE))];
        crate::support::exchange(&twin, None, line, &headers, vec![]).await.0.status.as_u16()
    };
    let campaign = format!("DELETE /api/v2/campaigns/{}", crate::support::MISSING);
    assert_eq!(elsewhere(&campaign).await, 404);
    let member = world.who("editor").member.unwrap();
    let at = format!("/api/v2/workspace-members/{member}");
    world.call("owner", &format!("PATCH {at}"), json!({ "role": "view" })).await.is(200);
    assert_eq!(elsewhere(&campaign).await, 403);
    world.call("owner", &format!("DELETE {at}"), Value::Null).await.is(200);
    assert_eq!(elsewhere("GET /api/v2/campaigns").await, 401);
    // A policy too.
    let who = world.signed_in("sdr").await;
    let policy = json!({ "methods": ["passkey"] });
    world.call("owner", "PATCH /api/v2/workspaces/current/login-policy", policy).await.is(200);
    assert!(
        world.get(&who, "/api/v2/me").await.is(401).message().contains("enrol a passkey, or sign in with it")
    );
}

async fn a_person_switches_between_workspaces(mut world: World) {
    let third = scene::another_of(&world, "sdr").await;
    let who = world.signed_in("sdr").await;
    let mine = world.get(&who, "/api/v2/workspaces").await.is(200).items();
    assert_eq!(mine.len(), 2, "{mine:?}");
    assert_eq!(world.get("sdr", "/api/v2/workspaces").await.is(200).items().len(), 1);
    let to = |id| json!({ "workspace_id": id });
    for other in [world.away.to_string(), MISSING.to_owned()] {
        let refused = world.call(&who, "POST /auth/switch", to(other)).await.is(400);
        assert!(refused.message().starts_with("body/workspace_id must be a workspace of yours"));
    }
    let moved = world.call(&who, "POST /auth/switch", to(third.to_string())).await.is(200).json();
    assert_eq!(moved["workspace_name"], "third");
    let me = world.get(&who, "/api/v2/me").await.is(200).json();
    assert_eq!((&me["role"], &me["workspace_name"]), (&json!(Role::Owner.name()), &json!("third")));
    let rows = world.get(&who, "/api/v2/audit-logs").await.is(200).items();
    assert_eq!(rows[0]["action"], "sessions:switch");
    // The next sign-in begins there.
    let email =
        world.get(&who, "/api/v2/me/profile").await.is(200).json()["email"].as_str().unwrap().to_owned();
    assert_eq!(world.signs_in(&email, PASSWORD).await.is(200).json()["workspace_name"], "third");
    let wanted = json!({ "email": email, "password": PASSWORD, "workspace_id": world.home });
    assert_eq!(world.call("", "POST /auth/sign-in", wanted).await.is(200).json()["workspace_name"], "home");
    let wanted = json!({ "email": email, "password": PASSWORD, "workspace_id": world.away });
    world.call("", "POST /auth/sign-in", wanted).await.is(403);
    // The other workspace checks its own requirements when the session enters it.
    let strict = json!({ "allowed_ips": ["203.0.113.0/24"] });
    let strict = sql("update workspaces set login_policy = $2 where id = $1")
        .bind(world.home)
        .bind(json!({ "allowed_ips": strict["allowed_ips"], "methods": ["password"], "idle_minutes": 60,
                "session_minutes": 600, "second_factor_required_from": null }));
    world.run(strict).await;
    world.call(&who, "POST /auth/switch", to(world.home.to_string())).await.is(403);
    world.get("sdr", "/api/v2/me").await.is(403); // keys stay outside as well
    assert_eq!(world.signs_in(&email, PASSWORD).await.is(200).json()["workspace_name"], "third");
    world.with(|shared| shared.trusted_proxies = ["0.0.0.0/0".parse().unwrap()].into());
    let inside = [("x-forwarded-for", "203.0.113.7")];
    let body = to(world.home.to_string()).to_string().into_bytes();
    world.send(&who, "POST /auth/switch", &inside, body).await.is(200);
}

async fn a_session_explains_itself(world: World) {
    let ask = json!({ "permission": "campaigns:export" });
    let line = "POST /api/v2/access/explain";
    let fresh = world.call("owner's session", line, ask.clone()).await.is(200).json();
    assert_eq!(fresh["allowed"], true, "{fresh}");
    world.wait(10 * 60 * 1000);
    let stale = world.call("owner's session", line, ask).await.is(200).json();
    assert_eq!((&stale["allowed"], &stale["refused_by"]), (&json!(false), &json!("credential")), "{stale}");
    let me = world.get("owner's session", "/api/v2/me").await.is(200).json();
    assert!(me["kind"] == "session" && me["scopes"].is_null() && me["expires_at"].is_string(), "{me}");
    let held =
        me["permissions"].as_array().unwrap().iter().filter(|held| held["permission"] == "campaigns:export");
    assert_eq!(held.count(), 0, "not at present");
}

/// Sessions that were elsewhere when everybody was signed out, or whose person was removed and invited again.
async fn nobody_comes_back(world: World) {
    let third = scene::another_of(&world, "sdr").await;
    let who = world.signed_in("sdr").await;
    world.call(&who, "POST /auth/switch", json!({ "workspace_id": third })).await.is(200);
    world.wait(1000);
    world.call("owner", "DELETE /api/v2/workspaces/current/sessions", Value::Null).await.is(200);
    world.get(&who, "/api/v2/me").await.is(200);
    let back = world.call(&who, "POST /auth/switch", json!({ "workspace_id": world.home })).await.is(403);
    assert!(back.message().contains("sign in again"), "{}", back.text());
    world
        .run(
            sql("update sessions set workspace_id = $1 where workspace_id = $2").bind(world.home).bind(third),
        )
        .await;
    assert!(world.get(&who, "/api/v2/me").await.is(401).message().contains("everybody was signed out"));
    let who = world.signed_in("editor").await;
    world.get(&who, "/api/v2/me").await.is(200);
    let at = world.who("editor").member.unwrap();
    let user = world.who("editor").user.unwrap();
    world.call("owner", &format!("DELETE /api/v2/workspace-members/{at}"), Value::Null).await.is(200);
    let again = scene::Member {
        workspace: world.home,
        name: "again",
        role: "editor",
        limit: None,
        permissions: None,
        accepted: true,
    };
    let (member, _) = scene::member(&world, &again).await;
    world.run(sql("update members set user_id = $2 where id = $1").bind(member).bind(user)).await;
    world.get(&who, "/api/v2/me").await.is(401);
}

async fn what_is_made_in_a_session_outlives_it(world: World) {
    let new = json!({ "name": "k", "scopes": ["all:all"] });
    let policy = "PATCH /api/v2/workspaces/current/login-policy";
    world.call("owner", policy, json!({ "allowed_ips": ["0.0.0.0/32"] })).await.is(200);
    let key = world.call("owner's session", "POST /api/v2/api-keys", new).await.is(200).json();
    assert_eq!(key["expires_at"], Value::Null, "{key}");
    // Of the addresses, those of the policy as it is now.
    let stored: Option<Value> = sql("select ceiling from api_keys where workspace_id = $1 and id = $2")
        .bind(world.home)
        .bind(key["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap())
        .optional(&world.reader)
        .await
        .unwrap();
    assert_eq!(stored.unwrap()["origins"], json!([]));
}

async fn a_second_factor_is_shown_again(world: World) {
    let who = world.signed_in("sdr").await;
    let (seed, codes) = world.enrols_app(&who).await;
    let password = json!({ "password": PASSWORD });
    let with = |name: &str, code: &str| json!({ "password": PASSWORD, name: code });
    world.wait(60_000);
    world.call(&who, AGAIN, password).await.is(403);
    world.call(&who, AGAIN, with("code", "000000")).await.is(403);
    world.call(&who, AGAIN, with("recovery_code", "abcd-efgh-jkmn-pqrs")).await.is(403);
    let again = world.call(&who, AGAIN, with("code", &world.code(&seed, 0))).await.is(200);
    let who = format!("cookie:{}", cookie(&again).unwrap());
    world.call(&who, AGAIN, with("code", &world.code(&seed, 0))).await.is(403); // used
    let again = world.call(&who, AGAIN, with("recovery_code", &codes[0])).await.is(200);
    let who = format!("cookie:{}", cookie(&again).unwrap());
    assert_eq!(world.get(&who, "/api/v2/me/factors").await.json()["recovery_codes_left"], 9);
}

/// Half of what signing in takes does not make a session fresh.
async fn a_new_password_does_not_count_as_a_second_factor(world: World) {
    let who = world.signed_in("sdr").await;
    world.enrols_app(&who).await;
    world.wait(10 * 60 * 1000);
    let body = json!({ "current_password": PASSWORD, "password": "other words than before" });
    let changed = world.call(&who, "POST /api/v2/me/password", body).await.is(200);
    let who = format!("cookie:{}", cookie(&changed).unwrap());
    world.get(&who, "/api/v2/me").await.is(200);
    world.call(&who, "DELETE /api/v2/me/factors/totp", Value::Null).await.is(401);
}
