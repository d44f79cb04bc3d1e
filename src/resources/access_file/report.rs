//! The answers of the operations.

use super::fault::Fault;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessNote")]
pub struct Note {
    /// The line of the file.
    pub line: Option<usize>,
    pub text: String,
}

/// What `validate` found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessValidation")]
pub struct Validation {
    pub valid: bool,
    pub workspace_name: String,
    pub notes: Vec<Note>,
    /// The built-in roles that the file names, and the bundles that they hold.
    pub holds: Vec<Holding>,
    /// At most 100.
    pub errors: Vec<Fault>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessHolding")]
pub struct Holding {
    pub role: String,
    pub bundles: Vec<&'static str>,
    /// What else the role can do, which the file does not name.
    pub beside: String,
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Verb {
    Add,
    Change,
    Remove,
}

impl Verb {
    pub fn sign(self) -> char {
        match self {
            Verb::Add => '+',
            Verb::Change => '~',
            Verb::Remove => '-',
        }
    }
}

/// A difference between the file and the workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessChange")]
pub struct Change {
    pub verb: Verb,
    /// `role`, `tag`, `settings`, `member`, `account`, `guard_rails` or `login_policy`.
    pub what: &'static str,
    pub name: String,
    /// What differs.
    pub text: String,
    /// What somebody gains or loses.
    pub effect: String,
    /// The line of the file. Null for what an `exact` section leaves out.
    pub line: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Outcome {
    /// The workspace is as the file says.
    Same,
    /// The file can be applied.
    Differs,
    /// A rail does not allow it.
    Refused,
    /// A test in the file fails.
    Failed,
}

/// What a file would change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessPlan")]
pub struct Plan {
    pub outcome: Outcome,
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// The digest of the present access. `apply` takes it as `expect`.
    pub state: String,
    /// The digest of the access that the file wants.
    pub state_after: String,
    pub notes: Vec<Note>,
    pub changes: Vec<Change>,
    pub impact: Impact,
    pub rails: Vec<RailVerdict>,
    /// What `allow` must be for this plan. Empty if nothing needs it.
    pub allow: BTreeMap<&'static str, i64>,
    pub tests: Vec<Tested>,
}

/// Who gains and who loses what.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "AccessImpact")]
pub struct Impact {
    /// Members and invitations that gain permissions, or a wider reach in a permission.
    pub gain: usize,
    pub lose: usize,
    /// By member; at most 50. Others are only in the counts.
    pub members: Vec<Affected>,
    /// Live workspace keys of members who lose permissions. They keep the rights that they have.
    pub keys_left: Vec<String>,
    /// Campaigns that lose sending accounts.
    pub campaigns: Vec<Lost>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessAffected")]
pub struct Affected {
    pub email: String,
    pub gains: Vec<&'static str>,
    pub loses: Vec<&'static str>,
    /// How many records the member can see before and after. Left out for resources where nothing changes.
    pub records: Vec<Counted>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessCounted")]
pub struct Counted {
    pub permission: &'static str,
    /// 10,001 stands for more than 10,000.
    pub before: i64,
    pub after: i64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessLost")]
pub struct Lost {
    pub campaign_id: Uuid,
    pub name: String,
    pub accounts: Vec<String>,
    /// Whether no sending account is left.
    pub last: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessRail")]
pub struct RailVerdict {
    pub rail: &'static str,
    pub holds: bool,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AccessTested")]
pub struct Tested {
    pub name: String,
    pub holds: bool,
    /// Why it fails.
    pub why: String,
    pub line: usize,
}

/// The tests of a file, on the access that it wants.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessTests")]
pub struct Tests {
    pub holds: bool,
    pub tests: Vec<Tested>,
    /// With `mutate=true`: how many changes to the wanted access were tried, and how many a test noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutations: Option<Mutations>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessMutations")]
pub struct Mutations {
    pub tried: usize,
    pub noticed: usize,
    /// Changes that no test noticed; at most 100.
    pub missed: Vec<String>,
}

/// What `apply` did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessApplied")]
pub struct Applied {
    /// Whether anything changed.
    pub applied: bool,
    /// The application in the log. Null if nothing changed.
    pub application_id: Option<Uuid>,
    pub state_before: String,
    pub state_after: String,
    pub because: Option<String>,
    pub changes: Vec<Change>,
    pub notes: Vec<Note>,
    /// The changes and their reason, as Markdown.
    pub summary: String,
    /// Links of new invitations that could not be mailed, by address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub invitation_urls: BTreeMap<String, String>,
}
