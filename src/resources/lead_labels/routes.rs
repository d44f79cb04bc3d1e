use super::list::Filter;
use super::predict::{Predicted, Reply};
use super::{LeadLabel, New, Patch, Reassign};
use crate::access::{Can, lead_labels::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Optional, Page, Path, Query, Unread};
use crate::resources::operations;

operations! {
    /// List lead labels
    ///
    /// Newest first. The reference's own labels, such as "interested", are not listed. A caller with a tag
    /// limit sees no labels, because labels have no tags.
    GET "/api/v2/lead-labels" => list as "listLeadLabel";

    /// Create a lead label
    ///
    /// The server chooses the `interest_status`, the number that leads with this label have. Answers 409
    /// if the workspace has a label with this name.
    POST "/api/v2/lead-labels" => create as "createLeadLabel"
        with { "label": "Asked for a demo", "interest_status_label": "positive" };

    /// Get a lead label
    ///
    /// Answers 404 for a label of another workspace.
    GET "/api/v2/lead-labels/{id}" => show as "getLeadLabel";

    /// Update a lead label
    ///
    /// Changes only the fields that the body names. The number stays, so leads keep the label. Answers 409
    /// if the workspace has another label with this name.
    PATCH "/api/v2/lead-labels/{id}" => update as "patchLeadLabel" with { "label": "Wants a demo" };

    /// Delete a lead label
    ///
    /// The leads of the label get `reassigned_status`, or no label without it. Many leads are changed in
    /// several transactions, each with its own audit row.
    DELETE "/api/v2/lead-labels/{id}" => delete as "deleteLeadLabel" with { "reassigned_status": 1 };

    /// Predict the label of a reply
    ///
    /// Answers 402, because no model is configured on this server. This version has no setting for one.
    POST "/api/v2/lead-labels/ai-reply-label" => predict as "testAiReplyLabelLeadLabels"
        with { "reply_text": "Thanks, please send me an offer." };
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<LeadLabel, String>>> {
    let labels = super::list(&can, &filter).await?;
    Ok(Json(Page::new(labels, filter.limit(), LeadLabel::position)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadLabel>> {
    can.find(can.reader(), id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<LeadLabel>> {
    super::create(can, new).await.map(Json)
}

async fn update(can: Can<Update>, Path(Id { id }): Path<Id>, body: Unread<Patch>) -> Result<Json<LeadLabel>> {
    can.find::<LeadLabel>(can.reader(), id).await?;
    super::update(can, id, body.read().await?).await.map(Json)
}

async fn predict(can: Can<Read>, Json(reply): Json<Reply>) -> Result<Json<Predicted>> {
    super::predict(&can, &reply).map(Json)
}

async fn delete(
    can: Can<Delete>,
    Path(Id { id }): Path<Id>,
    Optional(body): Optional<Reassign>,
) -> Result<Json<LeadLabel>> {
    super::delete(can, id, body.reassigned_status).await.map(Json)
}
