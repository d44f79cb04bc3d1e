use super::WebhookEvent;
use super::list::{Days, Filter};
use super::summary::{ByDate, Summary};
use crate::access::{Can, webhook_events::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query};
use crate::resources::operations;

operations! {
    /// List webhook events
    ///
    /// Lists the attempts to deliver events to webhooks, newest first. They are kept for 30 days. A caller sees an
    /// attempt if they see its lead or sending account, and a key also needs the scopes to read leads and sending
    /// accounts. `from` and `to` are days in UTC.
    GET "/api/v2/webhook-events" => list as "listWebhookEvent";

    /// Get a webhook event
    ///
    /// Answers 404 for an attempt about a record that the caller cannot see.
    GET "/api/v2/webhook-events/{id}" => show as "getWebhookEvent";

    /// Count webhook events
    ///
    /// Counts the attempts that the caller sees.
    GET "/api/v2/webhook-events/summary" => summary as "getWebhookEventsSummary";

    /// Count webhook events by day
    ///
    /// Counts the attempts that the caller sees, for each day in UTC that has any, the newest first.
    GET "/api/v2/webhook-events/summary-by-date" => summary_by_date as "getWebhookEventsSummaryByDate";

    /// Deliver an event again
    ///
    /// Puts the event of an attempt into the queue of its webhook, behind what waits there. The payload is
    /// made again, by the rights that the webhook has now. Answers 409 for a test, and if the webhook was
    /// deleted.
    POST "/api/v2/webhook-events/{id}/redelivery" => redeliver as "redeliverWebhookEvent" + ours;
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<WebhookEvent>>> {
    let events = super::list(&can, &filter).await?;
    Ok(Json(Page::new(events, filter.paging.limit(), |event: &WebhookEvent| event.id)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WebhookEvent>> {
    super::show(&can, id).await.map(Json)
}

async fn summary(can: Can<Read>, Query(days): Query<Days>) -> Result<Json<Summary>> {
    super::summary(&can, &days).await.map(Json)
}

async fn summary_by_date(can: Can<Read>, Query(days): Query<Days>) -> Result<Json<ByDate>> {
    super::summary_by_date(&can, &days).await.map(Json)
}

async fn redeliver(can: Can<Redeliver>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WebhookEvent>> {
    super::redeliver(can, id).await.map(Json)
}
