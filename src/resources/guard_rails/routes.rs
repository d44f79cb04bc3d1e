use super::{DryRun, Patch, dry_run, store};
use crate::access::{Can, GuardRails, Role, guard_rails::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{Fields, Json, Nothing, Unread, ours};
use crate::resources::campaigns;
use crate::resources::workspace_group_members as groups;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/workspaces/current/guard-rails", get_with(show, ours).patch_with(update, ours))
        .api_route("/api/v2/workspaces/current/guard-rails/dry-run", post_with(try_out, ours))
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<GuardRails>> {
    store::current(&can, can.reader()).await.map(Json)
}

fn merged(patch: &Fields<Patch>, before: &GuardRails) -> Result<GuardRails> {
    let after: GuardRails = patch.over(before)?;
    match after.highest_role {
        Some(Role::Owner) => Err(Error::invalid("body/highest_role must be below owner; null for no limit")),
        Some(_) | None => Ok(after),
    }
}

async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<GuardRails>> {
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let after = merged(&patch, &before)?;
        store::set(can, tx, &after).await?;
        let subs = groups::subs(can, tx).await?;
        if after.no_exports {
            campaigns::unshare_all(tx, &subs).await?;
        }
        let concerned = if after == before { vec![] } else { subs };
        let change = Change::updated(Subject::new("guard_rails", can.workspace()), &before, after);
        Ok(concerned.into_iter().fold(change, Change::also_in))
    });
    updated.await.map(Json)
}

async fn try_out(can: Can<Read>, patch: Unread<Patch>) -> Result<Json<DryRun>> {
    let patch = patch.read().await?;
    let rails = merged(&patch, &store::current(&can, can.reader()).await?)?;
    Ok(Json(dry_run::refused(&rails, store::past(&can).await?)))
}
