//! Gives what a member has to others. Each statement concerns all records of a kind.

use super::guard::within_own;
use super::off_board::OffBoarding;
use super::store::leaving as store;
use crate::access::workspace_members::{Delete, OffBoard};
use crate::access::{
    Can, Grant, PartOf, Permission, Reach, Step, accounts as sending, campaigns, lead_lists, leads,
};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::{self, outbox};
use crate::resources::accounts::{self, Senders};
use crate::resources::members::{Named, WorkspaceMember, named};
use crate::resources::{roles, runs};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The most leads that change hands in one transaction, so that others do not wait long.
const LEADS: i64 = 100_000;

/// What became of what the member had.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Handed {
    pub campaigns: usize,
    /// Campaigns of others that they worked on.
    pub collaborations: u64,
    pub accounts: usize,
    pub leads: u64,
    pub lists: usize,
    pub mappings: u64,
    pub webhooks_paused: Vec<Uuid>,
    pub invitations_withdrawn: u64,
    pub jobs_cancelled: u64,
    /// Campaigns that lost sending accounts, because their new owner cannot use them.
    pub taken_off_campaigns: Vec<Uuid>,
}

/// A member who gets something, and the field of the body that names them.
#[derive(Clone, Copy, Debug)]
struct Heir {
    field: &'static str,
    named: Named,
}

pub struct Successors {
    campaigns: Option<Heir>,
    accounts: Option<Heir>,
    leads: Option<Heir>,
    lists: Option<Heir>,
}

impl Serialize for Successors {
    fn serialize<S: serde::Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        let member = |heir: &Option<Heir>| heir.map(|heir| heir.named.member);
        json!({
            "campaigns": member(&self.campaigns), "accounts": member(&self.accounts),
            "leads": member(&self.leads), "lists": member(&self.lists),
        })
        .serialize(out)
    }
}

impl Successors {
    pub async fn of(
        can: &Can<OffBoard>,
        tx: &mut Tx,
        leaver: &WorkspaceMember,
        wanted: &OffBoarding,
    ) -> Result<Successors> {
        let mut heirs = [None; 5];
        let names = [
            ("successor", &wanted.successor),
            ("campaigns", &wanted.campaigns),
            ("accounts", &wanted.accounts),
            ("leads", &wanted.leads),
            ("lists", &wanted.lists),
        ];
        for (heir, (field, who)) in heirs.iter_mut().zip(names) {
            let Some(who) = who.as_deref().filter(|who| !who.trim().is_empty()) else { continue };
            let named = named(can, tx, field, who).await?;
            if named.member == leaver.id {
                return Err(Error::invalid(format!("body/{field} must be another member")));
            }
            *heir = Some(Heir { field, named });
        }
        let [all, campaigns, accounts, leads, lists] = heirs;
        Ok(Successors {
            campaigns: campaigns.or(all),
            accounts: accounts.or(all),
            leads: leads.or(all),
            lists: lists.or(all),
        })
    }
}

pub async fn hand_over(
    can: &Can<OffBoard>,
    tx: &mut Tx,
    leaver: &WorkspaceMember,
    to: &Successors,
) -> Result<Handed> {
    let (id, user) = (leaver.id, leaver.user_id);
    let mut handed = Handed {
        accounts: give_accounts(can, tx, id, to.accounts).await?,
        collaborations: store::leave_campaigns(can, tx, id).await?,
        ..Handed::default()
    };
    handed.campaigns = give_campaigns(can, tx, (user, handed.collaborations), to.campaigns).await?;
    handed.leads = give_leads(can, tx, user, to.leads).await?;
    handed.lists = give_lists(can, tx, user, to.lists).await?;
    let lists = to.lists.map(|heir| heir.named.user);
    handed.mappings = store::give_mappings(can, tx, user, lists).await?;
    let why = "Its maker has left the workspace. If you resume it, it acts with your rights.";
    handed.webhooks_paused = store::pause_webhooks(can, tx, user, why).await?;
    handed.invitations_withdrawn = withdraw(can, tx, user).await?;
    handed.jobs_cancelled = jobs::cancel_of(can, tx, user).await?;
    Ok(handed)
}

/// The proof of a part that concerns every record of a kind.
fn part<Q: Permission>(can: &Can<OffBoard>, what: &str) -> Result<PartOf<Q>> {
    let part = can.part::<Q>()?;
    match part.reach(Q::ACTION) == Reach::All {
        true => Ok(part),
        false => {
            let why = format!("reach: only a caller who reaches every {what} can hand them over");
            Err(Error::refused(Step::Reach, why))
        }
    }
}

/// The successor must be able to have such records, and to see all of them.
async fn able(
    can: &Can<OffBoard>,
    tx: &mut Tx,
    heir: Option<Heir>,
    (what, holds): (&str, fn(&Grant) -> bool),
) -> Result<()> {
    let Some(Heir { field, named }) = heir else { return Ok(()) };
    let grant = Grant::of_member(can.workspace(), named.member, can.now(), tx).await?;
    match grant.is_some_and(|grant| grant.tag_limits().is_empty() && holds(&grant)) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "body/{field} must be a member without a tag limit whose role can have {what}"
        ))),
    }
}

