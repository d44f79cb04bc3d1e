//! API keys that are looked after: advice, scopes suggested from use, and rotation.

use crate::support::scene::{self, Key};
use crate::support::{World, on_both};
use gatepost::access::Action;
use gatepost::db::sql;
use gatepost::resources::api_keys::{Scope, all_scopes};
use gatepost::time::Time;
use serde_json::{Value, json};

on_both! {
    advice_says_what_deserves_attention advice_is_for_callers_who_see_keys a_lowered_maker_is_a_finding
    scopes_are_suggested_from_a_month_of_use strict_scopes_change_the_suggestion
    no_call_fails_across_a_rotation a_rotation_never_widens a_rotated_key_keeps_its_limits
    a_rotation_needs_the_rights_of_the_key what_cannot_be_rotated an_old_key_that_is_still_used_is_a_finding
    a_key_is_rotated_by_a_page
}

const KEYS: &str = "POST /api/v2/api-keys";

async fn make(world: &World, who: &str, body: Value) -> (String, String) {
    let made = world.call(who, KEYS, body).await.is(200).json();
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

fn rotation(id: &str) -> String {
    format!("POST /api/v2/api-keys/{id}/rotate")
}

/// The advice about a key, as its JSON.
async fn about(world: &World, who: &str, id: &str) -> Value {
    world.app.behind.flush().await;
    let mut after = String::new();
    loop {
        let page = world.get(who, &format!("/api/v2/api-keys/advice?limit=100{after}")).await.is(200);
        if let Some(found) = page.items().into_iter().find(|one| one["id"] == id) {
            return found;
        }
        let next = page.json()["next_starting_after"].as_str().map(str::to_owned);
        after = format!("&starting_after={}", next.unwrap_or_else(|| panic!("no advice about {id}")));
    }
}

fn names(advice: &Value) -> Vec<&str> {
    advice["findings"].as_array().unwrap().iter().map(|one| one["finding"].as_str().unwrap()).collect()
}

async fn advice_says_what_deserves_attention(world: World) {
    let (wide, key) = make(&world, "owner", json!({ "name": "Wide", "scopes": ["all:all"] })).await;
    let advice = about(&world, "owner", &wide).await;
    assert_eq!(names(&advice), ["everything", "no_expiry", "never_used", "no_address_list"]);
    let first = &advice["findings"][0];
    assert_eq!(first["severity"], "high");
    assert!(first["sentence"].as_str().unwrap().starts_with("This key has every scope."), "{first}");
    assert_eq!((&advice["name"], &advice["suggested_scopes"]), (&json!("Wide"), &Value::Null));
    assert!(!advice.to_string().contains(&key), "the whole key is shown once");
    let change = json!({ "name": "Updates", "scopes": ["all:update"] });
    assert_eq!(names(&about(&world, "owner", &make(&world, "owner", change).await.0).await)[0], "everything");
    // It ends soon, and has a list of addresses.
    let soon = json!({
        "name": "Soon", "scopes": ["leads:read"], "expires_at": "2023-11-20T00:00:00Z",
        "allowed_ips": ["203.0.113.0/24"],
    });
    let soon = make(&world, "owner", soon).await.0;
    assert_eq!(names(&about(&world, "owner", &soon).await), ["expires_soon", "never_used"]);
    world.wait(7 * Time::DAY);
    assert_eq!(names(&about(&world, "owner", &soon).await), ["expired", "never_used"]);
    world.get(&key, "/api/v2/campaigns").await.is(200);
    let used = about(&world, "owner", &wide).await;
    assert!(!names(&used).contains(&"never_used") && used["known_since"].is_string(), "{used}");
    world.wait(90 * Time::DAY);
    assert!(names(&about(&world, "owner", &wide).await).contains(&"stale"));
    // Its maker leaves.
    let (left, _) = make(&world, "admin", json!({ "name": "Left", "scopes": ["leads:read"] })).await;
    let admin = world.who("admin").member.unwrap();
    world.call("owner", &format!("DELETE /api/v2/workspace-members/{admin}"), Value::Null).await.is(200);
    assert!(names(&about(&world, "owner", &left).await).contains(&"maker_gone"));
    assert!(!names(&about(&world, "manager", &left).await).contains(&"maker_lowered"));
}

async fn advice_is_for_callers_who_see_keys(world: World) {
    let path = "/api/v2/api-keys/advice";
    for who in ["owner", "admin", "manager", "robot"] {
        assert!(!world.get(who, path).await.is(200).items().is_empty(), "{who}");
    }
    for who in ["editor", "member", "sdr", "view", "client", "reader"] {
        world.get(who, path).await.is(403);
    }
    // Page by page it is the list of keys.
    let keys = world.get("owner", "/api/v2/api-keys?limit=100").await.items();
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get("owner", &format!("{path}?limit=3{after}")).await.is(200).json();
        pages.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        match page["next_starting_after"].as_str() {
            Some(next) => after = format!("&starting_after={next}"),
            None => break,
        }
    }
    assert_eq!(pages, keys.iter().map(|key| key["id"].clone()).collect::<Vec<_>>());
    let foreign = world.get("stranger", path).await.is(200).items();
    assert!(foreign.iter().all(|one| !pages.contains(&one["id"])));
}

