//! The SQL of access files: the state of a workspace, and counts of records. The caller's own rights decide what is read.

use super::Application;
use crate::access::{
    Caller, Can, Permission, accounts as may_accounts, campaigns as may_campaigns, custom_tags as may_tags,
    lead_lists as may_lists, workspace_members as may_members,
};
use crate::db::{Json, Source, Tx, record};
use crate::error::Result;
use crate::resources::{accounts, campaigns, custom_tags, lead_lists, members};
use uuid::Uuid;

/// The most rows of each kind in a state.
pub const MOST: usize = 20_000;

pub struct TagRow {
    pub id: Uuid,
    pub label: String,
    pub description: Option<String>,
}
record! { TagRow { id = "t.id", label = "t.label", description = "t.description" } }

pub async fn tags(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<TagRow>> {
    can.sql("select {columns} from custom_tags t where {visible} order by t.label, t.id limit $1")
        .bind(MOST as i64 + 1)
        .fill("{visible}", can.sees::<may_tags::Read>(&custom_tags::SHAPE))
        .all(from)
        .await
}

pub struct MemberRow {
    pub id: Uuid,
    pub user: Uuid,
    pub email: String,
    pub role: String,
    pub custom: Option<Uuid>,
    pub permissions: Option<Json<Vec<String>>>,
    pub limit: Option<Json<Vec<Uuid>>>,
    pub accepted: bool,
}
record! { MemberRow {
    id = "m.id", user = "m.user_id", email = "m.email", role = "m.role", custom = "m.role_id",
    permissions = "m.permissions", limit = "m.tag_limit", accepted = "m.accepted"
} }

pub async fn members(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<MemberRow>> {
    can.sql("select {columns} from members m where {visible} order by m.id limit $1")
        .bind(MOST as i64 + 1)
        .fill("{visible}", can.sees::<may_members::Read>(&members::SHAPE))
        .all(from)
        .await
}

pub struct AccountRow {
    pub id: Uuid,
    pub email: String,
    pub assigned_to: Option<Uuid>,
    /// Ids, separated by commas.
    pub tags: Option<String>,
    pub promised_to: Option<String>,
}
record! { AccountRow {
    id = "a.id", email = "a.email", assigned_to = "a.assigned_to",
    tags = "(select string_agg(uuid_text(g.tag_id), ',') from custom_tag_mappings g \
        where g.workspace_id = a.workspace_id and g.resource_id = a.id)",
    promised_to = "(select min(m.email) from invitation_accounts i join members m \
        on m.workspace_id = i.workspace_id and m.id = i.member_id \
        where i.workspace_id = a.workspace_id and i.account_id = a.id)"
} }

pub async fn accounts(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<AccountRow>> {
    can.sql("select {columns} from accounts a where {visible} order by a.email limit $1")
        .bind(MOST as i64 + 1)
        .fill("{visible}", can.sees::<may_accounts::Read>(&accounts::SHAPE))
        .all(from)
        .await
}

/// An account from which a campaign sends.
pub struct SenderRow {
    pub campaign: Uuid,
    pub name: String,
    pub owner: Option<Uuid>,
    pub account: Uuid,
}
record! { SenderRow { campaign = "c.id", name = "c.name", owner = "c.owned_by", account = "s.account_id" } }

pub async fn senders(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<SenderRow>> {
    can.sql(
        "select {columns} from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.workspace_id = {here} and {visible} order by c.id, s.account_id limit $1",
    )
    .bind(MOST as i64 + 1)
    .fill("{visible}", can.sees::<may_campaigns::Read>(&campaigns::SHAPE))
    .all(from)
    .await
}

/// What decides about a record: its owner, its collaborators, its tags and its visibility.
pub struct RecordRow {
    pub team: bool,
    pub owner: Option<Uuid>,
    pub collaborators: Option<String>,
    pub tags: Option<String>,
}
record! { RecordRow {
    team = "c.visibility = 'team'", owner = "c.owned_by",
    collaborators = "(select string_agg(uuid_text(k.member_id), ',') from campaign_collaborators k \
        where k.workspace_id = c.workspace_id and k.campaign_id = c.id)",
    tags = "(select string_agg(uuid_text(g.tag_id), ',') from custom_tag_mappings g \
        where g.workspace_id = c.workspace_id and g.resource_id = c.id)"
} }

/// Campaigns with a name that the caller sees; two at most.
pub async fn campaigns(can: &Caller, from: impl Into<Source<'_>>, name: &str) -> Result<Vec<RecordRow>> {
    can.sql("select {columns} from campaigns c where c.name = $1 and {visible} order by c.id limit 2")
        .bind(name)
        .fill("{visible}", can.sees::<may_campaigns::Read>(&campaigns::SHAPE))
        .all(from)
        .await
}

/// A lead list, which the whole team can see.
pub struct ListRow {
    pub owner: Option<Uuid>,
}
record! { ListRow { owner = "i.owned_by" } }

/// Lead lists with a name that the caller sees; two at most.
pub async fn lead_lists(can: &Caller, from: impl Into<Source<'_>>, name: &str) -> Result<Vec<ListRow>> {
    can.sql("select {columns} from lead_lists i where i.name = $1 and {visible} order by i.id limit 2")
        .bind(name)
        .fill("{visible}", can.sees::<may_lists::Read>(&lead_lists::SHAPE))
        .all(from)
        .await
}

/// Keeps what was applied.
pub async fn keep<P: Permission>(can: &Can<P>, tx: &mut Tx, application: &Application) -> Result<u64> {
    can.insert(tx, application).await
}
