//! The brand in a letter: the name and colour of the workspace. There is no logo, because a mail client would
//! have to load it, and its host would learn who reads the letter, and when. Links always lead to the public
//! address, even if the workspace has its own domain. A link can contain a token, which must not go to a host
//! that is ours only while another party's DNS record says so.

use super::plain;

/// The default colour.
const COLOR: &str = "#1f5fbf";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    pub name: Option<String>,
    /// As `#rrggbb`, and dark enough for white text.
    pub color: Option<String>,
}

impl Brand {
    /// A name that is safe in a letter; empty if there is none.
    pub(super) fn name(&self) -> String {
        self.name.as_deref().map(plain::name).unwrap_or_default()
    }

    pub(super) fn color(&self) -> &str {
        self.color.as_deref().unwrap_or(COLOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letters::{Invitation, Joined, invitation, joined};

    const URL: &str = "https://gatepost.example/invitations/accept#secret_1";

    #[test]
    fn a_brand_is_a_name_and_a_colour() {
        let named = |name: &str, color: &str| {
            let brand = &Brand { name: Some(name.to_owned()), color: Some(color.to_owned()) };
            let words = Invitation {
                workspace: "Acme",
                brand,
                inviter: Some("Ada"),
                role: "editor",
                url: URL,
                expires_in_days: 7,
            };
            invitation("jo@example.com", &words).unwrap()
        };
        let letter = named("Northwind & Co", "#0b6e4f");
        assert_eq!(letter.subject, "Ada invites you to Northwind & Co");
        assert!(
            letter.text.starts_with("Northwind & Co\n\nAda invites you to the workspace Acme"),
            "{}",
            letter.text
        );
        for words in [
            "background: #0b6e4f; color: #fff; font-weight: 600\">Northwind &#38; Co</p>",
            "to Northwind &#38; Co</h1>",
            "<strong>Acme",
        ] {
            assert!(letter.html.contains(words), "{words} is not in {}", letter.html);
        }
        assert!(!letter.html.contains("#1f5fbf"), "the button has the brand's colour");
        let hostile = named("<img src=x>\r\nhttps://evil.example", "red\"><img src=x>");
        assert!(!hostile.html.contains("<img") && !hostile.html.contains("evil.example"), "{}", hostile.html);
        assert!(!hostile.subject.contains(['\r', '\n']), "{}", hostile.subject);
        let none = Brand::default();
        let words = Joined { workspace: "Acme", brand: &none, member: "Jo", role: "editor" };
        let bare = joined("ada@example.com", &words).unwrap();
        assert!(
            !bare.html.contains("background: #1f5fbf") && bare.text.starts_with("Jo has"),
            "{}",
            bare.html
        );
    }
}
