//! Which passwords people can choose: NIST SP 800-63B-4, section 3.1.1.2. They must be long, and can have any
//! characters. Common passwords are refused, and passwords made of the person's own words or ours. There are
//! no composition rules, and no expiry.

use crate::error::{Error, Result};
use unicode_normalization::UnicodeNormalization;

/// The minimum length of a password without a second factor, the minimum with one, and the maximum.
pub const ALONE: usize = 15;
pub const BESIDE: usize = 8;
pub const LONGEST: usize = 128;

/// Guesses that a password must withstand: `zxcvbn` knows the common ones, keyboard rows, repetitions and
/// dates. So many guesses are not feasible if each one needs a call to this server or an Argon2 run.
const GUESSES: u64 = 100_000_000;

/// Only this many characters are checked: `zxcvbn` is slow on long passwords, and this many are more than
/// enough.
const JUDGED: usize = 32;

/// Words that passwords on this server must not be made of.
const OURS: [&str; 4] = ["gatepost", "instantly", "outreach", "campaign"];

/// One form for all ways to type the same: NFC (Unicode Standard Annex 15).
pub fn normal(password: &str) -> String {
    password.nfc().collect()
}

/// Whether the password is long enough without a second factor.
pub fn is_long(password: &str) -> bool {
    normal(password).chars().count() >= ALONE
}

/// Replaces signs that stand for letters, such as `@` and `$`, by these letters. `zxcvbn` would try every
/// combination of them, which takes seconds. An attacker tries both forms anyway.
fn plain(text: &str) -> String {
    let letter = |sign| match sign {
        '@' => 'a',
        '(' | '{' | '[' | '<' => 'c',
        '!' | '|' => 'i',
        '$' => 's',
        '+' => 't',
        '%' => 'x',
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Refuses a password that is too short, too long or easy to guess. `field` is its name in the body. `words`
/// are facts about the person: names, address, workspace. This takes a few milliseconds.
pub fn choose(field: &str, password: &str, beside_factor: bool, words: &[&str]) -> Result<()> {
    let normal = normal(password);
    let (length, least) = (normal.chars().count(), if beside_factor { BESIDE } else { ALONE });
    if length < least {
        let or = if beside_factor { "" } else { " (8 with a second factor)" };
        return Err(Error::invalid(format!(
            "body/{field} must have {least} characters or more{or}; a few words you can remember will do"
        )));
    }
    if length > LONGEST {
        return Err(Error::invalid(format!("body/{field} must have {LONGEST} characters or less")));
    }
    let known: Vec<String> =
        OURS.into_iter().chain(words.iter().flat_map(|text| parts(text))).map(plain).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let judged: String = plain(&normal).chars().take(JUDGED).collect();
    match zxcvbn::zxcvbn(&judged, &known).guesses() < GUESSES {
        true => Err(Error::invalid(format!(
            "body/{field} must be harder to guess: it is a common password, or made of your own words or ours"
        ))),
        false => Ok(()),
    }
}

/// A text and its parts.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 2);
    std::iter::once(text).chain(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str, beside: bool) -> Option<String> {
        let words = ["Amy Pond", "amy@acme.example", "Leadworth Travel"];
        choose("password", password, beside, &words).err().map(|error| error.to_string())
    }

    #[test]
    fn long_ones_of_any_characters_will_do() {
        for good in [
            "correct horse battery",
            "Ünïcödé ist hier gern gesehen",
            "六个汉字也可以组成很长的密码吗",
            "🦀 🦞 🦐 🦑 🐙 🐚 🐌 🐛",
        ] {
            assert_eq!(refused(good, false), None, "{good}");
        }
        assert_eq!(refused("vk7#Qw2z", true), None);
        assert!(refused("vk7#Qw2z", false).unwrap().contains("15 characters or more (8 with"));
        assert!(refused("vk7#Qw2", true).unwrap().contains("8 characters or more;"));
        assert!(refused(&"xq".repeat(65), false).unwrap().contains("128 characters or less"));
    }

    #[test]
    fn what_anybody_would_try_will_not() {
        for bad in [
            "passwordpassword",
            "aaaaaaaaaaaaaaaaaa",
            "123456789012345",
            "qwertyuiopasdfg",
            "amypondamypond1",
            "leadworthtravel",
            "gatepostgatepost",
            "instantlygatepost",
            "@mypond@mypond1",
            "amy@acme.example",
            "p@$$w0rdp@$$w0rd",
        ] {
            assert!(refused(bad, false).is_some_and(|why| why.contains("guess")), "{bad}");
        }
        assert!(refused("password1", true).is_some());
    }

    #[test]
    fn the_same_letters_are_the_same_password() {
        assert_eq!(normal("cafe\u{301}"), normal("caf\u{e9}"));
        assert!(is_long("fifteen letters") && !is_long("fourteen chars"));
    }
}
