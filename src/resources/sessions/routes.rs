use super::{Destination, Ended, Session, Sessions, Signed, Which};
use crate::access::{Can, sessions::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Path, Query};
use crate::resources::operations;

operations! {
    /// Sign out
    ///
    /// Ends this session and clears its cookie.
    POST "/auth/sign-out" => sign_out as "signOut" + ours;

    /// Switch to another of your workspaces
    ///
    /// The session acts in that workspace from then on. Refused if the login policy there asks for
    /// another method, a second factor or a younger session.
    POST "/auth/switch" => switch as "switchWorkspace"
        with { "workspace_id": "01890000-0000-7000-8000-000000000001" } + ours;

    /// List your sessions
    ///
    /// Shows when and from where each of your sessions was started. `current` marks the one that calls.
    GET "/api/v2/me/sessions" => list as "listSessions" + ours;

    /// End all your sessions
    ///
    /// With `others=true` the session that calls goes on. Links that were mailed to you stop working.
    DELETE "/api/v2/me/sessions" => end_all as "endSessions" + ours;

    /// End one of your sessions
    ///
    /// The session stops working at once.
    DELETE "/api/v2/me/sessions/{id}" => end as "endSession" + ours;

    /// Sign everybody out of the workspace
    ///
    /// Ends every session that acts in this workspace, the caller's too. API keys keep working.
    DELETE "/api/v2/workspaces/current/sessions" => end_everybody as "endWorkspaceSessions" + ours;
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Sessions>> {
    super::list(&can).await.map(Json)
}

async fn sign_out(can: Can<SignOut>, _: Nothing) -> Result<Signed<Ended>> {
    super::sign_out(can).await
}

async fn end(can: Can<End>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Session>> {
    super::end(can, id).await.map(Json)
}

async fn end_all(can: Can<End>, Query(which): Query<Which>, _: Nothing) -> Result<Json<Ended>> {
    super::end_all(can, which).await.map(Json)
}

async fn end_everybody(can: Can<EndAll>, _: Nothing) -> Result<Json<Ended>> {
    super::end_everybody(can).await.map(Json)
}

async fn switch(can: Can<Switch>, Json(to): Json<Destination>) -> Result<Json<Session>> {
    super::switch(can, to.workspace_id).await.map(Json)
}
