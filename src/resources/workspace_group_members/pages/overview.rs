//! The group on one page: a row for each sub-workspace.

use super::super::overview::{Overview, Slice, figures};
use super::group;
use crate::access::{Can, workspace_group_members::*};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::web::{Empty, Offer, Page, Pages, Rail, Way, home};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

pub const SHOW: Way<Read> = Way::page("/w/{workspace}/group/overview", "Overview");

pub fn pages() -> Pages {
    Pages::under(Rail::Group).at(&SHOW, show)
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    starting_after: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "workspace_group_members/overview.html")]
struct Whole {
    rows: Vec<Row>,
    older: Option<Offer>,
    back: Option<Offer>,
    empty: Empty,
}

struct Row {
    figures: Overview,
    href: Option<String>,
}

impl Row {
    fn name(&self) -> String {
        let name = self.figures.workspace_name.clone();
        name.unwrap_or_else(|| self.figures.workspace_id.to_string())
    }

    /// "3 active, 1 draft".
    fn campaigns(&self) -> Option<String> {
        self.figures.campaigns.as_ref().map(|all| {
            words(all, |status| match status {
                0 => "draft",
                1 => "active",
                2 => "paused",
                3 => "completed",
                _ => "other",
            })
        })
    }

    fn accounts(&self) -> Option<String> {
        self.figures.accounts.as_ref().map(|all| {
            words(all, |status| match status {
                1 => "active",
                2 => "paused",
                3 => "in maintenance",
                _ => "with an error",
            })
        })
    }
}

fn words(all: &BTreeMap<i64, i64>, word: fn(i64) -> &'static str) -> String {
    let mut by_word: Vec<(&str, i64)> = vec![];
    for (status, number) in all.iter().rev() {
        let word = word(*status);
        match by_word.iter_mut().find(|(known, _)| *known == word) {
            Some((_, sum)) => *sum += number,
            None => by_word.push((word, *number)),
        }
    }
    let texts: Vec<String> = by_word.iter().map(|(word, number)| format!("{number} {word}")).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

async fn show(can: Can<Read>, Query(from): Query<From>) -> Result<Page> {
    let slice = Slice::after(from.starting_after);
    let found = figures(&can, &slice).await?;
    let last = found.last().filter(|_| found.len() as i64 == slice.limit()).map(|entry| entry.id.to_string());
    let older = last
        .and_then(|last| Some(SHOW.offered(&can, ())?.called("Older").with(&[("starting_after", &last)])));
    let row = |figures: Overview| {
        let href = (can.may_act() && !figures.paused).then(|| home(figures.workspace_id));
        Row { figures, href }
    };
    let whole = Whole {
        rows: found.into_iter().map(row).collect(),
        older,
        back: group::SHOW.offered(&can, ()),
        empty: Empty::FirstUse {
            what: "sub-workspaces",
            use_for: "Invite the workspaces of your clients. Each appears here once its owner has accepted.",
        },
    };
    Page::new("Overview of the group", &whole)
}
