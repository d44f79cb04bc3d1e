//! Ends sessions: the caller's own, another of theirs, all of theirs, or all of a workspace.

use super::{Ended, Session, Signed, Which, own, store, subject};
use crate::access::{Can, sessions::*};
use crate::audit::{Change, Subject};
use crate::auth::Cookie;
use crate::error::{Error, Result};
use crate::resources::users;
use serde_json::json;
use uuid::Uuid;

pub async fn sign_out(can: Can<SignOut>) -> Result<Signed<Ended>> {
    let cookies = vec![can.app().site.clear(Cookie::Session)?];
    let ended = can.write(async move |can, tx| {
        let (user, own) = own(can)?;
        let ended = store::end(tx, user, own.id).await?;
        Ok(Change::new(subject(own.id), (), json!({ "ended": ended }), Ended { ended }))
    });
    Ok(Signed { body: ended.await?, cookies })
}

pub async fn end(can: Can<End>, id: Uuid) -> Result<Session> {
    can.write(async move |can, tx| {
        let (user, own) = own(can)?;
        let found = store::find(&mut *tx, user, id).await?.ok_or_else(Error::hidden)?;
        store::end(tx, user, id).await?;
        let session = Session { current: id == own.id, ..found };
        Ok(Change::new(subject(id), (), json!({ "ended": 1 }), session))
    })
    .await
}

/// Also closes links that were mailed to the person.
pub async fn end_all(can: Can<End>, which: Which) -> Result<Ended> {
    can.write(async move |can, tx| {
        let (user, own) = own(can)?;
        let ended = store::end_of_user(tx, user, which.others.then_some(own.id)).await?;
        users::close_links(tx, user, None).await?;
        let after = json!({ "ended": ended, "others": which.others });
        Ok(Change::new(Subject::new("user", user), (), after, Ended { ended }))
    })
    .await
}

pub async fn end_everybody(can: Can<EndAll>) -> Result<Ended> {
    can.write(async move |can, tx| {
        let ended = store::end_of_workspace(can, tx).await?;
        let subject = Subject::new("workspace", can.workspace());
        Ok(Change::new(subject, (), json!({ "ended": ended }), Ended { ended }))
    })
    .await
}
