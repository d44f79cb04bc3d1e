//! Many leads of one campaign or list at once: those within reach, and no others.

use super::SHAPE;
use super::container::Place;
use crate::access::{Can, Permission, leads::Delete};
use crate::audit::Change;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::http::{Json, absent_not_null};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
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
    let deleted = can.write(async move |can, tx| {
        place.seen(can, tx, place.field("campaign_id")).await?;
        let count = matching(can, tx, place, &body).await?;
        let before = json!({ "leads": count, "status": body.status, "ids": body.ids });
        Ok(Change::new(place.subject(), before, (), Deleted { count }).affecting(count as usize))
    });
    deleted.await.map(Json)
}

async fn matching<P: Permission>(can: &Can<P>, tx: &mut Tx, place: Place, body: &Body) -> Result<u64> {
    sql("delete from leads where workspace_id = $1 and id in (select l.id from leads l \
         where {within} and {visible} {filters} order by l.id limit $2)")
    .bind(can.workspace())
    .bind(body.limit.unwrap_or(i64::MAX))
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(place.campaign(), " and l.campaign_id = ", "");
        out.given(place.list(), " and l.list_id = ", "");
        out.given(body.status, " and l.status = ", "");
        out.given_list(body.ids.as_deref(), " and l.id in (", ")");
    })
    .run(tx)
    .await
}
