//! What holds leads: a campaign or a list. Leads use campaigns and lists, so those cannot use leads. What they need to delete
//! their leads is here, below all three.

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
    /// Exactly one of the two. `field` is the name of the campaign in the body.
    pub fn one(field: &str, campaign: Option<Uuid>, list: Option<Uuid>) -> Result<Container> {
        Container::at_most_one(field, campaign, list)?.ok_or_else(|| not_one(field))
    }

    pub fn at_most_one(field: &str, campaign: Option<Uuid>, list: Option<Uuid>) -> Result<Option<Container>> {
        match (campaign, list) {
            (Some(id), None) => Ok(Some(Container::Campaign(id))),
            (None, Some(id)) => Ok(Some(Container::List(id))),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(not_one(field)),
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

fn not_one(campaign: &str) -> Error {
    Error::invalid(format!("body must have exactly one of '{campaign}' and 'list_id'"))
}
