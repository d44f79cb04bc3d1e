//! Which of the mails that could leave now leaves first.

use crate::time::Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    FollowUp,
    NewLead,
}

/// The place of a mail in the line of an account: the least is first. Follow-ups go before new leads, and in a campaign
/// with `prioritize_new_leads` new leads go before follow-ups. Among equals the one that has waited longest is first:
/// `since` is when a follow-up was due, and when the campaign could have sent a new one.
pub fn place(kind: Kind, prioritize_new_leads: bool, since: Time) -> (u8, Time) {
    let first = match kind {
        Kind::FollowUp => !prioritize_new_leads,
        Kind::NewLead => prioritize_new_leads,
    };
    (u8::from(!first), since)
}
