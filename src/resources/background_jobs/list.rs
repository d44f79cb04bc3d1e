//! Reads background jobs: a page, and one.

use super::store::{self, Place, Wanted};
use super::{BackgroundJob, ENTITIES, KINDS, OURS};
use crate::access::{Answer, Can, Seen, background_jobs::Read};
use crate::error::{Error, Result};
use crate::http::{Order, Page, absent_not_null, ids, optional_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Column {
    CreatedAt,
    UpdatedAt,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    /// How many jobs to return, 1 to 100. The default is 10.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before.
    #[schemars(length(max = 100))]
    starting_after: Option<String>,
    /// Only these jobs, separated by commas.
    #[schemars(length(max = 2500))]
    ids: Option<String>,
    #[schemars(length(max = 2500))]
    included_ids: Option<String>,
    #[schemars(length(max = 2500))]
    excluded_ids: Option<String>,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = KINDS, "x-gatepost-values" = OURS))]
    kind: Option<String>,
    #[schemars(extend("enum" = ENTITIES))]
    entity_type: Option<String>,
    /// UUIDs separated by commas.
    entity_id: Option<String>,
    /// States separated by commas.
    #[schemars(length(max = 200))]
    status: Option<String>,
    #[schemars(with = "Column")]
    #[serde(default)]
    sort_column: Option<Column>,
    /// The default is newest first.
    #[schemars(with = "Order")]
    #[serde(default)]
    sort_order: Option<Order>,
}

fn texts(list: Option<&str>) -> Option<Vec<String>> {
    list.map(|list| list.split(',').map(|text| text.trim().to_owned()).collect())
}

impl Filter {
    fn wanted(&self) -> Result<Wanted> {
        let (ids_, included) = (texts(self.ids.as_deref()), texts(self.included_ids.as_deref()));
        let both = match (ids_, included) {
            (Some(ids), Some(included)) => Some([ids, included].concat()),
            (ids, included) => ids.or(included),
        };
        Ok(Wanted {
            ids: both,
            excluded: texts(self.excluded_ids.as_deref()).unwrap_or_default(),
            kind: self.kind.clone(),
            entity_type: self.entity_type.clone(),
            entities: ids("entity_id", self.entity_id.as_deref())?,
            statuses: texts(self.status.as_deref()),
        })
    }

    fn place(&self) -> Result<Place> {
        let by_change = self.sort_column == Some(Column::UpdatedAt);
        let after = self.starting_after.as_deref().map(position).transpose()?;
        Ok(Place {
            column: if by_change { "j.updated_at" } else { "j.created_at" },
            descending: self.sort_order != Some(Order::Asc),
            after,
            limit: self.limit(),
        })
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    /// The cursor of the page after this job.
    fn position(&self, job: &BackgroundJob) -> String {
        match self.sort_column {
            Some(Column::UpdatedAt) => format!("{}&{}", job.updated_at, job.id),
            Some(Column::CreatedAt) | None => format!("{}&{}", job.created_at, job.id),
        }
    }
}

/// A time and an id, or only an id: its first digits are the time of creation.
fn position(cursor: &str) -> Result<(Time, String)> {
    let wrong = || Error::invalid("querystring/starting_after must be the `next_starting_after` of a page");
    let made = |id: &str| i64::from_str_radix(id.get(..12)?, 16).ok().map(Time);
    match cursor.split_once('&') {
        Some((at, id)) => Ok((Time::parse(at).ok_or_else(wrong)?, id.to_owned())),
        None => Ok((made(cursor).ok_or_else(wrong)?, cursor.to_owned())),
    }
}

pub async fn list(can: Can<Read>, filter: Filter) -> Result<Page<Seen<BackgroundJob>, String>> {
    let jobs = store::list(&can, &filter.wanted()?, &filter.place()?).await?;
    let items = jobs.into_iter().map(|job| job.seen_by(&can)).collect();
    Ok(Page::new(items, filter.limit(), |job: &Seen<BackgroundJob>| filter.position(job)))
}

/// Jobs on a page.
pub const ROWS: i64 = 50;

/// A page of jobs, newest first, and the cursor of the next one.
pub async fn newest(
    can: &Can<Read>,
    starting_after: Option<&str>,
) -> Result<(Vec<Seen<BackgroundJob>>, Option<String>)> {
    let after = starting_after.map(position).transpose()?;
    let place = Place { column: "j.created_at", descending: true, after, limit: ROWS };
    let jobs = store::list(can, &Wanted::default(), &place).await?;
    let last = jobs.last().filter(|_| jobs.len() as i64 == ROWS);
    let next = last.map(|job| format!("{}&{}", job.created_at, job.id));
    Ok((jobs.into_iter().map(|job| job.seen_by(can)).collect(), next))
}

#[derive(Default, Deserialize, JsonSchema)]
pub struct Selection {
    /// Which fields of `data` to return, separated by commas.
    #[schemars(transform = absent_not_null, length(max = 500))]
    data_fields: Option<String>,
}

pub async fn show(can: Can<Read>, id: &str, selection: Selection) -> Result<Seen<BackgroundJob>> {
    let mut job = store::find(&can, id).await?;
    if let Some(fields) = texts(selection.data_fields.as_deref()) {
        job.data.retain(|field, _| fields.contains(field));
    }
    Ok(job.seen_by(&can))
}
