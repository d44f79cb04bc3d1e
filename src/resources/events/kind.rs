//! The kinds of events, with the names that the wire gives them.

/// Some kinds have no cause yet, because this server does not read replies. Their webhooks can be created already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    EmailSent,
    EmailOpened,
    EmailLinkClicked,
    ReplyReceived,
    AutoReplyReceived,
    EmailBounced,
    LeadUnsubscribed,
    CampaignCompleted,
    AccountError,
    LeadNeutral,
    LeadInterested,
    LeadNotInterested,
    LeadMeetingBooked,
    LeadMeetingCompleted,
    LeadClosed,
    LeadOutOfOffice,
    LeadWrongPerson,
    LeadNoShow,
    /// The reference has a number for this label, and no name for its event.
    LeadLost,
    /// A label that the workspace made.
    CustomLabel,
    SupersearchEnrichmentCompleted,
}

impl Kind {
    pub const ALL: [Kind; 21] = [
        Kind::EmailSent,
        Kind::EmailOpened,
        Kind::EmailLinkClicked,
        Kind::ReplyReceived,
        Kind::AutoReplyReceived,
        Kind::EmailBounced,
        Kind::LeadUnsubscribed,
        Kind::CampaignCompleted,
        Kind::AccountError,
        Kind::LeadNeutral,
        Kind::LeadInterested,
        Kind::LeadNotInterested,
        Kind::LeadMeetingBooked,
        Kind::LeadMeetingCompleted,
        Kind::LeadClosed,
        Kind::LeadOutOfOffice,
        Kind::LeadWrongPerson,
        Kind::LeadNoShow,
        Kind::LeadLost,
        Kind::CustomLabel,
        Kind::SupersearchEnrichmentCompleted,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::EmailSent => "email_sent",
            Kind::EmailOpened => "email_opened",
            Kind::EmailLinkClicked => "email_link_clicked",
            Kind::ReplyReceived => "reply_received",
            Kind::AutoReplyReceived => "auto_reply_received",
            Kind::EmailBounced => "email_bounced",
            Kind::LeadUnsubscribed => "lead_unsubscribed",
            Kind::CampaignCompleted => "campaign_completed",
            Kind::AccountError => "account_error",
            Kind::LeadNeutral => "lead_neutral",
            Kind::LeadInterested => "lead_interested",
            Kind::LeadNotInterested => "lead_not_interested",
            Kind::LeadMeetingBooked => "lead_meeting_booked",
            Kind::LeadMeetingCompleted => "lead_meeting_completed",
            Kind::LeadClosed => "lead_closed",
            Kind::LeadOutOfOffice => "lead_out_of_office",
            Kind::LeadWrongPerson => "lead_wrong_person",
            Kind::LeadNoShow => "lead_no_show",
            Kind::LeadLost => "lead_lost",
            Kind::CustomLabel => "custom_label",
            Kind::SupersearchEnrichmentCompleted => "supersearch_enrichment_completed",
        }
    }

    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The event of a label, by the number that leads have in `lt_interest_status`.
    pub fn of_interest(interest: Option<i64>) -> Kind {
        match interest {
            None => Kind::LeadNeutral,
            Some(1) => Kind::LeadInterested,
            Some(2) => Kind::LeadMeetingBooked,
            Some(3) => Kind::LeadMeetingCompleted,
            Some(4) => Kind::LeadClosed,
            Some(0) => Kind::LeadOutOfOffice,
            Some(-1) => Kind::LeadNotInterested,
            Some(-2) => Kind::LeadWrongPerson,
            Some(-3) => Kind::LeadLost,
            Some(-4) => Kind::LeadNoShow,
            Some(_) => Kind::CustomLabel,
        }
    }
}
