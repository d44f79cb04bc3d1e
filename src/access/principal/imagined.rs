//! The rights that a principal would have after a plan. The tests of an access file ask the same steps about them as a
//! real call does. Nobody can act by such a grant: a proof is made only from a credential.

use super::{Ceiling, Grant, Principal};
use crate::access::{EffectiveRole, Who};
use uuid::Uuid;

/// What a plan says about a member.
pub struct Imagined {
    pub email: String,
    pub who: Who,
    pub role: EffectiveRole,
    pub permissions: Option<Vec<String>>,
    pub tag_limit: Option<Vec<Uuid>>,
}

impl Grant {
    /// A member of the same workspace with other rights.
    pub fn imagined(&self, member: Imagined) -> Grant {
        Grant {
            principal: Principal::Member,
            email: Some(member.email),
            who: member.who,
            role: Some(member.role.base),
            cells: member.role.cells,
            custom_role: None,
            narrowed: member.permissions.into_iter().collect(),
            scopes: None,
            limits: member.tag_limit.into_iter().collect(),
            limit_of_role: false,
            origins: vec![],
            own: Ceiling::default(),
            made_by: None,
            expires_at: None,
            lapsed: None,
            link: None,
            acting: None,
            ..self.clone()
        }
    }

    /// The same key, if the workspace had this setting.
    pub fn with_strict_scopes(self, strict_scopes: bool) -> Grant {
        Grant { strict_scopes, ..self }
    }

    /// The same personal key, if its member had other rights. The key's own limits stay.
    pub fn imagined_key(&self, member: Imagined) -> Grant {
        let narrowed = self.own.narrowed.iter().cloned().chain(member.permissions).collect();
        let limits = self.own.limits.iter().cloned().chain(member.tag_limit).collect();
        Grant { role: Some(member.role.base), cells: member.role.cells, narrowed, limits, ..self.clone() }
    }
}
