//! The decision: named steps in a fixed order. Enforcing stops at the first step that does not hold. Explaining shows
//! them all.

use super::bar::Bar;
use crate::access::{Action, Grant, Step};
use crate::error::Error;
use schemars::JsonSchema;
use serde::Serialize;
use std::net::IpAddr;

pub const STEPS: [Step; 10] = [
    Step::Credential,
    Step::Network,
    Step::Rate,
    Step::Workspace,
    Step::Delegation,
    Step::Scope,
    Step::Role,
    Step::GuardRail,
    Step::Record,
    Step::Reach,
];

/// What the predicates say about the record in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Hidden,
    Seen,
    Within,
}

impl Sight {
    /// From the result of a statement: no row, or whether the record is within reach.
    pub fn of(found: Option<bool>) -> Sight {
        match found {
            None => Sight::Hidden,
            Some(false) => Sight::Seen,
            Some(true) => Sight::Within,
        }
    }
}

/// The call itself. An explanation about somebody else has none, and passes the steps about it.
#[derive(Clone, Debug)]
pub struct Call {
    pub address: IpAddr,
    /// The header `x-as-workspace` names a workspace where the caller cannot act.
    pub stray: Option<Stray>,
    pub within_rate: bool,
}

/// Why a caller cannot act in the workspace that they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// It is not one of their sub-workspaces.
    Elsewhere,
    /// They cannot act in any workspace but their own.
    Barred,
}

pub struct Ask<'a> {
    pub action: &'static Action,
    pub grant: &'a Grant,
    pub call: Option<&'a Call>,
    /// None if no record is in question, as for a list or a creation.
    pub record: Option<Sight>,
    /// The name of the person or key, in sentences about somebody else.
    pub whose: Option<&'a str>,
    /// What keeps them from the record, for a reader who can know it.
    pub particulars: Option<&'a str>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Decision {
    pub allowed: bool,
    /// The first step that does not hold.
    pub refused_by: Option<Step>,
    pub steps: Vec<Verdict>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verdict {
    pub step: Step,
    pub holds: bool,
    pub reason: String,
}

impl<'a> Ask<'a> {
    pub fn new(action: &'static Action, grant: &'a Grant, call: Option<&'a Call>) -> Self {
        Ask { action, grant, call, record: None, whose: None, particulars: None }
    }

    fn first_bar(&self) -> Option<(Step, Bar)> {
        STEPS.into_iter().find_map(|step| self.bar(step).map(|bar| (step, bar)))
    }

    pub fn refused_by(&self) -> Option<Step> {
        self.first_bar().map(|(step, _)| step)
    }

    /// Whether every step holds if the age of the last authentication is ignored.
    pub(in crate::access) fn holds_if_fresh(&self) -> bool {
        STEPS.into_iter().all(|step| self.bar(step).is_none_or(|bar| bar == Bar::Stale))
    }

    pub fn enforce(&self) -> Result<(), Error> {
        match self.first_bar() {
            None => Ok(()),
            Some((_, Bar::NotInPlan)) => Err(Error::NotInPlan(self.action.resource)),
            Some((step, Bar::Removed | Bar::NoSubWorkspace | Bar::Hidden)) => Err(Error::hidden_by(step)),
            Some((step, bar)) => Err(Error::refused(step, self.words(bar))),
        }
    }

    pub fn explain(&self) -> Decision {
        let steps = STEPS.map(|step| match self.bar(step) {
            None => Verdict { step, holds: true, reason: self.held(step) },
            Some(bar) => Verdict { step, holds: false, reason: self.words(bar) },
        });
        let refused_by = steps.iter().find(|verdict| !verdict.holds).map(|verdict| verdict.step);
        Decision { allowed: refused_by.is_none(), refused_by, steps: steps.into() }
    }

    pub(super) fn reason(&self, step: Step) -> String {
        self.bar(step).map_or_else(|| self.held(step), |bar| self.words(bar))
    }

    /// What an explanation says about a step that holds.
    fn held(&self, step: Step) -> String {
        match step {
            Step::Credential => "credential: valid".to_owned(),
            Step::Network if self.grant.origins.is_empty() => "network: any address is allowed".to_owned(),
            Step::Network => {
                "network: the call must come from an address in the `allowed_ips` of the key and of \
                 the workspace's login policy"
                    .to_owned()
            }
            Step::Rate => "rate: within the limit".to_owned(),
            Step::Workspace => "workspace: it exists, and its plan includes this".to_owned(),
            Step::Delegation => match (&self.grant.acting, self.whose) {
                (Some(acting), _) => {
                    format!("delegation: the call acts for a sub-workspace of {}", acting.home_name)
                }
                (None, None) => "delegation: the call acts in the caller's own workspace".to_owned(),
                (None, Some(name)) => format!("delegation: {name} belongs to this workspace"),
            },
            Step::Scope => self.scopes(),
            Step::Role => self.roles(),
            Step::GuardRail => match self.grant.group {
                Some(_) => "guard-rail: none forbids this".to_owned(),
                None => "guard-rail: there are none".to_owned(),
            },
            Step::Record if self.record.is_none() => "record: none in question".to_owned(),
            Step::Record => "record: visible".to_owned(),
            Step::Reach => self.reaches(),
        }
    }

    pub(super) fn scopes(&self) -> String {
        let mut accepted = self.action.scopes();
        accepted.retain(|scope| self.action.admits(scope, self.grant.strict_scopes));
        match (accepted.is_empty(), &self.grant.scopes) {
            (true, _) => format!("scope: `{}` needs none", self.action.name),
            (_, None) => "scope: a caller without a key needs none".to_owned(),
            (false, Some(_)) => {
                let one_of = if accepted.len() > 1 { "one of " } else { "" };
                format!("scope: `{}` needs {one_of}`{}`", self.action.name, accepted.join("`, `"))
            }
        }
    }

    pub(super) fn reaches(&self) -> String {
        let limited = if self.grant.limits.is_empty() { "" } else { ", within a tag limit" };
        let why = self.particulars.filter(|_| self.record == Some(Sight::Seen));
        let why = why.map_or_else(String::new, |why| format!("; {why}"));
        let reach = self.grant.reach(self.action).name();
        format!("reach: `{}` reaches `{reach}`{limited}{why}", self.action.name)
    }
}
