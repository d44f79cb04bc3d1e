//! The JSON face of campaigns.

use super::from_export::not_shared;
use super::list::{Contact, Count, Filter, Found};
use super::{Campaign, DuplicateCampaign, New, Patch, store};
use crate::access::{Can, Seen, campaigns::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Empty, Id, Json, Nothing, Optional, Page, Path, Query, Unread, Unused};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/campaigns", get(list).post(create))
        .api_route("/api/v2/campaigns/{id}", get(show).patch(update).delete(remove))
        .api_route("/api/v2/campaigns/{id}/activate", post(launch))
        .api_route("/api/v2/campaigns/{id}/pause", post(pause))
        .api_route("/api/v2/campaigns/{id}/duplicate", post(duplicate))
        .api_route("/api/v2/campaigns/{id}/share", post(share))
        .api_route("/api/v2/campaigns/{id}/export", post(export))
        .api_route("/api/v2/campaigns/{id}/from-export", post(from_export))
        .api_route("/api/v2/campaigns/count-launched", get(count_launched))
        .api_route("/api/v2/campaigns/search-by-contact", get(search_by_contact))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<Seen<Campaign>>>> {
    super::list(can, filter).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    super::show(can, id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Seen<Campaign>>> {
    super::create(can, new).await.map(Json)
}

async fn update(can: Can<Update>, id: Path<Id>, patch: Unread<Patch>) -> Result<Json<Seen<Campaign>>> {
    let Path(Id { id }) = id;
    store::find(&can, can.reader(), id).await?;
    super::update(can, id, patch.read().await?).await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    super::remove(can, id).await.map(Json)
}

async fn launch(can: Can<Launch>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    super::launch(can, id).await.map(Json)
}

async fn pause(can: Can<Pause>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    super::pause(can, id).await.map(Json)
}

async fn duplicate(
    can: Can<Create>,
    Path(Id { id }): Path<Id>,
    Optional(body): Optional<DuplicateCampaign>,
) -> Result<Json<Seen<Campaign>>> {
    super::duplicate(can, id, body.name).await.map(Json)
}

async fn share(can: Can<Share>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Empty> {
    super::share(can, id).await
}

async fn export(can: Can<Export>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    super::export(can, id).await.map(Json)
}

/// A text that is not an id is answered like the id of a campaign that is not shared.
async fn from_export(can: Can<Create>, id: Result<Path<Id>>, _: Unused) -> Result<Json<Seen<Campaign>>> {
    let Path(Id { id }) = id.map_err(|_| not_shared())?;
    super::from_export(can, id).await.map(Json)
}

async fn count_launched(can: Can<Read>, _: Nothing) -> Result<Json<Count>> {
    super::count_launched(can).await.map(Json)
}

async fn search_by_contact(can: Can<Read>, Query(contact): Query<Contact>) -> Result<Json<Found>> {
    super::search_by_contact(can, contact).await.map(Json)
}
