use super::{ApiKey, New};
use crate::access::{Answer, Can, Seen, api_keys::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Roll};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete, get};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/api-keys", get(list).post(create))
        .api_route("/api/v2/api-keys/{id}", delete(revoke))
}

async fn list(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Json<Page<Seen<ApiKey>>>> {
    let paging = Paging::from(roll);
    let keys = super::list(&can, &paging).await?.into_iter().map(|key| key.seen_by(&can)).collect();
    Ok(Json(Page::new(keys, paging.limit(), |key: &Seen<ApiKey>| key.id)))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Seen<ApiKey>>> {
    super::create(can, new).await.map(Json)
}

async fn revoke(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<ApiKey>>> {
    super::revoke(can, id).await.map(Json)
}
