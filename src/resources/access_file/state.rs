//! The present access of a workspace: the model, and the ids behind its names.

use super::model::{Account, Member, Model, OwnRole, Settings};
use super::store;
use crate::access::{
    Caller, GuardRails, LoginPolicy, Permission, accounts, custom_tags, guard_rails, login_policy, roles,
    workspace_members, workspaces as may_workspaces,
};
use crate::db::{Json, Source, ids};
use crate::error::{Error, Result};
use crate::resources::workspaces::{self, Workspace};
use crate::resources::{guard_rails as rails, login_policy as policy, roles as custom};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

pub struct State {
    pub workspace: Workspace,
    pub model: Model,
    pub ids: Ids,
    /// The accounts from which campaigns send.
    pub senders: Vec<Sender>,
}

#[derive(Default)]
pub struct Ids {
    pub tags: HashMap<String, Uuid>,
    pub roles: HashMap<String, Uuid>,
    /// The member and their user.
    pub members: HashMap<String, (Uuid, Uuid)>,
}

impl Ids {
    /// A new tag is on no record yet.
    pub fn tag(&self, label: &str) -> Uuid {
        self.tags.get(label).copied().unwrap_or(Uuid::nil())
    }
}

pub struct Sender {
    pub campaign: Uuid,
    pub campaign_name: String,
    pub owner: Option<String>,
    pub account: String,
}

/// Reads the state. The caller must be able to see the workspace, its members, roles and tags. Accounts and policies that they cannot see
/// are left out; a file that names them is refused by `demand`.
pub async fn read(can: &Caller, from: impl Into<Source<'_>>) -> Result<State> {
    let mut from = from.into();
    can.also::<may_workspaces::Read>()?;
    can.also::<workspace_members::Read>()?;
    can.also::<roles::Read>()?;
    can.also::<custom_tags::Read>()?;
    let workspace = workspaces::current(can, from.again()).await?;
    let tags = bounded("tags", store::tags(can, from.again()).await?)?;
    let labels: HashMap<Uuid, String> = tags.iter().map(|tag| (tag.id, tag.label.clone())).collect();
    let columns = custom::columns(can, from.again()).await?;
    let role_names: HashMap<Uuid, String> =
        columns.iter().filter_map(|role| Some((role.id?, role.name.clone()))).collect();
    let members = bounded("members", store::members(can, from.again()).await?)?;
    let accounts = match can.may(accounts::Read::ACTION) {
        true => bounded("sending accounts", store::accounts(can, from.again()).await?)?,
        false => vec![],
    };
    let senders = bounded("senders of campaigns", store::senders(can, from.again()).await?)?;
    let guard_rails = match can.may(guard_rails::Read::ACTION) {
        true => rails::current(can, from.again()).await?,
        false => GuardRails::default(),
    };
    let login_policy = match can.may(login_policy::Read::ACTION) {
        true => policy::current(can, from.again()).await?,
        false => LoginPolicy::default(),
    };
    let names: Names = Names::of(&members);
    let model = Model {
        settings: Settings::of(&workspace),
        tags: tags.iter().map(|tag| (tag.label.clone(), tag.description.clone())).collect(),
        roles: own_roles(&columns),
        members: members.iter().map(|row| (row.email.clone(), member(row, &labels, &role_names))).collect(),
        accounts: accounts
            .iter()
            .map(|row| Ok((row.email.clone(), account(row, &labels, &names)?)))
            .collect::<Result<_>>()?,
        guard_rails,
        login_policy,
    };
    let ids = Ids {
        tags: tags.into_iter().map(|tag| (tag.label, tag.id)).collect(),
        roles: role_names.into_iter().map(|(id, name)| (name, id)).collect(),
        members: members.into_iter().map(|row| (row.email, (row.id, row.user))).collect(),
    };
    let addresses: HashMap<Uuid, &str> = accounts.iter().map(|row| (row.id, row.email.as_str())).collect();
    let senders = senders.into_iter().filter_map(|row| {
        Some(Sender {
            campaign: row.campaign,
            campaign_name: row.name,
            owner: row.owner.map(|user| names.users.get(&user).cloned().unwrap_or_default()),
            account: (*addresses.get(&row.account)?).to_owned(),
        })
    });
    Ok(State { workspace, model, ids, senders: senders.collect() })
}

/// Refuses a file that manages what the caller cannot see.
pub fn demand(can: &Caller, file: &super::file::File) -> Result<()> {
    if file.accounts.is_some() {
        can.also::<accounts::Read>()?;
    }
    if file.guard_rails.is_some() {
        can.also::<guard_rails::Read>()?;
    }
    if file.login_policy.is_some() {
        can.also::<login_policy::Read>()?;
    }
    Ok(())
}

fn bounded<T>(what: &str, rows: Vec<T>) -> Result<Vec<T>> {
    match rows.len() > store::MOST {
        true => Err(Error::TooMuch(format!(
            "access files are for workspaces with at most {} {what}; this one has more",
            store::MOST
        ))),
        false => Ok(rows),
    }
}

fn own_roles(columns: &[custom::MatrixRole]) -> BTreeMap<String, OwnRole> {
    let own = |column: &custom::MatrixRole| {
        let cells = column.role.cells.as_ref()?;
        column.id.map(|_| (column.name.clone(), OwnRole::new(column.base, cells)))
    };
    columns.iter().filter_map(own).collect()
}

/// The addresses of members by their ids, and by those of their users.
struct Names {
    members: HashMap<Uuid, String>,
    users: HashMap<Uuid, String>,
}

impl Names {
    fn of(rows: &[store::MemberRow]) -> Names {
        Names {
            members: rows.iter().map(|row| (row.id, row.email.clone())).collect(),
            users: rows.iter().map(|row| (row.user, row.email.clone())).collect(),
        }
    }
}

fn member(row: &store::MemberRow, labels: &HashMap<Uuid, String>, roles: &HashMap<Uuid, String>) -> Member {
    let label = |tag: &Uuid| labels.get(tag).cloned().unwrap_or_else(|| tag.to_string());
    Member {
        role: match row.custom {
            Some(id) => roles.get(&id).cloned().unwrap_or_else(|| id.to_string()),
            None => row.role.clone(),
        },
        tags: row.limit.as_ref().map(|Json(tags)| tags.iter().map(label).collect()),
        permissions: row.permissions.as_ref().map(|Json(list)| {
            let all: BTreeSet<String> = list.iter().cloned().collect();
            all.into_iter().collect()
        }),
        accepted: row.accepted,
    }
}

fn account(row: &store::AccountRow, labels: &HashMap<Uuid, String>, names: &Names) -> Result<Account> {
    let to = match row.assigned_to {
        Some(member) => names.members.get(&member).cloned(),
        None => row.promised_to.clone(),
    };
    let tags = ids(row.tags.clone())?;
    Ok(Account { to, tags: tags.iter().filter_map(|tag| labels.get(tag).cloned()).collect() })
}
