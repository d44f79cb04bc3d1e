//! The page of the block list.

use super::draft::Draft;
use super::list::{Filter, ROWS};
use super::{BlockListEntry, Which, create_many, delete, download, list, purge};
use crate::access::{Can, block_list_entries::*};
use crate::error::Result;
use crate::http::{Id, Path, Query, optional_not_null};
use crate::web::{Back, Empty, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const LIST: Way<Read> = Way::page("/w/{workspace}/block-list", "Block list");
const CREATE: Way<Create> = Way::post("/w/{workspace}/block-list", "Block").main();
const DELETE: Way<Delete> = Way::post("/w/{workspace}/block-list/{id}/delete", "Delete");
const DOWNLOAD: Way<Download> = Way::post("/w/{workspace}/block-list/download", "Download as CSV");
const ABOUT_TO_PURGE: Way<Purge> = Way::page("/w/{workspace}/block-list/purge", "Delete all");
const PURGE: Way<Purge> = Way::post("/w/{workspace}/block-list/purge", "Delete all entries").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Blocked)
        .at(&LIST, entries)
        .at(&CREATE, block)
        .at(&DELETE, gone)
        .at(&DOWNLOAD, file)
        .at(&ABOUT_TO_PURGE, about_to_purge)
        .at(&PURGE, purged)
}

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    #[schemars(length(max = 254))]
    search: Option<String>,
    domains_only: Option<bool>,
    starting_after: Option<Uuid>,
}

impl From {
    fn search(&self) -> Option<String> {
        self.search.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn domains(&self) -> bool {
        self.domains_only == Some(true)
    }
}

#[derive(Template)]
#[template(path = "block_list_entries/list.html")]
struct List {
    rows: Vec<Row>,
    search: String,
    domains: bool,
    create: Option<Form>,
    acts: Vec<Offer>,
    clear: Option<Offer>,
    older: Option<Offer>,
    empty: Empty,
}

struct Row {
    entry: BlockListEntry,
    delete: Option<Offer>,
}

async fn entries(can: Can<Read>, Query(from): Query<From>) -> Result<Page> {
    listed(&can, &from, None).await
}

async fn listed(can: &Can<Read>, from: &From, back: Option<&Back>) -> Result<Page> {
    let search = from.search();
    let found = list(can, &Filter::of(search.clone(), from.domains(), from.starting_after)).await?;
    let narrowed = search.is_some() || from.domains();
    let filters = [
        search.as_ref().map(|search| format!("search {search}")),
        from.domains().then(|| "only domains".to_owned()),
    ];
    let filters = filters.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let search = search.unwrap_or_default();
    let last = found.last().filter(|_| found.len() as i64 == ROWS).map(|entry| entry.id.to_string());
    let older = last.and_then(|last| {
        let domains = if from.domains() { "true" } else { "" };
        let query = [("search", &*search), ("domains_only", domains), ("starting_after", &last)];
        Some(LIST.offered(can, ())?.called("Older").with(&query))
    });
    let empty = match narrowed {
        true => Empty::NoMatch { what: "entries", filters },
        false => Empty::FirstUse {
            what: "blocked addresses",
            use_for: "The workspace does not write to the addresses and domains on this list. A domain also blocks its \
                      subdomains.",
        },
    };
    let create = |offer: Offer| -> Result<Form> {
        let form = Form::of::<Draft>(can, offer)?.called("Block addresses and domains").back(back);
        Ok(form.ask(
            Input::new("bl_values", "Addresses and domains")
                .help("One in each line, or with commas between them. At most 1,000."),
        ))
    };
    let row = |entry: BlockListEntry| {
        let delete = DELETE.offered(can, entry.id).map(|offer| offer.about(&entry.bl_value));
        Row { delete, entry }
    };
    let any = !found.is_empty();
    let acts = [DOWNLOAD.offered(can, ()), ABOUT_TO_PURGE.offered(can, ())];
    let page = List {
        rows: found.into_iter().map(row).collect(),
        create: CREATE.offered(can, ()).map(create).transpose()?,
        acts: acts.into_iter().flatten().filter(|_| any).collect(),
        clear: LIST.offered(can, ()).filter(|_| narrowed).map(|offer| offer.called("Clear the filters")),
        domains: from.domains(),
        search,
        older,
        empty,
    };
    Ok(Page::new("Block list", &page)?.coming(back))
}

async fn block(can: Can<Create>, posted: Posted<Draft>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    match posted.through(async |draft: Draft| create_many(can, draft.entries()?).await).await? {
        Ok(created) => {
            let (blocked, wrong) = (created.items.len(), created.invalid_count);
            let said = format!(
                "{blocked} {} on the block list.",
                if blocked == 1 { "entry is" } else { "entries are" }
            );
            let rest = match wrong {
                0 => String::new(),
                1 => "One line was left out, because it is neither an address nor a domain.".to_owned(),
                more => {
                    format!("{more} lines were left out, because they are neither addresses nor domains.")
                }
            };
            Ok(Reply::to(&LIST, ()).saying_more(said, rest))
        }
        Err(back) => listed(&look, &From::default(), Some(&back)).await.map(Reply::from),
    }
}

async fn gone(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let entry = delete(can, id).await?;
    Ok(Reply::to(&LIST, ()).saying(format!("{} is no longer blocked.", entry.bl_value)))
}

/// The file itself is the answer, so the page stays.
async fn file(can: Can<Download>, _: Posted<()>) -> Result<Response> {
    Ok(download(can, Which::default()).await?.into_response())
}

#[derive(Template)]
#[template(path = "block_list_entries/purge.html")]
struct Purging {
    purge: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_purge(can: Can<Purge>) -> Result<Page> {
    let back = LIST.offered(&can, ()).map(|offer| offer.called("Keep the entries"));
    Page::new("Delete all entries of the block list", &Purging { purge: PURGE.offered(&can, ()), back })
}

async fn purged(can: Can<Purge>, _: Posted<()>) -> Result<Reply> {
    let purged = purge(can, Which::default()).await?;
    let entries = if purged.count == 1 { "entry is" } else { "entries are" };
    Ok(Reply::to(&LIST, ()).saying(format!("{} {entries} deleted.", purged.count)))
}
