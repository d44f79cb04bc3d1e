use super::list::Filter;
use super::verification::VerificationStats;
use super::{LeadList, New, Patch};
use crate::access::{Can, lead_lists::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread};
use aide::axum::{ApiRouter, routing::get};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/lead-lists", get(list).post(create))
        .api_route("/api/v2/lead-lists/{id}", get(show).patch(update).delete(delete))
        .api_route("/api/v2/lead-lists/{id}/verification-stats", get(verification))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<LeadList, String>>> {
    let lists = super::list(&can, &filter).await?;
    Ok(Json(Page::new(lists, filter.limit(), LeadList::position)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadList>> {
    can.find(can.reader(), id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<LeadList>> {
    super::create(can, new).await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, body: Unread<Patch>) -> Result<Json<LeadList>> {
    can.find::<LeadList>(can.reader(), id).await?;
    super::update(can, id, body.patch().await?).await.map(Json)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadList>> {
    super::delete(can, id).await.map(Json)
}

async fn verification(
    can: Can<Read>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<VerificationStats>> {
    super::verification(&can, id).await.map(Json)
}
