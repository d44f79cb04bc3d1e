use super::invitation::{self, Link};
use super::{
    KeyMade, New, Patch, Revoke, WorkspaceMember, accept, address,
    guard::{guard, keeps_limit, within_own},
    handed, preview, store, v1,
};
use crate::access::{Caller, Can, Permission, Step, api_keys, workspace_members::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Roll, Unread, absent_not_null};
use crate::resources::operations;
use crate::resources::{accounts, custom_tags, workspaces};
use aide::axum::ApiRouter;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

operations! {
    operations:

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
    /// member may not use any more. The answer lists the API keys that the member has made;
    /// `revoke_keys=true` revokes them.
    PATCH "/api/v2/workspace-members/{id}" => update as "patchWorkspaceMember" with { "role": "manager" };

    /// Remove a member or an invitation
    ///
    /// The member's sessions and personal keys stop working here at once. Workspace keys that they have
    /// made keep working, unless `revoke_keys=true`.
    DELETE "/api/v2/workspace-members/{id}" => remove as "deleteWorkspaceMember";

    /// Send an invitation again
    ///
    /// The new link replaces the one before.
    POST "/api/v2/workspace-members/{id}/resend" => resend as "resendInvitation" + ours;

    /// Accept an invitation
    ///
    /// Takes the token of the link. A new person chooses a password; a person who is a user already gives
    /// their current one. The answer has a personal API key that is valid for 30 days, unless the person
    /// has or needs a second factor.
    POST "/api/v2/invitations/accept" => accept::accept as "acceptInvitation"
        with {
            "token": "...", "first_name": "Sam", "last_name": "Reed",
            "password": "a few words make a good one"
        }
        + ours + open(Accept::ACTION, accept::LARGEST);

    /// Get what an invitation is for
    ///
    /// For the page behind the link. Only the holder of the token learns it. Does not tell whether the
    /// address is a user already.
    POST "/api/v2/invitations/show" => preview::show as "showInvitation"
        with { "token": "..." } + ours + open(Preview::ACTION, 4 * 1024);

    /// Invite a team member
    ///
    /// An older call that serves existing scripts. Does what `POST /api/v2/workspace-members` does.
    POST "/api/v1/team/invite" => v1::invite as "inviteTeamMember"
        with { "email": "sam@acme.example", "role": "sdr" } + ours;

    /// List the team
    ///
    /// An older call that serves existing scripts. Answers all members and invitations in one array.
    GET "/api/v1/team/members" => v1::members as "listTeamMembers" + ours;
}

pub fn router() -> ApiRouter<App> {
    operations().route("/invitations/accept", axum::routing::get(preview::page))
}

fn subject(member: &WorkspaceMember) -> Subject {
    Subject::new("workspace_member", member.id)
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    #[serde(flatten)]
    roll: Roll,
    /// Members (true) or pending invitations (false).
    #[schemars(transform = absent_not_null)]
    accepted: Option<bool>,
    /// In the name or the address.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<WorkspaceMember>>> {
    let paging = Paging::from(filter.roll);
    let mut members = store::list(&can, &paging, filter.accepted, filter.search.as_deref()).await?;
    handed::show(&can, can.reader(), &mut members).await?;
    Ok(Json(Page::new(members, paging.limit(), |member: &WorkspaceMember| member.id)))
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceMember>> {
    let mut member = store::find(&can, can.reader(), id).await?;
    handed::show(&can, can.reader(), std::slice::from_mut(&mut member)).await?;
    Ok(Json(member))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<WorkspaceMember>> {
    invite(can, new).await.map(Json)
}

/// Does not look whether the address has a user: the answer and its cost are the same.
pub async fn invite(can: Can<Create>, new: New) -> Result<WorkspaceMember> {
    let link = Link::new(&can)?;
    let created = can.write(async move |can, tx| {
        invitation::within_a_day(can, tx).await?;
        let role = match new.role {
            Some(role) => role,
            None => workspaces::store::current(can, &mut *tx).await?.default_member_role,
        };
        guard(can, None, Some(role))?;
        within_own(can, new.permissions.as_deref())?;
        custom_tags::store::known(can, tx, "tag_limit", new.tag_limit.as_deref().unwrap_or_default()).await?;
        let mut member = pending(can, &new, role);
        if store::taken(can, tx, &member.email).await? {
            return Err(Error::Conflict("A member with this email already exists.".to_owned()));
        }
        store::insert(can, tx, &member, link.expires).await?;
        link.open(can, tx, member.id).await?;
        handed::promise(can, tx, &member, &new.accounts).await?;
        handed::show(can, &mut *tx, std::slice::from_mut(&mut member)).await?;
        member.invitation_url = link.hand_over(can, tx, &member).await?;
        Ok(Change::created(subject(&member), member))
    });
    created.await
}

fn pending(can: &Caller, new: &New, role: crate::access::Role) -> WorkspaceMember {
    WorkspaceMember {
        id: can.new_id(),
        workspace_id: can.workspace(),
        email: address(&new.email),
        user_id: can.new_id(),
        user_email: None,
        nickname: new.nickname.clone(),
        name: None,
        role,
        accepted: false,
        issuer_id: can.user(),
        permissions: new.permissions.clone(),
        timestamp_created: can.now(),
        tag_limit: new.tag_limit.clone(),
        second_factor: false,
        invitation_url: None,
        accounts: None,
        keys_made: None,
    }
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    Query(revoke): Query<Revoke>,
    patch: Unread<Patch>,
) -> Result<Json<WorkspaceMember>> {
    store::find(&can, can.reader(), id).await?;
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let mut before = store::find(can, &mut *tx, id).await?;
        handed::show(can, &mut *tx, std::slice::from_mut(&mut before)).await?;
        let after: WorkspaceMember = patch.over(&before)?;
        if after.role != before.role || after.tag_limit != before.tag_limit {
            can.also::<ChangeRole>()?;
            guard(can, Some(before.role), Some(after.role))?;
            within_own(can, before.permissions.as_deref())?;
            keeps_limit(can, before.tag_limit.as_deref(), after.tag_limit.as_deref())?;
        }
        if patch.names("tag_limit") {
            custom_tags::store::known(can, tx, "tag_limit", after.tag_limit.as_deref().unwrap_or_default())
                .await?;
        }
        store::update(can, tx, &after).await?;
        let made = match after.role != before.role {
            true => Some(keys_made(can, tx, id, revoke.revoke_keys).await?),
            false => None,
        };
        let mut left = accounts::LeftBehind::default();
        if after.role != before.role || after.tag_limit != before.tag_limit {
            left.taken_off_campaigns = accounts::settle(can, tx, after.user_id).await?;
        }
        let change = |after| Change::updated(subject(&before), &before, after).with(left);
        Ok(match made {
            Some(made) => with_keys(can, change, after, made, revoke.revoke_keys),
            None => change(after),
        })
    });
    updated.await.map(Json)
}

