use super::setup::Founded;
use super::{ByLink, Done, NewEmail, NewPassword, Patch, SetUp, Shown, Token, setup};
use crate::access::{Can, Permission, profile as may, workspaces::SetUp as MaySetUp};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;
use crate::resources::sessions::Signed;
use crate::resources::users::{Profile, Visitor};
use axum::extract::State;

/// The most bytes of a body.
const SMALL: usize = 4 * 1024;
/// Names may be written with escapes of twelve bytes for a character.
const WITH_NAMES: usize = 8 * 1024;
const LARGEST: usize = 16 * 1024;

operations! {
    /// Set up the server
    ///
    /// Takes the token of the link that `gatepost serve` prints. Creates the first workspace and its
    /// owner, and signs the owner in. The answer has a personal API key, which is valid for 30 days and
    /// not shown again. Works once, and only while the server has no workspace.
    POST "/auth/setup" => set_up as "setUpServer"
        with {
            "token": "...", "first_name": "Sam", "last_name": "Reed", "email": "sam@acme.example",
            "password": "a few words make a good one", "workspace_name": "Acme"
        }
        + ours + open(MaySetUp::ACTION, WITH_NAMES) + answers(410, "The server is set up already.");

    /// Ask for a link to choose a new password
    ///
    /// The answer is the same whether or not the address has a user. The link is mailed and works once,
    /// for 30 minutes.
    POST "/auth/reset" => ask_reset as "requestPasswordReset"
        with { "email": "sam@acme.example" } + ours + open(may::AskReset::ACTION, SMALL);

    /// Choose a new password by a link
    ///
    /// Ends all sessions of the person and starts none: they sign in with the new password, and with
    /// their second factor if they have one.
    POST "/auth/reset/confirm" => confirm_reset as "resetPassword"
        with { "token": "...", "password": "a few words make a good one" }
        + ours + open(may::Reset::ACTION, SMALL);

    /// Get the address that a mailed link is for
    ///
    /// For the page behind the link. Only the holder of the token learns the address. Does not use the
    /// link up.
    POST "/auth/links/show" => show_link as "showLink"
        with { "token": "..." } + ours + open(may::ShowLink::ACTION, SMALL);

    /// Confirm a new address by a link
    ///
    /// From then on the person signs in with the new address. The old address gets a notice. Links that
    /// were mailed before stop working.
    POST "/auth/email/confirm" => confirm_email as "confirmEmail"
        with { "token": "..." } + ours + open(may::ConfirmEmail::ACTION, SMALL);

    /// Get your profile
    ///
    /// Shows your name and your address.
    GET "/api/v2/me/profile" => show as "getProfile" + ours;

    /// Update your name
    ///
    /// Every workspace of yours shows the new name.
    PATCH "/api/v2/me/profile" => update as "patchProfile" with { "first_name": "Sam" } + ours
        + takes(LARGEST);

    /// Ask for another address to sign in with
    ///
    /// Mails a link to the new address and a notice to the old one. Nothing changes until the link is
    /// used. The link works for 30 minutes. A person can ask five times a day.
    POST "/api/v2/me/email" => ask_email as "requestEmailChange"
        with { "email": "sam.reed@acme.example" } + ours + takes(LARGEST);

    /// Change your password
    ///
    /// Takes the current password. Ends all your other sessions, and sends a notice by mail. Ten wrong
    /// tries block further tries for 15 minutes. A person without a password chooses a first one here,
    /// and must have re-authenticated within ten minutes.
    POST "/api/v2/me/password" => change_password as "changePassword"
        with { "current_password": "a few words make a good one", "password": "other words are better yet" }
        + ours + takes(LARGEST);
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

async fn update(can: Can<may::Update>, Json(patch): Json<Patch>) -> Result<Json<Profile>> {
    super::update(can, patch).await.map(Json)
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
