//! Checks of domains, accounts and tracking hosts against servers that the tests start.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use gatepost::net::{Domain, Fault, Limits, Net, Server, Tracking};
use rustls::ClientConfig;

use crate::support::{
    dns::{self, address, cname, mx, txt},
    mailserver::{self, Kind, PASSWORD, Protocol, USERNAME, certificate},
};

const BOTH: [Protocol; 2] = [Protocol::Smtp, Protocol::Imap];
const SHORT: Limits = Limits {
    answer: Duration::from_millis(300),
    connect: Duration::from_millis(300),
    check: Duration::from_millis(600),
    at_once: 16,
    call: Duration::from_millis(600),
    calls_at_once: 16,
};

fn names() -> SocketAddr {
    dns::start(vec![
        ("mail.test", address("127.0.0.1")),
        ("other.test", address("127.0.0.1")),
        ("sly.test", address("::ffff:127.0.0.1")),
        ("cloud.test", address("169.254.169.254")),
        ("alias.test", cname("mail.test.")),
    ])
}

/// A `Net` that can connect to this machine.
fn open(tls: Arc<ClientConfig>) -> Net {
    Net::new(Some(names()), vec!["127.0.0.0/8".parse().unwrap()], tls).unwrap()
}

fn server(host: &str, port: u16) -> Server {
    Server { host: host.to_owned(), port, username: USERNAME.to_owned(), password: PASSWORD.to_owned() }
}

async fn login(net: &Net, protocol: Protocol, server: &Server) -> Result<(), Fault> {
    match protocol {
        Protocol::Smtp => net.smtp(server).await,
        Protocol::Imap => net.imap(server).await,
    }
}

#[tokio::test]
async fn an_account_logs_in_over_starttls_with_the_right_password_alone() {
    let (tls, acceptor) = certificate(&["mail.test", "alias.test"]);
    let net = open(tls);
    for protocol in BOTH {
        let port = mailserver::start(protocol, Kind::Upgrading(acceptor.clone())).await.port();
        for host in ["mail.test", "Alias.Test."] {
            assert_eq!(login(&net, protocol, &server(host, port)).await, Ok(()), "{host}");
        }
        let right = server("mail.test", port);
        for password in ["wrong", "", "nul\0", &"long".repeat(1000)] {
            let wrong = Server { password: password.to_owned(), ..right.clone() };
            assert_eq!(login(&net, protocol, &wrong).await, Err(Fault::Refused), "{password}");
        }
        let other = Server { username: "bob\r\na4 OK".to_owned(), ..right };
        assert_eq!(login(&net, protocol, &other).await, Err(Fault::Refused));
    }
}

#[tokio::test]
async fn a_certificate_must_be_for_the_name_and_from_a_trusted_root() {
    let (tls, acceptor) = certificate(&["mail.test"]);
    let (stranger, _) = certificate(&["mail.test"]);
    for protocol in BOTH {
        let port = mailserver::start(protocol, Kind::Upgrading(acceptor.clone())).await.port();
        let net = open(tls.clone());
        assert_eq!(login(&net, protocol, &server("other.test", port)).await, Err(Fault::Tls));
        assert_eq!(login(&net, protocol, &server("127.0.0.1", port)).await, Err(Fault::Tls));
        let net = open(stranger.clone());
        assert_eq!(login(&net, protocol, &server("mail.test", port)).await, Err(Fault::Tls));
    }
}

#[tokio::test]
async fn within_an_allowed_network_a_server_without_tls_will_do() {
    let net = open(certificate(&["mail.test"]).0);
    for protocol in BOTH {
        let port = mailserver::start(protocol, Kind::Plain).await.port();
        let right = server("127.0.0.1", port);
        assert_eq!(login(&net, protocol, &right).await, Ok(()));
        let wrong = Server { password: "wrong".to_owned(), ..right };
        assert_eq!(login(&net, protocol, &wrong).await, Err(Fault::Refused));
    }
}

