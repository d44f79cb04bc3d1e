//! Hands a mail to a mail server, in two parts. After the first, the server has the whole mail and waits for the final dot.
//! The caller can still decide that the mail does not leave: without the dot, the server must forget it (RFC 5321,
//! 4.1.1.10). The second part sends the dot. After that the mail can have left, even if no answer arrives.

use std::time::Duration;

use tokio::time::timeout;

use super::{Fault, Net, Server, dialogue::Dialogue, smtp};
use crate::sending::answer::{Answer, Meaning, Stage, meaning};

pub use smtp::Stopped;

/// The bytes that are written at a time.
const PIECE: usize = 16 * 1024;
/// The longest address (RFC 5321, 4.5.3.1).
const LONGEST: usize = 254;

/// How long the server can take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the connection and TLS, for each answer before the dot, and for each piece of the mail.
    pub answer: Duration,
    /// For the answer to the dot. The standard asks for ten minutes, because a client that gives up earlier and tries
    /// again sends mails twice.
    pub dot: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { answer: Duration::from_secs(60), dot: Duration::from_secs(600) }
    }
}

/// A mail and its envelope.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// Copies. A refused copy is noted, and the mail leaves.
    pub copies: &'a [String],
    /// Lines end with a carriage return and a line feed.
    pub bytes: &'a [u8],
}

/// A mail at the server, without its dot. When it is dropped, the connection is closed and the mail does not leave.
pub struct Ready {
    talk: Dialogue,
    patience: Patience,
    /// Copies that the server refused.
    pub refused: Vec<(String, Answer)>,
}

/// The dot was sent, and no answer was understood. The mail can have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence;

impl Net {
    /// The first part. Nothing has left after it.
    pub async fn hand_over(
        &self,
        server: &Server,
        mail: &Mail<'_>,
        patience: Patience,
    ) -> Result<Ready, Stopped> {
        let from = path(mail.from).ok_or_else(|| unsound(Stage::Sender, "5.1.7"))?;
        let to = path(mail.to).ok_or_else(|| unsound(Stage::Recipient, "5.1.3"))?;
        let beginning = async { smtp::session(self.dial(server, smtp::TLS).await?, server).await };
        let mut talk = within(patience.answer, beginning).await?;
        command(&mut talk, patience, Stage::Sender, &format!("MAIL FROM:{from}\r\n")).await?;
        command(&mut talk, patience, Stage::Recipient, &format!("RCPT TO:{to}\r\n")).await?;
        let mut refused = Vec::new();
        for copy in mail.copies {
            let found = match path(copy) {
                Some(to) => {
                    command(&mut talk, patience, Stage::Recipient, &format!("RCPT TO:{to}\r\n")).await
                }
                None => Err(unsound(Stage::Recipient, "5.1.3")),
            };
            match found {
                Ok(()) => {}
                // A server that closes the dialogue takes nothing more.
                Err(Stopped::Answered(_, answer)) if answer.code != 421 => {
                    refused.push((copy.clone(), answer));
                }
                Err(stopped) => return Err(stopped),
            }
        }
        command(&mut talk, patience, Stage::Data, "DATA\r\n").await?;
        let stuffed = stuffed(mail.bytes);
        for piece in stuffed.chunks(PIECE) {
            within(patience.answer, async { Ok(talk.send(piece).await?) }).await?;
        }
        Ok(Ready { talk, patience, refused })
    }
}

impl Ready {
    /// Sends the dot and waits for the answer. It must be called at most once for a mail, and only after the fact that
    /// the mail leaves is stored.
    pub async fn finish(mut self) -> Result<Answer, Silence> {
        let dot = async {
            self.talk.send(b".\r\n").await?;
            smtp::answer(&mut self.talk).await
        };
        let answer = timeout(self.patience.dot, dot).await.map_err(|_| Silence)?.map_err(|_| Silence)?;
        let _whether_it_is_heard = timeout(self.patience.answer, self.talk.send(b"QUIT\r\n")).await;
        match meaning(Stage::Dot, &answer) {
            Some(Meaning::Unconfirmed) | None => Err(Silence),
            Some(
                Meaning::Accepted
                | Meaning::Deferred
                | Meaning::RefusedAddress
                | Meaning::RefusedContent
                | Meaning::RefusedAccount(_),
            ) => Ok(answer),
        }
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Stopped>>) -> Result<T, Stopped> {
    timeout(limit, work).await.unwrap_or(Err(Stopped::Fault(Fault::TimedOut)))
}

/// A command, and an answer that lets the dialogue go on.
async fn command(talk: &mut Dialogue, patience: Patience, stage: Stage, line: &str) -> Result<(), Stopped> {
    let answer = within(patience.answer, async { Ok(smtp::ask(talk, line).await?) }).await?;
    match meaning(stage, &answer) {
        None => Ok(()),
        Some(_) => Err(Stopped::Answered(stage, answer)),
    }
}

/// An address that cannot be written into a command, as the server would say it.
fn unsound(stage: Stage, enhanced: &str) -> Stopped {
    Stopped::Answered(
        stage,
        Answer::new(553, &format!("{enhanced} the address cannot be written in a command")),
    )
}

fn path(address: &str) -> Option<String> {
    let sound = |byte: u8| byte.is_ascii_graphic() && !b"<>".contains(&byte);
    let whole = address.len() <= LONGEST && address.contains('@') && address.bytes().all(sound);
    whole.then(|| format!("<{address}>"))
}

/// The mail as it is written after `DATA`: a line that begins with a dot gets another (RFC 5321, 4.5.2), all lines end with
/// both characters, and so does the last.
fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    for line in whole.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b".") {
            out.push(b'.');
        }
        // A carriage return alone ends a line for some servers, which would then see a dot of the text.
        out.extend(line.iter().map(|byte| if *byte == b'\r' { b' ' } else { *byte }));
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_dots() {
        let cases: [(&[u8], &[u8]); 8] = [
            (b"a\r\nb\r\n", b"a\r\nb\r\n"),
            (b"a\nb", b"a\r\nb\r\n"),
            (b".\r\n", b"..\r\n"),
            (b"a\r\n.\r\nb", b"a\r\n..\r\nb\r\n"),
            (b"..x", b"...x\r\n"),
            (b"a\r.\rb", b"a . b\r\n"),
            (b"a\n.\nb", b"a\r\n..\r\nb\r\n"),
            (b"", b"\r\n"),
        ];
        for (from, to) in cases {
            assert_eq!(stuffed(from), to, "{}", String::from_utf8_lossy(from));
        }
    }

    #[test]
    fn addresses_stay_in_their_command() {
        assert_eq!(path("ann@lead.example").as_deref(), Some("<ann@lead.example>"));
        for address in ["a@b>\r\nRCPT TO:<x@y", "a b@c", "a@b>", "<a@b", "ann", "é@b", "a@b\0", ""] {
            assert_eq!(path(address), None, "{address}");
        }
    }

    proptest! {
        #[test]
        fn nothing_in_a_mail_ends_it(bytes in prop::collection::vec(prop::sample::select(b"\r\n.ab".to_vec()), 0..60)) {
            let out = stuffed(&bytes);
            let text = String::from_utf8(out).unwrap();
            prop_assert!(text.ends_with("\r\n"));
            prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
            prop_assert!(text.split("\r\n").all(|line| line != "."));
        }
    }
}
