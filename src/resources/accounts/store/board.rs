//! The SQL of the board of sending accounts.

use super::super::filter::Wanted;
use super::super::{Account, SHAPE};
use crate::access::{Can, Near, accounts::Read, campaigns};
use crate::db::{Record, Row};
use crate::error::Result;
use crate::resources::campaigns as campaign;
use uuid::Uuid;

/// What the board shows of an account besides the account itself.
pub struct OnBoard {
    pub near: Near,
    /// Campaigns that the caller sees and that send from it.
    pub campaigns: i64,
}

impl Record for OnBoard {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(OnBoard { near: Record::read(row)?, campaigns: row.take()? })
    }
}

/// Whose accounts a board shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Everybody,
    Nobody,
    Member(Uuid),
}

/// First the unassigned accounts, and then those of each member.
pub async fn board(
    can: &Can<Read>,
    wanted: &Wanted,
    whose: Whose,
    (skip, limit): (i64, i64),
) -> Result<Vec<(Account, OnBoard)>> {
    can.sql(
        "select {columns}, {near}, (select count(*) from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.workspace_id = a.workspace_id and s.account_id = a.id and {seen}) \
         from accounts a where {visible} {filters} \
         order by case when a.assigned_to is null then 0 else 1 end, a.assigned_to, a.email limit $1 offset $2",
    )
    .bind(limit)
    .bind(skip)
    .fill("{near}", can.near(&SHAPE))
    .fill("{seen}", can.sees::<campaigns::Read>(&campaign::SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        wanted.condition(can)(out);
        let (nobody, member) = match whose {
            Whose::Everybody => (false, None),
            Whose::Nobody => (true, None),
            Whose::Member(member) => (false, Some(member)),
        };
        out.push(if nobody { " and a.assigned_to is null" } else { "" });
        out.given(member, " and a.assigned_to = ", "");
    })
    .all(can.reader())
    .await
}
