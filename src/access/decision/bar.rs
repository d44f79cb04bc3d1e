//! What keeps a caller from an action. One function finds it for each step: the decision refuses by it, and the
//! explanation puts it into words.

use super::{Ask, Sight, Stray};
use crate::access::workspace_group_members::Act;
use crate::access::{Action, Grant, Lapsed, Mark, Permission, Rail, Reach, Step, Withheld};
use std::net::IpAddr;

/// The first obstacle at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::access) enum Bar {
    Lapsed(Lapsed),
    /// The last authentication is too old.
    Stale,
    Address,
    Rate,
    Removed,
    NotInPlan,
    NoSubWorkspace,
    Withheld(Withheld),
    Scope,
    /// The header `x-as-workspace`, from a caller who cannot act in any sub-workspace.
    CannotAct,
    /// The member's own list of permissions leaves the action out.
    NotGiven,
    /// The caller acts from their admin workspace.
    FromElsewhere,
    /// An admin workspace made the caller.
    Foreign,
    WorkspaceKey,
    Key,
    TagLimit,
    /// A key that has an expiry or works only from certain addresses.
    BoundKey,
    /// The matrix gives the role nothing.
    Role,
    Rail(Rail),
    Hidden,
    OutOfReach,
}

impl Ask<'_> {
    /// What keeps the caller from the action at a step. None if the step holds.
    pub(super) fn bar(&self, step: Step) -> Option<Bar> {
        let (grant, action, call) = (self.grant, self.action, self.call);
        let strays = |stray| call.is_some_and(|call| call.stray == Some(stray));
        let when = |applies: bool, bar: Bar| applies.then_some(bar);
        match step {
            Step::Credential => grant.credential_bar(action),
            Step::Network => when(call.is_some_and(|call| !from_allowed(grant, call.address)), Bar::Address),
            Step::Rate => when(call.is_some_and(|call| !call.within_rate), Bar::Rate),
            Step::Workspace if grant.removed => Some(Bar::Removed),
            Step::Workspace => when(!grant.in_plan(action), Bar::NotInPlan),
            Step::Delegation if strays(Stray::Elsewhere) => Some(Bar::NoSubWorkspace),
            Step::Delegation => grant.withheld(action).map(Bar::Withheld),
            Step::Scope => when(!grant.has_scope(action), Bar::Scope),
            Step::Role if strays(Stray::Barred) => Some(Bar::CannotAct),
            Step::Role => {
                grant.role_bar(action).or_else(|| when(grant.own_reach(action) == Reach::None, Bar::Role))
            }
            Step::GuardRail => grant.forbidden(action).map(Bar::Rail),
            Step::Record => when(self.record == Some(Sight::Hidden), Bar::Hidden),
            Step::Reach => when(self.record.is_some_and(|sight| sight != Sight::Within), Bar::OutOfReach),
        }
    }

    pub(super) fn words(&self, bar: Bar) -> String {
        let (grant, action) = (self.grant, self.action);
        let name = action.name;
        match bar {
            Bar::Lapsed(lapsed) => {
                let what = if grant.session().is_some() { "session" } else { "API key" };
                format!("credential: this {what} {}", lapsed.words())
            }
            Bar::Stale => {
                "credential: this needs a sign-in within the last 10 minutes: POST /auth/reauthenticate"
                    .to_owned()
            }
            Bar::Address => {
                "network: the call must come from an address in the `allowed_ips` of the key and of \
                 the workspace's login policy"
                    .to_owned()
            }
            Bar::Rate => "Rate limit exceeded".to_owned(),
            Bar::Removed => "workspace: it is removed".to_owned(),
            Bar::NotInPlan => format!("workspace: its plan does not include `{}`", action.resource),
            Bar::NoSubWorkspace => "delegation: there is no such sub-workspace".to_owned(),
            Bar::Withheld(withheld) => format!("delegation: {}", withheld.words(action)),
            Bar::Scope => self.scopes(),
            Bar::CannotAct => format!(
                "{}; without it, `x-as-workspace` can name only the caller's own workspace",
                Ask::new(Act::ACTION, grant, None).reason(Step::Role)
            ),
            Bar::NotGiven => {
                format!("role: `{name}` needs the member permission `{}`, which is not given", action.needs)
            }
            Bar::FromElsewhere => {
                let home = grant.acting.as_ref().map_or("", |acting| acting.home_name.as_str());
                format!("role: `{name}` is not available from another workspace, {home}")
            }
            Bar::Foreign => {
                format!("role: `{name}` is only for the workspace's own people, not for its admin workspace")
            }
            Bar::WorkspaceKey => {
                format!("role: `{name}` needs a person; use a personal key, not a workspace key")
            }
            Bar::Key => format!("role: `{name}` needs a person who is signed in, not a key"),
            Bar::TagLimit => format!("role: `{name}` is not available to callers with a tag limit"),
            Bar::BoundKey => format!(
                "role: `{name}` is not available to a key with an expiry or with `allowed_ips`, because what it makes \
                 would not have them; sign in, or use a key without them"
            ),
            Bar::Role => self.roles(),
            Bar::Rail(rail) => format!("guard-rail: {}", self.forbidden(rail)),
            Bar::Hidden => {
                format!("record: {}", self.particulars.unwrap_or("not there, or not visible"))
            }
            Bar::OutOfReach => self.reaches(),
        }
    }

    /// Clients are not told to whom they are a client.
    fn forbidden(&self, rail: Rail) -> String {
        match (self.grant.role, &self.grant.group) {
            (Some(crate::access::Role::Client), _) | (_, None) => rail.words(),
            (_, Some(group)) => {
                format!("{}; your admin workspace, {}, does not allow this", rail.words(), group.admin_name)
            }
        }
    }

    pub(super) fn roles(&self) -> String {
        let roles: Vec<_> = self.action.roles().map(|role| role.name()).collect();
        let held = match self.whose {
            None => format!("yours is {}", self.held_role()),
            Some(who) => format!("the role of {who} is {}", self.held_role()),
        };
        format!("role: `{}` is for {}; {held}", self.action.name, roles.join(", "))
    }

    fn held_role(&self) -> String {
        let (grant, action) = (self.grant, self.action);
        let base = grant.role.map_or("none", |role| role.name());
        let custom = match (&grant.custom_role, &grant.cells) {
            (Some(custom), _) => format!("{}, a custom role based on {base}", custom.name),
            (None, Some(_)) => format!("a custom role based on {base}"),
            (None, None) => return base.to_owned(),
        };
        let reach = grant.effective_role().map_or(Reach::None, |role| role.reach(action));
        let lowered = grant.role.is_some_and(|role| action.reach(role) != reach);
        match (lowered, reach) {
            (false, _) => custom,
            (true, Reach::None) => format!("{custom} without this permission"),
            (true, reach) => format!("{custom}, where this permission reaches `{}`", reach.name()),
        }
    }
}

