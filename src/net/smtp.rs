//! The beginning of a dialogue by SMTP (RFC 5321, 3207 and 4954): greeting, TLS and login. It is written by hand because
//! a client library would resolve the name and open the connection itself.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Fault, Server, dialogue::Dialogue};
use crate::sending::answer::{Answer, Stage};

/// The port where TLS comes first.
pub const TLS: u16 = 465;

/// An address that reveals nothing about this server.
const HELLO: &str = "EHLO [127.0.0.1]\r\n";

/// The most of the text of an answer that is kept, in bytes.
const LONGEST_TEXT: usize = 1000;

/// The server's capabilities that matter here.
#[derive(Default)]
struct Offers {
    starttls: bool,
    plain: bool,
    login: bool,
}

/// Why a dialogue ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// There is no connection, no TLS or no answer.
    Fault(Fault),
    /// The server gave this answer.
    Answered(Stage, Answer),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Stopped {
        Stopped::Fault(fault)
    }
}

impl Stopped {
    /// What a user learns about it.
    fn fault(self) -> Fault {
        match self {
            Stopped::Fault(fault) => fault,
            Stopped::Answered(Stage::Connect, _) => Fault::Unreachable,
            Stopped::Answered(
                Stage::Login | Stage::Sender | Stage::Recipient | Stage::Data | Stage::Dot,
                _,
            ) => Fault::Refused,
        }
    }
}

/// Logs in, and sends no mail.
pub async fn login(talk: Dialogue, server: &Server) -> Result<(), Fault> {
    let mut talk = session(talk, server).await.map_err(Stopped::fault)?;
    let _whatever_it_answers = ask(&mut talk, "QUIT\r\n").await;
    Ok(())
}

/// A dialogue in which the account is logged in.
pub async fn session(mut talk: Dialogue, server: &Server) -> Result<Dialogue, Stopped> {
    let greeting = answer(&mut talk).await?;
    if greeting.code != 220 {
        return Err(connect(greeting));
    }
    let mut offers = hello(&mut talk).await?;
    if !talk.is_secure() && offers.starttls {
        if ask(&mut talk, "STARTTLS\r\n").await?.code != 220 {
            return Err(Fault::Tls.into());
        }
        talk = talk.secured().await?;
        offers = hello(&mut talk).await?;
    }
    let (username, password) = talk.credentials(server)?;
    let answer = if offers.plain {
        let both = STANDARD.encode(format!("\0{username}\0{password}"));
        ask(&mut talk, &format!("AUTH PLAIN {both}\r\n")).await?
    } else if offers.login {
        in_turn(&mut talk, username, password).await?
    } else {
        return Err(Fault::Refused.into());
    };
    if answer.code != 235 {
        return Err(Stopped::Answered(Stage::Login, answer));
    }
    Ok(talk)
}

/// Whatever answers at a port before a login stays unknown to the user, except for the number.
fn connect(answer: Answer) -> Stopped {
    Stopped::Answered(Stage::Connect, Answer { code: answer.code, ..Answer::default() })
}

async fn in_turn(talk: &mut Dialogue, username: &str, password: &str) -> Result<Answer, Fault> {
    for line in ["AUTH LOGIN\r\n".to_owned(), encoded(username)] {
        let answer = ask(talk, &line).await?;
        if answer.code != 334 {
            return Ok(answer);
        }
    }
    ask(talk, &encoded(password)).await
}

fn encoded(text: &str) -> String {
    STANDARD.encode(text) + "\r\n"
}

async fn hello(talk: &mut Dialogue) -> Result<Offers, Stopped> {
    talk.say(HELLO).await?;
    let mut offers = Offers::default();
    loop {
        let (code, last, text) = reply(talk).await?;
        if code != 250 {
            return Err(connect(Answer { code, ..Answer::default() }));
        }
        // Old servers write `AUTH=`.
        let text = text.to_ascii_uppercase().replace('=', " ");
        let mut words = text.split_ascii_whitespace();
        match words.next() {
            Some("STARTTLS") => offers.starttls = true,
            Some("AUTH") => {
                for mechanism in words {
                    offers.plain |= mechanism == "PLAIN";
                    offers.login |= mechanism == "LOGIN";
                }
            }
            Some(_) | None => {}
        }
        if last {
            return Ok(offers);
        }
    }
}

pub async fn ask(talk: &mut Dialogue, line: &str) -> Result<Answer, Fault> {
    talk.say(line).await?;
    answer(talk).await
}

/// An answer, which can have several lines. All of them must have the same code.
pub async fn answer(talk: &mut Dialogue) -> Result<Answer, Fault> {
    let mut whole = String::new();
    let mut first = None;
    loop {
        let (code, last, text) = reply(talk).await?;
        if *first.get_or_insert(code) != code {
            return Err(Fault::Unreachable);
        }
        if whole.len() + text.len() <= LONGEST_TEXT {
            let space = if whole.is_empty() { "" } else { " " };
            whole = format!("{whole}{space}{text}");
        }
        if last {
            return Ok(Answer::new(code, &whole));
        }
    }
}

/// A line of a reply: its code, whether it is the last, and its text.
async fn reply(talk: &mut Dialogue) -> Result<(u16, bool, String), Fault> {
    let line = talk.line().await?;
    let (code, rest) = line.split_at_checked(3).ok_or(Fault::Unreachable)?;
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let code = code.parse().ok().filter(|_| digits).ok_or(Fault::Unreachable)?;
    Ok((code, !rest.starts_with('-'), rest.get(1..).unwrap_or_default().to_owned()))
}
