//! The server's letters, each kind as plain text and as HTML. The HTML loads nothing and contains no
//! tracking, so mail clients show it without asking, and nobody learns whether it was read.

use super::{Brand, Letter, plain};
use crate::error::{Error, Result};
use askama::Template;

/// The letter to a person who is invited to a workspace.
pub struct Invitation<'a> {
    pub workspace: &'a str,
    pub brand: &'a Brand,
    /// A name or an address; `None` if the operator of the server invites.
    pub inviter: Option<&'a str>,
    pub role: &'a str,
    pub url: &'a str,
    pub expires_in_days: u32,
}

/// The letter to the old and the new owner of a workspace.
pub struct Ownership<'a> {
    pub workspace: &'a str,
    pub brand: &'a Brand,
    pub new_owner: &'a str,
    pub by: &'a str,
}

/// The letter to the inviter when an invitation is accepted.
pub struct Joined<'a> {
    pub workspace: &'a str,
    pub brand: &'a Brand,
    pub member: &'a str,
    pub role: &'a str,
}

/// The letter to the owner and the admins when somebody uses a canary key from this address. `url` is the audit log.
pub struct CanaryUsed<'a> {
    pub workspace: &'a str,
    pub key: &'a str,
    pub address: &'a str,
    pub url: &'a str,
}

/// The letter to the owner of a workspace that is invited into a group.
pub struct GroupInvitation<'a> {
    /// The workspace that is invited.
    pub invited: &'a str,
    /// The workspace that invites, and the address of the person who invites.
    pub workspace: &'a str,
    pub by: &'a str,
    /// The URLs of the pages.
    pub accept: &'a str,
    pub reject: &'a str,
}

/// Tells a person of a change that somebody else can have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    PasswordChanged,
    EmailAsked,
    EmailChanged,
    FactorAdded,
    FactorRemoved,
    RecoveryCodes,
}

impl Notice {
    fn title(self) -> &'static str {
        match self {
            Notice::PasswordChanged => "Your password was changed",
            Notice::EmailAsked => "A change of your address was requested",
            Notice::EmailChanged => "Your address was changed",
            Notice::FactorAdded => "A second factor was added",
            Notice::FactorRemoved => "A second factor was removed",
            Notice::RecoveryCodes => "New recovery codes were created",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Notice::PasswordChanged => {
                "The password with which you sign in was changed, and all other sessions were ended."
            }
            Notice::EmailAsked => {
                "Somebody who is signed in as you wants to sign in with another address. This takes effect when the \
                 link that was mailed to that address is opened."
            }
            Notice::EmailChanged => "You now sign in with your new address, and no longer with this one.",
            Notice::FactorAdded => {
                "An authenticator app or a passkey was added. You need it when you sign in."
            }
            Notice::FactorRemoved => {
                "A second factor was removed from your account, and all other sessions were ended."
            }
            Notice::RecoveryCodes => "The recovery codes that you had before no longer work.",
        }
    }
}

pub fn notice(to: &str, notice: Notice) -> Result<Letter> {
    let (title, what) = (notice.title(), notice.what());
    letter(to, title.to_owned(), &NoticeText { title, what }, &NoticeHtml { title, what })
}

/// The letter with the link to choose a new password.
pub fn reset(to: &str, url: &str) -> Result<Letter> {
    let title = "Choose a new password";
    let what = "Somebody, most likely you, asked for a new password for this address.";
    linked(to, title, what, url)
}

/// The letter with the link that proves a new sign-in address.
pub fn confirm_email(to: &str, present: &str, url: &str) -> Result<Letter> {
    let what = format!("The user {} wants to sign in with this address.", plain::name(present));
    linked(to, "Confirm your new address", &what, url)
}

fn linked(to: &str, title: &str, what: &str, url: &str) -> Result<Letter> {
    letter(to, title.to_owned(), &LinkText { title, what, url }, &LinkHtml { title, what, url })
}

