//! Checks a file and changes nothing: its form, its names, and what it says about built-in roles.

use super::bundles::beside;
use super::ground::Ground;
use super::merge::{self, built_in};
use super::plan::AccessText;
use super::report::{Holding, Note, Tests, Validation};
use super::state;
use super::{claims, mutate};
use crate::access::{Can, access::Plan as MayPlan};
use crate::error::{Error, Result};

/// A file that cannot be read at all is an error. What does not fit the workspace is in the report.
pub async fn validate(can: &Can<MayPlan>, source: &AccessText) -> Result<Validation> {
    state::demand(can, &source.file)?;
    let state = state::read(can, can.reader()).await?;
    let repaired = source.file.repaired.clone();
    let own_note = || repaired.map(|(line, text)| Note { line: Some(line), text }).into_iter().collect();
    let (notes, errors) = match merge::wanted(&source.text, &state, &source.file) {
        Ok(wanted) => (wanted.notes, vec![]),
        Err(faults) => (own_note(), faults.0),
    };
    let holding =
        |(role, at, bundles): (crate::access::Role, super::fault::At, &[&'static super::bundles::Bundle])| {
            let held = bundles.iter().filter(|bundle| bundle.lacks(&role.into()).is_empty());
            Holding {
                role: role.name().to_owned(),
                bundles: held.map(|bundle| bundle.name).collect(),
                beside: beside(&role.into(), bundles),
                line: at.line,
            }
        };
    Ok(Validation {
        valid: errors.is_empty(),
        workspace_name: state.workspace.name,
        notes,
        holds: built_in(&source.file).map(holding).collect(),
        errors,
    })
}

/// Runs the tests of a file on the access that it wants.
pub async fn test(can: &Can<MayPlan>, source: &AccessText, with_mutations: bool) -> Result<Tests> {
    if source.file.tests.is_empty() {
        return Err(Error::invalid("the file has no section `tests`, so there is nothing to test"));
    }
    state::demand(can, &source.file)?;
    let state = state::read(can, can.reader()).await?;
    let wanted = merge::wanted(&source.text, &state, &source.file)?;
    let ground = Ground::read(can, can.reader(), &state, &source.file).await?;
    let tests = claims::judge(&source.file, &ground, &state.ids, &wanted.model);
    let holds = tests.iter().all(|tested| tested.holds);
    let tried = (holds && with_mutations)
        .then(|| mutate::mutations(&source.file, &ground, &state.ids, &wanted.model));
    Ok(Tests { holds, tests, mutations: tried })
}
