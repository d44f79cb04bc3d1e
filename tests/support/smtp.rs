//! A mail server for one test, and the mail that it accepted. See `smtp.py` for recipients that cause errors.
//! `scripts/prepare` puts the server into `target/python`; GATEPOST_TEST_PYTHON names another folder to look
//! in.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/smtp.py");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python");

#[derive(Clone, Debug, serde::Deserialize)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub message_id: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Where the first link of the HTML leads.
    pub link: Option<String>,
    pub content_type: String,
    /// Whether the mail was pure ASCII, which servers of any age accept.
    pub ascii: bool,
    /// The headers in their order, with names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Mail {
    /// Of all headers of the name.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
}

pub struct Smtp {
    child: Child,
    port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    asked: Mutex<(ChildStdin, mpsc::Receiver<()>)>,
}

impl Smtp {
    pub async fn start() -> Smtp {
        Smtp::with(&[]).await
    }

    /// A server that accepts mail only after this login.
    pub async fn demanding(user: &str, password: &str) -> Smtp {
        Smtp::with(&["--auth", &format!("{user}:{password}")]).await
    }

    async fn with(arguments: &[&str]) -> Smtp {
        let mut command = Command::new("python3");
        command.arg(SCRIPT).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.env("PYTHONPATH", std::env::var("GATEPOST_TEST_PYTHON").unwrap_or_else(|_| PYTHON.into()));
        let starting = tokio::task::spawn_blocking(move || started(command));
        let (mut child, port, lines) = starting.await.unwrap();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let taken = mails.clone();
        let (told, echo) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                match serde_json::from_str::<Option<Mail>>(&line).unwrap() {
                    Some(mail) => taken.lock().unwrap().push(mail),
                    None => drop(told.send(())),
                }
            }
        });
        let asked = Mutex::new((child.stdin.take().unwrap(), echo));
        Smtp { child, port, mails, asked }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn url_for(&self, user: &str, password: &str) -> String {
        format!("smtp://{user}:{password}@127.0.0.1:{}", self.port)
    }

    /// All mail that it has accepted until now.
    pub fn mails(&self) -> Vec<Mail> {
        let mut asked = self.asked.lock().unwrap();
        asked.0.write_all(b"\n").unwrap();
        asked.1.recv_timeout(Duration::from_secs(30)).unwrap();
        self.mails.lock().unwrap().clone()
    }

    /// Waits for so many mails, and gives them all.
    pub async fn wait_for(&self, count: usize, limit: Duration) -> Vec<Mail> {
        let started = Instant::now();
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            assert!(started.elapsed() < limit, "{} mails came in {limit:?}, not {count}", mails.len());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _gone = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn started(mut command: Command) -> (Child, u16, Lines<BufReader<ChildStdout>>) {
    let mut child = command.spawn().expect("python3 is not here: run scripts/prepare");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.next().expect("the mail server did not start: run scripts/prepare").unwrap();
    (child, port.parse().unwrap(), lines)
}

impl super::World {
    /// From now on the server sends mail, to its own mail server.
    pub async fn with_mail(&mut self) -> Smtp {
        let smtp = Smtp::start().await;
        let mailer =
            gatepost::mail::Mailer::new(&smtp.url(), "Gatepost <gatepost@gatepost.example>").unwrap();
        self.with(|app| app.mailer = Some(mailer));
        smtp
    }
}
