//! The only door to a write transaction.

use crate::db::Writer;

/// Holds the writer. Only `Can::write` opens it for changes. `narrow` opens it for what is recorded after the answer, and
/// `books` for the queue's own rows. `facts` opens it for attempts to deliver an event, which change no record.
#[derive(Clone)]
pub struct Gate(pub(super) Writer);

impl Gate {
    pub fn new(writer: Writer) -> Self {
        Gate(writer)
    }

    /// How many writes wait for their turn.
    pub fn waiting(&self) -> usize {
        self.0.waiting()
    }

    pub(in crate::access) fn narrow(&self) -> &Writer {
        &self.0
    }

    /// For the rows of the queue itself: which runner has which job, and how it went. Only `jobs` calls this.
    pub(crate) fn books(&self) -> &Writer {
        &self.0
    }

    /// For the queues of webhooks and the attempts to deliver, and for facts about mails of campaigns. Only `webhooks` and
    /// `campaign_mails` call this.
    pub(crate) fn facts(&self) -> &Writer {
        &self.0
    }
}
