//! Which texts name a domain, and which of its records are still missing.

use super::{Claim, Wanted};
use crate::error::{Error, Result};
use crate::net::{WhiteLabel, host_name};

/// The TXT record that proves the owner of a domain has this prefix.
const PROOF: &str = "_gatepost.";
/// With the prefix, the name is still a valid DNS name.
const LONGEST: usize = 253 - PROOF.len();

/// The stored form of a domain: the text in lower case. Nothing else is changed, because people see it as their domain.
pub fn parse(text: &str, own: &str) -> Result<String> {
    if text.len() > LONGEST {
        return Err(Error::invalid(format!("body/domain must NOT have more than {LONGEST} characters")));
    }
    let name = text.to_ascii_lowercase();
    let is_host =
        name.contains('.') && !name.ends_with('.') && host_name(&name).is_some_and(|host| host == name);
    if !is_host || !is_internationalised(&name) {
        return Err(Error::invalid(
            "body/domain must be the name of a host, such as clients.example.com, in ASCII (of an internationalised \
             name, its xn-- form), without scheme, port, path, wildcard or a dot at its end",
        ));
    }
    match name == own.trim_end_matches('.') {
        true => Err(Error::invalid("body/domain must not be the host of this server")),
        false => Ok(name),
    }
}

/// Whether labels that begin with `xn--` decode, and the whole is not an address (WHATWG URL, host parser).
fn is_internationalised(name: &str) -> bool {
    matches!(url::Host::parse(name), Ok(url::Host::Domain(same)) if same == name)
}

impl Claim {
    /// The name of the TXT record that proves who owns the domain.
    pub fn proof(&self) -> String {
        format!("{PROOF}{}", self.domain)
    }

    /// The text of that record. Members who can set the domain see it, and everybody once it is in the DNS.
    pub fn text(&self) -> String {
        format!("gatepost-domain={}", self.token)
    }

    fn shows(&self, found: &WhiteLabel) -> bool {
        found.texts.contains(&self.text())
    }

    /// The records that are still missing; none once the domain belongs to the workspace. `holder` is the claim of another
    /// workspace. It is mentioned only to a workspace that has proven that it owns the domain.
    pub fn wanted(&self, found: &WhiteLabel, target: &str, holder: Option<&Claim>) -> Vec<Wanted> {
        let cname = Wanted {
            kind: "CNAME".to_owned(),
            domain: self.domain.clone(),
            value: target.to_owned(),
            reason: match host_name(target).is_some_and(|host| host.contains('.')) {
                true => "leads the domain to this server",
                false => "leads the domain to this server, which has no name yet: its operator has to set `public-url`",
            }
            .to_owned(),
        };
        let text = |reason: &str| Wanted {
            kind: "TXT".to_owned(),
            domain: self.proof(),
            value: self.text(),
            reason: reason.to_owned(),
        };
        let proven = self.shows(found);
        let mut wanted = Vec::new();
        if !found.cname {
            wanted.push(cname);
        }
        if !proven {
            wanted.push(text("shows that the owner of the domain agrees"));
        } else if holder.is_some_and(|holder| holder.shows(found)) {
            wanted.push(text("exists, and so does the text of another workspace of this server, which holds the domain; remove the other one"));
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "gatepost.example";

    #[test]
    fn a_domain_is_the_plain_name_of_a_host() {
        for (text, kept) in [
            ("clients.agency.example", "clients.agency.example"),
            ("Clients.Agency.EXAMPLE", "clients.agency.example"),
            ("agency.example", "agency.example"),
            ("xn--mller-kva.example", "xn--mller-kva.example"),
            ("a-1.0b.example", "a-1.0b.example"),
            ("in.gatepost.example", "in.gatepost.example"),
            ("1.2.3.example", "1.2.3.example"),
        ] {
            assert_eq!(parse(text, OWN).unwrap(), kept);
        }
        let name = format!("{}{}", "a.".repeat(118), "example");
        assert_eq!(name.len(), LONGEST);
        assert!(parse(&name, OWN).is_ok() && format!("{PROOF}{name}").len() == 253);
    }

    #[test]
    fn nothing_else_is() {
        let longer = format!("{}{}", "a.".repeat(119), "example");
        let label = format!("{}.example", "a".repeat(64));
        for text in [
            "",
            ".",
            "localhost",
            "agency",
            "agency.example.",
            ".agency.example",
            "a..example",
            " agency.example",
            "agency.example ",
            "agency.example\n",
            "a\0b.example",
            "a b.example",
            "*.agency.example",
            "a_b.example",
            "-a.example",
            "a-.example",
            "https://agency.example",
            "agency.example/x",
            "agency.example:443",
            "ada@agency.example",
            "agency.example?x",
            "agency.example#x",
            "agency%2eexample",
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "1.2.3",
            "[::1]",
            "::1",
            "::ffff:1.2.3.4",
            "müller.example",
            "agency。example",
            "ａgency.example",
            "xn--.example",
            "xn--a.example",
            "xn--zzzzzzzzz99999.example",
            "a\\.b.example",
            "$(id).example",
            "<b>.example",
            "gatepost.example",
            "GATEPOST.example",
            &longer,
            &label,
            &"a.".repeat(50_000),
        ] {
            let why = parse(text, OWN).unwrap_err().to_string();
            assert!(why.starts_with("body/domain must"), "{text}: {why}");
            assert!(why.len() < 300, "what was sent is not sent back");
        }
        assert!(parse("gatepost.example", "gatepost.example.").is_err());
    }
}
