//! Profiles, passwords, mailed links, and the first person of a server.

use crate::support::people::{PASSWORD, cookie};
use crate::support::smtp::{Mail, Smtp};
use crate::support::{Answer, World, exchange, on_both, scene};
use futures::future::join_all;
use gatepost::config::RateLimit;
use gatepost::resources::people::setup;
use gatepost::router::router;
use gatepost::time::Time;
use gatepost::{auth, db};
use serde_json::{Value, json};

on_both! {
    a_profile_is_ones_own a_password_is_changed a_password_is_chosen_by_link a_link_counts_once_of_a_hundred
    a_link_goes_round_no_second_factor another_address_is_confirmed an_invitation_counts_once_of_a_hundred
    a_server_is_set_up_once_by_one_of_a_hundred asking_for_a_link_tells_nothing
    taking_an_address_back_removes_what_others_made what_a_thief_asked_for_stops_working
    a_change_of_a_person_is_recorded_in_each_of_their_workspaces a_row_keeps_the_name_of_its_time
}

const OTHER: &str = "other words than before";

fn token(mail: &Mail) -> String {
    mail.link.as_ref().unwrap().split_once('#').unwrap().1.to_owned()
}

/// The link is mailed behind the answer.
async fn mailed(world: &World, smtp: &Smtp, email: &str) -> Mail {
    world.call("", "POST /auth/reset", json!({ "email": email })).await.is(200);
    let before = smtp.mails().len();
    world.app.errands.flush().await;
    world.work().await;
    let mail = smtp.mails().into_iter().skip(before).find(|mail| mail.subject.contains("new password"));
    mail.expect("a mail came")
}

async fn a_profile_is_ones_own(world: World) {
    let who = "sdr's session";
    let profile = world.get(who, "/api/v2/me/profile").await.is(200).json();
    assert_eq!((&profile["first_name"], &profile["email_verified"]), (&json!("sdr"), &json!(true)));
    let new = json!({ "first_name": "Zoë", "last_name": "Ångström" });
    world.call(who, "PATCH /api/v2/me/profile", new).await.is(200);
    let found =
        world.get("owner", "/api/v2/workspace-members?search=zo%C3%AB%20%C3%A5ng").await.is(200).items();
    assert_eq!(found[0]["name"], json!({ "first": "Zoë", "last": "Ångström" }));
    for wrong in [
        json!({ "email": "x@acme.example" }),
        json!({ "first_name": " " }),
        json!({ "first_name": null }),
        json!({}),
    ] {
        world.call(who, "PATCH /api/v2/me/profile", wrong).await.is(400);
    }
    world.get("sdr", "/api/v2/me/profile").await.is(403);
}

async fn a_password_is_changed(mut world: World) {
    let smtp = world.with_mail().await;
    let (who, other) = (world.signed_in("sdr").await, world.signed_in("sdr").await);
    let line = "POST /api/v2/me/password";
    let body = |current: &str, new: &str| json!({ "current_password": current, "password": new });
    world.call(&who, line, body("wrong", OTHER)).await.is(403);
    world.call(&who, line, json!({ "password": OTHER })).await.is(403);
    for (weak, why) in [
        ("too short", "15 characters or more (8 with a second factor)"),
        ("passwordpassword1", "harder to guess"),
        ("sdr sdr sdr sdr sdr", "harder to guess"),
    ] {
        let message = world.call(&who, line, body(PASSWORD, weak)).await.is(400).message();
        assert!(message.starts_with("body/password must") && message.contains(why), "{message}");
    }
    let changed = world.call(&who, line, body(PASSWORD, OTHER)).await.is(200);
    world.get(&other, "/api/v2/me").await.is(401);
    world.get(&who, "/api/v2/me").await.is(401);
    let who = format!("cookie:{}", cookie(&changed).unwrap());
    world.get(&who, "/api/v2/me").await.is(200);
    let email = world.email("sdr").await;
    world.signs_in(&email, PASSWORD).await.is(401);
    world.signs_in(&email, OTHER).await.is(200);
    world.work().await;
    let mail = smtp.mails().remove(0);
    assert!(mail.to == [email.as_str()] && mail.subject == "Your password was changed", "{}", mail.subject);
    // Beside a second factor a shorter one will do; however it is typed.
    world.enrols_app(&who).await;
    world.call(&who, line, body(OTHER, "kaf\u{e9} 9xQ")).await.is(200);
    world.signs_in(&email, "kafe\u{301} 9xQ").await.is(200);
}

