//! Says what a move would do, without moving anything.

use super::{Data, MoveAccounts, Sides, in_body, store};
use crate::access::{Can, Permission, accounts::Preview, campaigns};
use crate::error::Result;
use crate::resources::accounts;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What a move would do.
#[derive(Serialize, JsonSchema)]
pub struct Plan {
    pub items: Vec<Planned>,
}

#[derive(Serialize, JsonSchema)]
pub struct Planned {
    pub email: String,
    pub moves: bool,
    /// Why the account would not move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Campaigns that would lose the account, at most 10,000 in the whole answer; null if the caller cannot see campaigns
    /// there.
    pub campaigns: Option<Vec<Loss>>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Loss {
    pub id: Uuid,
    pub name: String,
    /// Whether the campaign would have no sender left.
    pub left_without_sender: bool,
}

pub async fn dry_run(can: Can<Preview>, wanted: MoveAccounts) -> Result<Plan> {
    let data = Data::new(wanted)?;
    let sides = Sides::of(&can, &data, can.reader()).await?.map_err(in_body)?;
    let present = accounts::among(&sides.source, can.reader(), &data.emails).await?;
    let taken = accounts::among(&sides.destination, can.reader(), &data.emails).await?;
    let losses = match sides.source.may(campaigns::Read::ACTION) {
        true => {
            let ids: Vec<Uuid> = present.iter().map(|(id, _)| *id).collect();
            Some(store::losses(&sides.source, &ids).await?)
        }
        false => None,
    };
    let present: HashMap<String, Uuid> = present.into_iter().map(|(id, email)| (email, id)).collect();
    let taken: BTreeSet<String> = taken.into_iter().map(|(_, email)| email).collect();
    let losses = losses.map(|losses| {
        let mut of = HashMap::<Uuid, Vec<Loss>>::new();
        losses.iter().for_each(|lost| of.entry(lost.account).or_default().push(lost.loss()));
        of
    });
    let planned = |email: String| {
        let account = present.get(&email);
        let reason = match (account, taken.contains(&email)) {
            (None, _) => Some(accounts::NOT_THERE),
            (Some(_), true) => Some(accounts::TAKEN),
            (Some(_), false) => None,
        };
        let of = |losses: &HashMap<Uuid, Vec<Loss>>| {
            account.and_then(|account| losses.get(account)).cloned().unwrap_or_default()
        };
        Planned { email, moves: reason.is_none(), reason, campaigns: losses.as_ref().map(of) }
    };
    Ok(Plan { items: data.emails.into_iter().map(planned).collect() })
}
