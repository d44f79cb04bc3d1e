//! Lists the sessions of the person who asks.

use super::{Sessions, own, store};
use crate::access::{Can, sessions::Read};
use crate::error::Result;

pub async fn list(can: &Can<Read>) -> Result<Sessions> {
    let (user, own) = own(can)?;
    let mut items = store::all(can.reader(), user, can.now()).await?;
    items.iter_mut().for_each(|session| session.current = session.id == own.id);
    Ok(Sessions { items })
}