async fn a_password_is_chosen_by_link(mut world: World) {
    let smtp = world.with_mail().await;
    let (who, email) = (world.signed_in("sdr").await, world.email("sdr").await);
    let confirm = "POST /auth/reset/confirm";
    let first = mailed(&world, &smtp, &email).await;
    assert_eq!(first.to, [email.as_str()]);
    assert!(
        first.link.as_ref().unwrap().starts_with("https://gatepost.example/auth/reset#"),
        "{:?}",
        first.link
    );
    let body = |token: &str, password: &str| json!({ "token": token, "password": password });
    world.call("", confirm, body(&token(&first), "too short")).await.is(400);
    let done = world.call("", confirm, body(&token(&first), OTHER)).await.is(200);
    assert!(cookie(&done).is_none(), "it signs nobody in");
    world.get(&who, "/api/v2/me").await.is(401);
    world.call("", confirm, body(&token(&first), OTHER)).await.is(400);
    world.signs_in(&email, OTHER).await.is(200);
    // A link lasts half an hour, even if the clock is set back.
    let late = mailed(&world, &smtp, &email).await;
    for minutes in [30, -60] {
        world.wait(minutes * 60 * 1000);
        world.call("", confirm, body(&token(&late), OTHER)).await.is(400);
    }
    let rows = world.log().await;
    for action in ["profile:ask_reset", "profile:reset_password"] {
        assert!(rows.iter().any(|row| row["action"] == action), "{action}");
    }
    // One more works although another was asked for behind it, and then none.
    let one = mailed(&world, &smtp, &world.has_password("editor").await).await;
    let two = mailed(&world, &smtp, &world.email("editor").await).await;
    world.call("", confirm, body(&token(&one), OTHER)).await.is(200);
    world.call("", confirm, body(&token(&two), OTHER)).await.is(400);
}

async fn a_link_counts_once_of_a_hundred(mut world: World) {
    let smtp = world.with_mail().await;
    let email = world.has_password("sdr").await;
    let body = json!({ "token": token(&mailed(&world, &smtp, &email).await), "password": OTHER });
    assert_eq!(accepted_of_a_hundred(&world.router, "POST /auth/reset/confirm", &body, &[200, 400]).await, 1);
    world.secrets.note(body.to_string().as_bytes());
}

/// How many were accepted; all others were refused as said, or told to come again.
async fn accepted_of_a_hundred(router: &axum::Router, line: &str, body: &Value, refused: &[u16]) -> usize {
    let body = body.to_string().into_bytes();
    let calls = (0..100).map(|_| exchange(router, None, line, &[], body.clone()));
    let answers: Vec<Answer> = join_all(calls).await.into_iter().map(|(answer, _)| answer).collect();
    let known = |answer: &&Answer| [refused, &[503]].concat().contains(&answer.status.as_u16());
    assert_eq!(answers.iter().filter(known).count(), 100, "{answers:?}");
    answers.iter().filter(|answer| answer.status == 200).count()
}

async fn a_link_goes_round_no_second_factor(mut world: World) {
    let smtp = world.with_mail().await;
    let who = world.signed_in("sdr").await;
    world.enrols_app(&who).await;
    let email = world.email("sdr").await;
    let token = token(&mailed(&world, &smtp, &email).await);
    world.call("", "POST /auth/reset/confirm", json!({ "token": token, "password": OTHER })).await.is(200);
    assert_eq!(world.signs_in(&email, OTHER).await.is(200).json()["next"], "second_factor");
}

