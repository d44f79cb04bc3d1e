//! A campaign: what keeps it from sending, what it sends, and who can see it.

use super::super::list::{look, nearness};
use super::super::{COMPLETED, Campaign, DRAFT, PAUSED, SUSPENDED, store};
use super::{ABOUT_TO_DELETE, ABOUT_TO_SHARE, DUPLICATE, EXPORT, Head, LAUNCH, OPTIONS, Place, press, words};
use crate::access::{Caller, Can, Near, Seen, access::Explain, campaigns::*};
use crate::error::Result;
use crate::http::{Id, Path};
use crate::resources::members::People;
use crate::web::{Back, Form, Offer, Page, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;

const WHY: Way<Explain> = Way::page("/w/{workspace}/access/why", "Why, and why not");
const SEQUENCE: Way<Update> = Way::page("/w/{workspace}/campaigns/{id}/sequence", "Write the sequence");

/// Addresses that the page names.
const NAMED: usize = 8;

/// A form without fields: a button whose refusal the page shows.
#[derive(Deserialize, JsonSchema)]
pub struct Press {}

#[derive(Template)]
#[template(path = "campaigns/show.html")]
struct Show {
    head: Head,
    campaign: Seen<Campaign>,
    /// The button that was pressed comes back with the reason.
    refused: Option<Form>,
    press: Option<Offer>,
    actions: Vec<Offer>,
    missing: Vec<Missing>,
    steps: String,
    windows: Vec<String>,
    dates: String,
    sees_senders: bool,
    senders: Vec<String>,
    /// Addresses that are not named.
    more_senders: usize,
    leads: i64,
    tags: Vec<String>,
    owner: String,
    collaborators: Vec<String>,
    why: Option<Offer>,
}

/// What keeps a campaign from sending, and the page that changes it.
struct Missing {
    what: &'static str,
    then: &'static str,
    way: Option<Offer>,
}

pub async fn show(can: Can<Read>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let campaign = look(&can, id).await?;
    shown(&can, campaign, None).await
}

/// `back` is a launch that was refused.
pub async fn shown(can: &Can<Read>, campaign: Seen<Campaign>, back: Option<&Back>) -> Result<Page> {
    let id = campaign.id;
    let near = nearness(can, id).await?;
    let people = People::seen_by(can).await?;
    let sequences = campaign.settings.sequences.read()?;
    let schedule = campaign.campaign_schedule.read()?;
    let sees_senders = super::super::seen::sees_senders(can);
    let emails = &campaign.settings.email_list;
    let refused = match (back, LAUNCH.offered_on(can, near, id)) {
        (Some(back), Some(offer)) => {
            Some(Form::of::<Press>(can, offer.called("Launch"))?.called("Launch").back(Some(back)))
        }
        (Some(_), None) | (None, _) => None,
    };
    let steps = sequences.first().map_or(0, |sequence| sequence.steps.len());
    let show = Show {
        head: Head::of(can, near, &campaign, Place::Overview),
        refused,
        press: press(can, near, &campaign).map(Offer::main),
        actions: actions(can, near, &campaign),
        missing: missing(can, near, &campaign, (steps, sees_senders)),
        steps: words::steps(sequences.first()),
        windows: schedule.schedules.iter().map(words::window).collect(),
        dates: words::dates(&schedule),
        senders: emails.iter().take(NAMED).cloned().collect(),
        more_senders: emails.len().saturating_sub(NAMED),
        sees_senders,
        leads: store::lead_count(can, id).await?,
        tags: store::labels(can, &[id]).await?.into_iter().map(|(_, label)| label).collect(),
        owner: people.user(campaign.owned_by),
        collaborators: campaign.collaborators.iter().map(|member| people.member(*member)).collect(),
        why: WHY.open_to(can, ()).map(|offer| {
            offer
                .called("Why somebody can or cannot launch it")
                .with(&[("permission", "campaigns:launch"), ("record", &id.to_string())])
        }),
        campaign,
    };
    Ok(Page::new(show.campaign.name.clone(), &show)?.coming(back))
}

fn actions(can: &Caller, near: Near, campaign: &Campaign) -> Vec<Offer> {
    let id = campaign.id;
    let all = [
        DUPLICATE.open_to(can, id),
        ABOUT_TO_SHARE.offered_on(can, near, id),
        EXPORT.offered_on(can, near, id),
        ABOUT_TO_DELETE.offered_on(can, near, id),
    ];
    all.into_iter().flatten().collect()
}

fn missing(can: &Caller, near: Near, campaign: &Campaign, (steps, sees): (usize, bool)) -> Vec<Missing> {
    let id = campaign.id;
    let settings = &campaign.settings;
    let no_sender = sees && settings.email_list.is_empty() && settings.email_tag_list.is_empty();
    let (sequence, options) = (SEQUENCE.offered_on(can, near, id), OPTIONS.offered_on(can, near, id));
    let all = [
        (steps == 0).then_some(Missing {
            what: "It has no steps.",
            then: "A campaign sends the steps of its sequence.",
            way: sequence,
        }),
        no_sender.then(|| Missing {
            what: "It has no sending account.",
            then: "Its owner must be able to send from the account.",
            way: options.map(|offer| offer.called("Choose sending accounts")),
        }),
    ];
    let waits = match campaign.status {
        DRAFT | PAUSED | COMPLETED => None,
        SUSPENDED => Some(Missing {
            what: "Its sending accounts are suspended.",
            then: "It cannot be launched before they work again.",
            way: None,
        }),
        -1 => Some(Missing {
            what: "Its sending accounts have errors.",
            then: "It waits until one of them works again.",
            way: None,
        }),
        -2 => Some(Missing {
            what: "Too many mails bounced.",
            then: "It was stopped to protect its sending accounts.",
            way: None,
        }),
        _ => None,
    };
    all.into_iter().chain([waits]).flatten().collect()
}
