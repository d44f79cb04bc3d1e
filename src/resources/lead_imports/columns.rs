//! The columns of a file, and which field of a lead each becomes. No column is lost unless the caller says so: a column
//! without a field becomes a custom variable.

use super::cells::is_address;
use crate::error::{Error, Result};
use crate::resources::lead_import_mappings::{FIELDS, IGNORE, NAME, Targets, VARIABLE};
use csv::StringRecord;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most columns of a file.
const MOST: usize = 500;
/// The most custom variables of a lead.
const VARIABLES: usize = 200;

/// A column, and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// The text of its header, or `column_3`. A name that occurs twice gets a number.
    pub name: String,
    /// A field of a lead, `custom_variables.<name>`, or `ignore`.
    pub target: String,
}

impl Column {
    pub fn variable(&self) -> Option<&str> {
        self.target.strip_prefix(VARIABLE)
    }
}

/// A name in small letters and digits only, as the lists of known names have it.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

pub fn is_known(name: &str) -> bool {
    let name = plain(name);
    FIELDS.iter().any(|(_, names)| names.contains(&name.as_str()))
}

/// The names of the columns, each once.
pub fn names(first: &StringRecord, header: bool) -> Result<Vec<String>> {
    if first.len() > MOST {
        return Err(Error::invalid(format!(
            "body must have at most {MOST} columns, and it has {}",
            first.len()
        )));
    }
    let mut taken = BTreeSet::new();
    let named = first.iter().enumerate().map(|(at, cell)| {
        let text: String = cell.trim().chars().filter(|letter| !letter.is_control()).take(NAME - 4).collect();
        let text = if header && !text.is_empty() { text } else { format!("column_{}", at + 1) };
        let numbered = (1..).map(|n| if n == 1 { text.clone() } else { format!("{text}_{n}") });
        numbered.into_iter().find(|name| taken.insert(name.clone())).unwrap_or(text)
    });
    Ok(named.collect())
}

/// What each column becomes. `given` says it for some of them. The others become the field that their name or their cells
/// show, or a custom variable.
pub fn mapped(names: &[String], rows: &[StringRecord], given: &Targets) -> Vec<Column> {
    let mut targets: Vec<Option<String>> = names.iter().map(|name| given.get(name).cloned()).collect();
    for (field, known) in FIELDS {
        if targets.iter().flatten().any(|target| target == field) {
            continue;
        }
        let rank = |name: &String| known.iter().position(|known| *known == plain(name));
        let free = names.iter().zip(&targets).enumerate().filter(|(_, (_, target))| target.is_none());
        let best = free.filter_map(|(at, (name, _))| Some((rank(name)?, at))).min();
        let best = best.map(|(_, at)| at).or_else(|| addresses(rows, &targets).filter(|_| field == "email"));
        if let Some(target) = best.and_then(|at| targets.get_mut(at)) {
            *target = Some(field.to_owned());
        }
    }
    let column = |(name, target): (&String, Option<String>)| Column {
        name: name.clone(),
        target: target.unwrap_or_else(|| format!("{VARIABLE}{name}")),
    };
    names.iter().zip(targets).map(column).collect()
}

/// The column in which at least half of the cells are addresses.
fn addresses(rows: &[StringRecord], targets: &[Option<String>]) -> Option<usize> {
    let free = targets.iter().enumerate().filter(|(_, target)| target.is_none()).map(|(at, _)| at);
    let count = |at: usize| {
        let cells = || rows.iter().filter_map(move |row| row.get(at)).filter(|cell| !cell.trim().is_empty());
        let found = cells().filter(|cell| is_address(cell)).count();
        (found > 0 && found * 2 >= cells().count()).then_some(found)
    };
    free.filter_map(|at| Some((count(at)?, std::cmp::Reverse(at)))).max().map(|(_, at)| at.0)
}

/// Checks what the columns become together.
pub fn fit(columns: &[Column], in_list: bool) -> Result<()> {
    let mut taken = BTreeSet::new();
    let mut kept = columns.iter().map(|column| &column.target).filter(|target| *target != IGNORE);
    if let Some(twice) = kept.find(|target| !taken.insert(target.as_str())) {
        return Err(Error::invalid(format!("body/mapping must name `{twice}` for one column only")));
    }
    if columns.iter().filter(|column| column.variable().is_some()).count() > VARIABLES {
        return Err(Error::invalid(format!(
            "body/mapping must leave at most {VARIABLES} custom variables; name columns to `ignore`"
        )));
    }
    let named = in_list && (taken.contains("first_name") || taken.contains("last_name"));
    match taken.contains("email") || named {
        true => Ok(()),
        false => {
            Err(Error::invalid("body/mapping must name a column as `email`: none is known to have addresses"))
        }
    }
}
