//! The same principal after one change, to find out which changes would help. Nobody can act with such a grant: a proof is
//! made only from a credential.

use super::{Grant, Principal, Session};
use crate::access::{Action, Cells, Reach, Role};

impl Grant {
    /// Whether it belongs to a member of this workspace who acts here and in person.
    pub fn is_of_member(&self) -> bool {
        self.acting.is_none() && self.who.member.is_some()
    }

    /// With a built-in role, and without a custom one.
    pub fn with_role(&self, role: Role) -> Grant {
        let mut limits = self.limits.clone();
        if self.limit_of_role && role != Role::Client {
            limits.pop();
        }
        Grant {
            role: Some(role),
            cells: None,
            custom_role: None,
            limits,
            limit_of_role: false,
            ..self.clone()
        }
    }

    /// With an entry in the member's list of permissions. None if the member has no list, or the entry is in it.
    pub fn with_permission(&self, needs: &str) -> Option<Grant> {
        let own = self.own.narrowed.len();
        let lacks = |list: &Vec<String>| !list.iter().any(|name| name == needs);
        let mut narrowed = self.narrowed.clone();
        let list = narrowed.get_mut(own).filter(|list| lacks(list))?;
        list.push(needs.to_owned());
        Some(Grant { narrowed, ..self.clone() })
    }

    /// With a further scope. None for a caller without a key.
    pub fn with_scope(&self, scope: &str) -> Option<Grant> {
        let mut scopes = self.scopes.clone()?;
        scopes.push(scope.to_owned());
        Some(Grant { scopes: Some(scopes), ..self.clone() })
    }

    /// Without the member's tag limit. None if the member has none, or has it because of their role.
    pub fn without_tag_limit(&self) -> Option<Grant> {
        let own = self.own.limits.len();
        let limited = self.limits.len() > own && self.role != Some(Role::Client);
        let limits = self.limits.get(..own)?.to_vec();
        limited.then(|| Grant { limits, ..self.clone() })
    }

    /// With a permission added to the custom role, as far as its base reaches. None without a custom role.
    pub fn with_cell(&self, action: &Action, reach: Reach) -> Option<Grant> {
        let cells = self.cells.as_ref().filter(|_| self.custom_role.is_some())?;
        let raised = |row: &Action| if row.name == action.name { reach } else { cells.reach(row) };
        Some(Grant { cells: Some(Cells::new(raised)), ..self.clone() })
    }

    /// After an authentication just now. None for a caller without a session, or with a recent one.
    pub fn reauthenticated(&self) -> Option<Grant> {
        let session = self.session().filter(|session| !session.fresh)?;
        let principal = Principal::Session(Session { fresh: true, ..session });
        Some(Grant { principal, ..self.clone() })
    }
}
