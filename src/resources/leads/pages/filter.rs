//! The filters of the list of leads. The pages for many leads have the same ones.

use super::super::list::ListLeads;
use super::super::selection::Selection;
use crate::error::{Error, Result};
use crate::http::optional_not_null;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// The states that one can filter by: the filter of the reference, and its word.
pub const STATES: [(&str, &str); 16] = [
    ("FILTER_VAL_ACTIVE", "active"),
    ("FILTER_VAL_COMPLETED", "completed"),
    ("FILTER_VAL_CONTACTED", "contacted"),
    ("FILTER_VAL_NOT_CONTACTED", "not contacted"),
    ("FILTER_VAL_REPLIED", "replied"),
    ("FILTER_VAL_COMPLETED_NO_REPLY", "completed without a reply"),
    ("FILTER_VAL_OPENED_NO_REPLY", "opened without a reply"),
    ("FILTER_VAL_LINK_CLICKED", "clicked a link"),
    ("FILTER_VAL_BOUNCED", "bounced"),
    ("FILTER_VAL_UNSUBSCRIBED", "unsubscribed"),
    ("FILTER_VAL_SKIPPED", "skipped"),
    ("FILTER_LEAD_INTERESTED", "interested"),
    ("FILTER_LEAD_MEETING_BOOKED", "meeting booked"),
    ("FILTER_LEAD_NOT_INTERESTED", "not interested"),
    ("FILTER_VAL_VALID", "verified"),
    ("FILTER_VAL_INVALID", "invalid address"),
];

/// Every field is empty in a form whose filters are not set.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[schemars(length(max = 200))]
    search: Option<String>,
    #[schemars(length(max = 40))]
    campaign: Option<String>,
    #[schemars(length(max = 40))]
    list_id: Option<String>,
    /// A filter of the reference.
    #[schemars(length(max = 100))]
    filter: Option<String>,
    /// A user.
    #[schemars(length(max = 40))]
    assigned_to: Option<String>,
    starting_after: Option<Uuid>,
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_ref().map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn id(field: &str, text: &Option<String>) -> Result<Option<Uuid>> {
    let wrong = |_| Error::invalid(format!("querystring/{field} must be an id"));
    given(text).map(|text| text.parse().map_err(wrong)).transpose()
}

impl Filter {
    /// From the fields of a form. Those of a deletion have other names.
    pub fn of(text: impl Fn(&str) -> Option<String>) -> Filter {
        Filter {
            search: text("search"),
            campaign: text("campaign").or_else(|| text("campaign_id")),
            list_id: text("list_id"),
            filter: text("filter"),
            assigned_to: text("assigned_to"),
            starting_after: None,
        }
    }

    pub fn wanted(&self, limit: i64) -> Result<ListLeads> {
        let selection = Selection {
            search: given(&self.search).map(str::to_owned),
            campaign: id("campaign", &self.campaign)?,
            list_id: id("list_id", &self.list_id)?,
            ..Selection::default()
        };
        let wanted = ListLeads::of(selection, given(&self.filter).map(str::to_owned), limit);
        Ok(wanted.assigned_to(id("assigned_to", &self.assigned_to)?).starting_after(self.starting_after))
    }

    /// The filters that are set, by name.
    pub fn set(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("search", &self.search),
            ("campaign", &self.campaign),
            ("list_id", &self.list_id),
            ("filter", &self.filter),
            ("assigned_to", &self.assigned_to),
        ];
        all.into_iter().filter_map(|(name, text)| Some((name, given(text)?))).collect()
    }

    /// The campaign or list, if exactly one is set.
    pub fn place(&self) -> Vec<(&'static str, &str)> {
        let place: Vec<_> =
            self.set().into_iter().filter(|(name, _)| ["campaign", "list_id"].contains(name)).collect();
        if place.len() == 1 { place } else { vec![] }
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    pub fn value(&self, name: &str) -> &str {
        self.set().into_iter().find(|(set, _)| *set == name).map_or("", |(_, value)| value)
    }
}