async fn a_lowered_maker_is_a_finding(mut world: World) {
    let home = world.home;
    let (member, _) = scene::join(&mut world, home, "bea", "admin", None).await;
    let (kept, _) = make(&world, "bea", json!({ "name": "Kept", "scopes": ["leads:read"] })).await;
    assert!(!names(&about(&world, "owner", &kept).await).contains(&"maker_lowered"));
    let lower = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("owner", &lower, json!({ "role": "manager" })).await.is(200);
    let advice = about(&world, "owner", &kept).await;
    assert!(names(&advice).contains(&"maker_lowered"), "{advice}");
    // A manager sees keys, and sees members too.
    assert!(names(&about(&world, "manager", &kept).await).contains(&"maker_lowered"));
}

/// Calls, each with what a key needs for it.
async fn lines(world: &World) -> Vec<(String, Value)> {
    let campaign = world.create("owner", "busy", "team").await;
    let list = world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "busy" })).await.is(200).id();
    let line = |line: &str| (line.to_owned(), Value::Null);
    let with = |line: &str, body: Value| (line.to_owned(), body);
    vec![
        line("GET /api/v2/campaigns"),
        line("GET /api/v2/accounts"),
        line("GET /api/v2/lead-lists"),
        line("GET /api/v2/custom-tags"),
        line("GET /api/v2/audit-logs"),
        line("GET /api/v2/workspace-members"),
        with("POST /api/v2/leads/list", json!({})),
        with("POST /api/v2/campaigns", scene::campaign("made by a program")),
        (format!("POST /api/v2/campaigns/{campaign}/pause"), Value::Null),
        (format!("POST /api/v2/campaigns/{campaign}/export"), Value::Null),
        (format!("PATCH /api/v2/campaigns/{campaign}"), json!({ "name": "busier" })),
        with("POST /api/v2/leads", json!({ "list_id": list, "first_name": "Ada" })),
        with(
            "POST /api/v2/webhooks",
            json!({ "target_hook_url": "https://hooks.example/", "event_type": "reply_received" }),
        ),
        with("POST /api/v2/lead-lists", json!({ "name": "made by a program" })),
    ]
}

async fn strict(world: &World, strict: bool) {
    let body = json!({ "strict_scopes": strict });
    world.call("owner", "PATCH /api/v2/workspaces/current", body).await.is(200);
}

/// A key with these scopes, which a rotation made from one with all.
async fn with(world: &World, scopes: &[String]) -> String {
    let (wide, _) = make(world, "owner", json!({ "name": "copy", "scopes": ["all:all"] })).await;
    let body = json!({ "overlap_minutes": 0, "scopes": scopes });
    let new = world.call("owner", &rotation(&wide), body).await.is(200).json();
    new["key"].as_str().unwrap().to_owned()
}

/// Without one of the scopes, a call is refused for its scope. A finer scope is needed as soon as the workspace demands
/// strict scopes.
async fn is_needed(world: &World, scopes: &[String], left_out: usize, calls: &[(String, Value)]) {
    let mut fewer = scopes.to_vec();
    let scope = fewer.remove(left_out);
    if fewer.is_empty() {
        return;
    }
    let key = with(world, &fewer).await;
    let refused = async || {
        for (line, body) in calls {
            let answer = world.call(&key, line, body.clone()).await;
            if answer.status.as_u16() == 403 && answer.message().starts_with("scope:") {
                return true;
            }
        }
        false
    };
    let mut needed = refused().await;
    if !needed {
        strict(world, true).await;
        needed = refused().await;
        strict(world, false).await;
    }
    assert!(needed, "{scope} is not needed for {calls:?}");
}

