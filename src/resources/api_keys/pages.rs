//! The pages of API keys: the list with advice, revoking, rotating, and making one.

mod created;
mod new;
mod rotation;

use super::{Advised, ApiKey, Finding, Scope, Severity, is_open_to};
use crate::access::{Answer, Can, Seen, api_keys::*, custom_tags as tags};
use crate::error::Result;
use crate::http::{Id, Path, Query, Roll};
use crate::resources::custom_tags::{self, CustomTag};
use crate::web::{Empty, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use uuid::Uuid;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/api-keys", "API keys");
const NEW: Way<Create> = Way::page("/w/{workspace}/api-keys/new", "New API key").main();
const CREATE: Way<Create> = Way::post("/w/{workspace}/api-keys/new", "Create the key").main();
const LOOK: Way<Create> = Way::post("/w/{workspace}/api-keys/look", "Look first");
const ABOUT_TO_ROTATE: Way<Rotate> = Way::page("/w/{workspace}/api-keys/{id}/rotate", "Rotate");
const ROTATE: Way<Rotate> = Way::post("/w/{workspace}/api-keys/{id}/rotate", "Rotate the key").main();
const ABOUT_TO_REVOKE: Way<Delete> = Way::page("/w/{workspace}/api-keys/{id}/revoke", "Revoke");
const REVOKE: Way<Delete> = Way::post("/w/{workspace}/api-keys/{id}/revoke", "Revoke the key").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Keys)
        .at(&LIST, list)
        .at(&NEW, new::begin)
        .at(&CREATE, new::create)
        .at(&LOOK, new::look)
        .at(&ABOUT_TO_ROTATE, rotation::begin)
        .at(&ROTATE, rotation::rotate)
        .at(&ABOUT_TO_REVOKE, about_to_revoke)
        .at(&REVOKE, revoke)
}

#[derive(Template)]
#[template(path = "api_keys/list.html")]
struct List {
    rows: Vec<Row>,
    new: Option<Offer>,
    older: Option<Offer>,
    empty: Empty,
}

/// A key as the pages show it.
struct Row {
    key: Seen<ApiKey>,
    advised: Advised,
    tags: Vec<String>,
    rotate: Option<Offer>,
    revoke: Option<Offer>,
}

/// A finding as a badge: its tone, and its words.
type Badge = (&'static str, String);

impl Row {
    fn rights(&self) -> Vec<Badge> {
        self.among(|one| {
            matches!(one, Finding::Everything | Finding::ChangesEverything | Finding::UnusedScopes { .. })
        })
    }

    fn expiry(&self) -> Vec<Badge> {
        self.among(|one| matches!(one, Finding::NoExpiry | Finding::ExpiresSoon(_) | Finding::Expired(_)))
    }

    fn usage(&self) -> Vec<Badge> {
        self.among(|one| {
            matches!(one, Finding::NeverUsed | Finding::Stale(_) | Finding::OldKeyStillUsed { .. })
        })
    }

    fn maker(&self) -> Vec<Badge> {
        self.among(|one| matches!(one, Finding::MakerGone | Finding::MakerLowered))
    }

    fn among(&self, some: impl Fn(&Finding) -> bool) -> Vec<Badge> {
        let badge = |one: &Finding| {
            let tone = if one.severity() == Severity::High { "no" } else { "warn" };
            (tone, one.words())
        };
        self.advised.findings.iter().filter(|one| some(one)).map(badge).collect()
    }

    /// The scopes to rotate to, if they are fewer than the key has.
    fn suggestion(&self) -> Option<&[Scope]> {
        let suggested = self.advised.suggested.as_deref()?;
        (suggested != self.key.scopes && !suggested.is_empty()).then_some(suggested)
    }

    fn kind(&self) -> &'static str {
        match (self.key.canary, self.key.personal) {
            (true, _) => "canary",
            (false, true) => "personal",
            (false, false) => "workspace",
        }
    }

    /// The name of the maker, or their address. Nothing for a key that another key or the operator made.
    fn made_by(&self) -> Option<&str> {
        let name = self.key.created_by_name.as_deref().filter(|name| !name.is_empty());
        name.or(self.key.created_by_email.as_deref())
    }

    fn addresses(&self) -> String {
        let all = self.key.allowed_ips.iter().flatten().map(ToString::to_string);
        all.collect::<Vec<_>>().join(", ")
    }
}

fn row<P>(can: &Can<P>, (key, advised): (ApiKey, Advised), tags: &[CustomTag]) -> Row {
    let label = |tag: &Uuid| tags.iter().find(|known| known.id == *tag).map(|tag| tag.label.clone());
    let revoke = ABOUT_TO_REVOKE.offered(can, key.id).filter(|_| is_open_to(can, &key));
    let rotate = ABOUT_TO_ROTATE.offered(can, key.id).filter(|_| advised.rotates);
    Row {
        advised,
        tags: key.tag_limit.iter().flatten().filter_map(label).collect(),
        rotate: rotate.map(|offer| offer.about(&key.name)),
        revoke: revoke.map(|offer| offer.about(&key.name)),
        key: key.seen_by(can),
    }
}

/// The tags that the caller sees, for the names of limits and for choosing one.
async fn all_tags<P: crate::access::Permission>(can: &Can<P>) -> Result<Vec<CustomTag>> {
    match can.further::<tags::Read>() {
        Ok(can) => custom_tags::list(&can, &custom_tags::Filter::of(100)).await,
        Err(_) => Ok(vec![]),
    }
}

async fn list(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Page> {
    let paging = roll.into();
    let keys = super::advice(&can, &paging).await?;
    let tags = all_tags(&can).await?;
    let last = keys.last().filter(|_| keys.len() as i64 == paging.limit()).map(|(key, _)| key.id.to_string());
    let older = last.and_then(|last| {
        let offer = LIST.offered(&can, ())?;
        Some(offer.called("Older").with(&[("starting_after", &last)]))
    });
    let list = List {
        rows: keys.into_iter().map(|key| row(&can, key, &tags)).collect(),
        new: NEW.offered(&can, ()),
        older,
        empty: Empty::FirstUse {
            what: "API keys",
            use_for: "A program calls this server with an API key. Give each program its own key, with the scopes that it \
                      needs.",
        },
    };
    Page::new("API keys", &list)
}

#[derive(Template)]
#[template(path = "api_keys/revoke.html")]
struct Revocation {
    row: Row,
    revoke: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_revoke(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (key, advised) = super::advice_about(&can.further()?, id).await?;
    let tags = all_tags(&can).await?;
    let revocation = Revocation {
        revoke: REVOKE.offered(&can, id).filter(|_| is_open_to(&can, &key)),
        back: LIST.offered(&can, ()).map(|offer| offer.called("Keep the key")),
        row: row(&can, (key, advised), &tags),
    };
    Page::new(format!("Revoke {}", revocation.row.key.name), &revocation)
}

async fn revoke(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let key = super::revoke(can, id).await?;
    Ok(Reply::to(&LIST, ())
        .saying_more(format!("{} is revoked.", key.name), "Its calls are refused from now on."))
}
