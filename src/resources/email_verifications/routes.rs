//! The JSON face of verifications.

use super::answer::Verification;
use super::{Email, New};
use crate::access::{Can, email_verifications::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Path};
use crate::resources::operations;

operations! {
    /// Verify an e-mail address
    ///
    /// Checks the form of the address, the DNS of its domain, and the workspace's own bounces. The answer
    /// comes within ten seconds. No mailbox is asked, so an address is `verified` only if mail to it was
    /// opened, clicked or answered, in a lead that the caller sees. Other addresses are `invalid` if
    /// something is wrong with them, and otherwise stay `pending`; `reason` says why.
    ///
    /// Costs one credit of the kind `hyper` where credits are counted. Nothing is charged if the name
    /// server gives no answer, or for a text that is not an address. Results are kept for 30 days. A
    /// later verification replaces the result of an earlier one.
    POST "/api/v2/email-verification" => create as "createEmailVerification"
        with { "email": "kim@lead.example" };

    /// Get the verification of an e-mail address
    ///
    /// Looks nothing up, and costs nothing. Bounces and answers that came after the look-up count. Answers
    /// 404 if the workspace has not verified the address in the last 30 days.
    GET "/api/v2/email-verification/{email}" => show as "checkVerificationStatus";
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Verification>> {
    super::create(can, new).await.map(Json)
}

async fn show(can: Can<Read>, Path(Email { email }): Path<Email>, _: Nothing) -> Result<Json<Verification>> {
    super::show(can, &email).await.map(Json)
}
