use super::{DryRun, Patch, dry_run::affected, store};
use crate::access::{Caller, Can, LoginPolicy, login_policy::*};
use crate::audit::{Change, Subject};
use crate::config::net;
use crate::error::{Error, Result};
use crate::http::{Fields, Json, Nothing, Unread};
use crate::resources::operations;

operations! {
    router:

    /// Get the login policy
    ///
    /// Shows how people may sign in to the workspace: by which methods, from which networks, with which
    /// second factor, and for how long.
    GET "/api/v2/workspaces/current/login-policy" => show as "getLoginPolicy" + ours;

    /// Update the login policy
    ///
    /// Takes effect at once, for sessions that are open too. Refused if the caller's own session would
    /// not satisfy the new policy.
    PATCH "/api/v2/workspaces/current/login-policy" => update as "patchLoginPolicy"
        with { "methods": ["passkey"], "idle_minutes": 480 } + ours;

    /// Preview another login policy
    ///
    /// Changes nothing. Lists the members whom the policy would lock out, and why.
    POST "/api/v2/workspaces/current/login-policy/dry-run" => try_out as "previewLoginPolicy"
        with { "methods": ["passkey"] } + ours;
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<LoginPolicy>> {
    store::current(&can, can.reader()).await.map(Json)
}

/// What the policy would become.
fn merged(patch: &Fields<Patch>, before: &LoginPolicy) -> Result<LoginPolicy> {
    let mut networks = patch.get("allowed_ips").and_then(|list| list.as_array()).into_iter().flatten();
    match networks.any(|text| text.as_str().is_some_and(|text| net(text).is_none())) {
        true => Err(Error::invalid("body/allowed_ips must be addresses or networks")),
        false => patch.over(before),
    }
}

async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<LoginPolicy>> {
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let after = merged(&patch, &before)?;
        keeps_the_caller(can, &after)?;
        store::set(can, tx, &after).await?;
        Ok(Change::updated(Subject::new("login_policy", can.workspace()), &before, after))
    });
    updated.await.map(Json)
}

/// Whoever changes the policy must still be let in by it.
fn keeps_the_caller(can: &Caller, policy: &LoginPolicy) -> Result<()> {
    if !policy.admits_address(can.origin.address) {
        let own = can.origin.address_text();
        return Err(Error::invalid(format!("body/allowed_ips must contain your own address, {own}")));
    }
    let Some(session) = can.grant.session() else { return Ok(()) };
    if !policy.methods.contains(&session.method) {
        let own = session.method.name();
        return Err(Error::invalid(format!("body/methods must contain the way you have signed in: {own}")));
    }
    if policy.requires_factor(can.now()) && !session.second_factor {
        return Err(Error::invalid(
            "body/second_factor_required_from must be later than now: you have not shown a second factor yourself",
        ));
    }
    Ok(())
}

async fn try_out(can: Can<Read>, patch: Unread<Patch>) -> Result<Json<DryRun>> {
    let patch = patch.read().await?;
    let policy = merged(&patch, &store::current(&can, can.reader()).await?)?;
    let ways = store::ways(&can, can.reader()).await?;
    let items = ways.into_iter().filter_map(|ways| affected(&policy, ways, can.now())).collect();
    Ok(Json(DryRun { items }))
}
