//! With whose rights a mail leaves: those of the campaign's owner, or else of the caller who launched it. They are read again
//! for each mail. The server has no rights of its own.

use super::store::{self, CampaignRun};
use crate::access::{Action, Ask, Caller, Grant, Permission, accounts, campaigns};
use crate::db::Source;
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::campaigns::Campaign;
use crate::resources::members;
use crate::sending::gates::Rights;
use uuid::Uuid;

/// With whose rights a campaign sends now.
pub struct Mandate {
    grant: Option<Grant>,
    link: bool,
    /// The accounts that it can send from. None: nobody has the right to send.
    pub senders: Option<Senders>,
}

impl Mandate {
    pub async fn of(
        can: &Caller,
        mut from: Source<'_>,
        (campaign, run): (&Campaign, &CampaignRun),
    ) -> Result<Mandate> {
        let (grant, senders) = match campaign.owned_by {
            Some(owner) => {
                let grant = owners(can, from.again(), owner).await?;
                let senders = grant.as_ref().map(Senders::of_grant);
                (grant, senders)
            }
            None => {
                let grant = launchers(can, from, run).await?;
                let senders = grant.is_some().then(|| Senders::unowned(can));
                (grant, senders)
            }
        };
        let link = run.link.is_none_or(|link| grant.as_ref().is_some_and(|grant| through(grant, link)));
        Ok(Mandate { grant, link, senders })
    }

    /// The rights for one account, depending on whether the campaign can use it.
    pub fn for_account(&self, usable: bool) -> Rights {
        // The admin workspace has no ceiling for campaign mails yet.
        Rights { mandate: self.grant.is_some(), sender: usable, link: self.link, ceiling: None }
    }
}

/// Whether the campaign can send from an account now.
pub async fn rights(
    can: &Caller,
    mut from: Source<'_>,
    (campaign, run): (&Campaign, &CampaignRun),
    account: Uuid,
) -> Result<Rights> {
    let mandate = Mandate::of(can, from.again(), (campaign, run)).await?;
    let usable = match &mandate.senders {
        Some(senders) => store::is_usable(can, from, senders, (campaign.id, account)).await?,
        None => false,
    };
    Ok(mandate.for_account(usable))
}

/// The grant of the owner, if they are an accepted member who can send.
async fn owners(can: &Caller, mut from: Source<'_>, owner: Uuid) -> Result<Option<Grant>> {
    let Some(member) = members::accepted_by_id(can, from.again(), owner).await? else { return Ok(None) };
    let grant = Grant::of_member(can.workspace(), member, can.now(), from).await?;
    let needed = [accounts::Use::ACTION, campaigns::Read::ACTION];
    Ok(grant.filter(|grant| needed.into_iter().all(|action| may(grant, action))))
}

/// The grant of the caller who launched a campaign without an owner, if they can still launch campaigns.
async fn launchers(can: &Caller, from: Source<'_>, run: &CampaignRun) -> Result<Option<Grant>> {
    let Some(launcher) = &run.launcher else { return Ok(None) };
    let launcher = can.asked_by::<campaigns::Launch>(launcher, from).await?;
    Ok(launcher.map(|launcher| launcher.grant().clone()))
}

fn may(grant: &Grant, action: &'static Action) -> bool {
    Ask::new(action, grant, None).refused_by().is_none()
}

/// Whether the admin workspace through whose link the campaign was launched could still launch it.
fn through(grant: &Grant, link: Uuid) -> bool {
    let group = grant.group().filter(|group| group.link == link);
    group.is_some_and(|group| group.delegation.refuses(campaigns::Launch::ACTION).is_none())
}
