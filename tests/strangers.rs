//! Strangers cannot use up what other callers need: places in the password queue, attempts, codes, letters
//! and room for bodies.

use crate::support::people::{PASSWORD, cookie};
use crate::support::smtp::Smtp;
use crate::support::{Answer, COOKIE, World, exchange, on_both, operations};
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures::future::{join, join_all};
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tower::ServiceExt;

on_both! {
    three_addresses_keep_nobody_out many_names_from_three_addresses_keep_nobody_out
    wrong_codes_lock_nobody_out wrong_passwords_use_up_no_invitation
    letters_are_not_used_up_by_others letters_are_not_used_up_by_a_crowd_of_networks
    a_workspaces_letters_are_not_used_up_by_strangers a_flood_of_asking_keeps_no_letter_back
    bodies_of_strangers_are_small stalled_bodies_of_strangers_block_no_caller
    a_right_password_is_a_try_until_the_change_is_made the_owners_password_is_counted_too
}

const SIGN_IN: &str = "POST /auth/sign-in";
const SECOND: &str = "POST /auth/second-factor";
const RESET: &str = "POST /auth/reset";
const ACCEPT: &str = "POST /api/v2/invitations/accept";
const MINUTES: i64 = 60 * 1000;

/// A call from an address, with `cookies` as a browser sends them. The server may ask for a retry.
async fn from(world: &World, address: &str, line: &str, cookies: &str, body: Value) -> Answer {
    world.secrets.note(body.to_string().as_bytes());
    let headers = [("x-forwarded-for", address), ("cookie", cookies)];
    let answer = exchange(&world.router, None, line, &headers, body.to_string().into_bytes()).await.0;
    world.secrets.note(&answer.bytes);
    if let Some(token) = cookie(&answer) {
        world.secrets.add(&token);
    }
    answer
}

fn session(answer: &Answer) -> String {
    format!("{COOKIE}={}", cookie(answer).unwrap())
}

/// The cookie of the device, as it is sent back.
fn device(answer: &Answer) -> String {
    let mut lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    lines.find(|line| line.contains("-device=")).unwrap().split(';').next().unwrap().to_owned()
}

