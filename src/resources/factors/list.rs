//! Lists the second factors of the person who asks.

use super::{Factors, Held, PASSKEY, TOTP, store};
use crate::access::{Can, factors::Read};
use crate::error::Result;
use crate::resources::users;

pub async fn list(can: &Can<Read>) -> Result<Factors> {
    let user = users::own(can)?;
    let mut held = store::all(can.reader(), user).await?;
    held.retain(|factor| factor.confirmed);
    let (totp, rest): (Vec<_>, Vec<_>) = held.into_iter().partition(|factor| factor.kind == TOTP);
    Ok(Factors {
        totp: totp.into_iter().next().map(Held::from),
        passkeys: rest.into_iter().filter(|factor| factor.kind == PASSKEY).map(Held::from).collect(),
        recovery_codes_left: store::codes_left(can.reader(), user).await?,
    })
}