/// Each key makes its own calls on each day of a month. A key with the suggested scopes can make all of them.
async fn scopes_are_suggested_from_a_month_of_use(world: World) {
    let lines = lines(&world).await;
    let mut keys = Vec::new();
    for at in 0..8_usize {
        let made =
            make(&world, "owner", json!({ "name": format!("program {at}"), "scopes": ["all:all"] })).await;
        // A different choice for each key, and one that does everything.
        let own = lines.iter().enumerate().filter(|(line, _)| at == 7 || (line * 7 + at * 3) % 5 < 2);
        keys.push((made, own.map(|(_, line)| line.clone()).collect::<Vec<_>>()));
    }
    for day in 0..31_usize {
        for ((_, key), own) in &keys {
            let (line, body) = &own[day % own.len()];
            world.call(key, line, body.clone()).await.is(200);
        }
        if day == 10 {
            let early = about(&world, "owner", &keys[0].0.0).await;
            assert_eq!(early["suggested_scopes"], Value::Null, "too little is known");
            assert!(early["known_since"].is_string(), "{early}");
        }
        world.wait(Time::DAY);
    }
    for ((id, _), own) in &keys {
        let advice = about(&world, "owner", id).await;
        let scopes: Vec<String> = serde_json::from_value(advice["suggested_scopes"].clone()).unwrap();
        assert!(!scopes.contains(&"all:all".to_owned()), "{scopes:?}");
        let key = with(&world, &scopes).await;
        for (line, body) in own {
            world.call(&key, line, body.clone()).await.is(200);
        }
        for left_out in 0..scopes.len() {
            is_needed(&world, &scopes, left_out, own).await;
        }
    }
    let all = about(&world, "owner", &keys[7].0.0).await;
    let scopes = all["suggested_scopes"].to_string();
    assert!(
        scopes.contains("leads:read") && scopes.contains("webhooks:create"),
        "what a call needs besides: {scopes}"
    );
}

