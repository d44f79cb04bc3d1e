//! E-mail addresses: the only rule for what counts as an address, and the only form in which addresses are
//! stored and compared.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// A plain address in its stored form: lower case, with the domain in ASCII. Returns `None` for text with a
/// display name, a comment, a quoted local part, an address literal or a list.
fn parse(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    if local.len() > LONGEST_LOCAL || !local.split('.').all(atom) {
        return None;
    }
    let domain = domain_name(domain)?;
    let whole = local.len() + 1 + domain.len();
    (whole <= LONGEST).then(|| format!("{}@{domain}", local.to_ascii_lowercase()))
}

/// A domain in its stored form: lower case and ASCII.
pub fn domain_name(text: &str) -> Option<String> {
    let domain = Uts46::new().to_ascii(
        text.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    let domain = domain.ok()?;
    // A last label of digits means an IPv4 address.
    let number = domain.rsplit('.').next()?.bytes().all(|byte| byte.is_ascii_digit());
    (!number).then(|| domain.into_owned())
}

fn atom(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !text.is_empty() && text.bytes().all(letter)
}

pub fn is_email(text: &str) -> bool {
    parse(text).is_some()
}

/// The form in which an address is stored and compared. Text that is not an address is returned in a form
/// that equals no stored address.
pub fn address(email: &str) -> String {
    let email = email.trim();
    parse(email).unwrap_or_else(|| email.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_is_taken_in_one_form() {
        let forms = [
            (" Jo+News@X.Example\t", "jo+news@x.example"),
            ("user@müller.de", "user@xn--mller-kva.de"),
            ("user@MÜLLER.de", "user@xn--mller-kva.de"),
            ("user@xn--mller-kva.de", "user@xn--mller-kva.de"),
            ("user@mu\u{308}ller.de", "user@xn--mller-kva.de"),
            ("a.b'c@localhost", "a.b'c@localhost"),
            ("jo@x。example", "jo@x.example"),
        ];
        for (given, kept) in forms {
            assert_eq!(address(given), kept);
            assert!(is_email(given.trim()), "{given}");
        }
    }

    #[test]
    fn whatever_is_more_than_an_address_is_refused() {
        let long = format!("{}@x.example", "a".repeat(65));
        let longer = format!("a@{}example", "long.".repeat(50));
        let wrong = [
            "",
            "@",
            "jo",
            "jo@",
            "@x.example",
            "Jo Doe <jo@x.example>",
            "Jo\r\nBcc: e@x.example <j@x.example>",
            "<jo@x.example>",
            "mailto:jo@x.example",
            "\"jo\"@x.example",
            "jo(work)@x.example",
            "jo@(work)x.example",
            "jo@[127.0.0.1]",
            "jo@127.0.0.1",
            "a@x.example,b@x.example",
            "a@x.example b@x.example",
            "a@b@x.example",
            "jo.@x.example",
            ".jo@x.example",
            "j..o@x.example",
            "jo@x..example",
            "jo@x.example.",
            "jo@-x.example",
            "jo@x_y.example",
            "jo@x.example\r\n",
            "jo\u{0}@x.example",
            "jo\u{200b}@x.example",
            "jo＠x.example",
            "üser@x.example",
            "jo@xn--a.example",
            &long,
            &longer,
        ];
        for text in wrong {
            assert!(!is_email(text), "{text:?}");
        }
    }
}
