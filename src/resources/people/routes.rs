use super::{email, link, pages, password, profile, reset, setup};
use crate::access::{Action, Permission, open, profile as may, workspaces::SetUp};
use crate::app::App;
use crate::http::{anonymous, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::openapi::{ReferenceOr, Response as Doc, StatusCode};
use aide::transform::TransformOperation;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

/// Bytes of a body.
const SMALL: usize = 4 * 1024;
/// Names may be written with escapes of twelve bytes for a character.
const WITH_NAMES: usize = 8 * 1024;
const LARGEST: usize = 16 * 1024;

pub fn router() -> ApiRouter<App> {
    fn said(action: &'static Action) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
        move |operation| ours(open(operation, action))
    }
    ApiRouter::new()
        .api_route(
            "/auth/setup",
            anonymous(WITH_NAMES, post_with(setup::set_up, |op| gone(said(SetUp::ACTION)(op)))),
        )
        .api_route("/auth/reset", anonymous(SMALL, post_with(reset::ask, said(may::AskReset::ACTION))))
        .api_route(
            "/auth/reset/confirm",
            anonymous(SMALL, post_with(reset::confirm, said(may::Reset::ACTION))),
        )
        .api_route("/auth/links/show", anonymous(SMALL, post_with(link::show, said(may::ShowLink::ACTION))))
        .api_route(
            "/auth/email/confirm",
            anonymous(SMALL, post_with(email::confirm, said(may::ConfirmEmail::ACTION))),
        )
        .api_route("/api/v2/me/profile", get_with(profile::show, ours).patch_with(profile::update, ours))
        .api_route("/api/v2/me/email", post_with(email::ask, ours))
        .api_route("/api/v2/me/password", post_with(password::change, ours))
        .route("/", get(pages::start))
        .route("/auth/setup", get(pages::set_up))
        .route("/auth/reset", get(pages::reset))
        .route("/auth/email", get(pages::email))
        .layer(DefaultBodyLimit::max(LARGEST))
}

fn gone(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let said = Doc { description: "The server is set up already.".to_owned(), ..Doc::default() };
    let answers = operation.inner_mut().responses.get_or_insert_default();
    answers.responses.insert(StatusCode::Code(410), ReferenceOr::Item(said));
    operation
}
