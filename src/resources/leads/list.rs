//! Reads leads: a search and one lead. The search is a POST that only reads. Its order is by id, or by address if each
//! address is wanted once.

use super::filter::{Query, condition_of};
use super::{Lead, store};
use crate::access::{Can, leads::Read};
use crate::db::Part;
use crate::error::{Error, Result};
use crate::http::{Page, absent_not_null, address, coerced, pattern};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = coerced)]
pub struct ListLeads {
    /// In the names or the address.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    /// One of the filters of the reference, section 2.10, such as `FILTER_VAL_CONTACTED`.
    #[schemars(transform = absent_not_null, length(max = 100))]
    filter: Option<String>,
    #[schemars(transform = absent_not_null)]
    campaign: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    in_campaign: Option<bool>,
    #[schemars(transform = absent_not_null)]
    in_list: Option<bool>,
    #[schemars(transform = absent_not_null, length(max = 1000))]
    ids: Option<Vec<Uuid>>,
    #[schemars(transform = absent_not_null, length(max = 20))]
    queries: Option<Vec<Query>>,
    #[schemars(transform = absent_not_null, length(max = 1000))]
    excluded_ids: Option<Vec<Uuid>>,
    /// With one of these addresses.
    #[schemars(transform = absent_not_null, length(max = 1000), inner(email))]
    contacts: Option<Vec<String>>,
    /// How many leads to return, 1 to 100. The default is 10.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before.
    #[schemars(transform = absent_not_null, length(max = 300))]
    starting_after: Option<String>,
    /// Assigned to one of these users.
    #[schemars(transform = absent_not_null, length(max = 100))]
    organization_user_ids: Option<Vec<Uuid>>,
    /// This server has no smart views, so any id finds nothing.
    #[schemars(transform = absent_not_null)]
    smart_view_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    is_website_visitor: Option<bool>,
    /// Returns each address once, with its oldest lead.
    #[schemars(transform = absent_not_null)]
    distinct_contacts: Option<bool>,
    #[schemars(with = "f64", extend("enum" = [1, -1, 11, -2]))]
    #[serde(default)]
    enrichment_status: Option<i64>,
    #[schemars(transform = absent_not_null, extend("enum" = ["0", "1", "2", "3", "4", "all", "none"]))]
    esg_code: Option<String>,
}

pub async fn list(can: Can<Read>, wanted: ListLeads) -> Result<Page<Lead, String>> {
    let filter = wanted.filter.as_deref().map(condition_of).transpose()?;
    let distinct = wanted.distinct_contacts == Some(true);
    let items = match distinct {
        true => store::contacts(&can, &wanted, filter).await?,
        false => store::list(&can, &wanted, filter).await?,
    };
    let position = |lead: &Lead| match (distinct, &lead.email) {
        (true, Some(email)) => email.clone(),
        (true, None) | (false, _) => lead.id.to_string(),
    };
    Ok(Page::new(items, wanted.limit(), position))
}

pub async fn show(can: Can<Read>, id: Uuid) -> Result<Lead> {
    can.find(can.reader(), id).await
}

impl ListLeads {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    /// The id after which the page begins.
    pub fn after(&self) -> Result<Uuid> {
        let wrong = |_| Error::invalid("body/starting_after must be the id of a lead");
        let after = self.starting_after.as_deref().filter(|cursor| !cursor.is_empty());
        after.map(str::parse).transpose().map_err(wrong).map(|after| after.unwrap_or(Uuid::nil()))
    }

    /// The address after which the page of distinct contacts begins.
    pub fn after_contact(&self) -> String {
        self.starting_after.clone().unwrap_or_default().to_lowercase()
    }

    /// Conditions on `leads l`.
    pub fn condition(&self, now: Time, filter: Option<&'static str>, out: &mut Part) {
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
        if let Some(ids) = self.excluded_ids.as_ref().filter(|ids| !ids.is_empty()) {
            out.push(" and l.id not in (").list(ids).push(")");
        }
        let contacts: Option<Vec<_>> =
            self.contacts.as_ref().map(|all| all.iter().map(|email| address(email)).collect());
        out.given_list(contacts.as_deref(), " and l.email in (", ")");
        out.given_list(self.organization_user_ids.as_deref(), " and l.assigned_to in (", ")");
        out.given(self.is_website_visitor, " and l.is_website_visitor = ", "");
        out.given(self.enrichment_status, " and l.enrichment_status = ", "");
        if self.smart_view_id.is_some() {
            out.push(" and false");
        }
        match self.esg_code.as_deref() {
            Some("all") => out.push(" and l.esg_code is not null"),
            Some("none") => out.push(" and l.esg_code is null"),
            Some(code) => out.push(" and l.esg_code = ").bind(code.parse::<i64>().unwrap_or(-1)),
            None => out,
        };
        if let Some(condition) = filter {
            out.push(" and ").push(condition);
        }
        for query in self.queries.iter().flatten() {
            query.condition(now, out);
        }
    }
}