pub fn invitation(to: &str, invitation: &Invitation<'_>) -> Result<Letter> {
    let workspace = plain::name(invitation.workspace);
    let inviter = match invitation.inviter {
        Some(inviter) => plain::name(inviter),
        None => "The operator of this server".to_owned(),
    };
    let role = plain::name(invitation.role);
    let days = match invitation.expires_in_days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let (brand, color) = (invitation.brand.name(), invitation.brand.color());
    let place = if brand.is_empty() { &workspace } else { &brand };
    let subject = format!("{inviter} invites you to {place}");
    let url = invitation.url;
    let (workspace, brand, inviter, role, days) = (&workspace, &brand, &inviter, &role, &days);
    let text = InvitationText { workspace, brand, inviter, role, url, days };
    let html = InvitationHtml { workspace, brand, color, inviter, role, url, days };
    letter(to, subject, &text, &html)
}

pub fn group_invitation(to: &str, invitation: &GroupInvitation<'_>) -> Result<Letter> {
    let workspace = &plain::name(invitation.workspace);
    let invited = &plain::name(invitation.invited);
    let by = &plain::name(invitation.by);
    let (accept, reject) = (invitation.accept, invitation.reject);
    let subject = format!("{workspace} invites your workspace into its group");
    let text = GroupInvitationText { workspace, invited, by, accept, reject };
    let html = GroupInvitationHtml { workspace, invited, by, accept, reject };
    letter(to, subject, &text, &html)
}

pub fn ownership(to: &str, ownership: &Ownership<'_>) -> Result<Letter> {
    let workspace = &plain::name(ownership.workspace);
    let new_owner = &plain::name(ownership.new_owner);
    let by = &plain::name(ownership.by);
    let subject = format!("{workspace} has a new owner");
    let (brand, color) = (&ownership.brand.name(), ownership.brand.color());
    let text = OwnershipText { workspace, brand, new_owner, by };
    let html = OwnershipHtml { workspace, brand, color, new_owner, by };
    letter(to, subject, &text, &html)
}

pub fn joined(to: &str, joined: &Joined<'_>) -> Result<Letter> {
    let workspace = &plain::name(joined.workspace);
    let member = &plain::name(joined.member);
    let role = &plain::name(joined.role);
    let subject = format!("{member} has joined {workspace}");
    let (brand, color) = (&joined.brand.name(), joined.brand.color());
    let text = JoinedText { workspace, brand, member, role };
    let html = JoinedHtml { workspace, brand, color, member, role };
    letter(to, subject, &text, &html)
}

pub fn canary(to: &str, used: &CanaryUsed<'_>) -> Result<Letter> {
    let (workspace, key) = (&plain::name(used.workspace), &plain::name(used.key));
    let CanaryUsed { address, url, .. } = *used;
    let text = CanaryText { workspace, key, address, url };
    let html = CanaryHtml { workspace, key, address, url };
    letter(to, format!("Somebody used the canary key {key}"), &text, &html)
}

fn letter(to: &str, subject: String, text: &impl Template, html: &impl Template) -> Result<Letter> {
    let text = text.render().map_err(Error::internal)?;
    let html = html.render().map_err(Error::internal)?;
    Ok(Letter { to: to.to_owned(), subject, text, html })
}

/// The two forms of a letter, with the same values and the values that only one form shows. The file's
/// extension decides whether they are escaped.
macro_rules! forms {
    ($text:ident $text_file:literal, $html:ident $html_file:literal: $($word:ident)* $(; $($seen:ident)*)?) => {
        #[derive(Template)]
        #[template(path = $text_file)]
        struct $text<'a> { $($word: &'a str),* }

        #[derive(Template)]
        #[template(path = $html_file)]
        struct $html<'a> { $($word: &'a str,)* $($($seen: &'a str,)*)? }
    };
}

