//! The SQL of what belongs to a member who leaves: found, counted and given to somebody else.

use crate::access::{
    Caller, accounts as sending, campaigns as may_campaigns, lead_lists as may_lists, leads as may_leads,
    webhooks as may_webhooks,
};
use crate::db::{Source, Tx, record};
use crate::error::Result;
use crate::resources::members::WorkspaceMember;
use crate::resources::{accounts, campaigns, lead_lists, leads, webhooks};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// The most records of a kind that are named.
const NAMED: i64 = 100;
/// The most invitations that are withdrawn at once. A workspace sends at most 100 a day, and a link works for 7 days.
pub const INVITED: i64 = 1000;

/// A record that belongs to somebody.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Belonging")]
pub struct Belonging {
    pub id: Uuid,
    pub name: String,
}
record! { Belonging { id = "x.id", name = "x.name" } }

/// The campaigns of a user that the caller sees, running ones first.
pub async fn campaigns_of(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<Belonging>> {
    can.sql(
        "select {columns} from (select c.id, c.name, c.status from campaigns c where c.owned_by = $1 and {visible}) x \
         order by case when x.status = 1 then 0 else 1 end, x.id desc limit $2",
    )
    .bind(user)
    .bind(NAMED)
    .fill("{visible}", can.sees::<may_campaigns::Read>(&campaigns::SHAPE))
    .all(from)
    .await
}

/// How many campaigns a user owns, and how many of them are running.
pub async fn count_campaigns(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<(i64, i64)> {
    let count = can
        .sql(
            "select count(*), coalesce(sum(case when c.status = 1 then 1 else 0 end), 0) from campaigns c \
             where c.owned_by = $1 and {visible}",
        )
        .bind(user)
        .fill("{visible}", can.sees::<may_campaigns::Read>(&campaigns::SHAPE));
    Ok(count.optional(from).await?.unwrap_or_default())
}

/// How many campaigns a member works on that belong to others.
pub async fn count_collaborations(can: &Caller, from: impl Into<Source<'_>>, member: Uuid) -> Result<i64> {
    let count =
        can.sql("select count(*) from campaign_collaborators where workspace_id = {here} and member_id = $1");
    Ok(count.bind(member).optional(from).await?.unwrap_or(0))
}

/// The sending accounts that are assigned to a member, as far as the caller sees them.
pub async fn accounts_of(can: &Caller, from: impl Into<Source<'_>>, member: Uuid) -> Result<Vec<Belonging>> {
    can.sql(
        "select {columns} from (select a.id, a.email as name from accounts a where a.assigned_to = $1 and {visible}) x \
         order by x.name limit $2",
    )
    .bind(member)
    .bind(NAMED)
    .fill("{visible}", can.sees::<sending::Read>(&accounts::SHAPE))
    .all(from)
    .await
}

pub async fn count_accounts(can: &Caller, from: impl Into<Source<'_>>, member: Uuid) -> Result<i64> {
    let found = can
        .sql("select count(*) from accounts a where a.assigned_to = $1 and {visible}")
        .bind(member)
        .fill("{visible}", can.sees::<sending::Read>(&accounts::SHAPE));
    Ok(found.optional(from).await?.unwrap_or(0))
}

pub async fn count_leads(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<i64> {
    let count = can
        .sql("select count(*) from leads l where l.assigned_to = $1 and {visible}")
        .bind(user)
        .fill("{visible}", can.sees::<may_leads::Read>(&leads::SHAPE));
    Ok(count.optional(from).await?.unwrap_or(0))
}

pub async fn lists_of(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<Belonging>> {
    can.sql(
        "select {columns} from (select i.id, i.name from lead_lists i where i.owned_by = $1 and {visible}) x \
         order by x.id desc limit $2",
    )
    .bind(user)
    .bind(NAMED)
    .fill("{visible}", can.sees::<may_lists::Read>(&lead_lists::SHAPE))
    .all(from)
    .await
}

pub async fn count_lists(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<i64> {
    let count = can
        .sql("select count(*) from lead_lists i where i.owned_by = $1 and {visible}")
        .bind(user)
        .fill("{visible}", can.sees::<may_lists::Read>(&lead_lists::SHAPE));
    Ok(count.optional(from).await?.unwrap_or(0))
}

pub async fn webhooks_of(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<Belonging>> {
    can.sql(
        "select {columns} from (select w.id, coalesce(w.name, w.target_hook_url) as name from webhooks w \
         where w.made_by = $1 and {visible}) x order by x.id desc limit $2",
    )
    .bind(user)
    .bind(NAMED)
    .fill("{visible}", can.sees::<may_webhooks::Read>(&webhooks::SHAPE))
    .all(from)
    .await
}

/// The personal keys of a member that are not revoked.
pub async fn personal_keys(
    can: &Caller,
    from: impl Into<Source<'_>>,
    member: Uuid,
) -> Result<Vec<Belonging>> {
    can.sql(
        "select {columns} from api_keys x where x.workspace_id = {here} and x.member_id = $1 and x.personal \
         and x.revoked_at is null order by x.id desc limit $2",
    )
    .bind(member)
    .bind(NAMED)
    .all(from)
    .await
}

/// The pending invitations that a user has sent.
pub async fn invitations_by(
    can: &Caller,
    from: impl Into<Source<'_>>,
    user: Uuid,
) -> Result<Vec<WorkspaceMember>> {
    can.sql(
        "select {columns} from members m left join users u on u.id = m.user_id \
         where m.workspace_id = {here} and not m.accepted and m.issuer_id = $1 order by m.id desc limit $2",
    )
    .bind(user)
    .bind(INVITED + 1)
    .all(from)
    .await
}

/// Gives the campaigns of a user to another, or to nobody. Returns them.
pub async fn give_campaigns(can: &Caller, tx: &mut Tx, from: Uuid, to: Option<Uuid>) -> Result<Vec<Uuid>> {
    can.sql(
        "update campaigns set owned_by = $2, timestamp_updated = $3 \
         where workspace_id = {here} and owned_by = $1 returning id",
    )
    .bind(from)
    .bind(to)
    .bind(can.now())
    .all(tx)
    .await
}

pub async fn leave_campaigns(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<u64> {
    can.sql("delete from campaign_collaborators where workspace_id = {here} and member_id = $1")
        .bind(member)
        .run(tx)
        .await
}

pub async fn give_accounts(can: &Caller, tx: &mut Tx, from: Uuid, to: Uuid) -> Result<Vec<Uuid>> {
    can.sql(
        "update accounts set assigned_to = $2, modified_by = $3, timestamp_updated = $4 \
         where workspace_id = {here} and assigned_to = $1 returning id",
    )
    .bind(from)
    .bind(to)
    .bind(can.user())
    .bind(can.now())
    .all(tx)
    .await
}

/// The number of leads that are assigned to a user, counted up to a limit.
pub async fn leads_up_to(can: &Caller, tx: &mut Tx, user: Uuid, most: i64) -> Result<i64> {
    let count = can.sql(
        "select count(*) from (select id from leads where workspace_id = {here} and assigned_to = $1 limit $2) counted",
    );
    Ok(count.bind(user).bind(most).optional(tx).await?.unwrap_or(0))
}

pub async fn give_leads(can: &Caller, tx: &mut Tx, from: Uuid, to: Option<Uuid>) -> Result<u64> {
    can.sql(
        "update leads set assigned_to = $2, timestamp_updated = $3 \
         where workspace_id = {here} and assigned_to = $1",
    )
    .bind(from)
    .bind(to)
    .bind(can.now())
    .run(tx)
    .await
}

pub async fn give_lists(can: &Caller, tx: &mut Tx, from: Uuid, to: Option<Uuid>) -> Result<Vec<Uuid>> {
    can.sql("update lead_lists set owned_by = $2 where workspace_id = {here} and owned_by = $1 returning id")
        .bind(from)
        .bind(to)
        .all(tx)
        .await
}

pub async fn give_mappings(can: &Caller, tx: &mut Tx, from: Uuid, to: Option<Uuid>) -> Result<u64> {
    can.sql("update lead_import_mappings set created_by = $2 where workspace_id = {here} and created_by = $1")
        .bind(from)
        .bind(to)
        .run(tx)
        .await
}

/// Pauses the webhooks of a user. The member who resumes one becomes its maker.
pub async fn pause_webhooks(can: &Caller, tx: &mut Tx, user: Uuid, why: &str) -> Result<Vec<Uuid>> {
    can.sql(
        "update webhooks set status = -1, timestamp_error = $2, paused_because = $3, made_by = null \
         where workspace_id = {here} and made_by = $1 returning id",
    )
    .bind(user)
    .bind(can.now())
    .bind(why)
    .all(tx)
    .await
}

/// Closes the links of the pending invitations that a user has sent, and deletes them.
pub async fn withdraw_invitations(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<u64> {
    can.sql(
        "delete from credentials where workspace_id = {here} and kind = 'invitation' and id in \
         (select m.id from members m where m.workspace_id = {here} and not m.accepted and m.issuer_id = $1)",
    )
    .bind(user)
    .run(&mut *tx)
    .await?;
    can.sql("delete from members where workspace_id = {here} and not accepted and issuer_id = $1")
        .bind(user)
        .run(tx)
        .await
}
