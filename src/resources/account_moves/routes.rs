//! The JSON face of moving accounts.

use super::MoveAccounts;
use super::dry_run::Plan;
use super::start::Moving;
use crate::access::{Can, accounts::*};
use crate::error::Result;
use crate::http::Json;
use crate::resources::operations;

operations! {
    /// Move sending accounts between workspaces of a group
    ///
    /// Starts a background job. The job moves each account whole or not at all, and reports what happened
    /// to each. Assignments, tags and campaigns stay behind. The caller must be allowed to do this in
    /// both workspaces: when the request is made and at every step of the job.
    ///
    /// Takes at most 1,000 addresses. Both workspaces must have the same admin workspace, or one of them
    /// must be that admin workspace.
    POST "/api/v2/accounts/move" => start as "moveAccounts"
        with {
            "emails": ["ann@outreach.example"],
            "source_workspace_id": "01890000-0000-7000-8000-000000000001",
            "destination_workspace_id": "01890000-0000-7000-8000-000000000002"
        };

    /// Preview a move of sending accounts
    ///
    /// Takes the same body as the move and changes nothing. Says for each account whether it would move,
    /// why not, and which campaigns would lose it.
    POST "/api/v2/accounts/move/dry-run" => dry_run as "previewAccountMove"
        with {
            "emails": ["ann@outreach.example"],
            "source_workspace_id": "01890000-0000-7000-8000-000000000001",
            "destination_workspace_id": "01890000-0000-7000-8000-000000000002"
        }
        + ours;
}

async fn start(can: Can<Move>, Json(wanted): Json<MoveAccounts>) -> Result<Json<Moving>> {
    super::start(can, wanted).await.map(Json)
}

async fn dry_run(can: Can<Preview>, Json(wanted): Json<MoveAccounts>) -> Result<Json<Plan>> {
    super::dry_run(can, wanted).await.map(Json)
}
