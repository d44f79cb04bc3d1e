//! The head of every page of a campaign: its name, its state, and the pages beside this one.

use super::{ACCESS, OPTIONS, SCHEDULE, SHOW, State, state};
use crate::access::{Caller, Near, audit_logs, campaigns::*, leads};
use crate::resources::campaigns::Campaign;
use crate::web::{Offer, Way};

/// The pages of other resources.
const SEQUENCE: Way<Update> = Way::page("/w/{workspace}/campaigns/{id}/sequence", "Sequence");
const ANALYTICS: Way<Read> = Way::page("/w/{workspace}/campaigns/{id}/analytics", "Analytics");
const LEADS: Way<leads::Read> = Way::page("/w/{workspace}/leads", "Leads");
const HISTORY: Way<audit_logs::Read> = Way::page("/w/{workspace}/audit", "History");

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Overview,
    Analytics,
    Sequence,
    Schedule,
    Options,
    Access,
    /// A page that is not among the others.
    Aside,
}

pub struct Head {
    pub name: String,
    pub state: State,
    pub visibility: &'static str,
    pub tabs: Vec<Tab>,
}

pub struct Tab {
    pub href: String,
    pub label: String,
    pub here: bool,
}

impl Head {
    pub fn of(can: &Caller, near: Near, campaign: &Campaign, here: Place) -> Head {
        let id = campaign.id;
        let all = [
            (Place::Overview, SHOW.open_to(can, id)),
            (Place::Analytics, ANALYTICS.open_to(can, id)),
            (Place::Sequence, SEQUENCE.offered_on(can, near, id)),
            (Place::Schedule, SCHEDULE.offered_on(can, near, id)),
            (Place::Options, OPTIONS.offered_on(can, near, id)),
            (Place::Access, ACCESS.offered_on(can, near, id)),
            (Place::Aside, LEADS.open_to(can, ()).map(|offer| offer.with(&[("campaign", &id.to_string())]))),
            (
                Place::Aside,
                HISTORY.open_to(can, ()).map(|offer| offer.with(&[("subject", &format!("campaign/{id}"))])),
            ),
        ];
        let tab = |(place, offer): (Place, Option<Offer>)| {
            let offer = offer?;
            let here = place == here && place != Place::Aside;
            Some(Tab { href: offer.href().to_owned(), label: offer.label().to_owned(), here })
        };
        Head {
            name: campaign.name.clone(),
            state: state(campaign.status),
            visibility: campaign.visibility.name(),
            tabs: all.into_iter().filter_map(tab).collect(),
        }
    }
}
