//! Where variables of an HTML text can stand: in text, and between the quotation marks of an attribute. There, escaping
//! the value is enough.

use super::{Part, Wrong};
use crate::sending::markup::{Place, Scanner};

pub fn check(parts: &[Part]) -> Result<(), Wrong> {
    let mut scanner = Scanner::default();
    walk(parts, &mut scanner)
}

fn walk(parts: &[Part], scanner: &mut Scanner) -> Result<(), Wrong> {
    for part in parts {
        match part {
            Part::Text(text) => {
                for c in text.chars() {
                    scanner.feed(c);
                    if scanner.is_script() {
                        return Err(Wrong::new(
                            "it must NOT contain a `script`: mail programs do not run it",
                        ));
                    }
                }
            }
            Part::Value(variable) => stands(&variable.name, scanner)?,
            Part::Choice(_, choices) => {
                let choices: Vec<&[Part]> = choices.iter().map(Vec::as_slice).collect();
                alternatives(&choices, false, scanner)?;
            }
            Part::If(branches) => {
                let whole = branches.last().is_some_and(|(condition, _)| condition.is_none());
                let branches: Vec<&[Part]> = branches.iter().map(|(_, branch)| branch.as_slice()).collect();
                alternatives(&branches, !whole, scanner)?;
            }
        }
    }
    Ok(())
}

fn stands(name: &str, scanner: &Scanner) -> Result<(), Wrong> {
    let why = match scanner.place() {
        Place::Text => return Ok(()),
        Place::Quoted(attribute) => {
            let runs = attribute.starts_with("on") || ["style", "srcdoc"].contains(&attribute);
            if !runs {
                return Ok(());
            }
            format!("must NOT stand in the attribute `{attribute}`")
        }
        Place::Inside => "must stand in the text, or between the quotation marks of an attribute".to_owned(),
    };
    Err(Wrong::new(format!("the variable `{{{{{name}}}}}` {why}")))
}

/// Whatever alternative is taken, the text after it must mean the same.
fn alternatives(all: &[&[Part]], or_nothing: bool, scanner: &mut Scanner) -> Result<(), Wrong> {
    let mut ends = Vec::new();
    if or_nothing {
        ends.push(scanner.clone());
    }
    for parts in all {
        let mut end = scanner.clone();
        walk(parts, &mut end)?;
        ends.push(end);
    }
    let mut ends = ends.into_iter();
    let Some(first) = ends.next() else { return Ok(()) };
    if ends.any(|end| !end.agrees(&first)) {
        return Err(Wrong::new(
            "all branches of a condition and all choices must open and close the same tags",
        ));
    }
    *scanner = first;
    Ok(())
}
