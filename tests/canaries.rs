//! Canary keys: they give no access, and only the audit log and a letter tell that somebody used one.

use crate::support::{Answer, World, on_both};
use gatepost::db::sql;
use gatepost::time::Time;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both! {
    a_canary_is_answered_like_an_unknown_key the_use_of_a_canary_is_recorded
    the_owner_and_the_admins_get_one_letter_an_hour revoked_expired_and_unknown_keys_are_not_recorded strangers_cannot_fill_the_log
    an_answer_takes_as_long_as_for_an_unknown_key
}

const KEYS: &str = "POST /api/v2/api-keys";

async fn create_canary(world: &World, name: &str) -> (String, String) {
    let body = json!({ "name": name, "scopes": ["all:all"], "canary": true });
    let made = world.call("owner", KEYS, body).await.is(200).json();
    assert_eq!(made["canary"], true);
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

/// Everything that a client sees, except the id of the request.
fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status.as_u16(), headers.collect(), answer.bytes.clone())
}

async fn a_canary_is_answered_like_an_unknown_key(world: World) {
    let (id, key) = create_canary(&world, "backup").await;
    let real = world.call("owner", KEYS, json!({ "name": "k", "scopes": ["all:all"] })).await.is(200).json();
    let real = real["key"].as_str().unwrap();
    assert!(gatepost::auth::Secret::verify(&key) && key.len() == real.len() && key[..6] == real[..6]);
    let unknown = format!("{}x{}", &key[..20], &key[21..]);
    for (line, body) in [
        ("GET /api/v2/campaigns", Value::Null),
        ("GET /api/v2/me", Value::Null),
        ("POST /api/v2/api-keys", json!({ "name": "k", "scopes": ["all:all"] })),
        ("POST /api/v2/api-keys", json!({ "wrong": true })),
        ("DELETE /api/v2/workspace-members/01890000-0000-7000-8000-000000000000", Value::Null),
    ] {
        let (one, other) =
            (world.call(&key, line, body.clone()).await, world.call(&unknown, line, body).await);
        assert_eq!(one.status.as_u16(), 401);
        assert_eq!(seen(&one), seen(&other), "{line}");
    }
    let headers = [("x-as-workspace", "01890000-0000-7000-8000-000000000000")];
    let one = world.send(&key, "GET /api/v2/campaigns", &headers, vec![]).await;
    let other = world.send(&unknown, "GET /api/v2/campaigns", &headers, vec![]).await;
    assert_eq!(seen(&one), seen(&other));
    // The advice lists it, without findings.
    let listed = world.get("owner", "/api/v2/api-keys/advice").await.items();
    let advice = listed.iter().find(|one| one["id"] == json!(id)).unwrap();
    assert_eq!(advice["findings"], json!([]));
    let question = json!({ "permission": "campaigns:read" });
    let asked = world.call("owner", "POST /api/v2/access/who-can", question).await.is(200).items();
    assert!(asked.iter().all(|one| one["id"] != json!(id)), "it can do nothing");
    let preview = json!({ "name": "b", "scopes": ["all:all"], "canary": true });
    let preview = world.call("owner", "POST /api/v2/api-keys/preview", preview).await.is(200).json();
    assert_eq!(preview["permissions"], json!([]));
    let personal = json!({ "name": "b", "scopes": ["all:all"], "canary": true, "personal": true });
    world.call("owner", KEYS, personal).await.is(400);
}

async fn recorded_uses(world: &World) -> Vec<Value> {
    world.app.behind.flush().await;
    let all = world.get("owner", "/api/v2/audit-logs?limit=1000&activity_type=1101").await.is(200).items();
    all.into_iter().filter(|row| row["action"] == "api_keys:canary").collect()
}

async fn the_use_of_a_canary_is_recorded(world: World) {
    let (id, key) = create_canary(&world, "backup").await;
    let headers = [("user-agent", "curl/8.0 of an intruder")];
    for _ in 0..3 {
        world.send(&key, "GET /api/v2/campaigns", &headers, vec![]).await.is(401);
    }
    let rows = recorded_uses(&world).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = &rows[0];
    assert_eq!(row["affected_count"], 3);
    assert_eq!((&row["resource"], &row["user"]), (&json!(format!("api_key/{id}")), &json!("key:backup")));
    assert_eq!(row["user_agent"], "curl/8.0 of an intruder");
    assert!(row["ip_address"].as_str().is_some_and(|address| address != "many"), "{row}");
    world.wait(2 * Time::MINUTE);
    world.get(&key, "/api/v2/accounts").await.is(401);
    assert_eq!(recorded_uses(&world).await.len(), 2);
    let html = world.page("owner's session", &world.at("/audit")).await.is(200).text();
    assert!(html.contains("Somebody used the canary key backup"), "{html}");
    let stamped = sql("select count(*) from api_keys where canary and last_used_at is not null");
    assert_eq!(stamped.optional::<i64>(&world.reader).await.unwrap(), Some(0));
}

