//! A mail server that behaves as the addresses say, and the log of what came. A mail that got its dot is in `mails`, whatever
//! the server answered: this log is the judge of what has left.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub const USERNAME: &str = "jo@acme.example";
pub const PASSWORD: &str = "right";

/// A mail that got its dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub from: String,
    pub to: Vec<String>,
    /// Without the dots that were stuffed.
    pub text: String,
    /// The answer to the dot, if there was one.
    pub code: Option<u16>,
}

#[derive(Default)]
pub struct Log {
    pub mails: Vec<Arrived>,
    /// Bodies whose dot did not come.
    pub dotless: Vec<String>,
    /// Commands, without logins.
    pub commands: Vec<String>,
    greylisted: BTreeMap<String, usize>,
}

pub struct Internet {
    pub address: SocketAddr,
    pub log: Arc<Mutex<Log>>,
}

impl Internet {
    /// A server on loopback. With a certificate it offers TLS, and the login only after it.
    pub async fn start(tls: Option<TlsAcceptor>) -> Internet {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log: Arc<Mutex<Log>> = Arc::default();
        let kept = log.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _task = tokio::spawn(accept(stream, tls.clone(), kept.clone()));
            }
        });
        Internet { address, log }
    }

    pub fn mails(&self) -> Vec<Arrived> {
        self.log.lock().unwrap().mails.clone()
    }

    pub fn commands(&self) -> Vec<String> {
        self.log.lock().unwrap().commands.clone()
    }

    /// Bodies that came without a dot, after their connections were closed.
    pub async fn dotless(&self, count: usize) -> Vec<String> {
        for _ in 0..500 {
            let found = self.log.lock().unwrap().dotless.clone();
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        self.log.lock().unwrap().dotless.clone()
    }
}

async fn accept(stream: TcpStream, tls: Option<TlsAcceptor>, log: Arc<Mutex<Log>>) -> Option<()> {
    let mut plain = BufStream::new(stream);
    say(&mut plain, "220 internet.example\r\n").await?;
    let Some(tls) = tls else { return Talk::new(log).run(&mut plain).await };
    hear(&mut plain).await?;
    say(&mut plain, "250-internet.example\r\n250 STARTTLS\r\n").await?;
    hear(&mut plain).await?;
    say(&mut plain, "220 go\r\n").await?;
    let mut secure = BufStream::new(tls.accept(plain.into_inner()).await.ok()?);
    Talk::new(log).run(&mut secure).await
}

/// What a part of an address says, such as `554-at-dot` in `554-at-dot.7@lead.example`.
fn behaviour(address: &str) -> &str {
    address.split(['@', '.']).next().unwrap_or_default()
}

struct Talk {
    log: Arc<Mutex<Log>>,
    from: String,
    to: Vec<String>,
}

impl Talk {
    fn new(log: Arc<Mutex<Log>>) -> Talk {
        Talk { log, from: String::new(), to: Vec::new() }
    }

    async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut self, stream: &mut BufStream<S>) -> Option<()> {
        loop {
            let line = hear(stream).await?;
            if !line.starts_with("AUTH") {
                self.log.lock().unwrap().commands.push(line.clone());
            }
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let answer = match verb {
                "EHLO" => "250-internet.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n".to_owned(),
                "AUTH" => login(rest).to_owned(),
                "MAIL" => self.sender(rest),
                "RCPT" => self.recipient(rest),
                "DATA" => {
                    if behaviour(&self.from) == "quota" {
                        "550-5.4.5 Daily user sending limit exceeded.\r\n550 5.4.5 Try tomorrow\r\n"
                            .to_owned()
                    } else {
                        say(stream, "354 go on\r\n").await?;
                        self.data(stream).await?
                    }
                }
                "QUIT" => return say(stream, "221 bye\r\n").await,
                _ => "500 5.5.1 what\r\n".to_owned(),
            };
            say(stream, &answer).await?;
        }
    }

    fn sender(&mut self, rest: &str) -> String {
        self.from = inner(rest).to_owned();
        self.to.clear();
        match behaviour(&self.from) {
            "stranger" => "553 5.7.1 Sender address rejected: not owned by user\r\n",
            "busy" => "451 4.3.0 busy\r\n",
            _ => "250 2.1.0 ok\r\n",
        }
        .to_owned()
    }

    fn recipient(&mut self, rest: &str) -> String {
        let to = inner(rest).to_owned();
        let answer = match behaviour(&to) {
            "unknown" => "550 5.1.1 user unknown\r\n",
            "full" => "452 4.2.2 mailbox full\r\n",
            "policy" => "550 5.7.1 blocked\r\n",
            "grey" => {
                let mut log = self.log.lock().unwrap();
                let tries = log.greylisted.entry(to.clone()).or_default();
                *tries += 1;
                if *tries > 1 { "250 2.1.5 ok\r\n" } else { "450 4.7.1 greylisted\r\n" }
            }
            _ => "250 2.1.5 ok\r\n",
        };
        if answer.starts_with("250") {
            self.to.push(to);
        }
        answer.to_owned()
    }

    /// The answer to the dot. `None` closes the connection.
    async fn data<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut BufStream<S>) -> Option<String> {
        let mut text = String::new();
        let dot = read_body(stream, &mut text).await;
        if !dot {
            self.log.lock().unwrap().dotless.push(text);
            return None;
        }
        let first = self.to.first().cloned().unwrap_or_default();
        let (code, answer) = match behaviour(&first) {
            "451-at-dot" => (Some(451), "451 4.3.0 try later\r\n"),
            "554-at-dot" => (Some(554), "554-5.7.1 this looks\r\n554 5.7.1 like spam\r\n"),
            "odd-at-dot" => (None, "what?\r\n"),
            "silent-after-dot" | "drop-after-dot" => (None, ""),
            _ => (Some(250), "250 2.0.0 queued\r\n"),
        };
        self.log.lock().unwrap().mails.push(Arrived {
            from: self.from.clone(),
            to: self.to.clone(),
            text,
            code,
        });
        match behaviour(&first) {
            "silent-after-dot" => std::future::pending().await,
            "drop-after-dot" => None,
            _ => Some(answer.to_owned()),
        }
    }
}

/// Reads a body, and returns whether its dot came.
async fn read_body<S: AsyncBufRead + Unpin>(stream: &mut S, text: &mut String) -> bool {
    loop {
        let mut line = String::new();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) => return false,
            Ok(_) if line == ".\r\n" => return true,
            Ok(_) => text.push_str(line.strip_prefix('.').unwrap_or(&line)),
        }
    }
}

fn login(rest: &str) -> &'static str {
    let given = rest.strip_prefix("PLAIN ").and_then(|text| STANDARD.decode(text).ok());
    if given == Some(format!("\0{USERNAME}\0{PASSWORD}").into_bytes()) {
        "235 2.7.0 welcome\r\n"
    } else {
        "535 5.7.8 no\r\n"
    }
}

/// The address between angle brackets.
fn inner(text: &str) -> &str {
    text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(address, _)| address)
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
