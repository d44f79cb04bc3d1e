//! A login by SMTP (RFC 5321, 3207 and 4954), which sends no mail. It is written by hand because a client
//! library would resolve the name and open the connection itself.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Fault, Server, dialogue::Dialogue};

/// The port where TLS comes first.
pub const TLS: u16 = 465;

/// An address that reveals nothing about this server.
const HELLO: &str = "EHLO [127.0.0.1]\r\n";

/// The server's capabilities that matter here.
#[derive(Default)]
struct Offers {
    starttls: bool,
    plain: bool,
    login: bool,
}

pub async fn login(mut talk: Dialogue, server: &Server) -> Result<(), Fault> {
    if code(&mut talk).await? != 220 {
        return Err(Fault::Unreachable);
    }
    let mut offers = hello(&mut talk).await?;
    if !talk.is_secure() && offers.starttls {
        if ask(&mut talk, "STARTTLS\r\n").await? != 220 {
            return Err(Fault::Tls);
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
        return Err(Fault::Refused);
    };
    if answer != 235 {
        return Err(Fault::Refused);
    }
    let _whatever_it_answers = ask(&mut talk, "QUIT\r\n").await;
    Ok(())
}

async fn in_turn(talk: &mut Dialogue, username: &str, password: &str) -> Result<u16, Fault> {
    for line in ["AUTH LOGIN\r\n".to_owned(), encoded(username)] {
        let answer = ask(talk, &line).await?;
        if answer != 334 {
            return Ok(answer);
        }
    }
    ask(talk, &encoded(password)).await
}

fn encoded(text: &str) -> String {
    STANDARD.encode(text) + "\r\n"
}

async fn hello(talk: &mut Dialogue) -> Result<Offers, Fault> {
    talk.say(HELLO).await?;
    let mut offers = Offers::default();
    loop {
        let (code, last, text) = reply(talk).await?;
        if code != 250 {
            return Err(Fault::Unreachable);
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

async fn ask(talk: &mut Dialogue, line: &str) -> Result<u16, Fault> {
    talk.say(line).await?;
    code(talk).await
}

/// The code of a reply, which can have several lines.
async fn code(talk: &mut Dialogue) -> Result<u16, Fault> {
    loop {
        let (code, last, _) = reply(talk).await?;
        if last {
            return Ok(code);
        }
    }
}

/// A line of a reply: its code, whether it is the last, and its text.
async fn reply(talk: &mut Dialogue) -> Result<(u16, bool, String), Fault> {
    let line = talk.line().await?;
    let (code, rest) = line.split_at_checked(3).ok_or(Fault::Unreachable)?;
    let code = code.parse().map_err(|_| Fault::Unreachable)?;
    Ok((code, !rest.starts_with('-'), rest.get(1..).unwrap_or_default().to_owned()))
}
