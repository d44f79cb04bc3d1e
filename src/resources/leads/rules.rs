//! The rules of new and changed leads, for one lead at a time and for many.

use super::{ACTIVE, Destination, Given, Lead, store::Known};
use crate::access::{Caller, Can, leads::Create};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::address;
use crate::resources::block_list_entries::{self, Kind, suppressed};
use crate::resources::workspaces;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

/// A lead is skipped if its address is already there.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Skip {
    /// In any campaign or list.
    pub skip_if_in_workspace: bool,
    /// In any campaign.
    pub skip_if_in_campaign: bool,
    /// In any list.
    pub skip_if_in_list: bool,
}

/// Which known addresses are refused: what the call asks for, and what the workspace requires of every call.
#[derive(Clone, Copy, Debug)]
pub struct Duplicates {
    asked: Skip,
    unique: bool,
}

impl Duplicates {
    pub async fn of(asked: Skip, can: &Can<Create>, tx: &mut Tx) -> Result<Duplicates> {
        let unique = workspaces::current(can, tx).await?.unique_leads;
        Ok(Duplicates { asked, unique })
    }

    /// What the call asks for covers only leads that the caller sees. The workspace's own rule covers all leads.
    pub fn skip(self, known: &Known, visible: bool) -> bool {
        let asked = self.asked.skip_if_in_workspace
            || self.asked.skip_if_in_campaign && known.campaign.is_some()
            || self.asked.skip_if_in_list && known.list.is_some();
        self.unique || asked && visible
    }
}

/// Refuses another block list than the only one that a workspace has.
pub fn possible(can: &Caller, blocklist: Option<Uuid>) -> Result<()> {
    match blocklist.filter(|id| *id != block_list_entries::id_of_list(can)) {
        Some(_) => Err(Error::invalid("body/blocklist_id must be a block list in this workspace")),
        None => Ok(()),
    }
}

/// The addresses that new leads cannot have, because the block list has them or their domain.
pub async fn blocked(can: &Caller, tx: &mut Tx, emails: &[String]) -> Result<HashSet<String>> {
    suppressed(can, tx, emails, &[Kind::Blocked]).await
}

/// In a list, a lead needs an address or a name; elsewhere it needs an address.
pub fn is_complete(given: &Given, list: Option<Uuid>) -> bool {
    let named = given.person.first_name.is_some() || given.person.last_name.is_some();
    given.email.is_some() || list.is_some() && named
}

/// The address as it is stored. An empty text counts as no address.
pub fn given_address(email: Option<&String>) -> Option<String> {
    email.map(|email| address(email)).filter(|email| !email.is_empty())
}

/// Bytes of a lead, and names of its variables. A page holds a hundred leads.
const LARGEST: usize = 64 * 1024;
const VARIABLES: usize = 200;

/// Checks the size of a lead as it will be stored.
pub fn bounded(lead: Lead, field: &str) -> Result<Lead> {
    let bytes = serde_json::to_vec(&lead.payload).map_err(Error::internal)?.len();
    match (bytes > LARGEST, lead.custom_variables.len() > VARIABLES) {
        (false, false) => Ok(lead),
        (true, _) => {
            Err(Error::invalid(format!("{field} must have at most 64 KB, custom variables included")))
        }
        (_, true) => {
            Err(Error::invalid(format!("{field}/custom_variables must have at most {VARIABLES} names")))
        }
    }
}

/// The lead as it is stored.
pub fn lead(can: &Can<Create>, given: &Given, destination: &Destination, assigned_to: Option<Uuid>) -> Lead {
    let lead = Lead {
        id: can.new_id(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization: can.workspace(),
        campaign: destination.campaign(),
        list_id: destination.list(),
        status: ACTIVE,
        email: given.email.clone(),
        person: given.person.clone(),
        company_domain: String::new(),
        payload: None,
        lt_interest_status: given.lt_interest_status,
        pl_value_lead: given.pl_value_lead.clone(),
        assigned_to,
        uploaded_by_user: can.user(),
        upload_method: "api".to_owned(),
        is_website_visitor: Some(false),
        engagement: Default::default(),
        custom_variables: given.custom_variables.clone().unwrap_or_default(),
    };
    lead.derived()
}
