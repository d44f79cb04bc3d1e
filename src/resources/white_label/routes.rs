use super::{Branding, BrandingPatch, DomainInfo, NewDomain};
use crate::access::{Can, branding, white_label::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Unread, ours};
use crate::resources::workspaces::Workspace;
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/workspaces/current/whitelabel-domain", post(set).get(show).delete(remove))
        .api_route("/api/v2/workspaces/current/whitelabel-domain/verify", post_with(verify, ours))
        .api_route(
            "/api/v2/workspaces/current/branding",
            get_with(show_branding, ours).patch_with(update_branding, ours),
        )
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

async fn update_branding(can: Can<branding::Update>, patch: Unread<BrandingPatch>) -> Result<Json<Branding>> {
    super::update_branding(can, patch.read().await?).await.map(Json)
}
