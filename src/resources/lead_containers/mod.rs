//! What holds leads: a campaign or a list. Campaigns and lists stand below leads, so what their removal needs of the leads
//! is here.

mod store;
pub use store::delete_some_leads;

use crate::audit::Subject;
use crate::error::{Error, Result};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Campaign(Uuid),
    List(Uuid),
}

impl Container {
    /// Exactly one of the two. The names are the body's fields.
    pub fn one(campaign: (&str, Option<Uuid>), list: (&str, Option<Uuid>)) -> Result<Container> {
        let wrong = || not_one(campaign.0, list.0);
        Container::at_most_one(campaign, list)?.ok_or_else(wrong)
    }

    pub fn at_most_one(
        campaign: (&str, Option<Uuid>),
        list: (&str, Option<Uuid>),
    ) -> Result<Option<Container>> {
        match (campaign.1, list.1) {
            (Some(id), None) => Ok(Some(Container::Campaign(id))),
            (None, Some(id)) => Ok(Some(Container::List(id))),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(not_one(campaign.0, list.0)),
        }
    }

    pub fn campaign(self) -> Option<Uuid> {
        match self {
            Container::Campaign(id) => Some(id),
            Container::List(_) => None,
        }
    }

    pub fn list(self) -> Option<Uuid> {
        match self {
            Container::List(id) => Some(id),
            Container::Campaign(_) => None,
        }
    }

    /// The body's field. `campaign` differs from call to call.
    pub fn field(self, campaign: &'static str) -> &'static str {
        match self {
            Container::Campaign(_) => campaign,
            Container::List(_) => "list_id",
        }
    }

    /// As the audit log names it.
    pub fn subject(self) -> Subject {
        match self {
            Container::Campaign(id) => Subject::new("campaign", id),
            Container::List(id) => Subject::new("lead_list", id),
        }
    }
}

fn not_one(campaign: &str, list: &str) -> Error {
    Error::invalid(format!("body must have exactly one of '{campaign}' and '{list}'"))
}
