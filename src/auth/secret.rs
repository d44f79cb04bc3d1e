//! Secrets that this server makes: API keys and the tokens of links.
//!
//! A key is `gpk_`, its kind, `_`, 30 random base62 characters (178 bits) and 6 base62 characters of the
//! CRC-32 of all before them, so that a scanner can distinguish a leaked key from similar text without asking
//! a server.

use sha2::{Digest, Sha256};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 30;
const CHECK: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Workspace,
    Personal,
}

/// A key in plain: shown once, never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// `random` must be fresh from the system's generator.
    pub fn new(kind: Kind, random: &[u8; RANDOM]) -> Self {
        let kind = match kind {
            Kind::Workspace => 'w',
            Kind::Personal => 'p',
        };
        let body = format!("gpk_{kind}_{}", base62(random));
        let check = check(&body);
        Secret(body + &check)
    }

    pub fn plain(&self) -> &str {
        &self.0
    }

    /// The form for lists: the prefix and the last four characters.
    pub fn redacted(&self) -> String {
        let head: String = self.0.chars().take(6).collect();
        let tail: String = self.0.chars().skip(self.0.len().saturating_sub(4)).collect();
        format!("{head}...{tail}")
    }

    /// Whether a text has the form and checksum of a key.
    pub fn verify(text: &str) -> bool {
        let form = text.starts_with("gpk_w_") || text.starts_with("gpk_p_");
        let at = text.len().saturating_sub(CHECK);
        form && text.len() == 6 + RANDOM + CHECK
            && text.split_at_checked(at).is_some_and(|(b, c)| check(b) == c)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.redacted())
    }
}

/// The token of a link, with the same randomness as a key.
pub fn token(random: &[u8; RANDOM]) -> String {
    base62(random)
}

/// Only this hash of a key or token is stored. Keys and tokens have too much randomness to be guessed from
/// it.
pub fn hash(secret: &str) -> String {
    let hex = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    Sha256::digest(secret).iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).collect()
}

/// One digit of each byte: 256 is not a multiple of 62, so the first eight digits come up 5 times in 256
/// instead of 4, which costs 0.05 bits a digit.
fn base62(random: &[u8]) -> String {
    random.iter().map(|byte| digit(u32::from(*byte))).collect()
}

fn check(body: &str) -> String {
    let sum = crc32fast::hash(body.as_bytes());
    (0..CHECK as u32).rev().map(|place| digit(sum / 62u32.pow(place))).collect()
}

fn digit(value: u32) -> char {
    DIGITS.get(value as usize % DIGITS.len()).map_or('0', |digit| char::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_verifies_offline_and_shows_little() {
        let key = Secret::new(Kind::Personal, &[7; RANDOM]);
        assert!(key.plain().starts_with("gpk_p_") && key.plain().len() == 42);
        assert!(Secret::verify(key.plain()));
        let digit = |at: usize| format!("{}{}{}", &key.plain()[..at], "x", &key.plain()[at + 1..]);
        assert!((6..42).filter(|at| digit(*at) != key.plain()).all(|at| !Secret::verify(&digit(at))));
        assert!(!Secret::verify("") && !Secret::verify("gpk_w_") && !Secret::verify(&"ä".repeat(21)));
        assert_eq!(format!("{key:?}").len(), 13);
    }
}
