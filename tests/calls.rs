//! Calls by HTTP to receivers that the tests start: where they go, what they never follow, and how long they wait.

use crate::support::dns::{self, address};
use crate::support::mailserver::certificate;
use crate::support::receiver::{Behaviour, Receiver};
use axum::http::{HeaderMap, HeaderValue, Method};
use gatepost::net::http::{Answer, Call, LARGEST, Towards};
use gatepost::net::{Fault, Limits, Net};
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const SHORT: Duration = Duration::from_millis(600);

/// A `Net` whose webhooks can go to this machine, and whose mail servers cannot.
fn net(tls: Arc<ClientConfig>) -> Net {
    let names = dns::start(vec![
        ("hook.test", address("127.0.0.1")),
        ("sly.test", address("::ffff:127.0.0.1")),
        ("cloud.test", address("169.254.169.254")),
    ]);
    let net =
        Net::new(Some(names), vec![], tls).unwrap().with_webhooks_in(vec!["127.0.0.0/8".parse().unwrap()]);
    net.limited(Limits { answer: SHORT, connect: SHORT, call: SHORT, ..Limits::default() })
}

fn call(url: &str, towards: Towards) -> Call {
    let mut headers = HeaderMap::new();
    headers.insert("x-own", HeaderValue::from_static("1"));
    let (url, workspace) = (url.parse().unwrap(), Uuid::nil());
    Call { method: Method::POST, url, headers, body: "{\"a\":1}".into(), towards, workspace }
}

async fn post(net: &Net, url: &str) -> Result<Answer, Fault> {
    net.http(call(url, Towards::Webhooks)).await.0
}

#[tokio::test]
async fn a_call_reaches_its_receiver_over_tls() {
    let (receiver, tls) = Receiver::secure(&["hook.test"]).await;
    let net = net(tls);
    let port = receiver.port();
    let answer = post(&net, &format!("https://hook.test:{port}/a%20b?c=d#e")).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.unwrap().as_ref()), (200, b"ok".as_slice()));
    let [received] = receiver.take().try_into().unwrap();
    assert_eq!(received.line, "POST /a%20b?c=d HTTP/1.1");
    assert_eq!(received.headers["host"], format!("hook.test:{port}"));
    assert_eq!((&*received.headers["x-own"], &*received.body), ("1", b"{\"a\":1}".as_slice()));
}

#[tokio::test]
async fn a_certificate_must_be_for_the_name_and_from_a_trusted_root() {
    let (receiver, tls) = Receiver::secure(&["other.test"]).await;
    let at = format!("https://hook.test:{}/", receiver.port());
    assert_eq!(post(&net(tls), &at).await.unwrap_err(), Fault::Tls);
    let (receiver, _) = Receiver::secure(&["hook.test"]).await;
    let at = format!("https://hook.test:{}/", receiver.port());
    assert_eq!(post(&net(certificate(&["hook.test"]).0), &at).await.unwrap_err(), Fault::Tls);
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (receiver, tls) = Receiver::secure(&["hook.test"]).await;
    let inside = Receiver::plain().await;
    receiver.behaves(Behaviour::Redirect(format!("http://127.0.0.1:{}/inside", inside.port())));
    let answer = post(&net(tls), &format!("https://hook.test:{}/", receiver.port())).await.unwrap();
    assert_eq!(answer.status.as_u16(), 307);
    assert_eq!((receiver.received().len(), inside.received().len()), (1, 0));
}

#[tokio::test]
async fn a_large_answer_is_not_read() {
    let (receiver, tls) = Receiver::secure(&["hook.test"]).await;
    let net = net(tls);
    for said in [true, false] {
        receiver.behaves(Behaviour::Huge(said));
        let answer = post(&net, &format!("https://hook.test:{}/", receiver.port())).await.unwrap();
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!(answer.body.unwrap_err(), Fault::TooLarge);
    }
    receiver.behaves(Behaviour::LongHead);
    let head = post(&net, &format!("https://hook.test:{}/", receiver.port())).await;
    assert_eq!(head.unwrap_err(), Fault::Unreachable);
    assert_eq!(LARGEST, 1024 * 1024);
}

