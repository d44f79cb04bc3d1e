use super::{passkey, password, second};
use crate::access::{Action, Permission, open, sessions as may};
use crate::app::App;
use crate::http::ours;
use aide::axum::ApiRouter;
use aide::axum::routing::{ApiMethodRouter, post_with};
use aide::transform::TransformOperation;
use axum::extract::DefaultBodyLimit;

/// Anybody may call them.
const LARGEST: usize = 64 * 1024;

pub fn router() -> ApiRouter<App> {
    let small = |route: ApiMethodRouter<App>| route.layer(DefaultBodyLimit::max(LARGEST));
    fn said(action: &'static Action) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
        move |operation| ours(open(operation, action))
    }
    ApiRouter::new()
        .api_route("/auth/sign-in", small(post_with(password::sign_in, said(may::SignIn::ACTION))))
        .api_route(
            "/auth/second-factor",
            small(post_with(second::second_factor, said(may::Challenge::ACTION))),
        )
        .api_route(
            "/auth/passkey/challenge",
            small(post_with(passkey::challenge, said(may::AskPasskey::ACTION))),
        )
        .api_route("/auth/passkey", small(post_with(passkey::sign_in, said(may::SignIn::ACTION))))
}
