//! What `selected_all` selects. The official filter is a text, null or an object.

use crate::db::Part;
use crate::http::{absent_not_null, nullable, optional_not_null, pattern};
use crate::resources::accounts::{StatusFilter, Wanted};
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
    /// Filters sending accounts. It does not filter campaigns.
    Status(Option<StatusFilter>),
    Criteria(Criteria),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = optional_not_null)]
pub struct Criteria {
    /// A tag, or `no-tag`.
    #[serde(default)]
    #[schemars(with = "TagChoice")]
    pub tag_id: Option<TagChoice>,
    #[schemars(length(min = 1, max = 100))]
    pub tag_ids: Option<Vec<Uuid>>,
    #[schemars(length(min = 1, max = 100))]
    pub tag_ids_all: Option<Vec<Uuid>>,
    #[schemars(transform = nullable)]
    pub filter: Option<StatusFilter>,
    #[schemars(length(max = 200))]
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
    fn criteria(&self) -> Criteria {
        match &self.filter {
            Some(Filter::Criteria(criteria)) => criteria.clone(),
            Some(Filter::Status(status)) => Criteria { filter: *status, ..Criteria::default() },
            None => Criteria::default(),
        }
    }

    /// The selected sending accounts.
    pub fn accounts(&self) -> Wanted {
        let criteria = self.criteria();
        let (tag, untagged) = choice(criteria.tag_id);
        let all = tag.into_iter().chain(criteria.tag_ids_all.into_iter().flatten());
        Wanted {
            search: self.search.clone().or(criteria.search),
            filter: criteria.filter,
            tags: criteria.tag_ids,
            tags_all: Some(all.collect()),
            untagged,
            ..Wanted::default()
        }
    }

    /// Conditions on `campaigns c`.
    pub fn condition(&self) -> impl FnOnce(&mut Part) {
        let criteria = self.criteria();
        let search = self.search.clone().or(criteria.search);
        let search = search.map(|text| pattern(&text));
        let (tag, untagged) = choice(criteria.tag_id);
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
            out.given_list(criteria.tag_ids.as_deref(), with, "))");
        }
    }
}

fn choice(choice: Option<TagChoice>) -> (Option<Uuid>, bool) {
    match choice {
        Some(TagChoice::Tag(tag)) => (Some(tag), false),
        Some(TagChoice::None(NoTag::NoTag)) => (None, true),
        None => (None, false),
    }
}
