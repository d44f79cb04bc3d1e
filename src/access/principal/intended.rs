//! The grant of a key that nobody has made yet, so that its maker sees beforehand what it could do.

use super::{Grant, Origins, Principal};
use crate::access::Who;
use crate::time::Time;
use uuid::Uuid;

/// What its maker asks of a new key.
pub struct Intended {
    pub name: String,
    pub scopes: Vec<String>,
    pub personal: bool,
    pub expires_at: Option<Time>,
    pub origins: Option<Origins>,
    pub tag_limit: Option<Vec<Uuid>>,
}

impl Grant {
    /// The grant that a key would have if this caller made it now. A personal key has the rights of its member; a
    /// workspace key has no member, and keeps the role and the limits of its maker.
    pub fn of_intended(&self, key: Intended) -> Grant {
        let Intended { name, scopes, personal, expires_at, origins, tag_limit } = key;
        let limits: Vec<_> = self.limits.iter().cloned().chain(tag_limit.clone()).collect();
        let mut own = self.ceiling();
        own.cells = own.cells.filter(|_| !personal);
        own.limits.extend(tag_limit);
        own.origins.extend(origins);
        let origins = own.origins.clone();
        Grant {
            principal: Principal::Key { id: Uuid::nil(), name, personal },
            who: if personal { self.who } else { Who::default() },
            email: self.email.clone().filter(|_| personal),
            scopes: Some(scopes),
            limits,
            origins,
            own,
            made_by: self.maker(),
            expires_at,
            lapsed: None,
            acting: None,
            custom_role: self.custom_role.clone().filter(|_| personal),
            ..self.clone()
        }
    }
}
