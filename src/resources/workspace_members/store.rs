//! The SQL of the sending accounts that invitations promise, and of the count of invitations.

use crate::access::{Asker, Caller, Permission, accounts, workspace_members as may};
use crate::db::{Json, Source, Tx, record};
use crate::error::Result;
use crate::resources::accounts::SHAPE;
use crate::time::Time;
use uuid::Uuid;

/// How many invitations the workspace has sent since then, also again.
pub async fn invitations_since(can: &Caller, tx: &mut Tx, since: Time) -> Result<i64> {
    let kinds: Vec<i64> =
        [may::Create::ACTION, may::Resend::ACTION].iter().filter_map(|action| action.activity).collect();
    let sent = can
        .sql(
            "select count(*) from audit_log where workspace_id = {here} and activity_type in ({kinds}) \
             and at > $1 and coalesce(affected_count, 1) > 0",
        )
        .bind(since)
        .fill_list("{kinds}", &kinds)
        .optional::<i64>(tx);
    Ok(sent.await?.unwrap_or(0))
}

/// The unassigned accounts among these addresses that the caller can assign.
pub async fn assignable(can: &Caller, tx: &mut Tx, emails: &[String]) -> Result<Vec<(String, Uuid)>> {
    can.sql(
        "select a.email, a.id from accounts a \
         where a.email in ({emails}) and a.assigned_to is null and {within} and {visible}",
    )
    .fill_list("{emails}", emails)
    .fill("{within}", can.reaches::<accounts::Assign>(&SHAPE))
    .fill("{visible}", can.sees::<accounts::Read>(&SHAPE))
    .all(tx)
    .await
}

pub async fn insert_promise(can: &Caller, tx: &mut Tx, member: Uuid, account: Uuid) -> Result<u64> {
    can.sql(
        "insert into invitation_accounts (workspace_id, member_id, account_id, promised_by) \
         values ({here}, $1, $2, $3) on conflict (workspace_id, member_id, account_id) do nothing",
    )
    .bind(member)
    .bind(account)
    .bind(Json::value(&can.asker()))
    .run(tx)
    .await
}

/// The addresses of the unassigned accounts that invitations promise, as far as the caller sees them.
pub async fn promised_to(
    can: &Caller,
    from: impl Into<Source<'_>>,
    members: &[Uuid],
) -> Result<Vec<(Uuid, String)>> {
    can.sql(
        "select i.member_id, a.email from invitation_accounts i \
         join accounts a on a.workspace_id = i.workspace_id and a.id = i.account_id \
         where i.workspace_id = {here} and i.member_id in ({ids}) and a.assigned_to is null \
         and {visible} order by a.email",
    )
    .fill_list("{ids}", members)
    .fill("{visible}", can.sees::<accounts::Read>(&SHAPE))
    .all(from)
    .await
}

/// An account that an invitation promised.
pub struct Promise {
    pub account: Uuid,
    pub by: Option<Json<Asker>>,
}
record! { Promise { account = "account_id", by = "promised_by" } }

/// Takes the promises of an invitation away.
pub async fn take_promises(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Vec<Promise>> {
    can.sql(
        "delete from invitation_accounts where workspace_id = {here} and member_id = $1 \
         returning account_id, promised_by",
    )
    .bind(member)
    .all(tx)
    .await
}
