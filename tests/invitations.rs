//! Invitations and notices by mail, through a real mail server: they are queued with the change or not at
//! all, and sent once. Also tests crashes of the server and of the mail server.

use crate::support::smtp::Mail;
use crate::support::{World, on_both};
use gatepost::jobs;
use gatepost::mail::Mailer;
use gatepost::resources;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

on_both! {
    an_invitation_is_mailed_and_proves_the_address without_mail_the_link_is_shown limits_of_mails
    a_crash_neither_loses_nor_doubles_an_invitation bounces_are_shown notices_are_mailed
    an_outage_loses_nothing withdrawn_invitations_are_not_sent the_inviter_is_named nothing_to_resend_costs_nothing
}

const INVITE: &str = "POST /api/v2/workspace-members";

fn token(mail: &Mail) -> String {
    mail.link.as_ref().unwrap().split_once('#').unwrap().1.to_owned()
}

async fn accept(world: &World, token: &str) -> crate::support::Answer {
    let body = json!({ "token": token, "first_name": "Jo", "last_name": "New", "password": "a password long enough" });
    world.call("", "POST /api/v2/invitations/accept", body).await
}

async fn is_verified(world: &World, joined: &Value) -> bool {
    let user: uuid::Uuid = joined["user_id"].as_str().unwrap().parse().unwrap();
    gatepost::db::sql("select email_verified from users where id = $1")
        .bind(user)
        .optional(&world.reader)
        .await
        .unwrap()
        .unwrap()
}

async fn an_invitation_is_mailed_and_proves_the_address(mut world: World) {
    let smtp = world.with_mail().await;
    let asked = world
        .call("owner", INVITE, json!({ "email": "Jo@acme.example", "role": "sdr" }))
        .await
        .is(200)
        .json();
    assert!(asked["invitation_url"].is_null(), "{asked}");
    assert_eq!(smtp.mails().len(), 0, "it leaves behind the answer");
    world.work().await;
    let mail = smtp.mails().remove(0);
    assert_eq!(mail.to, ["jo@acme.example"]);
    assert!(
        mail.subject.contains("home") && mail.text.contains("sdr") && mail.text.contains("7 days"),
        "{}",
        mail.text
    );
    assert!(mail.link.as_ref().unwrap().starts_with("https://gatepost.example/invitations/accept#"));
    // A person who opens a mailed link has proved that the address is theirs.
    let joined = accept(&world, &token(&mail)).await.is(200).json();
    assert!(is_verified(&world, &joined).await);
    // The letter is erased, and it was never listed as a background job.
    let kept: Vec<Option<String>> =
        gatepost::db::sql("select sealed from jobs where workspace_id = $1 and status = 'success'")
            .bind(world.home)
            .all(&world.reader)
            .await
            .unwrap();
    assert!(!kept.is_empty() && kept.iter().all(Option::is_none));
    assert!(world.get("owner", "/api/v2/background-jobs").await.is(200).items().is_empty());
    // Resending makes the old link invalid.
    let again = world.call("owner", INVITE, json!({ "email": "bo@acme.example" })).await.is(200).id();
    world.work().await;
    world.wait(1000);
    world.call("owner", &format!("{INVITE}/{again}/resend"), Value::Null).await.is(200);
    world.work().await;
    let tokens: Vec<String> =
        smtp.mails().iter().filter(|mail| mail.to == ["bo@acme.example"]).map(token).collect();
    assert_eq!(tokens.len(), 2);
    accept(&world, &tokens[0]).await.is(400);
    accept(&world, &tokens[1]).await.is(200);
}