fn password(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

/// A World whose people can call from any address.
fn anywhere(world: &mut World) {
    world.with(|shared| shared.trusted_proxies = ["0.0.0.0/0".parse().unwrap()].into());
}

async fn three_addresses_keep_nobody_out(world: World) {
    crowd_signs_in(world, |_| "n@x.example".to_owned()).await;
}

/// None of these calls exceeds a limit.
async fn many_names_from_three_addresses_keep_nobody_out(world: World) {
    crowd_signs_in(world, |n| format!("n{n}@x.example")).await;
}

async fn crowd_signs_in(mut world: World, whom: impl Fn(usize) -> String) {
    let email = world.has_password("sdr").await;
    let device = device(&world.signs_in(&email, PASSWORD).await.is(200));
    anywhere(&mut world);
    let crowd = (0..150).map(|n| {
        let (body, address) = (password(&whom(n), "wrong"), format!("203.0.113.{}", n % 3));
        let world = &world;
        async move { from(world, &address, SIGN_IN, "", body).await.status.as_u16() }
    });
    let right = || password(&email, PASSWORD);
    let elsewhere = from(&world, "198.51.100.7", SIGN_IN, "", right());
    let next_to_them = from(&world, "203.0.113.1", SIGN_IN, &device, right());
    let (crowd, (new, known)) = join(join_all(crowd), join(elsewhere, next_to_them)).await;
    assert_eq!((new.status.as_u16(), known.status.as_u16()), (200, 200));
    let told: BTreeSet<u16> = crowd.into_iter().collect();
    assert_eq!(told, BTreeSet::from([401, 503]), "a crowd is told to come again");
}

async fn wrong_codes_lock_nobody_out(mut world: World) {
    let who = world.signed_in("sdr").await;
    let (seed, codes) = world.enrols_app(&who).await;
    let mut passkey = world.enrols_passkey(&who).await;
    let email = world.email("sdr").await;
    anywhere(&mut world);
    let begin = async |address: &str, cookies: &str| {
        session(&from(&world, address, SIGN_IN, cookies, password(&email, PASSWORD)).await.is(200))
    };
    let pending = begin("198.51.100.7", "").await;
    let code = json!({ "code": world.code(&seed, 1) });
    let known = device(&from(&world, "198.51.100.7", SECOND, &pending, code).await.is(200));
    world.wait(2 * MINUTES);
    for n in 0..11 {
        let address = format!("203.0.{n}.1");
        let pending = begin(&address, "").await;
        for _ in 0..10 {
            from(&world, &address, SECOND, &pending, json!({ "code": "000000" })).await.is(401);
        }
    }
    let code = json!({ "code": world.code(&seed, 0) });
    let pending = begin("192.0.2.1", "").await;
    from(&world, "192.0.2.1", SECOND, &pending, code.clone()).await.is(401); // codes can be guessed, so attempts are limited
    let recovery = json!({ "recovery_code": codes[0] });
    from(&world, "192.0.2.1", SECOND, &pending, recovery).await.is(200);
    let pending = begin("192.0.2.1", "").await;
    let answer = world.answered(&mut passkey).await;
    from(&world, "192.0.2.1", SECOND, &pending, answer).await.is(200);
    let pending = begin("198.51.100.7", &known).await;
    from(&world, "192.0.2.1", SECOND, &format!("{pending}; {known}"), code).await.is(200);
    // Codes that cannot be guessed are limited too, by the sign-in that waits for them.
    let pending = begin("192.0.2.1", "").await;
    for _ in 0..10 {
        let wrong = json!({ "recovery_code": "abcd-efgh-jkmn-pqrs" });
        from(&world, "192.0.2.1", SECOND, &pending, wrong).await.is(401);
    }
    from(&world, "192.0.2.1", SECOND, &pending, json!({ "recovery_code": codes[1] })).await.is(401);
}

async fn wrong_passwords_use_up_no_invitation(mut world: World) {
    let email = world.has_password("sdr").await;
    let device = device(&world.signs_in(&email, PASSWORD).await.is(200));
    let invite = json!({ "email": email, "role": "view" });
    let invited = world.call("stranger", "POST /api/v2/workspace-members", invite).await.is(200).json();
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    anywhere(&mut world);
    for n in 0..110 {
        let address = format!("203.0.{}.1", n % 20);
        from(&world, &address, SIGN_IN, "", password(&email, "wrong")).await.is(401);
    }
    let accept = json!({ "token": token, "first_name": "S", "last_name": "", "password": PASSWORD });
    for _ in 0..6 {
        let refused = from(&world, "192.0.2.1", ACCEPT, "", accept.clone()).await.is(429);
        assert!(refused.message().contains("before"), "{}", refused.text());
    }
    from(&world, "192.0.2.1", ACCEPT, &device, accept).await.is(200);
}

/// The number of letters with a link until now.
async fn links(world: &World, smtp: &Smtp) -> usize {
    world.app.errands.flush().await;
    world.work().await;
    smtp.mails().iter().filter(|mail| mail.subject.contains("new password")).count()
}

async fn letters_are_not_used_up_by_others(mut world: World) {
    let smtp = world.with_mail().await;
    let email = world.has_password("sdr").await;
    let device = device(&world.signs_in(&email, PASSWORD).await.is(200));
    anywhere(&mut world);
    let ask = async |address: &str, cookies: &str| {
        from(&world, address, RESET, cookies, json!({ "email": email })).await.is(200);
        links(&world, &smtp).await
    };
    let mut all = 0;
    for n in 0..10 {
        for _ in 0..3 {
            all = ask(&format!("203.0.113.{n}"), "").await;
        }
    }
    assert_eq!(all, 21, "the first of a network, and twenty that are shared");
    assert_eq!(ask("203.0.113.77", "").await, all, "the network has none left");
    assert_eq!(ask("198.51.100.7", "").await, all + 1, "another network has its own");
    assert_eq!(ask("2001:db8::1", "").await, all + 2);
    assert_eq!(ask("203.0.113.1", &device).await, all + 3, "so has a known device, wherever it is");
    for _ in 0..5 {
        ask("203.0.113.1", &device).await;
    }
    assert_eq!(links(&world, &smtp).await, all + 5, "three a day");
    assert_eq!(ask("203.0.113.1", &format!("{device}x")).await, all + 5, "no other cookie will do");
}

async fn letters_are_not_used_up_by_a_crowd_of_networks(mut world: World) {
    let smtp = world.with_mail().await;
    let email = world.has_password("sdr").await;
    anywhere(&mut world);
    let ask = async |address: String| {
        from(&world, &address, RESET, "", json!({ "email": email })).await.is(200);
        links(&world, &smtp).await
    };
    let mut all = 0;
    for n in 0..40 {
        all = ask(format!("2001:db8:{n}::1")).await;
    }
    assert_eq!(all, 21, "not as many as there are networks");
    world.wait(5 * MINUTES);
    assert_eq!(ask("198.51.100.7".to_owned()).await, all + 1, "nobody waits longer than that");
}

async fn a_workspaces_letters_are_not_used_up_by_strangers(mut world: World) {
    let smtp = world.with_mail().await;
    let admin = world.has_password("admin").await;
    for _ in 0..3 {
        world.call("", RESET, json!({ "email": admin })).await.is(200);
    }
    assert_eq!(links(&world, &smtp).await, 3);
    let heir = json!({ "new_owner_id": world.who("admin").member });
    world.call("owner", "POST /api/v2/workspaces/current/change-owner", heir).await.is(200);
    world.work().await;
    let told = smtp.mails().iter().filter(|mail| mail.to == [admin.as_str()]).count();
    assert_eq!(told, 4, "and of the ownership");
}

async fn a_flood_of_asking_keeps_no_letter_back(mut world: World) {
    let smtp = world.with_mail().await;
    let people = ["owner", "manager", "editor", "member", "sdr", "view", "client"];
    let mut emails = vec![];
    for name in people {
        emails.push(world.has_password(name).await);
    }
    let victim = world.has_password("admin").await;
    anywhere(&mut world);
    let flood = (0..300).map(|n| {
        let (world, body) = (&world, json!({ "email": victim }));
        async move { from(world, &format!("203.0.113.{}", n % 3), RESET, "", body).await.status.as_u16() }
    });
    let asking = emails.iter().enumerate().map(|(n, email)| {
        let (world, body) = (&world, json!({ "email": email }));
        async move { from(world, &format!("198.51.{n}.1"), RESET, "", body).await.is(200) }
    });
    let (flood, _asked) = join(join_all(flood), join_all(asking)).await;
    assert!(flood.iter().all(|status| [200, 503].contains(status)) && flood.contains(&503));
    links(&world, &smtp).await;
    let mails = smtp.mails();
    for email in emails {
        assert!(mails.iter().any(|mail| mail.to == [email.as_str()]), "{email}");
    }
    assert_eq!(mails.iter().filter(|mail| mail.to == [victim.as_str()]).count(), 9, "three for each address");
}

/// Every operation that is open to callers without a credential.
async fn bodies_of_strangers_are_small(world: World) {
    let open: Vec<_> = operations::all(world.api).into_iter().filter(|operation| operation.open).collect();
    assert!(open.len() >= 9, "{}", open.len());
    for operation in open {
        let most = match operation.path.as_str() {
            "/auth/passkey" | "/auth/second-factor" => 16,
            "/auth/setup" | "/api/v2/invitations/accept" => 8,
            _ => 4,
        };
        let body = |bytes: usize| format!("{{\"x\": \"{}\"}}", "x".repeat(bytes)).into_bytes();
        let line = operation.line();
        world.send("", &line, &[], body(most * 1024)).await.is(413);
        let fits = world.send("", &line, &[], body(most * 1024 - 100)).await.status;
        assert!([400, 409, 410].contains(&fits.as_u16()), "{line}: {fits}");
    }
    // The longest names and password, in their longest escaped form.
    let long = |count| "\\ud83e\\udd80".repeat(count);
    let accept = format!(
        r#"{{ "token": "x", "first_name": "{}", "last_name": "{}", "password": "{}" }}"#,
        long(80),
        long(80),
        long(128)
    );
    let refused = world.send("", ACCEPT, &[], accept.into_bytes()).await.is(400);
    assert!(refused.message().starts_with("body/token"), "{}", refused.text());
}

async fn stalled_bodies_of_strangers_block_no_caller(mut world: World) {
    anywhere(&mut world);
    let stall = |address: &'static str| {
        let bytes = stream::once(async { Ok::<_, std::convert::Infallible>(Bytes::from(vec![b' '; 4000])) });
        let body = Body::from_stream(bytes.chain(stream::pending()));
        let request = Request::post("/auth/sign-in").header("x-forwarded-for", address).body(body).unwrap();
        tokio::spawn(world.router.clone().oneshot(request))
    };
    // How many of so many requests were refused.
    let sent_away = async |stalled: &[tokio::task::JoinHandle<_>], many: usize| {
        let count = || stalled.iter().filter(|stalled| stalled.is_finished()).count();
        for _ in 0..500 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if count() >= many {
                break;
            }
        }
        assert_eq!(count(), many);
    };
    let stalled: Vec<_> = (0..40).map(|_| stall("203.0.113.1")).collect();
    sent_away(&stalled, 8).await;
    let wrong = || password("n@x.example", "wrong");
    from(&world, "203.0.113.1", SIGN_IN, "", wrong()).await.is(503);
    from(&world, "203.0.113.2", SIGN_IN, "", wrong()).await.is(401);
    let nearby: Vec<_> = ["203.0.113.3", "203.0.113.4", "203.0.113.5", "203.0.113.6"]
        .into_iter()
        .flat_map(|address| (0..32).map(move |_| address))
        .map(stall)
        .collect();
    sent_away(&nearby, 32).await;
    from(&world, "203.0.113.2", SIGN_IN, "", wrong()).await.is(503);
    from(&world, "198.51.100.1", SIGN_IN, "", wrong()).await.is(401);
    let label = json!({ "label": "written meanwhile" }).to_string().into_bytes();
    let there = [("x-forwarded-for", "203.0.113.1")];
    world.send("owner", "POST /api/v2/custom-tags", &there, label).await.is(200);
    for stalled in stalled.iter().chain(&nearby) {
        stalled.abort();
    }
    sent_away(&nearby, nearby.len()).await;
    sent_away(&stalled, stalled.len()).await;
    from(&world, "203.0.113.1", SIGN_IN, "", wrong()).await.is(401);
}

