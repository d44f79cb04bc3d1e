use super::{Factors, Held, PASSKEY, TOTP, passkeys, recovery, store, totp};
use crate::access::{Can, factors::Read};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};

pub fn router() -> ApiRouter<App> {
    let at = |rest: &str| format!("/api/v2/me/factors{rest}");
    ApiRouter::new()
        .api_route(&at(""), get_with(list, ours))
        .api_route(&at("/totp"), post_with(totp::start, ours).delete_with(totp::disable, ours))
        .api_route(&at("/totp/confirm"), post_with(totp::enable, ours))
        .api_route(&at("/passkeys"), post_with(passkeys::add, ours))
        .api_route(&at("/passkeys/challenge"), post_with(passkeys::offer, ours))
        .api_route(&at("/passkeys/{id}"), delete_with(passkeys::remove, ours))
        .api_route(&at("/recovery-codes"), post_with(recovery::renew, ours))
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Factors>> {
    let user = recovery::whose(can.user())?;
    let mut held = store::all(can.reader(), user).await?;
    held.retain(|factor| factor.confirmed);
    let (totp, rest): (Vec<_>, Vec<_>) = held.into_iter().partition(|factor| factor.kind == TOTP);
    Ok(Json(Factors {
        totp: totp.into_iter().next().map(Held::from),
        passkeys: rest.into_iter().filter(|factor| factor.kind == PASSKEY).map(Held::from).collect(),
        recovery_codes_left: store::codes_left(can.reader(), user).await?,
    }))
}
