//! The SQL of assigning accounts that were promised by an invitation.

use super::super::SHAPE;
use crate::access::{
    Caller,
    accounts::{Assign, Read},
};
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// Which of these accounts are unassigned.
pub async fn unassigned(can: &Caller, tx: &mut Tx, accounts: &[Uuid]) -> Result<Vec<Uuid>> {
    can.sql(
        "select id from accounts \
         where workspace_id = {here} and assigned_to is null and id in ({ids}) order by id",
    )
    .fill_list("{ids}", accounts)
    .all(tx)
    .await
}

/// Assigns unassigned accounts to a member, as far as another caller can assign them. It returns those that it assigned.
pub async fn assign_as(
    can: &Caller,
    tx: &mut Tx,
    by: &Caller,
    member: Uuid,
    accounts: &[Uuid],
) -> Result<Vec<Uuid>> {
    can.sql(
        "update accounts set assigned_to = $1, modified_by = $2, timestamp_updated = $3 \
         where workspace_id = {here} and assigned_to is null and id in (select a.id from accounts a \
         where a.id in ({ids}) and {within} and {visible}) returning id",
    )
    .bind(member)
    .bind(can.user())
    .bind(can.now())
    .fill_list("{ids}", accounts)
    .fill("{within}", by.reaches::<Assign>(&SHAPE))
    .fill("{visible}", by.sees::<Read>(&SHAPE))
    .all(tx)
    .await
}
