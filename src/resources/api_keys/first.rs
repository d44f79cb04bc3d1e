//! The keys that the server makes itself: the first key of a person or a workspace, and those of the command line.

use super::{Minted, Scope, StoredKey, store};
use crate::access::{Caller, Ceiling};
use crate::db::{Json, Tx};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// The first key of a person or a workspace expires after this, in milliseconds.
pub const FIRST: i64 = 30 * Time::DAY;

/// The characters of a person's name in the name of their first key.
const PERSON: usize = 200;

/// A first key is named after its person, so that an admin knows whose key to revoke.
pub async fn first_name(tx: &mut Tx, workspace: Uuid, member: Uuid) -> Result<String> {
    let person = store::name_of(tx, workspace, member).await?;
    let person: String = person.chars().take(PERSON).collect();
    Ok(format!("{person}'s first key"))
}

/// Creates the personal key with which a member begins.
pub async fn insert_first(
    can: &Caller,
    tx: &mut Tx,
    workspace: Uuid,
    member: Uuid,
    secret: &Minted,
) -> Result<()> {
    let name = first_name(tx, workspace, member).await?;
    insert_personal(can, tx, workspace, member, (&name, Some(can.now().plus(FIRST))), secret).await
}

/// Creates an `all:all` key that is bound to a member, for the first steps and for the command line.
pub async fn insert_personal(
    can: &Caller,
    tx: &mut Tx,
    workspace: Uuid,
    member: Uuid,
    (name, expires_at): (&str, Option<Time>),
    secret: &Minted,
) -> Result<()> {
    let is_here = workspace == can.workspace();
    let key = StoredKey {
        workspace_id: workspace,
        personal: true,
        member_id: Some(member),
        created_by: Some(member),
        expires_at,
        ceiling: Json(Ceiling { origins: can.own_ceiling().origins.clone(), ..Ceiling::default() }),
        // A workspace that is made now has no link yet.
        link_id: can.link().filter(|_| is_here),
        ..StoredKey::new(can, secret, name.to_owned(), vec![Scope("all:all".to_owned())])
    };
    match is_here {
        true => store::insert(can, tx, &key, secret).await,
        false => store::insert_elsewhere(tx, &key, secret).await,
    }
}
