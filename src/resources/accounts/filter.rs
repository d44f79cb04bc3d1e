//! Selects accounts for lists, for warm-up jobs and for tags that are put on many accounts at once.

use crate::access::{Caller, custom_tags};
use crate::db::Part;
use crate::http::pattern;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the wire's names")]
pub enum StatusFilter {
    ACC_FILTER_PAUSED,
    ACC_FILTER_ERROR,
    ACC_FILTER_NO_CTD,
    ACC_FILTER_PW_ACCOUNTS,
    ACC_FILTER_DFY,
    ACC_FILTER_DFY_SETUP_PENDING,
    ACC_FILTER_W_ACTIVE,
    ACC_FILTER_W_PAUSED,
    ACC_FILTER_W_ERROR,
}

impl StatusFilter {
    /// A condition on `accounts a`. This server sells no accounts, so none is pre-warmed or done for you.
    pub fn condition(self) -> &'static str {
        match self {
            StatusFilter::ACC_FILTER_PAUSED => "a.status = 2",
            StatusFilter::ACC_FILTER_ERROR => "a.status < 0",
            StatusFilter::ACC_FILTER_NO_CTD => "a.settings ->> 'tracking_domain_name' is null",
            StatusFilter::ACC_FILTER_W_ACTIVE => "a.warmup_status = 1",
            StatusFilter::ACC_FILTER_W_PAUSED => "a.warmup_status = 0",
            StatusFilter::ACC_FILTER_W_ERROR => "a.warmup_status < 0",
            StatusFilter::ACC_FILTER_PW_ACCOUNTS
            | StatusFilter::ACC_FILTER_DFY
            | StatusFilter::ACC_FILTER_DFY_SETUP_PENDING => "false",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub search: Option<String>,
    pub status: Option<i64>,
    pub provider: Option<i64>,
    pub filter: Option<StatusFilter>,
    /// With any of these.
    pub tags: Option<Vec<Uuid>>,
    /// With each of these.
    pub tags_all: Option<Vec<Uuid>>,
    pub untagged: bool,
    pub emails: Option<Vec<String>>,
    pub excluded: Vec<String>,
}

const OF: &str = "select m.resource_id from custom_tag_mappings m join custom_tags t \
                  on t.workspace_id = m.workspace_id and t.id = m.tag_id where ";

impl Wanted {
    /// Conditions on `accounts a`. A tag that the caller does not see selects nothing.
    pub fn condition(&self, can: &Caller) -> impl FnOnce(&mut Part) {
        let wanted = self.clone();
        let tagged = |out: &mut Part, ids: &[Uuid]| {
            out.push(" and a.id in (").push(OF).push("m.tag_id in (").list(ids).push(") and ");
            can.sees::<custom_tags::Read>(&crate::resources::custom_tags::SHAPE)(out);
            out.push(")");
        };
        move |out: &mut Part| {
            out.given(wanted.status, " and a.status = ", "");
            out.given(wanted.provider, " and a.provider_code = ", "");
            let search = wanted.search.map(|text| pattern(&text));
            out.given(search, " and a.search like ", " escape '\\'");
            if let Some(filter) = wanted.filter {
                out.push(" and ").push(filter.condition());
            }
            out.given_list(wanted.emails.as_deref(), " and a.email in (", ")");
            if !wanted.excluded.is_empty() {
                out.push(" and a.email not in (").list(&wanted.excluded).push(")");
            }
            if wanted.untagged {
                out.push(" and not exists (select 1 from custom_tag_mappings m");
                out.push(" where m.workspace_id = a.workspace_id and m.resource_id = a.id)");
            }
            if let Some(ids) = &wanted.tags {
                tagged(out, ids);
            }
            for id in wanted.tags_all.iter().flatten() {
                tagged(out, std::slice::from_ref(id));
            }
        }
    }
}
