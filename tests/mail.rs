//! Mail, through a real mail server.

use crate::process::gatepost;
use crate::support::smtp::{Mail, Smtp};
use gatepost::mail::letters::{Invitation, invitation};
use gatepost::mail::{Brand, Failure, Letter, Mailer};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

const FROM: &str = "Acme, Outreach <gatepost@mail.acme.example>";
const URL: &str = "https://gatepost.example/invitations/accept#inv_0123456789abcdefghijklmnopqrstuvwxyz";
const SOON: Duration = Duration::from_secs(5);

fn letter(to: &str) -> Letter {
    named(to, "Grüner Zweig", "Ada Lovelace")
}

fn named(to: &str, workspace: &str, inviter: &str) -> Letter {
    let (brand, inviter) = (&Brand::default(), Some(inviter));
    invitation(to, &Invitation { workspace, brand, inviter, role: "editor", url: URL, expires_in_days: 7 })
        .unwrap()
}

fn bare(to: &str, subject: &str) -> Letter {
    Letter { to: to.into(), subject: subject.into(), text: "text\n".into(), html: "<p>html".into() }
}

async fn arrived(letter: &Letter) -> Mail {
    let smtp = Smtp::start().await;
    Mailer::new(&smtp.url(), FROM).unwrap().send(letter, "id-1").await.unwrap();
    smtp.wait_for(1, SOON).await.remove(0)
}

