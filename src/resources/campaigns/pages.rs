//! The pages of campaigns: the list, a campaign, and what one can do with it.

mod access;
mod changes;
mod head;
mod new;
mod options;
mod schedule;
mod show;
mod words;
pub use changes::found as reached;
pub use head::{Head, Place};
pub use words::{State, letter, state};

use super::list::found;
use super::store::{self, Wanted};
use super::{Campaign, Visibility};
use crate::access::{Caller, Can, Near, Seen, campaigns::*, custom_tags as tags};
use crate::error::{Error, Result};
use crate::http::{Paging, Query, optional_not_null};
use crate::resources::custom_tags::{self, CustomTag};
use crate::resources::members::People;
use crate::web::{Choice, Empty, Offer, Page, Pages, Rail, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/campaigns", "Campaigns");
const NEW: Way<Create> = Way::page("/w/{workspace}/campaigns/new", "New campaign").main();
const CREATE: Way<Create> = Way::post("/w/{workspace}/campaigns/new", "Create the campaign").main();
pub const SHOW: Way<Read> = Way::page("/w/{workspace}/campaigns/{id}", "Overview");
const LAUNCH: Way<Launch> = Way::post("/w/{workspace}/campaigns/{id}/launch", "Launch");
const PAUSE: Way<Pause> = Way::post("/w/{workspace}/campaigns/{id}/pause", "Pause");
const DUPLICATE: Way<Create> = Way::post("/w/{workspace}/campaigns/{id}/duplicate", "Duplicate");
const EXPORT: Way<Export> = Way::post("/w/{workspace}/campaigns/{id}/export", "Export");
const ABOUT_TO_SHARE: Way<Share> = Way::page("/w/{workspace}/campaigns/{id}/share", "Share");
const SHARE: Way<Share> = Way::post("/w/{workspace}/campaigns/{id}/share", "Share for 7 days").main();
const ABOUT_TO_DELETE: Way<Delete> = Way::page("/w/{workspace}/campaigns/{id}/delete", "Delete").grave();
const DELETE: Way<Delete> = Way::post("/w/{workspace}/campaigns/{id}/delete", "Delete the campaign").grave();
const SCHEDULE: Way<Update> = Way::page("/w/{workspace}/campaigns/{id}/schedule", "Schedule");
const SAVE_SCHEDULE: Way<Update> = Way::post("/w/{workspace}/campaigns/{id}/schedule", "Save").main();
const OPTIONS: Way<Update> = Way::page("/w/{workspace}/campaigns/{id}/options", "Options");
const SAVE_OPTIONS: Way<Update> = Way::post("/w/{workspace}/campaigns/{id}/options", "Save").main();
const ACCESS: Way<Update> = Way::page("/w/{workspace}/campaigns/{id}/access", "Access");
const SAVE_ACCESS: Way<Update> = Way::post("/w/{workspace}/campaigns/{id}/access", "Save").main();

/// Rows of a page. So few campaigns never reach the limit of an answer, however long they are.
const ROWS: i64 = 25;
/// Campaigns whose names are options.
const OFFERED: i64 = 100;

pub fn pages() -> Pages {
    Pages::under(Rail::Campaigns)
        .at(&LIST, list)
        .at(&NEW, new::begin)
        .at(&CREATE, new::create)
        .at(&SHOW, show::show)
        .at(&LAUNCH, changes::launched)
        .at(&PAUSE, changes::paused)
        .at(&DUPLICATE, changes::duplicated)
        .at(&EXPORT, changes::exported)
        .at(&ABOUT_TO_SHARE, changes::about_to_share)
        .at(&SHARE, changes::shared)
        .at(&ABOUT_TO_DELETE, changes::about_to_delete)
        .at(&DELETE, changes::deleted)
        .at(&SCHEDULE, schedule::show)
        .at(&SAVE_SCHEDULE, schedule::save)
        .at(&OPTIONS, options::show)
        .at(&SAVE_OPTIONS, options::save)
        .at(&ACCESS, access::show)
        .at(&SAVE_ACCESS, access::save)
}

/// What the list shows. Every field is empty in a form whose filters are not set.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[schemars(length(max = 200))]
    search: Option<String>,
    /// The word of a state, such as `draft`.
    #[schemars(length(max = 40))]
    status: Option<String>,
    #[schemars(length(max = 40))]
    tag: Option<String>,
    /// A user.
    #[schemars(length(max = 40))]
    owner: Option<String>,
    #[schemars(length(max = 40))]
    visibility: Option<String>,
    starting_after: Option<Uuid>,
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn id_in(field: &str, text: Option<&String>) -> Result<Option<Uuid>> {
    let wrong = |_| Error::invalid(format!("querystring/{field} must be an id"));
    given(text).map(|text| text.parse().map_err(wrong)).transpose()
}

impl Filter {
    fn wanted(&self) -> Result<Wanted> {
        let unknown = |field: &str| Error::invalid(format!("querystring/{field} must be one of the options"));
        let status = match given(self.status.as_ref()) {
            Some(word) => Some(words::status_of(word).ok_or_else(|| unknown("status"))?),
            None => None,
        };
        let visibility = match given(self.visibility.as_ref()) {
            None => None,
            Some("team") => Some(Visibility::Team),
            Some("private") => Some(Visibility::Private),
            Some(_) => return Err(unknown("visibility")),
        };
        Ok(Wanted {
            search: given(self.search.as_ref()).map(str::to_owned),
            tags: id_in("tag", self.tag.as_ref())?.map(|tag| vec![tag]),
            status,
            owner: id_in("owner", self.owner.as_ref())?,
            visibility,
            ..Wanted::default()
        })
    }

    /// The filters that are set, by name.
    fn set(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("search", &self.search),
            ("status", &self.status),
            ("tag", &self.tag),
            ("owner", &self.owner),
            ("visibility", &self.visibility),
        ];
        all.into_iter().filter_map(|(name, text)| Some((name, given(text.as_ref())?))).collect()
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    fn value(&self, name: &str) -> &str {
        self.set().into_iter().find(|(set, _)| *set == name).map_or("", |(_, value)| value)
    }
}

#[derive(Template)]
#[template(path = "campaigns/list.html")]
struct List {
    filter: Filter,
    tags: Vec<Choice>,
    owners: Vec<Choice>,
    rows: Vec<Row>,
    new: Option<Offer>,
    older: Option<Offer>,
    clear: Option<Offer>,
    empty: Empty,
}

struct Row {
    campaign: Seen<Campaign>,
    href: String,
    state: State,
    owner: String,
    /// How many addresses it sends from. Nothing for callers who see no sending accounts.
    senders: String,
    tags: Vec<String>,
    press: Option<Offer>,
    more: Vec<Offer>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Page> {
    let paging = Paging { limit: Some(ROWS), starting_after: filter.starting_after };
    let campaigns = found(&can, &paging, &filter.wanted()?).await?;
    let ids: Vec<Uuid> = campaigns.iter().map(|campaign| campaign.id).collect();
    let near: HashMap<Uuid, Near> = store::near(&can, &ids).await?.into_iter().collect();
    let labels = store::labels(&can, &ids).await?;
    let people = People::seen_by(&can).await?;
    let last = ids.last().filter(|_| ids.len() as i64 == ROWS).map(ToString::to_string);
    let older = last.and_then(|last| {
        let query = [filter.set(), vec![("starting_after", last.as_str())]].concat();
        Some(LIST.open_to(&can, ())?.called("Older").with(&query))
    });
    let new = NEW.open_to(&can, ());
    let row = |campaign: Seen<Campaign>| {
        let near = near.get(&campaign.id).copied().unwrap_or(Near::HERE);
        row(&can, near, campaign, &people, &labels)
    };
    let list = List {
        tags: all_tags(&can).await?.into_iter().map(|tag| Choice::new(tag.id, tag.label)).collect(),
        owners: people.users(),
        rows: campaigns.into_iter().map(row).collect(),
        older,
        clear: LIST
            .open_to(&can, ())
            .filter(|_| !filter.set().is_empty())
            .map(|offer| offer.called("Clear the filters")),
        empty: empty(&filter, new.is_some()),
        new,
        filter,
    };
    Page::new("Campaigns", &list)
}

fn empty(filter: &Filter, creates: bool) -> Empty {
    let set = filter.set();
    if !set.is_empty() {
        let words: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
        return Empty::NoMatch { what: "campaigns", filters: words.join(", ") };
    }
    match creates {
        true => Empty::FirstUse {
            what: "campaigns",
            use_for: "A campaign writes to its leads, step by step. Create one, write the sequence, choose sending \
                      accounts, and launch it.",
        },
        false => Empty::NoneVisible { what: "campaigns" },
    }
}

fn row(
    can: &Caller,
    near: Near,
    campaign: Seen<Campaign>,
    people: &People,
    labels: &[(Uuid, String)],
) -> Row {
    let id = campaign.id;
    let own = labels.iter().filter(|(of, _)| *of == id).map(|(_, label)| label.clone());
    let about = |offer: Option<Offer>| offer.map(|offer| offer.about(&campaign.name));
    let more = [about(DUPLICATE.open_to(can, id)), about(ABOUT_TO_DELETE.offered_on(can, near, id))];
    Row {
        href: SHOW.href(can, id),
        state: state(campaign.status),
        owner: people.user(campaign.owned_by),
        senders: match super::seen::sees_senders(can) {
            true => campaign.settings.email_list.len().to_string(),
            false => String::new(),
        },
        tags: own.collect(),
        press: about(press(can, near, &campaign)),
        more: more.into_iter().flatten().collect(),
        campaign,
    }
}

/// Launching or pausing, whichever makes a difference.
fn press(can: &Caller, near: Near, campaign: &Campaign) -> Option<Offer> {
    match campaign.status {
        super::DRAFT | super::PAUSED | super::COMPLETED => LAUNCH.offered_on(can, near, campaign.id),
        super::SUSPENDED => None,
        _ => PAUSE.offered_on(can, near, campaign.id),
    }
}

/// The tags that the caller sees, for filters and for options.
async fn all_tags<P: crate::access::Permission>(can: &Can<P>) -> Result<Vec<CustomTag>> {
    match can.further::<tags::Read>() {
        Ok(can) => custom_tags::list(&can, &custom_tags::Filter::of(100)).await,
        Err(_) => Ok(vec![]),
    }
}

/// The newest campaigns that the caller sees, as options.
pub async fn names<P: crate::access::Permission>(can: &Can<P>) -> Result<Vec<Choice>> {
    let Ok(can) = can.further::<Read>() else { return Ok(vec![]) };
    let found = store::names(&can, OFFERED).await?;
    Ok(found.into_iter().map(|(id, name)| Choice::new(id, name)).collect())
}
