//! Who asked for a job. It is done by their right as it is then, not as it was when they asked.

use super::{Caller, Grant};
use crate::db::{Source, Time};
use crate::error::Result;
use crate::http::Origin;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// By id, and from where: so much of a caller outlives the call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asker {
    workspace: Uuid,
    key: Option<Uuid>,
    member: Option<Uuid>,
    pub(super) origin: Origin,
}

impl Asker {
    pub(super) async fn grant(&self, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        match (self.key, self.member) {
            (Some(key), _) => Grant::of_key_id(self.workspace, key, now, from).await,
            (None, Some(member)) => Grant::of_member(self.workspace, member, now, from).await,
            (None, None) => Ok(None),
        }
    }
}

impl Caller {
    /// For a job that is to be done by this right.
    pub fn asker(&self) -> Asker {
        Asker {
            workspace: self.workspace(),
            key: self.grant.key(),
            member: self.member(),
            origin: self.origin.clone(),
        }
    }
}
