//! Who asked for a job. A job runs with the rights that they have when it runs.

use super::{Caller, Grant};
use crate::access::{Call, Permission};
use crate::db::Source;
use crate::error::Result;
use crate::http::Origin;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The part of a caller that is stored with a job.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asker {
    workspace: Uuid,
    key: Option<Uuid>,
    member: Option<Uuid>,
    /// The sub-workspace in which they acted.
    #[serde(default)]
    acting_in: Option<Uuid>,
    pub(in crate::access) origin: Origin,
}

impl Asker {
    pub(in crate::access) async fn grant(
        &self,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let mut from = from.into();
        let own = match (self.key, self.member) {
            (Some(key), _) => Grant::of_key_id(self.workspace, key, now, from.again()).await?,
            (None, Some(member)) => Grant::of_member(self.workspace, member, now, from.again()).await?,
            (None, None) => None,
        };
        match (own, self.acting_in) {
            (Some(own), Some(sub)) => own.acting_in(sub, now, from).await,
            (own, _) => Ok(own),
        }
    }
}

impl Caller {
    /// The caller who asked for something earlier, with their rights as they are now; none if a permission for it no longer
    /// holds in this workspace.
    pub async fn asked_by<Q: Permission>(
        &self,
        asker: &Asker,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Caller>> {
        let Some(grant) = asker.grant(self.now(), from).await? else { return Ok(None) };
        let call = Call { address: asker.origin.address, stray: None, within_rate: true };
        let asked = Caller { grant, call, ..self.clone() };
        let here = asked.workspace() == self.workspace();
        Ok((here && asked.may(Q::ACTION)).then_some(asked))
    }

    /// For a job that runs with this caller's rights.
    pub fn asker(&self) -> Asker {
        Asker {
            workspace: self.grant.home(),
            key: self.grant.key(),
            member: self.grant.identity().member,
            acting_in: self.grant.acting.is_some().then(|| self.workspace()),
            origin: self.origin.clone(),
        }
    }
}
