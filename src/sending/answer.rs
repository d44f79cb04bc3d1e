//! What the answer of a mail server means for a mail. Answers in the dialogue and, later, reports of bounces share this
//! table.
//!
//! A wrong "the address does not exist" stops all mail to a person. So an answer means that only if its code
//! says so, or if it has no code and its words say so. Everything unclear is about the content, and is tried again.

use super::words::{self, Says};
use crate::time::Time;

/// What the server last heard before its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The connection, the greeting, TLS.
    Connect,
    Login,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`.
    Data,
    /// The final dot.
    Dot,
}

/// A reply of a mail server (RFC 5321, 4.2), and its enhanced code (RFC 3463) if it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub code: u16,
    pub enhanced: Option<(u16, u16, u16)>,
    /// Its lines, without codes.
    pub text: String,
}

impl Answer {
    /// `text` begins with the enhanced code, if there is one.
    pub fn new(code: u16, text: &str) -> Answer {
        Answer { code, enhanced: enhanced(text), text: text.to_owned() }
    }
}

/// Why an account cannot send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server cannot be reached, or does not want to talk.
    Unreachable,
    /// The user name or the password is wrong.
    Login,
    /// The server does not let the account send from its address.
    Sender,
    /// The account has sent too much, and can send again later.
    Quota,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Accepted,
    /// The same mail can be accepted later.
    Deferred,
    /// There is no such address.
    RefusedAddress,
    /// The server does not take this mail. This says nothing about the person.
    RefusedContent,
    /// The mail has no fault. The account cannot send now.
    RefusedAccount(Trouble),
    /// The dot was sent, and the answer says neither yes nor no.
    Unconfirmed,
}

/// What an answer means that ends the dialogue. `None`: the dialogue goes on.
pub fn meaning(stage: Stage, answer: &Answer) -> Option<Meaning> {
    let found = match (stage, answer.code / 100) {
        (Stage::Dot, 2) => Meaning::Accepted,
        (Stage::Login, 3) | (Stage::Data, 3) => return None,
        (Stage::Connect | Stage::Login | Stage::Sender | Stage::Recipient, 2) => return None,
        (Stage::Connect, _) => Meaning::RefusedAccount(Trouble::Unreachable),
        (_, 4) => later(stage, answer),
        (_, 5) => never(stage, answer),
        (Stage::Dot, _) => Meaning::Unconfirmed,
        (Stage::Login | Stage::Sender | Stage::Recipient | Stage::Data, _) => {
            Meaning::RefusedAccount(Trouble::Unreachable)
        }
    };
    Some(found)
}

fn later(stage: Stage, answer: &Answer) -> Meaning {
    let limited = words::say(&answer.text) == Some(Says::Quota) || answer.enhanced == Some((4, 4, 5));
    let policy = matches!(answer.enhanced, Some((4, 7, _)));
    match stage {
        Stage::Login if limited || policy => Meaning::RefusedAccount(Trouble::Quota),
        Stage::Login | Stage::Connect => Meaning::RefusedAccount(Trouble::Unreachable),
        // After the sender, 4.7.x is about the account. After the recipient it is greylisting.
        Stage::Sender if limited || policy => Meaning::RefusedAccount(Trouble::Quota),
        Stage::Sender | Stage::Recipient | Stage::Data | Stage::Dot if limited => {
            Meaning::RefusedAccount(Trouble::Quota)
        }
        Stage::Sender | Stage::Recipient | Stage::Data | Stage::Dot => Meaning::Deferred,
    }
}

fn never(stage: Stage, answer: &Answer) -> Meaning {
    let says = words::say(&answer.text);
    let account = match (answer.code, answer.enhanced) {
        (_, Some((5, 4, 5))) => Some(Trouble::Quota),
        (530 | 534 | 535 | 538, _) => Some(Trouble::Login),
        (_, Some((5, 1, 7 | 8))) => Some(Trouble::Sender),
        _ => match says {
            Some(Says::Quota) => Some(Trouble::Quota),
            Some(Says::NotAllowed) => Some(Trouble::Sender),
            Some(Says::NoSuchAddress | Says::Full | Says::Policy) | None => None,
        },
    };
    match (stage, account) {
        (_, Some(trouble)) => Meaning::RefusedAccount(trouble),
        (Stage::Login, None) => Meaning::RefusedAccount(Trouble::Login),
        (Stage::Sender, None) => Meaning::RefusedAccount(Trouble::Sender),
        (Stage::Connect, None) => Meaning::RefusedAccount(Trouble::Unreachable),
        (Stage::Recipient | Stage::Data | Stage::Dot, None) => recipient(answer, says),
    }
}

fn recipient(answer: &Answer, says: Option<Says>) -> Meaning {
    match answer.enhanced {
        Some((_, 1, 0 | 1 | 2 | 3 | 6 | 10)) | Some((_, 4, 4)) => Meaning::RefusedAddress,
        // A full mailbox, and what Exchange says where it looks nobody up.
        Some((_, 2, 2)) | Some((_, 4, 1)) => Meaning::Deferred,
        Some(_) => Meaning::RefusedContent,
        None => match says {
            Some(Says::NoSuchAddress) => Meaning::RefusedAddress,
            Some(Says::Full) => Meaning::Deferred,
            Some(Says::Policy | Says::Quota | Says::NotAllowed) | None => Meaning::RefusedContent,
        },
    }
}

/// `5.1.1` at the beginning of a text.
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let word = text.split_ascii_whitespace().next()?;
    let mut parts = word.split('.').map(|part| {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse::<u16>().ok() } else { None }
    });
    let code = (parts.next()??, parts.next()??, parts.next()??);
    (parts.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
}

/// Minutes until the next try of a mail that was deferred, by the number of the try.
const WAITS: [i64; 6] = [5, 15, 45, 2 * 60, 6 * 60, 12 * 60];
/// Hours after which a mail that is still deferred is given up.
const PATIENCE: i64 = 48;

/// When to try again. `tries` is how often the mail was deferred, and `first` is when that was for the first time.
/// `None`: it is too late, and the mail has bounced.
pub fn retry(tries: u32, first: Time, now: Time) -> Option<Time> {
    let at = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = WAITS.get(at).or(WAITS.last()).copied().unwrap_or_default();
    let next = now.plus(wait * Time::MINUTE);
    (next <= first.plus(PATIENCE * Time::HOUR)).then_some(next)
}

#[cfg(test)]
#[path = "tests/answers.rs"]
mod tests;