async fn a_right_password_is_a_try_until_the_change_is_made(world: World) {
    let who = world.signed_in("sdr").await;
    let line = "POST /api/v2/me/password";
    let change = async |new: &str| {
        world.call(&who, line, json!({ "current_password": PASSWORD, "password": new })).await
    };
    for _ in 0..10 {
        change("passwordpassword1").await.is(400);
    }
    assert!(change("other words than before").await.is(403).message().contains("ten tries"));
    world.wait(15 * MINUTES);
    change("passwordpassword1").await.is(400);
    let changed = change("other words than before").await.is(200);
    let who = format!("cookie:{}", cookie(&changed).unwrap());
    let again = |current: &str| json!({ "current_password": current, "password": "a third of many words" });
    for _ in 0..9 {
        world.call(&who, line, again("wrong")).await.is(403);
    }
    world.call(&who, line, again("other words than before")).await.is(200); // the two failures before are forgiven
}

async fn the_owners_password_is_counted_too(world: World) {
    world.has_password("owner").await;
    let admin = world.email("admin").await;
    let line = "POST /api/v2/workspaces/current/change-owner";
    let hand_over = async |who: &str, sec: &str| {
        world.call(who, line, json!({ "email": admin, "sec": sec })).await.status.as_u16()
    };
    let before = world.app.passwords.runs();
    let guesses = join_all((0..40).map(|_| hand_over("owner", "wrong"))).await;
    assert!(guesses.iter().all(|status| *status == 403), "{guesses:?}");
    assert_eq!(world.app.passwords.runs() - before, 10, "of many at once ten are looked at");
    assert_eq!(hand_over("owner", PASSWORD).await, 403);
    assert_eq!(hand_over("owner's session", PASSWORD).await, 200, "each credential has tries of its own");
}
