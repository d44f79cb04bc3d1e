//! What the caller works on: campaigns, sending accounts, and the API keys that they should look at.

use crate::access::{Can, accounts, api_keys, campaigns, leads, workspaces::Read};
use crate::error::Result;
use crate::http::Paging;
use crate::resources::api_keys::{Advised, ApiKey, Finding, Severity};
use crate::resources::campaigns::{State, newest, state};
use crate::resources::{accounts as senders, api_keys as keys, leads as all_leads};
use crate::web::{Offer, Way};

const CAMPAIGN: Way<campaigns::Read> = Way::page("/w/{workspace}/campaigns/{id}", "Open");
const CAMPAIGNS: Way<campaigns::Read> = Way::page("/w/{workspace}/campaigns", "All campaigns");
const ACCOUNT: Way<accounts::Read> = Way::page("/w/{workspace}/accounts/{email}", "Open");
const ACCOUNTS: Way<accounts::Read> = Way::page("/w/{workspace}/accounts", "All sending accounts");
const KEYS: Way<api_keys::Read> = Way::page("/w/{workspace}/api-keys", "All API keys");

/// Rows of each part.
const ROWS: i64 = 5;
/// The newest keys are looked through.
const LOOKED_THROUGH: i64 = 100;

/// A campaign in a row.
pub struct Campaign {
    pub name: String,
    pub href: String,
    pub state: State,
}

/// A sending account that cannot send.
pub struct Trouble {
    pub email: String,
    pub href: String,
    pub why: String,
}

pub struct Work {
    /// The newest campaigns that the caller sees. None for a caller who sees no campaigns.
    pub campaigns: Option<Vec<Campaign>>,
    pub all_campaigns: Option<Offer>,
    pub troubles: Vec<Trouble>,
    pub all_accounts: Option<Offer>,
    /// Whether the caller sees a sending account, and a lead.
    pub has_account: bool,
    pub has_lead: bool,
}

impl Work {
    pub async fn of(can: &Can<Read>) -> Result<Work> {
        let campaigns = match can.further::<campaigns::Read>() {
            Ok(can) => {
                let found = newest(&can, ROWS).await?;
                let row = |(id, name, status): (uuid::Uuid, String, i64)| Campaign {
                    href: CAMPAIGN.href(&can, id),
                    state: state(status),
                    name,
                };
                Some(found.into_iter().map(row).collect())
            }
            Err(_) => None,
        };
        let (has_account, troubles) = match can.further::<accounts::Read>() {
            Ok(can) => (senders::is_any(&can).await?, senders::in_trouble(&can, ROWS).await?),
            Err(_) => (false, vec![]),
        };
        let trouble =
            |(email, why): (String, String)| Trouble { href: ACCOUNT.href(can, email.as_str()), email, why };
        let has_lead = match can.further::<leads::Read>() {
            Ok(can) => all_leads::is_any(&can).await?,
            Err(_) => false,
        };
        Ok(Work {
            campaigns,
            all_campaigns: CAMPAIGNS.open_to(can, ()),
            troubles: troubles.into_iter().map(trouble).collect(),
            all_accounts: ACCOUNTS.open_to(can, ()),
            has_account,
            has_lead,
        })
    }
}

/// API keys that need attention.
pub struct Keys {
    /// Their names, and the gravest findings about each.
    pub rows: Vec<(String, String)>,
    pub all: Option<Offer>,
    /// Whether a key has fewer scopes than all.
    pub has_narrow: bool,
}

impl Keys {
    /// None for a caller who cannot list keys.
    pub async fn of(can: &Can<Read>) -> Result<Option<Keys>> {
        let Ok(can) = can.further::<api_keys::Read>() else { return Ok(None) };
        let paging = Paging { limit: Some(LOOKED_THROUGH), starting_after: None };
        let all = keys::advice(&can, &paging).await?;
        let covers_all = |one: &Finding| matches!(one, Finding::Everything | Finding::ChangesEverything);
        let is_narrow = |advised: &Advised| !advised.findings.iter().any(covers_all);
        let row = |(key, advised): &(ApiKey, Advised)| {
            let grave = advised.findings.iter().filter(|one| one.severity() == Severity::High);
            let sentences: Vec<String> = grave.map(Finding::sentence).collect();
            (!sentences.is_empty()).then(|| (key.name.clone(), sentences.join(" ")))
        };
        Ok(Some(Keys {
            rows: all.iter().filter_map(row).take(ROWS as usize).collect(),
            all: KEYS.open_to(&can, ()),
            has_narrow: all.iter().any(|(key, advised)| !key.canary && is_narrow(advised)),
        }))
    }
}
