//! The SQL of these mappings.

use super::AccountCampaignMapping;
use crate::access::{Can, account_campaign_mappings::Read, campaigns};
use crate::error::Result;
use crate::resources::campaigns as campaign;
use crate::time::Time;
use uuid::Uuid;

pub async fn list(
    can: &Can<Read>,
    account: Uuid,
    before: (Time, Uuid),
    limit: i64,
) -> Result<Vec<AccountCampaignMapping>> {
    can.sql(
        "select {columns} from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.account_id = $1 and {seen} \
         and (s.timestamp_created < $2 or s.timestamp_created = $2 and c.id < $3) \
         order by s.timestamp_created desc, c.id desc limit $4",
    )
    .bind(account)
    .bind(before.0)
    .bind(before.1)
    .bind(limit)
    .fill("{seen}", can.sees::<campaigns::Read>(&campaign::SHAPE))
    .all(can.reader())
    .await
}
