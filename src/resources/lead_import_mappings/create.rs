use super::{LeadImportMapping, New, check, store};
use crate::access::{Can, lead_import_mappings::Create};
use crate::audit::Change;
use crate::error::{Error, Result};

/// Mappings of a workspace.
const MOST: i64 = 1_000;

pub async fn create(can: Can<Create>, new: New) -> Result<LeadImportMapping> {
    check("body/targets", &new.targets)?;
    can.write(async move |can, tx| {
        if store::count(can, tx).await? >= MOST {
            return Err(Error::Conflict(format!(
                "a workspace has at most {MOST} mappings; delete one first"
            )));
        }
        let mapping = LeadImportMapping {
            id: can.new_id(),
            workspace_id: can.workspace(),
            name: new.name.trim().to_owned(),
            targets: new.targets.clone(),
            created_by: can.user(),
            timestamp_created: can.now(),
        };
        if store::is_taken(can, tx, &mapping.name).await? {
            return Err(Error::Conflict("A mapping with this name already exists.".to_owned()));
        }
        can.insert(tx, &mapping).await?;
        Ok(Change::created(mapping.subject(), mapping))
    })
    .await
}
