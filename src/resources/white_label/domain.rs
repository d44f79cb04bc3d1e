//! The domain of a workspace: what it asks for, and whether the DNS shows that the domain is its own.

use super::{Claim, DomainInfo, name, store, subject};
use crate::access::{Caller, Can, white_label::*};
use crate::app::App;
use crate::audit::Change;
use crate::auth;
use crate::db::Source;
use crate::error::{Error, Result};
use crate::net::WhiteLabel;
use crate::resources::workspaces::{self, Workspace};
use serde_json::json;

/// Looks the records up, and stores nothing.
pub async fn show_domain(can: &Can<Read>) -> Result<DomainInfo> {
    let claim = store::claim(can, can.reader()).await?;
    let found = look_up(can.app(), claim.as_ref()).await;
    info(can, can.reader(), claim, &found).await
}

/// Asks for a domain. The workspace holds it once it is verified.
pub async fn set_domain(can: Can<Set>, domain: &str) -> Result<Workspace> {
    let domain = name::parse(domain, &can.app().public_host())?;
    let token = auth::token(&can.app().random()?);
    can.write(async move |can, tx| {
        let before = workspaces::current(can, &mut *tx).await?;
        if before.billing.org_client_domain.as_ref() != Some(&domain) {
            store::set(can, tx, &domain, &token).await?;
        }
        let after = workspaces::current(can, &mut *tx).await?;
        Ok(Change::updated(subject(can), &before, after))
    })
    .await
}

pub async fn remove_domain(can: Can<Remove>) -> Result<Workspace> {
    can.write(async move |can, tx| {
        let before = workspaces::current(can, &mut *tx).await?;
        if before.billing.org_client_domain.is_some() {
            store::remove(can, tx).await?;
        }
        let after = workspaces::current(can, &mut *tx).await?;
        Ok(Change::updated(subject(can), &before, after))
    })
    .await
}

/// Looks the records up, and stores whether the workspace holds the domain.
pub async fn verify_domain(can: Can<Verify>) -> Result<DomainInfo> {
    let claim = store::claim(&can, can.reader()).await?;
    let found = look_up(can.app(), claim.as_ref()).await;
    can.write(async move |can, tx| {
        let now = store::claim(can, &mut *tx).await?;
        let asked = |claim: &Option<Claim>| claim.as_ref().map(|claim| claim.token.clone());
        if asked(&now) != asked(&claim) {
            return Err(Error::Conflict(
                "the domain was changed while it was looked up; try again".to_owned(),
            ));
        }
        let before = info(can, &mut *tx, now, &found).await?;
        let verified_at = before.verified.then(|| before.verified_at.unwrap_or_else(|| can.now()));
        let after = DomainInfo { verified_at, ..before.clone() };
        let mut losers = Vec::new();
        if let Some(domain) = after.name.as_ref().filter(|_| after.verified_at != before.verified_at) {
            if after.verified {
                losers = store::release(can, tx, domain).await?;
            }
            store::hold(can, tx, verified_at).await?;
        }
        let held = |info: &DomainInfo| json!({ "domain_verified_at": info.verified_at });
        let change = Change::new(subject(can), held(&before), held(&after), after).discreetly();
        let lost = || json!({ "domain_verified_at": null, "lost_to_another_workspace": true });
        Ok(losers.into_iter().fold(change, |change, loser| change.also_in_as(loser, lost())))
    })
    .await
}

async fn look_up(app: &App, claim: Option<&Claim>) -> WhiteLabel {
    match claim {
        Some(claim) => app.net.white_label(&claim.domain, &app.public_host(), &claim.proof()).await,
        None => WhiteLabel::default(),
    }
}

async fn info<'a>(
    can: &Caller,
    from: impl Into<Source<'a>>,
    claim: Option<Claim>,
    found: &WhiteLabel,
) -> Result<DomainInfo> {
    let Some(claim) = claim else {
        return Ok(DomainInfo { verified: false, name: None, verification: vec![], verified_at: None });
    };
    let holder = store::holder(can, from, &claim.domain).await?;
    let verification = claim.wanted(found, &can.app().public_host(), holder.as_ref());
    let (verified, name, verified_at) = (verification.is_empty(), Some(claim.domain), claim.verified_at);
    Ok(DomainInfo { verified, name, verification, verified_at })
}
