//! The table of answers, line by line, and that no answer has two meanings.

use super::*;
use Meaning::{Accepted, Deferred, RefusedAccount, RefusedAddress, RefusedContent};
use Stage::{Connect, Data, Dot, Login, Recipient, Sender};
use proptest::prelude::*;

fn table() -> Vec<(Stage, u16, &'static str, Meaning)> {
    vec![
        (Dot, 250, "2.0.0 OK  1762 d2e1a72fcca58-7b0", Accepted),
        (Dot, 250, "queued as 12345", Accepted),
        // Greylisting, busy servers, full mailboxes.
        (Recipient, 450, "4.2.0 <a@b>: Recipient address rejected: Greylisted", Deferred),
        (Recipient, 450, "4.7.1 Greylisting in action, come back later", Deferred),
        (Recipient, 451, "temporary local problem", Deferred),
        (Recipient, 421, "4.3.2 shutting down", Deferred),
        (Recipient, 452, "4.2.2 The email account is over quota", Deferred),
        (Recipient, 550, "5.2.2 mailbox full", Deferred),
        (Recipient, 552, "Mailbox is full", Deferred),
        (Recipient, 550, "5.4.1 Recipient address rejected: Access denied", Deferred),
        (Data, 451, "4.3.0 try again", Deferred),
        (Dot, 451, "4.3.0 try again", Deferred),
        (Sender, 451, "4.3.0 try again", Deferred),
        // Addresses.
        (Recipient, 550, "5.1.1 The email account that you tried to reach does not exist.", RefusedAddress),
        (Recipient, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound", RefusedAddress),
        (Recipient, 550, "5.4.4 Host not found", RefusedAddress),
        (Recipient, 550, "No such user here", RefusedAddress),
        (Recipient, 553, "Invalid recipient", RefusedAddress),
        (Dot, 550, "5.1.1 user unknown", RefusedAddress),
        // Content and policies. None of them says that an address does not exist.
        (Recipient, 550, "5.7.1 blocked", RefusedContent),
        (Recipient, 550, "5.7.1 user unknown", RefusedContent),
        (Recipient, 550, "Blocked by spam policy: user unknown", RefusedContent),
        (Recipient, 550, "no", RefusedContent),
        (Recipient, 554, "5.7.1 Service unavailable; client host blocked", RefusedContent),
        (Recipient, 550, "5.2.1 mailbox disabled", RefusedContent),
        (Dot, 554, "5.7.1 spam message rejected", RefusedContent),
        (Dot, 554, "transaction failed", RefusedContent),
        (
            Dot,
            550,
            "5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy",
            RefusedContent,
        ),
        (Dot, 552, "5.3.4 message too big", RefusedContent),
        (Data, 554, "5.5.1 no valid recipients", RefusedContent),
    ]
}

fn of_the_account() -> Vec<(Stage, u16, &'static str, Meaning)> {
    vec![
        // Accounts.
        (Login, 535, "5.7.8 Username and Password not accepted", RefusedAccount(Trouble::Login)),
        (Login, 534, "5.7.9 Application-specific password required", RefusedAccount(Trouble::Login)),
        (Login, 500, "what", RefusedAccount(Trouble::Login)),
        (Login, 454, "4.7.0 Too many login attempts", RefusedAccount(Trouble::Quota)),
        (Login, 421, "busy", RefusedAccount(Trouble::Unreachable)),
        (Connect, 421, "busy", RefusedAccount(Trouble::Unreachable)),
        (Connect, 554, "go away", RefusedAccount(Trouble::Unreachable)),
        (Sender, 530, "5.7.0 Authentication Required", RefusedAccount(Trouble::Login)),
        (
            Sender,
            553,
            "5.7.1 <a@b>: Sender address rejected: not owned by user",
            RefusedAccount(Trouble::Sender),
        ),
        (
            Sender,
            550,
            "5.7.60 SMTP; Client does not have permissions to send as this sender",
            RefusedAccount(Trouble::Sender),
        ),
        (Sender, 550, "nobody", RefusedAccount(Trouble::Sender)),
        (Recipient, 554, "5.7.1 <a@b>: Relay access denied", RefusedAccount(Trouble::Sender)),
        (Recipient, 550, "5.1.8 Sender address has null MX", RefusedAccount(Trouble::Sender)),
        (Recipient, 550, "Domain of sender address <a@b> does not exist", RefusedAccount(Trouble::Sender)),
        (Dot, 554, "please resend as plain text", RefusedContent),
        (
            Dot,
            554,
            "5.2.252 SendAsDenied; jo@x.example not allowed to send as",
            RefusedAccount(Trouble::Sender),
        ),
        (Sender, 451, "4.7.500 Server busy", RefusedAccount(Trouble::Quota)),
        (Data, 550, "5.4.5 Daily user sending quota exceeded", RefusedAccount(Trouble::Quota)),
        (Dot, 550, "5.4.5 Daily user sending limit exceeded", RefusedAccount(Trouble::Quota)),
        (Recipient, 450, "4.7.1 Error: too many messages in the last hour", RefusedAccount(Trouble::Quota)),
        // Neither yes nor no.
        (Dot, 354, "go on", Meaning::Unconfirmed),
        (Dot, 199, "", Meaning::Unconfirmed),
        (Data, 250, "what", RefusedAccount(Trouble::Unreachable)),
    ]
}

#[test]
fn each_answer_leads_to_its_row() {
    for (stage, code, text, expected) in table().into_iter().chain(of_the_account()) {
        assert_eq!(meaning(stage, &Answer::new(code, text)), Some(expected), "{stage:?} {code} {text}");
    }
    let goes_on = [
        (Connect, 220),
        (Connect, 250),
        (Login, 334),
        (Login, 235),
        (Sender, 250),
        (Recipient, 251),
        (Data, 354),
    ];
    for (stage, code) in goes_on {
        assert_eq!(meaning(stage, &Answer::new(code, "2.0.0 ok")), None, "{stage:?} {code}");
    }
}

#[test]
fn an_enhanced_code_is_read_only_where_it_stands() {
    let cases = [
        ("5.1.1 gone", Some((5, 1, 1))),
        ("4.7.500 busy", Some((4, 7, 500))),
        ("2.0.0", Some((2, 0, 0))),
        ("gone 5.1.1", None),
        ("5.1 gone", None),
        ("5.1.1.1 gone", None),
        ("3.1.1 gone", None),
        ("5.+1.1 gone", None),
        ("5.1.1000 gone", None),
        ("5.1.1: gone", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(enhanced(text), expected, "{text}");
    }
}

#[test]
fn a_deferred_mail_is_tried_for_two_days() {
    let first = Time(1_000);
    let (mut now, mut waits) = (first, Vec::new());
    for tries in 1.. {
        let Some(next) = retry(tries, first, now) else { break };
        waits.push((next.0 - now.0) / Time::MINUTE);
        now = next;
    }
    assert_eq!(waits, [5, 15, 45, 120, 360, 720, 720, 720]);
    assert!(now <= first.plus(48 * Time::HOUR));
    assert_eq!(retry(1, first, first.plus(48 * Time::HOUR)), None);
    assert_eq!(retry(0, first, first), Some(first.plus(5 * Time::MINUTE)));
}

proptest! {
    /// A refusal of an address needs a hard code, or words without a code. Nothing at 4xx suppresses anybody.
    #[test]
    fn nobody_is_suppressed_by_a_policy_or_a_delay(
        stage in prop::sample::select(vec![Connect, Login, Sender, Recipient, Data, Dot]),
        code in 100_u16..600,
        subject in 0_u16..9,
        detail in 0_u16..30,
        text in "[a-zA-Z .:<>@]{0,60}",
    ) {
        let coded = Answer::new(code, &format!("{}.{subject}.{detail} {text}", code / 100));
        let found = meaning(stage, &coded);
        if found == Some(RefusedAddress) {
            let hard = [(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (4, 4)];
            prop_assert!(code / 100 == 5 && hard.contains(&(subject, detail)), "{coded:?}");
            prop_assert!(matches!(stage, Recipient | Data | Dot));
        }
        if code / 100 == 4 {
            prop_assert!(matches!(found, Some(Deferred | RefusedAccount(_))), "{coded:?}");
        }
        if stage == Dot && code / 100 == 2 {
            prop_assert_eq!(found, Some(Accepted));
        } else {
            prop_assert_ne!(found, Some(Accepted));
        }
    }
}
