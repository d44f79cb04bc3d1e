//! A dialogue by lines with an untrusted mail server. This module limits how much the server can send, and
//! decides when a password can be sent.

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{Fault, Server, connect::Connection};

const LONGEST_LINE: usize = 8 * 1024;
const MOST: usize = 64 * 1024;
const LONGEST_CREDENTIAL: usize = 512;

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

pub struct Dialogue {
    stream: Stream,
    /// Bytes that were received and not yet read.
    held: Vec<u8>,
    /// How many more bytes the server can send.
    left: usize,
    internal: bool,
    tls: TlsConnector,
    name: ServerName<'static>,
}

impl Dialogue {
    pub fn new(connection: Connection, tls: TlsConnector) -> Dialogue {
        let Connection { stream, internal, name } = connection;
        Dialogue { stream: Stream::Plain(stream), held: Vec::new(), left: MOST, internal, tls, name }
    }

    pub fn is_secure(&self) -> bool {
        match self.stream {
            Stream::Plain(_) => false,
            Stream::Tls(_) => true,
        }
    }

    /// Switches to TLS. Anybody could have sent the bytes before it, so no unread bytes are allowed.
    pub async fn secured(self) -> Result<Dialogue, Fault> {
        let Stream::Plain(stream) = self.stream else { return Err(Fault::Tls) };
        if !self.held.is_empty() {
            return Err(Fault::Tls);
        }
        let stream = self.tls.connect(self.name.clone(), stream).await.map_err(|_| Fault::Tls)?;
        Ok(Dialogue { stream: Stream::Tls(Box::new(stream)), ..self })
    }

    /// The account's name and password, if they can be sent: over TLS, or within an allowed network.
    pub fn credentials<'a>(&self, server: &'a Server) -> Result<(&'a str, &'a str), Fault> {
        if !self.is_secure() && !self.internal {
            return Err(Fault::Tls);
        }
        let sound = |text: &str| !text.is_empty() && text.len() <= LONGEST_CREDENTIAL && !text.contains('\0');
        let pair = (server.username.as_str(), server.password.as_str());
        if sound(pair.0) && sound(pair.1) { Ok(pair) } else { Err(Fault::Refused) }
    }

    /// The next line, without its end.
    pub async fn line(&mut self) -> Result<String, Fault> {
        loop {
            if let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.held.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            if self.held.len() > LONGEST_LINE {
                return Err(Fault::Unreachable);
            }
            let came = match &mut self.stream {
                Stream::Plain(stream) => stream.read_buf(&mut self.held).await,
                Stream::Tls(stream) => stream.read_buf(&mut self.held).await,
            };
            match came {
                Ok(0) | Err(_) => return Err(Fault::Unreachable),
                Ok(came) => self.left = self.left.checked_sub(came).ok_or(Fault::Unreachable)?,
            }
        }
    }

    /// Sends a text, which can be a complete line or the beginning of one.
    pub async fn say(&mut self, text: &str) -> Result<(), Fault> {
        self.send(text.as_bytes()).await
    }

    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let said = match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes).await,
            Stream::Tls(stream) => match stream.write_all(bytes).await {
                Ok(()) => stream.flush().await,
                Err(error) => Err(error),
            },
        };
        said.map_err(|_| Fault::Unreachable)
    }
}
