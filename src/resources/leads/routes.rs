//! The JSON face of leads.

use super::add::{AddLeads, Added};
use super::create::New;
use super::delete_many::{DeleteLeads, Deleted};
use super::list::ListLeads;
use super::{Lead, Patch, store};
use crate::access::{Can, leads::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Unread};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/leads", post(create).delete(delete_many))
        .api_route("/api/v2/leads/add", post(add))
        .api_route("/api/v2/leads/list", post(list))
        .api_route("/api/v2/leads/{id}", get(show).patch(update).delete(remove))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Lead>> {
    super::create(can, new).await.map(Json)
}

async fn add(can: Can<Create>, Json(wanted): Json<AddLeads>) -> Result<Json<Added>> {
    super::add(can, wanted).await.map(Json)
}

async fn list(can: Can<Read>, Json(wanted): Json<ListLeads>) -> Result<Json<Page<Lead, String>>> {
    super::list(can, wanted).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Lead>> {
    super::show(can, id).await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, patch: Unread<Patch>) -> Result<Json<Lead>> {
    store::find(&can, can.reader(), id).await?;
    super::update(can, id, patch.read().await?).await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Lead>> {
    super::remove(can, id).await.map(Json)
}

async fn delete_many(can: Can<Delete>, Json(wanted): Json<DeleteLeads>) -> Result<Json<Deleted>> {
    super::delete_many(can, wanted).await.map(Json)
}
