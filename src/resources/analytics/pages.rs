//! The figures as pages: those of the workspace, and those of a campaign with the state of its sending.

mod sending;

use super::range::Range;
use super::{CampaignDay, CampaignFigures, Overview, StepFigures, Wanted};
use crate::access::{Caller, Can, campaigns::*};
use crate::error::Result;
use crate::http::{Id, Path, Query, optional_not_null};
use crate::resources::campaign_mails;
use crate::resources::campaigns::{self, Head, Place};
use crate::time::Time;
use crate::web::{Column, Empty, Legend, Offer, Page, Pages, Rail, Way, plot};
use askama::Template;
use schemars::JsonSchema;
use sending::Sending;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/analytics", "Analytics");
const SHOW: Way<Read> = Way::page("/w/{workspace}/campaigns/{id}/analytics", "Analytics");
const CAMPAIGN: Way<Read> = Way::page("/w/{workspace}/campaigns/{id}", "Campaign");
const CAMPAIGNS: Way<Read> = Way::page("/w/{workspace}/campaigns", "See the campaigns");
const NEW: Way<Create> = Way::page("/w/{workspace}/campaigns/new", "New campaign");

const LEGEND: Legend = Legend { whole: "mails", part: "first mails to new leads", rest: "follow-ups" };
/// The days of the longest period.
const LONGEST: usize = 90;

pub fn pages() -> Pages {
    Pages::under(Rail::Analytics).at(&LIST, list).and(Pages::under(Rail::Campaigns).at(&SHOW, show))
}

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Period {
    /// How many days until today.
    #[schemars(extend("enum" = [7, 30, 90]))]
    days: Option<i64>,
}

impl Period {
    fn length(&self) -> i64 {
        self.days.unwrap_or(30)
    }

    /// Each day of the period.
    fn days(&self, now: Time) -> Vec<String> {
        let ago = (0..self.length()).rev().take(LONGEST);
        ago.map(|ago| now.minus(ago * Time::DAY).day()).collect()
    }

    fn range(&self, now: Time) -> Range {
        let first = now.minus((self.length() - 1) * Time::DAY).day();
        Range::Days { first, last: now.day() }
    }

    /// The links to all periods, and whether each is the present one.
    fn choices(&self, offer: impl Fn() -> Option<Offer>) -> Vec<(Offer, bool)> {
        let one = |days: i64| {
            let offer = offer()?.called(format!("{days} days")).with(&[("days", &days.to_string())]);
            Some((offer, days == self.length()))
        };
        [7, 30, 90].into_iter().filter_map(one).collect()
    }
}

/// A figure, and what it means.
struct Tile {
    name: &'static str,
    count: i64,
    note: String,
}

fn tile(name: &'static str, count: i64, note: impl Into<String>) -> Tile {
    Tile { name, count, note: note.into() }
}

fn tiles(all: &Overview) -> Vec<Tile> {
    let of_sent = |count: i64| match all.emails_sent_count {
        0 => String::new(),
        sent => format!("{:.1} % of the mails", count as f64 * 100.0 / sent as f64),
    };
    let unsure = match all.unconfirmed_count {
        0 => String::new(),
        count => format!("and {count} unconfirmed"),
    };
    vec![
        tile("Mails sent", all.emails_sent_count, unsure),
        tile(
            "Leads contacted",
            all.contacted_count,
            format!("{} of them new", all.new_leads_contacted_count),
        ),
        tile("Bounced", all.bounced_count, of_sent(all.bounced_count)),
        tile("Unsubscribed", all.unsubscribed_count, of_sent(all.unsubscribed_count)),
        tile("Completed", all.completed_count, "leads with no further step"),
        tile("Opportunities", all.total_opportunities, "leads with a positive label"),
    ]
}

/// What a period shows on both pages.
struct Shown {
    periods: Vec<(Offer, bool)>,
    tiles: Vec<Tile>,
    plot: String,
    days: Vec<CampaignDay>,
    /// Something happened in the period.
    is_any: bool,
}