async fn another_address_is_confirmed(mut world: World) {
    let (ask, confirm) = ("POST /api/v2/me/email", "POST /auth/email/confirm");
    let who = world.signed_in("sdr").await;
    assert!(
        world
            .call(&who, ask, json!({ "email": "n@acme.example" }))
            .await
            .is(409)
            .message()
            .contains("sends no mail")
    );
    let smtp = world.with_mail().await;
    let (old, taken) = (world.email("sdr").await, world.email("editor").await);
    let asked = world.call(&who, ask, json!({ "email": "New.SDR@acme.example" })).await.is(200).face();
    assert_eq!(
        world.call(&who, ask, json!({ "email": taken })).await.is(200).face(),
        asked,
        "it tells nothing"
    );
    world.work().await;
    let mails = smtp.mails();
    let mut to: Vec<_> = mails.iter().map(|mail| (mail.to[0].as_str(), mail.subject.as_str())).collect();
    to.sort_unstable();
    let mut expected = vec![
        (old.as_str(), "A change of your address was requested"),
        (old.as_str(), "A change of your address was requested"),
        (taken.as_str(), "Confirm your new address"),
        ("new.sdr@acme.example", "Confirm your new address"),
    ];
    expected.sort_unstable();
    assert_eq!(to, expected);
    let of = |address: &str| token(mails.iter().find(|mail| mail.to == [address]).unwrap());
    let by = async |token: String| world.call("", confirm, json!({ "token": token })).await;
    by(of("new.sdr@acme.example")).await.is(400); // the last that was asked for is the one
    by(of(&taken)).await.is(400); // and that is somebody's
    world.signs_in(&old, PASSWORD).await.is(200);
    world.call(&who, ask, json!({ "email": "sdr@new.example" })).await.is(200);
    world.work().await;
    let link = token(smtp.mails().iter().find(|mail| mail.to == ["sdr@new.example"]).unwrap());
    by(link.clone()).await.is(200);
    by(link).await.is(400);
    world.signs_in(&old, PASSWORD).await.is(401);
    world.signs_in("sdr@new.example", PASSWORD).await.is(200);
    let me = world.get("sdr", "/api/v2/me").await.is(200).json();
    assert_eq!(me["email"], "sdr@new.example");
    let found = world.get("owner", "/api/v2/workspace-members?search=sdr%40new").await.is(200).items();
    assert_eq!(found[0]["user_email"], "sdr@new.example");
}

async fn an_invitation_counts_once_of_a_hundred(world: World) {
    let line = "POST /api/v2/workspace-members";
    let invited = world.call("owner", line, json!({ "email": "jo@acme.example" })).await.is(200).json();
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let body = json!({ "token": token, "first_name": "Jo", "last_name": "", "password": OTHER });
    let line = "POST /api/v2/invitations/accept";
    assert_eq!(accepted_of_a_hundred(&world.router, line, &body, &[200, 400]).await, 1);
    world.signs_in("jo@acme.example", OTHER).await.is(200);
}

async fn a_server_is_set_up_once_by_one_of_a_hundred(world: World) {
    let url = match world.url.starts_with("sqlite:") {
        true => world.url.replace(".db", "-empty.db"),
        false => World::postgres_schema().await.unwrap(),
    };
    let app = World::app(db::open(&url, "test").await.unwrap(), RateLimit(None), world.ambient.clone());
    let router = router(app.clone());
    let line = "POST /auth/setup";
    let body = |token: &str| {
        json!({
            "token": token, "first_name": "Ada", "last_name": "L", "email": "Ada@acme.example",
            "password": OTHER, "workspace_name": "Acme",
        })
    };
    let call = async |body: Value| exchange(&router, None, line, &[], body.to_string().into_bytes()).await.0;
    call(body("none")).await.is(410); // nothing is armed
    let token = auth::token(&app.random().unwrap());
    setup::arm(&app, &token).await.unwrap();
    assert!(setup::is_armed(&app).await.unwrap());
    let page = exchange(&router, None, "GET /auth/setup", &[], vec![]).await.0.is(200);
    assert!(page.text().contains("<h1>Set up Gatepost</h1>"), "{}", page.text());
    call(body("wrong")).await.is(400);
    assert_eq!(accepted_of_a_hundred(&router, line, &body(&token), &[200, 410]).await, 1);
    call(body(&token)).await.is(410);
    let stored = db::sql("select name, personal, expires_at from api_keys");
    let keys: Vec<(String, (bool, Time))> = stored.all(&app.reader).await.unwrap();
    let expires = app.now().plus(30 * Time::DAY);
    assert_eq!(keys, [("Ada L's first key".to_owned(), (true, expires))], "one key, named after its person");
    exchange(&router, None, "GET /auth/setup", &[], vec![]).await.0.is(410);
    let count = "select (select count(*) from workspaces), (select count(*) from users)";
    let made: Option<(i64, i64)> = db::sql(count).optional(&app.reader).await.unwrap();
    assert_eq!(made, Some((1, 1)));
    let body = json!({ "email": "ada@acme.example", "password": OTHER }).to_string().into_bytes();
    let done = exchange(&router, None, "POST /auth/sign-in", &[], body).await.0.is(200);
    let headers = [("cookie", &*format!("{}={}", crate::support::COOKIE, cookie(&done).unwrap()))];
    let me = exchange(&router, None, "GET /api/v2/me", &headers, vec![]).await.0.is(200).json();
    assert_eq!((&me["role"], &me["workspace_name"]), (&json!("owner"), &json!("Acme")));
    let rows = exchange(&router, None, "GET /api/v2/audit-logs", &headers, vec![]).await.0.is(200).items();
    assert!(rows.iter().any(|row| row["action"] == "workspaces:set_up"), "{rows:?}");
    if let Some(file) = url.strip_prefix("sqlite:") {
        ["", "-wal", "-shm"].iter().for_each(|end| drop(std::fs::remove_file(format!("{file}{end}"))));
    }
}

