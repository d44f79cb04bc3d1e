//! Leads: people to write to. A lead is in a campaign or in a list, and is visible with it.

mod add;
mod batch;
mod bulk_assign;
mod create;
mod delete_many;
mod destination;
mod duplicates;
mod engagement;
mod export;
mod filter;
mod interest;
mod list;
mod merge;
mod move_many;
mod pages;
mod payload;
mod remove;
mod routes;
mod rules;
mod selection;
mod store;
mod update;
mod verify;
pub use add::{LeftOut, add};
pub use batch::{Batch, Left, add_batch};
pub use bulk_assign::{assign_step, bulk_assign};
pub use create::create;
pub use delete_many::delete_many;
pub use duplicates::{PresentLead, duplicates, present};
pub use export::export;
pub use interest::{interest_step, set_interest};
pub use list::{ListLeads, found, is_any, list, show};
pub use merge::merge;
pub use move_many::{move_many, move_step};
pub use pages::called;
pub use pages::pages;
pub use remove::remove;
pub use routes::operations;
pub use rules::Skip;
pub use update::update;
pub use verify::{is_any_waiting, reached, set_verification, still_waiting, waiting};

use crate::access::{Resource, Shape};
use crate::audit::Subject;
use crate::db::stored;
use crate::http::{lenient, patch};
use crate::resources::lead_labels::InterestStatus;
use crate::time::Time;
use destination::Destination;
use engagement::Engagement;
use payload::Payload;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

pub const ACTIVE: i64 = 1;
pub const BOUNCED: i64 = -1;
pub const UNSUBSCRIBED: i64 = -2;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Lead {
    pub id: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    pub organization: Uuid,
    #[serde(default)]
    pub campaign: Option<Uuid>,
    #[serde(default)]
    pub list_id: Option<Uuid>,
    /// 1 active, 2 paused, 3 completed, -1 bounced, -2 unsubscribed, -3 skipped.
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, -1, -2, -3]))]
    pub status: i64,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(flatten)]
    pub person: Person,
    /// Taken from the website, or else from the address.
    pub company_domain: String,
    /// The address, the person's fields in camel case, and the custom variables.
    #[serde(default)]
    #[schemars(with = "Option<Payload>")]
    pub payload: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "InterestStatus", default)]
    pub lt_interest_status: Option<i64>,
    #[serde(default)]
    pub pl_value_lead: Option<String>,
    /// A user.
    #[serde(default)]
    pub assigned_to: Option<Uuid>,
    #[serde(default)]
    pub uploaded_by_user: Option<Uuid>,
    #[schemars(default, extend("enum" = ["manual", "api", "website-visitor"]))]
    pub upload_method: String,
    #[serde(default)]
    pub is_website_visitor: Option<bool>,
    #[serde(flatten)]
    pub engagement: Engagement,
    #[serde(skip)]
    pub custom_variables: Map<String, Value>,
}

stored! { Lead: "leads" as "l" {
    workspace organization;
    fixed timestamp_created, campaign = "campaign_id", list_id, status, email, uploaded_by_user, upload_method,
        is_website_visitor;
    columns timestamp_updated, lt_interest_status, pl_value_lead, assigned_to, custom_variables;
    group person: Person { first_name, last_name, company_name, job_title, phone, website, personalization };
    derived "search" = |lead| lead.searched(),
        "timestamp_last_interest_change" = |lead| lead.engagement.timestamp_last_interest_change;
    read_group engagement: Engagement {
        email_open_count, email_reply_count, email_click_count, subsequence_id, verification_status,
        timestamp_last_contact, timestamp_last_open, timestamp_last_reply, timestamp_last_interest_change,
        timestamp_last_click, enrichment_status, esp_code, esg_code
    };
    plain company_domain = String::new(), payload = None;
    finish Lead::derived;
} }

