//! The numbers that a lead can have as its `lt_interest_status`: those of the reference, and those of the workspace's labels.

use super::store;
use crate::access::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::OPEN;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The labels of the reference, which no workspace can change.
pub const BUILT_IN: [i64; 9] = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

/// Their names for people.
pub const NAMED: [(i64, &str); 9] = [
    (1, "Interested"),
    (2, "Meeting booked"),
    (3, "Meeting completed"),
    (4, "Closed"),
    (0, "Out of office"),
    (-1, "Not interested"),
    (-2, "Wrong person"),
    (-3, "Lost"),
    (-4, "No show"),
];

/// The schema of a number that a lead has, or gets.
pub struct InterestStatus;

impl JsonSchema for InterestStatus {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "InterestStatus".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "number", "enum": [1, 2, 3, 4, 0, -1, -2, -3, -4] });
        schema.insert(OPEN.to_owned(), "the `interest_status` of a label of the workspace".into());
        schema
    }
}

/// Refuses a number that is not the reference's, and not the number of a label that the caller sees.
pub async fn check_number(can: &Caller, tx: &mut Tx, field: &str, number: Option<i64>) -> Result<()> {
    check_numbers(can, tx, number.map(|number| (field.to_owned(), number))).await
}

/// The same for many numbers, each with the field that it comes from. They are looked up together.
pub async fn check_numbers(
    can: &Caller,
    tx: &mut Tx,
    wanted: impl IntoIterator<Item = (String, i64)>,
) -> Result<()> {
    let wanted: Vec<_> = wanted.into_iter().filter(|(_, number)| !BUILT_IN.contains(number)).collect();
    let numbers: BTreeSet<i64> = wanted.iter().map(|(_, number)| *number).collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let known: BTreeSet<i64> = store::numbers(can, tx, &numbers).await?.into_iter().collect();
    match wanted.iter().find(|(_, number)| !known.contains(number)) {
        Some((field, _)) => Err(Error::invalid(format!(
            "body/{field} must be one of the numbers from -4 to 4, or the `interest_status` of a label of this workspace"
        ))),
        None => Ok(()),
    }
}
