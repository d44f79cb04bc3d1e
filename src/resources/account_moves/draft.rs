//! The form of a move. It asks for the addresses as one text.

use super::MoveAccounts;
use crate::config::listed;
use crate::error::Result;
use crate::http::filled;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Draft {
    source_workspace_id: Uuid,
    destination_workspace_id: Uuid,
    #[schemars(length(min = 1, max = 50_000))]
    emails: String,
}

impl Draft {
    /// The same move in the form of the operation.
    pub fn accounts(&self) -> Result<MoveAccounts> {
        filled(json!({
            "emails": listed(&self.emails),
            "source_workspace_id": self.source_workspace_id,
            "destination_workspace_id": self.destination_workspace_id,
        }))
    }
}
