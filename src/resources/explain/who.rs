//! Who can do something: the server reads the grants of everybody in the workspace at once, and takes each through the
//! same ten steps.

use super::known::Known;
use super::particulars::named;
use super::paths::{Path, paths};
use super::question::asked_action;
use super::store;
use crate::access::{
    Action, Ask, Can, Grant, PrincipalKind, STEPS, Somebody, Step, access::WhoCan, api_keys,
    workspace_members,
};
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The default size of a page.
const SIZE: usize = 100;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WhoQuestion {
    /// A row of the access matrix, such as `campaigns:launch`.
    pub permission: String,
    /// The id of a record of the permission's resource.
    pub record: Option<Uuid>,
    /// How many items a page has, 1 to 100. The default is 100.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// The `next_starting_after` of the previous page.
    pub starting_after: Option<Uuid>,
}

#[derive(Serialize, JsonSchema)]
pub struct WhoAnswer {
    pub permission: &'static str,
    pub record: Option<Uuid>,
    /// How many principals can do it, over all pages.
    pub allowed: usize,
    /// Newest first.
    pub items: Vec<Allowed>,
    /// Absent on the last page.
    #[schemars(transform = absent_not_null)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_starting_after: Option<Uuid>,
    /// How many principals cannot do it, by the first step that refuses them.
    pub refused: Vec<Refused>,
    /// Always true: the answer covers every principal. A workspace that is too large gets 413 instead.
    pub complete: bool,
}

/// Somebody who can do it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AllowedPrincipal")]
pub struct Allowed {
    /// An `invitation` is a person who can do it once they have accepted. An `admin_workspace` stands for its people and
    /// keys.
    pub kind: PrincipalKind,
    /// The id of a member, of a key, or of the admin workspace.
    pub id: Uuid,
    /// The address of a person, or the name of a key or an admin workspace.
    pub label: String,
    /// The name of the person behind it.
    pub name: Option<String>,
    /// A built-in role or a custom one.
    pub role: String,
    pub reach: &'static str,
    pub because: Vec<Path>,
    /// When they last used the permission, accurate to a minute. Null if they did not use it in the last 90 days,
    /// and for an admin workspace.
    pub last_used_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RefusedPrincipals")]
pub struct Refused {
    pub step: Step,
    pub principals: usize,
}

pub async fn who_can(can: &Can<WhoCan>, question: WhoQuestion) -> Result<WhoAnswer> {
    can.also::<workspace_members::Read>()?;
    can.also::<api_keys::Read>()?;
    let action = asked_action(&question.permission, question.record.is_some())?;
    let known = match question.record {
        Some(record) => Some(as_seen(can, action, record).await?),
        None => None,
    };
    let everybody = Grant::of_everybody(can.workspace(), can.now(), can.reader()).await?;
    let (mut allowed, refused) = asked(everybody, action, known.as_ref());
    allowed.sort_unstable_by_key(|somebody| std::cmp::Reverse(somebody.id));
    let (all, before) = (allowed.len(), question.starting_after.unwrap_or(Uuid::max()));
    let limit = question.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(SIZE);
    let mut page: Vec<Somebody> =
        allowed.into_iter().filter(|somebody| somebody.id < before).take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    Ok(WhoAnswer {
        permission: action.name,
        record: question.record,
        allowed: all,
        next_starting_after: page.last().filter(|_| more).map(|last| last.id),
        items: items(can, page, action, known.as_ref()).await?,
        refused,
        complete: true,
    })
}

/// A record that the caller does not see looks like one that does not exist.
async fn as_seen(can: &Can<WhoCan>, action: &'static Action, record: Uuid) -> Result<Known> {
    let known = match can.may((action.see)()) {
        true => Known::of(can, action, record, can.reader()).await?,
        false => Known::default(),
    };
    Some(known).filter(Known::is_there).ok_or_else(Error::hidden)
}

/// Those whom every step lets through, and how many each step refuses.
fn asked(
    everybody: Vec<Somebody>,
    action: &'static Action,
    known: Option<&Known>,
) -> (Vec<Somebody>, Vec<Refused>) {
    let (mut allowed, mut refused) = (Vec::new(), STEPS.map(|step| Refused { step, principals: 0 }));
    for somebody in everybody {
        let mut ask = Ask::new(action, &somebody.grant, None);
        ask.record = known.map(|known| known.sight(&somebody.grant, action));
        let step = ask.refused_by();
        match refused.iter_mut().find(|refused| Some(refused.step) == step) {
            Some(refused) => refused.principals += 1,
            None => allowed.push(somebody),
        }
    }
    (allowed, refused.into_iter().filter(|refused| refused.principals > 0).collect())
}

async fn items(
    can: &Can<WhoCan>,
    page: Vec<Somebody>,
    action: &'static Action,
    known: Option<&Known>,
) -> Result<Vec<Allowed>> {
    if page.is_empty() {
        return Ok(vec![]);
    }
    let people: Vec<Uuid> = page.iter().filter_map(|somebody| somebody.grant.member()).collect();
    let names = if people.is_empty() { vec![] } else { store::names(can, &people).await? };
    let ids: Vec<Uuid> = page.iter().map(|somebody| somebody.id).collect();
    let uses = store::last_uses(can, action.name, &ids).await?;
    let item = |Somebody { kind, id, label, grant }: Somebody| {
        let name = names.iter().find(|(member, _)| grant.member() == Some(*member));
        let name = named(name.map(|(_, name)| name.clone()), None);
        Allowed {
            kind,
            id,
            label,
            name,
            role: grant.role_name().to_owned(),
            reach: grant.reach(action).name(),
            because: paths(&grant, action, known),
            last_used_at: uses.iter().find(|(principal, _)| *principal == id).map(|(_, at)| *at),
        }
    };
    Ok(page.into_iter().map(item).collect())
}