/// The audit row of a part.
async fn record<Q: Permission>(part: &PartOf<Q>, tx: &mut Tx, (count, facts): (usize, Value)) -> Result<()> {
    let subject = Subject::new("workspace", part.workspace());
    part.record(Change::new(subject, (), facts, ()).affecting(count), tx).await
}

fn user(heir: Option<Heir>) -> Option<Uuid> {
    heir.map(|heir| heir.named.user)
}

async fn give_campaigns(
    can: &Can<OffBoard>,
    tx: &mut Tx,
    (from, collaborations): (Uuid, u64),
    heir: Option<Heir>,
) -> Result<usize> {
    // Mails that were prepared with the rights of the former owner are not sent.
    runs::handed_over(can, tx, from).await?;
    let given = store::give_campaigns(can, tx, from, user(heir)).await?;
    if given.is_empty() && collaborations == 0 {
        return Ok(0);
    }
    let part = part::<campaigns::Update>(can, "campaign")?;
    if !given.is_empty() {
        let holds = |grant: &Grant| grant.reach(campaigns::Create::ACTION) != Reach::None;
        able(can, tx, heir, ("campaigns", holds)).await?;
        if let Some(owner) = user(heir) {
            runs::wake_owned(can, tx, owner).await?;
        }
    }
    let facts = json!({
        "campaigns": given, "owned_by": [from, user(heir)], "collaborations_left": collaborations,
    });
    record(&part, tx, (given.len() + collaborations as usize, facts)).await?;
    Ok(given.len())
}

/// Takes the accounts that the new owner cannot use off the campaigns. The accounts of the leaver are unassigned before, so
/// that an owner who can use unassigned accounts keeps them.
pub async fn settle(can: &Can<OffBoard>, tx: &mut Tx, to: &Successors, handed: &mut Handed) -> Result<()> {
    if handed.campaigns > 0 {
        handed.taken_off_campaigns = accounts::settle_owner(can, tx, user(to.campaigns)).await?;
    }
    Ok(())
}

/// Without a successor, the removal unassigns them.
async fn give_accounts(can: &Can<OffBoard>, tx: &mut Tx, from: Uuid, heir: Option<Heir>) -> Result<usize> {
    let Some(to) = heir else { return Ok(0) };
    let given = store::give_accounts(can, tx, from, to.named.member).await?;
    if given.is_empty() {
        return Ok(0);
    }
    let part = part::<sending::Assign>(can, "sending account")?;
    able(can, tx, heir, ("sending accounts", |grant| Senders::of_grant(grant).sends())).await?;
    let facts = json!({ "accounts": given, "assigned_to": [from, to.named.member] });
    record(&part, tx, (given.len(), facts)).await?;
    Ok(given.len())
}

async fn give_leads(can: &Can<OffBoard>, tx: &mut Tx, from: Uuid, heir: Option<Heir>) -> Result<u64> {
    let assigned = store::leads_up_to(can, tx, from, LEADS + 1).await?;
    if assigned == 0 {
        return Ok(0);
    }
    if assigned > LEADS {
        let why =
            format!("More than {LEADS} leads are assigned to this member. Assign them to others first.");
        return Err(Error::Conflict(why));
    }
    let part = part::<leads::Assign>(can, "lead")?;
    able(can, tx, heir, ("leads", |grant| grant.reach(leads::Create::ACTION) != Reach::None)).await?;
    let given = store::give_leads(can, tx, from, user(heir)).await?;
    record(&part, tx, (given as usize, json!({ "assigned_to": [from, user(heir)] }))).await?;
    Ok(given)
}

async fn give_lists(can: &Can<OffBoard>, tx: &mut Tx, from: Uuid, heir: Option<Heir>) -> Result<usize> {
    let given = store::give_lists(can, tx, from, user(heir)).await?;
    if given.is_empty() {
        return Ok(0);
    }
    let part = part::<lead_lists::Update>(can, "list")?;
    able(can, tx, heir, ("lead lists", |grant| grant.reach(lead_lists::Create::ACTION) != Reach::None))
        .await?;
    record(&part, tx, (given.len(), json!({ "lists": given, "owned_by": [from, user(heir)] }))).await?;
    Ok(given.len())
}

/// Withdraws the pending invitations that they have sent. The caller must be able to withdraw each.
async fn withdraw(can: &Can<OffBoard>, tx: &mut Tx, user: Uuid) -> Result<u64> {
    let invited = store::invitations_by(can, &mut *tx, user).await?;
    if invited.is_empty() {
        return Ok(0);
    }
    if invited.len() as i64 > store::INVITED {
        let why = format!(
            "This member has sent more than {} open invitations. Withdraw some of them first.",
            store::INVITED
        );
        return Err(Error::Conflict(why));
    }
    let part = can.part::<Delete>()?;
    for one in &invited {
        roles::guard(can, Some(&one.effective_role()), None)?;
        within_own(can, one.permissions.as_deref())?;
    }
    let addresses: Vec<String> = invited.iter().map(|one| one.email.clone()).collect();
    outbox::withdraw_all(can, tx, &addresses, "invitation").await?;
    let withdrawn = store::withdraw_invitations(can, tx, user).await?;
    let ids: Vec<Uuid> = invited.iter().map(|one| one.id).collect();
    record(&part, tx, (ids.len(), json!({ "invitations": ids }))).await?;
    Ok(withdrawn)
}
