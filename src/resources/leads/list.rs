//! Reads leads: a search and one lead. The search is a POST that only reads. Its order is by id, or by address if each
//! address is wanted once.

use super::selection::{Narrowing, Selection, position};
use super::{Lead, store};
use crate::access::{Can, Permission, leads::Read};
use crate::db::Part;
use crate::error::{Error, Result};
use crate::http::{Page, absent_not_null, coerced};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = coerced)]
pub struct ListLeads {
    #[serde(flatten)]
    selection: Selection,
    #[serde(flatten)]
    narrowing: Narrowing,
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
    /// With this `lt_interest_status`: a number of the reference, or that of a label of the workspace.
    #[schemars(transform = absent_not_null, extend("x-gatepost-extension" = true))]
    interest_status: Option<i64>,
}

pub async fn list(can: Can<Read>, wanted: ListLeads) -> Result<Page<Lead, String>> {
    wanted.narrowing.check()?;
    let distinct = wanted.distinct_contacts == Some(true);
    let items = match distinct {
        true => store::contacts(&can, &wanted).await?,
        false => store::list(&can, &wanted).await?,
    };
    let position = |lead: &Lead| match (distinct, &lead.email) {
        (true, Some(email)) => email.clone(),
        (true, None) | (false, _) => lead.id.to_string(),
    };
    Ok(Page::new(items, wanted.limit(), position))
}

/// Whether the caller sees a lead.
pub async fn is_any(can: &Can<Read>) -> Result<bool> {
    Ok(!found(can, &ListLeads::of(Selection::default(), None, 1)).await?.is_empty())
}

pub async fn show(can: Can<Read>, id: Uuid) -> Result<Lead> {
    look(&can, id).await
}

/// The same for a page, which needs its proof again.
pub async fn look<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Lead> {
    can.find(can.reader(), id).await
}

/// The leads of a page.
pub async fn found(can: &Can<Read>, wanted: &ListLeads) -> Result<Vec<Lead>> {
    wanted.narrowing.check()?;
    store::list(can, wanted).await
}

impl ListLeads {
    /// The first leads of a campaign.
    pub fn of_campaign(campaign: Uuid, limit: i64) -> ListLeads {
        let selection = Selection { campaign: Some(campaign), ..Selection::default() };
        ListLeads::of(selection, None, limit)
    }

    pub fn of(selection: Selection, filter: Option<String>, limit: i64) -> ListLeads {
        ListLeads {
            selection,
            narrowing: Narrowing { filter, ..Narrowing::default() },
            limit: Some(limit),
            starting_after: None,
            organization_user_ids: None,
            smart_view_id: None,
            is_website_visitor: None,
            distinct_contacts: None,
            enrichment_status: None,
            interest_status: None,
        }
    }

    /// Only those that this user has.
    pub fn assigned_to(self, user: Option<Uuid>) -> ListLeads {
        ListLeads { organization_user_ids: user.map(|user| vec![user]), ..self }
    }

    /// The page after this lead.
    pub fn starting_after(self, lead: Option<Uuid>) -> ListLeads {
        ListLeads { starting_after: lead.map(|lead| lead.to_string()), ..self }
    }

    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    /// The id after which the page begins.
    pub fn after(&self) -> Result<Uuid> {
        let wrong = |_| Error::invalid("body/starting_after must be the id of a lead");
        let after = self.starting_after.as_deref().filter(|cursor| !cursor.is_empty());
        after.map(str::parse).transpose().map_err(wrong).map(|after| after.unwrap_or(Uuid::nil()))
    }

    /// The order of the page.
    pub fn position(&self) -> &'static str {
        position(self.narrowing.names_leads(&self.selection))
    }

    /// The address after which the page of distinct contacts begins.
    pub fn after_contact(&self) -> String {
        self.starting_after.clone().unwrap_or_default().to_lowercase()
    }

    /// Conditions on `leads l`.
    pub fn condition(&self, now: Time, out: &mut Part) {
        self.selection.condition(now, out);
        self.narrowing.condition(out);
        out.given_list(self.organization_user_ids.as_deref(), " and l.assigned_to in (", ")");
        out.given(self.is_website_visitor, " and l.is_website_visitor = ", "");
        out.given(self.enrichment_status, " and l.enrichment_status = ", "");
        out.given(self.interest_status, " and l.lt_interest_status = ", "");
        if self.smart_view_id.is_some() {
            out.push(" and false");
        }
    }
}