async fn the_owner_and_the_admins_get_one_letter_an_hour(mut world: World) {
    let smtp = world.with_mail().await;
    let ((_, key), (_, other)) = (create_canary(&world, "backup").await, create_canary(&world, "wiki").await);
    let letters = async |world: &World| {
        world.app.errands.flush().await;
        world.work().await;
        smtp.mails().into_iter().filter(|mail| mail.subject.contains("canary")).collect::<Vec<_>>()
    };
    let began = Instant::now();
    for key in [&key, &key, &other] {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
    let first = letters(&world).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let mut to: Vec<String> = first.iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    let mut expected = vec![world.email("owner").await, world.email("admin").await];
    expected.sort();
    assert_eq!(to, expected, "nobody else");
    assert_eq!(first[0].subject, "Somebody used the canary key backup");
    world.wait(Time::HOUR - 1);
    world.get(&key, "/api/v2/campaigns").await.is(401);
    assert_eq!(letters(&world).await.len(), 2, "one an hour");
    world.wait(1);
    world.get(&other, "/api/v2/campaigns").await.is(401);
    assert_eq!(letters(&world).await.len(), 4);
    let log = world.log().await;
    let sent: Vec<_> = log.iter().filter(|row| row["action"] == "api_keys:warn").collect();
    assert_eq!((sent.len(), &sent[0]["user"]), (2, &json!("server")));
}

async fn revoked_expired_and_unknown_keys_are_not_recorded(world: World) {
    let (id, key) = create_canary(&world, "old").await;
    world.call("owner", &format!("DELETE /api/v2/api-keys/{id}"), Value::Null).await.is(200);
    let body = json!({ "name": "short", "scopes": ["all:all"], "canary": true, "expires_at": "2023-11-14T22:30:00Z" });
    let short = world.call("owner", KEYS, body).await.is(200).json();
    world.wait(Time::HOUR);
    for key in [key.as_str(), short["key"].as_str().unwrap(), "gpk_w_unknown"] {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
    assert_eq!(recorded_uses(&world).await, Vec::<Value>::new());
    // Nothing takes it for a key by its id either.
    let (id, _) = create_canary(&world, "new").await;
    let question = json!({ "principal": id, "permission": "campaigns:read" });
    let missing =
        json!({ "principal": "01890000-0000-7000-8000-000000000000", "permission": "campaigns:read" });
    let line = "POST /api/v2/access/explain";
    let (one, other) = (world.call("owner", line, question).await, world.call("owner", line, missing).await);
    assert_eq!(one.face(), other.face());
}

/// Strangers have at most half of the rows of an hour, and the rest are counted in one row.
async fn strangers_cannot_fill_the_log(world: World) {
    let (_, key) = create_canary(&world, "backup").await;
    for at in 0..500_i64 {
        let row = sql(
            "insert into audit_log (workspace_id, id, at, activity_type, action, resource, actor, ip_address, \
             request_id, affected_count, metadata, search, refusal) \
             values ($1, $2, $3, 1101, 'api_keys:canary', 'refused', 'many', 'many', 'r', 1, $4, 'e', $5)",
        );
        let row = row.bind(world.home).bind(world.app.new_id()).bind(world.app.now());
        let row = row.bind(json!({ "refused_by": "credential" })).bind(format!("other {at}"));
        world.run(row).await;
    }
    for _ in 0..3 {
        world.get(&key, "/api/v2/campaigns").await.is(401);
    }
    assert_eq!(recorded_uses(&world).await.len(), 500);
    let over = sql("select cast(sum(affected_count) as bigint) from audit_log where refusal = 'overflow'");
    assert_eq!(over.optional::<Option<i64>>(&world.reader).await.unwrap().flatten(), Some(3));
    // A known caller still gets rows of their own.
    world.call("sdr", "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    world.app.behind.flush().await;
    let known = sql("select count(*) from audit_log where activity_type = 1015");
    assert_eq!(known.optional::<i64>(&world.reader).await.unwrap(), Some(1));
}

async fn an_answer_takes_as_long_as_for_an_unknown_key(world: World) {
    let (_, key) = create_canary(&world, "backup").await;
    let unknown = format!("{}x{}", &key[..20], &key[21..]);
    let mut took = [Vec::new(), Vec::new()];
    for at in 0..600_usize {
        let which = at % 2;
        let key = [&key, &unknown][which];
        let began = Instant::now();
        world.get(key, "/api/v2/campaigns").await;
        took[which].push(began.elapsed());
    }
    let [canary, unknown] = took.map(|mut all| {
        all.sort();
        all[all.len() / 2]
    });
    let differ = canary.abs_diff(unknown);
    assert!(differ < Duration::from_micros(50) || differ < unknown / 4, "{canary:?} and {unknown:?}");
}
