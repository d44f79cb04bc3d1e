//! The present access as a file, and the canonical form of a file.

use super::fault::Faults;
use super::print::{document, yaml};
use super::{repair, state};
use crate::access::{Can, access::Plan as MayPlan};
use crate::error::Result;
use serde_json::Value;

/// The present access.
pub struct Dumped {
    pub document: Value,
    /// The digest that `apply` takes as `expect`.
    pub state: String,
}

impl Dumped {
    pub fn yaml(&self) -> String {
        yaml(&self.document)
    }
}

/// A file whose plan is empty.
pub async fn dump(can: &Can<MayPlan>) -> Result<Dumped> {
    let state = state::read(can, can.reader()).await?;
    let document = document(&state.workspace.name, &state.model);
    Ok(Dumped { document, state: state.model.digest() })
}

/// The canonical form of a file: valid YAML, an entry on a line. Comments are not kept. A file with a fault is refused.
pub fn format(source: &str) -> Result<String, Faults> {
    super::read::file(source)?;
    let (node, _) = repair::parse(source)?;
    Ok(yaml(&node.json()))
}
