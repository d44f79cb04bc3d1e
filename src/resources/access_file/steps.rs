//! The parts of an application. Each one calls the function of its resource that the operations call too.

use super::file::File;
use super::parts::{Part, What, promised};
use super::plan::{AccessText, Planned};
use crate::access::Answer;
use crate::access::{
    Can, PartOf, Permission, Role, access::Apply, accounts as sending, custom_tags as tags,
    guard_rails as rails, login_policy as policy, roles, workspace_members as members, workspaces,
};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources as all;
use crate::resources::members::MemberPermission;
use crate::resources::roles::Replacing;
use crate::resources::workspace_members::{Link, New, Revoke};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One application, as its parts see it.
pub struct Steps<'a> {
    pub can: &'a Can<Apply>,
    pub planned: &'a Planned,
    pub source: &'a AccessText,
    /// What each audit row says about the application.
    pub notes: Map<String, Value>,
    /// Also the tags that this application has created.
    pub tags: BTreeMap<String, Uuid>,
    /// The links of invitations that could not be mailed.
    pub urls: BTreeMap<String, String>,
}

/// What was there when the plan was made.
fn known<T: Copy>(found: Option<&T>) -> Result<T> {
    found.copied().ok_or_else(|| Error::Conflict("it does not exist any longer; plan again".to_owned()))
}

const KEEP: Revoke = Revoke { revoke_keys: false };

