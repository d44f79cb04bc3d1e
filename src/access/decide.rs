//! The decision: named steps in a fixed order. What enforces is also what explains; enforcing stops at the
//! first step that does not hold, explaining shows them all.

use super::workspace_group_members::Act;
use super::{Action, Grant, Permission, Reach, Step};
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

/// What is said to who is signed in, and has not shown lately who he is.
pub(super) const STALE: &str =
    "credential: this takes a sign-in of the last 10 minutes: POST /auth/reauthenticate";

/// What the predicates say of the record in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Hidden,
    Seen,
    Within,
}

impl Sight {
    /// From what a statement found: nothing, or whether it is within reach.
    pub fn of(found: Option<bool>) -> Sight {
        match found {
            None => Sight::Hidden,
            Some(false) => Sight::Seen,
            Some(true) => Sight::Within,
        }
    }
}

/// The call itself; what is asked without one (an explanation) passes the steps about it.
#[derive(Clone, Debug)]
pub struct Call {
    pub address: IpAddr,
    /// The header `x-as-workspace` names where the caller cannot act.
    pub stray: Option<Stray>,
    pub within_rate: bool,
}

/// Why a caller cannot act where he wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// It is no sub-workspace of his.
    Elsewhere,
    /// He acts in no other workspace than his own, whichever it is.
    Barred,
}