#[tokio::test]
async fn nothing_that_came_before_tls_counts_after_it() {
    let net = open(certificate(&["mail.test"]).0);
    for protocol in BOTH {
        let port = mailserver::start(protocol, Kind::Injecting).await.port();
        assert_eq!(login(&net, protocol, &server("mail.test", port)).await, Err(Fault::Tls));
    }
}

#[tokio::test]
async fn addresses_inside_are_forbidden_by_whatever_name() {
    let net = Net::new(Some(names()), Vec::new(), certificate(&["mail.test"]).0).unwrap();
    let hosts = [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "localhost",
        "mail.test",
        "alias.test",
        "sly.test",
        "cloud.test",
        "10.0.0.1",
        "0.0.0.0",
        "64:ff9b::7f00:1",
    ];
    for protocol in BOTH {
        let port = mailserver::start(protocol, Kind::Plain).await.port();
        for host in hosts {
            assert_eq!(login(&net, protocol, &server(host, port)).await, Err(Fault::Forbidden), "{host}");
        }
    }
    assert_eq!(net.handshake("mail.test", 443).await, Err(Fault::Forbidden));
}

#[tokio::test]
async fn names_without_a_host_or_address_are_unresolved() {
    let net = open(certificate(&["mail.test"]).0);
    let long = "a".repeat(10_000);
    for host in ["none.test", "", ".", "127.1", "a b", "a\r\nb", "*.test", "mail_.test", &long] {
        assert_eq!(net.smtp(&server(host, 25)).await, Err(Fault::Unresolved), "{host}");
        assert_eq!(net.domain(host).await, Domain::default(), "{host}");
        assert_eq!(net.tracking(host, host).await, Tracking::default(), "{host}");
    }
}

#[tokio::test]
async fn a_server_is_waited_for_only_so_long_and_heard_only_so_much() {
    let net = open(certificate(&["mail.test"]).0).limited(SHORT);
    let began = Instant::now();
    for protocol in BOTH {
        let port = mailserver::start(protocol, Kind::Silent).await.port();
        assert_eq!(login(&net, protocol, &server("mail.test", port)).await, Err(Fault::TimedOut));
        let port = mailserver::start(protocol, Kind::Endless).await.port();
        assert_eq!(login(&net, protocol, &server("mail.test", port)).await, Err(Fault::Unreachable));
    }
    assert_eq!(net.smtp(&server("127.0.0.1", 1)).await, Err(Fault::Unreachable));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_check_waits_for_its_turn() {
    let net = open(certificate(&["mail.test"]).0).limited(Limits { at_once: 1, ..SHORT });
    let port = mailserver::start(Protocol::Smtp, Kind::Silent).await.port();
    let good = mailserver::start(Protocol::Smtp, Kind::Plain).await.port();
    let (slow, quick) = (server("127.0.0.1", port), server("127.0.0.1", good));
    let began = Instant::now();
    let turn = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        net.smtp(&quick).await
    };
    let (slow, quick) = tokio::join!(net.smtp(&slow), turn);
    assert_eq!((slow, quick), (Err(Fault::TimedOut), Ok(())));
    assert!(began.elapsed() >= SHORT.check);
}

#[tokio::test]
async fn a_domain_has_the_records_that_it_has() {
    let key = format!("v=DKIM1; k=rsa; p={}", "MIGf".repeat(200));
    let dns = dns::start(vec![
        ("good.test", mx("mail.good.test.")),
        ("good.test", txt("site-verification=1")),
        ("good.test", txt("v=spf1 include:spf.test ~all")),
        ("selector2._domainkey.good.test", cname("key.test.")),
        ("key.test", txt(&key)),
        ("_dmarc.good.test", txt("v=DMARC1; p=reject")),
        ("bad.test", mx(".")),
        ("bad.test", txt("v=spf1 -all")),
        ("bad.test", txt("v=spf1 ~all")),
        ("google._domainkey.bad.test", txt("v=DKIM1; p=")),
        ("_dmarc.bad.test", txt("v=DMARC2; p=none")),
        ("_dmarc.test", txt("v=DMARC1; p=none")),
        ("mail.good.test", address("192.0.2.1")),
    ]);
    let net = Net::new(Some(dns), Vec::new(), certificate(&["mail.test"]).0).unwrap();
    let all = Domain { mx: true, spf: true, dkim: true, dmarc: true };
    assert_eq!(net.domain("good.test").await, all);
    assert_eq!(net.domain("GOOD.test.").await, all);
    assert_eq!(net.domain("bad.test").await, Domain::default());
    assert_eq!(net.domain("a.b.c.good.test").await, Domain { dmarc: true, ..Domain::default() });
    assert_eq!(net.domain("a.b.c.d.e.f.good.test").await, Domain::default());
    assert_eq!(net.domain("none.test").await, Domain::default());
}

