//! Applies a file in one transaction: the plan is made again inside it, and each part asks for its own permission and has
//! its own audit row.

use super::parts::{Part, What};
use super::plan::{AccessText, Allowing, Planned, planned};
use super::report::{Applied, Change as Told, Outcome};
use super::steps::Steps;
use super::summary::summary;
use super::{Application, store};
use crate::access::{Can, access::Apply};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::resources::workspace_members::Link;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Changes of an application that are kept with it.
const KEPT: usize = 500;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Applying {
    /// The state that the plan was made for, or at least its first 8 characters. Another state is a 409.
    #[schemars(length(min = 8, max = 64))]
    pub expect: Option<String>,
    /// Why the access changes. It is in each audit row. The file can say it instead.
    #[schemars(length(min = 1, max = 1000))]
    pub because: Option<String>,
    /// What the plan counts as a surprise, and exactly how often: `raise-role=1,lower-role=2`.
    #[schemars(length(max = 400))]
    pub allow: Option<String>,
    /// How many members besides the owner must be able to apply files afterwards. The default is 1.
    #[schemars(transform = absent_not_null, range(min = 0, max = 1000))]
    pub least_admins: Option<i64>,
}

pub async fn apply(can: Can<Apply>, source: AccessText, applying: Applying) -> Result<Applied> {
    let allowing = Allowing { allow: applying.allow.clone(), least_admins: applying.least_admins };
    let before = planned(&can, can.reader(), &source, &allowing).await?;
    before.check(applying.expect.as_deref())?;
    if before.parts.is_empty() {
        return Ok(before.nothing());
    }
    let because = applying.because.clone().or_else(|| source.file.because.clone());
    let because = because.ok_or_else(|| {
        Error::invalid("querystring/because must say why the access changes, or the file must have `because`")
    })?;
    let invitations = before.parts.iter().filter(|part| matches!(part.what, What::Invite(_))).count();
    // Randomness comes before the transaction.
    let links = (0..invitations).map(|_| Link::new(&can)).collect::<Result<Vec<_>>>()?;
    let shared = Arc::new((source, allowing, applying.expect, because, links));
    can.write(async move |can, tx| {
        let (source, allowing, expect, because, links) = &*shared;
        let planned = planned(can, &mut *tx, source, allowing).await?;
        planned.check(expect.as_deref())?;
        applied(can, tx, (&planned, source, because.as_str()), links).await
    })
    .await
}

impl Planned {
    /// Refuses another state than the expected one, and what a rail or a test refuses.
    fn check(&self, expect: Option<&str>) -> Result<()> {
        if let Some(expect) = expect
            && !self.digest.starts_with(expect)
        {
            let now = &self.digest;
            return Err(Error::Conflict(format!(
                "the access has changed since the plan: its state is {now} now. Plan again"
            )));
        }
        match self.outcome() {
            Outcome::Same | Outcome::Differs => Ok(()),
            Outcome::Refused => {
                let broken = self.judged.verdicts.iter().filter(|verdict| !verdict.holds);
                let why: Vec<_> =
                    broken.map(|verdict| format!("{}: {}", verdict.rail, verdict.why)).collect();
                Err(Error::Conflict(format!("the rails refuse this file. {}", why.join("; "))))
            }
            Outcome::Failed => {
                let failed = self.tests.iter().filter(|tested| !tested.holds);
                let why: Vec<_> = failed
                    .take(5)
                    .map(|tested| format!("line {}, {}: {}", tested.line, tested.name, tested.why))
                    .collect();
                Err(Error::Conflict(format!("tests in the file fail. {}", why.join("; "))))
            }
        }
    }

    fn nothing(self) -> Applied {
        Applied {
            applied: false,
            application_id: None,
            state_before: self.digest.clone(),
            state_after: self.digest,
            because: None,
            changes: vec![],
            notes: self.wanted.notes,
            summary: "Nothing to change: the workspace is as the file says.\n".to_owned(),
            invitation_urls: BTreeMap::new(),
        }
    }

    fn changes(&self) -> Vec<Told> {
        self.parts.iter().map(|part| part.change(&self.state.model, &self.wanted.model)).collect()
    }
}

async fn applied(
    can: &Can<Apply>,
    tx: &mut Tx,
    (planned, source, because): (&Planned, &AccessText, &str),
    links: &[Link],
) -> Result<Change<Applied>> {
    let id = can.new_id();
    let mut notes = Map::new();
    notes.insert("apply".to_owned(), json!(id));
    notes.insert("because".to_owned(), json!(because));
    let tags = planned.state.ids.tags.iter().map(|(label, id)| (label.clone(), *id)).collect();
    let mut steps = Steps { can, planned, source, notes: notes.clone(), tags, urls: BTreeMap::new() };
    let mut links = links.iter();
    for part in &planned.parts {
        steps.take(tx, part, &mut links).await.map_err(|error| at(part, error))?;
    }
    let changes = planned.changes();
    let file_sha256 = crate::auth::hash(&source.text);
    let counts = json!({
        "parts": changes.len(), "file_sha256": file_sha256,
        "state_before": planned.digest, "state_after": planned.digest_after,
    });
    let application = Application {
        id,
        workspace_id: can.workspace(),
        timestamp_created: can.now(),
        user: can.label(),
        because: because.to_owned(),
        file_sha256,
        state_before: planned.digest.clone(),
        state_after: planned.digest_after.clone(),
        parts: changes.len() as i64,
        changes: json!(changes.iter().take(KEPT).collect::<Vec<_>>()),
    };
    store::keep(can, tx, &application).await?;
    let applied = Applied {
        applied: true,
        application_id: Some(id),
        state_before: planned.digest.clone(),
        state_after: planned.digest_after.clone(),
        because: Some(because.to_owned()),
        summary: summary(&planned.state.workspace.name, because, &changes),
        changes,
        notes: planned.wanted.notes.clone(),
        invitation_urls: steps.urls,
    };
    Ok(Change::new(Subject::new("access", can.workspace()), (), counts, applied).noting(notes))
}

/// Adds the line of the file to what refused a part.
fn at(part: &Part, error: Error) -> Error {
    let (what, name) = part.what.named();
    let line = part.line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let told = |message: String| format!("{line}{what} {name}: {message}");
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other errors do not say what is wrong with the part"
    )]
    match error {
        Error::Invalid(message) => Error::Invalid(told(message)),
        Error::Conflict(message) => Error::Conflict(told(message)),
        Error::Refused { step, message, hidden: false } => {
            Error::refused(step, format!("{message} ({line}{what} {name})"))
        }
        other => other,
    }
}
