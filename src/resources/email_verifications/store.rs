//! The SQL of verifications, and their payment.

use super::EmailVerification;
use super::finding::Finding;
use crate::access::Caller;
use crate::db::{Source, Tx};
use crate::error::Result;
use crate::resources::credits::{self, Kind, Spend};
use crate::time::Time;
use std::collections::HashMap;

/// How long a result is used again.
const FRESH: i64 = 30 * Time::DAY;

/// What was found for these addresses in the last 30 days. A look-up that failed does not count.
pub async fn kept(
    can: &Caller,
    from: impl Into<Source<'_>>,
    emails: &[String],
) -> Result<HashMap<String, Finding>> {
    let records: Vec<EmailVerification> = can
        .sql(
            "select {columns} from email_verifications v where v.workspace_id = {here} and v.email in ({emails}) \
             and v.timestamp_checked > $1",
        )
        .bind(can.now().minus(FRESH))
        .fill_list("{emails}", emails)
        .all(from)
        .await?;
    let known = records.into_iter().filter(|record| record.finding.is_known());
    Ok(known.map(|record| (record.email, record.finding)).collect())
}

/// Keeps results in place of earlier ones for the same addresses.
pub async fn keep(can: &Caller, tx: &mut Tx, records: &[EmailVerification]) -> Result<()> {
    let emails: Vec<&str> = records.iter().map(|record| record.email.as_str()).collect();
    can.sql("delete from email_verifications where workspace_id = {here} and email in ({emails})")
        .fill_list("{emails}", &emails)
        .run(&mut *tx)
        .await?;
    can.insert_all(tx, records).await
}

/// Spends the credits for this number of verifications.
pub async fn pay(can: &Caller, tx: &mut Tx, amount: i64) -> Result<()> {
    if amount > 0 {
        let memo = Some("verification of addresses".to_owned());
        credits::spend_within(can, tx, &Spend { kind: Kind::Hyper, amount, memo }).await?;
    }
    Ok(())
}
