//! Mail servers for tests, with one account. Its password contains every character that a protocol can
//! mishandle.

use std::{net::SocketAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

pub const USERNAME: &str = "ann@example.com";
pub const PASSWORD: &str = "correct \"horse\\ \u{e9}\r\nQUIT";

/// A certificate for these names, and a client that trusts only it.
pub fn certificate(names: &[&str]) -> (Arc<ClientConfig>, TlsAcceptor) {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(client), TlsAcceptor::from(Arc::new(server)))
}

/// How a server behaves.
#[derive(Clone)]
pub enum Kind {
    /// Offers STARTTLS, and the login only after it.
    Upgrading(TlsAcceptor),
    /// Begins with TLS.
    Wrapped(TlsAcceptor),
    /// Offers the login without encryption.
    Plain,
    /// Accepts the connection and never answers.
    Silent,
    /// Sends a line that never ends.
    Endless,
    /// Injects a reply to the next command before TLS begins.
    Injecting,
}

#[derive(Clone, Copy)]
pub enum Protocol {
    Smtp,
    Imap,
}

/// Answers on a free port of 127.0.0.1 as long as the runtime exists.
pub async fn start(protocol: Protocol, kind: Kind) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(protocol, kind.clone(), stream));
        }
    });
    address
}

async fn serve(protocol: Protocol, kind: Kind, mut stream: TcpStream) -> Option<()> {
    match kind {
        Kind::Upgrading(tls) => {
            let mut plain = BufStream::new(stream);
            speak(protocol, &mut plain, true, "STARTTLS LOGINDISABLED").await?;
            let mut secure = BufStream::new(tls.accept(plain.into_inner()).await.ok()?);
            speak(protocol, &mut secure, false, "AUTH=PLAIN").await
        }
        Kind::Wrapped(tls) => {
            let mut secure = BufStream::new(tls.accept(stream).await.ok()?);
            speak(protocol, &mut secure, true, "AUTH=PLAIN").await
        }
        Kind::Plain => speak(protocol, &mut BufStream::new(stream), true, "AUTH=LOGIN").await,
        Kind::Silent => stream.read_to_end(&mut Vec::new()).await.ok().map(|_| ()),
        Kind::Endless => loop {
            stream.write_all(&[b'2'; 4096]).await.ok()?;
        },
        Kind::Injecting => {
            let lines = match protocol {
                Protocol::Smtp => "220 hi\r\n250 STARTTLS\r\n220 go\r\n250 AUTH PLAIN\r\n",
                Protocol::Imap => "* OK\r\n* CAPABILITY STARTTLS\r\na1 OK\r\na2 OK\r\na3 OK\r\n",
            };
            stream.write_all(lines.as_bytes()).await.ok()?;
            stream.read_to_end(&mut Vec::new()).await.ok().map(|_| ())
        }
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
    protocol: Protocol,
    stream: &mut BufStream<S>,
    greets: bool,
    offers: &str,
) -> Option<()> {
    match protocol {
        Protocol::Smtp => speak_smtp(stream, greets, offers).await,
        Protocol::Imap => speak_imap(stream, greets, offers).await,
    }
}

/// Ends after STARTTLS, and the caller continues.
async fn speak_smtp<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    greets: bool,
    offers: &str,
) -> Option<()> {
    if greets {
        say(stream, "220 mail.example\r\n").await?;
    }
    let verdict = |good| if good { "235 welcome\r\n" } else { "535 no\r\n" };
    loop {
        let line = hear(stream).await?;
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["EHLO", _] => {
                let last = offers.split(' ').next().unwrap();
                say(stream, &format!("250-mail.example\r\n250-SIZE 1\r\n250 {last}\r\n")).await?;
            }
            ["STARTTLS"] if offers.starts_with("STARTTLS") => return say(stream, "220 go\r\n").await,
            ["AUTH", "PLAIN", both] if offers == "AUTH=PLAIN" => {
                let good = decoded(both)? == format!("\0{USERNAME}\0{PASSWORD}");
                say(stream, verdict(good)).await?;
            }
            ["AUTH", "LOGIN"] if offers == "AUTH=LOGIN" => {
                say(stream, "334 VXNlcm5hbWU6\r\n").await?;
                let username = hear(stream).await?;
                say(stream, "334 UGFzc3dvcmQ6\r\n").await?;
                let good = decoded(&username)? == USERNAME && decoded(&hear(stream).await?)? == PASSWORD;
                say(stream, verdict(good)).await?;
            }
            ["QUIT"] => return say(stream, "221 bye\r\n").await,
            _ => say(stream, "500 what\r\n").await?,
        }
    }
}

/// Ends after STARTTLS, and the caller continues.
async fn speak_imap<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    greets: bool,
    offers: &str,
) -> Option<()> {
    if greets {
        say(stream, "* OK ready\r\n").await?;
    }
    loop {
        let line = hear(stream).await?;
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            [tag, "CAPABILITY"] => {
                say(stream, &format!("* CAPABILITY IMAP4rev1 {offers}\r\n{tag} OK done\r\n")).await?;
            }
            [tag, "STARTTLS"] if offers.starts_with("STARTTLS") => {
                return say(stream, &format!("{tag} OK go\r\n")).await;
            }
            [tag, "LOGIN", length] if !offers.contains("LOGINDISABLED") => {
                let username = literal(stream, length).await?;
                let line = hear(stream).await?;
                let password = literal(stream, line.strip_prefix(' ')?).await?;
                let good = username == USERNAME && password == PASSWORD && hear(stream).await?.is_empty();
                say(stream, &format!("* note\r\n{tag} {}\r\n", if good { "OK" } else { "NO" })).await?;
            }
            [tag, "LOGOUT"] => return say(stream, &format!("* BYE\r\n{tag} OK\r\n")).await,
            [tag, ..] => say(stream, &format!("{tag} BAD what\r\n")).await?,
            [] => return None,
        }
    }
}

async fn literal<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    length: &str,
) -> Option<String> {
    let length = length.strip_prefix('{')?.strip_suffix('}')?.parse().ok()?;
    say(stream, "+ go on\r\n").await?;
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.ok()?;
    String::from_utf8(bytes).ok()
}

async fn hear<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufStream<S>) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    Some(line.strip_suffix("\r\n")?.to_owned())
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufStream<S>, text: &str) -> Option<()> {
    stream.write_all(text.as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

fn decoded(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}
