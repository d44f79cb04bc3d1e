//! Who gains and who loses what: permissions from the models, and records by counting with both predicates.

use super::model::{Account, Member, Model};
use super::report::{Affected, Counted, Impact, Lost};
use super::state::{Sender, State};
use crate::access::{
    ACTIONS, Action, Caller, EffectiveRole, Permission, Pred, Reach, Shape, Who, api_keys as keys, campaigns,
    lead_lists, leads,
};
use crate::error::Result;
use crate::resources::{api_keys, shapes};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Members whose permissions are listed.
const LISTED: usize = 50;
/// Members whose records are counted. A count reads up to 10,000 records.
const COUNTED: usize = 20;
/// Keys that are named.
const KEYS: usize = 100;

/// Who is affected, without counts of records. This is a function of plain values.
pub fn affected(before: &Model, after: &Model) -> Vec<Affected> {
    let nothing = || EffectiveRole::custom(crate::access::Role::View, Default::default());
    let emails = before
        .members
        .keys()
        .chain(after.members.keys().filter(|email| !before.members.contains_key(*email)));
    let mut all = vec![];
    for email in emails {
        let role =
            |model: &Model| model.members.get(email).map_or_else(nothing, |member| model.role_of(member));
        let (was, is) = (role(before), role(after));
        if was == is
            && before.members.get(email).map(|one| &one.tags) == after.members.get(email).map(|one| &one.tags)
        {
            continue;
        }
        let further = |one: &EffectiveRole, other: &EffectiveRole| -> Vec<&'static str> {
            let rows = ACTIONS
                .iter()
                .filter(|row| !row.is_for_everyone() && !one.reach(row).covers(other.reach(row)));
            rows.map(|row| row.name).collect()
        };
        let (gains, loses) = (further(&was, &is), further(&is, &was));
        let limits = |model: &Model| model.members.get(email).and_then(|member| member.tags.clone());
        if !gains.is_empty() || !loses.is_empty() || limits(before) != limits(after) {
            all.push(Affected { email: email.clone(), gains, loses, records: vec![] });
        }
    }
    all
}

/// The campaigns that lose sending accounts.
pub fn lost(before: &Model, after: &Model, senders: &[Sender]) -> Vec<Lost> {
    let mut campaigns: BTreeMap<Uuid, (Lost, usize)> = BTreeMap::new();
    for sender in senders {
        let usable = |model: &Model| {
            let can = |account: &Account| model.can_send(sender.owner.as_deref(), account);
            model.accounts.get(&sender.account).is_some_and(can)
        };
        let begin = || {
            let lost = Lost {
                campaign_id: sender.campaign,
                name: sender.campaign_name.clone(),
                accounts: vec![],
                last: false,
            };
            (lost, 0)
        };
        let (lost, left) = campaigns.entry(sender.campaign).or_insert_with(begin);
        match (usable(before), usable(after)) {
            (true, false) => lost.accounts.push(sender.account.clone()),
            (_, true) => *left += 1,
            (false, false) => (),
        }
    }
    let lost = campaigns.into_values().map(|(lost, left)| Lost { last: left == 0, ..lost });
    lost.filter(|lost| !lost.accounts.is_empty()).collect()
}

/// The whole impact. Counting is left out if nobody is affected.
pub async fn impact(can: &Caller, state: &State, after: &Model) -> Result<Impact> {
    let mut members = affected(&state.model, after);
    let gain = members.iter().filter(|one| !one.gains.is_empty()).count();
    let lose = members.iter().filter(|one| !one.loses.is_empty()).count();
    let mut keys_left = vec![];
    if can.may(keys::Read::ACTION) {
        for one in members.iter().filter(|one| !one.loses.is_empty()).take(LISTED) {
            let Some((member, _)) = state.ids.members.get(&one.email) else { continue };
            let made = api_keys::keys_made(can, can.reader(), *member).await?;
            keys_left.extend(made.into_iter().map(|key| key.name));
        }
    }
    keys_left.truncate(KEYS);
    members.truncate(LISTED);
    for one in members.iter_mut().take(COUNTED) {
        one.records = records(can, state, after, &one.email).await?;
    }
    let campaigns = match can.may(campaigns::Read::ACTION) {
        true => lost(&state.model, after, &state.senders),
        false => vec![],
    };
    Ok(Impact { gain, lose, members, keys_left, campaigns })
}

/// The records that a member sees before and after, for the resources that people ask about.
async fn records(can: &Caller, state: &State, after: &Model, email: &str) -> Result<Vec<Counted>> {
    let Some((member, user)) = state.ids.members.get(email) else { return Ok(vec![]) };
    let who = Who { user: Some(*user), member: Some(*member) };
    let rows: [&'static Action; 6] = [
        campaigns::Read::ACTION,
        campaigns::Export::ACTION,
        leads::Read::ACTION,
        leads::Delete::ACTION,
        leads::Export::ACTION,
        lead_lists::Read::ACTION,
    ];
    let mut all = vec![];
    for row in rows.into_iter().filter(|row| can.may((row.see)())) {
        let Some(shape) = shapes(row).first().copied() else { continue };
        let reach = |model: &Model| reach(model, email, row);
        let (was, is) = (reach(&state.model), reach(after));
        if was == is {
            continue;
        }
        let before = count(can, state, shape, who, was).await?;
        let after = count(can, state, shape, who, is).await?;
        if before != after {
            all.push(Counted { permission: row.name, before, after });
        }
    }
    Ok(all)
}

/// How far a row reaches, and within which tags.
type Reached = (Reach, Option<BTreeSet<String>>);

fn reach(model: &Model, email: &str, row: &Action) -> Reached {
    let of = |member: &Member| (model.role_of(member).reach(row), model.limit_of(member));
    model.members.get(email).map_or((Reach::None, None), of)
}

async fn count(
    can: &Caller,
    state: &State,
    shape: &'static Shape,
    who: Who,
    (reach, limit): Reached,
) -> Result<i64> {
    if reach == Reach::None {
        return Ok(0);
    }
    let limits: Vec<Vec<Uuid>> =
        limit.iter().map(|tags| tags.iter().map(|label| state.ids.tag(label)).collect()).collect();
    api_keys::count(can, shape, Pred::new(can.workspace(), reach, who, &limits)).await
}
