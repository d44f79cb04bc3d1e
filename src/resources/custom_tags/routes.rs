use super::list::Filter;
use super::toggle::{self, Done};
use super::{CustomTag, New, Patch};
use crate::access::{Can, custom_tags::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/custom-tags", get(list).post(create))
        .api_route("/api/v2/custom-tags/{id}", get(show).patch(update).delete(delete))
        .api_route("/api/v2/custom-tags/toggle-resource", post(toggle))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<CustomTag>>> {
    let tags = super::list(&can, &filter).await?;
    Ok(Json(Page::new(tags, filter.paging.limit(), |tag: &CustomTag| tag.id)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<CustomTag>> {
    can.find(can.reader(), id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<CustomTag>> {
    super::create(can, new).await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, body: Unread<Patch>) -> Result<Json<CustomTag>> {
    can.find::<CustomTag>(can.reader(), id).await?;
    super::update(can, id, body.patch().await?).await.map(Json)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<CustomTag>> {
    super::delete(can, id).await.map(Json)
}

async fn toggle(can: Can<Toggle>, Json(body): Json<toggle::Body>) -> Result<Json<Done>> {
    toggle::toggle(can, body).await.map(Json)
}