fn permanent(outcome: Result<(), Failure>) -> String {
    match outcome {
        Err(Failure::Permanent(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn transient(outcome: Result<(), Failure>) -> String {
    match outcome {
        Err(Failure::Transient(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_letter_arrives_in_both_forms_with_its_headers() {
    let letter = letter("jo@example.com");
    let mail = arrived(&letter).await;
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("gatepost@mail.acme.example", &["jo@example.com".into()][..])
    );
    assert_eq!(mail.subject, "Ada Lovelace invites you to Grüner Zweig");
    assert_eq!(mail.text.replace("\r\n", "\n").trim_end(), letter.text.trim_end());
    assert_eq!(mail.html.replace("\r\n", "\n").trim_end(), letter.html.trim_end());
    assert_eq!(mail.link.as_deref(), Some(URL));
    assert_eq!(mail.content_type, "multipart/alternative");
    assert!(mail.ascii);
    assert_eq!(mail.header("from"), ["\"Acme, Outreach\" <gatepost@mail.acme.example>"]);
    assert_eq!(mail.header("to"), ["jo@example.com"]);
    assert_eq!(mail.header("auto-submitted"), ["auto-generated"]);
    assert_eq!(mail.header("mime-version"), ["1.0"]);
    assert_eq!(mail.header("date").len(), 1);
}

#[tokio::test]
async fn a_letter_sent_twice_is_recognised_as_one() {
    let smtp = Smtp::start().await;
    let mailer = Mailer::new(&smtp.url(), FROM).unwrap();
    for _ in 0..2 {
        mailer.send(&letter("jo@example.com"), "01890000-0000-7000-8000-000000000001").await.unwrap();
    }
    for mail in smtp.wait_for(2, SOON).await {
        assert_eq!(mail.message_id, "<01890000-0000-7000-8000-000000000001@mail.acme.example>");
    }
}

#[tokio::test]
async fn a_refused_recipient_is_lost_and_a_postponed_one_is_not() {
    let smtp = Smtp::start().await;
    let mailer = Mailer::new(&smtp.url(), FROM).unwrap();
    let text = permanent(mailer.send(&letter("bounce.jo@example.com"), "id-1").await);
    assert_eq!(text, "naming the recipient: 550 5.1.1 (hidden) there is no such mailbox");
    for _ in 0..2 {
        let text = transient(mailer.send(&letter("later.jo@example.com"), "id-2").await);
        assert_eq!(text, "naming the recipient: 451 4.7.1 (hidden) come back later");
    }
    mailer.send(&letter("later.jo@example.com"), "id-2").await.unwrap();
    assert_eq!(smtp.wait_for(1, SOON).await[0].to, ["later.jo@example.com"]);
}

#[tokio::test]
async fn a_refused_sender_can_be_fixed_and_a_refused_mail_cannot() {
    let smtp = Smtp::start().await;
    let mailer = Mailer::new(&smtp.url(), "unwelcome@acme.example").unwrap();
    let text = transient(mailer.send(&letter("jo@example.com"), "id-1").await);
    assert_eq!(text, "naming the sender: 550 5.7.1 not with this sender");
    let mailer = Mailer::new(&smtp.url(), FROM).unwrap();
    let text = permanent(mailer.send(&letter("heavy.jo@example.com"), "id-1").await);
    assert_eq!(text, "handing over the mail: 552 5.3.4 too large");
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let smtp = Smtp::start().await;
    let started = Instant::now();
    let mailer = Mailer::new(&smtp.url(), FROM).unwrap();
    mailer.send(&letter("slow.jo@example.com"), "id-1").await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(smtp.wait_for(1, SOON).await.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mailer = Mailer::new(&format!("smtp://{free}"), FROM).unwrap();
    let text = transient(mailer.send(&letter("jo@example.com"), "id-1").await);
    assert!(text.starts_with("connecting: ") && text.contains("refused"), "{text}");
}

#[tokio::test]
async fn a_wrong_password_can_be_fixed() {
    let smtp = Smtp::demanding("robot", "s@cret").await;
    let send = async |url: String| {
        let mailer = Mailer::new(&url, FROM).unwrap();
        mailer.send(&letter("jo@example.com"), "id-1").await
    };
    send(smtp.url_for("robot", "s%40cret")).await.unwrap();
    let text = transient(send(smtp.url_for("robot", "gu%40ssed")).await);
    assert!(text.starts_with("signing in: 535 "), "{text}");
    let text = transient(send(smtp.url()).await);
    assert!(text.starts_with("naming the sender: 530 "), "{text}");
    assert_eq!(smtp.wait_for(1, SOON).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_said_in_the_open_where_tls_is_demanded() {
    let smtp = Smtp::demanding("robot", "secret").await;
    let url = format!("{}?tls=required", smtp.url_for("robot", "secret"));
    let mailer = Mailer::new(&url, FROM).unwrap();
    let text = transient(mailer.send(&letter("jo@example.com"), "id-1").await);
    assert_eq!(text, "starting tls: STARTTLS is not supported on this server");
}

#[tokio::test]
async fn names_are_neither_links_nor_headers() {
    let eve = "Eve\r\nBcc: all@example.com\r\n\r\n<a href=\"https://evil.example\">";
    let mail = arrived(&named("jo@example.com", "https://evil.example/login", eve)).await;
    assert_eq!(mail.header("bcc"), [""; 0]);
    assert!(mail.subject.starts_with("Eve Bcc: all@example·com <a href"), "{}", mail.subject);
    assert_eq!(mail.link.as_deref(), Some(URL));
    assert!(mail.text.contains("workspace https: //evil·example/login, with"), "{}", mail.text);
    assert!(!mail.text.contains("evil.example") && !mail.html.contains("evil.example"));
}

#[tokio::test]
async fn no_field_of_a_letter_reaches_the_headers() {
    let mail = arrived(&bare("jo@example.com", "One\r\nBcc: eve@example.com\r\n\r\ntwo")).await;
    assert_eq!(mail.subject, "One Bcc: eve@example.com two");
    assert_eq!(mail.header("bcc"), [""; 0]);
    assert_eq!(mail.text.trim_end(), "text");

    let mailer = Mailer::new("smtp://127.0.0.1:1", FROM).unwrap();
    for to in ["", "jo", "jo@", "jo@a.example\r\nDATA", "jo@a.example>", "Jo <jo@a.example>", "jö@a.example"]
    {
        let text = permanent(mailer.send(&bare(to, "One"), "id-1").await);
        assert_eq!(text, "the recipient's address is not a valid one");
    }
    for id in ["", "a b", "a@b", "a>\r\nBcc: eve@example.com", ".", "a..b"] {
        let text = permanent(mailer.send(&bare("jo@example.com", "One"), id).await);
        assert_eq!(text, "the id of the mail cannot be in a Message-ID");
    }
}

#[test]
fn settings_that_cannot_be_are_named() {
    let of = |url: &str, from: &str| Mailer::new(url, from).unwrap_err().to_string();
    for url in [
        "",
        "host",
        "http://host",
        "smtp://",
        "smtp://robot:secret",
        "smtp://robot:12/secret@host",
        "smtp://robot:12#secret@host",
        "smtp://robot:12?secret@host",
        "smtp://robot@host",
        "smtp://:secret@host",
        "smtp://robot:%ffsecret@host",
        "smtp://host?tls=opportunistic",
        "smtp://host?tls=none&secret=1",
        "smtps://host?tls=none",
    ] {
        let text = of(url, FROM);
        assert!(text.starts_with("smtp-url: ") && !text.contains("secret"), "{url}: {text}");
    }
    for from in
        ["", "Acme", "Acme <acme>", "Acme <a@b.example", "a@b.example, c@d.example", "Acme <ä@b.example>"]
    {
        assert!(of("smtp://host", from).starts_with("mail-from: "), "{from}");
    }
}

#[test]
fn tls_is_demanded_unless_the_server_is_here() {
    for (url, shown) in [
        ("smtp://mail.example", "host: \"mail.example\", port: 587, security: \"starttls\""),
        ("smtp://mail.example:2525?tls=none", "port: 2525, security: \"none\""),
        ("smtp://mail.example?tls=none", "port: 25, security: \"none\""),
        ("smtps://mail.example", "port: 465, security: \"tls\""),
        ("smtp://localhost", "port: 25, security: \"none\""),
        ("smtp://[::1]:2525", "host: \"::1\", port: 2525, security: \"none\""),
        ("smtp://127.0.0.1?tls=required", "port: 587, security: \"starttls\""),
    ] {
        let mailer = Mailer::new(url, "gatepost@acme.example").unwrap();
        assert!(format!("{mailer:?}").contains(shown), "{url}: {mailer:?}");
    }
}

#[test]
fn a_password_is_not_shown() {
    let mailer = Mailer::new("smtps://robot:s%C3%A9cret@mail.example", FROM).unwrap();
    let shown = format!("{mailer:?} {mailer:#?}");
    for hidden in ["robot", "cret", "s%C3"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

/// A demo sends no invitations by mail, and nothing listens at this address.
#[test]
fn the_demo_starts_where_mail_is_set_up() {
    let settings = ["demo", "--json", "--listen", "127.0.0.1:0", "--smtp-url", "smtp://127.0.0.1:9?tls=none"];
    let mut command = gatepost(&settings);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let stop = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(stop.unwrap().success() && child.wait().unwrap().success());
    let cast: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(cast["people"].as_array().unwrap().len(), crate::support::ROLES.len());
}
