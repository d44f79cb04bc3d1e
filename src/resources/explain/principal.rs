//! Finds the member or key that an explanation is about.

use super::store;
use crate::access::{Can, Grant, Permission, api_keys};
use crate::error::Result;
use crate::http::address;
use uuid::Uuid;

/// A member of the caller's workspace by member id, user id or address, or a key by its id.
pub async fn grant_of<P: Permission>(can: &Can<P>, who: &str) -> Result<Option<Grant>> {
    let (reader, now) = (can.reader(), can.now());
    let member = match who.parse::<Uuid>() {
        Ok(id) => match key(can, id).await? {
            Some(grant) => return Ok(Some(grant)),
            None => store::member_by_id(can, id).await?,
        },
        Err(_) => store::member_by_email(can, &address(who)).await?,
    };
    match member {
        Some(member) => Grant::of_member(can.workspace(), member, now, reader).await,
        None => Ok(None),
    }
}

/// A key, for callers who may see keys.
async fn key<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Option<Grant>> {
    match can.may(api_keys::Read::ACTION) {
        true => Grant::of_key_id(can.workspace(), id, can.now(), can.reader()).await,
        false => Ok(None),
    }
}
