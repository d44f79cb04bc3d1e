//! Cancels an import. The leads that it has added stay.

use super::LeadImport;
use crate::access::{Can, lead_imports::Cancel};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::jobs;
use serde_json::json;
use uuid::Uuid;

pub async fn cancel(can: Can<Cancel>, id: Uuid) -> Result<LeadImport> {
    can.write(async move |can, tx| {
        let import: LeadImport = can.find(&mut *tx, id).await?;
        if !jobs::cancel(can, tx, &import.background_job_id).await? {
            return Err(Error::Conflict("This import has already ended.".to_owned()));
        }
        let after = LeadImport { status: Some("cancelled".to_owned()), ..import.clone() };
        let facts = |import: &LeadImport| json!({ "status": import.status, "added": import.added });
        let (campaign, list) = (import.campaign_id, import.list_id);
        let change = Change::new(import.subject(), facts(&import), facts(&after), after);
        Ok(change.inside(campaign, list))
    })
    .await
}
