//! The SQL of workspaces. A statement is about the caller's workspace unless it says otherwise.

use super::{Billing, Visibility, Workspace};
use crate::access::{Caller, Role, across};
use crate::db::{Json, Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::http::Paging;
use crate::mail::Brand;
use crate::time::Time;
use uuid::Uuid;

impl Record for Workspace {
    const COLUMNS: &'static str = "w.id, w.name, w.timestamp_created, w.timestamp_updated, \
         w.scheduled_for_removal_at, w.org_logo_url, w.default_campaign_visibility, w.default_member_role, \
         w.strict_scopes, w.strict_bodies, w.unique_leads, (select m.user_id from members m where m.workspace_id = w.id and m.role = 'owner'), \
         w.org_client_domain";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Workspace {
            id: row.take()?,
            name: row.take()?,
            timestamp_created: row.take()?,
            timestamp_updated: row.take()?,
            scheduled_for_removal_at: row.take()?,
            org_logo_url: row.take()?,
            default_campaign_visibility: Visibility::parse(&row.take::<String>()?),
            default_member_role: Role::parse(&row.take::<String>()?).unwrap_or(Role::View),
            strict_scopes: row.take()?,
            strict_bodies: row.take()?,
            unique_leads: row.take()?,
            owner: row.take()?,
            billing: Billing { org_client_domain: row.take()?, ..Billing::default() },
        })
    }
}

pub async fn current(can: &Caller, from: impl Into<Source<'_>>) -> Result<Workspace> {
    let found = can.sql("select {columns} from workspaces w where w.id = {here}").optional(from);
    found.await?.ok_or_else(Error::hidden)
}

pub async fn insert(tx: &mut Tx, id: Uuid, name: &str, now: Time) -> Result<u64> {
    across("The founder of a workspace calls from another workspace.")
        .unfenced_sql(
            "insert into workspaces (id, name, default_campaign_visibility, default_member_role, \
             strict_scopes, denied, timestamp_created, timestamp_updated) \
             values ($1, $2, 'team', 'view', false, $3, $4, $4)",
        )
        .bind(id)
        .bind(name)
        .bind(Json::value(&Vec::<String>::new()))
        .bind(now)
        .run(tx)
        .await
}

pub async fn update(can: &Caller, tx: &mut Tx, workspace: &Workspace) -> Result<u64> {
    can.sql(
        "update workspaces set name = $1, org_logo_url = $2, default_campaign_visibility = $3, \
         default_member_role = $4, strict_scopes = $5, scheduled_for_removal_at = $6, \
         timestamp_updated = $7, unique_leads = $8, strict_bodies = $9 where id = {here}",
    )
    .bind(&workspace.name)
    .bind(workspace.org_logo_url.clone())
    .bind(workspace.default_campaign_visibility.name())
    .bind(workspace.default_member_role.name())
    .bind(workspace.strict_scopes)
    .bind(workspace.scheduled_for_removal_at)
    .bind(workspace.timestamp_updated)
    .bind(workspace.unique_leads)
    .bind(workspace.strict_bodies)
    .run(tx)
    .await
}

/// The workspaces of which a user is an accepted member.
pub async fn of_user(can: &Caller, user: Uuid, paging: &Paging) -> Result<Vec<Workspace>> {
    across("A person can be a member of several workspaces.")
        .unfenced_sql(
            "select {columns} from workspaces w join members own on own.workspace_id = w.id \
             and own.accepted where own.user_id = $1 and w.id < $2 \
             and coalesce(w.scheduled_for_removal_at > $3, true) order by w.id desc limit $4",
        )
        .bind(user)
        .bind(paging.before())
        .bind(can.now())
        .bind(paging.limit())
        .all(can.reader())
        .await
}

/// The role that a user has in each of their workspaces.
pub async fn roles_of_user(can: &Caller, user: Uuid) -> Result<Vec<(Uuid, String)>> {
    across("A person can be a member of several workspaces.")
        .unfenced_sql("select workspace_id, role from members where user_id = $1 and accepted limit 1000")
        .bind(user)
        .all(can.reader())
        .await
}

/// Whether there is any workspace on the server.
pub async fn any(from: impl Into<Source<'_>>) -> Result<bool> {
    let first = across("A server without a workspace can be set up.")
        .unfenced_sql("select w.id from workspaces w limit 1")
        .optional::<Uuid>(from);
    Ok(first.await?.is_some())
}

pub async fn exists(from: impl Into<Source<'_>>, id: Uuid) -> Result<bool> {
    let found = across("The operator can name any workspace.")
        .unfenced_sql("select id from workspaces where id = $1")
        .bind(id)
        .optional::<Uuid>(from);
    Ok(found.await?.is_some())
}

/// The resources that the plan excludes.
pub async fn denied(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<String>> {
    let denied = can.sql("select denied from workspaces where id = {here}");
    let denied: Option<serde_json::Value> = denied.optional(from).await?;
    denied.map_or(Ok(vec![]), |denied| serde_json::from_value(denied).map_err(Error::internal))
}

pub async fn deny(can: &Caller, tx: &mut Tx, denied: &Vec<String>) -> Result<u64> {
    can.sql("update workspaces set denied = $1 where id = {here}").bind(Json::value(denied)).run(tx).await
}

/// Any workspace of the server.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Workspace>> {
    across("A founder or an admin workspace reads another workspace.")
        .unfenced_sql("select {columns} from workspaces w where w.id = $1")
        .bind(id)
        .optional(tx)
        .await
}

record! { Brand { name = "w.brand_name", color = "w.brand_color" } }

/// The brand that letters of the caller's workspace show: its own, or that of its admin workspace.
pub async fn brand(can: &Caller, from: impl Into<Source<'_>>) -> Result<Brand> {
    let mut from = from.into();
    let own =
        can.sql("select {columns} from workspaces w where w.id = {here}").optional::<Brand>(from.again());
    let own = own.await?.ok_or_else(Error::hidden)?;
    match can.group() {
        Some(group) if own.name.is_none() => {
            let admin = across("A sub-workspace shows the brand of its admin workspace.")
                .unfenced_sql("select {columns} from workspaces w where w.id = $1")
                .bind(group.admin);
            admin.optional(from).await?.ok_or_else(Error::hidden)
        }
        Some(_) | None => Ok(own),
    }
}
