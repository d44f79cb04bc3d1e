//! What a column can become.

use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Fields of a lead.
const FIELDS: [&str; 9] = [
    "email",
    "first_name",
    "last_name",
    "company_name",
    "job_title",
    "phone",
    "website",
    "personalization",
    "pl_value_lead",
];

/// Before the name of a custom variable.
pub const VARIABLE: &str = "custom_variables.";
/// The column is left out.
pub const IGNORE: &str = "ignore";
/// Characters of the name of a custom variable.
pub const NAME: usize = 200;

/// What columns become, by the name of the column.
pub type Targets = BTreeMap<String, String>;

/// Checks targets that a caller gives. `field` is where they are.
pub fn check(field: &str, given: &Targets) -> Result<()> {
    let is_right = |target: &str| {
        let is_variable = target.strip_prefix(VARIABLE).is_some_and(is_name);
        is_variable || target == IGNORE || FIELDS.contains(&target)
    };
    let Some((column, _)) = given.iter().find(|(_, target)| !is_right(target)) else { return Ok(()) };
    let short: String = column.chars().take(60).collect();
    let fields = FIELDS.join(", ");
    Err(Error::invalid(format!(
        "{field}/{short} must be one of {fields}, custom_variables.<name> and ignore"
    )))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= NAME && !name.contains('\0')
}
