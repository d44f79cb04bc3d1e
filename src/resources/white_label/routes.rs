use super::{Branding, BrandingPatch, DomainInfo, NewDomain};
use crate::access::{Can, branding, white_label::*};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;
use crate::resources::workspaces::Workspace;

operations! {
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

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<DomainInfo>> {
    super::show_domain(&can).await.map(Json)
}

async fn set(can: Can<Set>, Json(new): Json<NewDomain>) -> Result<Json<Workspace>> {
    super::set_domain(can, &new.domain).await.map(Json)
}

async fn remove(can: Can<Remove>, _: Nothing) -> Result<Json<Workspace>> {
    super::remove_domain(can).await.map(Json)
}

async fn verify(can: Can<Verify>, _: Nothing) -> Result<Json<DomainInfo>> {
    super::verify_domain(can).await.map(Json)
}

async fn show_branding(can: Can<branding::Read>, _: Nothing) -> Result<Json<Branding>> {
    super::show_branding(&can).await.map(Json)
}

async fn update_branding(
    can: Can<branding::Update>,
    Json(patch): Json<BrandingPatch>,
) -> Result<Json<Branding>> {
    super::update_branding(can, patch).await.map(Json)
}
