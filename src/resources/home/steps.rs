//! The checklist of a new workspace. The server finds out which steps are done, so nobody ticks them off.

use super::work::{Keys, Work};
use crate::access::{
    Can, Permission, accounts, api_keys, campaigns, factors, lead_imports, workspace_members as members,
    workspaces::Read,
};
use crate::error::Result;
use crate::resources::factors as second;
use crate::resources::members::count_by_rights;
use crate::web::{Offer, Way};

const SECURITY: Way<factors::Read> = Way::page("/me/security", "Turn it on");
const CONNECT: Way<accounts::Create> = Way::page("/w/{workspace}/accounts/connect", "Connect an account");
const MEMBERS: Way<members::Read> = Way::page("/w/{workspace}/members", "Invite somebody");
const IMPORT: Way<lead_imports::Inspect> = Way::page("/w/{workspace}/lead-imports/new", "Import a file");
const CAMPAIGN: Way<campaigns::Create> = Way::page("/w/{workspace}/campaigns/new", "New campaign");
const KEY: Way<api_keys::Create> = Way::page("/w/{workspace}/api-keys/new", "New API key");

pub struct Step {
    pub done: bool,
    pub title: &'static str,
    pub why: &'static str,
    pub go: Offer,
}

/// The steps that this caller may do, or none if all of them are done.
pub async fn left(can: &Can<Read>, work: &Work, keys: Option<&Keys>) -> Result<Vec<Step>> {
    let invites = can.may(members::Create::ACTION);
    let (members, admins) = match can.further::<members::Read>() {
        Ok(can) if invites => count_by_rights(&can).await?,
        Ok(_) | Err(_) => (0, 0),
    };
    let protected = match can.further::<factors::Read>() {
        Ok(can) => second::list(&can).await?.is_any(),
        Err(_) => false,
    };
    let invite = || MEMBERS.open_to(can, ()).filter(|_| invites);
    let has_campaign = work.campaigns.as_ref().is_some_and(|campaigns| !campaigns.is_empty());
    let all = [
        (
            "Turn on a second factor",
            "Then nobody can sign in with only your password.",
            protected,
            SECURITY.offered(can, ()),
        ),
        (
            "Connect a sending account",
            "Campaigns send mails from the sending accounts of your team.",
            work.has_account,
            CONNECT.open_to(can, ()),
        ),
        (
            "Invite a colleague",
            "Each person has their own sign-in, role and sending accounts.",
            members > 1,
            invite(),
        ),
        (
            "Have a second owner or admin",
            "Somebody else can act while you are away, or if you lose your second factor.",
            admins > 1,
            invite(),
        ),
        ("Add leads", "A file with a column of addresses is enough.", work.has_lead, IMPORT.open_to(can, ())),
        (
            "Create a campaign",
            "You choose whether it is private or visible to the team.",
            has_campaign,
            CAMPAIGN.open_to(can, ()),
        ),
        (
            "Create an API key for a script",
            "A key with only the scopes that a script needs does less harm if it leaks.",
            keys.is_some_and(|keys| keys.has_narrow),
            KEY.open_to(can, ()).filter(|_| keys.is_some()),
        ),
    ];
    let offered =
        all.into_iter().filter_map(|(title, why, done, go)| Some(Step { done, title, why, go: go? }));
    let steps: Vec<Step> = offered.collect();
    Ok(if steps.iter().all(|step| step.done) { vec![] } else { steps })
}
