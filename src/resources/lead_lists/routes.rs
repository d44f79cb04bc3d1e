use super::{LeadList, New, Patch, VerificationStats, store};
use crate::access::{Can, STEP, lead_lists::*, one_more_step};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread, absent_not_null, after_time};
use crate::resources::lead_containers::{Container, delete_some_leads};
use crate::resources::members::{Whose, owner};
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::ControlFlow::Break;

operations! {
    router:

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
    DELETE "/api/v2/lead-lists/{id}" => remove as "deleteLeadList";

    /// Get the verification results of a lead list
    ///
    /// Counts the leads of the list by the result of their verification.
    GET "/api/v2/lead-lists/{id}/verification-stats" => verification as "getVerificationStats";
}

fn subject(list: &LeadList) -> Subject {
    Subject::new("lead_list", list.id)
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    /// How many lists to give, 1 to 100; 10 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: a time, or a time and an id with `&` between.
    #[schemars(transform = absent_not_null, length(max = 100))]
    starting_after: Option<String>,
    #[schemars(transform = absent_not_null)]
    has_enrichment_task: Option<bool>,
    /// In the name.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<LeadList, String>>> {
    let (limit, before) = (filter.limit.unwrap_or(10), after_time(filter.starting_after.as_deref())?);
    let wanted = (filter.search.as_deref(), filter.has_enrichment_task);
    let items = store::list(&can, before, limit, wanted).await?;
    let position = |list: &LeadList| format!("{}&{}", list.timestamp_created, list.id);
    Ok(Json(Page::new(items, limit, position)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadList>> {
    Ok(Json(store::find(&can, can.reader(), id).await?))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<LeadList>> {
    let created = can.write(async move |can, tx| {
        let owned_by = match new.owned_by {
            Some(wanted) => owner::<Create>(can, tx, Some(wanted), Whose::New("list")).await?,
            None => can.user(),
        };
        let list = LeadList {
            id: can.new_id(),
            organization_id: can.workspace(),
            has_enrichment_task: new.has_enrichment_task,
            owned_by,
            name: new.name.clone(),
            timestamp_created: can.now(),
        };
        store::insert(can, tx, &list).await?;
        Ok(Change::created(subject(&list), list))
    });
    created.await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, patch: Unread<Patch>) -> Result<Json<LeadList>> {
    store::find(&can, can.reader(), id).await?;
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let mut after: LeadList = patch.over(&before)?;
        if after.owned_by != before.owned_by {
            after.owned_by = owner::<Update>(can, tx, after.owned_by, Whose::Theirs("list")).await?;
        }
        store::update(can, tx, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    updated.await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadList>> {
    let removed = can.write_in_steps((), async move |can, tx, ()| {
        let list = store::find(can, &mut *tx, id).await?;
        let leads = delete_some_leads(can, tx, Container::List(id)).await?;
        if leads == STEP {
            return Ok(one_more_step(subject(&list), "leads"));
        }
        store::delete(can, tx, id).await?;
        Ok(Break(Change::deleted(subject(&list), list).affecting(1 + leads as usize)))
    });
    removed.await.map(Json)
}

async fn verification(
    can: Can<Read>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<VerificationStats>> {
    store::find(&can, can.reader(), id).await?;
    Ok(Json(store::verification(&can, id).await?))
}
