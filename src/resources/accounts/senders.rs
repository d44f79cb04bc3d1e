//! Which sending accounts a member can use: those assigned to them, and with reach `all` also the unassigned ones. A tag
//! limit narrows both. A campaign uses what its owner can use; one without an owner uses the unassigned accounts.

use super::{SHAPE, store};
use crate::access::{Caller, Facts, Grant, Permission, Pred, Reach, Who, accounts};
use crate::db::{Part, Source, Tx};
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
    pub async fn of(can: &Caller, from: impl Into<Source<'_>>, owner: Option<Uuid>) -> Result<Senders> {
        let mut from = from.into();
        let Some(user) = owner else {
            return Ok(Senders::unowned(can));
        };
        match members::accepted_by_id(can, from.again(), user).await? {
            Some(member) => Senders::of_member(can, from, member).await,
            None => Ok(Senders::none(can)),
        }
    }

    pub async fn of_member(can: &Caller, from: impl Into<Source<'_>>, member: Uuid) -> Result<Senders> {
        let grant = Grant::of_member(can.workspace(), member, can.now(), from).await?;
        Ok(grant.map_or_else(|| Senders::none(can), |grant| Senders::of_grant(&grant)))
    }

    /// The addresses that the caller sees and that a campaign of this user can send from, at most 200.
    pub async fn to_choose(can: &Caller, owner: Option<Uuid>) -> Result<Vec<String>> {
        store::to_choose(can, &Senders::of(can, can.reader(), owner).await?).await
    }

    /// For a campaign without an owner.
    pub fn unowned(can: &Caller) -> Senders {
        Senders::new(can.workspace(), None, true, &[])
    }

    fn none(can: &Caller) -> Senders {
        Senders::new(can.workspace(), None, false, &[])
    }

    /// Whether the member's role can use what is assigned to them.
    pub fn sends(&self) -> bool {
        self.member.is_some()
    }

    pub fn of_grant(grant: &Grant) -> Senders {
        let reach = grant.reach(accounts::Use::ACTION);
        let member = grant.member().filter(|_| reach != Reach::None);
        Senders::new(grant.workspace(), member, reach == Reach::All, grant.tag_limits())
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

    /// Whether an account with these facts is usable, as `usable` says it in SQL.
    pub fn can_use(&self, account: &Facts) -> bool {
        let assigned = match account.assignee {
            None => self.unassigned,
            Some(_) => account.assignee == self.member,
        };
        assigned && self.within.eval(account)
    }

    /// Which of the addresses an owner can use. The caller must see the account, or it must be in `present`: the addresses
    /// that the campaign already has.
    pub async fn usable_by(
        can: &Caller,
        from: impl Into<Source<'_>>,
        owner: Option<Uuid>,
        emails: &[String],
        present: &[String],
    ) -> Result<BTreeSet<String>> {
        // Most campaigns begin without an address; then nobody is looked up.
        if emails.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut from = from.into();
        let senders = Senders::of(can, from.again(), owner).await?;
        store::usable_among(can, from, &senders, emails, present).await
    }
}

/// Sets the accounts from which a campaign sends, in this order. Those that stay keep their time of addition. Every
/// address must be that of an account.
pub async fn set_senders(can: &Caller, tx: &mut Tx, campaign: Uuid, emails: &[String]) -> Result<()> {
    store::remove_senders_but(can, tx, campaign, emails).await?;
    if emails.is_empty() {
        return Ok(());
    }
    store::add_senders(can, tx, campaign, emails).await
}
