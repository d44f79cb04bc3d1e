//! The facts about the person who gets a mail.

use super::Place;
use super::facts::Lane;
use super::store::{self, Journey};
use crate::access::Caller;
use crate::db::Source;
use crate::error::Result;
use crate::resources::block_list_entries::{Kind, mac, suppressed};
use crate::resources::campaigns::Campaign;
use crate::resources::leads::{ACTIVE, Lead};
use crate::sending::gates::{self, Contact};
use crate::time::Time;
use serde_json::Number;
use std::collections::HashSet;
use uuid::Uuid;

/// Domains at which everybody can have an address. They are not companies.
const PUBLIC: [&str; 16] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.com",
    "gmx.de",
    "web.de",
    "proton.me",
    "protonmail.com",
    "mail.ru",
];
/// What a verification says of an address.
const INVALID: i64 = -1;
const RISKY: i64 = -2;

/// A lead, and how far it is.
pub struct Target {
    pub lead: Lead,
    pub email: String,
    pub journey: Option<Journey>,
    pub gates: gates::Lead,
    pub contact: Contact,
    /// The keyed MACs of the address and of its domain.
    pub recipient: String,
    pub company: String,
    /// The addresses of the campaign's `cc_list` and `bcc_list` that can get a copy.
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    /// The lead cannot get mail: it has no address, or a verification forbids it.
    pub is_unfit: bool,
    /// The campaign sends this lead nothing more: the lead is not active in it, has a negative label, or has no further
    /// step.
    pub is_done: bool,
}

/// None if the lead does not exist.
pub async fn target(
    can: &Caller,
    mut from: Source<'_>,
    (lane, account): (&Lane, Uuid),
    (place, revision): (Place, i64),
) -> Result<Option<Target>> {
    let Some(lead) = can.own::<Lead>(from.again(), place.lead).await? else { return Ok(None) };
    let journey = store::journey(can, from.again(), place).await?;
    let email = lead.email.clone().unwrap_or_default();
    let is_unfit = email.is_empty() || is_unfit(&lane.campaign, &lead);
    let due_at = match &journey {
        Some(journey) => journey.due_at,
        None => store::not_before(can, from.again(), place.lead).await?,
    };
    let is_here = match &journey {
        Some(journey) => {
            journey.step == place.step
                && !journey.ended
                && journey.due_at.is_some()
                && journey.account == account
        }
        None => place.step == 0,
    };
    let has_step = usize::try_from(place.step).is_ok_and(|step| step < lane.steps.len());
    let wanted = lead.campaign == Some(place.campaign)
        && lead.status == ACTIVE
        && lead.lt_interest_status.is_none_or(|interest| interest >= 0);
    let is_done = !has_step || !wanted;
    let gates = gates::Lead {
        waits: is_here && has_step && wanted && !is_unfit,
        is_new: place.step == 0,
        revision,
        due_at,
    };
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
    let (recipient, company) = (mac(can, &email)?, mac(can, &domain)?);
    let silent = silent(can, from.again(), &lane.campaign, &email).await?;
    let free = |list: &[String]| list.iter().filter(|email| !silent.contains(*email)).cloned().collect();
    let (cc, bcc) = (free(&lane.campaign.settings.cc_list), free(&lane.campaign.settings.bcc_list));
    let mut contact = contact(can, from, lane, &domain, (&recipient, &company)).await?;
    contact.suppressed = silent.contains(&email);
    Ok(Some(Target { lead, email, journey, gates, contact, recipient, company, cc, bcc, is_unfit, is_done }))
}

fn is_unfit(campaign: &Campaign, lead: &Lead) -> bool {
    match lead.engagement.verification_status {
        Some(INVALID) => true,
        Some(RISKY) => campaign.settings.allow_risky_contacts != Some(true),
        Some(_) | None => false,
    }
}

/// Those of the recipients who must not be written to.
async fn silent(can: &Caller, from: Source<'_>, campaign: &Campaign, email: &str) -> Result<HashSet<String>> {
    let copies = campaign.settings.cc_list.iter().chain(&campaign.settings.bcc_list);
    let all: Vec<String> = std::iter::once(email.to_owned()).chain(copies.cloned()).collect();
    suppressed(can, from, &all, &Kind::ALL).await
}

async fn contact(
    can: &Caller,
    mut from: Source<'_>,
    lane: &Lane,
    domain: &str,
    (recipient, company): (&str, &str),
) -> Result<Contact> {
    let known = store::contact(can, from.again(), recipient).await?;
    let (today, ends) = day(can.now());
    let other = known.as_ref().filter(|known| known.campaign != Some(lane.campaign.id));
    let taken = other.and_then(|known| known.last_sent_at).is_some_and(|last| last >= today);
    let limit = company_limit(&lane.campaign).filter(|_| !PUBLIC.contains(&domain));
    let company = match limit {
        Some((limit, one_campaign)) => {
            let campaign = one_campaign.then_some(lane.campaign.id);
            Some((limit, store::to_company(can, from, (company, campaign), today).await?, ends))
        }
        None => None,
    };
    Ok(Contact {
        taken_until: taken.then_some(ends),
        suppressed: false,
        company,
        // The server does not look up the providers of leads yet, and an unknown kind forbids nothing.
        esp_allows: true,
    })
}

/// When the day in UTC began, and when it ends.
fn day(now: Time) -> (Time, Time) {
    let begins = Time::of_day(&now.day()).unwrap_or(now);
    (begins, begins.plus(Time::DAY))
}

/// How many mails a company gets in a day, and whether only those of the same campaign count.
fn company_limit(campaign: &Campaign) -> Option<(i64, bool)> {
    let rule = campaign.settings.limit_emails_per_company_override.as_ref()?;
    let limit = rule.daily_limit.as_ref().and_then(Number::as_f64).filter(|_| rule.mode == "custom");
    let limit = crate::sending::limit::number(limit)?;
    Some((limit, rule.scope.as_deref() != Some("across_workspace")))
}
