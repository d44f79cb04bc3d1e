//! The group on one page: figures of every sub-workspace, as far as it lets its admin workspace see them. Counting reads no
//! record, so that a broken record in one workspace does not break the overview.

use super::store::overview as store;
use crate::access::{
    Action, Can, Permission, accounts, api_keys, audit_logs, campaigns, workspace_group_members::Read,
    workspace_members,
};
use crate::error::Result;
use crate::http::{Page, optional_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The default number of sub-workspaces on a page.
const SIZE: i64 = 100;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Slice {
    /// How many sub-workspaces a page has, 1 to 1000. The default is 100.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before.
    starting_after: Option<Uuid>,
}

impl Slice {
    /// The page after this link, or the first one.
    pub fn after(starting_after: Option<Uuid>) -> Slice {
        Slice { limit: None, starting_after }
    }

    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(SIZE)
    }
}

/// A figure is null if the sub-workspace does not let its admin workspace see it.
#[derive(Serialize, JsonSchema)]
pub struct Overview {
    /// The id of the link.
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub workspace_name: Option<String>,
    /// Whether the sub-workspace has paused what its admin workspace may do.
    pub paused: bool,
    /// The number of members who have accepted.
    pub members: Option<i64>,
    /// The number of campaigns by status, as in `GET /api/v2/campaigns`.
    pub campaigns: Option<BTreeMap<i64, i64>>,
    /// The number of accounts by status, as in `GET /api/v2/accounts`.
    pub accounts: Option<BTreeMap<i64, i64>>,
    /// The number of live API keys.
    pub api_keys: Option<i64>,
    /// When somebody last changed something, or tried to.
    pub last_activity: Option<Time>,
}

/// Takes two statements, however many sub-workspaces there are.
pub async fn overview(can: &Can<Read>, slice: &Slice) -> Result<Page<Overview>> {
    let items = figures(can, slice).await?;
    Ok(Page::new(items, slice.limit(), |entry: &Overview| entry.id))
}

/// The sub-workspaces of a page, with their figures.
pub async fn figures(can: &Can<Read>, slice: &Slice) -> Result<Vec<Overview>> {
    let before = slice.starting_after.unwrap_or(Uuid::max());
    let entries = store::page(can, before, slice.limit()).await?;
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.link.sub_workspace_id).collect();
    let mut counts: HashMap<Uuid, Vec<store::Count>> = HashMap::new();
    if !ids.is_empty() {
        for count in store::counted(can, &ids).await? {
            counts.entry(count.workspace).or_default().push(count);
        }
    }
    let figures = |entry: store::Entry| {
        let own = counts.remove(&entry.link.sub_workspace_id).unwrap_or_default();
        seen(can, entry, own)
    };
    Ok(entries.into_iter().map(figures).collect())
}

fn seen(can: &Can<Read>, entry: store::Entry, counts: Vec<store::Count>) -> Overview {
    let store::Entry { link, last_activity } = entry;
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
