//! Creates a workspace with its owner and the owner's first key. There is one way, for everybody who may: a person with
//! `workspaces:create`, the operator, and the first person on a new server.

use super::{Created, New, store, subject};
use crate::access::{Caller, Can, Role, Step, workspaces::Create};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::api_keys::{self, Minted};
use crate::resources::{members, users};
use crate::time::Time;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The most workspaces that a person can own. Each has its own limits on requests and invitations.
const OWNED: i64 = 20;

/// A workspace to be.
pub struct Founding<'a> {
    pub id: Uuid,
    pub name: &'a str,
    /// The user who owns it, and their address.
    pub owner: Uuid,
    pub email: &'a str,
    pub key: &'a Minted,
    /// None for a key that does not expire.
    pub key_expires_at: Option<Time>,
}

/// Stores the workspace, its owner's membership and the owner's first key. It returns the id of the member.
pub async fn found(can: &Caller, tx: &mut Tx, new: &Founding<'_>) -> Result<Uuid> {
    store::insert(tx, new.id, new.name, can.now()).await?;
    let owner =
        members::NewMember { workspace: new.id, user: new.owner, email: new.email, role: Role::Owner };
    let member = members::insert_accepted(can, tx, &owner).await?;
    let name = api_keys::first_name(tx, new.id, member).await?;
    api_keys::insert_personal(can, tx, new.id, member, (&name, new.key_expires_at), new.key).await?;
    Ok(member)
}

/// The caller becomes the owner.
pub async fn create(can: Can<Create>, new: New) -> Result<Created> {
    let key = Minted::personal(can.app())?;
    can.write(async move |can, tx| {
        let id = can.new_id();
        let owner = can.user().ok_or_else(|| Error::internal("a person without a user"))?;
        if members::owned_by(tx, owner).await? >= OWNED {
            let why = format!("role: a person owns at most {OWNED} workspaces; the operator can create more");
            return Err(Error::refused(Step::Role, why));
        }
        let email = can.email().unwrap_or_default().to_owned();
        let key_expires_at = Some(can.now().plus(api_keys::FIRST));
        let founding = Founding { id, name: &new.name, owner, email: &email, key: &key, key_expires_at };
        found(can, tx, &founding).await?;
        let Some(workspace) = store::by_id(tx, id).await? else { return Err(Error::hidden()) };
        let answer = Created { workspace: workspace.clone(), api_key: key.plain().to_owned() };
        Ok(Change::new(subject(&workspace), (), &workspace, answer).in_workspace(id))
    })
    .await
}

/// A workspace that the operator creates for somebody.
pub struct NewFor {
    pub name: String,
    /// The address of the owner.
    pub email: String,
    /// The first key, which does not expire.
    pub key: Minted,
    /// Refuses if the server has a workspace already.
    pub only_first: bool,
}

#[derive(Clone, Serialize)]
pub struct Owner {
    pub user: Uuid,
    pub member: Uuid,
}

/// The owner is the user with the address, who is created if there is none. Only the operator calls this.
pub async fn create_for(can: Can<Create>, new: NewFor) -> Result<Owner> {
    can.write(async move |can, tx| {
        if new.only_first && store::any(&mut *tx).await? {
            return Err(Error::invalid(TAKEN));
        }
        let (id, email) = (can.workspace(), new.email.as_str());
        let user = users::insert_verified(tx, can.new_id(), email, can.now()).await?;
        let founding =
            Founding { id, name: &new.name, owner: user, email, key: &new.key, key_expires_at: None };
        let member = found(can, tx, &founding).await?;
        let after = json!({ "name": new.name, "owner": user });
        Ok(Change::new(Subject::new("workspace", id), (), after, Owner { user, member }))
    })
    .await
}

const TAKEN: &str = "the database has a workspace already, and nothing was changed; create another one with \
                     `gatepost admin workspace create`";
