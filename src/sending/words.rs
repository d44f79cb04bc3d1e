//! What an answer says in words. Many servers send no enhanced code, or one that is too general.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The account has sent too much.
    Quota,
    /// The account cannot send from this address, or through this server.
    NotAllowed,
    NoSuchAddress,
    /// The recipient's mailbox is full.
    Full,
    /// The server does not want this mail.
    Policy,
}

/// The first kind of which a phrase is found. A policy comes before an unknown address: `blocked: user unknown` says
/// nothing about the person.
const PHRASES: [(Says, &[&str]); 5] = [
    (
        Says::Quota,
        &[
            "sending quota",
            "sending limit",
            "quota exceeded for sending",
            "rate limit",
            "too many messages",
            "too many emails",
            "message limit",
            "submission limit",
            "submission quota",
            "hourly limit",
            "daily limit",
            "ratelimit",
            "throttl",
            "unusual rate",
        ],
    ),
    (
        Says::NotAllowed,
        &[
            " send as",
            "sendasdenied",
            "sender domain",
            "domain of sender",
            "not owned by user",
            "sender address rejected",
            "sender verify failed",
            "relay not permitted",
            "relaying denied",
            "relay access denied",
            "unable to relay",
            "not permitted to relay",
            "authentication required",
        ],
    ),
    (
        Says::Full,
        &[
            "mailbox full",
            "mailbox is full",
            "over quota",
            "quota exceeded",
            "exceeded storage",
            "out of storage",
        ],
    ),
    (
        Says::Policy,
        &[
            "spam",
            "policy",
            "block",
            "blacklist",
            "listed",
            "reputation",
            "dmarc",
            "spf",
            "dkim",
            "virus",
            "access denied",
            "content",
            "banned",
            "unsolicited",
            "suspicious",
        ],
    ),
    (
        Says::NoSuchAddress,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such recipient",
            "no such mailbox",
            "no such address",
            "no mailbox here",
            "does not exist",
            "doesn't exist",
            "unknown recipient",
            "recipient unknown",
            "unknown address",
            "address unknown",
            "user not found",
            "recipient not found",
            "mailbox not found",
            "mailbox unavailable",
            "invalid recipient",
            "invalid mailbox",
            "unrouteable address",
            "domain not found",
            "host unknown",
            "unknown or illegal alias",
        ],
    ),
];

pub fn say(text: &str) -> Option<Says> {
    let text = text.to_lowercase();
    let found = PHRASES.iter().find(|(_, phrases)| phrases.iter().any(|phrase| text.contains(phrase)));
    found.map(|(says, _)| *says)
}
