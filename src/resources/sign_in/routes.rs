use super::{Again, ByPasskey, Password, Second, SignedIn};
use crate::access::{Action, Can, Permission, open, sessions as may};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, anonymous, ours};
use crate::resources::factors::Asked;
use crate::resources::sessions::{Session, Signed};
use crate::resources::users::Visitor;
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use aide::transform::TransformOperation;
use axum::extract::State;

/// The most bytes of a body.
const SMALL: usize = 4 * 1024;
/// The answer of a passkey has a sealed challenge, and a key with an id of up to 1 KB.
const WITH_PASSKEY: usize = 16 * 1024;

pub fn router() -> ApiRouter<App> {
    fn said(action: &'static Action) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
        move |operation| ours(open(operation, action))
    }
    ApiRouter::new()
        .api_route("/auth/sign-in", anonymous(SMALL, post_with(by_password, said(may::SignIn::ACTION))))
        .api_route(
            "/auth/second-factor",
            anonymous(WITH_PASSKEY, post_with(second_factor, said(may::Challenge::ACTION))),
        )
        .api_route(
            "/auth/passkey/challenge",
            anonymous(SMALL, post_with(challenge, said(may::AskPasskey::ACTION))),
        )
        .api_route("/auth/passkey", anonymous(WITH_PASSKEY, post_with(by_passkey, said(may::SignIn::ACTION))))
        .api_route("/auth/reauthenticate", post_with(reauthenticate, ours))
}

async fn by_password(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Password>,
) -> Result<Signed<SignedIn>> {
    super::by_password(&app, visitor, body).await
}

async fn second_factor(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Second>,
) -> Result<Signed<SignedIn>> {
    super::second_factor(&app, visitor, body).await
}

async fn challenge(State(app): State<App>, _: Nothing) -> Result<Json<Asked>> {
    super::challenge(&app).map(Json)
}

async fn by_passkey(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<ByPasskey>,
) -> Result<Signed<SignedIn>> {
    super::by_passkey(&app, visitor, body).await
}

async fn reauthenticate(can: Can<may::Reauthenticate>, Json(body): Json<Again>) -> Result<Signed<Session>> {
    super::reauthenticate(can, body).await
}
