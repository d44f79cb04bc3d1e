//! What keeps a file from locking people out, and from surprises. Some rails can be passed by allowing exactly what they
//! count; the others cannot. These are functions of plain values.

use super::impact::lost;
use super::model::{Member, Model};
use super::report::{Lost, RailVerdict};
use super::state::Sender;
use crate::access::{Caller, EffectiveRole, LoginPolicy, Permission, Reach, Role, access::Apply};
use crate::resources::workspace_members::A_DAY;
use std::collections::BTreeMap;

/// What a plan counts, so that a surprise is not applied by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    RemoveMember,
    LowerRole,
    RaiseRole,
    LoosenTagLimit,
    Unassign,
    LoseSender,
    DeleteRole,
    DeleteTag,
    LoosenRails,
    LoosenLogin,
    Share,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::RemoveMember,
        Kind::LowerRole,
        Kind::RaiseRole,
        Kind::LoosenTagLimit,
        Kind::Unassign,
        Kind::LoseSender,
        Kind::DeleteRole,
        Kind::DeleteTag,
        Kind::LoosenRails,
        Kind::LoosenLogin,
        Kind::Share,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::RemoveMember => "remove-member",
            Kind::LowerRole => "lower-role",
            Kind::RaiseRole => "raise-role",
            Kind::LoosenTagLimit => "loosen-tag-limit",
            Kind::Unassign => "unassign",
            Kind::LoseSender => "lose-sender",
            Kind::DeleteRole => "delete-role",
            Kind::DeleteTag => "delete-tag",
            Kind::LoosenRails => "loosen-rails",
            Kind::LoosenLogin => "loosen-login",
            Kind::Share => "share",
        }
    }

    pub fn of(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The rail `share` needs at least this many members.
const SMALL: usize = 3;

/// Two models, and what the rails ask about the caller.
pub struct Case<'a> {
    pub before: &'a Model,
    pub after: &'a Model,
    pub senders: &'a [Sender],
    /// The member behind the caller, if there is one. A workspace key and the operator keep their rights.
    pub caller: Option<&'a str>,
    pub least_admins: i64,
    /// Invitations of the last day.
    pub invited: i64,
}

pub fn caller(can: &Caller, ids: &super::state::Ids) -> Option<String> {
    let member = can.member()?;
    ids.members.iter().find(|(_, (id, _))| *id == member).map(|(email, _)| email.clone())
}

pub struct Judged {
    pub verdicts: Vec<RailVerdict>,
    pub counts: BTreeMap<&'static str, i64>,
}

impl Judged {
    pub fn holds(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.holds)
    }
}

/// Every rail, in a fixed order.
pub fn judge(case: &Case<'_>, allow: &BTreeMap<String, i64>) -> Judged {
    let counts = counts(case);
    let wrong =
        |kind: &Kind| counts.get(kind).copied().unwrap_or(0) != allow.get(kind.name()).copied().unwrap_or(0);
    let verdict =
        |rail, why: Option<String>| RailVerdict { rail, holds: why.is_none(), why: why.unwrap_or_default() };
    let surprises: Vec<Kind> =
        counts.keys().copied().filter(|kind| *kind != Kind::Share && wrong(kind)).collect();
    let words: Vec<String> = surprises
        .iter()
        .map(|kind| format!("{}={}", kind.name(), counts.get(kind).copied().unwrap_or(0)))
        .collect();
    let surprise =
        (!words.is_empty()).then(|| format!("allow exactly {}, if that is intended", words.join(",")));
    let share = counts.contains_key(&Kind::Share) && !allow.contains_key(Kind::Share.name());
    let share = share.then(|| "removals and lower roles concern more than a quarter of the members; allow share=1, if that is intended".to_owned());
    let verdicts = vec![
        verdict("owner", owner(case)),
        verdict("caller", keeps_caller(case)),
        verdict("last-admin", last_admin(case)),
        verdict("surprise", surprise),
        verdict("share", share),
        verdict("mail", mail(case)),
    ];
    Judged { verdicts, counts: counts.into_iter().map(|(kind, count)| (kind.name(), count)).collect() }
}

fn owner(case: &Case<'_>) -> Option<String> {
    let owners = |model: &Model| -> Vec<String> {
        let owner = |member: &Member| member.role == Role::Owner.name();
        model.members.iter().filter(|(_, member)| owner(member)).map(|(email, _)| email.clone()).collect()
    };
    (owners(case.before) != owners(case.after))
        .then(|| "a file neither makes nor removes an owner; use change-owner".to_owned())
}

/// Whether a member can apply files. The head of an application asks for `access:apply`.
fn can_apply(role: &EffectiveRole, member: &Member) -> bool {
    member.accepted
        && member.tags.is_none()
        && role.reach(Apply::ACTION) != Reach::None
        && member.permissions.as_ref().is_none_or(|list| list.iter().any(|name| name == Apply::ACTION.needs))
}

