use super::{Again, Ended, Session, Sessions, Which, store};
use crate::access::tries::{count, forgive};
use crate::access::{Caller, Can, Entry, Session as Own, Step, sessions::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth::Cookie;
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Path, Query, ours};
use crate::resources::sign_in::{self, Answered, Proof, Signed};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use serde_json::json;
use uuid::Uuid;

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/auth/sign-out", post_with(sign_out, ours))
        .api_route("/auth/reauthenticate", post_with(reauthenticate, ours))
        .api_route("/auth/switch", post_with(switch, ours))
        .api_route("/api/v2/me/sessions", get_with(list, ours).delete_with(end_all, ours))
        .api_route("/api/v2/me/sessions/{id}", delete_with(end, ours))
        .api_route("/api/v2/workspaces/current/sessions", delete_with(end_everybody, ours))
}

/// Who is signed in: the user and the session.
fn own(can: &Caller) -> Result<(Uuid, Own)> {
    let both = can.user().zip(can.grant.session());
    both.ok_or_else(|| Error::internal("a session without a user"))
}

fn subject(id: Uuid) -> Subject {
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

/// Ten more minutes for what asks for it; under a new token.
async fn reauthenticate(can: Can<Reauthenticate>, Json(body): Json<Again>) -> Result<Signed<Session>> {
    let (user, own) = own(&can)?;
    let app = can.app().clone();
    let limits =
        sign_in::tries(&format!("reauthentication of {user}"), &can.origin, Some(&own.id.to_string()));
    if !count(&app, &limits).await? {
        return Err(wrong());
    }
    let proof = proof(&can, user, &body).await?.ok_or_else(wrong)?;
    let (token, hash) = sign_in::token(&app)?;
    let cookies = sign_in::renew(&app, &token)?;
    let shown = can.write(async move |can, tx| {
        proof.spend(user, can.now(), tx).await?;
        let whole = own.second_factor || proof.is_whole();
        store::shown_again(tx, user, own.id, &hash, whole, can.now()).await?;
        let session = store::find(&mut *tx, user, own.id).await?.ok_or_else(Error::hidden)?;
        let after = json!({ "method": proof.method() });
        Ok(Change::new(subject(own.id), (), after, Session { current: true, ..session }))
    });
    let body = shown.await?;
    forgive(&app, limits.into_iter().map(|limit| limit.name).collect(), true).await?;
    Ok(Signed { body, cookies })
}

/// Not 401: the session goes on.
fn wrong() -> Error {
    Error::refused(
        Step::Role,
        "role: the password or passkey is not right, or was tried too often; wait a quarter of an hour",
    )
}

async fn proof(can: &Caller, user: Uuid, body: &Again) -> Result<Option<Proof>> {
    let app = can.app();
    match (&body.password, &body.challenge, &body.credential) {
        (Some(password), None, None) => {
            let stored = store::password_hash(&app.reader, user).await?;
            let right = app.passwords.verify(password, stored.as_deref()).await?;
            Ok(stored.filter(|_| right).map(Proof::Password))
        }
        (None, Some(challenge), Some(credential)) => match Answered::of(app, challenge, credential).await {
            Ok(answered) if answered.user == user => Ok(Some(Proof::Passkey(Box::new(answered)))),
            Ok(_) | Err(Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        },
        _ => Err(Error::invalid("body must have `password`, or `challenge` with `credential`")),
    }
}

/// To another workspace of one's own, if its login policy lets one in as one has signed in.
async fn switch(can: Can<Switch>, Json(body): Json<super::Switch>) -> Result<Json<Session>> {
    let (user, own) = own(&can)?;
    let unknown =
        |_| Error::invalid("body/workspace_id must be a workspace of yours: GET /api/v2/workspaces");
    let homes = sign_in::homes(can.app(), user, Some(body.workspace_id)).await.map_err(unknown)?;
    let home = homes.into_iter().next().ok_or_else(Error::hidden)?;
    let entry = Entry {
        method: own.method,
        second_factor: own.second_factor,
        address: can.origin.address,
        now: can.now(),
    };
    let lacks = home.policy.requires_factor(entry.now) && !entry.second_factor;
    let factor = lacks.then_some("that workspace requires a second factor: enrol one first");
    if let Some(why) = home.policy.refuses(&entry).or(factor) {
        return Err(Error::refused(Step::Role, format!("role: {why}")));
    }
    let switched = can.write(async move |can, tx| {
        let before = json!({ "workspace": can.workspace() });
        if !store::is_member(tx, user, home.workspace).await? {
            return Err(unknown(Error::hidden()));
        }
        store::act_in(tx, user, own.id, home.workspace).await?;
        let session = store::find(&mut *tx, user, own.id).await?.ok_or_else(Error::hidden)?;
        let after = json!({ "workspace": home.workspace });
        let session = Session { current: true, ..session };
        Ok(Change::new(subject(own.id), before, after, session).in_workspace(home.workspace))
    });
    switched.await.map(Json)
}
