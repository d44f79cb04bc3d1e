//! Signing in with a passkey alone.

use super::{Asked, ByPasskey, Proof, Signed, SignedIn, begin, challenge::Answered};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Origin};
use axum::Extension;
use axum::extract::State;

/// The same for everybody: who answers is only known by the answer.
pub async fn challenge(State(app): State<App>, _: Nothing) -> Result<Json<Asked>> {
    app.site.is_safe()?;
    Answered::ask(&app).map(Json)
}

pub async fn sign_in(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<ByPasskey>,
) -> Result<Signed<SignedIn>> {
    app.site.is_safe()?;
    let answered = Answered::of(&app, &body.challenge, &body.credential).await?;
    let user = answered.user;
    begin::begin(&app, origin, user, Proof::Passkey(Box::new(answered)), body.workspace_id).await
}
