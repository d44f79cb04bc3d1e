use super::list::Filter;
use super::{CustomTag, New, Patch};
use crate::access::{Can, custom_tags::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread};
use crate::resources::operations;

operations! {
    /// List tags
    ///
    /// Newest first.
    GET "/api/v2/custom-tags" => list as "listCustomTag";

    /// Create a tag
    ///
    /// Answers 409 if the workspace has a tag with this label.
    POST "/api/v2/custom-tags" => create as "createCustomTag" with { "label": "Europe" };

    /// Get a tag
    ///
    /// Answers 404 for a tag that the caller cannot see.
    GET "/api/v2/custom-tags/{id}" => show as "getCustomTag";

    /// Update a tag
    ///
    /// Changes the label or the description. Records keep the tag. Answers 409 if the workspace has
    /// another tag with this label.
    PATCH "/api/v2/custom-tags/{id}" => update as "patchCustomTag" with { "label": "EMEA" };

    /// Delete a tag
    ///
    /// Takes the tag off all records. Many records are changed in several transactions.
    DELETE "/api/v2/custom-tags/{id}" => delete as "deleteCustomTag";
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
    super::update(can, id, body.read().await?).await.map(Json)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<CustomTag>> {
    super::delete(can, id).await.map(Json)
}
