//! Lists the workspaces, users and API keys of the server. They are read a page at a time, so that a list of
//! any length needs little memory.

use super::out::{Out, Table};
use crate::app::App;
use crate::db::{Json, Record, Row, record, sql};
use crate::error::Result;
use crate::time::Time;
use serde::Serialize;
use uuid::Uuid;

/// The rows of a page.
const PAGE: i64 = 200;

/// How much of a list is printed.
#[derive(clap::Args)]
pub struct Limit {
    /// Print at most this many rows [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// The position in a list.
struct Walk {
    after: Uuid,
    left: i64,
}

impl Walk {
    fn new(limit: &Limit) -> Walk {
        Walk { after: Uuid::nil(), left: limit.limit.map_or(i64::MAX, i64::from) }
    }

    fn size(&self) -> i64 {
        PAGE.min(self.left)
    }

    /// Whether more rows can follow a page that ends with `last`.
    fn goes_on(&mut self, rows: usize, last: Option<Uuid>) -> bool {
        let full = rows as i64 == self.size();
        self.left -= rows as i64;
        self.after = last.unwrap_or(self.after);
        full && self.left > 0
    }
}

#[derive(Serialize)]
struct WorkspaceRow {
    workspace_id: Uuid,
    name: String,
    owner: Option<String>,
    members: i64,
    scheduled_for_removal_at: Option<Time>,
    timestamp_created: Time,
}
record! { WorkspaceRow {
    workspace_id = "w.id", name = "w.name",
    owner = "(select m.email from members m where m.workspace_id = w.id and m.role = 'owner')",
    members = "(select count(*) from members m where m.workspace_id = w.id and m.accepted)",
    scheduled_for_removal_at = "w.scheduled_for_removal_at", timestamp_created = "w.timestamp_created",
} }

pub async fn workspaces(app: &App, limit: &Limit, out: Out) -> Result<()> {
    let mut table = Table::new(out, ["WORKSPACE ID", "MEMBERS", "OWNER", "REMOVAL", "NAME"]);
    let mut walk = Walk::new(limit);
    loop {
        let page = sql("select {columns} from workspaces w where w.id > $1 order by w.id limit $2");
        let page: Vec<WorkspaceRow> = page.bind(walk.after).bind(walk.size()).all(&app.reader).await?;
        table.page(&page, |row| {
            let removal = day(row.scheduled_for_removal_at);
            let owner = row.owner.clone().unwrap_or_default();
            [row.workspace_id.to_string(), row.members.to_string(), owner, removal, row.name.clone()]
        })?;
        if !walk.goes_on(page.len(), page.last().map(|row| row.workspace_id)) {
            return Ok(());
        }
    }
}

#[derive(Serialize)]
struct UserRow {
    user_id: Uuid,
    email: String,
    first_name: String,
    last_name: String,
    email_verified: bool,
    has_password: bool,
    second_factors: i64,
    workspaces: Vec<MemberRow>,
}

impl Record for UserRow {
    const COLUMNS: &'static str = "u.id, u.email, u.first_name, u.last_name, u.email_verified, \
         u.password_hash is not null, (select count(*) from factors f where f.user_id = u.id and f.confirmed)";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(UserRow {
            user_id: row.take()?,
            email: row.take()?,
            first_name: row.take()?,
            last_name: row.take()?,
            email_verified: row.take()?,
            has_password: row.take()?,
            second_factors: row.take()?,
            workspaces: Vec::new(),
        })
    }
}

#[derive(Serialize)]
struct MemberRow {
    #[serde(skip)]
    user: Uuid,
    workspace_id: Uuid,
    member_id: Uuid,
    name: String,
    role: String,
}
record! { MemberRow {
    user = "m.user_id", workspace_id = "m.workspace_id", member_id = "m.id", name = "w.name", role = "m.role",
} }

