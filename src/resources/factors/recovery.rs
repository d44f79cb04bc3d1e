//! Replaces the recovery codes of the person who asks.

use super::{RecoveryCodes, codes, enrolment, store};
use crate::access::{Can, factors::Recovery};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::mail::letters::Notice;
use crate::resources::users;
use serde_json::json;

/// New recovery codes in place of the former ones.
pub async fn renew(can: Can<Recovery>) -> Result<RecoveryCodes> {
    let new = codes::fresh(can.app())?;
    can.write(async move |can, tx| {
        let user = users::own(can)?;
        if store::kinds(&mut *tx, user).await?.is_empty() {
            return Err(Error::Conflict(
                "recovery codes come with a second factor: enrol one first".to_owned(),
            ));
        }
        store::replace_codes(tx, user, &codes::hashes(&new)).await?;
        enrolment::tell(can, tx, Notice::RecoveryCodes).await?;
        let answer = RecoveryCodes { recovery_codes: new.clone() };
        Ok(Change::new(Subject::new("user", user), (), json!({ "codes": new.len() }), answer))
    })
    .await
}
