use super::{Created, New, NewOwner, Patch, Workspace, owner, store};
use crate::access::{Can, Role, Step, tries, workspaces::*};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{Json, Nothing, Page, Paging, Query, Unread};
use crate::resources::operations;
use crate::resources::{api_keys, workspace_members};

/// Between the request to remove a workspace and the removal.
const REMOVAL: i64 = 24 * 60 * 60 * 1000;

/// Workspaces that a person may own; each brings limits of its own, on requests and invitations.
const OWNED: i64 = 20;

operations! {
    router:

    /// List your workspaces
    ///
    /// A person who is signed in sees every workspace that they are a member of. An API key sees its own
    /// workspace.
    GET "/api/v2/workspaces" => list as "listWorkspaces" + ours;

    /// Create a workspace
    ///
    /// The caller owns it. The answer has a personal API key for it, which is not shown again. A person
    /// owns at most 20 workspaces.
    POST "/api/v2/workspaces" => create as "createWorkspace" with { "name": "Acme" } + ours;

    /// Get the current workspace
    ///
    /// The workspace of the API key or of the session.
    GET "/api/v2/workspaces/current" => show as "getWorkspace";

    /// Update the current workspace
    ///
    /// Changes only the fields that the body names. To change `strict_scopes`, or to make a role that
    /// manages members or keys the default, the caller also needs the permission `workspaces:set_rights`.
    PATCH "/api/v2/workspaces/current" => update as "patchWorkspace"
        with { "name": "Acme", "strict_scopes": true };

    /// Schedule the removal of the workspace
    ///
    /// The workspace closes 24 hours later: then everything in it answers 404. Until then the removal can
    /// be cancelled. A workspace that is scheduled already stays unchanged.
    POST "/api/v2/workspaces/current/schedule-for-removal" => schedule as "scheduleCurrentWorkspaceRemoval";

    /// Cancel the removal of the workspace
    ///
    /// A workspace that is not scheduled for removal stays unchanged.
    DELETE "/api/v2/workspaces/current/schedule-for-removal" => cancel as "cancelCurrentWorkspaceRemoval";

    /// Hand the workspace over to another owner
    ///
    /// Names a member by id, or by address together with the caller's password. The former owner becomes
    /// an admin. Both get a letter.
    POST "/api/v2/workspaces/current/change-owner" => change_owner as "changeWorkspaceOwner"
        with { "new_owner_id": "01890000-0000-7000-8000-000000000001" };
}

fn subject(workspace: &Workspace) -> Subject {
    Subject::new("workspace", workspace.id)
}

/// Who is signed in sees all that he is a member of; a key its own workspace, and no other of its owner's.
async fn list(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<Workspace>>> {
    let limit = paging.limit();
    let items = match (can.grant.session(), can.user()) {
        (Some(_), Some(user)) => store::of_user(&can, user, &paging).await?,
        _ => {
            let workspace = store::current(&can, can.reader()).await?;
            vec![workspace].into_iter().filter(|workspace| workspace.id < paging.before()).collect()
        }
    };
    Ok(Json(Page::new(items, limit, |workspace: &Workspace| workspace.id)))
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<Workspace>> {
    Ok(Json(store::current(&can, can.reader()).await?))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Created>> {
    let secret = api_keys::Minted::personal(can.app())?;
    let created = can.write(async move |can, tx| {
        let (id, now) = (can.new_id(), can.now());
        let user = can.user().ok_or_else(|| Error::internal("a person without a user"))?;
        let email = can.grant.email.clone().unwrap_or_default();
        if workspace_members::store::owned_by(tx, user).await? >= OWNED {
            let why = format!("role: a person owns at most {OWNED} workspaces; the operator can create more");
            return Err(Error::refused(Step::Role, why));
        }
        store::insert(tx, id, &new.name, now).await?;
        let person = workspace_members::store::Person { user, email: &email, role: Role::Owner };
        let member = workspace_members::store::insert_accepted(can, tx, id, &person).await?;
        api_keys::store::insert_first(can, tx, id, member, &secret).await?;
        let Some(workspace) = store::by_id(tx, id).await? else { return Err(Error::hidden()) };
        let answer = Created { workspace: workspace.clone(), api_key: secret.plain().to_owned() };
        Ok(Change::new(subject(&workspace), (), &workspace, answer).in_workspace(id))
    });
    created.await.map(Json)
}

async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<Workspace>> {
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let after = Workspace { timestamp_updated: can.now(), ..patch.over(&before)? };
        if after.default_member_role == Role::Owner {
            return Err(Error::invalid("body/default_member_role must not be owner: there is exactly one"));
        }
        let rights = after.default_member_role != before.default_member_role
            && workspace_members::is_fertile(after.default_member_role)
            || after.strict_scopes != before.strict_scopes;
        if rights {
            can.also::<SetRights>()?;
        }
        store::update(can, tx, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    updated.await.map(Json)
}

async fn schedule(can: Can<Delete>, _: Nothing) -> Result<Json<Workspace>> {
    removal(can, true).await
}

async fn cancel(can: Can<Delete>, _: Nothing) -> Result<Json<Workspace>> {
    removal(can, false).await
}

async fn removal(can: Can<Delete>, wanted: bool) -> Result<Json<Workspace>> {
    let done = can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let mut after = before.clone();
        if wanted != before.scheduled_for_removal_at.is_some() {
            after.scheduled_for_removal_at = wanted.then(|| can.now().plus(REMOVAL));
            after.timestamp_updated = can.now();
            store::update(can, tx, &after).await?;
        }
        Ok(Change::updated(subject(&before), &before, after))
    });
    done.await.map(Json)
}

async fn change_owner(can: Can<ChangeOwner>, Json(wanted): Json<NewOwner>) -> Result<Json<Workspace>> {
    let app = can.app().clone();
    let (wanted, limits) = owner::Wanted::of(&can, wanted).await?;
    let changed = can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        owner::hand_over(can, tx, &wanted).await?;
        let after = store::current(can, &mut *tx).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    let changed = changed.await?;
    tries::forgive(&app, &limits, true).await;
    Ok(Json(changed))
}
