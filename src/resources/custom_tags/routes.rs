use super::{CustomTag, New, Patch, store, store::Wanted};
use crate::access::{Caller, Can, STEP, custom_tags::*, one_more_step};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Unread, absent_not_null, ids};
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::ControlFlow::Break;

operations! {
    router:

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
    DELETE "/api/v2/custom-tags/{id}" => remove as "deleteCustomTag";
}

fn subject(tag: &CustomTag) -> Subject {
    Subject::new("custom_tag", tag.id)
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    #[serde(flatten)]
    paging: Paging,
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    /// Tags on any of these resources: UUIDs with commas between.
    #[schemars(transform = absent_not_null)]
    resource_ids: Option<String>,
    #[schemars(transform = absent_not_null)]
    tag_ids: Option<String>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<CustomTag>>> {
    let wanted = Wanted {
        tags: ids("tag_ids", filter.tag_ids.as_deref())?,
        resources: ids("resource_ids", filter.resource_ids.as_deref())?,
        search: filter.search,
    };
    let tags = store::list(&can, &filter.paging, &wanted).await?;
    Ok(Json(Page::new(tags, filter.paging.limit(), |tag: &CustomTag| tag.id)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<CustomTag>> {
    Ok(Json(store::find(&can, can.reader(), id).await?))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<CustomTag>> {
    let created = can.write(async move |can, tx| {
        let tag = CustomTag {
            id: can.new_id(),
            timestamp_created: can.now(),
            timestamp_updated: can.now(),
            organization_id: can.workspace(),
            label: new.label.trim().to_owned(),
            description: new.description.clone(),
        };
        unique(can, tx, &tag).await?;
        store::insert(tx, &tag).await?;
        Ok(Change::created(subject(&tag), tag))
    });
    created.await.map(Json)
}

async fn unique(can: &Caller, tx: &mut Tx, tag: &CustomTag) -> Result<()> {
    if tag.label.is_empty() {
        return Err(Error::invalid("body/label must have a character that is not a space"));
    }
    match store::taken(can, tx, &tag.label, tag.id).await? {
        true => Err(Error::Conflict("A tag with this name already exists.".to_owned())),
        false => Ok(()),
    }
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    patch: Unread<Patch>,
) -> Result<Json<CustomTag>> {
    store::find(&can, can.reader(), id).await?;
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let mut after = CustomTag { timestamp_updated: can.now(), ..patch.over(&before)? };
        after.label = after.label.trim().to_owned();
        if after.label != before.label {
            unique(can, tx, &after).await?;
        }
        store::update(tx, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    updated.await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<CustomTag>> {
    let removed = can.write_in_steps((), async move |can, tx, ()| {
        let tag = store::find(can, &mut *tx, id).await?;
        let mappings = store::unmap_some(can, tx, id).await?;
        if mappings == STEP {
            return Ok(one_more_step(subject(&tag), "mappings"));
        }
        store::delete(can, tx, id).await?;
        Ok(Break(Change::deleted(subject(&tag), tag)))
    });
    removed.await.map(Json)
}
