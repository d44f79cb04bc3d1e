//! The group on one page: figures of every sub-workspace, as far as it leaves them to its admin workspace. Counting
//! reads no record, so that what is wrong in one workspace does not fail the others.

use super::{SHAPE, WorkspaceGroupMember};
use crate::access::{
    Action, Can, Permission, accounts, api_keys, audit_logs, campaigns, workspace_group_members::Read,
    workspace_members,
};
use crate::db::{Source, record, sql};
use crate::error::Result;
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Sub-workspaces of a page, unless it is said otherwise.
const SIZE: i64 = 100;

#[derive(Deserialize, JsonSchema)]
pub struct Slice {
    /// How many sub-workspaces to give, 1 to 1000; 100 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 1000))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before.
    #[schemars(transform = absent_not_null)]
    starting_after: Option<Uuid>,
}

impl Slice {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(SIZE)
    }
}

/// Figures are null where the sub-workspace does not leave them to its admin workspace.
#[derive(Serialize, JsonSchema)]
pub struct Overview {
    /// The id of the link.
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub workspace_name: Option<String>,
    /// Whether the sub-workspace has paused what its admin workspace may do.
    pub paused: bool,
    /// Accepted ones.
    pub members: Option<i64>,
    /// By status, as `GET /api/v2/campaigns` has it.
    pub campaigns: Option<BTreeMap<i64, i64>>,
    /// By status, as `GET /api/v2/accounts` has it.
    pub accounts: Option<BTreeMap<i64, i64>>,
    /// Live ones.
    pub api_keys: Option<i64>,
    /// When something was changed last, or tried.
    pub last_activity: Option<Time>,
}

struct Entry {
    link: WorkspaceGroupMember,
    last_activity: Option<Time>,
}

impl crate::db::Record for Entry {
    const COLUMNS: &'static str = "";
    fn columns() -> std::borrow::Cow<'static, str> {
        let last = "(select g.at from audit_log g where g.workspace_id = l.sub_workspace_id order by g.id desc limit 1)";
        format!("{}, {last}", WorkspaceGroupMember::COLUMNS).into()
    }
    fn read(row: &mut crate::db::Row) -> Result<Self> {
        Ok(Entry { link: crate::db::Record::read(row)?, last_activity: row.take()? })
    }
}

struct Count {
    workspace: Uuid,
    kind: String,
    status: i64,
    number: i64,
}
record! { Count { workspace = "x.workspace", kind = "x.kind", status = "x.status", number = "x.number" } }

/// Two statements, however many they are.
pub async fn overview(can: &Can<Read>, slice: &Slice) -> Result<Vec<Overview>> {
    let entries = page(can, slice, can.reader()).await?;
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.link.sub_workspace_id).collect();
    let mut counts: HashMap<Uuid, Vec<Count>> = HashMap::new();
    if !ids.is_empty() {
        for count in counted(can, &ids, can.reader()).await? {
            counts.entry(count.workspace).or_default().push(count);
        }
    }
    let figures = |entry: Entry| {
        let own = counts.remove(&entry.link.sub_workspace_id).unwrap_or_default();
        seen(can, entry, own)
    };
    Ok(entries.into_iter().map(figures).collect())
}

fn seen(can: &Can<Read>, entry: Entry, counts: Vec<Count>) -> Overview {
    let Entry { link, last_activity } = entry;
    let left = |action: &'static Action| {
        can.may_act() && can.may(action) && link.delegation.refuses(action).is_none()
    };
    let log = left(audit_logs::Read::ACTION);
    let by_status = |kind: &str| -> BTreeMap<i64, i64> {
        let own = counts.iter().filter(|count| count.kind == kind);
        own.map(|count| (count.status, count.number)).collect()
    };
    let total = |kind: &str| by_status(kind).values().sum();
    Overview {
        id: link.id,
        workspace_id: link.sub_workspace_id,
        paused: link.delegation.paused,
        members: left(workspace_members::Read::ACTION).then(|| total("member")),
        campaigns: left(campaigns::Read::ACTION).then(|| by_status("campaign")),
        accounts: left(accounts::Read::ACTION).then(|| by_status("account")),
        api_keys: left(api_keys::Read::ACTION).then(|| total("key")),
        last_activity: last_activity.filter(|_| log),
        workspace_name: link.sub_workspace_name,
    }
}

async fn page(can: &Can<Read>, slice: &Slice, from: impl Into<Source<'_>>) -> Result<Vec<Entry>> {
    sql("select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
         join workspaces s on s.id = l.sub_workspace_id and coalesce(s.scheduled_for_removal_at > $3, true) \
         where l.id < $1 and l.status = 'accepted' and {visible} order by l.id desc limit $2")
    .bind(slice.starting_after.unwrap_or(Uuid::max()))
    .bind(slice.limit())
    .bind(can.now())
    .fill("{visible}", can.visible(&SHAPE))
    .all(from)
    .await
}

async fn counted(can: &Can<Read>, ids: &[Uuid], from: impl Into<Source<'_>>) -> Result<Vec<Count>> {
    sql("with subs as (select l.sub_workspace_id as id from group_links l \
         where l.status = 'accepted' and l.sub_workspace_id in ({ids}) and {visible}) \
         select {columns} from ( \
         select m.workspace_id as workspace, 'member' as kind, cast(0 as bigint) as status, count(*) as number \
         from subs join members m on m.workspace_id = subs.id where m.accepted group by m.workspace_id \
         union all \
         select c.workspace_id, 'campaign', c.status, count(*) \
         from subs join campaigns c on c.workspace_id = subs.id group by c.workspace_id, c.status \
         union all \
         select a.workspace_id, 'account', a.status, count(*) \
         from subs join accounts a on a.workspace_id = subs.id group by a.workspace_id, a.status \
         union all \
         select k.workspace_id, 'key', cast(0 as bigint), count(*) \
         from subs join api_keys k on k.workspace_id = subs.id \
         where k.revoked_at is null and coalesce(k.expires_at > $1, true) group by k.workspace_id) x")
    .bind(can.now())
    .fill_list("{ids}", ids)
    .fill("{visible}", can.visible(&SHAPE))
    .all(from)
    .await
}
