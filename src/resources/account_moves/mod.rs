//! Moves sending accounts between the workspaces of a group. A job does it with the rights of the caller who asked for it:
//! both workspaces check them again at every step.

mod draft;
mod dry_run;
mod pages;
mod routes;
mod start;
mod step;
mod store;
pub use dry_run::dry_run;
pub use pages::pages;
pub use routes::operations;
pub use start::start;
pub use step::step;

use crate::access::{Caller, Can, Permission};
use crate::db::Source;
use crate::error::{Error, Result};
use crate::resources::accounts::address;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The two workspaces belong to one group. One of them can be the admin workspace; that is the caller's own.
#[derive(Deserialize, JsonSchema)]
pub struct MoveAccounts {
    #[schemars(length(min = 1, max = 1000), inner(length(min = 1, max = 254), email))]
    emails: Vec<String>,
    source_workspace_id: Uuid,
    destination_workspace_id: Uuid,
}

/// What the job stores.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    source_workspace_id: Uuid,
    destination_workspace_id: Uuid,
    /// Sorted, without duplicates.
    emails: Vec<String>,
    moved: usize,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    failed_emails: Vec<Failed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Failed {
    email: String,
    reason: String,
}

impl Data {
    fn new(wanted: MoveAccounts) -> Result<Data> {
        if wanted.source_workspace_id == wanted.destination_workspace_id {
            return Err(Error::invalid(
                "body/destination_workspace_id must be another workspace than the source",
            ));
        }
        let emails: BTreeSet<String> = wanted.emails.iter().map(|email| address(email)).collect();
        if emails.contains("") {
            return Err(Error::invalid("body/emails must be addresses"));
        }
        Ok(Data {
            source_workspace_id: wanted.source_workspace_id,
            destination_workspace_id: wanted.destination_workspace_id,
            emails: emails.into_iter().collect(),
            moved: 0,
            failed_emails: vec![],
        })
    }
}

/// The caller, as they act in the two workspaces.
struct Sides {
    source: Caller,
    destination: Caller,
}

impl Sides {
    /// The inner error says which workspace the caller cannot use, and why.
    async fn of<P: Permission>(
        can: &Can<P>,
        data: &Data,
        from: impl Into<Source<'_>>,
    ) -> Result<Result<Sides, String>> {
        let mut from = from.into();
        let unknown = |field: &str| {
            format!("{field} must be this workspace, or a sub-workspace of it in which you can move accounts")
        };
        let source = can.in_group::<P>(data.source_workspace_id, from.again()).await?;
        let destination = can.in_group::<P>(data.destination_workspace_id, from).await?;
        Ok(match (source, destination) {
            (Some(source), Some(destination)) => Ok(Sides { source, destination }),
            (None, _) => Err(unknown("source_workspace_id")),
            (Some(_), None) => Err(unknown("destination_workspace_id")),
        })
    }
}

fn in_body(why: String) -> Error {
    Error::invalid(format!("body/{why}"))
}
