//! Custom roles: a built-in role, lowered by the cells that a workspace chooses. `access` reads the cells with each
//! member, so a change takes effect from the next request on.

mod cells;
mod create;
mod delete;
mod guard;
mod matrix;
mod named;
mod preview;
mod routes;
mod store;
mod update;
pub use cells::cells;
pub use create::{create, create_part};
pub use delete::{delete, delete_part};
pub use guard::guard;
pub use matrix::{AccessMatrix, MatrixRole, columns, matrix};
pub use named::named;
pub use preview::preview;
pub use routes::operations;
pub use update::{update, update_part};

use crate::access::{ACTIONS, Action, Cells, CustomRole, EffectiveRole, Reach, Resource, Role, Shape};
use crate::audit::Subject;
use crate::db::stored;
use crate::http::patch;
use crate::resources::members::KeyMade;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The most custom roles of a workspace.
const MOST: i64 = 50;
/// The reach of permissions by their name.
pub type Permissions = BTreeMap<String, Reach>;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkspaceRole {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    /// Unique in the workspace. Not the name of a built-in role.
    pub name: String,
    /// The built-in role that the custom role lowers. Members with the custom role have this as their `role`.
    pub base: Role,
    /// How far each permission of the role reaches. The role does not have the others, except those that everybody has.
    pub permissions: Permissions,
    /// Permissions of the base that this server did not have yet when the role was last written. The role does not have them.
    pub unmentioned: Vec<&'static str>,
    /// How many members and invitations have the role.
    pub members: i64,
    /// In the answer of a change that takes rights away: the live workspace keys that members with the role have made. They
    /// keep the rights that they have. Left out for callers who cannot see API keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_made: Option<Vec<KeyMade>>,
    #[serde(skip)]
    cells: Cells,
    /// The rows of the base that the role did not have when it was last written, one a line.
    #[serde(skip)]
    left_out: String,
}

stored! { WorkspaceRole: "roles" as "r" {
    workspace workspace_id;
    fixed timestamp_created, base;
    columns timestamp_updated, name, cells, left_out;
    read members = "(select count(*) from members where members.workspace_id = r.workspace_id and members.role_id = r.id)";
    plain permissions = Permissions::new(), unmentioned = vec![], keys_made = None;
    finish WorkspaceRole::spelled_out;
} }

impl Resource for WorkspaceRole {
    const SHAPE: Shape = Shape::of::<WorkspaceRole>();
}

pub const SHAPE: Shape = WorkspaceRole::SHAPE;

impl WorkspaceRole {
    pub fn effective(&self) -> EffectiveRole {
        EffectiveRole::custom(self.base, self.cells.clone())
    }

    pub fn label(&self) -> CustomRole {
        CustomRole { id: self.id, name: self.name.clone(), cells: self.cells.clone() }
    }

    fn subject(&self) -> Subject {
        Subject::new("role", self.id)
    }

    /// The rows of the base that a custom role can be without.
    fn rows(&self) -> impl Iterator<Item = &'static Action> {
        let base = self.base;
        let optional = move |row: &&Action| row.reach(base) != Reach::None && !row.is_for_everyone();
        ACTIONS.iter().copied().filter(optional)
    }

    /// The role with other cells.
    fn with(mut self, cells: Cells) -> Self {
        self.cells = cells;
        let left_out = self.rows().filter(|row| self.cells.reach(row) == Reach::None).map(|row| row.name);
        self.left_out = left_out.collect::<Vec<_>>().join("\n");
        self.spelled_out()
    }

    /// Fills the fields that follow from the cells.
    fn spelled_out(mut self) -> Self {
        self.permissions = self.cells.lines().map(|(name, reach)| (name.to_owned(), reach)).collect();
        let left_out: BTreeSet<&str> = self.left_out.lines().collect();
        let known = |name: &str| self.permissions.contains_key(name) || left_out.contains(name);
        self.unmentioned = self.rows().map(|row| row.name).filter(|name| !known(name)).collect();
        self
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct New {
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_-]{1,31}$"))]
    pub name: String,
    /// A built-in role other than `owner`. The custom role never reaches further.
    pub base: Role,
    /// How far each permission reaches. The role does not have the permissions that are not named.
    #[schemars(extend("maxProperties" = 500))]
    pub permissions: Option<Permissions>,
    /// Instead of `permissions`: the role has everything that the base has, except these permissions.
    #[schemars(length(max = 500), inner(length(max = 100)))]
    pub without: Option<Vec<String>>,
}

patch! {
    pub struct Patch of WorkspaceRole {
        #[schemars(regex(pattern = r"^[a-z][a-z0-9_-]{1,31}$"))]
        name: String,
    }
    apart {
        /// How far each permission reaches. The role does not have the permissions that are not named.
        #[schemars(extend("maxProperties" = 500))]
        permissions: Permissions,
        /// Instead of `permissions`: the role has everything that the base has, except these permissions.
        #[schemars(length(max = 500), inner(length(max = 100)))]
        without: Vec<String>,
    }
}

/// The permissions to try out.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Trial {
    /// How far each permission would reach.
    #[schemars(extend("maxProperties" = 500))]
    pub permissions: Option<Permissions>,
    /// Instead of `permissions`: everything that the base has, except these permissions.
    #[schemars(length(max = 500), inner(length(max = 100)))]
    pub without: Option<Vec<String>>,
}

#[derive(Deserialize, JsonSchema)]
pub struct Lowering {
    /// Also revokes the workspace keys that members with the role have made, if the change takes rights away.
    #[serde(default)]
    pub revoke_keys: bool,
}

#[derive(Deserialize, JsonSchema)]
pub struct Replacing {
    /// The role that members with the deleted role get: a built-in role, or the name or id of another custom role.
    #[schemars(length(max = 64))]
    pub instead: Option<String>,
    /// Also revokes the workspace keys that these members have made, if they lose rights.
    #[serde(default)]
    pub revoke_keys: bool,
}