async fn asking_for_a_link_tells_nothing(mut world: World) {
    let ask = async |world: &World, email: &str| {
        let before = world.app.passwords.runs();
        let answer = world.call("", "POST /auth/reset", json!({ "email": email })).await;
        assert_eq!(world.app.passwords.runs(), before);
        answer.face()
    };
    let email = world.has_password("sdr").await;
    assert_eq!(ask(&world, &email).await, ask(&world, "nobody@nowhere.example").await);
    let smtp = world.with_mail().await;
    let faces = [ask(&world, &email).await, ask(&world, "nobody@nowhere.example").await];
    assert!(faces[0] == faces[1] && faces[0].0 == 200, "{faces:?}");
    for _ in 0..6 {
        ask(&world, &email).await;
        world.app.errands.flush().await;
    }
    world.work().await;
    assert_eq!(smtp.mails().len(), 3, "so many a day");
}

/// Somebody else created the user with this address. The person who has the mailbox inherits no factors and no keys.
async fn taking_an_address_back_removes_what_others_made(mut world: World) {
    let smtp = world.with_mail().await;
    let who = world.signed_in("sdr").await;
    let mut passkey = world.enrols_passkey(&who).await;
    let user = world.who("sdr").user.unwrap();
    world.run(db::sql("update users set email_verified = false where id = $1").bind(user)).await;
    let link = token(&mailed(&world, &smtp, &world.email("sdr").await).await);
    world.get("sdr", "/api/v2/me").await.is(200);
    let reset =
        world.call("", "POST /auth/reset/confirm", json!({ "token": link, "password": OTHER })).await.is(200);
    assert!(reset.headers["set-cookie"].to_str().unwrap().starts_with("__Host-gatepost-device="));
    world.get("sdr", "/api/v2/me").await.is(401);
    let answer = world.answered(&mut passkey).await;
    world.call("", "POST /auth/passkey", answer).await.is(401);
    let done = world.signs_in(&world.email("sdr").await, OTHER).await.is(200);
    assert_eq!(done.json()["next"], "done");
    let who = format!("cookie:{}", cookie(&done).unwrap());
    assert_eq!(world.get(&who, "/api/v2/me/profile").await.is(200).json()["email_verified"], true);
}

/// A thief uses a session to ask for another address, and then the person changes the password.
async fn what_a_thief_asked_for_stops_working(mut world: World) {
    let smtp = world.with_mail().await;
    let who = world.signed_in("sdr").await;
    let ask = async |email: &str| {
        world.call("sdr's session", "POST /api/v2/me/email", json!({ "email": email })).await.is(200);
        world.work().await;
        token(smtp.mails().iter().rev().find(|mail| mail.to == [email]).unwrap())
    };
    let evil = ask("evil@x.example").await;
    let body = json!({ "current_password": PASSWORD, "password": OTHER });
    let changed = world.call(&who, "POST /api/v2/me/password", body).await.is(200);
    world.call("", "POST /auth/email/confirm", json!({ "token": evil })).await.is(400);
    let who = format!("cookie:{}", cookie(&changed).unwrap());
    world.refresh_sessions().await;
    let evil = ask("evil@y.example").await;
    world.call(&who, "DELETE /api/v2/me/sessions?others=true", Value::Null).await.is(200);
    world.call("", "POST /auth/email/confirm", json!({ "token": evil })).await.is(400);
    // Many letters to a person do not suppress a warning.
    let email = world.email("sdr").await;
    for _ in 0..5 {
        mailed_or_not(&world, &email).await;
    }
    let body = json!({ "current_password": OTHER, "password": PASSWORD });
    world.call(&who, "POST /api/v2/me/password", body).await.is(200);
    world.work().await;
    assert_eq!(smtp.mails().iter().filter(|mail| mail.subject == "Your password was changed").count(), 2);
}

async fn mailed_or_not(world: &World, email: &str) {
    world.call("", "POST /auth/reset", json!({ "email": email })).await.is(200);
    world.app.errands.flush().await;
    world.work().await;
}

