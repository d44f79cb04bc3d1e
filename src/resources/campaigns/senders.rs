//! The accounts that a campaign sends from: rows, in the order of its `email_list`. An account that goes, or that
//! its owner may no longer use, goes from there too.

use super::Campaign;
use crate::access::Caller;
use crate::db::{Tx, sql};
use crate::error::Result;

/// Those that stay keep the time since when they are used. Addresses must be of accounts.
pub async fn set(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    let emails = &campaign.settings.email_list;
    sql("delete from campaign_senders where workspace_id = $1 and campaign_id = $2 and account_id not in \
         (select a.id from accounts a where a.workspace_id = $1 and a.email in ({emails}))")
    .bind(can.workspace())
    .bind(campaign.id)
    .fill_list("{emails}", emails)
    .run(&mut *tx)
    .await?;
    if emails.is_empty() {
        return Ok(());
    }
    // `true`: without it, `on conflict` would be read as a condition of the join.
    sql("insert into campaign_senders (workspace_id, campaign_id, account_id, position, timestamp_created) \
         select a.workspace_id, $2, a.id, v.column2, $3 from accounts a join (values {rows}) as v \
         on v.column1 = a.email where a.workspace_id = $1 and true \
         on conflict (workspace_id, campaign_id, account_id) do update set position = excluded.position")
    .bind(can.workspace())
    .bind(campaign.id)
    .bind(can.now())
    .fill("{rows}", |out| {
        // As in `Part::list`, in so many lengths only; nothing is called "".
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