fn keeps_caller(case: &Case<'_>) -> Option<String> {
    let email = case.caller?;
    let member = case.after.members.get(email);
    match member.is_some_and(|member| can_apply(&case.after.role_of(member), member)) {
        true => None,
        false => Some(format!("{email} applies the file, and could not apply another one afterwards")),
    }
}

fn last_admin(case: &Case<'_>) -> Option<String> {
    let admins = |model: &Model| {
        let admin =
            |member: &&Member| member.role != Role::Owner.name() && can_apply(&model.role_of(member), member);
        model.members.values().filter(admin).count() as i64
    };
    let (before, after) = (admins(case.before), admins(case.after));
    let least = case.least_admins.min(before);
    (after < least).then(|| {
        format!(
            "members besides the owner who could apply files afterwards: {after}; at least {least} must remain"
        )
    })
}

fn mail(case: &Case<'_>) -> Option<String> {
    let new =
        case.after.members.keys().filter(|email| !case.before.members.contains_key(*email)).count() as i64;
    (new > 0 && new + case.invited > A_DAY).then(|| {
        format!(
            "a workspace sends at most {A_DAY} invitations a day; this file needs {new}, and {} were sent",
            case.invited
        )
    })
}

/// What is counted. A kind without a count is left out.
fn counts(case: &Case<'_>) -> BTreeMap<Kind, i64> {
    let mut counts = BTreeMap::new();
    let mut add = |kind: Kind, applies: bool| {
        if applies {
            *counts.entry(kind).or_insert(0) += 1;
        }
    };
    let (before, after) = (case.before, case.after);
    for (email, was) in &before.members {
        let Some(is) = after.members.get(email) else {
            add(Kind::RemoveMember, true);
            continue;
        };
        let (old, new) = (before.role_of(was), after.role_of(is));
        // Most members keep their role, and comparing all rows takes long.
        let moved = old != new;
        add(Kind::LowerRole, moved && !new.covers(&old));
        add(Kind::RaiseRole, moved && new.manages() && !old.manages());
        let within = |limit: &std::collections::BTreeSet<String>| {
            is.tags.as_ref().is_some_and(|tags| tags.is_subset(limit))
        };
        add(Kind::LoosenTagLimit, was.tags.as_ref().is_some_and(|limit| !within(limit)));
    }
    for (email, member) in &after.members {
        add(Kind::RaiseRole, !before.members.contains_key(email) && after.role_of(member).manages());
    }
    for (email, was) in &before.accounts {
        let is = after.accounts.get(email);
        add(Kind::Unassign, was.to.is_some() && is.is_some_and(|account| account.to.is_none()));
    }
    let lost: Vec<Lost> = lost(before, after, case.senders);
    lost.iter().for_each(|_| add(Kind::LoseSender, true));
    before.roles.keys().for_each(|name| add(Kind::DeleteRole, !after.roles.contains_key(name)));
    before.tags.keys().for_each(|label| add(Kind::DeleteTag, !after.tags.contains_key(label)));
    add(Kind::LoosenRails, looser_rails(before, after));
    add(Kind::LoosenLogin, looser_login(&before.login_policy, &after.login_policy));
    let of = |kind: Kind| counts.get(&kind).copied().unwrap_or(0);
    let fewer = of(Kind::RemoveMember) + of(Kind::LowerRole);
    if before.members.len() >= SMALL && fewer * 4 > before.members.len() as i64 {
        counts.insert(Kind::Share, 1);
    }
    counts
}

fn looser_rails(before: &Model, after: &Model) -> bool {
    let (was, is) = (&before.guard_rails, &after.guard_rails);
    let ended = |was: bool, is: bool| was && !is;
    let raised = match (was.highest_role, is.highest_role) {
        (Some(was), Some(is)) => !EffectiveRole::from(was).covers(&is.into()),
        (Some(_), None) => true,
        (None, _) => false,
    };
    ended(was.no_exports, is.no_exports)
        || ended(was.no_key_creation, is.no_key_creation)
        || ended(was.second_factor_required, is.second_factor_required)
        || raised
}

fn looser_login(was: &LoginPolicy, is: &LoginPolicy) -> bool {
    let inside = |networks: &[ipnet::IpNet]| {
        is.allowed_ips
            .as_ref()
            .is_some_and(|all| all.iter().all(|net| networks.iter().any(|outer| outer.contains(net))))
    };
    let later = match (was.second_factor_required_from, is.second_factor_required_from) {
        (Some(was), Some(is)) => is > was,
        (Some(_), None) => true,
        (None, _) => false,
    };
    is.methods.iter().any(|method| !was.methods.contains(method))
        || is.idle_minutes > was.idle_minutes
        || is.session_minutes > was.session_minutes
        || was.allowed_ips.as_ref().is_some_and(|networks| !inside(networks))
        || later
}
