//! The SQL of reading jobs.

use super::{BackgroundJob, JOBS};
use crate::access::{Caller, Can, Permission};
use crate::db::{Json, Record, Row, Tx};
use crate::error::{Error, Result};
use crate::time::Time;

impl Record for BackgroundJob {
    const COLUMNS: &'static str = "j.id, j.workspace_id, j.user_id, j.kind, j.entity_id, j.entity_type, j.data, \
         j.progress, j.status, j.created_at, j.updated_at, j.error";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.take()?,
            workspace_id: row.take()?,
            user_id: row.take()?,
            kind: row.take()?,
            entity_id: row.take()?,
            entity_type: row.take()?,
            data: row.take::<Json<_>>()?.0,
            progress: row.take()?,
            status: row.take()?,
            created_at: row.take()?,
            updated_at: row.take()?,
            error: row.take()?,
        })
    }
}

#[derive(Default)]
pub struct Wanted {
    pub ids: Option<Vec<String>>,
    pub excluded: Vec<String>,
    pub kind: Option<String>,
    pub entity_type: Option<String>,
    pub entities: Option<Vec<uuid::Uuid>>,
    pub statuses: Option<Vec<String>>,
}

/// Where a page begins, and the order of its jobs.
pub struct Place {
    pub column: &'static str,
    pub descending: bool,
    pub after: Option<(Time, String)>,
    pub limit: i64,
}

pub async fn list<P: Permission>(can: &Can<P>, wanted: &Wanted, place: &Place) -> Result<Vec<BackgroundJob>> {
    can.sql(
        "select {columns} from jobs j where j.kind <> 'mail' and {visible} {filters} \
         order by {order} limit $1",
    )
    .bind(place.limit)
    .fill("{visible}", can.visible(&JOBS))
    .fill("{filters}", |out| {
        out.given_list(wanted.ids.as_deref(), " and j.id in (", ")");
        if !wanted.excluded.is_empty() {
            out.push(" and j.id not in (").list(&wanted.excluded).push(")");
        }
        out.given(wanted.kind.clone(), " and j.kind = ", "");
        out.given(wanted.entity_type.clone(), " and j.entity_type = ", "");
        out.given_list(wanted.entities.as_deref(), " and j.entity_id in (", ")");
        out.given_list(wanted.statuses.as_deref(), " and j.status in (", ")");
        let Some((at, id)) = &place.after else { return };
        let than = if place.descending { " < " } else { " > " };
        out.push(" and (").push(place.column).push(than).bind(*at).push(" or ").push(place.column);
        out.push(" = ").bind(*at).push(" and j.id").push(than).bind(id).push(")");
    })
    .fill("{order}", |out| {
        let way = if place.descending { " desc" } else { "" };
        out.push(place.column).push(way).push(", j.id").push(way);
    })
    .all(can.reader())
    .await
}

pub async fn find<P: Permission>(can: &Can<P>, id: &str) -> Result<BackgroundJob> {
    let found = can
        .sql("select {columns}, {within} from jobs j where j.id = $1 and j.kind <> 'mail' and {visible}")
        .bind(id)
        .fill("{within}", can.within(&JOBS))
        .fill("{visible}", can.visible(&JOBS))
        .optional(can.reader());
    can.admit(found.await?)
}

/// A job that the same transaction made.
pub async fn started(can: &Caller, tx: &mut Tx, id: &str) -> Result<BackgroundJob> {
    let job = can.sql("select {columns} from jobs j where j.workspace_id = {here} and j.id = $1").bind(id);
    job.optional(tx).await?.ok_or_else(|| Error::internal("a job is missing right after it was made"))
}
