use super::{Again, ByPasskey, Password, Second, SignedIn};
use crate::access::{Can, Permission, sessions as may};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::factors::Asked;
use crate::resources::operations;
use crate::resources::sessions::{Session, Signed};
use crate::resources::users::Visitor;
use axum::extract::State;

/// The most bytes of a body.
const SMALL: usize = 4 * 1024;
/// The answer of a passkey has a sealed challenge, and a key with an id of up to 1 KB.
const WITH_PASSKEY: usize = 16 * 1024;

operations! {
    /// Sign in with a password
    ///
    /// Sets the session's cookie. `next` in the answer says whether the session is complete, waits for a
    /// second factor, or must enrol one first. After ten tries in 15 minutes from one address, further
    /// tries are refused like a wrong password.
    POST "/auth/sign-in" => by_password as "signIn"
        with { "email": "sam@acme.example", "password": "a few words make a good one" }
        + ours + open(may::SignIn::ACTION, SMALL);

    /// Complete a sign-in with a second factor
    ///
    /// Takes a code of the authenticator app, a recovery code or a passkey, together with the cookie of
    /// the sign-in. Each works once. The session gets a new cookie.
    POST "/auth/second-factor" => second_factor as "answerSecondFactor"
        with { "code": "123456" } + ours + open(may::Challenge::ACTION, WITH_PASSKEY);

    /// Get a challenge for a passkey
    ///
    /// Answers the options for `navigator.credentials.get`. The answer is the same for everybody. The
    /// challenge works once, within five minutes.
    POST "/auth/passkey/challenge" => challenge as "createSignInChallenge"
        + ours + open(may::AskPasskey::ACTION, SMALL);

    /// Sign in with a passkey
    ///
    /// Takes the browser's answer to the challenge, and sets the session's cookie. A passkey counts as
    /// two factors.
    POST "/auth/passkey" => by_passkey as "signInWithPasskey"
        with { "challenge": "...", "credential": {} } + ours + open(may::SignIn::ACTION, WITH_PASSKEY);

    /// Re-authenticate
    ///
    /// Takes your password and, if you have one, your second factor, or takes a passkey. For the next ten
    /// minutes this session may do what asks for recent re-authentication. The session gets a new cookie.
    POST "/auth/reauthenticate" => reauthenticate as "reauthenticate"
        with { "password": "a few words make a good one", "code": "123456" } + ours;
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
