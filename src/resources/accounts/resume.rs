//! Resumes a paused sending account.

use super::status::change_status;
use super::{ACTIVE, Account, PAUSED};
use crate::access::{Can, accounts::Resume};
use crate::error::Result;

pub async fn resume(can: Can<Resume>, email: String) -> Result<Account> {
    change_status(can, email, |status| if status == PAUSED { ACTIVE } else { status }).await
}
