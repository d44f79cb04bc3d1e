//! The JSON face of campaigns.

use super::add_variables::AddVariables;
use super::from_export::not_shared;
use super::list::{Contact, Count, Filter, Found};
use super::{Campaign, DuplicateCampaign, New, Patch};
use crate::access::{Can, Seen, campaigns::*};
use crate::error::Result;
use crate::http::{Empty, Id, Json, Nothing, Optional, Page, Path, Query, Unread, Unused};
use crate::resources::operations;

operations! {
    /// List campaigns
    ///
    /// Newest first. Lists only campaigns that the caller can see. Senders are shown only to callers who
    /// may see sending accounts.
    GET "/api/v2/campaigns" => list as "listCampaign";

    /// Create a campaign
    ///
    /// The campaign is a draft and belongs to the caller, unless `owned_by` names another member. Without
    /// `visibility` it gets the workspace's default. A caller with a tag limit gives the campaign the
    /// tags of that limit. A subject or body with an error in its variables or conditions is refused, and
    /// the message names the step and the variant.
    POST "/api/v2/campaigns" => create as "createCampaign"
        with {
            "name": "Spring",
            "campaign_schedule": { "schedules": [{
                "name": "Weekdays", "timing": { "from": "09:00", "to": "17:00" },
                "days": { "1": true, "2": true, "3": true, "4": true, "5": true },
                "timezone": "America/Chicago"
            }] },
            "sequences": [{ "steps": [{
                "type": "email", "delay": 2, "variants": [{ "subject": "Hello {{firstName}}", "body": "..." }]
            }] }],
            "email_list": ["ann@outreach.example"]
        };

    /// Get a campaign
    ///
    /// Answers 404 for a campaign that the caller cannot see.
    GET "/api/v2/campaigns/{id}" => show as "getCampaign";

    /// Update a campaign
    ///
    /// Changes only the fields that the body names. A new owner must be able to send from the campaign's
    /// accounts. New subjects and bodies are checked as at the creation.
    PATCH "/api/v2/campaigns/{id}" => update as "patchCampaign"
        with { "name": "Spring, second round", "daily_limit": 50 };

    /// Delete a campaign
    ///
    /// Deletes its leads too. Many leads are deleted in several transactions, each with its own audit
    /// row.
    DELETE "/api/v2/campaigns/{id}" => remove as "deleteCampaign";

    /// Launch a campaign
    ///
    /// The campaign needs at least one step, and at least one sending account that its owner may use.
    /// `accounts_not_connected` in the answer lists its accounts whose last login failed. An active
    /// campaign stays unchanged.
    POST "/api/v2/campaigns/{id}/activate" => launch as "activateCampaign";

    /// Pause a campaign
    ///
    /// A campaign that is not running stays unchanged.
    POST "/api/v2/campaigns/{id}/pause" => pause as "pauseCampaign";

    /// Duplicate a campaign
    ///
    /// The copy is a draft that belongs to the caller. It has the settings and the sequences of the
    /// original, and those of its senders that the caller may use. It has no leads, tags or
    /// collaborators.
    POST "/api/v2/campaigns/{id}/duplicate" => duplicate as "duplicate"
        with { "name": "Spring, second round" };

    /// Share a campaign by its id
    ///
    /// For 7 days anybody who may create campaigns in a workspace of this server and knows the id can
    /// copy the campaign with `POST /api/v2/campaigns/{id}/from-export`. Calling it again starts the 7
    /// days again. Leads and senders are not shared.
    POST "/api/v2/campaigns/{id}/share" => share as "shareCampaign";

    /// Export a campaign
    ///
    /// Answers the whole campaign, and writes an audit row, because the data leaves the workspace.
    POST "/api/v2/campaigns/{id}/export" => export as "exportCampaign";

    /// Create a campaign from a shared one
    ///
    /// The id is that of a campaign that any workspace of this server shares at present. The new draft
    /// belongs to the caller. It has no senders, leads, tags or copy addresses.
    POST "/api/v2/campaigns/{id}/from-export" => from_export as "createFromExport";

    /// Add variables to a campaign
    ///
    /// Registers names of custom variables, so that sequences and leads can use them. Names that the
    /// campaign has already stay as they are. A campaign has at most 500 names.
    POST "/api/v2/campaigns/{id}/variables" => add_variables as "addVariables"
        with { "variables": ["city", "meetingDay"] };

    /// Count launched campaigns
    ///
    /// Counts the campaigns that the caller can see and that are not drafts.
    GET "/api/v2/campaigns/count-launched" => count_launched as "countLaunched";

    /// Find campaigns by the address of a lead
    ///
    /// Finds campaigns that the caller can see, with a lead that the caller can see. Answers at most 100.
    GET "/api/v2/campaigns/search-by-contact" => search_by_contact as "searchByContact";
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
    can.find::<Campaign>(can.reader(), id).await?;
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

async fn add_variables(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    Json(wanted): Json<AddVariables>,
) -> Result<Json<Seen<Campaign>>> {
    super::add_variables(can, id, wanted).await.map(Json)
}

async fn count_launched(can: Can<Read>, _: Nothing) -> Result<Json<Count>> {
    super::count_launched(can).await.map(Json)
}

async fn search_by_contact(can: Can<Read>, Query(contact): Query<Contact>) -> Result<Json<Found>> {
    super::search_by_contact(can, contact).await.map(Json)
}
