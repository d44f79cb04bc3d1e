use super::preview::Preview;
use super::{AccessMatrix, Lowering, New, Patch, Replacing, Trial, WorkspaceRole};
use crate::access::{Can, roles::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Roll, Unread};
use crate::resources::operations;

operations! {
    /// List custom roles
    ///
    /// Newest first. `unmentioned` lists the permissions of the base that are newer than the role, which
    /// the role does not have.
    GET "/api/v2/roles" => list as "listRole" + ours;

    /// Create a custom role
    ///
    /// A custom role lowers a built-in one: it never reaches further than its `base`, and has only the
    /// `permissions` that it names. Nobody can create a role with rights that their own role does not
    /// have. A workspace has at most 50 custom roles. Answers 409 if there is one with this name.
    POST "/api/v2/roles" => create as "createRole"
        with {
            "name": "sdr-east", "base": "sdr",
            "permissions": { "campaigns:read": "team", "campaigns:launch": "own", "leads:read": "own" }
        }
        + ours;

    /// Get a custom role
    ///
    /// Answers 404 for a role of another workspace.
    GET "/api/v2/roles/{id}" => show as "getRole" + ours;

    /// Update a custom role
    ///
    /// Takes effect on the next call of each member with the role. `permissions` replaces all permissions.
    /// If the change takes rights away, the answer lists the API keys that these members have made;
    /// `revoke_keys=true` revokes them.
    PATCH "/api/v2/roles/{id}" => update as "patchRole"
        with { "without": ["campaigns:launch", "campaigns:pause"] } + ours;

    /// Delete a custom role
    ///
    /// Answers 409 if members or invitations have the role, unless `instead` names the role that they get.
    /// `revoke_keys=true` revokes the API keys that these members have made, if they lose rights.
    DELETE "/api/v2/roles/{id}" => delete as "deleteRole" + ours;

    /// Preview a change to a custom role
    ///
    /// Shows which permissions would reach further or less far, whom that concerns, and which API keys
    /// they have made. Changes nothing.
    POST "/api/v2/roles/{id}/preview" => preview as "previewRole"
        with { "without": ["campaigns:launch"] } + ours;

    /// Get the access matrix
    ///
    /// Lists every permission, and how far it reaches in each built-in and each custom role.
    GET "/api/v2/access/matrix" => matrix as "getAccessMatrix" + ours;
}

async fn list(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Json<Page<WorkspaceRole>>> {
    let paging = Paging::from(roll);
    let roles = can.list::<WorkspaceRole>(&paging, |_| ()).all(can.reader()).await?;
    Ok(Json(Page::new(roles, paging.limit(), |role: &WorkspaceRole| role.id)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceRole>> {
    can.find(can.reader(), id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<WorkspaceRole>> {
    super::create(can, new).await.map(Json)
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    Query(lowering): Query<Lowering>,
    body: Unread<Patch>,
) -> Result<Json<WorkspaceRole>> {
    can.find::<WorkspaceRole>(can.reader(), id).await?;
    super::update(can, id, body.read().await?, lowering).await.map(Json)
}

async fn delete(
    can: Can<Delete>,
    Path(Id { id }): Path<Id>,
    Query(replacing): Query<Replacing>,
    _: Nothing,
) -> Result<Json<WorkspaceRole>> {
    super::delete(can, id, replacing).await.map(Json)
}

async fn preview(
    can: Can<Read>,
    Path(Id { id }): Path<Id>,
    Json(trial): Json<Trial>,
) -> Result<Json<Preview>> {
    super::preview(&can, id, &trial).await.map(Json)
}

async fn matrix(can: Can<Read>, _: Nothing) -> Result<Json<AccessMatrix>> {
    super::matrix(&can, can.reader()).await.map(Json)
}
