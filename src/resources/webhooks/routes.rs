use super::event_types::EventTypes;
use super::list::Filter;
use super::test::Tested;
use super::{New, Patch, Webhook};
use crate::access::{Can, webhooks::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread};
use crate::resources::operations;

operations! {
    /// List webhooks
    ///
    /// Newest first. A caller with a tag limit sees no webhooks, because webhooks have no tags.
    GET "/api/v2/webhooks" => list as "listWebhook";

    /// Create a webhook
    ///
    /// The answer shows the `secret` that signs its deliveries, once. The webhook acts with the rights of the
    /// caller: it delivers only events about leads and sending accounts that the caller sees at that
    /// moment. The values of `headers` are never shown again.
    POST "/api/v2/webhooks" => create as "createWebhook"
        with { "target_hook_url": "https://hooks.example.com/gatepost", "event_type": "lead_interested" };

    /// Get a webhook
    ///
    /// `paused_because` says why it is paused.
    GET "/api/v2/webhooks/{id}" => show as "getWebhook";

    /// Update a webhook
    ///
    /// Changes only the fields that the body names. Then the webhook acts with the rights of the caller. A
    /// header whose value is `[redacted]` keeps its value.
    PATCH "/api/v2/webhooks/{id}" => update as "patchWebhook" with { "name": "Positive replies" };

    /// Delete a webhook
    ///
    /// Events that it has not delivered yet are not delivered.
    DELETE "/api/v2/webhooks/{id}" => delete as "deleteWebhook";

    /// List the kinds of events
    ///
    /// Also lists the lead labels of the workspace, by the number for `custom_interest_value`.
    GET "/api/v2/webhooks/event-types" => event_types as "listWebhookEventTypes";

    /// Test a webhook
    ///
    /// Sends an example that is signed like a delivery, also if the webhook is paused, and waits for the
    /// answer.
    POST "/api/v2/webhooks/{id}/test" => test as "testWebhook";

    /// Resume a webhook
    ///
    /// Events that waited are delivered, in order. Then the webhook acts with the rights of the caller. An
    /// active webhook stays as it is.
    POST "/api/v2/webhooks/{id}/resume" => resume as "resumeWebhook";

    /// Make a new secret for a webhook
    ///
    /// The answer shows the new `secret`, once. For 24 hours, deliveries are also signed with the
    /// previous secret.
    POST "/api/v2/webhooks/{id}/secret" => rotate as "rotateWebhookSecret" + ours;
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<Webhook>>> {
    let webhooks = super::list(&can, &filter).await?;
    Ok(Json(Page::new(webhooks, filter.paging.limit(), |webhook: &Webhook| webhook.id)))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Webhook>> {
    super::create(can, new).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Webhook>> {
    can.find(can.reader(), id).await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, body: Unread<Patch>) -> Result<Json<Webhook>> {
    can.find::<Webhook>(can.reader(), id).await?;
    super::update(can, id, body.read().await?).await.map(Json)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Webhook>> {
    super::delete(can, id).await.map(Json)
}

async fn event_types(can: Can<Read>, _: Nothing) -> Result<Json<EventTypes>> {
    super::event_types(&can).await.map(Json)
}

async fn test(can: Can<Test>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Tested>> {
    super::test(can, id).await.map(Json)
}

async fn resume(can: Can<Resume>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Webhook>> {
    super::resume(can, id).await.map(Json)
}

async fn rotate(can: Can<Rotate>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Webhook>> {
    super::rotate(can, id).await.map(Json)
}
