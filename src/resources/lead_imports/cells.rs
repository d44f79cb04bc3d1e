//! The cells of a row, as a lead or as the reason why it cannot be one.

use super::columns::Column;
use crate::http::{address, is_email};
use crate::resources::lead_import_mappings::IGNORE;
use crate::resources::leads::Given;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

/// Characters of a cell.
const LONGEST: usize = 10_000;
/// Characters of the value of a lead, which has a limit of its own.
const LONGEST_VALUE: usize = 200;
/// Bytes of all cells together. A lead has at most 64 KB, with the names of its variables.
const LARGEST: usize = 48 * 1024;

/// The custom variable for addresses that stand in a cell after the first one.
const OTHERS: &str = "other_emails";

/// Why a row has no lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    Empty,
    NoEmail,
    NoEmailOrName,
    Email,
    TooManyCells { cells: usize, columns: usize },
    TooLong { column: String, most: usize },
    TooLarge,
}

/// The addresses of a cell, in the form in which they are stored. None if a part of the cell is not an address.
fn addresses(cell: &str) -> Option<Vec<String>> {
    let text: String = cell.trim().nfkc().filter(|letter| !is_invisible(*letter)).collect();
    if text.chars().any(char::is_control) {
        return None;
    }
    // With display names, which can contain commas, the addresses stand in brackets.
    let bracketed: Vec<&str> =
        text.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0)).collect();
    let parts = if bracketed.is_empty() { text.split([',', ';', '|']).collect() } else { bracketed };
    let parts = parts.into_iter().map(alone).filter(|part| !part.is_empty());
    parts.map(|part| is_email(part).then(|| address(part))).collect()
}

/// An address without `mailto:` and the marks around it.
fn alone(part: &str) -> &str {
    let inner = part.trim().trim_matches(['"', '\'', '.', ' ']);
    let scheme = inner.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
    if scheme { inner.get(7..).unwrap_or_default().trim() } else { inner }
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

pub fn is_address(cell: &str) -> bool {
    cell.contains('@') && addresses(cell).is_some_and(|all| !all.is_empty())
}

/// The lead of a row.
pub fn lead(columns: &[Column], cells: &[String], in_list: bool) -> Result<Given, Wrong> {
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Err(Wrong::Empty);
    }
    let further = cells.get(columns.len()..).unwrap_or_default();
    if further.iter().any(|cell| !cell.trim().is_empty()) {
        return Err(Wrong::TooManyCells { cells: cells.len(), columns: columns.len() });
    }
    if cells.iter().map(String::len).sum::<usize>() > LARGEST {
        return Err(Wrong::TooLarge);
    }
    let (mut given, mut variables) = (Given::default(), Map::new());
    for (column, cell) in columns.iter().zip(cells).filter(|(column, _)| column.target != IGNORE) {
        let text: String = cell.trim().chars().filter(|letter| *letter != '\0').collect();
        if text.is_empty() {
            continue;
        }
        let most = if column.target == "pl_value_lead" { LONGEST_VALUE } else { LONGEST };
        if text.chars().count() > most {
            return Err(Wrong::TooLong { column: column.name.clone(), most });
        }
        place(&mut given, &mut variables, column, text)?;
    }
    let named = in_list && (given.person.first_name.is_some() || given.person.last_name.is_some());
    if given.email.is_none() && !named {
        return Err(if in_list { Wrong::NoEmailOrName } else { Wrong::NoEmail });
    }
    given.custom_variables = Some(variables).filter(|all| !all.is_empty());
    Ok(given)
}

fn place(
    given: &mut Given,
    variables: &mut Map<String, Value>,
    column: &Column,
    text: String,
) -> Result<(), Wrong> {
    let person = &mut given.person;
    let field = match column.target.as_str() {
        "email" => {
            let mut all = addresses(&text).ok_or(Wrong::Email)?.into_iter();
            given.email = all.next();
            let others: Vec<String> = all.collect();
            if !others.is_empty() {
                variables.insert(OTHERS.to_owned(), others.join(", ").into());
            }
            return Ok(());
        }
        "first_name" => &mut person.first_name,
        "last_name" => &mut person.last_name,
        "company_name" => &mut person.company_name,
        "job_title" => &mut person.job_title,
        "phone" => &mut person.phone,
        "website" => &mut person.website,
        "personalization" => &mut person.personalization,
        "pl_value_lead" => &mut given.pl_value_lead,
        _ => {
            let name = column.variable().unwrap_or(&column.name);
            variables.insert(name.to_owned(), text.into());
            return Ok(());
        }
    };
    *field = Some(text);
    Ok(())
}
