use super::{passkey, password, second};
use crate::access::{Action, Permission, open, sessions as may};
use crate::app::App;
use crate::http::{anonymous, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use aide::transform::TransformOperation;

/// Bytes of a body.
const SMALL: usize = 4 * 1024;
/// A passkey's answer has a sealed question, and a key with an id of up to 1 KB.
const WITH_PASSKEY: usize = 16 * 1024;

pub fn router() -> ApiRouter<App> {
    fn said(action: &'static Action) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
        move |operation| ours(open(operation, action))
    }
    ApiRouter::new()
        .api_route("/auth/sign-in", anonymous(SMALL, post_with(password::sign_in, said(may::SignIn::ACTION))))
        .api_route(
            "/auth/second-factor",
            anonymous(WITH_PASSKEY, post_with(second::second_factor, said(may::Challenge::ACTION))),
        )
        .api_route(
            "/auth/passkey/challenge",
            anonymous(SMALL, post_with(passkey::challenge, said(may::AskPasskey::ACTION))),
        )
        .api_route(
            "/auth/passkey",
            anonymous(WITH_PASSKEY, post_with(passkey::sign_in, said(may::SignIn::ACTION))),
        )
}
