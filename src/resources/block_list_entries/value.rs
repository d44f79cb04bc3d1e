//! What can be blocked, and what blocks an address.

use crate::http::{address, domain_name, is_email};

/// The most labels of a blocked domain. It limits how many parents of an address are looked up.
const LABELS: usize = 10;

/// An address or a domain in its stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    pub value: String,
    pub is_domain: bool,
}

impl Blocked {
    /// `@example.com` is also taken for the domain.
    pub fn of(text: &str) -> Option<Blocked> {
        let text = text.trim();
        if is_email(text) {
            return Some(Blocked { value: address(text), is_domain: false });
        }
        let value = domain_name(text.strip_prefix('@').unwrap_or(text))?;
        let labels = value.split('.').count();
        (2..=LABELS).contains(&labels).then_some(Blocked { value, is_domain: true })
    }
}

/// Every value that blocks this address: itself, its domain, and the parents of its domain.
pub fn blockers(email: &str) -> Vec<String> {
    let email = address(email);
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let starts = domain.match_indices('.').map(|(dot, _)| dot + 1);
    let parents = [0].into_iter().chain(starts).filter_map(|start| domain.get(start..));
    let parents = parents.filter(|parent| (2..=LABELS).contains(&parent.split('.').count()));
    let parents: Vec<String> = parents.map(str::to_owned).collect();
    [vec![email], parents].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_domain_can_be_blocked() {
        let taken = [
            (" Jo@Müller.DE ", "jo@xn--mller-kva.de", false),
            ("Müller.de", "xn--mller-kva.de", true),
            ("@X.example", "x.example", true),
            ("a.b.x.example", "a.b.x.example", true),
        ];
        for (given, value, is_domain) in taken {
            assert_eq!(Blocked::of(given), Some(Blocked { value: value.to_owned(), is_domain }), "{given}");
        }
        let long = "a.".repeat(10) + "example";
        let wrong =
            ["", "@", "com", "localhost", "*.x.example", "https://x.example", "x.example.", "a b.example"];
        for text in wrong.into_iter().chain(["1.2.3.4", "jo@", "Jo <jo@x.example>", "@jo@x.example", &long]) {
            assert_eq!(Blocked::of(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_is_blocked_by_itself_and_by_every_parent() {
        assert_eq!(blockers("Jo@A.b.example"), ["jo@a.b.example", "a.b.example", "b.example"]);
        assert_eq!(blockers("jo@example"), ["jo@example"]);
        assert_eq!(blockers(&format!("jo@{}example", "a.".repeat(50))).len(), 1 + LABELS - 1);
    }
}
