//! One's name and address.

use super::{Patch, Profile, store};
use crate::access::{Caller, Can, profile::*};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{Json, Nothing, Unread};
use uuid::Uuid;

pub fn own(can: &Caller) -> Result<Uuid> {
    can.user().ok_or_else(|| Error::internal("a session without a user"))
}

impl Profile {
    /// What a password must not be made of.
    pub fn words(&self) -> Vec<String> {
        vec![
            self.first_name.clone(),
            self.last_name.clone(),
            format!("{}{}", self.first_name, self.last_name),
            self.email.clone(),
        ]
    }
}

pub async fn show(can: Can<Read>, _: Nothing) -> Result<Json<Profile>> {
    store::profile(can.reader(), own(&can)?).await.map(Json)
}

pub async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<Profile>> {
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let user = own(can)?;
        let before = store::profile(&mut *tx, user).await?;
        let after: Profile = patch.over(&before)?;
        store::set_name(tx, &after).await?;
        // Every workspace shows its members' names.
        let concerned = store::memberships(tx, user, None).await?;
        Ok(Change::updated(Subject::new("user", user), &before, after).also_for_members(concerned))
    });
    updated.await.map(Json)
}
