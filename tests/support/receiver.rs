//! A receiver of calls by HTTP, which notes what it gets and answers as a test says.

use super::mailserver::certificate;
use rustls::ClientConfig;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How a receiver answers.
#[derive(Clone, Debug)]
pub enum Behaviour {
    Status(u16),
    Redirect(String),
    /// A body of 100 MB, whose length its head says or not.
    Huge(bool),
    /// The status, and then a body that never ends.
    Trickling,
    Silent,
    /// Closes the connection without an answer.
    Closing,
    /// A head that never ends.
    LongHead,
}

#[derive(Clone, Debug)]
pub struct Received {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// With TLS for these names, and a client that trusts only it.
    pub async fn secure(names: &[&str]) -> (Receiver, Arc<ClientConfig>) {
        let (client, acceptor) = certificate(names);
        (Receiver::start(Some(acceptor)).await, client)
    }

    pub async fn plain() -> Receiver {
        Receiver::start(None).await
    }

    async fn start(tls: Option<TlsAcceptor>) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Receiver {
            address: listener.local_addr().unwrap(),
            behaviour: Arc::new(Mutex::new(Behaviour::Status(200))),
            received: Arc::default(),
        };
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (own, tls) = (own.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => own.serve(tls.accept(stream).await.ok()?).await,
                        None => own.serve(stream).await,
                    }
                });
            }
        });
        receiver
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn behaves(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// What came since the last time.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }

    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Option<()> {
        let received = read(&mut stream).await?;
        self.received.lock().unwrap().push(received);
        let behaviour = self.behaviour.lock().unwrap().clone();
        let head = |status: u16, more: &str| format!("HTTP/1.1 {status} Said\r\n{more}\r\n");
        match behaviour {
            Behaviour::Status(status) => {
                stream.write_all(head(status, "content-length: 2\r\n").as_bytes()).await.ok()?;
                stream.write_all(b"ok").await.ok()?;
            }
            Behaviour::Redirect(to) => {
                let more = format!("location: {to}\r\ncontent-length: 0\r\n");
                stream.write_all(head(307, &more).as_bytes()).await.ok()?;
            }
            Behaviour::Huge(said) => {
                let more = if said { "content-length: 104857600\r\n" } else { "" };
                stream.write_all(head(200, more).as_bytes()).await.ok()?;
                for _ in 0..1600 {
                    stream.write_all(&[b'x'; 65536]).await.ok()?;
                }
            }
            Behaviour::Trickling => {
                stream.write_all(head(200, "").as_bytes()).await.ok()?;
                loop {
                    stream.write_all(b"x").await.ok()?;
                    stream.flush().await.ok()?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Behaviour::Silent => tokio::time::sleep(Duration::from_secs(3600)).await,
            Behaviour::Closing => (),
            Behaviour::LongHead => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await.ok()?;
                for _ in 0..1600 {
                    stream.write_all(&[b'x'; 65536]).await.ok()?;
                }
            }
        }
        stream.flush().await.ok()?;
        stream.shutdown().await.ok()
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut held = Vec::new();
    let end = loop {
        if let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut held).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(held[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let headers: BTreeMap<String, String> = lines.filter_map(header).collect();
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = held[end + 4..].to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received { line, headers, body })
}
