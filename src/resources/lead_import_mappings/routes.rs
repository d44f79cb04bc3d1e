//! The JSON face of saved mappings.

use super::{LeadImportMapping, New};
use crate::access::{Can, lead_import_mappings::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query};
use crate::resources::operations;

operations! {
    /// List saved mappings
    ///
    /// Newest first. A mapping says what the columns of a file become when leads are imported.
    GET "/api/v2/lead-import-mappings" => list as "listLeadImportMapping" + ours;

    /// Save a mapping
    ///
    /// A workspace has at most 1,000 mappings. Answers 409 if the name is taken.
    POST "/api/v2/lead-import-mappings" => create as "createLeadImportMapping"
        with { "name": "Trade fair", "targets": { "Mail": "email", "City": "custom_variables.city" } }
        + ours;

    /// Delete a saved mapping
    ///
    /// Imports that used the mapping are not changed.
    DELETE "/api/v2/lead-import-mappings/{id}" => delete as "deleteLeadImportMapping" + ours;
}

async fn list(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<LeadImportMapping>>> {
    super::list(can, paging).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<LeadImportMapping>> {
    super::create(can, new).await.map(Json)
}

async fn delete(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadImportMapping>> {
    super::delete(can, id).await.map(Json)
}