pub async fn users(app: &App, workspace: Option<Uuid>, limit: &Limit, out: Out) -> Result<()> {
    let mut table = Table::new(out, ["EMAIL", "NAME", "SECOND FACTORS", "WORKSPACES"]);
    let mut walk = Walk::new(limit);
    loop {
        let page = sql("select {columns} from users u where u.id > $1 and (exists (select 1 from members m \
             where m.user_id = u.id and m.workspace_id = $2 and m.accepted) or $2 is null) order by u.id limit $3");
        let page = page.bind(walk.after).bind(workspace).bind(walk.size());
        let mut page: Vec<UserRow> = page.all(&app.reader).await?;
        let ids: Vec<_> = page.iter().map(|row| row.user_id).collect();
        let of: Vec<MemberRow> =
            sql("select {columns} from members m join workspaces w on w.id = m.workspace_id \
             where m.accepted and m.user_id in ({ids}) order by m.workspace_id")
            .fill_list("{ids}", &ids)
            .all(&app.reader)
            .await?;
        for member in of {
            if let Some(row) = page.iter_mut().find(|row| row.user_id == member.user) {
                row.workspaces.push(member);
            }
        }
        table.page(&page, |row| {
            let name = format!("{} {}", row.first_name, row.last_name).trim().to_owned();
            let all: Vec<_> = row.workspaces.iter().map(|of| format!("{} ({})", of.name, of.role)).collect();
            [row.email.clone(), name, row.second_factors.to_string(), all.join(", ")]
        })?;
        if !walk.goes_on(page.len(), page.last().map(|row| row.user_id)) {
            return Ok(());
        }
    }
}

#[derive(Serialize)]
struct KeyRow {
    key_id: Uuid,
    workspace_id: Uuid,
    name: String,
    key: String,
    scopes: Vec<String>,
    /// The member of a personal key.
    member: Option<String>,
    /// The highest role of a workspace key.
    role: Option<String>,
    expires_at: Option<Time>,
    last_used_at: Option<Time>,
    timestamp_created: Time,
}

impl Record for KeyRow {
    const COLUMNS: &'static str = "k.id, k.workspace_id, k.name, k.redacted, k.scopes, (select m.email \
         from members m where m.workspace_id = k.workspace_id and m.id = k.member_id), k.ceiling_role, \
         k.expires_at, k.last_used_at, k.timestamp_created";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(KeyRow {
            key_id: row.take()?,
            workspace_id: row.take()?,
            name: row.take()?,
            key: row.take()?,
            scopes: row.take::<Json<_>>()?.0,
            member: row.take()?,
            role: row.take()?,
            expires_at: row.take()?,
            last_used_at: row.take()?,
            timestamp_created: row.take()?,
        })
    }
}

/// The keys that are not revoked, of one workspace or of all.
pub async fn keys(app: &App, workspace: Option<Uuid>, limit: &Limit, out: Out) -> Result<()> {
    let heads = ["KEY ID", "KEY", "OF", "LAST USED", "EXPIRES", "SCOPES", "NAME"];
    let mut table = Table::new(out, heads);
    let (mut walk, mut within) = (Walk::new(limit), workspace.unwrap_or(Uuid::nil()));
    loop {
        // In the order of the primary key.
        let page = sql("select {columns} from api_keys k where (k.workspace_id, k.id) > ($1, $2) \
             and k.workspace_id <= $3 and k.revoked_at is null order by k.workspace_id, k.id limit $4");
        let page = page.bind(within).bind(walk.after).bind(workspace.unwrap_or(Uuid::max()));
        let page: Vec<KeyRow> = page.bind(walk.size()).all(&app.reader).await?;
        within = page.last().map_or(within, |row| row.workspace_id);
        table.page(&page, |row| {
            let of = row.member.clone().or(row.role.clone()).unwrap_or_default();
            let [used, expires] = [row.last_used_at, row.expires_at].map(day);
            let (id, scopes) = (row.key_id.to_string(), row.scopes.join(","));
            [id, row.key.clone(), of, used, expires, scopes, row.name.clone()]
        })?;
        if !walk.goes_on(page.len(), page.last().map(|row| row.key_id)) {
            return Ok(());
        }
    }
}

/// A date, or nothing.
fn day(at: Option<Time>) -> String {
    at.map(|at| at.to_string().chars().take(10).collect()).unwrap_or_default()
}
