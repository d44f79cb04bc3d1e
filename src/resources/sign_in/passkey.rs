//! Signing in with a passkey alone.

use super::password::note;
use super::{Asked, ByPasskey, Proof, Signed, SignedIn, begin, challenge::Answered};
use crate::access::{Permission, sessions::SignIn};
use crate::app::App;
use crate::error::{Error, Result};
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
    let proof = Proof::Passkey(Box::new(answered));
    let begun = begin::begin(&app, origin.clone(), user, proof, body.workspace_id).await;
    if matches!(begun, Err(Error::Refused { .. })) {
        note(&app, Some(user), &origin, SignIn::ACTION.name, None).await;
    }
    begun
}
