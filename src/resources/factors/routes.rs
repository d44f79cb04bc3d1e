use super::{AppCode, Asked, Enrolled, Factors, Held, NewPasskey, RecoveryCodes, Started};
use super::{passkeys, recovery, totp};
use crate::access::{Can, factors::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Path, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};

pub fn router() -> ApiRouter<App> {
    let at = |rest: &str| format!("/api/v2/me/factors{rest}");
    ApiRouter::new()
        .api_route(&at(""), get_with(list, ours))
        .api_route(&at("/totp"), post_with(start_totp, ours).delete_with(disable_totp, ours))
        .api_route(&at("/totp/confirm"), post_with(enable_totp, ours))
        .api_route(&at("/passkeys"), post_with(add_passkey, ours))
        .api_route(&at("/passkeys/challenge"), post_with(offer_passkey, ours))
        .api_route(&at("/passkeys/{id}"), delete_with(remove_passkey, ours))
        .api_route(&at("/recovery-codes"), post_with(renew_recovery_codes, ours))
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Factors>> {
    super::list(&can).await.map(Json)
}

async fn start_totp(can: Can<StartTotp>, _: Nothing) -> Result<Json<Started>> {
    totp::start(can).await.map(Json)
}

async fn enable_totp(can: Can<EnableTotp>, Json(body): Json<AppCode>) -> Result<Json<Enrolled>> {
    totp::enable(can, &body.code).await.map(Json)
}

async fn disable_totp(can: Can<DisableTotp>, _: Nothing) -> Result<Json<Held>> {
    totp::disable(can).await.map(Json)
}

async fn offer_passkey(can: Can<OfferPasskey>, _: Nothing) -> Result<Json<Asked>> {
    passkeys::offer(&can).await.map(Json)
}

async fn add_passkey(can: Can<AddPasskey>, Json(new): Json<NewPasskey>) -> Result<Json<Enrolled>> {
    passkeys::add(can, new).await.map(Json)
}

async fn remove_passkey(
    can: Can<RemovePasskey>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<Held>> {
    passkeys::remove(can, id).await.map(Json)
}

async fn renew_recovery_codes(can: Can<Recovery>, _: Nothing) -> Result<Json<RecoveryCodes>> {
    recovery::renew(can).await.map(Json)
}
