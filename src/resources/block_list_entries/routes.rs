use super::create::Created;
use super::list::Filter;
use super::{BlockListEntry, Ids, New, NewMany, Patch, Which};
use crate::access::{Can, block_list_entries::*};
use crate::error::Result;
use crate::http::{Affected, Csv, Id, Json, Nothing, Page, Path, Query, Unread};
use crate::resources::operations;

operations! {
    /// List block list entries
    ///
    /// Newest first. A caller with a tag limit sees no entries, because entries have no tags.
    GET "/api/v2/block-lists-entries" => list as "listBlockListEntry";

    /// Block an address or a domain
    ///
    /// A domain also blocks its subdomains. New leads with a blocked address are refused, and
    /// `leads/add` counts them in `in_blocklist`. Leads that exist already stay. A value that is blocked
    /// already stays as it is.
    POST "/api/v2/block-lists-entries" => create as "createBlockListEntry" with { "bl_value": "example.com" };

    /// Delete all block list entries that match
    ///
    /// Without a filter it deletes the whole block list, whatever its size. The answer lists the newest 10,000
    /// of the deleted entries. The header `x-gatepost-affected` says how many were deleted. Many entries are
    /// deleted in several transactions, each with its own audit row. Entries that are added meanwhile stay.
    DELETE "/api/v2/block-lists-entries" => purge as "deleteallBlockListEntry";

    /// Get a block list entry
    ///
    /// Answers 404 for an entry that the caller cannot see.
    GET "/api/v2/block-lists-entries/{id}" => show as "getBlockListEntry";

    /// Change the value of a block list entry
    ///
    /// Answers 409 if the block list already has the new value.
    PATCH "/api/v2/block-lists-entries/{id}" => update as "patchBlockListEntry" with { "bl_value": "example.org" };

    /// Delete a block list entry
    ///
    /// Other suppressions of the same address stay.
    DELETE "/api/v2/block-lists-entries/{id}" => delete as "deleteBlockListEntry";

    /// Block many addresses and domains
    ///
    /// Takes at most 1,000 values. Values that are neither an address nor a domain are counted, and the
    /// others are blocked. `items` also has the entries that were there before.
    POST "/api/v2/block-lists-entries/bulk-create" => create_many as "createblukBlockListEntry"
        with { "bl_values": ["example.com", "kim@lead.example"] };

    /// Delete many block list entries
    ///
    /// Takes at most 1,000 ids, and answers the entries that it deleted. Ids without an entry are passed
    /// over.
    POST "/api/v2/block-lists-entries/bulk-delete" => delete_many as "deletebulkBlockListEntry"
        with { "ids": ["01890000-0000-7000-8000-000000000001"] };

    /// Download the block list as CSV
    ///
    /// Writes an audit row before it answers, because the data leaves the workspace. A value that a
    /// spreadsheet would take for a formula has an apostrophe before it. The file has at most 16 MB.
    GET "/api/v2/block-lists-entries/download" => download as "downloadBlockListEntry";
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<BlockListEntry>>> {
    let entries = super::list(&can, &filter).await?;
    Ok(Json(Page::new(entries, filter.paging.limit(), |entry: &BlockListEntry| entry.id)))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<BlockListEntry>> {
    super::create(can, new).await.map(Json)
}

async fn purge(
    can: Can<Purge>,
    Query(which): Query<Which>,
    _: Nothing,
) -> Result<Affected<Vec<BlockListEntry>>> {
    let purged = super::purge(can, which).await?;
    Ok(Affected(purged.entries, purged.count))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<BlockListEntry>> {
    can.find(can.reader(), id).await.map(Json)
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    body: Unread<Patch>,
) -> Result<Json<BlockListEntry>> {
    can.find::<BlockListEntry>(can.reader(), id).await?;
    super::update(can, id, body.read().await?).await.map(Json)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<BlockListEntry>> {
    super::delete(can, id).await.map(Json)
}

async fn create_many(can: Can<Create>, Json(new): Json<NewMany>) -> Result<Json<Created>> {
    super::create_many(can, new).await.map(Json)
}

async fn delete_many(can: Can<Delete>, Json(wanted): Json<Ids>) -> Result<Json<Vec<BlockListEntry>>> {
    super::delete_many(can, wanted).await.map(Json)
}

async fn download(can: Can<Download>, Query(which): Query<Which>, _: Nothing) -> Result<Csv> {
    super::download(can, which).await
}
