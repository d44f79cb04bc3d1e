use super::list::Filter;
use super::verification::VerificationStats;
use super::{LeadList, New, Patch};
use crate::access::{Can, lead_lists::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread};
use crate::resources::operations;

operations! {
    /// List lead lists
    ///
    /// Newest first. A caller with a tag limit sees no lists, because lists have no tags.
    GET "/api/v2/lead-lists" => list as "listLeadList";

    /// Create a lead list
    ///
    /// The list belongs to the caller, unless `owned_by` names another member. Only callers who reach
    /// every list may name one.
    POST "/api/v2/lead-lists" => create as "createLeadList" with { "name": "Trade fair" };

    /// Get a lead list
    ///
    /// Answers 404 for a list that the caller cannot see.
    GET "/api/v2/lead-lists/{id}" => show as "getLeadList";

    /// Update a lead list
    ///
    /// Changes only the fields that the body names.
    PATCH "/api/v2/lead-lists/{id}" => update as "patchLeadList" with { "name": "Trade fair, Berlin" };

    /// Delete a lead list
    ///
    /// Deletes its leads too. Many leads are deleted in several transactions, each with its own audit
    /// row.
    DELETE "/api/v2/lead-lists/{id}" => delete as "deleteLeadList";

    /// Get the verification results of a lead list
    ///
    /// Counts the leads of the list by the result of their verification.
    GET "/api/v2/lead-lists/{id}/verification-stats" => verification as "getVerificationStats";
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
    super::update(can, id, body.read().await?).await.map(Json)
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
