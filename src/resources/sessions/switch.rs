//! Moves a session to another workspace of its person, without a new sign-in.

use super::{Session, own, store, subject};
use crate::access::{Can, Entry, Step, sessions::Switch};
use crate::audit::Change;
use crate::auth;
use crate::error::{Error, Result};
use crate::resources::users;
use serde_json::json;
use uuid::Uuid;

/// The login policy there must accept the way in which the person has signed in. The audit row is written there, by the
/// member that the person is there.
pub async fn switch(can: Can<Switch>, workspace: Uuid) -> Result<Session> {
    let (user, own) = own(&can)?;
    let unknown = || Error::invalid("body/workspace_id must be a workspace of yours: GET /api/v2/workspaces");
    let homes = users::homes(&can.app().reader, user, can.now()).await?;
    let home = homes.into_iter().find(|home| home.workspace == workspace).ok_or_else(unknown)?;
    let entry = Entry { method: own.method, address: can.origin().address, may_enrol: false };
    let lacks = home.policy.requires_factor(can.now()) && !own.second_factor;
    let factor = lacks.then_some("that workspace requires a second factor: enrol one first");
    if let Some(why) = home.policy.refuses(&entry).or(factor) {
        return Err(Error::refused(Step::Role, format!("role: {why}")));
    }
    if !store::would_live(&can, user, own.id, home.workspace, &home.policy).await? {
        let why = "role: this session is too old for that workspace: sign in again with its `workspace_id`";
        return Err(Error::refused(Step::Role, why));
    }
    let there = Can::<Switch>::person(can.app(), home.workspace, user, can.origin().clone()).await?;
    let there = there.ok_or_else(unknown)?;
    there
        .write(async move |can, tx| {
            if store::act_in(can, tx, user, own.id).await? == 0 {
                return Err(Error::refused(Step::Credential, auth::ENDED));
            }
            users::act_in(can, tx, user).await?;
            let session = store::find(&mut *tx, user, own.id).await?.ok_or_else(Error::hidden)?;
            let session = Session { current: true, ..session };
            Ok(Change::new(subject(own.id), (), json!({ "switched": true }), session))
        })
        .await
}
