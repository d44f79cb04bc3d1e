//! What happened to leads, campaigns and sending accounts. An event is a fact: it is written in the transaction of the
//! change, and never changed. Webhooks deliver events, and later features read them. This resource has no operations.
//!
//! A feature calls [`record`], or [`interest_changed`] for the label of a lead.

mod kind;
mod store;
pub use kind::Kind;

use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// An event that is not stored yet.
#[derive(Clone, Debug)]
pub struct Event {
    kind: Kind,
    lead: Option<Uuid>,
    campaign: Option<Uuid>,
    account: Option<Uuid>,
    interest: Option<i64>,
    step: Option<i64>,
    variant: Option<i64>,
    machine: bool,
}

impl Event {
    pub fn new(kind: Kind) -> Event {
        Event {
            kind,
            lead: None,
            campaign: None,
            account: None,
            interest: None,
            step: None,
            variant: None,
            machine: false,
        }
    }

    /// The lead, and its campaign if it has one.
    pub fn of_lead(self, lead: Uuid, campaign: Option<Uuid>) -> Event {
        Event { lead: Some(lead), campaign, ..self }
    }

    pub fn of_campaign(self, campaign: Uuid) -> Event {
        Event { campaign: Some(campaign), ..self }
    }

    pub fn of_account(self, account: Uuid) -> Event {
        Event { account: Some(account), ..self }
    }

    /// The step of the campaign and its variant, both from 1.
    pub fn at_step(self, step: i64, variant: i64) -> Event {
        Event { step: Some(step), variant: Some(variant), ..self }
    }

    /// It was caused by a program that reads mail, and not by a person.
    pub fn by_machine(self) -> Event {
        Event { machine: true, ..self }
    }
}

/// Records an event in the transaction of the change that it tells about. The webhooks that want it get it.
pub async fn record(can: &Caller, tx: &mut Tx, event: Event) -> Result<()> {
    let id = can.new_id();
    store::insert(can, tx, id, &event).await?;
    store::hand_out(can, tx, id).await
}

/// Records that somebody gave a lead another label. `interest` is the new `lt_interest_status`; none if the label was
/// removed. Call it only if the label is another one than before.
pub async fn interest_changed(
    can: &Caller,
    tx: &mut Tx,
    (lead, campaign): (Uuid, Option<Uuid>),
    interest: Option<i64>,
) -> Result<()> {
    let event = Event::new(Kind::of_interest(interest)).of_lead(lead, campaign);
    record(can, tx, Event { interest, ..event }).await
}