pub struct Ask<'a> {
    pub action: &'static Action,
    /// The grant behind the credential, or why there is none.
    pub grant: Result<&'a Grant, &'static str>,
    pub call: Option<&'a Call>,
    /// None while no record is in question: a list, a creation.
    pub record: Option<Sight>,
    /// For sentences about somebody else: what to call them.
    pub whose: Option<&'a str>,
    /// What stands in the way at the record, for somebody who may know it.
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
    pub fn new(
        action: &'static Action,
        grant: Result<&'a Grant, &'static str>,
        call: Option<&'a Call>,
    ) -> Self {
        Ask { action, grant, call, record: None, whose: None, particulars: None }
    }

    pub fn refused_by(&self) -> Option<Step> {
        STEPS.into_iter().find(|&step| !self.holds(step))
    }

    pub fn enforce(&self) -> Result<(), Error> {
        let Some(step) = self.refused_by() else { return Ok(()) };
        let plan = step == Step::Workspace && self.grant.is_ok_and(|grant| !grant.removed);
        Err(match step {
            Step::Workspace if plan => Error::NotInPlan(self.action.resource),
            Step::Delegation if self.strays(Stray::Elsewhere) => Error::hidden_by(step),
            Step::Workspace | Step::Record => Error::hidden_by(step),
            Step::Credential
            | Step::Network
            | Step::Rate
            | Step::Delegation
            | Step::Scope
            | Step::Role
            | Step::GuardRail
            | Step::Reach => Error::refused(step, self.reason(step)),
        })
    }

    pub fn explain(&self) -> Decision {
        let refused_by = self.refused_by();
        let verdict = |step| Verdict { step, holds: self.holds(step), reason: self.reason(step) };
        Decision { allowed: refused_by.is_none(), refused_by, steps: STEPS.map(verdict).into() }
    }

    fn holds(&self, step: Step) -> bool {
        let Ok(grant) = self.grant else { return false };
        let action = self.action;
        match step {
            Step::Credential => grant.uncounted(action).is_none(),
            Step::Network => self.call.is_none_or(|call| from_allowed(grant, call.address)),
            Step::Rate => self.call.is_none_or(|call| call.within_rate),
            Step::Workspace => !grant.removed && !grant.denied.iter().any(|name| name == action.resource),
            Step::Delegation => !self.strays(Stray::Elsewhere) && grant.withheld(action).is_none(),
            Step::Scope => grant.scopes.as_ref().is_none_or(|scopes| {
                action.verbs.is_empty() || scopes.iter().any(|s| action.admits(s, grant.strict_scopes))
            }),
            Step::Role => !self.strays(Stray::Barred) && grant.own_reach(action) != Reach::None,
            Step::GuardRail => grant.forbidden(action).is_none() && grant.reach(action) != Reach::None,
            Step::Record => self.record != Some(Sight::Hidden),
            Step::Reach => self.record.is_none_or(|sight| sight == Sight::Within),
        }
    }

    fn strays(&self, stray: Stray) -> bool {
        self.call.is_some_and(|call| call.stray == Some(stray))
    }

    fn reason(&self, step: Step) -> String {
        let grant = match self.grant {
            Ok(grant) => grant,
            Err(why) => return why.to_owned(),
        };
        let name = self.action.name;
        match step {
            Step::Credential => {
                grant.uncounted(self.action).unwrap_or_else(|| "credential: valid".to_owned())
            }
            Step::Network if grant.origins.is_empty() => "network: any address will do".to_owned(),
            Step::Network => "network: only the addresses in the `allowed_ips` of the key and of the \
                 workspace's login policy will do"
                .to_owned(),
            Step::Rate if self.holds(step) => "rate: within the limit".to_owned(),
            Step::Rate => "Rate limit exceeded".to_owned(),
            Step::Workspace if grant.removed => "workspace: it is removed".to_owned(),
            Step::Workspace if self.holds(step) => "workspace: there, and its plan includes this".to_owned(),
            Step::Workspace => format!("workspace: its plan does not include `{}`", self.action.resource),
            Step::Delegation => self.delegation_reason(grant),
            Step::Scope => self.scope_reason(grant),
            Step::Role => self.role_reason(grant),
            Step::GuardRail => match (grant.forbidden(self.action), &grant.group) {
                (Some(why), _) => format!("guard-rail: {why}"),
                (None, Some(_)) => "guard-rail: none forbids this".to_owned(),
                (None, None) => "guard-rail: none is imposed".to_owned(),
            },
            Step::Record => match self.record {
                None => "record: none in question".to_owned(),
                Some(Sight::Hidden) => {
                    format!("record: {}", self.particulars.unwrap_or("not there, or not visible"))
                }
                Some(Sight::Seen | Sight::Within) => "record: visible".to_owned(),
            },
            Step::Reach => {
                let limited = if grant.limits.is_empty() { "" } else { ", within a tag limit" };
                let seen = self.particulars.filter(|_| self.record == Some(Sight::Seen));
                let why = seen.map_or_else(String::new, |why| format!("; {why}"));
                format!("reach: `{name}` reaches `{}`{limited}{why}", grant.reach(self.action).name())
            }
        }
    }

    fn delegation_reason(&self, grant: &Grant) -> String {
        let own = match self.whose {
            None => "the call acts in the caller's own workspace".to_owned(),
            Some(name) => format!("{name} belongs to this workspace"),
        };
        let why = match (grant.withheld(self.action), &grant.acting) {
            (Some(why), _) => why,
            _ if self.strays(Stray::Elsewhere) => "there is no such sub-workspace".to_owned(),
            (None, Some(acting)) => format!("the call acts for a sub-workspace of {}", acting.home_name),
            (None, None) => own,
        };
        format!("delegation: {why}")
    }

    fn scope_reason(&self, grant: &Grant) -> String {
        let mut accepted = self.action.scopes();
        accepted.retain(|scope| self.action.admits(scope, grant.strict_scopes));
        match (accepted.is_empty(), &grant.scopes) {
            (true, _) => format!("scope: `{}` needs none", self.action.name),
            (_, None) => "scope: none is needed without a key".to_owned(),
            (false, Some(_)) => {
                let one_of = if accepted.len() > 1 { "one of " } else { "" };
                format!("scope: `{}` takes {one_of}`{}`", self.action.name, accepted.join("`, `"))
            }
        }
    }

    fn role_reason(&self, grant: &Grant) -> String {
        if self.strays(Stray::Barred) {
            let act = Ask::new(Act::ACTION, self.grant, None);
            return format!(
                "{}; without it, `x-as-workspace` names no workspace but the caller's own",
                act.role_reason(grant)
            );
        }
        let (action, name) = (self.action, self.action.name);
        if let Some(bar) = grant.bar(action) {
            return format!("role: `{name}` {}", bar.words(grant, action));
        }
        let roles: Vec<_> = action.roles().map(|role| role.name()).collect();
        let held = grant.role.map_or("none", |role| role.name());
        let held = match self.whose {
            None => format!("yours is {held}"),
            Some(who) => format!("the role of {who} is {held}"),
        };
        format!("role: `{name}` is for {}; {held}", roles.join(", "))
    }
}

/// An IPv4 address that came by an IPv6 socket is compared as IPv4.
fn from_allowed(grant: &Grant, address: IpAddr) -> bool {
    let address = address.to_canonical();
    grant.origins.iter().all(|list| list.iter().any(|net| net.contains(&address)))
}
