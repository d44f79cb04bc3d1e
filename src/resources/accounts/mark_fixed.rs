//! Marks a sending account as fixed: it is active again after an error.

use super::status::change_status;
use super::{ACTIVE, Account};
use crate::access::{Can, accounts::Fix};
use crate::error::Result;

pub async fn mark_fixed(can: Can<Fix>, email: String) -> Result<Account> {
    change_status(can, email, |status| if status < 0 { ACTIVE } else { status }).await
}