#[tokio::test]
async fn a_corrected_record_is_seen_at_once() {
    let zone = dns::zone(vec![("near.test", cname("away.test."))]);
    let net = Net::new(Some(dns::serve(zone.clone())), Vec::new(), certificate(&["mail.test"]).0).unwrap();
    assert!(!net.domain("near.test").await.mx && !net.tracking("near.test", "links.test").await.cname);
    *zone.lock().unwrap() =
        vec![(dns::name("near.test"), cname("links.test.")), (dns::name("links.test"), mx("mail.test."))];
    assert!(net.domain("near.test").await.mx && net.tracking("near.test", "links.test").await.cname);
}

#[tokio::test]
async fn a_silent_name_server_is_waited_for_only_so_long() {
    let (dns, _socket) = dns::silent();
    let net = Net::new(Some(dns), Vec::new(), certificate(&["mail.test"]).0).unwrap().limited(SHORT);
    let began = Instant::now();
    assert_eq!(net.domain("good.test").await, Domain::default());
    assert_eq!(net.smtp(&server("mail.test", 25)).await, Err(Fault::Unresolved));
    assert_eq!(net.tracking("a.test", "b.test").await, Tracking::default());
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_tracking_host_must_lead_to_the_target() {
    let dns = dns::start(vec![
        ("near.test", cname("Links.Gatepost.test.")),
        ("far.test", cname("near.test.")),
        ("away.test", cname("elsewhere.test.")),
        ("ring.test", cname("round.test.")),
        ("round.test", cname("ring.test.")),
        ("links.gatepost.test", address("127.0.0.1")),
    ]);
    let net = Net::new(Some(dns), Vec::new(), certificate(&["mail.test"]).0).unwrap();
    let leads = async |host: &str| net.tracking(host, "links.GATEPOST.test.").await.cname;
    assert!(leads("near.test").await && leads("FAR.test.").await);
    for host in ["away.test", "ring.test", "links.gatepost.test", "none.test", "127.0.0.1"] {
        assert!(!leads(host).await, "{host}");
    }
}

#[tokio::test]
async fn a_handshake_needs_a_valid_certificate() {
    let (tls, acceptor) = certificate(&["mail.test", "127.0.0.1"]);
    let net = open(tls);
    let port = mailserver::start(Protocol::Smtp, Kind::Wrapped(acceptor)).await.port();
    assert_eq!(net.handshake("mail.test", port).await, Ok(()));
    assert_eq!(net.handshake("127.0.0.1", port).await, Ok(()));
    assert_eq!(net.handshake("other.test", port).await, Err(Fault::Tls));
    let port = mailserver::start(Protocol::Smtp, Kind::Plain).await.port();
    assert_eq!(net.handshake("mail.test", port).await, Err(Fault::Tls));
}

#[test]
fn a_server_shows_neither_name_nor_password() {
    let shown = format!("{:?}", server("mail.test", 25));
    assert_eq!(shown, "Server { host: \"mail.test\", port: 25, .. }");
}

#[test]
fn the_systems_settings_will_do() {
    assert!(Net::new(None, Vec::new(), Arc::new(gatepost::tls::client().unwrap())).is_ok());
}