#[tokio::test]
async fn a_slow_receiver_is_waited_for_only_so_long() {
    let (receiver, tls) = Receiver::secure(&["hook.test"]).await;
    let net = net(tls);
    let at = format!("https://hook.test:{}/", receiver.port());
    let began = Instant::now();
    receiver.behaves(Behaviour::Silent);
    assert_eq!(post(&net, &at).await.unwrap_err(), Fault::TimedOut);
    receiver.behaves(Behaviour::Trickling);
    match post(&net, &at).await {
        Ok(answer) => assert_eq!(answer.body.unwrap_err(), Fault::TimedOut),
        Err(fault) => assert_eq!(fault, Fault::TimedOut),
    }
    receiver.behaves(Behaviour::Closing);
    assert_eq!(post(&net, &at).await.unwrap_err(), Fault::Unreachable);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_call_waits_for_its_turn() {
    let (receiver, tls) = Receiver::secure(&["hook.test"]).await;
    let limits = Limits { answer: SHORT, connect: SHORT, call: SHORT, calls_at_once: 1, ..Limits::default() };
    let net = net(tls).limited(limits);
    let at = format!("https://hook.test:{}/", receiver.port());
    receiver.behaves(Behaviour::Silent);
    let began = Instant::now();
    let (one, two) = tokio::join!(post(&net, &at), post(&net, &at));
    assert_eq!((one.unwrap_err(), two.unwrap_err()), (Fault::TimedOut, Fault::TimedOut));
    // The second call may get its turn in the moment in which its own wait ends.
    let calls = u32::try_from(receiver.received().len()).unwrap();
    assert!((1..=2).contains(&calls) && began.elapsed() >= SHORT * calls, "{calls} in {:?}", began.elapsed());
}

#[tokio::test]
async fn addresses_inside_are_refused_by_whatever_name() {
    let (receiver, tls) = Receiver::secure(&["hook.test", "127.0.0.1"]).await;
    let port = receiver.port();
    let open = net(tls.clone());
    let hosts = [
        "hook.test",
        "sly.test",
        "cloud.test",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "[64:ff9b::7f00:1]",
    ];
    // The setting for mail servers opens nothing here.
    let mail = vec!["127.0.0.0/8".parse().unwrap(), "::/0".parse().unwrap(), "0.0.0.0/0".parse().unwrap()];
    let closed = Net::new(Some(dns::start(vec![("hook.test", address("127.0.0.1"))])), mail, tls).unwrap();
    for host in hosts {
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{host}:{port}/");
            let found = closed.http(call(&url, Towards::Webhooks)).await.0.unwrap_err();
            assert!(matches!(found, Fault::Forbidden | Fault::Unresolved), "{url}: {found:?}");
            let found = open.http(call(&url, Towards::Public)).await.0.unwrap_err();
            assert!(matches!(found, Fault::Forbidden | Fault::Unresolved), "{url}: {found:?}");
        }
    }
    for host in ["10.0.0.1", "169.254.169.254", "cloud.test"] {
        let url = format!("https://{host}:{port}/");
        assert_eq!(post(&open, &url).await.unwrap_err(), Fault::Forbidden, "{url}");
    }
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn a_call_without_tls_goes_only_to_networks_of_the_setting() {
    let receiver = Receiver::plain().await;
    let net = net(certificate(&["hook.test"]).0);
    let answer = post(&net, &format!("http://hook.test:{}/", receiver.port())).await.unwrap();
    assert_eq!(answer.status.as_u16(), 200);
    // The address is public. No connection is tried.
    assert_eq!(post(&net, "http://1.1.1.1/").await.unwrap_err(), Fault::Plain);
    for url in ["ftp://hook.test/", "file:///etc/passwd", "unix:/run/x"] {
        assert_eq!(post(&net, url).await.unwrap_err(), Fault::Unresolved, "{url}");
    }
}
