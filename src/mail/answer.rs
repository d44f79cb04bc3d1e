//! Makes the answer of a mail server safe for the log. Servers often repeat the address that they refuse, and
//! some repeat everything that they were sent.

use super::Failure;
use super::plain;
use super::server::Login;
use super::talk::Step;
use lettre::Address;
use lettre::transport::smtp::Error;
use std::error::Error as _;
use std::time::Duration;

/// Values that must not be logged.
pub struct Private<'a> {
    pub login: Option<&'a Login>,
    pub to: &'a Address,
}

const MOST: usize = 200;

/// Codes that mean a failed login, at any step.
const LOGIN: [u16; 4] = [530, 534, 535, 538];

pub fn failure(step: Step, error: &Error, private: &Private<'_>) -> Failure {
    let Some(code) = error.status().map(u16::from) else {
        return Failure::Transient(text(step, "", &innermost(error), private));
    };
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let text = text(step, &format!("{code} "), &said, private);
    let lost = error.is_permanent() && step.judges_the_letter() && !LOGIN.contains(&code);
    if lost { Failure::Permanent(text) } else { Failure::Transient(text) }
}

pub fn silence(step: Step, limit: Duration) -> Failure {
    Failure::Transient(format!("{}: no answer within {} seconds", step.name(), limit.as_secs()))
}

fn text(step: Step, code: &str, said: &str, private: &Private<'_>) -> String {
    plain::cut(&format!("{}: {code}{}", step.name(), private.taken_out_of(said)), MOST)
}

fn innermost(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl Private<'_> {
    fn taken_out_of(&self, said: &str) -> String {
        let secrets = self.login.iter().flat_map(|login| &login.secrets);
        let said = secrets.fold(said.to_owned(), |said, secret| said.replace(secret.as_str(), "(hidden)"));
        let names = [self.login.map(|login| login.user.as_str()), Some(self.to.user())];
        let hidden = |word: &&str| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let named = |name: &&str| bare.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(name);
            word.contains('@') || word.contains("%40") || names.iter().flatten().any(named)
        };
        let line = plain::line(&said);
        let words: Vec<_> =
            line.split(' ').map(|word| if hidden(&word) { "(hidden)" } else { word }).collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::server::Server;

    #[test]
    fn what_must_not_be_told_is_taken_out() {
        let server = Server::of("smtp://robot:s%20cret@localhost").unwrap();
        let to = "jane.doe@example.com".parse().unwrap();
        let private = Private { login: server.login.as_ref(), to: &to };
        for (said, told) in [
            ("5.1.1 <Jane.Doe@example.com>: unknown", "5.1.1 (hidden) unknown"),
            ("no mailbox \"jane.doe\" here", "no mailbox (hidden) here"),
            ("see https://x/?r=jane.doe%40example.com", "see (hidden)"),
            ("what is AUTH PLAIN AHJvYm90AHMgY3JldA==?", "what is AUTH PLAIN (hidden)?"),
            ("s cret is wrong for Robot", "(hidden) is wrong for (hidden)"),
            ("two\r\nlines", "two lines"),
        ] {
            assert_eq!(private.taken_out_of(said), told);
        }
        let long = text(Step::Recipient, "550 ", &"word ".repeat(100), &private);
        assert_eq!(long.chars().count(), 200);
        assert!(long.starts_with("naming the recipient: 550 word") && long.ends_with('…'), "{long}");
    }
}
