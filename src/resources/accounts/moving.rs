//! Moving accounts between the workspaces of a group: a job, by the right of who asked, in both workspaces and at every
//! step. An account moves whole or not at all; who had it, its tags and its campaigns stay behind.

use super::{address, moving_store as store};
use crate::access::{
    Caller, Can, Permission, Step as Refused,
    accounts::{Move, Preview},
    campaigns,
};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::db::Source;
use crate::error::{Error, Result};
use crate::http::Json;
use crate::jobs::{self, Claim, Kind, New, Outcome, Progress};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Accounts of one step.
const STEP: usize = 25;

/// Both workspaces have the same admin workspace, or one of them is it: the caller's own.
#[derive(Deserialize, JsonSchema)]
pub struct Body {
    #[schemars(length(min = 1, max = 1000), inner(length(min = 1, max = 254), email))]
    emails: Vec<String>,
    source_workspace_id: Uuid,
    destination_workspace_id: Uuid,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Moving {
    #[schemars(default, extend("enum" = ["success"]))]
    status: &'static str,
    /// Which does it, and says what became of each account: `GET /api/v2/background-jobs/{id}`.
    #[schemars(extend("x-gatepost-extension" = true))]
    background_job_id: String,
}

/// What moving would do.
#[derive(Serialize, JsonSchema)]
pub struct Plan {
    items: Vec<Planned>,
}

#[derive(Serialize, JsonSchema)]
pub struct Planned {
    email: String,
    moves: bool,
    /// Why it would not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Campaigns that would lose it, 10,000 in all at most; null where the caller may not see campaigns there.
    campaigns: Option<Vec<Loss>>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Loss {
    pub id: Uuid,
    pub name: String,
    /// It would have no sender left.
    pub left_without_sender: bool,
}

/// What the job keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    source_workspace_id: Uuid,
    destination_workspace_id: Uuid,
    /// In order, each once.
    emails: Vec<String>,
    moved: usize,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    failed_emails: Vec<Failed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Failed {
    email: String,
    reason: String,
}

impl Data {
    fn of(body: Body) -> Result<Data> {
        if body.source_workspace_id == body.destination_workspace_id {
            return Err(Error::invalid(
                "body/destination_workspace_id must be another workspace than the source",
            ));
        }
        let emails: BTreeSet<String> = body.emails.iter().map(|email| address(email)).collect();
        if emails.contains("") {
            return Err(Error::invalid("body/emails must be addresses"));
        }
        Ok(Data {
            source_workspace_id: body.source_workspace_id,
            destination_workspace_id: body.destination_workspace_id,
            emails: emails.into_iter().collect(),
            moved: 0,
            failed_emails: vec![],
        })
    }
}

/// The caller in the two workspaces.
struct Sides {
    source: Caller,
    destination: Caller,
}

impl Sides {
    /// Or why not.
    async fn of<P: Permission>(
        can: &Can<P>,
        data: &Data,
        from: impl Into<Source<'_>>,
    ) -> Result<Result<Sides, String>> {
        let mut from = from.into();
        let unknown = |field: &str| {
            format!(
                "{field} must be this workspace, or a sub workspace of it that leaves you to move accounts"
            )
        };
        let source = can.in_group::<P>(data.source_workspace_id, from.again()).await?;
        let destination = can.in_group::<P>(data.destination_workspace_id, from).await?;
        Ok(match (source, destination) {
            (Some(source), Some(destination)) => Ok(Sides { source, destination }),
            (None, _) => Err(unknown("source_workspace_id")),
            (Some(_), None) => Err(unknown("destination_workspace_id")),
        })
    }
}

fn in_body(why: String) -> Error {
    Error::invalid(format!("body/{why}"))
}

pub async fn start(can: Can<Move>, Json(body): Json<Body>) -> Result<Json<Moving>> {
    let data = Data::of(body)?;
    let started = can.write(async move |can, tx| {
        Sides::of(can, &data, &mut *tx).await?.map_err(in_body)?;
        let new = New::asked(can, Kind::MoveAccounts, json!(data));
        let id = jobs::enqueue(can, tx, new).await?;
        let facts = json!({ "job": id, "from": data.source_workspace_id, "to": data.destination_workspace_id,
            "accounts": data.emails.len() });
        let out = json!({ "job": id, "moving_out": data.emails.len() });
        let into = json!({ "job": id, "moving_in": data.emails.len() });
        let answer = Moving { status: "success", background_job_id: id };
        let change = Change::new(Subject::new("workspace", can.workspace()), (), facts, answer).affecting(0);
        Ok(change.also_in_as(data.source_workspace_id, out).also_in_as(data.destination_workspace_id, into))
    });
    started.await.map(Json)
}

/// The next few, in the order of their addresses.
pub async fn step(app: &App, claim: &Claim) -> Result<Outcome> {
    let Some(asker) = &claim.asker else {
        return Ok(Outcome::Failed("nobody asked for it".to_owned()));
    };
    let can = Can::<Move>::job(app, asker).await?;
    let claim = claim.clone();
    let stepped = can.write(async move |can, tx| {
        let mut data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
        let gone = |why| Error::refused(Refused::Delegation, why);
        let sides = Sides::of(can, &data, &mut *tx).await?.map_err(gone)?;
        let after = claim.position.clone().unwrap_or_default();
        let next: Vec<String> =
            data.emails.iter().filter(|email| **email > after).take(STEP).cloned().collect();
        let mut moved = Vec::new();
        for email in &next {
            match store::move_one(&sides.source, &sides.destination, tx, email).await? {
                Ok(()) => moved.push(email.clone()),
                Err(reason) => {
                    data.failed_emails.push(Failed { email: email.clone(), reason: reason.to_owned() });
                }
            }
        }
        data.moved += moved.len();
        let seen = data.moved + data.failed_emails.len();
        let done = next.len() < STEP;
        let percent = if done { 100 } else { (seen * 100 / data.emails.len().max(1)).min(99) as i64 };
        let position = next.last().cloned().or(claim.position.clone());
        let progress = Progress { position, percent, data: json!(data), done };
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let facts = json!({ "job": claim.id, "from": data.source_workspace_id,
            "to": data.destination_workspace_id, "accounts": moved });
        let subject = Subject::new("workspace", can.workspace());
        let change = Change::new(subject, (), facts, Outcome::Moved(progress)).affecting(moved.len());
        // Each of the two hears what left it or came, and not from where or to where.
        let out = json!({ "job": claim.id, "moved_out": moved });
        let into = json!({ "job": claim.id, "moved_in": moved });
        Ok(change.also_in_as(data.source_workspace_id, out).also_in_as(data.destination_workspace_id, into))
    });
    stepped.await
}

pub async fn plan(can: Can<Preview>, Json(body): Json<Body>) -> Result<Json<Plan>> {
    let data = Data::of(body)?;
    let sides = Sides::of(&can, &data, can.reader()).await?.map_err(in_body)?;
    let there = store::there(&sides.source, can.reader(), &data.emails).await?;
    let taken = store::there(&sides.destination, can.reader(), &data.emails).await?;
    let losses = match sides.source.may(campaigns::Read::ACTION) {
        true => {
            let ids: Vec<Uuid> = there.iter().map(|(id, _)| *id).collect();
            Some(store::losses(&sides.source, &ids).await?)
        }
        false => None,
    };
    let there: HashMap<String, Uuid> = there.into_iter().map(|(id, email)| (email, id)).collect();
    let taken: BTreeSet<String> = taken.into_iter().map(|(_, email)| email).collect();
    let losses = losses.map(|losses| {
        let mut of = HashMap::<Uuid, Vec<Loss>>::new();
        losses.iter().for_each(|lost| of.entry(lost.account).or_default().push(lost.loss()));
        of
    });
    let planned = |email: String| {
        let account = there.get(&email);
        let reason = match (account, taken.contains(&email)) {
            (None, _) => Some(store::NOT_THERE),
            (Some(_), true) => Some(store::TAKEN),
            (Some(_), false) => None,
        };
        let of = |losses: &HashMap<Uuid, Vec<Loss>>| {
            account.and_then(|account| losses.get(account)).cloned().unwrap_or_default()
        };
        Planned { email, moves: reason.is_none(), reason, campaigns: losses.as_ref().map(of) }
    };
    Ok(Json(Plan { items: data.emails.into_iter().map(planned).collect() }))
}
