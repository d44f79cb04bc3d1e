//! What somebody can do: each permission with its reach and the number of records, or the records that one permission reaches.

use super::question::{asked_action, other};
use super::store;
use crate::access::{ACTIONS, Action, Ask, Can, Grant, PrincipalKind, Somebody, access::Explain};
use crate::error::Result;
use crate::http::absent_not_null;
use crate::resources::{api_keys::Counts, shapes};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// The default size of a page of records.
const SIZE: i64 = 100;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WhatQuestion {
    /// A member id, user id, e-mail address or key id. The default is the caller. Only owners and admins can name another.
    pub principal: Option<String>,
    /// A row of the access matrix, such as `campaigns:launch`. If it is given, the answer lists the records.
    pub permission: Option<String>,
    /// How many records a page has, 1 to 100. The default is 100.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// The `next_starting_after` of the previous page.
    pub starting_after: Option<Uuid>,
}

#[derive(Serialize, JsonSchema)]
pub struct WhatAnswer {
    pub kind: PrincipalKind,
    /// The id of the member or key.
    pub id: Uuid,
    /// The address of the person, or the name of the key.
    pub label: String,
    pub role: String,
    /// The permissions that the principal has. If the question names a permission, at most that one.
    pub permissions: Vec<HeldRow>,
    /// The records that the permission reaches and the caller sees, newest first. Null if the question names no
    /// permission, or one that is not about records.
    pub records: Option<Vec<Reached>>,
    /// Absent on the last page.
    #[schemars(transform = absent_not_null)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_starting_after: Option<Uuid>,
    /// Always true: nothing was left out.
    pub complete: bool,
}

/// A permission that the principal has.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldPermissionRow")]
pub struct HeldRow {
    pub permission: &'static str,
    pub summary: &'static str,
    pub reach: &'static str,
    /// The number of records that it reaches and the caller sees, at most 10,001; null where records are not counted.
    pub records: Option<i64>,
    /// When they last used it, accurate to a minute. Null if they did not use it in the last 90 days.
    pub last_used_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReachedRecord")]
pub struct Reached {
    pub id: Uuid,
    /// Its name or address, if it has one.
    pub label: Option<String>,
}

pub async fn what_can(can: &Can<Explain>, question: WhatQuestion) -> Result<WhatAnswer> {
    let only = question.permission.as_deref().map(|name| asked_action(name, false)).transpose()?;
    let other = other(can, question.principal.as_deref()).await?;
    let subject = other.as_ref().unwrap_or(can.grant());
    let call = other.is_none().then(|| can.call());
    let asked = |action: &&'static Action| only.is_none_or(|only| only.name == action.name);
    let holds = |action: &&'static Action| Ask::new(action, subject, call).refused_by().is_none();
    let held: Vec<&'static Action> = ACTIONS.iter().copied().filter(asked).filter(holds).collect();
    let Somebody { kind, id, label, .. } = Somebody::of(subject.clone());
    let (records, next_starting_after) = match only {
        Some(action) => records(can, subject, action, &held, &question).await?,
        None => (None, None),
    };
    let permissions = rows(can, subject, id, &held).await?;
    let role = subject.role_name().to_owned();
    Ok(WhatAnswer { kind, id, label, role, permissions, records, next_starting_after, complete: true })
}

async fn rows(
    can: &Can<Explain>,
    subject: &Grant,
    id: Uuid,
    held: &[&'static Action],
) -> Result<Vec<HeldRow>> {
    let uses: HashMap<String, Time> = store::uses_of(can, id).await?.into_iter().collect();
    let (mut counts, mut rows) = (Counts::new(can, subject), Vec::with_capacity(held.len()));
    for action in held {
        rows.push(HeldRow {
            permission: action.name,
            summary: action.summary,
            reach: subject.reach(action).name(),
            records: if can.may((action.see)()) { counts.of(action).await? } else { None },
            last_used_at: uses.get(action.name).copied(),
        });
    }
    Ok(rows)
}

type Page = (Option<Vec<Reached>>, Option<Uuid>);

/// A page of the records that a permission reaches. The caller must be able to see such records.
async fn records(
    can: &Can<Explain>,
    subject: &Grant,
    action: &'static Action,
    held: &[&'static Action],
    question: &WhatQuestion,
) -> Result<Page> {
    let shapes = shapes(action);
    if shapes.is_empty() {
        return Ok((None, None));
    }
    let see = (action.see)();
    Ask::new(see, can.grant(), Some(can.call())).enforce()?;
    if held.is_empty() {
        return Ok((Some(vec![]), None));
    }
    let (limit, before) = (question.limit.unwrap_or(SIZE), question.starting_after.unwrap_or(Uuid::max()));
    let mut found = Vec::new();
    for shape in shapes {
        let name = name_of(see.resource).unwrap_or("cast(null as text)");
        found.extend(store::reached(can, subject, action, shape, name, (before, limit + 1)).await?);
    }
    found.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
    found.dedup_by_key(|(id, _)| *id);
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(id, _)| *id);
    Ok((
        Some(
            found
                .into_iter()
                .map(|(id, label)| Reached { id, label: label.filter(|label| !label.is_empty()) })
                .collect(),
        ),
        next,
    ))
}

/// The column with the name of a record.
pub fn name_of(resource: &str) -> Option<&'static str> {
    Some(match resource {
        "campaigns" => "c.name",
        "accounts" => "a.email",
        "lead_lists" => "i.name",
        "leads" => "coalesce(l.email, '')",
        "workspace_members" => "m.email",
        "custom_tags" => "t.label",
        _ => return None,
    })
}
