//! Signing in with a passkey only.

use super::failure::Failure;
use super::{ByPasskey, SignedIn, begin, proof::Proof};
use crate::access::{Permission, sessions::SignIn};
use crate::app::App;
use crate::error::{Error, Result};
use crate::resources::factors::{Answered, Asked};
use crate::resources::sessions::Signed;
use crate::resources::users::Visitor;

/// The same for everybody: only the answer tells whose passkey it is.
pub fn challenge(app: &App) -> Result<Asked> {
    app.site.is_safe()?;
    Answered::ask(app)
}

pub async fn by_passkey(app: &App, visitor: Visitor, body: ByPasskey) -> Result<Signed<SignedIn>> {
    app.site.is_safe()?;
    let answered = Answered::of(app, &body.challenge, &body.credential).await?;
    let user = answered.user;
    let proof = Proof::Passkey(Box::new(answered));
    let begun = begin::begin(app, visitor.origin.clone(), user, proof, body.workspace_id).await;
    if matches!(begun, Err(Error::Refused { .. })) {
        let failure = Failure { permission: SignIn::ACTION.name, activity: None };
        failure.note(app, user, &visitor.origin);
    }
    begun
}
