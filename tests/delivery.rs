//! Mails handed to a mail server. The log of the server says what has left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gatepost::net::delivery::{Mail, Patience, Silence, Stopped};
use gatepost::net::{Fault, Net, Server};
use gatepost::sending::answer::{Meaning, Stage, Trouble, meaning};
use rustls::ClientConfig;
use tokio::net::TcpListener;

use crate::support::dns::{self, address};
use crate::support::internet::{Internet, PASSWORD, USERNAME};
use crate::support::mailserver::certificate;

const SHORT: Patience = Patience { answer: Duration::from_millis(2000), dot: Duration::from_millis(400) };
const TEXT: &[u8] = b"Subject: x\r\n\r\nHi Ann\r\n.\r\n..two\r\nQUIT\r\nlast line";

fn net(tls: Arc<ClientConfig>) -> Net {
    let names = dns::start(vec![("internet.test", address("127.0.0.1"))]);
    Net::new(Some(names), vec!["127.0.0.0/8".parse().unwrap()], tls).unwrap()
}

fn server(internet: &Internet) -> Server {
    Server {
        host: "internet.test".to_owned(),
        port: internet.address.port(),
        username: USERNAME.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

fn mail<'a>(from: &'a str, to: &'a str) -> Mail<'a> {
    Mail { from, to, copies: &[], bytes: TEXT }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written_after_its_dot_only() {
    let (tls, acceptor) = certificate(&["internet.test"]);
    for acceptor in [None, Some(acceptor)] {
        let internet = Internet::start(acceptor).await;
        let (net, server) = (net(tls.clone()), server(&internet));
        let copies = ["ok.2@lead.example".to_owned(), "unknown@lead.example".to_owned(), "a>b@x".to_owned()];
        let mail = Mail { copies: &copies, ..mail("jo@acme.example", "ok.1@lead.example") };
        let ready = net.hand_over(&server, &mail, SHORT).await.unwrap();
        let refused: Vec<(&str, u16)> =
            ready.refused.iter().map(|(copy, answer)| (copy.as_str(), answer.code)).collect();
        assert_eq!(refused, [("unknown@lead.example", 550), ("a>b@x", 553)]);
        assert_eq!(internet.mails(), [], "the dot was not sent");
        let answer = ready.finish().await.unwrap();
        assert_eq!((answer.code, meaning(Stage::Dot, &answer)), (250, Some(Meaning::Accepted)));
        let mails = internet.mails();
        let text = format!("{}\r\n", String::from_utf8_lossy(TEXT));
        assert_eq!((mails.len(), &mails[0].text), (1, &text));
        assert_eq!(mails[0].from, "jo@acme.example");
        assert_eq!(mails[0].to, ["ok.1@lead.example", "ok.2@lead.example"]);
    }
}

#[tokio::test]
async fn without_the_dot_nothing_leaves() {
    let internet = Internet::start(None).await;
    let (net, server) = (net(certificate(&["x"]).0), server(&internet));
    for number in 1..=20 {
        let ready = net.hand_over(&server, &mail("jo@acme.example", "ok@lead.example"), SHORT).await.unwrap();
        drop(ready);
        let dotless = internet.dotless(number).await;
        assert_eq!((dotless.len(), internet.mails().len()), (number, 0));
        assert!(dotless[number - 1].ends_with("last line\r\n"), "the whole mail was there");
    }
}

#[tokio::test]
async fn a_refusal_before_the_dot_has_its_stage_and_its_meaning() {
    let internet = Internet::start(None).await;
    let (net, server) = (net(certificate(&["x"]).0), server(&internet));
    let cases = [
        ("jo@acme.example", "unknown@lead.example", Stage::Recipient, Meaning::RefusedAddress),
        ("jo@acme.example", "full@lead.example", Stage::Recipient, Meaning::Deferred),
        ("jo@acme.example", "policy@lead.example", Stage::Recipient, Meaning::RefusedContent),
        ("jo@acme.example", "grey@lead.example", Stage::Recipient, Meaning::Deferred),
        ("stranger@acme.example", "ok@lead.example", Stage::Sender, Meaning::RefusedAccount(Trouble::Sender)),
        ("busy@acme.example", "ok@lead.example", Stage::Sender, Meaning::Deferred),
        ("quota@acme.example", "ok@lead.example", Stage::Data, Meaning::RefusedAccount(Trouble::Quota)),
        ("jo@acme.example", "a@b>\r\nRCPT TO:<evil@x.example", Stage::Recipient, Meaning::RefusedAddress),
        (
            "jo@acme.example>\r\nRSET",
            "ok@lead.example",
            Stage::Sender,
            Meaning::RefusedAccount(Trouble::Sender),
        ),
    ];
    for (from, to, stage, expected) in cases {
        let Err(Stopped::Answered(at, answer)) = net.hand_over(&server, &mail(from, to), SHORT).await else {
            panic!("{from} {to} was not refused");
        };
        assert_eq!((at, meaning(at, &answer)), (stage, Some(expected)), "{from} {to} {answer:?}");
    }
    let wrong = Server { password: "wrong".to_owned(), ..server.clone() };
    let Err(Stopped::Answered(Stage::Login, answer)) =
        net.hand_over(&wrong, &mail("jo@acme.example", "ok@lead.example"), SHORT).await
    else {
        panic!("the login was not refused");
    };
    assert_eq!(meaning(Stage::Login, &answer), Some(Meaning::RefusedAccount(Trouble::Login)));
    assert_eq!(internet.mails(), []);
    let commands = internet.commands();
    assert!(
        !commands.iter().any(|command| command.contains("evil") || command.starts_with("RSET")),
        "{commands:?}"
    );
    // The second try of a greylisted address is accepted.
    let ready = net.hand_over(&server, &mail("jo@acme.example", "grey@lead.example"), SHORT).await.unwrap();
    assert_eq!(ready.finish().await.map(|answer| answer.code), Ok(250));
}

#[tokio::test]
async fn after_the_dot_an_answer_is_an_answer_and_everything_else_is_silence() {
    let internet = Internet::start(None).await;
    let (net, server) = (net(certificate(&["x"]).0), server(&internet));
    let cases = [
        ("ok@lead.example", Some(Meaning::Accepted)),
        ("451-at-dot@lead.example", Some(Meaning::Deferred)),
        ("554-at-dot@lead.example", Some(Meaning::RefusedContent)),
        ("odd-at-dot@lead.example", None),
        ("drop-after-dot@lead.example", None),
        ("silent-after-dot@lead.example", None),
    ];
    for (to, expected) in cases {
        let before = internet.mails().len();
        let ready = net.hand_over(&server, &mail("jo@acme.example", to), SHORT).await.unwrap();
        let found = ready.finish().await;
        let found = found.map(|answer| meaning(Stage::Dot, &answer));
        assert_eq!(found, expected.map_or(Err(Silence), |expected| Ok(Some(expected))), "{to}");
        assert_eq!(internet.mails().len(), before + 1, "{to}: the server has the mail");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_costs_the_time_limit_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = Internet { address: listener.local_addr().unwrap(), log: Arc::default() };
    let net = net(certificate(&["x"]).0);
    let began = Instant::now();
    let patience = Patience { answer: Duration::from_millis(300), ..SHORT };
    let stopped =
        net.hand_over(&server(&silent), &mail("jo@acme.example", "ok@lead.example"), patience).await;
    assert_eq!(stopped.err(), Some(Stopped::Fault(Fault::TimedOut)));
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(listener);
    let stopped = net.hand_over(&server(&silent), &mail("jo@acme.example", "ok@lead.example"), SHORT).await;
    assert_eq!(stopped.err(), Some(Stopped::Fault(Fault::Unreachable)));
}

#[tokio::test]
async fn a_large_mail_arrives_whole() {
    let internet = Internet::start(None).await;
    let (net, server) = (net(certificate(&["x"]).0), server(&internet));
    let bytes = "x".repeat(70).into_bytes();
    let line = [bytes, b"\r\n".to_vec()].concat();
    let bytes = line.repeat(20_000);
    let mail = Mail { bytes: &bytes, ..mail("jo@acme.example", "ok@lead.example") };
    let patient = Patience { dot: Duration::from_secs(10), ..SHORT };
    let ready = net.hand_over(&server, &mail, patient).await.unwrap();
    assert!(ready.finish().await.is_ok());
    assert_eq!(internet.mails()[0].text.len(), bytes.len());
}
