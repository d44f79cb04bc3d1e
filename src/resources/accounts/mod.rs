//! Sending accounts: mailboxes, each assigned to at most one member. Callers write their passwords and never read them
//! back.

mod analytics;
mod assign;
mod assignment;
mod board;
mod connection;
mod create;
mod draft;
mod filter;
mod list;
mod mark_fixed;
mod moves;
mod pages;
mod pause;
mod remove;
mod resume;
mod routes;
mod senders;
mod server;
mod settings;
mod status;
mod statuses;
mod store;
mod update;
mod vitals;
mod warmup;
pub use analytics::{daily_analytics, warmup_analytics};
pub use assign::{assign, assign_part, assign_to};
pub use assignment::{LeftBehind, release_account, settle, settle_owner, unassign};
pub use board::{in_trouble, is_any};
pub use create::create;
pub use filter::{StatusFilter, Wanted};
pub use list::{list, show};
pub use mark_fixed::mark_fixed;
pub use moves::{NOT_THERE, TAKEN, move_one};
pub use pages::pages;
pub use pause::{pause, pause_many};
pub use remove::remove;
pub use resume::resume;
pub use routes::operations;
pub use senders::{Senders, set_senders};
pub use server::{account_failed, server};
pub use settings::Settings;
pub use statuses::statuses;
pub use store::{among, assign_as, not_connected, unassigned};
pub use update::update;
pub use vitals::{test_vitals, tracking_status};
pub use warmup::{disable_warmup, enable_warmup, warmup_step};

use crate::access::{Resource, Shape};
use crate::audit::Subject;
use crate::db::stored;
pub use crate::http::address;
use crate::http::{absent_not_null, lenient, optional_not_null, patch};
use crate::time::Time;
use connection::{Connection, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use settings::SettingsPatch;
use uuid::Uuid;

/// The status of an account. -1 to -3 are errors of connection, soft bounces and sending; 3 is maintenance.
pub const ACTIVE: i64 = 1;
pub const PAUSED: i64 = 2;

/// The status of its warm-up. -1 to -3 are banned, spam folder unknown and permanently suspended.
pub const COLD: i64 = 0;
pub const WARM: i64 = 1;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Account {
    #[schemars(extend("x-gatepost-extension" = true))]
    pub id: Uuid,
    #[schemars(email)]
    pub email: String,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    pub first_name: String,
    pub last_name: String,
    pub organization: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_by: Option<Uuid>,
    /// 1 active, 2 paused, 3 in maintenance, -1 connection error, -2 soft bounces, -3 sending error.
    #[schemars(with = "f64", default, extend("enum" = [1, 2, 3, -1, -2, -3]))]
    pub status: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StatusMessage", default)]
    pub status_message: Option<Value>,
    /// 0 paused, 1 active, -1 banned, -2 spam folder unknown, -3 permanently suspended.
    #[schemars(with = "f64", extend("enum" = [0, 1, -1, -2, -3]))]
    pub warmup_status: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_warmup_start: Option<Time>,
    /// Percent of the last week's warm-up mails that landed in the inbox. Absent before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub stat_warmup_score: Option<i64>,
    /// 1 IMAP and SMTP, 2 Google, 3 Microsoft, 4 AWS, 8 AirMail, 11 AirMail Instant.
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, 4, 8, 11]))]
    pub provider_code: i64,
    pub setup_pending: bool,
    pub is_managed_account: bool,
    #[serde(flatten)]
    pub bought: Bought,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(email)]
    pub reply_to: Option<String>,
    #[serde(flatten)]
    pub settings: Settings,
    /// The member who can send from it. Only callers who reach every account can use an unassigned one.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub assigned_to: Option<Uuid>,
    /// Whether the server could sign in to the account's mail servers. `POST /api/v2/accounts/test/vitals` tries it.
    #[serde(default)]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub connection: State,
    /// How it reads and sends, sealed. A record that was read does not have it, and cannot be inserted without it.
    #[serde(skip)]
    pub sealed: Option<String>,
}

