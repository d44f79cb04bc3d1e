//! The form of new entries. It asks for them as one text.

use super::NewMany;
use crate::config::listed;
use crate::error::Result;
use crate::http::filled;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Draft {
    #[schemars(length(min = 1, max = 50_000))]
    bl_values: String,
}

impl Draft {
    /// The same entries in the form of the operation.
    pub fn entries(&self) -> Result<NewMany> {
        filled(json!({ "bl_values": listed(&self.bl_values) }))
    }
}
