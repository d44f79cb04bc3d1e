use super::{Ended, Session, Sessions, Which, again, store};
use crate::access::{Caller, Can, Entry, Session as Own, Step, sessions::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth::{self, Cookie};
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Path, Query, ours};
use crate::resources::people;
use crate::resources::sign_in::{self, Signed};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use serde_json::json;
use uuid::Uuid;

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/auth/sign-out", post_with(sign_out, ours))
        .api_route("/auth/reauthenticate", post_with(again::reauthenticate, ours))
        .api_route("/auth/switch", post_with(switch, ours))
        .api_route("/api/v2/me/sessions", get_with(list, ours).delete_with(end_all, ours))
        .api_route("/api/v2/me/sessions/{id}", delete_with(end, ours))
        .api_route("/api/v2/workspaces/current/sessions", delete_with(end_everybody, ours))
}

/// Who is signed in: the user and the session.
pub fn own(can: &Caller) -> Result<(Uuid, Own)> {
    let both = can.user().zip(can.session());
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
    let entry = Entry { method: own.method, address: can.origin().address, may_enrol: false };
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
    let there = Can::<Switch>::person(can.app(), home.workspace, user, can.origin().clone()).await?;
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
