//! The SQL of the accounts from which campaigns send: rows, in the order of the campaign's `email_list`.

use super::super::{SHAPE, Senders};
use crate::access::{Caller, STEP, accounts};
use crate::db::{Source, Tx};
use crate::error::Result;
use std::collections::BTreeSet;
use uuid::Uuid;

pub async fn remove_senders_but(can: &Caller, tx: &mut Tx, campaign: Uuid, emails: &[String]) -> Result<u64> {
    can.sql(
        "delete from campaign_senders where workspace_id = {here} and campaign_id = $1 and account_id not in \
         (select a.id from accounts a where a.workspace_id = {here} and a.email in ({emails}))",
    )
    .bind(campaign)
    .fill_list("{emails}", emails)
    .run(tx)
    .await
}

pub async fn add_senders(can: &Caller, tx: &mut Tx, campaign: Uuid, emails: &[String]) -> Result<()> {
    // `true`: without it, `on conflict` would be read as a condition of the join.
    can.sql(
        "insert into campaign_senders (workspace_id, campaign_id, account_id, position, timestamp_created) \
         select a.workspace_id, $1, a.id, v.column2, $2 from accounts a join (values {rows}) as v \
         on v.column1 = a.email where a.workspace_id = {here} and true \
         on conflict (workspace_id, campaign_id, account_id) do update set position = excluded.position",
    )
    .bind(campaign)
    .bind(can.now())
    .fill("{rows}", |out| {
        // Padded to a power of two, as in `Part::list`. No account has the address "".
        let padded = emails.iter().map(String::as_str).chain(std::iter::repeat(""));
        for (position, email) in padded.take(emails.len().next_power_of_two()).enumerate() {
            out.push(if position > 0 { ", (cast(" } else { "(cast(" }).bind(email);
            out.push(" as text), cast(").bind(position as i64).push(" as bigint))");
        }
    })
    .run(tx)
    .await
    .map(drop)
}

/// Takes an account off one step of the campaigns that send from it, and returns their number.
pub async fn take_off_some(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    can.sql(
        "delete from campaign_senders where workspace_id = {here} and account_id = $1 \
         and campaign_id in (select s.campaign_id from campaign_senders s \
         where s.workspace_id = {here} and s.account_id = $1 limit $2)",
    )
    .bind(id)
    .bind(STEP as i64)
    .run(tx)
    .await
}

pub async fn usable_among(
    can: &Caller,
    from: impl Into<Source<'_>>,
    senders: &Senders,
    emails: &[String],
    present: &[String],
) -> Result<BTreeSet<String>> {
    let found = can
        .sql(
            "select a.email from accounts a where a.workspace_id = {here} \
             and a.email in ({emails}) and {usable} and ({visible} or a.email in ({there}))",
        )
        .fill_list("{emails}", emails)
        .fill_list("{there}", present)
        .fill("{usable}", senders.usable())
        .fill("{visible}", can.sees::<accounts::Read>(&SHAPE))
        .all::<String>(from);
    Ok(found.await?.into_iter().collect())
}

/// The accounts that the caller sees and that these senders can use.
pub async fn to_choose(can: &Caller, senders: &Senders) -> Result<Vec<String>> {
    can.sql("select a.email from accounts a where {visible} and {usable} order by a.email limit 200")
        .fill("{usable}", senders.usable())
        .fill("{visible}", can.sees::<accounts::Read>(&SHAPE))
        .all(can.reader())
        .await
}

impl Senders {
    /// A campaign's accounts that its owner cannot use.
    pub async fn lost(&self, can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<Vec<String>> {
        can.sql(
            "select a.email from campaign_senders s join accounts a \
             on a.workspace_id = s.workspace_id and a.id = s.account_id \
             where s.workspace_id = {here} and s.campaign_id = $1 and not {usable} order by s.position desc",
        )
        .bind(campaign)
        .fill("{usable}", self.usable())
        .all(tx)
        .await
    }

    /// Whether one of a campaign's accounts, or one with one of the tags, can be used.
    pub async fn any(&self, can: &Caller, tx: &mut Tx, campaign: Uuid, tags: &[Uuid]) -> Result<bool> {
        let found = can
            .sql(
                "select a.id from accounts a where a.workspace_id = {here} and {usable} and (a.id in \
                 (select s.account_id from campaign_senders s \
                 where s.workspace_id = {here} and s.campaign_id = $1) \
                 or a.id in (select g.resource_id from custom_tag_mappings g \
                 where g.workspace_id = {here} and g.tag_id in ({ids}))) limit 1",
            )
            .bind(campaign)
            .fill("{usable}", self.usable())
            .fill_list("{ids}", tags)
            .optional::<Uuid>(tx);
        Ok(found.await?.is_some())
    }
}

/// Those of a campaign's senders that the caller sees and to which the server could not sign in, at most 100.
pub async fn not_connected(can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<Vec<String>> {
    can.sql(
        "select a.email from campaign_senders s join accounts a on a.workspace_id = s.workspace_id \
         and a.id = s.account_id where s.workspace_id = {here} and s.campaign_id = $1 \
         and a.connection_state <> 'ok' and {visible} order by a.email limit 100",
    )
    .bind(campaign)
    .fill("{visible}", can.sees::<accounts::Read>(&SHAPE))
    .all(tx)
    .await
}

pub async fn has_senders(can: &Caller, tx: &mut Tx) -> Result<bool> {
    let any = can.sql("select account_id from campaign_senders where workspace_id = {here} limit 1");
    Ok(any.optional::<Uuid>(tx).await?.is_some())
}

/// The owners of the campaigns that send from an account.
pub async fn campaign_owners(can: &Caller, tx: &mut Tx, account: Uuid) -> Result<Vec<Option<Uuid>>> {
    can.sql(
        "select distinct c.owned_by from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.workspace_id = {here} and s.account_id = $1",
    )
    .bind(account)
    .all(tx)
    .await
}

/// Takes what is not usable off the campaigns of an owner, and returns the campaign of each row.
pub async fn release(
    can: &Caller,
    tx: &mut Tx,
    senders: &Senders,
    owner: Option<Uuid>,
    account: Option<Uuid>,
) -> Result<Vec<Uuid>> {
    can.sql(
        "delete from campaign_senders where workspace_id = {here} and campaign_id in \
         (select c.id from campaigns c where c.workspace_id = {here} \
         and (c.owned_by = $1 or (c.owned_by is null and $2))) \
         and account_id in (select a.id from accounts a \
         where a.workspace_id = {here} and not {usable} {filters}) returning campaign_id",
    )
    .bind(owner)
    .bind(owner.is_none())
    .fill("{usable}", senders.usable())
    .fill("{filters}", |out| {
        out.given(account, " and a.id = ", "");
    })
    .all(tx)
    .await
}

pub async fn assigned(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Vec<Uuid>> {
    can.sql("select id from accounts where workspace_id = {here} and assigned_to = $1 order by id")
        .bind(member)
        .all(tx)
        .await
}

pub async fn unassign(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<u64> {
    can.sql(
        "update accounts set assigned_to = null, modified_by = $2, timestamp_updated = $3 \
         where workspace_id = {here} and assigned_to = $1",
    )
    .bind(member)
    .bind(can.user())
    .bind(can.now())
    .run(tx)
    .await
}