forms!(InvitationText "invitation.txt", InvitationHtml "invitation.html": workspace brand inviter role url days; color);
forms!(GroupInvitationText "group.txt", GroupInvitationHtml "group.html": workspace invited by accept reject);
forms!(OwnershipText "ownership.txt", OwnershipHtml "ownership.html": workspace brand new_owner by; color);
forms!(NoticeText "notice.txt", NoticeHtml "notice.html": title what);
forms!(LinkText "link.txt", LinkHtml "link.html": title what url);
forms!(CanaryText "canary.txt", CanaryHtml "canary.html": workspace key address url);
forms!(JoinedText "joined.txt", JoinedHtml "joined.html": workspace brand member role; color);

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://gatepost.example/invitations/accept#secret_1";

    fn invited(workspace: &str, inviter: Option<&str>) -> Letter {
        let brand = &Brand::default();
        let words = Invitation { workspace, brand, inviter, role: "editor", url: URL, expires_in_days: 7 };
        invitation("jo@example.com", &words).unwrap()
    }

    #[test]
    fn an_invitation_says_all_that_matters() {
        let letter = invited("Acme", Some("Ada Lovelace"));
        assert_eq!(letter.subject, "Ada Lovelace invites you to Acme");
        for form in [&letter.text, &letter.html] {
            for words in ["Ada Lovelace", "Acme", "editor", URL, "once", "7 days", "nothing happens"] {
                assert!(form.contains(words), "{words} is not in {form}");
            }
        }
        assert!(invited("Acme", None).text.starts_with("The operator of this server invites you"));
        let brand = &Brand::default();
        let words =
            Invitation { workspace: "A", brand, inviter: None, role: "view", url: URL, expires_in_days: 1 };
        assert!(invitation("jo@example.com", &words).unwrap().text.contains("for 1 day:"));
    }

    #[test]
    fn what_people_write_is_neither_markup_nor_a_link() {
        let letter = invited("<b>Win</b>\r\nhttps://evil.example", Some("\"><a href=x>eve@evil.example"));
        assert!(!letter.subject.contains(['\r', '\n']), "{}", letter.subject);
        for form in [&letter.subject, &letter.text, &letter.html] {
            assert!(!form.contains("evil.example") && !form.contains("https://evil"), "{form}");
        }
        assert!(!letter.html.contains("<b>") && !letter.html.contains("<a href=x"), "{}", letter.html);
        assert_eq!(letter.text.matches("://").count(), 1, "{}", letter.text);
        assert_eq!(letter.html.matches("://").count(), 3, "{}", letter.html);
    }

    #[test]
    fn notices_say_what_happened_and_what_to_do() {
        let brand = &Brand::default();
        let words = Ownership { workspace: "Acme", brand, new_owner: "Jo", by: "Ada Lovelace" };
        let letter = ownership("ada@example.com", &words).unwrap();
        assert_eq!(letter.subject, "Acme has a new owner");
        for form in [&letter.text, &letter.html] {
            assert!(
                form.contains("Ada Lovelace") && form.contains("Jo") && form.contains("operator"),
                "{form}"
            );
        }
        let words = Joined { workspace: "Acme", brand, member: "Jo", role: "editor" };
        let letter = joined("ada@example.com", &words).unwrap();
        assert_eq!(letter.subject, "Jo has joined Acme");
        for form in [&letter.text, &letter.html] {
            assert!(form.contains("editor") && form.contains("remove"), "{form}");
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let brand = &Brand { name: Some("Northwind".to_owned()), color: None };
        let ownership = Ownership { workspace: "Acme", brand, new_owner: "Jo", by: "Ada" };
        let joined = Joined { workspace: "Acme", brand, member: "Jo", role: "editor" };
        let notices =
            [Notice::PasswordChanged, Notice::EmailAsked, Notice::EmailChanged, Notice::FactorAdded];
        for letter in notices.map(|notice| super::notice("a@b.example", notice).unwrap()) {
            assert!(
                letter.text.contains("act at once") && letter.html.contains(&letter.subject),
                "{}",
                letter.text
            );
        }
        for letter in [
            reset("a@b.example", URL).unwrap(),
            confirm_email("a@b.example", "old@b.example", URL).unwrap(),
            notice("a@b.example", Notice::FactorRemoved).unwrap(),
            invited("Acme", None),
            super::ownership("a@b.example", &ownership).unwrap(),
            super::joined("a@b.example", &joined).unwrap(),
        ] {
            for word in ["<img", "<script", "<link", "src=", "url(", "@import"] {
                assert!(!letter.html.contains(word), "{word} is in {}", letter.html);
            }
            assert!(letter.html.starts_with("<!doctype html>") && letter.html.contains("32rem"));
            assert!(!letter.text.contains("{{") && !letter.text.contains("&#"), "{}", letter.text);
        }
    }
}
