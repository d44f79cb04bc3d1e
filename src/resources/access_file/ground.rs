//! What the tests of a file need besides a model: grants that all members share, API keys, and the facts of named records.

use super::file::{Claim, File, On, Says, Whom};
use super::state::State;
use super::store;
use crate::access::{Caller, Facts, Grant, PrincipalKind};
use crate::db::{Source, ids};
use crate::error::{Error, Result};
use std::collections::HashMap;

/// The most API keys that tests look at.
const KEYS: usize = 1000;

/// What tests need besides a model.
#[derive(Default)]
pub struct Ground {
    /// The owner's grant. It has what all grants of the workspace share.
    pub(super) template: Option<Grant>,
    pub(super) keys: Vec<Grant>,
    pub(super) facts: HashMap<String, Result<Facts, String>>,
}

impl Ground {
    /// Reads it, as far as the tests of a file ask for it.
    pub async fn read(
        can: &Caller,
        from: impl Into<Source<'_>>,
        state: &State,
        file: &File,
    ) -> Result<Ground> {
        let mut from = from.into();
        if file.tests.is_empty() {
            return Ok(Ground::default());
        }
        let owner = state.model.owner().and_then(|email| state.ids.members.get(email));
        let template = match owner {
            Some((member, _)) => Grant::of_member(can.workspace(), *member, can.now(), from.again()).await?,
            None => None,
        };
        let mut ground = Ground { template, ..Ground::default() };
        if file.tests.iter().any(asks_for_keys) {
            can.also::<crate::access::api_keys::Read>()?;
            let everybody = Grant::of_everybody(can.workspace(), can.now(), from.again()).await?;
            let lives = |grant: &Grant| grant.expires_at().is_none_or(|at| at > can.now());
            let keys = everybody.into_iter().rev().filter(|somebody| somebody.kind == PrincipalKind::Key);
            ground.keys = keys.map(|key| key.grant).filter(lives).collect();
            if ground.keys.len() > KEYS {
                return Err(Error::TooMuch(format!(
                    "tests about API keys are for workspaces with at most {KEYS}"
                )));
            }
        }
        for claim in &file.tests {
            if let Says::About { on: Some(on), .. } = &claim.says
                && !ground.facts.contains_key(&key(on))
            {
                let found = facts(can, from.again(), on).await?;
                ground.facts.insert(key(on), found);
            }
        }
        Ok(ground)
    }
}

fn asks_for_keys(claim: &Claim) -> bool {
    match &claim.says {
        Says::Closed { .. } => true,
        Says::About { who, .. } => matches!(who, Whom::Key(_) | Whom::Everybody),
    }
}

pub(super) fn key(on: &On) -> String {
    match on {
        On::Campaign(name) => format!("campaign {name}"),
        On::SendingAccount(email) => format!("sending account {email}"),
        On::LeadList(name) => format!("lead list {name}"),
    }
}

/// The facts of the one record with this name, or why there is not exactly one.
async fn facts(can: &Caller, from: Source<'_>, on: &On) -> Result<Result<Facts, String>> {
    let name = key(on);
    let single = |mut found: Vec<Facts>| match (found.pop(), found.len()) {
        (Some(facts), 0) => Ok(facts),
        (Some(_), _) => Err(format!("there are several records like `{name}`")),
        (None, _) => Err(format!("there is no `{name}`")),
    };
    let workspace = can.workspace();
    Ok(match on {
        On::Campaign(name) => {
            can.also::<crate::access::campaigns::Read>()?;
            let mut all = vec![];
            for row in store::campaigns(can, from, name).await? {
                let (collaborators, tags) = (ids(row.collaborators)?, ids(row.tags)?);
                all.push(Facts {
                    workspace,
                    team: row.team,
                    owner: row.owner,
                    assignee: None,
                    collaborators,
                    tags,
                });
            }
            single(all)
        }
        On::LeadList(name) => {
            can.also::<crate::access::lead_lists::Read>()?;
            let found = store::lead_lists(can, from, name).await?.into_iter();
            single(
                found
                    .map(|row| Facts { workspace, team: true, owner: row.owner, ..Facts::default() })
                    .collect(),
            )
        }
        // Its assignment is in the model.
        On::SendingAccount(_) => Ok(Facts { workspace, team: true, ..Facts::default() }),
    })
}
