//! A record as the caller who asks knows it. One statement reads the facts of the record, and the predicates of access judge
//! them in memory, for any number of principals.

use super::store;
use crate::access::{Action, Caller, Facts, Grant, Permission, Shape, Sight, accounts};
use crate::db::Source;
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::shapes;
use uuid::Uuid;

/// The facts of a record. A link of a group can be found from both of its workspaces, so it can have two of them.
#[derive(Clone, Default)]
pub struct Known(Vec<(&'static Shape, Facts)>);

impl Known {
    /// Empty if the caller does not see the record.
    pub async fn of(
        caller: &Caller,
        action: &'static Action,
        record: Uuid,
        from: impl Into<Source<'_>>,
    ) -> Result<Known> {
        let (mut from, mut all) = (from.into(), Vec::new());
        for shape in shapes(action) {
            let facts = store::facts(caller, action, shape, record, from.again()).await?;
            all.extend(facts.map(|facts| (shape, facts)));
        }
        Ok(Known(all))
    }

    pub fn is_there(&self) -> bool {
        !self.0.is_empty()
    }

    pub fn first(&self) -> Option<(&'static Shape, &Facts)> {
        self.0.first().map(|(shape, facts)| (*shape, facts))
    }

    /// Whether somebody sees the record and reaches it.
    pub fn sight(&self, subject: &Grant, action: &'static Action) -> Sight {
        let see = subject.pred((action.see)());
        let seen = self.0.iter().find(|(_, facts)| see.eval(facts));
        Sight::of(seen.map(|(_, facts)| is_within(subject, action, facts)))
    }

    /// The same record with other facts.
    pub fn with(&self, change: impl Fn(&mut Facts)) -> Known {
        let mut altered = self.clone();
        altered.0.iter_mut().for_each(|(_, facts)| change(facts));
        altered
    }
}

/// Using an account needs more than reaching it: only its assignee can use an assigned account.
fn is_within(subject: &Grant, action: &'static Action, facts: &Facts) -> bool {
    match uses_account(action) {
        true => Senders::of_grant(subject).can_use(facts),
        false => subject.pred(action).eval(facts),
    }
}

pub fn uses_account(action: &'static Action) -> bool {
    action.name == accounts::Use::ACTION.name
}
