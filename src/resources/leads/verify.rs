//! Leads whose addresses are verified after they were added. Each waits with the status 12 until a job of
//! `email_verifications` gives it another one.

use super::{Lead, store};
use crate::access::{Caller, Can, Permission, leads::Create, leads::Read, leads::Verify};
use crate::db::{Source, Tx};
use crate::error::{Error, Result};
use crate::jobs::{self, Kind, New};
use crate::resources::credits;
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// The `verification_status` of a lead that waits for the job.
pub const WAITING: i64 = 12;

/// Refuses a caller who cannot verify leads, and a workspace without credits.
pub async fn can_verify<P: Permission>(can: &Can<P>, tx: &mut Tx) -> Result<()> {
    can.also::<Verify>()?;
    credits::require_some(can, tx, credits::Kind::Hyper).await
}

/// Lets new leads wait for the job, and starts it unless the caller has one that has not ended.
pub async fn queue(can: &Can<Create>, tx: &mut Tx, leads: &[Lead]) -> Result<()> {
    can.also::<Verify>()?;
    let ids: Vec<Uuid> = leads.iter().filter(|lead| lead.email.is_some()).map(|lead| lead.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    store::set_verification(can, tx, Some(WAITING), &ids).await?;
    let asker = can.key().or(can.user()).ok_or_else(|| Error::internal("a job that nobody asked for"))?;
    if !store::verifies(can, tx, &asker.to_string()).await? {
        let about = Some(asker.to_string());
        jobs::enqueue(can, tx, New { about, ..New::asked(can, Kind::VerifyLeads, json!({})) }).await?;
    }
    Ok(())
}

/// The next leads that wait and are within reach, with their addresses.
pub async fn waiting(can: &Can<Verify>, most: i64) -> Result<Vec<(Uuid, String)>> {
    store::waiting(can, can.reader(), None, most).await
}

/// Those of these leads that wait and are within reach in this transaction.
pub async fn still_waiting(can: &Can<Verify>, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    store::waiting(can, tx, Some(ids), ids.len() as i64).await
}

pub async fn is_any_waiting(can: &Can<Verify>, tx: &mut Tx) -> Result<bool> {
    Ok(!store::waiting(can, tx, None, 1).await?.is_empty())
}

pub async fn set_verification(
    can: &Can<Verify>,
    tx: &mut Tx,
    status: Option<i64>,
    ids: &[Uuid],
) -> Result<()> {
    store::set_verification(can, tx, status, ids).await
}

/// Those of the addresses to which mail was opened, clicked or answered, in leads that the caller sees.
pub async fn reached(
    can: &Caller,
    from: impl Into<Source<'_>>,
    emails: &[String],
) -> Result<HashSet<String>> {
    // Verifying an address needs no scope to read leads.
    if !can.may(Read::ACTION) {
        return Ok(HashSet::new());
    }
    Ok(store::reached(can, from, emails).await?.into_iter().collect())
}
