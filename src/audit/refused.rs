//! Rows of refused attempts.

use super::{Actor, OVERFLOW, OVERFLOWN, Row, extended};
use crate::access::Attempt;
use crate::db::Tx;
use crate::error::Result;
use crate::time::Time;
use serde_json::{Value, json};
use uuid::Uuid;

/// The first of identical refused attempts.
pub(crate) async fn refused(
    attempt: &Attempt,
    facts: Value,
    (same, count): (&str, i64),
    (at, id): (Time, Uuid),
    tx: &mut Tx,
) -> Result<()> {
    let about = attempt.about();
    let row = Row {
        workspace: attempt.workspace,
        id,
        at,
        activity: attempt.activity(),
        action: attempt.permission,
        resource: about.map_or_else(|| "refused".to_owned(), ToString::to_string),
        campaign: about.and_then(|about| about.id_of("campaign")),
        list: about.and_then(|about| about.id_of("lead_list")),
        affected: Some(count),
        metadata: facts,
        refusal: Some(same),
    };
    row.write(&attempt.actor, tx).await
}

/// The facts in an attempt's row that have no column.
pub(crate) fn with_facts(facts: Value, attempt: &Attempt) -> Value {
    extended(facts, &attempt.actor, attempt.workspace)
}

/// The single row for the further attempts of an hour.
pub(crate) async fn overflow(workspace: Uuid, at: Time, count: i64, id: Uuid, tx: &mut Tx) -> Result<()> {
    let actor = Actor::many();
    let row = Row {
        workspace,
        id,
        at,
        activity: OVERFLOWN,
        action: "refused:overflow",
        resource: "refused".to_owned(),
        campaign: None,
        list: None,
        affected: Some(count),
        metadata: json!({ "refused_by": "any" }),
        refusal: Some(OVERFLOW),
    };
    row.write(&actor, tx).await
}
