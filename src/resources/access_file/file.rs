//! What a file says, with the place of each part.

use super::bundles::Bundle;
use super::fault::At;
use super::model::OwnRole;
use crate::access::{Reach, Role};
use crate::resources::{guard_rails, login_policy, workspaces};
use std::collections::{BTreeMap, BTreeSet};

/// Something that a file names.
#[derive(Clone, Debug)]
pub struct Named<T> {
    pub name: String,
    pub at: At,
    pub value: T,
}

/// A section that is absent is not managed.
#[derive(Default)]
pub struct File {
    /// Lines that were repaired, and what a report says about them.
    pub repaired: Option<(usize, String)>,
    pub workspace: Option<Named<()>>,
    pub because: Option<String>,
    pub settings: Option<Placed<workspaces::Patch>>,
    /// The description of each tag, if the file has one.
    pub tags: Option<Vec<Named<Option<String>>>>,
    pub roles: Option<Vec<Named<RoleEntry>>>,
    pub members: Option<Vec<Named<MemberEntry>>>,
    pub accounts: Option<Vec<Named<AccountEntry>>>,
    pub guard_rails: Option<Placed<guard_rails::Patch>>,
    pub login_policy: Option<Placed<login_policy::Patch>>,
    /// Sections in which absence means removal.
    pub exact: BTreeSet<Section>,
    pub allow: BTreeMap<String, i64>,
    /// The beginning of the digest of the state for which `allow` was written.
    pub allow_for: Option<String>,
    pub tests: Vec<Claim>,
}

pub struct Placed<T> {
    pub at: At,
    pub value: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Tags,
    Roles,
    Members,
    SendingAccounts,
}

impl Section {
    pub const ALL: [Section; 4] = [Section::Tags, Section::Roles, Section::Members, Section::SendingAccounts];

    pub fn name(self) -> &'static str {
        match self {
            Section::Tags => "tags",
            Section::Roles => "roles",
            Section::Members => "members",
            Section::SendingAccounts => "sending_accounts",
        }
    }
}

#[derive(Clone)]
pub enum RoleEntry {
    /// What a built-in role must be able to do. A file never changes it.
    BuiltIn {
        role: Role,
        bundles: Vec<&'static Bundle>,
    },
    Own(OwnRole),
}

#[derive(Clone, Debug, Default)]
pub struct MemberEntry {
    pub role: Option<(String, At)>,
    pub tags: Option<Option<Vec<(String, At)>>>,
    pub permissions: Option<Option<Vec<String>>>,
}

#[derive(Clone, Debug, Default)]
pub struct AccountEntry {
    /// A member, or null for nobody.
    pub to: Option<Option<(String, At)>>,
    pub tags: Option<Vec<(String, At)>>,
}

/// A test.
#[derive(Clone, Debug)]
pub struct Claim {
    pub name: String,
    pub at: At,
    pub says: Says,
}

#[derive(Clone, Debug)]
pub enum Says {
    /// Some principals can do, or cannot do, some things.
    About { who: Whom, on: Option<On>, can: Vec<Right>, cannot: Vec<Right> },
    /// Only these principals can do something.
    Closed { right: Right, only: Vec<Whom> },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Whom {
    Member(String),
    Role(String),
    Key(String),
    Everybody,
}

#[derive(Clone, Debug, PartialEq)]
pub enum On {
    Campaign(String),
    SendingAccount(String),
    LeadList(String),
}

/// A row of the matrix, or every row of a resource, and how far it must reach.
#[derive(Clone, Debug)]
pub struct Right {
    pub rows: Vec<&'static crate::access::Action>,
    pub name: String,
    pub reach: Option<Reach>,
}
