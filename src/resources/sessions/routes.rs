use super::{Ended, Session, Sessions, Which, again, store};
use crate::access::{Caller, Can, Entry, Session as Own, Step, sessions::*};
use crate::audit::{Change, Subject};
use crate::auth::{self, Cookie};
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Path, Query};
use crate::resources::operations;
use crate::resources::people;
use crate::resources::sign_in::{self, Signed};
use serde_json::json;
use uuid::Uuid;

operations! {
    router:

    /// Sign out
    ///
    /// Ends this session and clears its cookie.
    POST "/auth/sign-out" => sign_out as "signOut" + ours;

    /// Re-authenticate
    ///
    /// Takes your password and, if you have one, your second factor, or takes a passkey. For the next ten
    /// minutes this session may do what asks for recent re-authentication. The session gets a new cookie.
    POST "/auth/reauthenticate" => again::reauthenticate as "reauthenticate"
        with { "password": "a few words make a good one", "code": "123456" } + ours;

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

/// Who is signed in: the user and the session.
pub fn own(can: &Caller) -> Result<(Uuid, Own)> {
    let both = can.user().zip(can.grant.session());
    both.ok_or_else(|| Error::internal("a session without a user"))
}

pub fn subject(id: Uuid) -> Subject {
    Subject::new("session", id)
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Sessions>> {
    let (user, own) = own(&can)?;
    let mut items = store::all(can.reader(), user, can.now()).await?;
    items.iter_mut().for_each(|session| session.current = session.id == own.id);
    Ok(Json(Sessions { items }))
}

async fn sign_out(can: Can<SignOut>, _: Nothing) -> Result<Signed<Ended>> {
    let cookies = vec![can.app().site.clear(Cookie::Session)?];
    let ended = can.write(async move |can, tx| {
        let (user, own) = own(can)?;
        let ended = store::end(tx, user, own.id).await?;
        Ok(Change::new(subject(own.id), (), json!({ "ended": ended }), Ended { ended }))
    });
    Ok(Signed { body: ended.await?, cookies })
}

async fn end(can: Can<End>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Session>> {
    let ended = can.write(async move |can, tx| {
        let (user, own) = own(can)?;
        let found = store::find(&mut *tx, user, id).await?.ok_or_else(Error::hidden)?;
        store::end(tx, user, id).await?;
        let session = Session { current: id == own.id, ..found };
        Ok(Change::new(subject(id), (), json!({ "ended": 1 }), session))
    });
    ended.await.map(Json)
}

async fn end_all(can: Can<End>, Query(which): Query<Which>, _: Nothing) -> Result<Json<Ended>> {
    let ended = can.write(async move |can, tx| {
        let (user, own) = own(can)?;
        let ended = store::end_others(tx, user, which.others.then_some(own.id)).await?;
        people::store::close_links(tx, user, None).await?;
        let after = json!({ "ended": ended, "others": which.others });
        Ok(Change::new(Subject::new("user", user), (), after, Ended { ended }))
    });
    ended.await.map(Json)
}

async fn end_everybody(can: Can<EndAll>, _: Nothing) -> Result<Json<Ended>> {
    let ended = can.write(async move |can, tx| {
        let ended = store::end_of_workspace(can, tx).await?;
        let subject = Subject::new("workspace", can.workspace());
        Ok(Change::new(subject, (), json!({ "ended": ended }), Ended { ended }))
    });
    ended.await.map(Json)
}

/// To another workspace of one's own, if its login policy lets one in as one has signed in. It is recorded there, as the
/// member does it who one is there.
async fn switch(can: Can<Switch>, Json(body): Json<super::Switch>) -> Result<Json<Session>> {
    let (user, own) = own(&can)?;
    let unknown = || Error::invalid("body/workspace_id must be a workspace of yours: GET /api/v2/workspaces");
    let homes = sign_in::homes(can.app(), user, Some(body.workspace_id)).await.map_err(|_| unknown())?;
    let home = homes.into_iter().next().ok_or_else(unknown)?;
    let entry = Entry { method: own.method, address: can.origin.address, may_enrol: false };
    let lacks = home.policy.requires_factor(can.now()) && !own.second_factor;
    let factor = lacks.then_some("that workspace requires a second factor: enrol one first");
    if let Some(why) = home.policy.refuses(&entry).or(factor) {
        return Err(Error::refused(Step::Role, format!("role: {why}")));
    }
    if !store::would_live(&can, user, own.id, home.workspace, &home.policy).await? {
        let why =
            "role: that workspace asks for a younger session: sign in to it anew, with its `workspace_id`";
        return Err(Error::refused(Step::Role, why));
    }
    let there = Can::<Switch>::person(can.app(), home.workspace, user, can.origin.clone()).await?;
    let switched = there.ok_or_else(unknown)?.write(async move |can, tx| {
        if store::act_in(tx, user, own.id, can.workspace()).await? == 0 {
            return Err(Error::refused(Step::Credential, auth::ENDED));
        }
        let session = store::find(&mut *tx, user, own.id).await?.ok_or_else(Error::hidden)?;
        let session = Session { current: true, ..session };
        Ok(Change::new(subject(own.id), (), json!({ "switched": true }), session))
    });
    switched.await.map(Json)
}
