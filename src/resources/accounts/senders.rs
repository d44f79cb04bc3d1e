//! Which sending accounts somebody may use: those assigned to him, and with reach `all` those assigned to nobody;
//! with a tag limit, only those inside it. A campaign's accounts are held against its owner; one without an owner
//! belongs to reach `all`.

use super::SHAPE;
use crate::access::{Caller, Grant, Permission, Pred, Reach, Who, accounts};
use crate::db::{Part, Tx, sql};
use crate::error::Result;
use crate::resources::members;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Senders {
    member: Option<Uuid>,
    unassigned: bool,
    /// The workspace, and the tag limits.
    within: Pred,
}

impl Senders {
    /// `owner` is a user.
    pub async fn of(can: &Caller, tx: &mut Tx, owner: Option<Uuid>) -> Result<Senders> {
        let Some(user) = owner else {
            return Ok(Senders::new(can.workspace(), None, true, &[]));
        };
        match members::accepted_by_id(can, &mut *tx, user).await? {
            Some(member) => Senders::of_member(can, tx, member).await,
            None => Ok(Senders::nobodys(can)),
        }
    }

    pub async fn of_member(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Senders> {
        let grant = Grant::of_member(can.workspace(), member, can.now(), tx).await?;
        Ok(grant.map_or_else(|| Senders::nobodys(can), |grant| Senders::of_grant(&grant)))
    }

    fn nobodys(can: &Caller) -> Senders {
        Senders::new(can.workspace(), None, false, &[])
    }

    /// Whether what is assigned to them may be used at all.
    pub fn sends(&self) -> bool {
        self.member.is_some()
    }

    pub fn of_grant(grant: &Grant) -> Senders {
        let reach = grant.reach(accounts::Use::ACTION);
        let member = grant.who.member.filter(|_| reach != Reach::None);
        Senders::new(grant.workspace, member, reach == Reach::All, &grant.limits)
    }

    fn new(workspace: Uuid, member: Option<Uuid>, unassigned: bool, limits: &[Vec<Uuid>]) -> Senders {
        Senders { member, unassigned, within: Pred::new(workspace, Reach::All, Who::default(), limits) }
    }

    /// Fills `{usable}`, on `accounts a`.
    pub fn usable(&self) -> impl FnOnce(&mut Part) + 'static {
        let senders = self.clone();
        move |out| {
            out.push("coalesce(((a.assigned_to is null and ").bind(senders.unassigned);
            out.push(") or a.assigned_to = ").bind(senders.member).push(") and ");
            senders.within.sql(&SHAPE, out);
            out.push(", false)");
        }
    }

    /// Which of the addresses an owner may use, and the caller sees or finds there: what he does not see, he does not
    /// name. Of none, as a campaign mostly begins, nobody is looked up.
    pub async fn usable_by(
        can: &Caller,
        tx: &mut Tx,
        owner: Option<Uuid>,
        emails: &[String],
        there: &[String],
    ) -> Result<BTreeSet<String>> {
        match emails.is_empty() {
            true => Ok(BTreeSet::new()),
            false => Senders::of(can, &mut *tx, owner).await?.among(can, tx, emails, there).await,
        }
    }

    async fn among(
        &self,
        can: &Caller,
        tx: &mut Tx,
        emails: &[String],
        there: &[String],
    ) -> Result<BTreeSet<String>> {
        let found = sql("select a.email from accounts a \
             where a.email in ({emails}) and {usable} and ({visible} or a.email in ({there}))")
        .fill_list("{emails}", emails)
        .fill_list("{there}", there)
        .fill("{usable}", self.usable())
        .fill("{visible}", can.sees::<accounts::Read>(&SHAPE))
        .all::<String>(tx);
        Ok(found.await?.into_iter().collect())
    }

    /// Which of a campaign's accounts the owner may not use, or no longer.
    pub async fn lost(&self, can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<Vec<String>> {
        sql("select a.email from campaign_senders s join accounts a \
             on a.workspace_id = s.workspace_id and a.id = s.account_id \
             where s.workspace_id = $1 and s.campaign_id = $2 and not {usable} order by s.position desc")
        .bind(can.workspace())
        .bind(campaign)
        .fill("{usable}", self.usable())
        .all(tx)
        .await
    }

    /// Whether one of a campaign's accounts, or one with one of the tags, may be used.
    pub async fn any(&self, can: &Caller, tx: &mut Tx, campaign: Uuid, tags: &[Uuid]) -> Result<bool> {
        let found = sql("select a.id from accounts a where {usable} and (a.id in (select s.account_id \
             from campaign_senders s where s.workspace_id = $1 and s.campaign_id = $2) \
             or a.id in (select g.resource_id from custom_tag_mappings g \
             where g.workspace_id = $1 and g.tag_id in ({ids}))) limit 1")
        .bind(can.workspace())
        .bind(campaign)
        .fill("{usable}", self.usable())
        .fill_list("{ids}", tags)
        .optional::<Uuid>(tx);
        Ok(found.await?.is_some())
    }
}