async fn strict_scopes_change_the_suggestion(world: World) {
    let body = json!({ "name": "k", "scopes": ["campaigns:all", "leads:read", "accounts:read"] });
    let (id, key) = make(&world, "owner", body).await;
    let campaign = world.create("owner", "c", "team").await;
    for _ in 0..31 {
        world.call(&key, &format!("POST /api/v2/campaigns/{campaign}/pause"), Value::Null).await.is(200);
        world
            .call(&key, &format!("PATCH /api/v2/campaigns/{campaign}"), json!({ "name": "d" }))
            .await
            .is(200);
        world.wait(Time::DAY);
    }
    let advice = about(&world, "owner", &id).await;
    assert_eq!(advice["suggested_scopes"], json!(["campaigns:update", "campaigns:launch"]));
    let unused = advice["findings"].as_array().unwrap().iter().find(|one| one["finding"] == "unused_scopes");
    let sentence = unused.unwrap()["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("2 of its 3 scopes were not used in the last 30 days."), "{sentence}");
}

/// A thousand calls, first with the old key, then with both, then with the new one.
async fn no_call_fails_across_a_rotation(world: World) {
    let (id, old) = make(&world, "owner", json!({ "name": "CRM", "scopes": ["campaigns:read"] })).await;
    let path = "/api/v2/campaigns?limit=1";
    for _ in 0..200 {
        world.get(&old, path).await.is(200);
    }
    let answer = world.call("owner", &rotation(&id), json!({ "overlap_minutes": 60 })).await.is(200).json();
    let new = answer["key"].as_str().unwrap().to_owned();
    assert_eq!((&answer["replaces"], &answer["scopes"]), (&json!(id), &json!(["campaigns:read"])));
    let listed = world.get("owner", "/api/v2/api-keys?limit=100").await.items();
    let before = listed.iter().find(|key| key["id"] == id).unwrap();
    assert_eq!(
        (&before["replaced_by"], &before["expires_at"]),
        (&answer["id"], &json!("2023-11-14T23:13:20.000Z"))
    );
    for at in 0..600_i64 {
        let key = if at % 2 == 0 { &old } else { &new };
        world.get(key, path).await.is(200);
        world.wait(Time::HOUR / 600 - i64::from(at == 599));
    }
    // The last millisecond of the overlap.
    world.get(&old, path).await.is(200);
    world.wait(1);
    for _ in 0..200 {
        let refused = world.get(&old, path).await.is(401).message();
        assert_eq!(refused, "credential: this API key is expired");
        world.get(&new, path).await.is(200);
        world.wait(Time::MINUTE);
    }
    let log = world.log_once(|rows| rows.iter().any(|row| row["action"] == "api_keys:rotate")).await;
    let rows: Vec<_> = log.iter().filter(|row| row["action"] == "api_keys:rotate").collect();
    assert_eq!((rows.len(), &rows[0]["activity_type"]), (1, &json!(1100)));
    let changes = &rows[0]["audit_metadata"]["changes"];
    assert_eq!(changes["replaces"], json!([null, id]), "{changes}");
    assert!(!log.iter().any(|row| row.to_string().contains(&new)));
}

/// No scope that the old key or the caller does not have comes with a new one.
async fn a_rotation_never_widens(world: World) {
    let held = [
        vec!["campaigns:read"],
        vec!["leads:read", "leads:update"],
        vec!["campaigns:all", "api_keys:read"],
        vec!["all:read"],
        vec!["campaigns:update"],
    ];
    let mut refused = 0;
    for held in &held {
        let (id, _) = make(&world, "owner", json!({ "name": "k", "scopes": held })).await;
        let within =
            |wanted: &str| held.iter().any(|own| Scope((*own).to_owned()).covers(&Scope(wanted.to_owned())));
        for (at, wanted) in all_scopes().into_iter().filter(|wanted| !within(wanted)).enumerate().step_by(7) {
            let scopes = if at % 2 == 0 { json!([wanted]) } else { json!([held[0], wanted]) };
            let body = json!({ "overlap_minutes": 5, "scopes": scopes });
            let why = world.call("owner", &rotation(&id), body).await.is(403).message();
            assert!(why.contains(&format!("`{wanted}`")) && why.contains("old key does not"), "{why}");
            refused += 1;
        }
        let left = world.get("owner", "/api/v2/api-keys?limit=100").await.items();
        let left = left.iter().find(|key| key["id"] == json!(id)).unwrap();
        assert_eq!((&left["replaced_by"], &left["scopes"]), (&Value::Null, &json!(held)));
    }
    assert!(refused >= 100, "{refused}");
    // Nor one that the caller does not have.
    let (wide, _) = make(&world, "owner", json!({ "name": "wide", "scopes": ["all:all"] })).await;
    let (_, clerk) = make(
        &world,
        "owner",
        json!({ "name": "clerk", "scopes": ["api_keys:create", "api_keys:delete", "leads:read"] }),
    )
    .await;
    let line = rotation(&wide);
    for scopes in
        [json!(null), json!(["all:all"]), json!(["leads:update"]), json!(["leads:read", "campaigns:read"])]
    {
        world.call(&clerk, &line, json!({ "overlap_minutes": 5, "scopes": scopes })).await.is(403);
    }
    world.call(&clerk, &line, json!({ "overlap_minutes": 5, "scopes": ["leads:read"] })).await.is(200);
    // It takes the right to create keys and the right to revoke them.
    for half in ["api_keys:create", "api_keys:delete"] {
        let (_, half) =
            make(&world, "owner", json!({ "name": "half", "scopes": [half, "leads:read"] })).await;
        let (id, _) = make(&world, "owner", json!({ "name": "k", "scopes": ["leads:read"] })).await;
        world.call(&half, &rotation(&id), json!({ "overlap_minutes": 5 })).await.is(403);
    }
    for wrong in [
        json!({}),
        json!({ "overlap_minutes": -1 }),
        json!({ "overlap_minutes": 10_081 }),
        json!({ "overlap_minutes": 1, "scopes": [] }),
    ] {
        world.call("owner", &line, wrong).await.is(400);
    }
}

async fn a_rotated_key_keeps_its_limits(world: World) {
    let body = json!({
        "name": "k", "scopes": ["campaigns:read", "leads:read"], "expires_at": "2023-11-15T00:00:00Z",
        "allowed_ips": ["203.0.113.0/24"], "tag_limit": [world.tag],
    });
    let (id, _) = make(&world, "owner", body).await;
    let body = json!({ "overlap_minutes": 10_080, "scopes": ["leads:read"] });
    let new = world.call("owner", &rotation(&id), body).await.is(200).json();
    assert_eq!(new["scopes"], json!(["leads:read"]));
    assert_eq!(new["expires_at"], "2023-11-15T00:00:00.000Z");
    assert_eq!(new["allowed_ips"], json!(["203.0.113.0/24"]));
    assert_eq!(new["tag_limit"], json!([world.tag]));
    let old = world.get("owner", "/api/v2/api-keys?limit=100").await.items();
    let old = old.iter().find(|key| key["id"] == json!(id)).unwrap();
    assert_eq!(
        old["expires_at"], "2023-11-15T00:00:00.000Z",
        "the earlier of its own expiry and the overlap's end"
    );
    // A caller who is bound to an expiry and an address passes both on.
    let bound = json!({ "name": "bound", "scopes": ["all:all"], "expires_at": "2023-11-14T23:00:00Z" });
    let (_, bound) = make(&world, "owner", bound).await;
    let (free, _) = make(&world, "owner", json!({ "name": "free", "scopes": ["leads:read"] })).await;
    let new = world.call(&bound, &rotation(&free), json!({ "overlap_minutes": 0 })).await.is(200).json();
    assert_eq!(new["expires_at"], "2023-11-14T23:00:00.000Z");
}

async fn a_rotation_needs_the_rights_of_the_key(mut world: World) {
    let home = world.home;
    // The ceiling of this key is the owner's. An admin has less, and so has the new key.
    let reader = rotation(&world.who("reader").key_id.to_string());
    let new = world.call("admin", &reader, json!({ "overlap_minutes": 5 })).await.is(200).json();
    let me = world.get(new["key"].as_str().unwrap(), "/api/v2/me").await.is(200).json();
    assert_eq!(me["role"], "admin");
    let line = rotation(&world.who("robot").key_id.to_string());
    let why = world.call("robot", &line, json!({ "overlap_minutes": 5 })).await.is(403).message();
    assert!(why.contains("a key cannot rotate itself"), "{why}");
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.call(who, &line, json!({ "overlap_minutes": 5 })).await.is(403);
    }
    world.call("stranger", &line, json!({ "overlap_minutes": 5 })).await.is(404);
    // A personal key has the rights of a person, so only that person gets its secret.
    let personal = json!({ "name": "mine", "scopes": ["all:all"], "personal": true });
    let (mine, _) = make(&world, "admin", personal).await;
    let why = world.call("owner", &rotation(&mine), json!({ "overlap_minutes": 5 })).await.is(403).message();
    assert!(why.contains("only the member to whom a personal key belongs"), "{why}");
    let new = world.call("admin", &rotation(&mine), json!({ "overlap_minutes": 5 })).await.is(200).json();
    let key = new["key"].as_str().unwrap();
    assert!(key.starts_with("gpk_p_"));
    let me = world.get(key, "/api/v2/me").await.is(200).json();
    assert_eq!(me["member_id"], json!(world.who("admin").member));
    // A session must be fresh.
    let (id, _) = make(&world, "admin", json!({ "name": "k", "scopes": ["leads:read"] })).await;
    world.wait(11 * Time::MINUTE);
    world.call("admin's session", &rotation(&id), json!({ "overlap_minutes": 5 })).await.is(401);
    world.refresh_sessions().await;
    world.call("admin's session", &rotation(&id), json!({ "overlap_minutes": 5 })).await.is(200);
    // The person who rotates is the maker of the new key, and revoking their keys revokes it.
    scene::join(&mut world, home, "bea", "admin", None).await;
    let (id, _) = make(&world, "owner", json!({ "name": "k", "scopes": ["leads:read"] })).await;
    let new = world.call("bea", &rotation(&id), json!({ "overlap_minutes": 5 })).await.is(200).json();
    let bea = world.who("bea").member.unwrap();
    assert_eq!(new["created_by"], json!(bea));
    let leave = format!("DELETE /api/v2/workspace-members/{bea}?revoke_keys=true");
    world.call("owner", &leave, Value::Null).await.is(200);
    world.get(new["key"].as_str().unwrap(), "/api/v2/campaigns").await.is(401);
}