impl Steps<'_> {
    pub async fn take(
        &mut self,
        tx: &mut Tx,
        part: &Part,
        links: &mut std::slice::Iter<'_, Link>,
    ) -> Result<()> {
        self.notes.insert("line".to_owned(), json!(part.line));
        match &part.what {
            What::CreateTag(label) => self.create_tag(tx, label).await,
            What::DescribeTag(label) => self.describe_tag(tx, label).await,
            What::DeleteTag(label) => {
                let part = self.can.part::<tags::Delete>()?;
                let change = all::custom_tags::delete_part(&part, tx, self.tag(label)?).await?;
                self.record(&part, change, tx).await.map(drop)
            }
            What::CreateRole(name) => {
                let role = known_role(self.planned, name)?;
                let part = self.can.part::<roles::Create>()?;
                let change = all::roles::create_part(&part, tx, name, (role.base, &role.cells)).await?;
                self.record(&part, change, tx).await.map(drop)
            }
            What::ChangeRole(name) => {
                let role = known_role(self.planned, name)?;
                let part = self.can.part::<roles::Update>()?;
                let change = all::roles::update_part(&part, tx, self.role(name)?, &role.cells).await?;
                self.record(&part, change, tx).await.map(drop)
            }
            What::DeleteRole(name) => {
                let part = self.can.part::<roles::Delete>()?;
                let replacing = Replacing { instead: None, revoke_keys: false };
                let change = all::roles::delete_part(&part, tx, self.role(name)?, &replacing).await?;
                self.record(&part, change, tx).await.map(drop)
            }
            What::Invite(email) => self.invite(tx, email, links.next()).await,
            What::ChangeMember(email) => self.member(tx, email).await,
            What::RemoveMember(email) => {
                let (id, _) = known(self.planned.state.ids.members.get(email))?;
                let part = self.can.part::<members::Delete>()?;
                let change = all::workspace_members::remove_part(&part, tx, id, &KEEP).await?;
                self.record(&part, change, tx).await.map(drop)
            }
            What::Assign(email) => {
                let to =
                    self.planned.wanted.model.accounts.get(email).and_then(|account| account.to.as_deref());
                let part = self.can.part::<sending::Assign>()?;
                let change = all::accounts::assign_part(&part, tx, email, to).await?;
                self.record(&part, change, tx).await.map(drop)
            }
            What::TagAccount(email) => self.tag_account(tx, email).await,
            What::Settings => self.settings(tx).await,
            What::GuardRails => self.guard_rails(tx).await,
            What::LoginPolicy => self.login_policy(tx).await,
        }
    }

    async fn record<P, T>(&self, part: &PartOf<P>, change: Change<T>, tx: &mut Tx) -> Result<T::Seen>
    where
        P: Permission,
        T: Answer,
    {
        part.record(change.noting(self.notes.clone()), tx).await
    }

    fn tag(&self, label: &str) -> Result<Uuid> {
        known(self.tags.get(label))
    }

    fn role(&self, name: &str) -> Result<Uuid> {
        known(self.planned.state.ids.roles.get(name))
    }

    fn file(&self) -> &File {
        &self.source.file
    }

    fn description(&self, label: &str) -> Option<String> {
        self.planned.wanted.model.tags.get(label).cloned().flatten()
    }

    async fn create_tag(&mut self, tx: &mut Tx, label: &str) -> Result<()> {
        let part = self.can.part::<tags::Create>()?;
        let new = all::custom_tags::New { label: label.to_owned(), description: self.description(label) };
        let change = all::custom_tags::create_part(&part, tx, &new).await?;
        let made = self.record(&part, change, tx).await?;
        self.tags.insert(label.to_owned(), made.id);
        Ok(())
    }

    async fn describe_tag(&self, tx: &mut Tx, label: &str) -> Result<()> {
        let part = self.can.part::<tags::Update>()?;
        let patch = read(json!({ "description": self.description(label) }))?;
        let change = all::custom_tags::update_part(&part, tx, self.tag(label)?, &patch).await?;
        self.record(&part, change, tx).await.map(drop)
    }

    /// The ids of a tag limit.
    fn limit(&self, email: &str) -> Result<Option<Vec<Uuid>>> {
        let member = self.planned.wanted.model.members.get(email);
        let tags = member.and_then(|member| member.tags.as_ref());
        tags.map(|tags| tags.iter().map(|label| self.tag(label)).collect()).transpose()
    }

    async fn invite(&mut self, tx: &mut Tx, email: &str, link: Option<&Link>) -> Result<()> {
        let moved = || Error::Conflict("the access has changed meanwhile; plan again".to_owned());
        let member = self.planned.wanted.model.members.get(email).ok_or_else(moved)?;
        let mut new = New::of(email.to_owned(), Role::parse(&member.role));
        if new.role.is_none() {
            new.custom_role = Some(member.role.clone());
        }
        new.permissions =
            member.permissions.clone().map(|list| list.into_iter().map(MemberPermission).collect());
        new.tag_limit = self.limit(email)?;
        new.accounts = promised(&self.planned.wanted.model, email).map(str::to_owned).collect();
        let part = self.can.part::<members::Create>()?;
        let change = all::workspace_members::invite_part(&part, tx, &new, link.ok_or_else(moved)?).await?;
        let invited = self.record(&part, change, tx).await?;
        if let Some(url) = invited.invitation_url {
            self.urls.insert(email.to_owned(), url);
        }
        Ok(())
    }

    async fn member(&self, tx: &mut Tx, email: &str) -> Result<()> {
        let models =
            (self.planned.state.model.members.get(email), self.planned.wanted.model.members.get(email));
        let (Some(was), Some(is)) = models else { return Ok(()) };
        let (id, _) = known(self.planned.state.ids.members.get(email))?;
        let mut patch = Map::new();
        if was.role != is.role {
            let field = if Role::parse(&is.role).is_some() { "role" } else { "custom_role" };
            patch.insert(field.to_owned(), json!(is.role));
        }
        if was.tags != is.tags {
            patch.insert("tag_limit".to_owned(), json!(self.limit(email)?));
        }
        let part = self.can.part::<members::Update>()?;
        let patch = read(Value::Object(patch))?;
        let change = all::workspace_members::update_part(&part, tx, id, &patch, &KEEP).await?;
        self.record(&part, change, tx).await.map(drop)
    }

    /// Adding and removing tags is one change for the plan, and up to two audit rows.
    async fn tag_account(&self, tx: &mut Tx, email: &str) -> Result<()> {
        let tags = |model: &super::model::Model| {
            model.accounts.get(email).map(|account| account.tags.clone()).unwrap_or_default()
        };
        let (was, is): (BTreeSet<String>, BTreeSet<String>) =
            (tags(&self.planned.state.model), tags(&self.planned.wanted.model));
        let stays = |label: &&String| self.planned.wanted.model.tags.contains_key(*label);
        let gone: Vec<&String> = was.difference(&is).filter(stays).collect();
        let new: Vec<&String> = is.difference(&was).collect();
        for (labels, assign) in [(gone, false), (new, true)] {
            if labels.is_empty() {
                continue;
            }
            let ids = labels.into_iter().map(|label| self.tag(label)).collect::<Result<Vec<_>>>()?;
            let part = self.can.part::<tags::Toggle>()?;
            let accounts = [email.to_owned()];
            let change =
                all::custom_tag_mappings::tag_accounts_part(&part, tx, &accounts, (&ids, assign)).await?;
            self.record(&part, change, tx).await?;
        }
        Ok(())
    }

    async fn settings(&self, tx: &mut Tx) -> Result<()> {
        let Some(settings) = &self.file().settings else { return Ok(()) };
        let part = self.can.part::<workspaces::Update>()?;
        let change = all::workspaces::update_part(&part, tx, &settings.value).await?;
        self.record(&part, change, tx).await.map(drop)
    }

    async fn guard_rails(&self, tx: &mut Tx) -> Result<()> {
        let Some(wanted) = &self.file().guard_rails else { return Ok(()) };
        let part = self.can.part::<rails::Update>()?;
        let change = all::guard_rails::update_part(&part, tx, &wanted.value).await?;
        self.record(&part, change, tx).await.map(drop)
    }

    async fn login_policy(&self, tx: &mut Tx) -> Result<()> {
        let Some(wanted) = &self.file().login_policy else { return Ok(()) };
        let part = self.can.part::<policy::Update>()?;
        let change = all::login_policy::update_part(&part, tx, &wanted.value).await?;
        self.record(&part, change, tx).await.map(drop)
    }
}

/// The role as the file wants it.
fn known_role<'a>(planned: &'a Planned, name: &str) -> Result<&'a super::model::OwnRole> {
    let role = planned.wanted.model.roles.get(name);
    role.ok_or_else(|| Error::internal(format!("a plan without the role `{name}`")))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(Error::internal)
}
