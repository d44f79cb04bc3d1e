use super::{AppCode, Asked, Enrolled, Factors, Held, NewPasskey, RecoveryCodes, Started};
use super::{passkeys, recovery, totp};
use crate::access::{Can, factors::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Path};
use crate::resources::operations;

operations! {
    /// List your second factors
    ///
    /// Lists the authenticator app and the passkeys, and counts the recovery codes that are left.
    GET "/api/v2/me/factors" => list as "listFactors" + ours;

    /// Start to enrol an authenticator app
    ///
    /// Answers the secret and the `otpauth` link for a QR code. The app counts once `POST
    /// /api/v2/me/factors/totp/confirm` has confirmed a code. An app that was enrolled before keeps
    /// working until then.
    POST "/api/v2/me/factors/totp" => start_totp as "startTotp" + ours;

    /// Remove your authenticator app
    ///
    /// Ends all your other sessions, and sends a notice by mail. Recovery codes go with the last second
    /// factor. Refused if a workspace of yours requires this factor, or if your password is too short to
    /// be the only one.
    DELETE "/api/v2/me/factors/totp" => disable_totp as "deleteTotp" + ours;

    /// Confirm an authenticator app by a code
    ///
    /// The app replaces the one that was enrolled before. The first second factor ends all your other
    /// sessions, and comes with ten recovery codes that only this answer shows.
    POST "/api/v2/me/factors/totp/confirm" => enable_totp as "confirmTotp" with { "code": "123456" } + ours;

    /// Add a passkey
    ///
    /// Takes the browser's answer to `POST /api/v2/me/factors/passkeys/challenge`. A person has at most
    /// 20 passkeys. The first second factor ends all your other sessions, and comes with ten recovery
    /// codes that only this answer shows.
    POST "/api/v2/me/factors/passkeys" => add_passkey as "addPasskey"
        with { "name": "Laptop", "challenge": "...", "credential": {} } + ours;

    /// Start to enrol a passkey
    ///
    /// Answers the options for `navigator.credentials.create`. The challenge works once, within five
    /// minutes.
    POST "/api/v2/me/factors/passkeys/challenge" => offer_passkey as "createPasskeyChallenge" + ours;

    /// Remove a passkey
    ///
    /// Ends all your other sessions, and sends a notice by mail. Recovery codes go with the last second
    /// factor. Refused if a workspace of yours requires this factor, or if your password is too short to
    /// be the only one.
    DELETE "/api/v2/me/factors/passkeys/{id}" => remove_passkey as "deletePasskey" + ours;

    /// Create new recovery codes
    ///
    /// Answers ten codes, which are not shown again. Earlier codes stop working. You need a second factor
    /// first.
    POST "/api/v2/me/factors/recovery-codes" => renew_recovery_codes as "createRecoveryCodes" + ours;
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Factors>> {
    super::list(&can).await.map(Json)
}

async fn start_totp(can: Can<StartTotp>, _: Nothing) -> Result<Json<Started>> {
    totp::start(can).await.map(Json)
}

async fn enable_totp(can: Can<EnableTotp>, Json(body): Json<AppCode>) -> Result<Json<Enrolled>> {
    totp::enable(can, &body.code).await.map(Json)
}

async fn disable_totp(can: Can<DisableTotp>, _: Nothing) -> Result<Json<Held>> {
    totp::disable(can).await.map(Json)
}

async fn offer_passkey(can: Can<OfferPasskey>, _: Nothing) -> Result<Json<Asked>> {
    passkeys::offer(&can).await.map(Json)
}

async fn add_passkey(can: Can<AddPasskey>, Json(new): Json<NewPasskey>) -> Result<Json<Enrolled>> {
    passkeys::add(can, new).await.map(Json)
}

async fn remove_passkey(
    can: Can<RemovePasskey>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<Held>> {
    passkeys::remove(can, id).await.map(Json)
}

async fn renew_recovery_codes(can: Can<Recovery>, _: Nothing) -> Result<Json<RecoveryCodes>> {
    recovery::renew(can).await.map(Json)
}
