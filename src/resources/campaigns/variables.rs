//! The names of the custom variables that leads bring. All leads of a campaign can use them.

use super::store;
use crate::access::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};
use uuid::Uuid;

/// Names that one campaign keeps.
pub const MOST: usize = 500;

/// Names that every lead has, in its `payload`.
pub const CORE: [&str; 8] =
    ["email", "firstName", "lastName", "companyName", "jobTitle", "website", "phone", "personalization"];

/// Adds the names that the campaign does not have yet.
pub async fn name_variables(
    can: &Caller,
    tx: &mut Tx,
    campaign: Uuid,
    names: impl Iterator<Item = &String>,
) -> Result<()> {
    let mut names = names.peekable();
    if names.peek().is_none() {
        return Ok(());
    }
    let Some(mut rest) = store::rest(can, tx, campaign).await? else { return Ok(()) };
    let known = rest.custom_variables.get_or_insert_default();
    let before = known.len();
    for name in names {
        known.entry(name.clone()).or_insert_with(|| name.clone().into());
    }
    if known.len() > MOST {
        return Err(Error::invalid(format!(
            "body/custom_variables must NOT bring the campaign above {MOST} different names"
        )));
    }
    if known.len() == before {
        return Ok(());
    }
    store::set_rest(can, tx, campaign, &rest).await
}
