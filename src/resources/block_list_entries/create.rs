//! Blocks one value, or many. What is blocked already stays as it is.

use super::value::Blocked;
use super::{BlockListEntry, New, NewMany, macs, store};
use crate::access::{Caller, Can, block_list_entries::Create};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// The entries that block the values of a call.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Created {
    /// Each entry once, also if it was there before.
    pub items: Vec<BlockListEntry>,
    #[schemars(with = "f64")]
    pub valid_count: usize,
    /// Values that are neither an address nor a domain.
    #[schemars(with = "f64")]
    pub invalid_count: usize,
}

pub async fn create(can: Can<Create>, new: New) -> Result<BlockListEntry> {
    let blocked = valid(&new.bl_value)?;
    can.write(async move |can, tx| {
        let before = store::of_macs(can, tx, &[macs(can)?.of(&blocked.value)]).await?.pop();
        let entry = match before.clone() {
            Some(entry) => entry,
            None => {
                let all = block(can, tx, vec![blocked.clone()]).await?;
                all.into_iter().next().ok_or_else(|| Error::internal("an entry that was not made"))?
            }
        };
        let subject = entry.subject();
        Ok(match &before {
            Some(before) => Change::updated(subject, before, entry),
            None => Change::created(subject, entry),
        })
    })
    .await
}

pub async fn create_many(can: Can<Create>, new: NewMany) -> Result<Created> {
    let given = new.bl_values.len();
    let valid: Vec<Blocked> = new.bl_values.iter().filter_map(|text| Blocked::of(text)).collect();
    can.write(async move |can, tx| {
        let items = block(can, tx, valid.clone()).await?;
        let answer = Created { items, valid_count: valid.len(), invalid_count: given - valid.len() };
        let facts = json!({ "valid_count": answer.valid_count, "invalid_count": answer.invalid_count });
        let affected = answer.items.len();
        let subject = Subject::new("workspace", can.workspace());
        Ok(Change::new(subject, (), facts, answer).affecting(affected))
    })
    .await
}

pub fn valid(text: &str) -> Result<Blocked> {
    let wrong = "body/bl_value must be an e-mail address or a domain, such as example.com";
    Blocked::of(text).ok_or_else(|| Error::invalid(wrong))
}

/// The entries for these values, in their order. Those that are missing are made.
async fn block(can: &Caller, tx: &mut Tx, all: Vec<Blocked>) -> Result<Vec<BlockListEntry>> {
    let key = macs(can)?;
    let mut named = HashSet::new();
    let wanted: Vec<(String, Blocked)> =
        all.into_iter().map(|blocked| (key.of(&blocked.value), blocked)).collect();
    let wanted: Vec<_> = wanted.into_iter().filter(|(mac, _)| named.insert(mac.clone())).collect();
    let all: Vec<String> = wanted.iter().map(|(mac, _)| mac.clone()).collect();
    let there = store::of_macs(can, tx, &all).await?;
    let there: HashMap<String, BlockListEntry> =
        there.into_iter().map(|entry| (entry.mac.clone(), entry)).collect();
    let (mut entries, mut new) = (Vec::new(), Vec::new());
    for (mac, blocked) in wanted {
        entries.push(match there.get(&mac) {
            Some(entry) => entry.clone(),
            None => {
                let entry = BlockListEntry::new(can, blocked, mac);
                new.push(entry.clone());
                entry
            }
        });
    }
    let made: Vec<String> = new.iter().map(|entry| entry.mac.clone()).collect();
    store::forget_erased(can, tx, &made).await?;
    can.insert_all(tx, &new).await?;
    Ok(entries)
}
