//! Verifies one address. It costs a credit if the look-up gives an answer.

use super::answer::Verification;
use super::finding::Finding;
use super::{EmailVerification, New, look_up, store};
use crate::access::{Can, email_verifications::Create};
use crate::audit::Change;
use crate::error::Result;
use crate::http::address;
use crate::resources::credits::{self, Kind};
use serde_json::json;

pub async fn create(can: Can<Create>, new: New) -> Result<Verification> {
    // A workspace without credits gets no look-ups.
    credits::require_some(&can, can.reader(), Kind::Hyper).await?;
    let email = address(&new.email);
    let finding = look_up::one(&can, &email).await?;
    can.write(async move |can, tx| {
        let cost = i64::from(finding.is_known());
        store::pay(can, tx, cost).await?;
        let record = EmailVerification::new(can, email.clone(), finding, cost);
        if finding != Finding::Malformed {
            store::keep(can, tx, std::slice::from_ref(&record)).await?;
        }
        let subject = record.subject();
        let answer = Verification::of(can, tx, record).await?;
        let (status, reason) = answer.status();
        let facts =
            json!({ "email": email, "verification_status": status, "reason": reason, "credits_used": cost });
        Ok(Change::new(subject, (), facts, answer))
    })
    .await
}
