//! What a key could do, before it is made: its permissions, and how many records each of them reaches.

use super::create::{addresses, expiry, is_sound, within_maker};
use super::{New, store};
use crate::access::{
    ACTIONS, Action, Ask, Caller, Can, Grant, Intended, Permission, Pred, Reach, accounts, api_keys,
};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::{custom_tags, shape};
use schemars::JsonSchema;
use serde::Serialize;

/// Counting stops here, so that a large workspace answers as fast as a small one.
pub const MOST_COUNTED: i64 = 10_000;

/// Records that people count in. The rest of the permissions are named only.
const COUNTED: [&str; 5] = ["campaigns", "accounts", "leads", "lead_lists", "workspace_members"];

/// A count for people.
pub fn number(records: &i64) -> String {
    match *records > MOST_COUNTED {
        true => format!("more than {MOST_COUNTED}"),
        false => records.to_string(),
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKeyPreview")]
pub struct Preview {
    /// What the key could do now, and how far it would reach.
    pub permissions: Vec<CountedPermission>,
}

#[derive(Serialize, JsonSchema)]
pub struct CountedPermission {
    pub permission: &'static str,
    pub summary: &'static str,
    pub reach: &'static str,
    /// The number of records that it would reach now, at most 10,001; null where records are not counted.
    pub records: Option<i64>,
}

/// Refuses what a creation would refuse, and creates nothing.
pub async fn preview(can: &Can<api_keys::Preview>, new: &New) -> Result<Preview> {
    is_sound(new)?;
    within_maker(can, new)?;
    custom_tags::known(can, can.reader(), "tag_limit", new.tag_limit.as_deref().unwrap_or_default()).await?;
    let grant = can.grant().of_intended(Intended {
        name: new.name.clone(),
        scopes: new.scopes.iter().map(|scope| scope.0.clone()).collect(),
        personal: new.personal,
        expires_at: expiry(can, new)?,
        origins: addresses(new)?,
        tag_limit: new.tag_limit.clone(),
    });
    if new.canary {
        return Ok(Preview { permissions: vec![] });
    }
    let allowed = |action: &&'static Action| {
        !action.verbs.is_empty() && Ask::new(action, &grant, None).refused_by().is_none()
    };
    let mut counts = Counts::new(can, &grant);
    let mut permissions = Vec::new();
    for action in ACTIONS.iter().copied().filter(allowed) {
        permissions.push(CountedPermission {
            permission: action.name,
            summary: action.summary,
            reach: grant.reach(action).name(),
            records: counts.of(action).await?,
        });
    }
    Ok(Preview { permissions })
}

/// Counts the records that a principal reaches and the caller sees. Permissions of the same resource with the same reach have
/// the same records, which are counted once.
pub struct Counts<'a> {
    can: &'a Caller,
    grant: &'a Grant,
    known: Vec<(&'static str, Reach, i64)>,
}

impl<'a> Counts<'a> {
    pub fn new(can: &'a Caller, grant: &'a Grant) -> Self {
        Counts { can, grant, known: vec![] }
    }

    /// None for a permission whose records are not counted.
    pub async fn of(&mut self, action: &'static Action) -> Result<Option<i64>> {
        let resource = action.resource;
        let shape =
            shape(resource).filter(|_| COUNTED.contains(&resource) && !action.verbs.contains(&"create"));
        let Some(shape) = shape else { return Ok(None) };
        let (reach, see) = (self.grant.reach(action), (action.see)());
        // Only its assignee can use an assigned account.
        let uses = action.name == accounts::Use::ACTION.name;
        let known = self.known.iter().find(|(known, of, _)| *known == resource && *of == reach && !uses);
        if let Some((.., count)) = known {
            return Ok(Some(*count));
        }
        let seen = Pred::And(vec![self.can.pred(see), self.grant.pred(see)]);
        if uses {
            let usable = Senders::of_grant(self.grant).usable();
            return store::count_usable(self.can, seen, usable).await.map(Some);
        }
        let count = store::count(self.can, shape, Pred::And(vec![seen, self.grant.pred(action)])).await?;
        self.known.push((resource, reach, count));
        Ok(Some(count))
    }
}
