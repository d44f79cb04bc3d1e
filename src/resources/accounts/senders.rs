//! Which sending accounts an owner may use: those assigned to him, and with reach `all` those assigned to
//! nobody. A campaign without an owner belongs to reach `all`.

use crate::access::{Caller, Grant, Permission, Reach, accounts};
use crate::db::{Part, Tx, sql};
use crate::error::Result;
use crate::resources::workspace_members::store as members;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Clone, Copy, Debug)]
pub struct Senders {
    member: Option<Uuid>,
    unassigned: bool,
}

impl Senders {
    /// `owner` is a user.
    pub async fn of(can: &Caller, tx: &mut Tx, owner: Option<Uuid>) -> Result<Senders> {
        let Some(user) = owner else { return Ok(Senders { member: None, unassigned: true }) };
        let member = members::accepted_by_id(can, &mut *tx, user).await?;
        let grant = match member {
            Some(member) => Grant::of_member(can.workspace(), member, can.now(), tx).await?,
            None => None,
        };
        let reach = grant.map(|grant| grant.reach(accounts::Use::ACTION));
        Ok(Senders { member, unassigned: reach == Some(Reach::All) })
    }

    /// Fills `{usable}`, on `accounts a`.
    pub fn usable(self) -> impl FnOnce(&mut Part) {
        move |out| {
            out.push("((a.assigned_to is null and ").bind(self.unassigned);
            out.push(") or a.assigned_to = ").bind(self.member).push(")");
        }
    }

    /// Which of the addresses may be used.
    pub async fn among(self, can: &Caller, tx: &mut Tx, emails: &[String]) -> Result<BTreeSet<String>> {
        let found = sql(
            "select a.email from accounts a where a.workspace_id = $1 and a.email in ({emails}) and {usable}",
        )
        .bind(can.workspace())
        .fill_list("{emails}", emails)
        .fill("{usable}", self.usable())
        .all::<String>(tx);
        Ok(found.await?.into_iter().collect())
    }

    /// Whether there is an account to send from: among the addresses, or with one of the tags.
    pub async fn any(self, can: &Caller, tx: &mut Tx, emails: &[String], tags: &[Uuid]) -> Result<bool> {
        let found = sql(
            "select a.id from accounts a where a.workspace_id = $1 and {usable} and (a.email in ({emails}) \
             or a.id in (select g.resource_id from custom_tag_mappings g \
             where g.workspace_id = $1 and g.tag_id in ({ids}))) limit 1",
        )
        .bind(can.workspace())
        .fill("{usable}", self.usable())
        .fill_list("{emails}", emails)
        .fill_list("{ids}", tags)
        .optional::<Uuid>(tx);
        Ok(found.await?.is_some())
    }
}
