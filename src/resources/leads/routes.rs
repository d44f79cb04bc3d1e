//! The JSON face of leads.

use super::add::{AddLeads, Added};
use super::bulk_assign::{AssignLeads, Assigning};
use super::create::New;
use super::delete_many::{DeleteLeads, Deleted};
use super::duplicates::{DuplicateAddress, FindDuplicates};
use super::export::ExportLeads;
use super::interest::{Interest, Setting};
use super::list::ListLeads;
use super::merge::MergeLeads;
use super::move_many::MoveLeads;
use super::{Lead, Patch};
use crate::access::{Can, Seen, leads::*};
use crate::error::Result;
use crate::http::{Accepted, Id, Json, Nothing, Page, Path, Query, Streamed, Unread};
use crate::resources::background_jobs::BackgroundJob;
use crate::resources::operations;

operations! {
    /// Create a lead
    ///
    /// Adds the lead to a campaign, to a list, or to neither. Without `assigned_to` a lead of a campaign
    /// belongs to the campaign's owner. Callers who see only their own leads are always assigned to the
    /// leads that they add. Answers 409 if the address is already in this campaign or list, or if
    /// `skip_if_in_workspace` and the like, or the workspace's `unique_leads`, exclude it.
    POST "/api/v2/leads" => create as "createLead"
        with {
            "campaign": "01890000-0000-7000-8000-000000000001",
            "email": "kim@lead.example",
            "first_name": "Kim"
        };

    /// Delete leads of a campaign or a list
    ///
    /// Deletes the leads that match and that the caller may delete, and no others. Without `limit` it
    /// deletes all that match. Many leads are deleted in several transactions, each with its own audit
    /// row.
    DELETE "/api/v2/leads" => delete_many as "bulkDeleteLeads"
        with { "campaign_id": "01890000-0000-7000-8000-000000000001", "status": -1 };

    /// Add many leads to a campaign or a list
    ///
    /// Takes at most 1,000 leads. Leads that cannot be added are counted by their reason, and the others
    /// are added. `duplicates` has an entry for each lead whose address is there already: the present lead
    /// and its assignee for callers who see it, and otherwise only that it exists.
    POST "/api/v2/leads/add" => add as "bulkAddLeads"
        with {
            "campaign_id": "01890000-0000-7000-8000-000000000001",
            "skip_if_in_workspace": true,
            "leads": [{
                "email": "kim@lead.example", "first_name": "Kim", "custom_variables": { "city": "Oslo" }
            }]
        };

    /// List leads
    ///
    /// A POST that only reads, because its filters do not fit into a query string. Lists only leads that
    /// the caller can see.
    POST "/api/v2/leads/list" => list as "listLeads"
        with { "campaign": "01890000-0000-7000-8000-000000000001", "search": "kim", "limit": 50 };

    /// Export leads
    ///
    /// Answers all leads that the caller reaches, as CSV or as one JSON object for each line. The answer comes
    /// in pieces, and the rights are read again for each piece. If they are lost, the connection ends before
    /// the end of the answer. In CSV a cell that begins like a formula has a `'` before it, and
    /// `custom_variables` is JSON. The export is in the audit log before its first byte. A workspace has at
    /// most 2 exports at a time.
    GET "/api/v2/leads/export" => export as "exportLeads" + ours;

    /// List duplicate leads
    ///
    /// Lists the addresses that several leads have, in the order of the addresses. Each comes with its leads,
    /// their campaign or list, its owner, and their assignee. Looks only at leads that the caller can see.
    /// `POST /api/v2/leads/merge` merges two of them.
    GET "/api/v2/leads/duplicates" => duplicates as "listDuplicateLead" + ours;

    /// Merge two leads
    ///
    /// The destination lead keeps its campaign or list, its assignee, and every field that it has. It
    /// gains the fields and custom variables that it lacks, and the counts of both are added. If one of
    /// them has unsubscribed, so has the result. The other lead is deleted, and the audit log keeps it.
    /// The caller must be allowed to change both leads, and to add leads to the campaign or list of the
    /// destination lead. They need no permission to delete leads.
    POST "/api/v2/leads/merge" => merge as "mergeLeads"
        with {
            "lead_id": "01890000-0000-7000-8000-000000000001",
            "destination_lead_id": "01890000-0000-7000-8000-000000000002"
        };

    /// Move leads to a campaign or a list
    ///
    /// Starts a background job that moves the leads that match and that the caller may change, and no
    /// others. Without a filter, that is every lead that the caller may change; the official API requires no filter
    /// either. With `copy_leads` it copies them. A lead stays where it is if the destination has its
    /// address already. A lead that moves becomes active, unless it bounced or unsubscribed. The caller
    /// must also be allowed to add leads to the destination. The job acts with the rights that the caller
    /// has while it runs.
    POST "/api/v2/leads/move" => move_many as "moveLeads"
        with {
            "campaign": "01890000-0000-7000-8000-000000000001",
            "filter": "FILTER_VAL_COMPLETED_NO_REPLY",
            "to_list_id": "01890000-0000-7000-8000-000000000002"
        };

    /// Assign many leads
    ///
    /// Starts a background job that assigns the leads that match and that the caller may change to the
    /// named members in turn. The job acts with the rights that the caller has while it runs.
    POST "/api/v2/leads/bulk-assign" => bulk_assign as "bulkAssignLeads"
        with {
            "campaign": "01890000-0000-7000-8000-000000000001",
            "organization_user_ids": ["01890000-0000-7000-8000-000000000002"]
        };

    /// Set the interest of a lead
    ///
    /// Starts a background job that changes every lead with this address that the caller may change, or only those of one
    /// campaign or list. Answers 404 if the caller sees no such lead. The job acts with the rights that the caller has while
    /// it runs.
    POST "/api/v2/leads/update-interest-status" => set_interest as "updateLeadInterestStatus"
        with { "lead_email": "kim@lead.example", "interest_value": 1 };

    /// Get a lead
    ///
    /// Answers 404 for a lead that the caller cannot see.
    GET "/api/v2/leads/{id}" => show as "getLead";

    /// Update a lead
    ///
    /// Changes only the fields that the body names. `custom_variables` are merged with those that the
    /// lead has. A lead has at most 64 KB and 200 variables.
    PATCH "/api/v2/leads/{id}" => update as "patchLead"
        with { "job_title": "Head of sales", "custom_variables": { "city": "Oslo" } };

    /// Delete a lead
    ///
    /// Deletes the lead from its campaign or list.
    DELETE "/api/v2/leads/{id}" => remove as "deleteLead";
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

async fn export(can: Can<Export>, Query(wanted): Query<ExportLeads>, _: Nothing) -> Result<Streamed> {
    super::export(can, wanted).await
}

async fn duplicates(
    can: Can<Read>,
    Query(wanted): Query<FindDuplicates>,
    _: Nothing,
) -> Result<Json<Page<DuplicateAddress, String>>> {
    super::duplicates(can, wanted).await.map(Json)
}

async fn merge(can: Can<Merge>, Json(wanted): Json<MergeLeads>) -> Result<Json<Lead>> {
    super::merge(can, wanted).await.map(Json)
}

async fn move_many(can: Can<Move>, Json(wanted): Json<MoveLeads>) -> Result<Json<Seen<BackgroundJob>>> {
    super::move_many(can, wanted).await.map(Json)
}

async fn bulk_assign(can: Can<Assign>, Json(wanted): Json<AssignLeads>) -> Result<Accepted<Assigning>> {
    super::bulk_assign(can, wanted).await.map(Accepted)
}

async fn set_interest(can: Can<SetInterest>, Json(wanted): Json<Interest>) -> Result<Accepted<Setting>> {
    super::set_interest(can, wanted).await.map(Accepted)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Lead>> {
    super::show(can, id).await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, patch: Unread<Patch>) -> Result<Json<Lead>> {
    can.find::<Lead>(can.reader(), id).await?;
    super::update(can, id, patch.read().await?).await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Lead>> {
    super::remove(can, id).await.map(Json)
}

async fn delete_many(can: Can<Delete>, Json(wanted): Json<DeleteLeads>) -> Result<Json<Deleted>> {
    super::delete_many(can, wanted).await.map(Json)
}
