//! Cases that a test from outside cannot reach: a server that is not in an allowed network, and the ports on
//! which TLS comes first.

use super::{connect::Connection, dialogue::Dialogue, *};
use mail::{Kind, PASSWORD, Protocol, USERNAME, certificate};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;

#[expect(dead_code, reason = "the other kinds are for the tests from outside")]
#[path = "../../tests/support/mailserver.rs"]
mod mail;

async fn talk(port: u16, tls: Arc<ClientConfig>) -> Dialogue {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let name = ServerName::try_from("mail.test").unwrap();
    Dialogue::new(Connection { stream, internal: false, name }, TlsConnector::from(tls))
}

async fn login(protocol: Protocol, talk: Dialogue) -> Result<(), Fault> {
    let server = Server {
        host: "mail.test".to_owned(),
        port: 0,
        username: USERNAME.to_owned(),
        password: PASSWORD.to_owned(),
    };
    match protocol {
        Protocol::Smtp => smtp::login(talk, &server).await,
        Protocol::Imap => imap::login(talk, &server).await,
    }
}

#[tokio::test]
async fn a_password_never_goes_out_in_plain() {
    let (tls, acceptor) = certificate(&["mail.test"]);
    for protocol in [Protocol::Smtp, Protocol::Imap] {
        let port = mail::start(protocol, Kind::Plain).await.port();
        assert_eq!(login(protocol, talk(port, tls.clone()).await).await, Err(Fault::Tls));
        let port = mail::start(protocol, Kind::Upgrading(acceptor.clone())).await.port();
        assert_eq!(login(protocol, talk(port, tls.clone()).await).await, Ok(()));
    }
}

#[tokio::test]
async fn tls_may_come_first() {
    let (tls, acceptor) = certificate(&["mail.test"]);
    for protocol in [Protocol::Smtp, Protocol::Imap] {
        let port = mail::start(protocol, Kind::Wrapped(acceptor.clone())).await.port();
        let secure = talk(port, tls.clone()).await.secured().await.unwrap();
        assert_eq!(login(protocol, secure).await, Ok(()));
    }
    assert_eq!((smtp::TLS, imap::TLS), (465, 993));
}
