//! The operator removes the second factors of a person who has lost them.

use super::store;
use crate::access::{Can, factors::DisableTotp};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::resources::sessions;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize)]
pub struct Dropped {
    pub factors_dropped: usize,
    pub sessions_ended: u64,
}

/// Also ends all sessions of the person.
pub async fn drop_all(can: Can<DisableTotp>, user: Uuid) -> Result<Dropped> {
    can.write(async move |_, tx| {
        let held = store::all(&mut *tx, user).await?;
        for factor in &held {
            store::delete(tx, user, factor.id).await?;
        }
        store::replace_codes(tx, user, &[]).await?;
        let sessions_ended = sessions::end_of_user(tx, user, None).await?;
        let dropped = Dropped { factors_dropped: held.len(), sessions_ended };
        Ok(Change::new(Subject::new("user", user), (), dropped.clone(), dropped))
    })
    .await
}
