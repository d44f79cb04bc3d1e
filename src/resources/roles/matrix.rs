//! The matrix with the custom roles of a workspace.

use super::store;
use crate::access::{ACTIONS, Caller, EffectiveRole, ROLES, Reach, Role};
use crate::db::Source;
use crate::error::Result;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize, JsonSchema)]
pub struct AccessMatrix {
    /// The built-in roles, and then the custom ones by name.
    pub roles: Vec<MatrixRole>,
    pub permissions: Vec<MatrixRow>,
}

#[derive(Serialize, JsonSchema)]
pub struct MatrixRole {
    pub name: String,
    /// Null for a built-in role.
    pub id: Option<Uuid>,
    /// The built-in role that a custom one lowers.
    pub base: Role,
    #[serde(skip)]
    pub role: EffectiveRole,
}

#[derive(Serialize, JsonSchema)]
pub struct MatrixRow {
    pub permission: &'static str,
    pub summary: &'static str,
    /// An API key needs one of them.
    pub scopes: Vec<String>,
    /// By the name of the role.
    pub reach: BTreeMap<String, Reach>,
}

pub async fn matrix(can: &Caller, from: impl Into<Source<'_>>) -> Result<AccessMatrix> {
    let roles = columns(can, from).await?;
    let row = |action: &&'static crate::access::Action| MatrixRow {
        permission: action.name,
        summary: action.summary,
        scopes: action.scopes(),
        reach: roles.iter().map(|role| (role.name.clone(), role.role.reach(action))).collect(),
    };
    let permissions = ACTIONS.iter().map(row).collect();
    Ok(AccessMatrix { roles, permissions })
}

/// The roles of a workspace.
pub async fn columns(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<MatrixRole>> {
    let built_in = ROLES.iter().map(|role| MatrixRole {
        name: role.name().to_owned(),
        id: None,
        base: *role,
        role: (*role).into(),
    });
    let custom = store::all(can, from).await?.into_iter().map(|role| MatrixRole {
        name: role.name.clone(),
        id: Some(role.id),
        base: role.base,
        role: role.effective(),
    });
    Ok(built_in.chain(custom).collect())
}
