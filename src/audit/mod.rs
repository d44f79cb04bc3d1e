//! The audit log. It records each change, its actor and the permission, in the transaction of the change. It
//! also records refusals, which are written after the answer.

mod actor;
mod diff;
mod refused;
mod row;
pub use actor::Actor;
use diff::diff;
pub(crate) use refused::{overflow, refused, with_facts};
use row::{Row, extended};

use crate::access::{Action, Caller};
use crate::db::Tx;
use crate::error::{Error, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Activity types of rows without a permission of the matrix. Their numbers are from the same series and are
/// never reused.
pub const REFUSED: i64 = 1015;
/// Types of the reference: a wrong second factor at sign-in, and too many of them.
pub const WRONG_FACTOR: i64 = 29;
pub const WRONG_FACTORS: i64 = 30;
pub const REFUSALS: [i64; 5] = [REFUSED, WRONG_FACTOR, WRONG_FACTORS, REFUSED_MANY, CANARY];
pub const OVERFLOWN: i64 = 1016;
/// A check of a sending account's mail servers had a different result than before.
pub const CONNECTION: i64 = 1058;
/// Attempts at more records in a minute than get separate rows.
pub const REFUSED_MANY: i64 = 1054;

/// Somebody used a canary key.
pub const CANARY: i64 = 1101;

/// A step of an import that adds nothing, because it is a dry run.
pub const IMPORT_TRIED: i64 = 1187;

/// A mail server did not let a sending account send. The server took the account out of use.
pub const ACCOUNT_FAILED: i64 = 1190;
/// A campaign has nothing more to send. The server completed it.
pub const COMPLETED: i64 = 1191;
/// A person unsubscribed by the link of a mail.
pub const UNSUBSCRIBED: i64 = 1192;

/// The key of the row for attempts that got no separate row.
pub const OVERFLOW: &str = "overflow";

/// The subject of a row: `campaign/<id>`.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub kind: &'static str,
    pub id: Uuid,
}

impl Subject {
    pub fn new(kind: &'static str, id: Uuid) -> Self {
        Subject { kind, id }
    }

    /// The wire has separate columns for campaigns and lists.
    fn is(self, kind: &str) -> Option<Uuid> {
        (self.kind == kind).then_some(self.id)
    }
}

/// A person's membership of a workspace.
#[derive(Clone, Debug)]
pub struct Membership {
    pub workspace: Uuid,
    pub member: Uuid,
    pub role: String,
}

/// The audit log stores the whole record, even fields that the log's readers cannot see elsewhere.
pub trait Recorded {
    fn recorded(&self) -> Value;
}

impl<T: Serialize> Recorded for T {
    fn recorded(&self) -> Value {
        json!(self)
    }
}

/// A row in another workspace that the change concerns.
struct Elsewhere {
    workspace: Uuid,
    /// The part of the change that concerns that workspace; `None` for the whole change.
    facts: Option<Value>,
    /// The permission, if it is a different one there, and the number of records.
    under: Option<(&'static Action, usize)>,
}

/// The effect of a write on one subject. A transaction must return one to commit.
pub struct Change<T> {
    workspace: Option<Uuid>,
    also: Vec<Elsewhere>,
    members: Vec<Membership>,
    discreet: bool,
    subject: Subject,
    before: Value,
    after: Value,
    affected: Option<i64>,
    campaign: Option<Uuid>,
    list: Option<Uuid>,
    activity: Option<i64>,
    notes: Map<String, Value>,
    value: T,
}

impl<T> Change<T> {
    /// `before` and `after` are compared field by field; `value` is the answer.
    pub fn new(subject: Subject, before: impl Serialize, after: impl Serialize, value: T) -> Self {
        Self::of(subject, json!(before), json!(after), value)
    }

    fn of(subject: Subject, before: Value, after: Value, value: T) -> Self {
        Self {
            workspace: None,
            also: vec![],
            members: vec![],
            discreet: false,
            subject,
            before,
            after,
            affected: None,
            campaign: subject.is("campaign"),
            list: subject.is("lead_list"),
            activity: None,
            notes: Map::new(),
            value,
        }
    }

    /// Adds facts to the change.
    pub fn with(mut self, facts: impl Serialize) -> Self {
        if let Value::Object(facts) = json!(facts)
            && !facts.is_empty()
        {
            let mut after = self.after.as_object().cloned().unwrap_or_default();
            after.extend(facts);
            self.after = after.into();
        }
        self
    }

    /// Names the campaign or list that contains the changed record.
    pub fn inside(self, campaign: Option<Uuid>, list: Option<Uuid>) -> Self {
        Self { campaign, list, ..self }
    }

