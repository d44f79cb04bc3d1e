use super::container::assignee;
use super::create::bounded;
use super::{Lead, Patch, add, create, delete, list, store};
use crate::access::{Can, leads::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Path, Unread};
use crate::resources::campaigns;
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post};
use serde_json::Value;

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/leads", post(create::create).delete(delete::delete))
        .api_route("/api/v2/leads/add", post(add::add))
        .api_route("/api/v2/leads/list", post(list::list))
        .api_route("/api/v2/leads/{id}", get(show).patch(update).delete(remove))
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
            if let Some(campaign) = after.campaign {
                campaigns::name_variables(can, tx, campaign, given.keys()).await?;
            }
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
