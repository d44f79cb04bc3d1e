use super::{Branding, BrandingPatch, Claim, DomainInfo, NewDomain, contrast, domain, store};
use crate::access::{Caller, Can, branding, white_label::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::db::Source;
use crate::error::{Error, Result};
use crate::http::{Json, Nothing, Unread};
use crate::mail;
use crate::net::WhiteLabel;
use crate::resources::operations;
use crate::resources::workspaces::{self, Workspace};
use serde_json::json;

operations! {
    router:

    /// Set the white-label domain
    ///
    /// Stores the domain with a fresh token for its TXT record. The domain is not in use until it is
    /// verified.
    POST "/api/v2/workspaces/current/whitelabel-domain" => set as "addWorkspaceAgencyDomain"
        with { "domain": "clients.agency.example" };

    /// Get the white-label domain
    ///
    /// Looks its DNS records up when it is called. `verification` lists the records that are missing.
    GET "/api/v2/workspaces/current/whitelabel-domain" => show as "getWorkspaceDomainInfo";

    /// Remove the white-label domain
    ///
    /// The workspace no longer holds the domain. A workspace without a domain stays unchanged.
    DELETE "/api/v2/workspaces/current/whitelabel-domain" => remove as "deleteWorkspaceDomain";

    /// Verify the white-label domain
    ///
    /// Looks its DNS records up. If all are there, the workspace holds the domain. A workspace that held
    /// it before loses it once its own record is gone. If a record is missing, the workspace no longer
    /// holds the domain.
    POST "/api/v2/workspaces/current/whitelabel-domain/verify" => verify as "verifyWorkspaceDomain" + ours;

    /// Get the branding
    ///
    /// Shows the name, the logo and the color that letters and pages use.
    GET "/api/v2/workspaces/current/branding" => show_branding as "getBranding" + ours;

    /// Update the branding
    ///
    /// Changes only the fields that the body names. White text must be readable on the color.
    PATCH "/api/v2/workspaces/current/branding" => update_branding as "patchBranding"
        with { "brand_name": "Northwind", "brand_color": "#0b6e4f" } + ours;
}

fn subject(can: &Caller) -> Subject {
    Subject::new("workspace", can.workspace())
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<DomainInfo>> {
    let claim = store::claim(&can, can.reader()).await?;
    let found = look_up(can.app(), claim.as_ref()).await;
    info(&can, can.reader(), claim, &found).await.map(Json)
}

async fn set(can: Can<Set>, Json(new): Json<NewDomain>) -> Result<Json<Workspace>> {
    let domain = domain::parse(&new.domain, &can.app().public_host())?;
    let token = auth::token(&can.app().random()?);
    let set = can.write(async move |can, tx| {
        let before = workspaces::store::current(can, &mut *tx).await?;
        if before.billing.org_client_domain.as_ref() != Some(&domain) {
            store::set(can, tx, &domain, &token).await?;
        }
        let after = workspaces::store::current(can, &mut *tx).await?;
        Ok(Change::updated(subject(can), &before, after))
    });
    set.await.map(Json)
}

async fn remove(can: Can<Remove>, _: Nothing) -> Result<Json<Workspace>> {
    let removed = can.write(async move |can, tx| {
        let before = workspaces::store::current(can, &mut *tx).await?;
        if before.billing.org_client_domain.is_some() {
            store::remove(can, tx).await?;
        }
        let after = workspaces::store::current(can, &mut *tx).await?;
        Ok(Change::updated(subject(can), &before, after))
    });
    removed.await.map(Json)
}

async fn verify(can: Can<Verify>, _: Nothing) -> Result<Json<DomainInfo>> {
    let claim = store::claim(&can, can.reader()).await?;
    let found = look_up(can.app(), claim.as_ref()).await;
    let verified = can.write(async move |can, tx| {
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
    });
    verified.await.map(Json)
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

async fn show_branding(can: Can<branding::Read>, _: Nothing) -> Result<Json<Branding>> {
    store::branding(&can, can.reader()).await.map(Json)
}

async fn update_branding(can: Can<branding::Update>, patch: Unread<BrandingPatch>) -> Result<Json<Branding>> {
    let patch = patch.read().await?;
    let text = |field: &str| patch.get(field).and_then(|value| value.as_str());
    if text("brand_name").is_some_and(|name| !mail::is_plain(name)) {
        return Err(Error::invalid(
            "body/brand_name must be one line of plain text, without spaces around it and without characters that \
             are not seen",
        ));
    }
    text("brand_color").map_or(Ok(()), contrast::check)?;
    let updated = can.write(async move |can, tx| {
        let before = store::branding(can, &mut *tx).await?;
        let after = patch.over(&before)?;
        store::set_branding(can, tx, &after).await?;
        Ok(Change::updated(subject(can), &before, after))
    });
    updated.await.map(Json)
}