/// The team sees a lead whose campaign it sees, and every lead of a list. A lead belongs to its assignee, to the owner and the
/// collaborators of its campaign, and to the owner of its list. Without a campaign and a list it belongs only to its assignee.
impl Resource for Lead {
    const SHAPE: Shape = Shape {
        team: Some(
            "(l.list_id is not null or exists (select 1 from campaigns c where c.workspace_id = l.workspace_id \
         and c.id = l.campaign_id and c.visibility = 'team'))",
        ),
        owner: Some("l.assigned_to"),
        collaborators: Some(
            "select k.member_id from campaign_collaborators k where k.workspace_id = l.workspace_id \
         and k.campaign_id = l.campaign_id \
         union all select o.id from campaigns c join members o on o.workspace_id = c.workspace_id \
         and o.user_id = c.owned_by where c.workspace_id = l.workspace_id and c.id = l.campaign_id \
         union all select o.id from lead_lists i join members o on o.workspace_id = i.workspace_id \
         and o.user_id = i.owned_by where i.workspace_id = l.workspace_id and i.id = l.list_id",
        ),
        tags: Some(
            "select g.tag_id from custom_tag_mappings g where g.workspace_id = l.workspace_id \
         and g.resource_id = l.campaign_id",
        ),
        ..Shape::of::<Lead>()
    };
}

pub const SHAPE: Shape = Lead::SHAPE;

patch! {
    /// The person behind a lead.
    pub struct Person patched by PersonPatch {}
    always {
        #[schemars(length(max = 10000))]
        personalization: Option<String>,
        #[schemars(length(max = 10000))]
        website: Option<String>,
        #[schemars(length(max = 10000))]
        last_name: Option<String>,
        #[schemars(length(max = 10000))]
        first_name: Option<String>,
        #[schemars(length(max = 10000))]
        company_name: Option<String>,
        #[schemars(length(max = 10000))]
        job_title: Option<String>,
        #[schemars(length(max = 10000))]
        phone: Option<String>,
    }
}

impl Person {
    /// With the fields of another person where this one has none.
    fn or(self, other: &Person) -> Person {
        let or = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        Person {
            personalization: or(self.personalization, &other.personalization),
            website: or(self.website, &other.website),
            last_name: or(self.last_name, &other.last_name),
            first_name: or(self.first_name, &other.first_name),
            company_name: or(self.company_name, &other.company_name),
            job_title: or(self.job_title, &other.job_title),
            phone: or(self.phone, &other.phone),
        }
    }
}

/// What a caller gives of a lead.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Given {
    pub email: Option<String>,
    #[serde(flatten)]
    pub person: Person,
    #[schemars(with = "InterestStatus")]
    pub lt_interest_status: Option<i64>,
    #[schemars(length(max = 200))]
    pub pl_value_lead: Option<String>,
    /// A member, by user id, member id or e-mail address.
    #[schemars(length(max = 254))]
    pub assigned_to: Option<String>,
    #[schemars(with = "Variables")]
    pub custom_variables: Option<Map<String, Value>>,
}

/// Values by name: texts, numbers, booleans and null.
pub struct Variables;

impl JsonSchema for Variables {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Variables".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "maxProperties": 200,
            "propertyNames": { "maxLength": 200 },
            "additionalProperties": { "type": ["string", "number", "boolean", "null"], "maxLength": 10000 },
        })
    }
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of Lead {
        #[schemars(with = "InterestStatus")]
        lt_interest_status: Option<i64>,
        #[schemars(length(max = 200))]
        pl_value_lead: Option<String>,
    }
    inside { person: PersonPatch }
    apart {
        #[schemars(length(max = 254))]
        assigned_to: Option<String>,
        #[schemars(with = "Variables")]
        custom_variables: Map<String, Value>,
    }
}

fn subject(lead: &Lead) -> Subject {
    Subject::new("lead", lead.id)
}

impl Lead {
    /// What a search for leads looks through.
    fn searched(&self) -> String {
        let parts = [&self.person.first_name, &self.person.last_name, &self.email];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(" ").to_lowercase()
    }
}
