//! The SQL of the sending accounts that invitations promise, and of the count of invitations.

pub mod leaving;

use crate::access::{Asker, Caller, Can, Permission, accounts, campaigns as owned, workspace_members as may};
use crate::db::{Json, Source, Tx, record};
use crate::error::Result;
use crate::resources::accounts::SHAPE;
use crate::resources::campaigns;
use crate::resources::members;
use crate::time::Time;
use uuid::Uuid;

/// How many invitations the workspace has sent since then, also again.
pub async fn invitations_since(can: &Caller, from: impl Into<Source<'_>>, since: Time) -> Result<i64> {
    let kinds: Vec<i64> =
        [may::Create::ACTION, may::Resend::ACTION].iter().filter_map(|action| action.activity).collect();
    let sent = can
        .sql(
            "select count(*) from audit_log where workspace_id = {here} and activity_type in ({kinds}) \
             and at > $1 and coalesce(affected_count, 1) > 0",
        )
        .bind(since)
        .fill_list("{kinds}", &kinds)
        .optional::<i64>(from);
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

/// When the links of the pending invitations expire.
pub async fn expiries(can: &Can<may::Read>) -> Result<Vec<(Uuid, Time)>> {
    can.sql(
        "select m.id, m.invitation_expires_at from members m where not m.accepted \
             and m.invitation_expires_at is not null and {visible} order by m.id desc limit 1000",
    )
    .fill("{visible}", can.visible(&members::SHAPE))
    .all(can.reader())
    .await
}

/// How many campaigns a user owns, as far as the caller sees them, and how many of them are private.
pub async fn campaigns_of(can: &Caller, user: Uuid) -> Result<(i64, i64)> {
    let found = can
        .sql(
            "select count(*), coalesce(sum(case when c.visibility = 'private' then 1 else 0 end), 0) \
             from campaigns c where c.owned_by = $1 and {visible}",
        )
        .bind(user)
        .fill("{visible}", can.sees::<owned::Read>(&campaigns::SHAPE))
        .optional::<(i64, i64)>(can.reader());
    Ok(found.await?.unwrap_or_default())
}