impl Grant {
    fn credential_bar(&self, action: &Action) -> Option<Bar> {
        let enrolling = |lapsed: &Lapsed| action.is(Mark::Enrolling) && lapsed.ends_by_enrolling();
        if let Some(lapsed) = self.lapsed.filter(|lapsed| !enrolling(lapsed)) {
            return Some(Bar::Lapsed(lapsed));
        }
        let stale = action.is(Mark::Fresh) && self.session().is_some_and(|session| !session.fresh);
        stale.then_some(Bar::Stale)
    }

    pub(in crate::access) fn in_plan(&self, action: &Action) -> bool {
        !self.denied.iter().any(|name| name == action.resource)
    }

    fn has_scope(&self, action: &Action) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| {
            action.verbs.is_empty() || scopes.iter().any(|scope| action.admits(scope, self.strict_scopes))
        })
    }

    /// What keeps the caller from the action whatever its role.
    pub(in crate::access) fn role_bar(&self, action: &Action) -> Option<Bar> {
        let is = |mark| action.is(mark);
        let bars = [
            (Bar::NotGiven, !self.named(action)),
            (Bar::FromElsewhere, self.acting.is_some() && (is(Mark::InPerson) || is(Mark::SignedIn))),
            (Bar::Foreign, is(Mark::Own) && self.link.is_some()),
            (Bar::WorkspaceKey, is(Mark::InPerson) && !self.in_person()),
            (Bar::Key, is(Mark::SignedIn) && self.key().is_some()),
            (Bar::TagLimit, is(Mark::Unlimited) && !self.limits.is_empty()),
            (Bar::BoundKey, is(Mark::Unbound) && self.is_bound()),
        ];
        bars.into_iter().find(|(_, applies)| *applies).map(|(bar, _)| bar)
    }

    /// Whether this is a key that has an expiry or works only from certain addresses.
    fn is_bound(&self) -> bool {
        self.key().is_some() && (self.expires_at.is_some() || !self.own.origins.is_empty())
    }
}

/// An IPv4 address that came through an IPv6 socket is compared as IPv4.
fn from_allowed(grant: &Grant, address: IpAddr) -> bool {
    let address = address.to_canonical();
    grant.origins.iter().all(|list| list.iter().any(|net| net.contains(&address)))
}
