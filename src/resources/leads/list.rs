//! Searching leads: a POST that only reads, in the order of ids, or of addresses where each is wanted once.

use super::filter::{Query, named};
use super::{Lead, SHAPE};
use crate::access::{Can, leads::Read};
use crate::db::{Part, sql};
use crate::error::{Error, Result};
use crate::http::{Json, Page, absent_not_null, address, coerced, pattern};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = coerced)]
pub struct Body {
    /// In the names or the address.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    /// `FILTER_VAL_CONTACTED` and the like; reference, section 2.10.
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
    /// How many leads to give, 1 to 100; 10 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before.
    #[schemars(transform = absent_not_null, length(max = 300))]
    starting_after: Option<String>,
    /// Assigned to one of these users.
    #[schemars(transform = absent_not_null, length(max = 100))]
    organization_user_ids: Option<Vec<Uuid>>,
    /// This server has no smart views: none finds anything.
    #[schemars(transform = absent_not_null)]
    smart_view_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    is_website_visitor: Option<bool>,
    /// Each address once: the oldest lead that has it.
    #[schemars(transform = absent_not_null)]
    distinct_contacts: Option<bool>,
    #[schemars(with = "f64", extend("enum" = [1, -1, 11, -2]))]
    #[serde(default)]
    enrichment_status: Option<i64>,
    #[schemars(transform = absent_not_null, extend("enum" = ["0", "1", "2", "3", "4", "all", "none"]))]
    esg_code: Option<String>,
}

pub async fn list(can: Can<Read>, Json(body): Json<Body>) -> Result<Json<Page<Lead, String>>> {
    let filter = body.filter.as_deref().map(named).transpose()?;
    let distinct = body.distinct_contacts == Some(true);
    let items = match distinct {
        true => contacts(&can, &body, filter).await?,
        false => leads(&can, &body, filter).await?,
    };
    let position = |lead: &Lead| match (distinct, &lead.email) {
        (true, Some(email)) => email.clone(),
        (true, None) | (false, _) => lead.id.to_string(),
    };
    Ok(Json(Page::new(items, body.limit(), position)))
}

async fn leads(can: &Can<Read>, body: &Body, filter: Option<&'static str>) -> Result<Vec<Lead>> {
    let wrong = |_| Error::invalid("body/starting_after must be the id of a lead");
    let after = body.starting_after.as_deref().filter(|cursor| !cursor.is_empty());
    let after = after.map(str::parse).transpose().map_err(wrong)?;
    sql("select {columns} from leads l where l.id > $1 and {visible} {filters} order by l.id limit $2")
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(body.limit())
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", |out| body.condition(can, filter, out))
        .all(can.reader())
        .await
}

async fn contacts(can: &Can<Read>, body: &Body, filter: Option<&'static str>) -> Result<Vec<Lead>> {
    sql("select {columns} from leads l join (select o.id, o.workspace_id from (select l.id, l.workspace_id, l.email, \
         row_number() over (partition by l.email order by l.id) as place from leads l \
         where l.email > $1 and {visible} {filters}) as o where o.place = 1 order by o.email limit $2) as d \
         on d.workspace_id = l.workspace_id and d.id = l.id order by l.email")
    .bind(body.starting_after.clone().unwrap_or_default().to_lowercase())
    .bind(body.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| body.condition(can, filter, out))
    .all(can.reader())
    .await
}

impl Body {
    fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    fn condition(&self, can: &Can<Read>, filter: Option<&'static str>, out: &mut Part) {
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
            query.condition(can.now(), out);
        }
    }
}