/// The rows of a workspace of the person's, as they read them there.
async fn log_of(world: &World, who: &str, workspace: uuid::Uuid) -> Vec<Value> {
    world.call(who, "POST /auth/switch", json!({ "workspace_id": workspace })).await.is(200);
    world.get(who, "/api/v2/audit-logs").await.is(200).items()
}

async fn a_change_of_a_person_is_recorded_in_each_of_their_workspaces(mut world: World) {
    let smtp = world.with_mail().await;
    let third = scene::another_of(&world, "sdr").await;
    let who = world.signed_in("sdr").await;
    let user = world.who("sdr").user.unwrap();
    let old = world.email("sdr").await;
    world.call(&who, "POST /api/v2/me/email", json!({ "email": "sdr@new.example" })).await.is(200);
    world.work().await;
    let link = token(smtp.mails().iter().find(|mail| mail.to == ["sdr@new.example"]).unwrap());
    world.call("", "POST /auth/email/confirm", json!({ "token": link })).await.is(200);
    world.call(&who, "PATCH /api/v2/me/profile", json!({ "first_name": "Zoë" })).await.is(200);
    let home = world.log().await;
    for (action, field, change) in [
        ("profile:confirm_email", "email", json!([old, "sdr@new.example"])),
        ("profile:update", "first_name", json!(["sdr", "Zoë"])),
    ] {
        let there = log_of(&world, &who, third).await;
        for log in [&home, &there] {
            let rows: Vec<_> = log.iter().filter(|row| row["action"] == action).collect();
            assert_eq!(rows.len(), 1, "{action}");
            assert_eq!(rows[0]["audit_metadata"]["changes"][field], change);
            assert_eq!(rows[0]["user_id"], json!(user));
            assert_eq!(rows[0]["audit_metadata"].get("from_workspace_id"), None, "who is where tells nobody");
        }
        let role = |log: &[Value]| {
            log.iter().find(|row| row["action"] == action).unwrap()["audit_metadata"]["role"].clone()
        };
        assert_eq!((role(&home), role(&there)), (json!("sdr"), json!("owner")));
    }
}

async fn a_row_keeps_the_name_of_its_time(mut world: World) {
    world.create("editor", "by the old name", "team").await;
    world.call("editor", "GET /api/v2/audit-logs", Value::Null).await.is(403);
    let refused = |log: &[Value]| log.iter().any(|row| row["audit_metadata"]["refused_by"] == "role");
    let before = world.log_once(refused).await;
    let names = |log: &[Value], action: &str| -> Vec<Value> {
        let rows = log.iter().filter(|row| row["action"] == action);
        rows.map(|row| row["user_name"].clone()).collect()
    };
    let [old] = &names(&before, "campaigns:create")[..] else { panic!("{before:?}") };
    let new = json!({ "first_name": "The", "last_name": "Owner" });
    world.call("editor's session", "PATCH /api/v2/me/profile", new).await.is(200);
    world.create("editor", "by the new name", "team").await;
    let after = world.log().await;
    assert_eq!(names(&after, "campaigns:create"), [json!("The Owner"), old.clone()]);
    assert_eq!(names(&after, "audit_logs:read"), [old.clone()], "of what was refused too");
    world.call("robot", "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(200);
    assert_eq!(names(&world.log().await, "custom_tags:create"), [Value::Null], "a key has no name");
    // What is taken away in another workspace is recorded there.
    let smtp = world.with_mail().await;
    let third = scene::another_of(&world, "editor").await;
    let user = world.who("editor").user.unwrap();
    let member: uuid::Uuid = db::sql("select id from members where workspace_id = $1")
        .bind(third)
        .optional(&world.reader)
        .await
        .unwrap()
        .unwrap();
    scene::key(&mut world, scene::Key::personal(third, "there", (member, user))).await;
    world.run(db::sql("update users set email_verified = false where id = $1").bind(user)).await;
    let link = token(&mailed(&world, &smtp, &world.email("editor").await).await);
    world.call("", "POST /auth/reset/confirm", json!({ "token": link, "password": OTHER })).await.is(200);
    world.get("there", "/api/v2/me").await.is(401);
    let done = world.signs_in(&world.email("editor").await, OTHER).await.is(200);
    let there = log_of(&world, &format!("cookie:{}", cookie(&done).unwrap()), third).await;
    assert_eq!(names(&there, "profile:reset_password"), [json!("The Owner")]);
}
