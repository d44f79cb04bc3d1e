//! The name and the address of the person who asks.

use super::Patch;
use crate::access::{Can, profile::*};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::resources::members;
use crate::resources::users::{self, Profile};

pub async fn show(can: &Can<Read>) -> Result<Profile> {
    users::profile(can.reader(), users::own(can)?).await
}

pub async fn update(can: Can<Update>, patch: Patch) -> Result<Profile> {
    can.write(async move |can, tx| {
        let user = users::own(can)?;
        let before = users::profile(&mut *tx, user).await?;
        let after = patch.over(&before);
        users::set_name(tx, &after).await?;
        members::set_search(tx, user, &after.full_name()).await?;
        // Every workspace shows the names of its members, so each one records the change.
        let concerned = members::of_user(tx, user, None).await?;
        Ok(Change::updated(Subject::new("user", user), &before, after).also_for_members(concerned))
    })
    .await
}
