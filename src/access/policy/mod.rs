//! The policy: the matrix as a table of types, the roles, and what documents say about them.

pub mod document;
mod effective;
mod logged;
mod make;
mod matrix;
mod print;
mod role;

pub use document::open;
pub use effective::{Cells, CustomRole, EffectiveRole};
pub use logged::logged;
pub use make::may_make;
pub use matrix::*;
pub use print::{markdown, markdown_of, remarks};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a permission reaches, from a cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Reach {
    All,
    Team,
    Own,
    Assigned,
    None,
}

impl Reach {
    pub fn name(self) -> &'static str {
        match self {
            Reach::All => "all",
            Reach::Team => "team",
            Reach::Own => "own",
            Reach::Assigned => "assigned",
            Reach::None => "none",
        }
    }

    pub fn parse(name: &str) -> Option<Reach> {
        let all = [Reach::All, Reach::Team, Reach::Own, Reach::Assigned, Reach::None];
        all.into_iter().find(|reach| reach.name() == name)
    }

    /// Whether it contains every record of another reach.
    pub fn covers(self, other: Reach) -> bool {
        self.and(other) == other
    }

    /// The records that two reaches have in common.
    pub fn and(self, other: Reach) -> Reach {
        match (self, other) {
            (Reach::All, reach) | (reach, Reach::All) => reach,
            (Reach::Team, reach @ (Reach::Team | Reach::Own | Reach::Assigned)) => reach,
            (reach @ (Reach::Own | Reach::Assigned), Reach::Team) => reach,
            (Reach::Own, Reach::Own) => Reach::Own,
            (Reach::Assigned, Reach::Assigned) => Reach::Assigned,
            (_, Reach::None) | (Reach::None, _) => Reach::None,
            (Reach::Own, Reach::Assigned) | (Reach::Assigned, Reach::Own) => Reach::None,
        }
    }
}

/// What a row requires or allows beyond its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Only for a person with a session or a personal key, not for a workspace key.
    InPerson,
    /// Not for callers with a tag limit, because the change cannot be traced to a tag.
    Unlimited,
    /// Only for a person who is signed in, not for a key.
    SignedIn,
    /// A session needs re-authentication within ten minutes. A key does not.
    Fresh,
    /// Also for a person who must still enrol a second factor.
    Enrolling,
    /// Takes data out of the workspace.
    Export,
    /// Not for a caller who comes, or was made, through the link to an admin workspace.
    Own,
    /// Refused while the workspace stores more than its limit.
    Stores,
    /// A key needs the scope `all:all`, because the action decides over rights.
    Whole,
    /// Not for a key with an expiry or with `allowed_ips`, because what it makes would have neither.
    Unbound,
    /// Concerns only the person who calls. Delegations do not restrict it, and it needs no second factor.
    Personal,
    /// A delegation allows it unless it is paused.
    Always,
    /// Changes no record, although the audit log has a row for it.
    Reading,
    /// Makes an API key.
    MakesKey,
    /// Manages members or API keys. To give or take a role that has it needs `Appoint` or `Dismiss`.
    Managing,
    /// Answered even if there is no room for answers, so that rights can be changed and revoked at any time.
    Prompt,
}

/// The scope that a [`Mark::Whole`] asks of a key.
const WHOLE: &str = "all:all";

/// A row of the matrix.
#[derive(Debug)]
pub struct Action {
    /// `campaigns:launch`: the permission, and the verb of its audit rows.
    pub name: &'static str,
    pub resource: &'static str,
    /// The resource in the wire's scopes.
    pub scope: &'static str,
    /// An API key needs one of these verbs, on the resource or on `all`. Empty: no scope is needed.
    pub verbs: &'static [&'static str],
    /// The activity type of its audit rows. None if it changes nothing.
    pub activity: Option<i64>,
    pub reach: [Reach; ROLES.len()],
    /// The member permission of the wire that it needs, if the member has a list of them. "" for none.
    pub needs: &'static str,
    pub summary: &'static str,
    /// The row that makes a record visible at all.
    pub see: fn() -> &'static Action,
    pub marks: &'static [Mark],
}