    /// Sets the number of records that a bulk call changed.
    pub fn affecting(self, records: usize) -> Self {
        Self { affected: Some(records as i64), ..self }
    }

    /// Sets a different activity type than the matrix has, where the reference has several for one
    /// permission.
    pub fn numbered(self, activity: i64) -> Self {
        Self { activity: Some(activity), ..self }
    }

    /// Adds facts to the row besides the changes, such as the file that a part comes from.
    pub fn noting(self, notes: Map<String, Value>) -> Self {
        Self { notes, ..self }
    }

    /// Sets the workspace of the row, if it is not the caller's.
    pub fn in_workspace(self, workspace: Uuid) -> Self {
        Self { workspace: Some(workspace), ..self }
    }

    /// Adds a row in another workspace that the change concerns.
    pub fn also_in(mut self, workspace: Uuid) -> Self {
        self.also.push(Elsewhere { workspace, facts: None, under: None });
        self
    }

    /// Like `also_in`, with only the part that concerns that workspace.
    pub fn also_in_as(mut self, workspace: Uuid, facts: Value) -> Self {
        self.also.push(Elsewhere { workspace, facts: Some(facts), under: None });
        self
    }

    /// Like `also_in_as`, under a further permission that was checked there, with the number of records.
    pub fn also_in_under(
        mut self,
        workspace: Uuid,
        facts: Value,
        (action, records): (&'static Action, usize),
    ) -> Self {
        self.also.push(Elsewhere { workspace, facts: Some(facts), under: Some((action, records)) });
        self
    }

    /// Adds a row in each further workspace of which the actor is a member, by that member.
    pub fn also_for_members(self, members: Vec<Membership>) -> Self {
        Self { members, ..self }
    }

    /// Hides the actor from the other workspaces.
    pub fn discreetly(self) -> Self {
        Self { discreet: true, ..self }
    }

    /// The verb is always the permission that was checked. There is a row for each workspace concerned,
    /// including the caller's own if the caller acts in another.
    pub async fn record(self, by: &Caller, action: &'static Action, tx: &mut Tx) -> Result<T> {
        let activity = self.activity.or(action.activity);
        let activity = activity.ok_or_else(|| Error::internal("a change under a permission to read"))?;
        let ignored = by.origin().ignored.get();
        let metadata = |before: &Value, after: &Value| {
            let mut all = self.notes.clone();
            all.insert("changes".to_owned(), diff(before, after));
            if let Some(ignored) = &ignored {
                all.insert("ignored".to_owned(), json!(ignored.names));
                all.insert("ignored_more".to_owned(), json!(ignored.more));
            }
            Value::Object(all)
        };
        let actor = Actor::new(by.grant(), by.origin());
        let row = |workspace: Uuid, metadata: Value| Row {
            workspace,
            id: by.new_id(),
            at: by.now(),
            activity,
            action: action.name,
            resource: format!("{}/{}", self.subject.kind, self.subject.id),
            campaign: self.campaign,
            list: self.list,
            affected: self.affected,
            metadata,
            refusal: None,
        };
        let mut told = vec![self.workspace.unwrap_or_else(|| by.workspace())];
        told.extend(by.acting().map(|acting| acting.home));
        for workspace in &told {
            row(*workspace, metadata(&self.before, &self.after)).write(&actor, tx).await?;
        }
        let abroad = actor.abroad(by.workspace(), self.discreet);
        for Elsewhere { workspace, facts, under } in &self.also {
            if told.contains(workspace) {
                continue;
            }
            told.push(*workspace);
            let metadata = match facts {
                Some(facts) => metadata(&Value::Null, facts),
                None => metadata(&self.before, &self.after),
            };
            let mut row = row(*workspace, metadata);
            if let Some((action, records)) = under {
                row.activity = action.activity.unwrap_or(activity);
                row.action = action.name;
                row.resource = format!("workspace/{workspace}");
                row.affected = Some(*records as i64);
            }
            row.write(&abroad, tx).await?;
        }
        for there in &self.members {
            if !told.contains(&there.workspace) {
                told.push(there.workspace);
                row(there.workspace, metadata(&self.before, &self.after))
                    .write(&actor.as_member(there), tx)
                    .await?;
            }
        }
        Ok(self.value)
    }
}

impl<T: Recorded> Change<T> {
    pub fn created(subject: Subject, value: T) -> Self {
        Self::of(subject, Value::Null, value.recorded(), value)
    }

    pub fn updated(subject: Subject, before: &T, value: T) -> Self {
        Self::of(subject, before.recorded(), value.recorded(), value)
    }

    pub fn deleted(subject: Subject, value: T) -> Self {
        Self::of(subject, value.recorded(), Value::Null, value)
    }
}
