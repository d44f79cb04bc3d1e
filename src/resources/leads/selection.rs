//! Which leads a search, a move or an assignment is about. They share these filters, as conditions on `leads l`.

use super::filter::{Query, condition_of};
use crate::db::Part;
use crate::error::{Error, Result};
use crate::http::{absent_not_null, address, pattern};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Selection {
    /// In the names or the address.
    #[schemars(transform = absent_not_null, length(max = 200))]
    pub search: Option<String>,
    #[schemars(transform = absent_not_null)]
    pub campaign: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    pub list_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    pub in_campaign: Option<bool>,
    #[schemars(transform = absent_not_null)]
    pub in_list: Option<bool>,
    #[schemars(transform = absent_not_null, length(max = 1000))]
    pub ids: Option<Vec<Uuid>>,
    #[schemars(transform = absent_not_null, length(max = 20))]
    pub queries: Option<Vec<Query>>,
}

impl Selection {
    /// All that match, or only the named ones: without a list of ids, none.
    pub fn of(self, all: bool) -> Selection {
        Selection { ids: (!all).then(|| self.ids.unwrap_or_default()), ..self }
    }
}

/// Filters that assignments do not have.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Narrowing {
    /// One of the filters of the reference, section 2.10, such as `FILTER_VAL_CONTACTED`.
    #[schemars(transform = absent_not_null, length(max = 100))]
    pub filter: Option<String>,
    #[schemars(transform = absent_not_null, length(max = 1000))]
    pub excluded_ids: Option<Vec<Uuid>>,
    /// With one of these addresses.
    #[schemars(transform = absent_not_null, length(max = 1000), inner(email))]
    pub contacts: Option<Vec<String>>,
    #[schemars(transform = absent_not_null, extend("enum" = ["0", "1", "2", "3", "4", "all", "none"]))]
    pub esg_code: Option<String>,
}

/// The id of a lead, for a cursor and for an order. Without statistics SQLite goes through all leads in the order of their
/// ids even if a filter names a few of them. So if a filter names leads, this expression hides that index from SQLite.
pub fn position(names_leads: bool) -> &'static str {
    if names_leads { "coalesce(l.id, l.id)" } else { "l.id" }
}

impl Selection {
    pub fn condition(&self, now: Time, out: &mut Part) {
        let search = self.search.as_ref().map(|text| pattern(text));
        out.given(search, " and l.search like ", " escape '\\'");
        out.given(self.campaign, " and l.campaign_id = ", "");
        out.given(self.list_id, " and l.list_id = ", "");
        let held = |is: Option<bool>, column: &str, out: &mut Part| {
            let Some(is) = is else { return };
            out.push(" and ").push(column).push(if is { " is not null" } else { " is null" });
        };
        held(self.in_campaign, "l.campaign_id", out);
        held(self.in_list, "l.list_id", out);
        out.given_list(self.ids.as_deref(), " and l.id in (", ")");
        for query in self.queries.iter().flatten() {
            query.condition(now, out);
        }
    }
}

impl Narrowing {
    /// Whether the filters name leads by their ids or addresses.
    pub fn names_leads(&self, selection: &Selection) -> bool {
        self.contacts.is_some() || selection.ids.is_some()
    }

    /// Refuses a filter that the reference does not have.
    pub fn check(&self) -> Result<()> {
        match self.filter.as_deref().map(condition_of) {
            Some(None) => Err(Error::invalid(
                "body/filter must be one of the filters FILTER_VAL_... and FILTER_LEAD_...",
            )),
            Some(Some(_)) | None => Ok(()),
        }
    }

    pub fn condition(&self, out: &mut Part) {
        filtered(self.filter.as_deref(), out);
        if let Some(ids) = self.excluded_ids.as_ref().filter(|ids| !ids.is_empty()) {
            out.push(" and l.id not in (").list(ids).push(")");
        }
        let contacts: Option<Vec<_>> =
            self.contacts.as_ref().map(|all| all.iter().map(|email| address(email)).collect());
        out.given_list(contacts.as_deref(), " and l.email in (", ")");
        match self.esg_code.as_deref() {
            Some("all") => out.push(" and l.esg_code is not null"),
            Some("none") => out.push(" and l.esg_code is null"),
            Some(code) => out.push(" and l.esg_code = ").bind(code.parse::<i64>().unwrap_or(-1)),
            None => out,
        };
    }
}

/// An unknown filter selects nothing, so that it never selects more than was meant.
pub fn filtered(filter: Option<&str>, out: &mut Part) {
    if let Some(name) = filter {
        out.push(" and ").push(condition_of(name).unwrap_or("false"));
    }
}
