use super::seen::Whole;
use super::{Campaign, DRAFT, New, Patch, activate, copy, references, search, store, store::Wanted};
use crate::access::{Answer, Caller, Can, STEP, Seen, campaigns::*, one_more_step};
use crate::audit::{Change, Recorded, Subject};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Unread, absent_not_null, ids};
use crate::resources::operations;
use crate::resources::workspace_members::{Whose, owner};
use crate::resources::{accounts, leads, workspaces};
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::ControlFlow::Break;
use uuid::Uuid;

operations! {
    router:

    /// List campaigns
    ///
    /// Newest first. Lists only campaigns that the caller can see. Senders are shown only to callers who
    /// may see sending accounts.
    GET "/api/v2/campaigns" => list as "listCampaign";

    /// Create a campaign
    ///
    /// The campaign is a draft and belongs to the caller, unless `owned_by` names another member. Without
    /// `visibility` it gets the workspace's default. A caller with a tag limit gives the campaign the
    /// tags of that limit.
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
    /// accounts.
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
    POST "/api/v2/campaigns/{id}/duplicate" => copy::duplicate as "duplicate"
        with { "name": "Spring, second round" };

    /// Share a campaign by its id
    ///
    /// For 7 days anybody who may create campaigns in a workspace of this server and knows the id can
    /// copy the campaign with `POST /api/v2/campaigns/{id}/from-export`. Calling it again starts the 7
    /// days again. Leads and senders are not shared.
    POST "/api/v2/campaigns/{id}/share" => copy::share as "shareCampaign";

    /// Export a campaign
    ///
    /// Answers the whole campaign, and writes an audit row, because the data leaves the workspace.
    POST "/api/v2/campaigns/{id}/export" => copy::export as "exportCampaign";

    /// Create a campaign from a shared one
    ///
    /// The id is that of a campaign that any workspace of this server shares at present. The new draft
    /// belongs to the caller. It has no senders, leads, tags or copy addresses.
    POST "/api/v2/campaigns/{id}/from-export" => copy::from_export as "createFromExport";

    /// Count launched campaigns
    ///
    /// Counts the campaigns that the caller can see and that are not drafts.
    GET "/api/v2/campaigns/count-launched" => search::count_launched as "countLaunched";

    /// Find campaigns by the address of a lead
    ///
    /// Finds campaigns that the caller can see, with a lead that the caller can see. Answers at most 100.
    GET "/api/v2/campaigns/search-by-contact" => search::by_contact as "searchByContact";
}

pub fn subject(campaign: &Campaign) -> Subject {
    Subject::new("campaign", campaign.id)
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    #[serde(flatten)]
    paging: Paging,
    /// In the name.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    /// With any of these tags: UUIDs with commas between.
    #[schemars(transform = absent_not_null)]
    tag_ids: Option<String>,
    #[schemars(transform = absent_not_null)]
    ai_sales_agent_id: Option<Uuid>,
    #[schemars(with = "f64", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    #[serde(default)]
    status: Option<i64>,
    #[schemars(with = "f64", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    #[serde(default)]
    exclude_status: Option<i64>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<Seen<Campaign>>>> {
    let wanted = Wanted {
        tags: ids("tag_ids", filter.tag_ids.as_deref())?,
        search: filter.search,
        status: filter.status,
        exclude_status: filter.exclude_status,
        agent: filter.ai_sales_agent_id,
    };
    let campaigns = store::list(&can, &filter.paging, &wanted).await?;
    let campaigns = campaigns.into_iter().map(|campaign| campaign.seen_by(&can)).collect();
    Ok(Json(Page::new(campaigns, filter.paging.limit(), |campaign: &Seen<Campaign>| campaign.id)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    Ok(Json(store::find(&can, can.reader(), id).await?.seen_by(&can)))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Seen<Campaign>>> {
    let created = can.write(async move |can, tx| {
        let visibility = match new.visibility {
            Some(visibility) => visibility,
            None => workspaces::store::current(can, &mut *tx).await?.default_campaign_visibility,
        };
        let mut campaign = draft(can, &new, visibility);
        if let Some(wanted) = new.owned_by {
            campaign.owned_by = owner::<Create>(can, tx, wanted, Whose::New("campaign")).await?;
        }
        campaign.collaborators = references::collaborators(can, tx, &new.collaborators).await?;
        references::check(can, tx, &mut campaign, &[], |_| true).await?;
        copy::insert(can, tx, &campaign).await?;
        Ok(Change::created(subject(&campaign), campaign))
    });
    created.await.map(Json)
}

fn draft(can: &Caller, new: &New, visibility: super::Visibility) -> Campaign {
    Campaign {
        id: can.new_id(),
        name: new.name.clone(),
        status: DRAFT,
        campaign_schedule: new.campaign_schedule.clone(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization: Some(can.workspace()),
        owned_by: can.user(),
        ai_sdr_id: new.ai_sdr_id,
        not_sending_status: None,
        core_variables: None,
        custom_variables: None,
        visibility,
        collaborators: vec![],
        accounts_not_connected: vec![],
        settings: new.settings.clone(),
    }
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    patch: Unread<Patch>,
) -> Result<Json<Seen<Campaign>>> {
    store::find(&can, can.reader(), id).await?;
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let after = patch.over_but(&["collaborators"], &Whole(before.clone()))?.0;
        let mut after = Campaign { timestamp_updated: can.now(), ..after };
        if let Some(wanted) = patch.list("collaborators") {
            after.collaborators = references::collaborators(can, tx, &wanted).await?;
        }
        if after.owned_by != before.owned_by {
            after.owned_by = owner::<Update>(can, tx, after.owned_by, Whose::Theirs("campaign")).await?;
        }
        let owned = after.owned_by != before.owned_by;
        let changed = |field: &str| patch.names(field) || field == "email_list" && owned;
        references::check(can, tx, &mut after, &before.settings.email_list, changed).await?;
        store::update(can, tx, &before, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    updated.await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    let removed = can.write_in_steps((), async move |can, tx, ()| {
        let campaign = store::find(can, &mut *tx, id).await?;
        let leads = leads::store::delete_in(can, tx, leads::Place::Campaign(id)).await?;
        if leads == STEP {
            return Ok(one_more_step(subject(&campaign), "leads"));
        }
        store::delete(can, tx, id).await?;
        Ok(Break(Change::deleted(subject(&campaign), campaign).affecting(1 + leads as usize)))
    });
    removed.await.map(Json)
}

async fn launch(can: Can<Launch>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    let launched = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let after = activate::activated(can, tx, &before).await?;
        store::update(can, tx, &before, &after).await?;
        let accounts_not_connected = accounts::store::not_connected(can, tx, id).await?;
        let answer = Campaign { accounts_not_connected, ..after.clone() };
        Ok(Change::new(subject(&before), before.recorded(), after.recorded(), answer))
    });
    launched.await.map(Json)
}

async fn pause(can: Can<Pause>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<Campaign>>> {
    let paused = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let after = activate::paused(can, &before);
        store::update(can, tx, &before, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    paused.await.map(Json)
}
