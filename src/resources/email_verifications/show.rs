use super::EmailVerification;
use super::answer::Verification;
use crate::access::{Can, email_verifications::Read};
use crate::error::Result;
use crate::http::address;

pub async fn show(can: Can<Read>, email: &str) -> Result<Verification> {
    let found: EmailVerification = can.find(can.reader(), address(email)).await?;
    Verification::of(&can, can.reader(), found).await
}