async fn what_cannot_be_rotated(mut world: World) {
    let home = world.home;
    let body = json!({ "overlap_minutes": 5 });
    let said = async |world: &World, id: &str| {
        world.call("owner", &rotation(id), body.clone()).await.is(409).message()
    };
    let (id, _) = make(&world, "owner", json!({ "name": "k", "scopes": ["leads:read"] })).await;
    world.call("owner", &rotation(&id), body.clone()).await.is(200);
    assert!(said(&world, &id).await.contains("Another key replaced this one already"));
    world.call("owner", &format!("DELETE /api/v2/api-keys/{id}"), Value::Null).await.is(200);
    assert!(said(&world, &id).await.contains("was revoked on 2023-11-14"));
    // A key that was revoked replaces nothing.
    let (again, _) = make(&world, "owner", json!({ "name": "again", "scopes": ["leads:read"] })).await;
    let newer = world.call("owner", &rotation(&again), body.clone()).await.is(200).id();
    world.call("owner", &format!("DELETE /api/v2/api-keys/{newer}"), Value::Null).await.is(200);
    world.call("owner", &rotation(&again), body.clone()).await.is(200);
    scene::key(
        &mut world,
        Key { expires: Some(Time(1)), ..Key::of_workspace(home, "late", json!(["leads:read"])) },
    )
    .await;
    let late = world.who("late").key_id.to_string();
    assert!(said(&world, &late).await.contains("expired on"));
    let canary = json!({ "name": "bait", "scopes": ["all:all"], "canary": true });
    assert!(said(&world, &make(&world, "owner", canary).await.0).await.contains("canary key"));
    let missing = rotation("01890000-0000-7000-8000-000000000000");
    world.call("owner", &missing, body.clone()).await.is(404);
}

