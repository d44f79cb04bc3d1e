use super::{passkey, password, second};
use crate::access::{Permission, sessions as may};
use crate::resources::operations;

/// Bytes of a body.
const SMALL: usize = 4 * 1024;
/// A passkey's answer has a sealed question, and a key with an id of up to 1 KB.
const WITH_PASSKEY: usize = 16 * 1024;

operations! {
    router:

    /// Sign in with a password
    ///
    /// Sets the session's cookie. `next` in the answer says whether the session is complete, waits for a
    /// second factor, or must enrol one first. After ten tries in 15 minutes from one address, further
    /// tries are refused like a wrong password.
    POST "/auth/sign-in" => password::sign_in as "signIn"
        with { "email": "sam@acme.example", "password": "a few words make a good one" }
        + ours + open(may::SignIn::ACTION, SMALL);

    /// Complete a sign-in with a second factor
    ///
    /// Takes a code of the authenticator app, a recovery code or a passkey, together with the cookie of
    /// the sign-in. Each works once. The session gets a new cookie.
    POST "/auth/second-factor" => second::second_factor as "answerSecondFactor"
        with { "code": "123456" } + ours + open(may::Challenge::ACTION, WITH_PASSKEY);

    /// Get a challenge for a passkey
    ///
    /// Answers the options for `navigator.credentials.get`. The answer is the same for everybody. The
    /// challenge works once, within five minutes.
    POST "/auth/passkey/challenge" => passkey::challenge as "createSignInChallenge"
        + ours + open(may::AskPasskey::ACTION, SMALL);

    /// Sign in with a passkey
    ///
    /// Takes the browser's answer to the challenge, and sets the session's cookie. A passkey counts as
    /// two factors.
    POST "/auth/passkey" => passkey::sign_in as "signInWithPasskey"
        with { "challenge": "...", "credential": {} } + ours + open(may::SignIn::ACTION, WITH_PASSKEY);
}
