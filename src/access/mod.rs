//! Who may do what, and why not. `matrix` says it, `grant` reads who is asking, `predicate` says which
//! records, `decide` puts the question through its steps, `can` is the proof that a handler asks for, and
//! `behind` writes what is recorded after the answer.

mod about;
mod answer;
mod asker;
mod bar;
mod behind;
mod caller;
mod can;
mod decide;
pub mod document;
mod grant;
mod group;
mod make;
mod matrix;
mod objects;
mod policy;
mod predicate;
mod print;
mod records;
mod refusal;
mod role;
mod rows;
mod session;
mod shown;
pub mod storage;
pub mod tries;

pub use about::About;
pub(crate) use answer::partial;
pub use answer::{Answer, Partial, Seen};
pub use asker::Asker;
pub use behind::{Attempt, Behind};
pub use caller::Caller;
pub use can::{Can, Gate, STEP, Stepped, one_more_step};
pub use decide::{Ask, Call, Decision, STEPS, Sight, Stray, Verdict};
pub use document::open;
pub use grant::{Ceiling, Grant, Origins, Principal};
pub use group::{Acting, Delegation, GROUP, Group, GuardRails};
pub use make::may_make;
pub use matrix::*;
pub use policy::{Entry, LoginPolicy, Method};
pub use predicate::{Facts, Pred, Shape, Who};
pub use print::markdown;
pub use records::{Resource, across};
pub use session::Session;
pub use storage::Storage;

pub use crate::error::Step;

/// How far a permission goes, from a cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// What two reaches have in common.
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

/// What a row asks for beside its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A person by session or personal key, never a workspace key.
    InPerson,
    /// Nobody with a tag limit: what it changes cannot be traced to a tag.
    Unlimited,
    /// A person who is signed in, never a key.
    SignedIn,
    /// Of who is signed in: one who has shown within ten minutes who he is. Keys are not asked.
    Fresh,
    /// Also who still has to enrol a second factor.
    Enrolling,
    /// It takes data out of the workspace.
    Export,
    /// Not for who comes, or was made, through the link to an admin workspace.
    Own,
    /// Refused while the workspace stores more than its bound.
    Stores,
    /// A key needs the scope `all:all`: a narrower key does not decide over rights.
    Whole,
    /// Not for a key that is bound to addresses or to an expiry: what it makes would be bound to neither.
    Unbound,
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
    /// Any of these, on the resource or on `all`, lets an API key through. None: no scope is needed.
    pub verbs: &'static [&'static str],
    /// The activity type of its audit rows; none where nothing is changed.
    pub activity: Option<i64>,
    pub reach: [Reach; ROLES.len()],
    /// Which of the wire's member permissions it takes, where a member has a list of them; "" for none.
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

    /// Whether it takes rights or records away. Its answer is short, and a room full of answers never holds it up.
    pub fn takes_away(&self) -> bool {
        self.verbs.contains(&"delete")
            || ["workspace_members", "api_keys", "sessions"].contains(&self.resource)
    }

    pub fn is(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// With strict scopes only the first verb counts, so that `campaigns:update` no longer launches.
    pub fn admits(&self, scope: &str, strict: bool) -> bool {
        if self.is(Mark::Whole) {
            return scope == WHOLE;
        }
        let verbs = if strict { self.verbs.get(..1).unwrap_or_default() } else { self.verbs };
        scope.split_once(':').is_some_and(|(resource, verb)| {
            (resource == self.scope || resource == "all") && (verb == "all" || verbs.contains(&verb))
        })
    }

    /// The accepted scopes, narrowest first. Empty: none is needed.
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
        /// A column of the matrix; a member has exactly one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $($role),* }

        pub const ROLES: &[Role] = &[$(Role::$role),*];

        pub const ACTIONS: &[&$crate::access::Action] =
            &[$($(<$resource::$row as $crate::access::Permission>::ACTION),*),*];

        $(pub mod $resource {
            $(#[doc = $summary]
            pub struct $row;
            impl $crate::access::Permission for $row {
                type See = $crate::access::see!($($see)?);
                const ACTION: &'static $crate::access::Action = &$crate::access::Action {
                    name: concat!(stringify!($resource), ":", stringify!($name)),
                    resource: stringify!($resource),
                    scope: $scope,
                    verbs: &[$(stringify!($verb)),*],
                    activity: $crate::access::activity!($activity),
                    reach: [$($crate::access::cell!($cell)),*],
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
