//! What `selected_all` selects: the official filter is a text, null, or an object.

use crate::db::Part;
use crate::http::{absent_not_null, pattern};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Selection {
    #[schemars(transform = absent_not_null, length(max = 200))]
    pub search: Option<String>,
    #[serde(default)]
    #[schemars(with = "Filter")]
    pub filter: Option<Filter>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum Filter {
    /// About sending accounts; of campaigns it says nothing.
    Status(Option<AccountStatus>),
    Criteria(Criteria),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the wire's names")]
pub enum AccountStatus {
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

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
pub struct Criteria {
    /// A tag, or `no-tag`.
    #[serde(default)]
    #[schemars(with = "TagChoice")]
    pub tag_id: Option<TagChoice>,
    #[schemars(transform = absent_not_null, length(min = 1, max = 100))]
    pub tag_ids: Option<Vec<Uuid>>,
    #[schemars(transform = absent_not_null, length(min = 1, max = 100))]
    pub tag_ids_all: Option<Vec<Uuid>>,
    pub filter: Option<AccountStatus>,
    #[schemars(transform = absent_not_null, length(max = 200))]
    pub search: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum TagChoice {
    Tag(Uuid),
    None(NoTag),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum NoTag {
    #[serde(rename = "no-tag")]
    NoTag,
}

const TAGS: &str = "(select m.tag_id from custom_tag_mappings m \
                    where m.workspace_id = c.workspace_id and m.resource_id = c.id)";

impl Selection {
    /// Conditions on `campaigns c`.
    pub fn condition(&self) -> impl FnOnce(&mut Part) {
        let criteria = match &self.filter {
            Some(Filter::Criteria(criteria)) => criteria.clone(),
            Some(Filter::Status(_)) | None => Criteria::default(),
        };
        let search = self.search.clone().or(criteria.search);
        let search = search.map(|text| pattern(&text));
        let (tag, untagged) = match criteria.tag_id {
            Some(TagChoice::Tag(tag)) => (Some(tag), false),
            Some(TagChoice::None(NoTag::NoTag)) => (None, true),
            None => (None, false),
        };
        move |out: &mut Part| {
            out.given(search, " and c.search like ", " escape '\\'");
            if untagged {
                out.push(" and not exists ").push(TAGS);
            }
            for id in tag.into_iter().chain(criteria.tag_ids_all.into_iter().flatten()) {
                out.push(" and ").bind(id).push(" in ").push(TAGS);
            }
            let with = " and exists (select 1 from custom_tag_mappings m where m.workspace_id = c.workspace_id \
                        and m.resource_id = c.id and m.tag_id in (";
            out.given_ids(criteria.tag_ids.as_deref(), with, "))");
        }
    }
}