impl Action {
    pub fn of(name: &str) -> Option<&'static Action> {
        ACTIONS.iter().find(|action| action.name == name).copied()
    }

    pub fn reach(&self, role: Role) -> Reach {
        self.reach.get(role as usize).copied().unwrap_or(Reach::None)
    }

    /// Whether it is answered even if there is no room for answers. Its answer is short, and it must not wait.
    pub fn is_answered_when_full(&self) -> bool {
        self.verbs.contains(&"delete") || self.is(Mark::Prompt)
    }

    pub fn is(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// Whether a scope of a key allows it. With strict scopes only the first verb counts, so that `campaigns:update` does
    /// not allow to launch.
    pub fn admits(&self, scope: &str, strict: bool) -> bool {
        if self.is(Mark::Whole) {
            return scope == WHOLE;
        }
        let verbs = if strict { self.verbs.get(..1).unwrap_or_default() } else { self.verbs };
        scope.split_once(':').is_some_and(|(resource, verb)| {
            (resource == self.scope || resource == "all") && (verb == "all" || verbs.contains(&verb))
        })
    }

    /// The accepted scopes, narrowest first. Empty if no scope is needed.
    pub fn scopes(&self) -> Vec<String> {
        if self.is(Mark::Whole) {
            return vec![WHOLE.to_owned()];
        }
        let verbs = || self.verbs.iter().copied().chain((!self.verbs.is_empty()).then_some("all"));
        let resources = [self.scope, "all"].into_iter();
        resources.flat_map(|resource| verbs().map(move |verb| format!("{resource}:{verb}"))).collect()
    }

    pub fn roles(&self) -> impl Iterator<Item = Role> {
        ROLES.iter().copied().filter(|&role| self.reach(role) != Reach::None)
    }
}

/// A type that stands for a row. `See` is the row that makes a record visible at all.
pub trait Permission: Send + Sync + 'static {
    type See: Permission;
    const ACTION: &'static Action;
}

macro_rules! cell {
    (x) => {
        $crate::access::Reach::All
    };
    (team) => {
        $crate::access::Reach::Team
    };
    (own) => {
        $crate::access::Reach::Own
    };
    (asgn) => {
        $crate::access::Reach::Assigned
    };
    (_) => {
        $crate::access::Reach::None
    };
}
use cell;

macro_rules! activity {
    (_) => {
        None
    };
    ($number:literal) => {
        Some($number)
    };
}
use activity;

macro_rules! see {
    () => {
        Read
    };
    ($resource:ident) => {
        super::$resource::Read
    };
}
use see;

macro_rules! access_matrix {
    (roles [$($role:ident)*]
     $($resource:ident $scope:literal { $($row:ident = $name:ident ($($verb:ident)*) $activity:tt
        [$($cell:tt)*] $needs:literal $summary:literal $(+ $mark:ident)* $(@ $see:ident)?)* })*) => {
        /// A column of the matrix. A member has exactly one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $($role),* }

        pub const ROLES: &[Role] = &[$(Role::$role),*];

        pub const ACTIONS: &[&$crate::access::Action] =
            &[$($(<$resource::$row as $crate::access::Permission>::ACTION),*),*];

        $(pub mod $resource {
            $(#[doc = $summary]
            pub struct $row;
            impl $crate::access::Permission for $row {
                type See = $crate::access::policy::see!($($see)?);
                const ACTION: &'static $crate::access::Action = &$crate::access::Action {
                    name: concat!(stringify!($resource), ":", stringify!($name)),
                    resource: stringify!($resource),
                    scope: $scope,
                    verbs: &[$(stringify!($verb)),*],
                    activity: $crate::access::policy::activity!($activity),
                    reach: [$($crate::access::policy::cell!($cell)),*],
                    needs: $needs,
                    summary: $summary,
                    see: || <<Self as $crate::access::Permission>::See as $crate::access::Permission>::ACTION,
                    marks: &[$($crate::access::Mark::$mark),*],
                };
            })*
        })*
    };
}
use access_matrix;