async fn remove(
    can: Can<Delete>,
    Path(Id { id }): Path<Id>,
    Query(revoke): Query<Revoke>,
    _: Nothing,
) -> Result<Json<WorkspaceMember>> {
    let removed = can.write(async move |can, tx| {
        let member = store::find(can, &mut *tx, id).await?;
        guard(can, Some(member.role), None)?;
        within_own(can, member.permissions.as_deref())?;
        let made = keys_made(can, tx, id, revoke.revoke_keys).await?;
        let left = store::delete(can, tx, &member).await?;
        let change = |member| Change::deleted(subject(&member), member).with(left);
        Ok(with_keys(can, change, member, made, revoke.revoke_keys))
    });
    removed.await.map(Json)
}

/// What a person leaves behind when they go or lose a role: keys that outlive them, unless they are revoked.
async fn keys_made(can: &Caller, tx: &mut Tx, member: Uuid, revoke: bool) -> Result<Vec<KeyMade>> {
    let made = store::keys_made(can, tx, member).await?;
    if revoke {
        can.also::<api_keys::Delete>()?;
        if made.iter().any(|key| Some(key.id) == can.grant.key()) {
            let why =
                "role: `revoke_keys` would revoke the key that makes this call; use another key, or sign in";
            return Err(Error::refused(Step::Role, why));
        }
        store::revoke_keys_made(can, tx, member).await?;
    }
    Ok(made)
}

/// The change with the keys that its member has made: the row keeps them, each other workspace in which some are revoked
/// has a row of its own, and the answer names them to callers who may see API keys.
fn with_keys(
    can: &Caller,
    change: impl FnOnce(WorkspaceMember) -> Change<WorkspaceMember>,
    mut member: WorkspaceMember,
    made: Vec<KeyMade>,
    revoked: bool,
) -> Change<WorkspaceMember> {
    let recorded = if revoked { "keys_revoked" } else { "keys_left" };
    let facts = |keys: &[&KeyMade]| match keys.is_empty() {
        true => json!({}),
        false => json!({ recorded: keys }),
    };
    let all = facts(&made.iter().collect::<Vec<_>>());
    let elsewhere = made.iter().map(|key| key.workspace_id).filter(|at| revoked && *at != can.workspace());
    let elsewhere: BTreeSet<Uuid> = elsewhere.collect();
    member.keys_made = can.may(api_keys::Read::ACTION).then(|| made.clone());
    elsewhere.into_iter().fold(change(member).with(all), |change, workspace| {
        let there: Vec<_> = made.iter().filter(|key| key.workspace_id == workspace).collect();
        change.also_in_under(workspace, facts(&there), (api_keys::Delete::ACTION, there.len()))
    })
}

async fn resend(can: Can<Resend>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceMember>> {
    let link = Link::new(&can)?;
    let resent = can.write(async move |can, tx| {
        let mut member = store::find(can, &mut *tx, id).await?;
        handed::show(can, &mut *tx, std::slice::from_mut(&mut member)).await?;
        let before = member.clone();
        if member.accepted {
            return Ok(Change::updated(subject(&before), &before, member).affecting(0));
        }
        invitation::within_a_day(can, tx).await?;
        guard(can, Some(member.role), Some(member.role))?;
        within_own(can, member.permissions.as_deref())?;
        invitation::prolong(can, tx, &member, &link).await?;
        member.invitation_url = link.hand_over(can, tx, &member).await?;
        Ok(Change::updated(subject(&before), &before, member))
    });
    resent.await.map(Json)
}