async fn an_old_key_that_is_still_used_is_a_finding(world: World) {
    let (id, old) = make(&world, "owner", json!({ "name": "CRM", "scopes": ["campaigns:read"] })).await;
    world.get(&old, "/api/v2/campaigns").await.is(200);
    world.app.behind.flush().await;
    world.wait(2 * Time::MINUTE);
    world.call("owner", &rotation(&id), json!({ "overlap_minutes": 600 })).await.is(200);
    assert!(!names(&about(&world, "owner", &id).await).contains(&"old_key_still_used"));
    world.wait(2 * Time::MINUTE);
    world.get(&old, "/api/v2/campaigns").await.is(200);
    let advice = about(&world, "owner", &id).await;
    let found =
        advice["findings"].as_array().unwrap().iter().find(|one| one["finding"] == "old_key_still_used");
    let sentence = found.unwrap_or_else(|| panic!("{advice}"))["sentence"].as_str().unwrap();
    let stored = sql(
        "select last_used_from from api_keys where last_used_from is not null and replaced_by is not null",
    );
    let from: String = stored.optional(&world.reader).await.unwrap().unwrap();
    assert!(sentence.contains(&format!("a program used this one from {from} on 2023-11-14")), "{sentence}");
    world.wait(Time::DAY);
    assert_eq!(names(&about(&world, "owner", &id).await)[..1], ["expired"]);
}

async fn a_key_is_rotated_by_a_page(world: World) {
    let (id, old) =
        make(&world, "owner", json!({ "name": "CRM", "scopes": ["campaigns:read", "leads:read"] })).await;
    let html = world.page("owner's session", &world.at("/api-keys")).await.is(200).text();
    assert!(html.contains("This key works from any address."), "the advice in sentences");
    let path = world.at(&format!("/api-keys/{id}/rotate"));
    let form = world.form("owner's session", &path, "/rotate").await;
    let scopes =
        || form.fields.iter().filter(|(name, _)| name == "scopes[]").map(|(_, scope)| scope.as_str());
    assert_eq!(scopes().collect::<Vec<_>>(), ["campaigns:read", "leads:read"]);
    let form = form.with("overlap_minutes", "60");
    let made = world.posts("owner's session", &form).await.is(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let html = made.text();
    let new = html.split("data-secret>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(html.contains("The old key works until") && new != old, "{html}");
    for key in [&old, &new] {
        world.get(key, "/api/v2/campaigns").await.is(200);
    }
    let again = world.posts("owner's session", &form).await.text();
    assert!(!again.contains(&new), "{again}");
    // A key that is replaced is not offered again, and a manager is offered nothing.
    let html = world.page("owner's session", &world.at("/api-keys")).await.is(200).text();
    assert!(!html.contains(&format!("/api-keys/{id}/rotate")), "{html}");
    let html = world.page("manager's session", &world.at("/api-keys")).await.is(200).text();
    assert!(!html.contains("/rotate"), "a manager only looks");
    assert!(Action::of("api_keys:rotate").is_some());
}
