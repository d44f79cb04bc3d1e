//! The SQL of what campaigns would lose.

use super::dry_run::Loss;
use crate::access::Caller;
use crate::db::record;
use crate::error::Result;
use uuid::Uuid;

/// A campaign that would lose an account.
pub struct Lost {
    pub account: Uuid,
    campaign: Uuid,
    name: String,
    /// The number of senders that the campaign would still have.
    left: i64,
}
record! { Lost { account = "s.account_id", campaign = "c.id", name = "c.name", left = "x.number" } }

impl Lost {
    pub fn loss(&self) -> Loss {
        Loss { id: self.campaign, name: self.name.clone(), left_without_sender: self.left == 0 }
    }
}

pub async fn losses(source: &Caller, accounts: &[Uuid]) -> Result<Vec<Lost>> {
    source.sql("select {columns} from campaign_senders s \
         join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         join (select o.campaign_id, count(*) filter (where o.account_id not in ({ids})) as number \
         from campaign_senders o where o.workspace_id = {here} group by o.campaign_id) x \
         on x.campaign_id = c.id where s.workspace_id = {here} and s.account_id in ({ids}) order by c.id limit 10000")
    .fill_list("{ids}", accounts)
    .all(source.reader())
    .await
}
