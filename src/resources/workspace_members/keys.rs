//! The keys that a member has made. They outlive a membership or a role unless they are revoked with it.

use crate::access::{Caller, Permission, Step, api_keys as may};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::api_keys;
use crate::resources::members::{KeyMade, WorkspaceMember};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

pub struct KeysMade {
    keys: Vec<KeyMade>,
    revoked: bool,
}

impl KeysMade {
    /// Finds the keys, and revokes them if the caller asks for it.
    pub async fn by(can: &Caller, tx: &mut Tx, member: Uuid, revoke: bool) -> Result<KeysMade> {
        let keys = api_keys::keys_made(can, &mut *tx, member).await?;
        if revoke {
            can.also::<may::Delete>()?;
            if keys.iter().any(|key| Some(key.id) == can.key()) {
                let why = "role: `revoke_keys` would revoke the key that makes this call; use another key, or sign in";
                return Err(Error::refused(Step::Role, why));
            }
            api_keys::revoke_keys_made(can, tx, member).await?;
        }
        Ok(KeysMade { keys, revoked: revoke })
    }

    fn facts(&self, keys: &[&KeyMade]) -> Value {
        let name = if self.revoked { "keys_revoked" } else { "keys_left" };
        match keys.is_empty() {
            true => json!({}),
            false => json!({ name: keys }),
        }
    }

    /// Adds the keys to the change. The audit row names them, and each other workspace in which some are revoked gets a row
    /// of its own. The answer names them to callers who can see API keys.
    pub fn recorded(
        self,
        can: &Caller,
        change: impl FnOnce(WorkspaceMember) -> Change<WorkspaceMember>,
        mut member: WorkspaceMember,
    ) -> Change<WorkspaceMember> {
        let all = self.facts(&self.keys.iter().collect::<Vec<_>>());
        let workspaces = self.keys.iter().map(|key| key.workspace_id);
        let elsewhere: BTreeSet<Uuid> =
            workspaces.filter(|at| self.revoked && *at != can.workspace()).collect();
        member.keys_made = can.may(may::Read::ACTION).then(|| self.keys.clone());
        elsewhere.into_iter().fold(change(member).with(all), |change, workspace| {
            let there: Vec<_> = self.keys.iter().filter(|key| key.workspace_id == workspace).collect();
            change.also_in_under(workspace, self.facts(&there), (may::Delete::ACTION, there.len()))
        })
    }
}
