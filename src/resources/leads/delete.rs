//! Many leads of one campaign or list at once: those within reach, and no others.

use super::SHAPE;
use super::container::Place;
use crate::access::{Can, Permission, STEP, leads::Delete};
use crate::audit::Change;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::http::{Json, absent_not_null};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::ops::ControlFlow::{Break, Continue};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("anyOf" = [{ "required": ["campaign_id"] }, { "required": ["list_id"] }]))]
pub struct Body {
    /// This or `list_id`.
    #[schemars(transform = absent_not_null)]
    campaign_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, -1, -2, -3]))]
    #[serde(default)]
    status: Option<i64>,
    #[schemars(transform = absent_not_null, length(max = 10000))]
    ids: Option<Vec<Uuid>>,
    /// All that match, unless given.
    #[schemars(transform = absent_not_null, range(min = 1, max = 10000))]
    limit: Option<i64>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Deleted {
    #[schemars(default)]
    count: u64,
}

pub async fn delete(can: Can<Delete>, Json(body): Json<Body>) -> Result<Json<Deleted>> {
    let place = Place::of(("campaign_id", body.campaign_id), ("list_id", body.list_id))?;
    let deleted = can.write_in_steps((0, Uuid::nil()), async move |can, tx, (so_far, after)| {
        place.seen(can, tx, place.field("campaign_id")).await?;
        let limit = body.limit.map_or(u64::MAX, i64::unsigned_abs);
        let most = STEP.min(limit - so_far);
        let deleted = matching(can, tx, place, &body, (*after, most)).await?;
        let (leads, last) = (deleted.len(), deleted.iter().max().copied());
        let count = so_far + leads as u64;
        let ids = body.ids.is_some().then_some(deleted);
        let before = json!({ "leads": leads, "status": body.status, "ids": ids });
        Ok(match last {
            Some(last) if leads as u64 == STEP && count < limit => {
                Continue((Change::new(place.subject(), before, (), ()).affecting(leads), (count, last)))
            }
            Some(_) | None => {
                Break(Change::new(place.subject(), before, (), Deleted { count }).affecting(leads))
            }
        })
    });
    deleted.await.map(Json)
}

/// The next ones in the order of their ids.
async fn matching<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    place: Place,
    body: &Body,
    (after, most): (Uuid, u64),
) -> Result<Vec<Uuid>> {
    sql("delete from leads where workspace_id = $1 and id in (select l.id from leads l \
         where {within} and {visible} and l.id > $2 {filters} order by l.id limit $3) returning id")
    .bind(can.workspace())
    .bind(after)
    .bind(most as i64)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(place.campaign(), " and l.campaign_id = ", "");
        out.given(place.list(), " and l.list_id = ", "");
        out.given(body.status, " and l.status = ", "");
        out.given_list(body.ids.as_deref(), " and l.id in (", ")");
    })
    .all(tx)
    .await
}
