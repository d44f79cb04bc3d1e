use super::container::assignee;
use super::create::bounded;
use super::{Lead, Patch, add, create, delete, list, store};
use crate::access::{Can, leads::*};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Path, Unread};
use crate::resources::campaigns;
use crate::resources::operations;
use serde_json::Value;

operations! {
    router:

    /// Create a lead
    ///
    /// Adds the lead to a campaign, to a list, or to neither. Without `assigned_to` a lead of a campaign
    /// belongs to the campaign's owner. Callers who see only their own leads are always assigned to the
    /// leads that they add. Answers 409 if the address is already in this campaign or list, or if
    /// `skip_if_in_workspace` and the like, or the workspace's `unique_leads`, exclude it.
    POST "/api/v2/leads" => create::create as "createLead"
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
    DELETE "/api/v2/leads" => delete::delete as "bulkDeleteLeads"
        with { "campaign_id": "01890000-0000-7000-8000-000000000001", "status": -1 };

    /// Add many leads to a campaign or a list
    ///
    /// Takes at most 1,000 leads. Leads that cannot be added are counted by their reason, and the others
    /// are added.
    POST "/api/v2/leads/add" => add::add as "bulkAddLeads"
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
    POST "/api/v2/leads/list" => list::list as "listLeads"
        with { "campaign": "01890000-0000-7000-8000-000000000001", "search": "kim", "limit": 50 };

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

fn subject(lead: &Lead) -> Subject {
    Subject::new("lead", lead.id)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Lead>> {
    Ok(Json(store::find(&can, can.reader(), id).await?))
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, patch: Unread<Patch>) -> Result<Json<Lead>> {
    store::find(&can, can.reader(), id).await?;
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, id).await?;
        let mut after: Lead = patch.over_but(&["assigned_to"], &before)?;
        after.custom_variables = before.custom_variables.clone();
        if let Some(Value::Object(given)) = patch.get("custom_variables") {
            after.custom_variables.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            campaigns::store::name_variables(can, tx, after.campaign, given.keys()).await?;
        }
        after.assigned_to = match patch.get("assigned_to") {
            None => before.assigned_to,
            Some(Value::String(same)) if same.parse().is_ok_and(|id| before.assigned_to == Some(id)) => {
                before.assigned_to
            }
            Some(wanted) => match wanted.as_str() {
                Some(wanted) => assignee(can, tx, "assigned_to", wanted).await?,
                None => None,
            },
        };
        if after.lt_interest_status != before.lt_interest_status {
            after.engagement.timestamp_last_interest_change = Some(can.now());
        }
        after.timestamp_updated = can.now();
        let after = bounded(after.derived(), "body")?;
        store::update(can, tx, &after).await?;
        let (campaign, list) = (after.campaign, after.list_id);
        Ok(Change::updated(subject(&before), &before, after).inside(campaign, list))
    });
    updated.await.map(Json)
}

async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Lead>> {
    let removed = can.write(async move |can, tx| {
        let lead = store::find(can, &mut *tx, id).await?;
        store::delete(can, tx, id).await?;
        let (campaign, list) = (lead.campaign, lead.list_id);
        Ok(Change::deleted(subject(&lead), lead).inside(campaign, list))
    });
    removed.await.map(Json)
}
