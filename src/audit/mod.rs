//! What was changed, by whom, under which permission: committed with the change or not at all. And what was
//! refused, written behind the answer.

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
use serde_json::{Value, json};
use uuid::Uuid;

/// Activity types of rows that no permission of the matrix has; numbered with those, never reused.
pub const REFUSED: i64 = 1015;
/// The reference's: a second factor that was wrong at sign-in, and one too many of them.
pub const WRONG_FACTOR: i64 = 29;
pub const WRONG_FACTORS: i64 = 30;
pub const REFUSALS: [i64; 4] = [REFUSED, WRONG_FACTOR, WRONG_FACTORS, REFUSED_MANY];
pub const OVERFLOWN: i64 = 1016;
/// The mail servers of sending accounts were tried, and answered otherwise than before.
pub const CONNECTION: i64 = 1058;
/// Attempts at more objects in a minute than get rows of their own.
pub const REFUSED_MANY: i64 = 1054;

/// What makes the row of the many attempts that got none of their own.
pub const OVERFLOW: &str = "overflow";

/// What a row is about: `campaign/<id>`.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub kind: &'static str,
    pub id: Uuid,
}

impl Subject {
    pub fn new(kind: &'static str, id: Uuid) -> Self {
        Subject { kind, id }
    }

    /// The wire has columns of their own for campaigns and lists.
    fn is(self, kind: &str) -> Option<Uuid> {
        (self.kind == kind).then_some(self.id)
    }
}

/// Where a person is a member, and as which.
#[derive(Clone, Debug)]
pub struct Membership {
    pub workspace: Uuid,
    pub member: Uuid,
    pub role: String,
}

/// What the audit log keeps of a record: all of it, whatever its reader may see elsewhere.
pub trait Recorded {
    fn recorded(&self) -> Value;
}

impl<T: Serialize> Recorded for T {
    fn recorded(&self) -> Value {
        json!(self)
    }
}

/// A row in a further workspace that is concerned.
struct Elsewhere {
    workspace: Uuid,
    /// The part of the change that concerns it; none for all of it.
    facts: Option<Value>,
    /// The permission, where it is another one there, and how many records it touched.
    under: Option<(&'static Action, usize)>,
}

/// What a write did to one subject. A transaction that has none to show does not commit.
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
            value,
        }
    }

    /// Further facts of the change, where there are any.
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

    /// The campaign or the list that holds what was changed.
    pub fn inside(self, campaign: Option<Uuid>, list: Option<Uuid>) -> Self {
        Self { campaign, list, ..self }
    }

    /// How many records a bulk call touched.
    pub fn affecting(self, records: usize) -> Self {
        Self { affected: Some(records as i64), ..self }
    }

    /// Of the types that the reference has for one permission, another than its row in the matrix says.
    pub fn numbered(self, activity: i64) -> Self {
        Self { activity: Some(activity), ..self }
    }

    /// The workspace concerned, where it is not the caller's.
    pub fn in_workspace(self, workspace: Uuid) -> Self {
        Self { workspace: Some(workspace), ..self }
    }

    /// A further workspace concerned, which gets a row of its own.
    pub fn also_in(mut self, workspace: Uuid) -> Self {
        self.also.push(Elsewhere { workspace, facts: None, under: None });
        self
    }

    /// The same, with what of it concerns that workspace.
    pub fn also_in_as(mut self, workspace: Uuid, facts: Value) -> Self {
        self.also.push(Elsewhere { workspace, facts: Some(facts), under: None });
        self
    }

    /// The same, of what was done there under a further permission that was checked: to so many records.
    pub fn also_in_under(
        mut self,
        workspace: Uuid,
        facts: Value,
        (action, records): (&'static Action, usize),
    ) -> Self {
        self.also.push(Elsewhere { workspace, facts: Some(facts), under: Some((action, records)) });
        self
    }

    /// Further workspaces in which the person who did it is a member: each has a row of its own, by that member.
    pub fn also_for_members(self, members: Vec<Membership>) -> Self {
        Self { members, ..self }
    }

    /// Further workspaces do not hear who did it.
    pub fn discreetly(self) -> Self {
        Self { discreet: true, ..self }
    }

    /// The verb is the permission that was checked; nobody types it. A row for each workspace concerned, the caller's
    /// own among them where he acts in another.
    pub async fn record(self, by: &Caller, action: &'static Action, tx: &mut Tx) -> Result<T> {
        let activity = self.activity.or(action.activity);
        let activity = activity.ok_or_else(|| Error::internal("a change under a permission to read"))?;
        let ignored = by.origin().ignored.get();
        let metadata = |before: &Value, after: &Value| {
            let mut metadata = json!({ "changes": diff(before, after) });
            if let (Some(ignored), Some(all)) = (&ignored, metadata.as_object_mut()) {
                all.insert("ignored".to_owned(), json!(ignored.names));
                all.insert("ignored_more".to_owned(), json!(ignored.more));
            }
            metadata
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
