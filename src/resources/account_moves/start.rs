//! Starts the job that moves accounts.

use super::{Data, MoveAccounts, Sides, in_body};
use crate::access::{Can, accounts::Move};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::jobs::{self, Kind, New};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

#[derive(Clone, Serialize, JsonSchema)]
pub struct Moving {
    #[schemars(default, extend("enum" = ["success"]))]
    status: &'static str,
    /// The job, which says what became of each account: `GET /api/v2/background-jobs/{id}`.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub background_job_id: String,
}

pub async fn start(can: Can<Move>, wanted: MoveAccounts) -> Result<Moving> {
    let data = Data::new(wanted)?;
    can.write(async move |can, tx| {
        Sides::of(can, &data, &mut *tx).await?.map_err(in_body)?;
        let new = New::asked(can, Kind::MoveAccounts, json!(data));
        let id = jobs::enqueue(can, tx, new).await?;
        let facts = json!({ "job": id, "from": data.source_workspace_id, "to": data.destination_workspace_id,
            "accounts": data.emails.len() });
        let out = json!({ "job": id, "moving_out": data.emails.len() });
        let into = json!({ "job": id, "moving_in": data.emails.len() });
        let answer = Moving { status: "success", background_job_id: id };
        let change = Change::new(Subject::new("workspace", can.workspace()), (), facts, answer).affecting(0);
        Ok(change.also_in_as(data.source_workspace_id, out).also_in_as(data.destination_workspace_id, into))
    })
    .await
}
