//! The form of an import: the text of the file, and what each of its columns becomes.

use super::super::options::{NewImport, Options, Reading, Wanted};
use crate::resources::lead_import_mappings::{IGNORE, Targets, VARIABLE};
use crate::web::Choice;
use schemars::JsonSchema;
use serde::Deserialize;

/// The largest file that the pages take, in bytes. Its text goes along from step to step. The API takes larger ones.
pub const LARGEST: usize = 2 * 1024 * 1024;

#[derive(Deserialize, JsonSchema)]
pub struct Draft {
    #[serde(flatten)]
    pub wanted: Wanted,
    #[serde(default)]
    #[schemars(length(max = 3_000_000))]
    pub csv: String,
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub columns: Vec<Chosen>,
}

/// A column of the file, and what it becomes.
#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Chosen {
    #[schemars(length(max = 250))]
    pub name: String,
    #[schemars(length(max = 250))]
    pub target: String,
}

impl Draft {
    pub fn new_import(self) -> NewImport {
        let mapping: Targets = self.columns.into_iter().map(|chosen| (chosen.name, chosen.target)).collect();
        let options = Options { wanted: self.wanted, reading: Reading::default() };
        NewImport { options, mapping: Some(mapping), csv: self.csv }
    }
}

/// The fields of a lead in the words of a page.
const FIELDS: [(&str, &str); 9] = [
    ("email", "E-mail address"),
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("company_name", "Company"),
    ("job_title", "Job title"),
    ("phone", "Phone"),
    ("website", "Website"),
    ("personalization", "Personalization"),
    ("pl_value_lead", "Value"),
];

/// What a column can become. `proposed` is what the file suggests.
pub fn targets(column: &str, proposed: &str) -> Vec<Choice> {
    let mut choices: Vec<Choice> =
        FIELDS.into_iter().map(|(field, label)| Choice::new(field, label)).collect();
    let variable = format!("{VARIABLE}{column}");
    choices.push(Choice::new(variable.clone(), format!("Custom variable: {column}")));
    if proposed != variable && choices.iter().all(|choice| choice.value != proposed) {
        choices.push(Choice::new(proposed, proposed));
    }
    choices.push(Choice::new(IGNORE, "Leave it out"));
    choices
}
