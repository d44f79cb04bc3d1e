//! Predicts the label of a reply. That takes a model, and this server has none.

use crate::access::{Can, lead_labels::Read};
use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "without a model nothing reads the text")]
pub struct Reply {
    #[schemars(length(max = 100_000))]
    reply_text: String,
}

/// The answer that the reference has.
#[derive(Serialize, JsonSchema)]
pub struct Predicted {
    #[schemars(default)]
    result: String,
    #[schemars(default)]
    custom_labels_considered: Vec<String>,
}

/// Refuses the call instead of guessing. An invented label would look like the answer of a model.
pub fn predict(_can: &Can<Read>, _reply: &Reply) -> Result<Predicted> {
    Err(Error::NotConfigured(
        "No model is configured on this server, so it predicts no labels. This version has no setting for a model.",
    ))
}
