//! What a column can become.

use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// The fields of a lead, and the names that their columns usually have, in small letters and digits only. If several columns
/// have known names, the name that comes first decides.
pub const FIELDS: [(&str, &[&str]); 9] = [
    (
        "email",
        &[
            "email",
            "emailaddress",
            "workemail",
            "businessemail",
            "primaryemail",
            "contactemail",
            "mail",
            "emailadresse",
            "emailaddresses",
            "emails",
            "correo",
            "courriel",
            "personalemail",
        ],
    ),
    ("first_name", &["firstname", "givenname", "first", "fname", "vorname", "prenom", "nombre"]),
    ("last_name", &["lastname", "surname", "familyname", "last", "lname", "nachname", "nom", "apellido"]),
    (
        "company_name",
        &[
            "companynameforemails",
            "companyname",
            "company",
            "organizationname",
            "organisationname",
            "organization",
            "organisation",
            "accountname",
            "account",
            "employer",
            "firma",
            "unternehmen",
        ],
    ),
    ("job_title", &["jobtitle", "title", "position", "jobposition", "role", "job"]),
    (
        "phone",
        &[
            "phone",
            "phonenumber",
            "mobilephone",
            "mobile",
            "mobilenumber",
            "telephone",
            "telefon",
            "tel",
            "workdirectphone",
            "workphone",
            "corporatephone",
        ],
    ),
    ("website", &["website", "websiteurl", "companywebsite", "companydomain", "domain", "url", "web"]),
    ("personalization", &["personalization", "personalisation", "icebreaker"]),
    ("pl_value_lead", &["plvaluelead", "leadvalue"]),
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
        is_variable || target == IGNORE || FIELDS.iter().any(|(field, _)| *field == target)
    };
    let Some((column, _)) = given.iter().find(|(_, target)| !is_right(target)) else { return Ok(()) };
    let short: String = column.chars().take(60).collect();
    let fields = FIELDS.map(|(field, _)| field).join(", ");
    Err(Error::invalid(format!(
        "{field}/{short} must be one of {fields}, custom_variables.<name> and ignore"
    )))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= NAME && !name.contains('\0')
}
