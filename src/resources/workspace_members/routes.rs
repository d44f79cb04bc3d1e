use super::accept::{self, Acceptance, Accepted};
use super::{Belongings, Filter, Invited, New, OffBoarded, OffBoarding, Patch, Revoke, v1};
use crate::access::{Can, Permission, workspace_members::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread};
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::operations;
use crate::resources::people::Token;
use crate::resources::users::Visitor;
use axum::extract::State;

operations! {
    /// List members and invitations
    ///
    /// Newest first. `accepted` selects members or pending invitations.
    GET "/api/v2/workspace-members" => list as "listWorkspaceMember";

    /// Invite a member
    ///
    /// Mails the invitation, or answers its link if the server sends no mail. Without `role` the member
    /// gets the workspace's default. A role that manages members or keys takes the permission
    /// `workspace_members:appoint`. Answers 409 if the address is a member or invited already.
    POST "/api/v2/workspace-members" => create as "createWorkspaceMember"
        with { "email": "sam@acme.example", "role": "sdr" };

    /// Get a member or an invitation
    ///
    /// `accepted` says which of the two it is.
    GET "/api/v2/workspace-members/{id}" => show as "getWorkspaceMember";

    /// Update a member
    ///
    /// Takes effect on the member's next call. A member's campaigns lose the sending accounts that the
    /// member can no longer use. The answer lists the API keys that the member has made;
    /// `revoke_keys=true` revokes them.
    PATCH "/api/v2/workspace-members/{id}" => update as "patchWorkspaceMember" with { "role": "manager" };

    /// Remove a member or an invitation
    ///
    /// The member's sessions and personal keys stop working here at once. Workspace keys that they have
    /// made keep working, unless `revoke_keys=true`.
    DELETE "/api/v2/workspace-members/{id}" => remove as "deleteWorkspaceMember";

    /// Get what belongs to a member
    ///
    /// Counts the campaigns, sending accounts, leads, lists, keys, webhooks and invitations of a member, as
    /// far as the caller can see them. Names at most 100 of each kind. Send `state` as `expect` to off-board
    /// the member.
    GET "/api/v2/workspace-members/{id}/belongings" => belongings as "getMemberBelongings" + ours;

    /// Off-board a member
    ///
    /// Gives the campaigns, sending accounts, leads and lists of a member to others, and removes the member,
    /// in one transaction. Each kind of record needs its own permission and has its own row in the audit log.
    /// A successor must have a role that can have such records, and no tag limit. Webhooks of the member are
    /// paused, their jobs are cancelled, and the invitations that they have sent are withdrawn. If the member
    /// has not accepted their own invitation, it is withdrawn.
    POST "/api/v2/workspace-members/{id}/off-board" => off_board as "offBoardMember"
        with { "successor": "sam@acme.example", "revoke_keys": true } + ours;

    /// Send an invitation again
    ///
    /// The new link replaces the one before.
    POST "/api/v2/workspace-members/{id}/resend" => resend as "resendInvitation" + ours;

    /// Accept an invitation
    ///
    /// Takes the token of the link. A new person chooses a password; a person who is a user already gives
    /// their current one. The answer has a personal API key that is valid for 30 days, unless the person
    /// has or needs a second factor.
    POST "/api/v2/invitations/accept" => accept as "acceptInvitation"
        with {
            "token": "...", "first_name": "Sam", "last_name": "Reed",
            "password": "a few words make a good one"
        }
        + ours + open(Accept::ACTION, accept::LARGEST);

    /// Get what an invitation is for
    ///
    /// For the page behind the link. Only the holder of the token learns it. Does not tell whether the
    /// address is a user already.
    POST "/api/v2/invitations/show" => show_invitation as "showInvitation"
        with { "token": "..." } + ours + open(Preview::ACTION, 4 * 1024);

    /// Invite a team member
    ///
    /// An older call that serves existing scripts. Does what `POST /api/v2/workspace-members` does.
    POST "/api/v1/team/invite" => invite_v1 as "inviteTeamMember"
        with { "email": "sam@acme.example", "role": "sdr" } + ours;

    /// List the team
    ///
    /// An older call that serves existing scripts. Answers all members and invitations in one array.
    GET "/api/v1/team/members" => members_v1 as "listTeamMembers" + ours;
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<WorkspaceMember>>> {
    super::list(&can, filter).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceMember>> {
    super::show(&can, id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<WorkspaceMember>> {
    super::invite(can, new).await.map(Json)
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    Query(revoke): Query<Revoke>,
    body: Unread<Patch>,
) -> Result<Json<WorkspaceMember>> {
    members::find(&can, can.reader(), id).await?;
    super::update(can, id, body.read().await?, revoke).await.map(Json)
}

async fn remove(
    can: Can<Delete>,
    Path(Id { id }): Path<Id>,
    Query(revoke): Query<Revoke>,
    _: Nothing,
) -> Result<Json<WorkspaceMember>> {
    super::remove(can, id, revoke).await.map(Json)
}

async fn belongings(
    can: Can<SeeBelongings>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<Belongings>> {
    super::belongings(&can, id).await.map(Json)
}

async fn off_board(
    can: Can<OffBoard>,
    Path(Id { id }): Path<Id>,
    Json(wanted): Json<OffBoarding>,
) -> Result<Json<OffBoarded>> {
    super::off_board(can, id, wanted).await.map(Json)
}

async fn resend(can: Can<Resend>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceMember>> {
    super::resend(can, id).await.map(Json)
}

async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Acceptance>,
) -> Result<Json<Accepted>> {
    super::accept(&app, visitor, body).await.map(Json)
}

async fn show_invitation(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Token>,
) -> Result<Json<Invited>> {
    super::show_invitation(&app, visitor, &body.token).await.map(Json)
}

async fn invite_v1(can: Can<Create>, Json(wanted): Json<v1::Invitation>) -> Result<Json<v1::TeamMember>> {
    v1::invite(can, wanted).await.map(Json)
}

async fn members_v1(can: Can<Read>, _: Nothing) -> Result<Json<Vec<v1::TeamMember>>> {
    v1::members(&can).await.map(Json)
}