async fn figures(can: &Can<Read>, wanted: &Wanted, period: &Period) -> Result<Shown> {
    let overview = super::overview(can, wanted, false).await?;
    let days = super::daily(can, wanted).await?;
    let known: HashMap<&str, &CampaignDay> = days.iter().map(|day| (day.date.as_str(), day)).collect();
    let column = |name: String| {
        let (whole, part) =
            known.get(name.as_str()).map_or((0, 0), |day| (day.sent, day.new_leads_contacted));
        Column { name, whole, part }
    };
    let columns: Vec<Column> = period.days(can.now()).into_iter().map(column).collect();
    let title = format!("Mails sent in the last {} days", period.length());
    let tiles = tiles(&overview);
    let is_any = !days.is_empty() || tiles.iter().any(|tile| tile.count > 0);
    Ok(Shown { periods: vec![], tiles, plot: plot(&title, LEGEND, &columns), days, is_any })
}

#[derive(Template)]
#[template(path = "analytics/list.html")]
struct List {
    shown: Shown,
    rows: Vec<Row>,
    /// What the page says if the caller sees no campaign.
    empty: Option<Empty>,
    next: Option<Offer>,
}

struct Row {
    href: String,
    figures: CampaignFigures,
}

async fn list(can: Can<Read>, Query(period): Query<Period>) -> Result<Page> {
    let wanted = Wanted { range: period.range(can.now()), ..Wanted::default() };
    let all = super::newest(&can, &wanted).await?;
    let is_empty = all.is_empty();
    let any = |one: &CampaignFigures| {
        one.emails_sent_count + one.unconfirmed_count + one.bounced_count + one.total_opportunities > 0
    };
    let href = |id: Uuid| SHOW.href(&can, id);
    let rows = all.into_iter().filter(any).map(|figures| Row { href: href(figures.campaign_id), figures });
    let list = List {
        shown: Shown {
            periods: period.choices(|| LIST.open_to(&can, ())),
            ..figures(&can, &wanted, &period).await?
        },
        rows: rows.collect(),
        empty: is_empty.then(|| empty(NEW.open_to(&can, ()).is_some())),
        next: match is_empty {
            true => NEW.open_to(&can, ()),
            false => CAMPAIGNS.open_to(&can, ()),
        },
    };
    Page::new("Analytics", &list)
}

fn empty(creates: bool) -> Empty {
    match creates {
        true => Empty::FirstUse {
            what: "figures",
            use_for: "Figures appear when a campaign has sent mails. Launch a campaign that has a sequence, a sending \
                      account and leads.",
        },
        false => Empty::NoneVisible { what: "figures" },
    }
}

#[derive(Template)]
#[template(path = "analytics/show.html")]
struct Show {
    head: Head,
    sending: Sending,
    shown: Shown,
    steps: Vec<StepFigures>,
    open: Option<Offer>,
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, Query(period): Query<Period>) -> Result<Page> {
    let (campaign, near) = campaigns::reached(&can, id).await?;
    let wanted = Wanted::of_one(id, period.range(can.now()));
    let status = campaign_mails::status(can.further::<Read>()?, id).await?;
    let show = Show {
        head: Head::of(&can, near, &campaign, Place::Analytics),
        sending: Sending::of(&campaign, status),
        shown: Shown {
            periods: period.choices(|| SHOW.open_to(&can, id)),
            ..figures(&can, &wanted, &period).await?
        },
        steps: super::steps(&can, &wanted, true).await?,
        open: step_beside(&can, id),
    };
    Page::new(format!("Analytics: {}", campaign.name), &show)
}

/// Where the next step is, while there are no figures.
fn step_beside(can: &Caller, id: Uuid) -> Option<Offer> {
    CAMPAIGN.open_to(can, id).map(|offer| offer.called("See what the campaign needs"))
}

impl StepFigures {
    /// `Step 2, variant B`.
    fn called(&self) -> String {
        let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<usize>().ok());
        match (number(&self.step), number(&self.variant)) {
            (Some(step), Some(variant)) => {
                format!("Step {}, variant {}", step + 1, campaigns::letter(variant))
            }
            _ => "Before the first mail".to_owned(),
        }
    }
}