async fn without_mail_the_link_is_shown(world: World) {
    let asked = world.call("owner", INVITE, json!({ "email": "jo@acme.example" })).await.is(200).json();
    let token = asked["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let joined = accept(&world, &token).await.is(200).json();
    assert!(!is_verified(&world, &joined).await, "a link that was shown proves nothing");
    assert_eq!(world.work().await, 0);
}

async fn limits_of_mails(mut world: World) {
    let _smtp = world.with_mail().await;
    let id = world.call("owner", INVITE, json!({ "email": "jo@acme.example" })).await.is(200).id();
    let resend = format!("{INVITE}/{id}/resend");
    for _ in 0..2 {
        world.wait(1000);
        world.call("owner", &resend, Value::Null).await.is(200);
    }
    let why = world.call("owner", &resend, Value::Null).await.is(429).message();
    assert!(why.contains("3 times a day"), "{why}");
    // Withdrawing an invitation does not reset the limit.
    world.call("owner", &resend.replace("POST", "DELETE").replace("/resend", ""), Value::Null).await.is(200);
    world.call("owner", INVITE, json!({ "email": "jo@acme.example" })).await.is(429);
    // Each workspace has its own limit.
    world.call("stranger", INVITE, json!({ "email": "jo@acme.example" })).await.is(200);
    world.wait(24 * 60 * 60 * 1000);
    world.call("owner", INVITE, json!({ "email": "jo@acme.example" })).await.is(200);
}

/// The server is killed at every fault point between the change and the record of delivery. One mail leaves.
/// If the server was killed after the mail server's answer, the same mail leaves twice: one Message-ID, one
/// token.
async fn a_crash_neither_loses_nor_doubles_an_invitation(mut world: World) {
    let smtp = world.with_mail().await;
    let mut twice = 0;
    for point in 0.. {
        let address = format!("p{point}@acme.example");
        world.call("owner", INVITE, json!({ "email": address })).await.is(200);
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = jobs::drain(&world.app, resources::work).await;
        let died = world.ambient.dies_after.swap(-1, Ordering::SeqCst) == 0;
        world.wait(160_000);
        world.work().await;
        let mails: Vec<Mail> = smtp.mails().into_iter().filter(|mail| mail.to == [address.clone()]).collect();
        let different: BTreeSet<(String, String)> =
            mails.iter().map(|mail| (mail.message_id.clone(), token(mail))).collect();
        assert_eq!(different.len(), 1, "dead at {point}: {mails:?}");
        assert!(mails.len() <= 2);
        twice += usize::from(mails.len() == 2);
        accept(&world, &token(&mails[0])).await.is(200);
        world.work().await;
        world.wait(24 * 60 * 60 * 1000);
        if !died {
            assert!(point >= 4, "{point}");
            break;
        }
    }
    assert!(twice >= 1, "the window between the mail server's yes and ours was met");
    // A change that does not commit mails nothing.
    let before = smtp.mails().len();
    world.call("owner", INVITE, json!({ "email": "p0@acme.example" })).await.is(409);
    world.work().await;
    assert_eq!(smtp.mails().len(), before);
    // The mail server is away for a while.
    world.call("owner", INVITE, json!({ "email": "later@acme.example" })).await.is(200);
    for _ in 0..4 {
        world.work().await;
        world.wait(400_000);
    }
    assert_eq!(smtp.mails().iter().filter(|mail| mail.to == ["later@acme.example"]).count(), 1);
}

async fn bounces_are_shown(mut world: World) {
    let _smtp = world.with_mail().await;
    let asked = world.call("owner", INVITE, json!({ "email": "bounce@acme.example" })).await.is(200).json();
    assert!(asked["invitation_url"].is_null());
    world.work().await;
    world.wait(1000);
    let resend = format!("{INVITE}/{}/resend", asked["id"].as_str().unwrap());
    let shown = world.call("owner", &resend, Value::Null).await.is(200).json();
    assert!(shown["invitation_url"].is_string(), "it could not be mailed: {shown}");
}

async fn notices_are_mailed(mut world: World) {
    let smtp = world.with_mail().await;
    world.call("owner", INVITE, json!({ "email": "jo@acme.example", "role": "manager" })).await.is(200);
    world.work().await;
    accept(&world, &token(&smtp.mails()[0])).await.is(200);
    world.work().await;
    let joined = smtp.mails().remove(1);
    assert!(joined.to[0].starts_with("owner.") && joined.subject.contains("joined"), "{joined:?}");
    let hand_over = json!({ "new_owner_id": world.who("admin").member });
    world.call("owner", "POST /api/v2/workspaces/current/change-owner", hand_over).await.is(200);
    world.work().await;
    let told: BTreeSet<String> =
        smtp.mails()[2..].iter().map(|mail| mail.to[0].split('.').next().unwrap().to_owned()).collect();
    assert_eq!(told, ["admin".to_owned(), "owner".to_owned()].into());
}

/// The mail server is away for a day. The letter leaves when it is back, and the answer shows no link
/// instead.
async fn an_outage_loses_nothing(mut world: World) {
    let smtp = world.with_mail().await;
    let working = world.app.mailer.clone();
    let gone = Mailer::new("smtp://127.0.0.1:1", "gatepost@gatepost.example").unwrap();
    world.with(|app| app.mailer = Some(gone));
    world.call("owner", INVITE, json!({ "email": "jo@acme.example" })).await.is(200);
    for _ in 0..30 {
        world.work().await;
        world.wait(60 * 60 * 1000);
    }
    let id = world.get("owner", "/api/v2/workspace-members?search=jo@acme").await.items()[0]["id"].clone();
    world.with(|app| app.mailer = working);
    let again = world
        .call("owner", &format!("{INVITE}/{}/resend", id.as_str().unwrap()), Value::Null)
        .await
        .is(200)
        .json();
    assert!(again["invitation_url"].is_null(), "an outage does not count as a bounce: {again}");
    world.work().await;
    let mails: Vec<Mail> = smtp.mails();
    assert_eq!(mails.len(), 1, "the letter with the dead link was withdrawn");
    accept(&world, &token(&mails[0])).await.is(200);
}

async fn withdrawn_invitations_are_not_sent(mut world: World) {
    let smtp = world.with_mail().await;
    let asked = world.call("owner", INVITE, json!({ "email": "wrong@acme.example" })).await.is(200).id();
    world.call("owner", &format!("DELETE /api/v2/workspace-members/{asked}"), Value::Null).await.is(200);
    assert_eq!(world.work().await, 0);
    assert!(smtp.mails().is_empty());
}

async fn the_inviter_is_named(mut world: World) {
    let smtp = world.with_mail().await;
    for (who, says) in [("owner", "owner Test"), ("robot", "An administrator")] {
        let email = format!("{who}.s@acme.example");
        world
            .call(who, "POST /api/v1/team/invite", json!({ "email": email, "role": "member" }))
            .await
            .is(200);
        world.work().await;
        let mail = smtp.mails().pop().unwrap();
        assert!(mail.subject.starts_with(says), "{}", mail.subject);
    }
}

/// A member needs no invitation, so sending it again does nothing and does not count.
async fn nothing_to_resend_costs_nothing(world: World) {
    let line = format!("{INVITE}/{}/resend", world.who("sdr").member.unwrap());
    for _ in 0..100 {
        world.call("owner", &line, Value::Null).await.is(200);
    }
    world.call("owner", INVITE, json!({ "email": "jo@acme.example" })).await.is(200);
}