stored! { Account: "accounts" as "a" {
    workspace organization;
    key "email";
    fixed timestamp_created, email, provider_code, added_by, stat_warmup_score, connection = "connection_state";
    columns timestamp_updated, first_name, last_name, status, status_message, warmup_status, timestamp_warmup_start,
        assigned_to, modified_by;
    packed "settings" = Rest { reply_to, settings };
    derived "search" = |account| account.searched();
    secret "connection" = |account| account.sealed.clone();
    plain setup_pending = false, is_managed_account = false, bought = Bought::default(), sealed = None;
} }

/// The whole team sees all accounts. `senders` says who can use which.
impl Resource for Account {
    const SHAPE: Shape = Shape {
        team: Some("true"),
        assignee: Some("a.assigned_to"),
        tags: Some(
            "select g.tag_id from custom_tag_mappings g \
             where g.workspace_id = a.workspace_id and g.resource_id = a.id",
        ),
        ..Shape::of::<Account>()
    };
}

pub const SHAPE: Shape = Account::SHAPE;

/// Fields of an account that no SQL statement filters on, stored in one JSON column.
#[derive(Serialize, Deserialize)]
struct Rest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

impl Account {
    /// What a search for accounts looks through.
    fn searched(&self) -> String {
        format!("{} {} {}", self.email, self.first_name, self.last_name).to_lowercase()
    }
}

/// The reference's fields of accounts that are bought from it. This server has no such accounts.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Bought {
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_limit_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warmup_limit_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    autofix_failed: Option<bool>,
}

/// What a mail server said when sending or reading failed.
#[derive(JsonSchema)]
#[schemars(inline, transform = optional_not_null)]
#[expect(dead_code, reason = "the schema of what the system writes")]
struct StatusMessage {
    #[schemars(default)]
    code: Option<String>,
    #[schemars(default)]
    command: Option<String>,
    #[schemars(default)]
    response: Option<String>,
    #[schemars(default)]
    e_message: Option<String>,
    #[serde(rename = "responseCode")]
    #[schemars(default)]
    response_code: Option<f64>,
}

fn subject(account: &Account) -> Subject {
    Subject::new("account", account.id)
}

/// An account in a path.
#[derive(Deserialize, JsonSchema)]
pub struct Email {
    pub email: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(email, length(max = 254))]
    pub email: String,
    #[schemars(length(max = 100))]
    pub first_name: String,
    #[schemars(length(max = 100))]
    pub last_name: String,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, 4, 8, 11]))]
    pub provider_code: i64,
    #[schemars(transform = absent_not_null, length(max = 254))]
    pub reply_to: Option<String>,
    #[schemars(transform = absent_not_null, length(max = 100))]
    pub warmup_custom_ftag: Option<String>,
    /// Accepted because the reference's clients send it. Connecting an account looks nothing up.
    #[serde(rename = "skip_cname_check")]
    #[schemars(transform = absent_not_null)]
    pub _skip_cname_check: Option<bool>,
    #[serde(flatten)]
    pub settings: Settings,
    #[serde(flatten)]
    pub connection: Connection,
    /// A member, by member id, user id or e-mail address. A caller who may assign accounts chooses; the default is
    /// unassigned. Other callers connect accounts for themselves.
    #[schemars(length(max = 254), extend("x-gatepost-extension" = true))]
    pub assigned_to: Option<String>,
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of Account {
        #[schemars(length(max = 100))]
        first_name: String,
        #[schemars(length(max = 100))]
        last_name: String,
        #[schemars(email)]
        reply_to: Option<String>,
    }
    inside { settings: SettingsPatch }
    apart {
        skip_cname_check: bool,
        remove_tracking_domain: bool,
        #[schemars(length(max = 254), extend("x-gatepost-extension" = true))]
        assigned_to: Option<String>,
    }
}
