use super::setup::Founded;
use super::{ByLink, Done, NewEmail, NewPassword, Patch, SetUp, Shown, Token, pages, setup};
use crate::access::{Action, Can, Permission, open, profile as may, workspaces::SetUp as MaySetUp};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Unread, anonymous, ours};
use crate::resources::sessions::Signed;
use crate::resources::users::{Profile, Visitor};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::openapi::{ReferenceOr, Response as Doc, StatusCode};
use aide::transform::TransformOperation;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::get;

/// The most bytes of a body.
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
            anonymous(WITH_NAMES, post_with(set_up, |op| gone(said(MaySetUp::ACTION)(op)))),
        )
        .api_route("/auth/reset", anonymous(SMALL, post_with(ask_reset, said(may::AskReset::ACTION))))
        .api_route(
            "/auth/reset/confirm",
            anonymous(SMALL, post_with(confirm_reset, said(may::Reset::ACTION))),
        )
        .api_route("/auth/links/show", anonymous(SMALL, post_with(show_link, said(may::ShowLink::ACTION))))
        .api_route(
            "/auth/email/confirm",
            anonymous(SMALL, post_with(confirm_email, said(may::ConfirmEmail::ACTION))),
        )
        .api_route("/api/v2/me/profile", get_with(show, ours).patch_with(update, ours))
        .api_route("/api/v2/me/email", post_with(ask_email, ours))
        .api_route("/api/v2/me/password", post_with(change_password, ours))
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

async fn set_up(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<SetUp>,
) -> Result<Signed<Founded>> {
    setup::set_up(&app, visitor, body).await
}

async fn ask_reset(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<NewEmail>,
) -> Result<Json<Done>> {
    super::ask_reset(&app, visitor, body).await.map(Json)
}

async fn confirm_reset(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<ByLink>,
) -> Result<Signed<Done>> {
    super::confirm_reset(&app, visitor, body).await
}

async fn show_link(State(app): State<App>, Json(body): Json<Token>) -> Result<Json<Shown>> {
    super::show_link(&app, &body).await.map(Json)
}

async fn confirm_email(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Token>,
) -> Result<Json<Done>> {
    super::confirm_email(&app, visitor, body).await.map(Json)
}

async fn show(can: Can<may::Read>, _: Nothing) -> Result<Json<Profile>> {
    super::show(&can).await.map(Json)
}

async fn update(can: Can<may::Update>, patch: Unread<Patch>) -> Result<Json<Profile>> {
    super::update(can, patch.read().await?).await.map(Json)
}

async fn ask_email(can: Can<may::ChangeEmail>, Json(body): Json<NewEmail>) -> Result<Json<Done>> {
    super::ask_email(can, body).await.map(Json)
}

async fn change_password(
    can: Can<may::ChangePassword>,
    Json(body): Json<NewPassword>,
) -> Result<Signed<Done>> {
    super::change_password(can, body).await
}
