use super::{Factors, Held, PASSKEY, TOTP, passkeys, recovery, store, totp};
use crate::access::{Can, factors::Read};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;

operations! {
    router:

    /// List your second factors
    ///
    /// Lists the authenticator app and the passkeys, and counts the recovery codes that are left.
    GET "/api/v2/me/factors" => list as "listFactors" + ours;

    /// Start to enrol an authenticator app
    ///
    /// Answers the secret and the `otpauth` link for a QR code. The app counts once `POST
    /// /api/v2/me/factors/totp/confirm` has confirmed a code. An app that was enrolled before keeps
    /// working until then.
    POST "/api/v2/me/factors/totp" => totp::start as "startTotp" + ours;

    /// Remove your authenticator app
    ///
    /// Ends all your other sessions, and sends a notice by mail. Recovery codes go with the last second
    /// factor. Refused if a workspace of yours requires this factor, or if your password is too short to
    /// be the only one.
    DELETE "/api/v2/me/factors/totp" => totp::disable as "deleteTotp" + ours;

    /// Confirm an authenticator app by a code
    ///
    /// The app replaces the one that was enrolled before. The first second factor ends all your other
    /// sessions, and comes with ten recovery codes that only this answer shows.
    POST "/api/v2/me/factors/totp/confirm" => totp::enable as "confirmTotp" with { "code": "123456" } + ours;

    /// Add a passkey
    ///
    /// Takes the browser's answer to `POST /api/v2/me/factors/passkeys/challenge`. A person has at most
    /// 20 passkeys. The first second factor ends all your other sessions, and comes with ten recovery
    /// codes that only this answer shows.
    POST "/api/v2/me/factors/passkeys" => passkeys::add as "addPasskey"
        with { "name": "Laptop", "challenge": "...", "credential": {} } + ours;

    /// Start to enrol a passkey
    ///
    /// Answers the options for `navigator.credentials.create`. The challenge works once, within five
    /// minutes.
    POST "/api/v2/me/factors/passkeys/challenge" => passkeys::offer as "createPasskeyChallenge" + ours;

    /// Remove a passkey
    ///
    /// Ends all your other sessions, and sends a notice by mail. Recovery codes go with the last second
    /// factor. Refused if a workspace of yours requires this factor, or if your password is too short to
    /// be the only one.
    DELETE "/api/v2/me/factors/passkeys/{id}" => passkeys::remove as "deletePasskey" + ours;

    /// Create new recovery codes
    ///
    /// Answers ten codes, which are not shown again. Earlier codes stop working. You need a second factor
    /// first.
    POST "/api/v2/me/factors/recovery-codes" => recovery::renew as "createRecoveryCodes" + ours;
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Factors>> {
    let user = recovery::whose(can.user())?;
    let mut held = store::all(can.reader(), user).await?;
    held.retain(|factor| factor.confirmed);
    let (totp, rest): (Vec<_>, Vec<_>) = held.into_iter().partition(|factor| factor.kind == TOTP);
    Ok(Json(Factors {
        totp: totp.into_iter().next().map(Held::from),
        passkeys: rest.into_iter().filter(|factor| factor.kind == PASSKEY).map(Held::from).collect(),
        recovery_codes_left: store::codes_left(can.reader(), user).await?,
    }))
}
