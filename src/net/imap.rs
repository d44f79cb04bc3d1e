//! A login by IMAP (RFC 3501), which opens no mailbox. It is written by hand because a client library would
//! add twenty dependencies for one command. The name and the password are sent as literals with their length
//! first, so no character in them can end the command.

use super::{Fault, Server, dialogue::Dialogue};

/// The port where TLS comes first.
pub const TLS: u16 = 993;

/// The server's capabilities that matter here.
#[derive(Default)]
struct Offers {
    starttls: bool,
    no_login: bool,
}

pub async fn login(mut talk: Dialogue, server: &Server) -> Result<(), Fault> {
    // Also refused on PREAUTH, because then there is no login to test.
    if status(&talk.line().await?, "*") != Some(true) {
        return Err(Fault::Unreachable);
    }
    let mut offers = capability(&mut talk, "a1").await?;
    if !talk.is_secure() && offers.starttls {
        talk.say("a2 STARTTLS\r\n").await?;
        if !done(&mut talk, "a2").await? {
            return Err(Fault::Tls);
        }
        talk = talk.secured().await?;
        offers = capability(&mut talk, "a3").await?;
    }
    let (username, password) = talk.credentials(server)?;
    if offers.no_login {
        return Err(Fault::Refused);
    }
    talk.say(&format!("a4 LOGIN {{{}}}\r\n", username.len())).await?;
    go_on(&mut talk, "a4").await?;
    talk.say(&format!("{username} {{{}}}\r\n", password.len())).await?;
    go_on(&mut talk, "a4").await?;
    talk.say(&format!("{password}\r\n")).await?;
    if !done(&mut talk, "a4").await? {
        return Err(Fault::Refused);
    }
    talk.say("a5 LOGOUT\r\n").await?;
    let _whatever_it_answers = done(&mut talk, "a5").await;
    Ok(())
}

async fn capability(talk: &mut Dialogue, tag: &str) -> Result<Offers, Fault> {
    talk.say(&format!("{tag} CAPABILITY\r\n")).await?;
    let mut offers = Offers::default();
    loop {
        let line = talk.line().await?.to_ascii_uppercase();
        if let Some(listed) = line.strip_prefix("* CAPABILITY ") {
            for word in listed.split_ascii_whitespace() {
                offers.starttls |= word == "STARTTLS";
                offers.no_login |= word == "LOGINDISABLED";
            }
        } else if let Some(good) = status(&line, tag) {
            return if good { Ok(offers) } else { Err(Fault::Unreachable) };
        }
    }
}

/// Waits for permission to send a literal. If the command ends instead, it was refused.
async fn go_on(talk: &mut Dialogue, tag: &str) -> Result<(), Fault> {
    loop {
        let line = talk.line().await?;
        if line.starts_with('+') {
            return Ok(());
        }
        if status(&line, tag).is_some() {
            return Err(Fault::Refused);
        }
    }
}

/// Waits for the end of a command, and returns whether it succeeded.
async fn done(talk: &mut Dialogue, tag: &str) -> Result<bool, Fault> {
    loop {
        if let Some(good) = status(&talk.line().await?, tag) {
            return Ok(good);
        }
    }
}

/// Whether a line with this tag says OK; `None` for a line with another tag.
fn status(line: &str, tag: &str) -> Option<bool> {
    let mut words = line.split_ascii_whitespace();
    let same = words.next()?.eq_ignore_ascii_case(tag);
    same.then(|| words.next().is_some_and(|word| word.eq_ignore_ascii_case("OK")))
}
