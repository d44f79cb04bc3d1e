//! The link of an invitation: a random token, of which only the hash is stored. It is valid for seven days. A new link
//! replaces the former one.

use super::store;
use crate::access::{Caller, Principal, Step};
use crate::auth;
use crate::db::{Source, Tx};
use crate::error::{Error, Result};
use crate::jobs::outbox;
use crate::mail::Letter;
use crate::mail::letters::{self, Invitation};
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::{users, workspaces};
use crate::time::Time;
use uuid::Uuid;

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Invitations that a workspace sends in a day, also again.
pub const A_DAY: i64 = 100;

pub struct Link {
    token: String,
    pub expires: Time,
}

impl Link {
    pub fn new(can: &Caller) -> Result<Link> {
        Ok(Link { token: auth::token(&can.app().random()?), expires: can.now().plus(WEEK) })
    }

    /// Mails the link in this transaction. If it cannot be mailed, the link is returned, so that the caller hands it over.
    pub async fn hand_over(
        &self,
        can: &Caller,
        tx: &mut Tx,
        member: &WorkspaceMember,
    ) -> Result<Option<String>> {
        let bounced = can.app().mailer.is_some() && outbox::bounced(can, tx, &member.email).await?;
        let mailed = can.app().mailer.is_some() && !bounced;
        if mailed {
            outbox::demand_room(can, tx, &member.email).await?;
            let letter = self.letter(can, tx, member).await?;
            outbox::post(can, tx, &letter, "invitation").await?;
        }
        members::set_mailed(can, tx, member.id, mailed).await?;
        Ok((!mailed).then(|| self.url(can)))
    }

    async fn letter(&self, can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<Letter> {
        let workspace = workspaces::current(can, &mut *tx).await?.name;
        let name = match can.user() {
            Some(user) => users::full_name(&mut *tx, user).await?,
            None => None,
        };
        let inviter = match can.principal() {
            Principal::Operator | Principal::Server => None,
            Principal::Key { personal: false, .. } => Some("An administrator".to_owned()),
            Principal::Key { .. } | Principal::Member | Principal::Session(_) | Principal::Invitee => {
                name.or(can.email().map(str::to_owned))
            }
        };
        let invitation = Invitation {
            workspace: &workspace,
            brand: &workspaces::brand(can, &mut *tx).await?,
            inviter: inviter.as_deref(),
            role: member.custom_role.as_ref().map_or(member.role.name(), |role| &role.name),
            url: &self.url(can),
            expires_in_days: (WEEK / DAY) as u32,
        };
        letters::invitation(&member.email, &invitation)
    }

    /// Begins with the public address, never with what the request says.
    fn url(&self, can: &Caller) -> String {
        format!("{}/invitations/accept#{}", can.app().public_url, self.token)
    }

    pub async fn open(&self, can: &Caller, tx: &mut Tx, member: Uuid) -> Result<()> {
        members::open_link(can, tx, member, &auth::hash(&self.token)).await
    }
}

/// Used, expired, replaced and unknown links get the same error.
pub fn dead() -> Error {
    Error::invalid(
        "body/token must be from an open invitation; this link has expired or was used: ask for a new one",
    )
}

/// The link was used or closed meanwhile.
pub fn gone(error: Error) -> Error {
    if matches!(error, Error::Refused { step: Step::Credential, .. }) { dead() } else { error }
}

/// Closes the link, and withdraws a letter with it that has not been sent yet.
pub async fn close(can: &Caller, tx: &mut Tx, member: Uuid, email: &str) -> Result<u64> {
    outbox::withdraw(can, tx, email, "invitation").await?;
    members::close_link(can, tx, member).await
}

/// An admin workspace sends only its own invitations again. The holder of any other link becomes a member as somebody else
/// meant it.
async fn demand_own(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<()> {
    let Some(link) = can.link() else { return Ok(()) };
    match members::is_made_through(can, tx, member.id, link).await? {
        true => Ok(()),
        false => Err(Error::refused(
            Step::Role,
            "role: an admin workspace sends again only the invitations that were made from there",
        )),
    }
}

pub async fn prolong(can: &Caller, tx: &mut Tx, member: &WorkspaceMember, link: &Link) -> Result<()> {
    demand_own(can, tx, member).await?;
    close(can, tx, member.id, &member.email).await?;
    link.open(can, tx, member.id).await?;
    members::prolong(can, tx, member.id, link.expires).await.map(drop)
}

/// How many invitations the workspace has sent in the last day.
pub async fn sent_in_a_day(can: &Caller, from: impl Into<Source<'_>>) -> Result<i64> {
    store::invitations_since(can, from, can.now().minus(DAY)).await
}

/// The audit log counts, so that withdrawing an invitation does not make room for another.
pub async fn within_a_day(can: &Caller, tx: &mut Tx) -> Result<()> {
    match sent_in_a_day(can, tx).await? < A_DAY {
        true => Ok(()),
        false => Err(Error::DailyLimit(format!(
            "a workspace sends at most {A_DAY} invitations a day; go on tomorrow"
        ))),
    }
}
