//! Reads the audit log. `audit` writes it; no operation does.

mod export;
mod list;
mod pages;
mod receipts;
mod recent;
mod routes;
mod sentence;
mod store;
pub use export::export;
pub use list::list;
pub use pages::pages;
pub use receipts::{Receipt, receipts};
pub use recent::{Recent, recent};
pub use routes::operations;

use crate::access::{ACTIONS, Shape};
use crate::audit;
use crate::db::Raw;
use crate::time::Time;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

pub const SHAPE: Shape = Shape::bare("audit_log l", "l.id", "l.workspace_id");

/// Bytes of a page. A page of long rows ends early.
const PAGE: usize = 2 * 1024 * 1024;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuditLog {
    pub id: Uuid,
    pub timestamp: Time,
    pub organization_id: Uuid,
    #[schemars(with = "f64", transform = activity_types)]
    pub activity_type: i64,
    pub user_agent: Option<String>,
    pub user_id: Option<Uuid>,
    pub ip_address: String,
    /// Whether the actor was an API key.
    pub from_api: bool,
    pub api_key_id: Option<Uuid>,
    /// The number of records that a bulk call changed, or of identical attempts that a refusal stands for.
    #[schemars(with = "Option<f64>")]
    pub affected_count: Option<i64>,
    pub campaign_id: Option<Uuid>,
    pub webhook_id: Option<Uuid>,
    /// Always null: this server has no subsequences yet.
    pub subsequence_id: Option<Uuid>,
    pub list_id: Option<Uuid>,
    /// For a change: `changes`, field by field, at most 16 KB; a longer text is given as `bytes` and `sha256`. For a refused
    /// attempt: `refused_by`, the step. If one row stands for many records, `objects` is the number of different ones.
    #[schemars(with = "Map<String, Value>", default)]
    pub audit_metadata: Raw,
    /// The person's name at that time.
    pub user_name: Option<String>,
    /// The permission: `campaigns:create`.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub action: String,
    /// `<kind>/<id>`. For a refused attempt it is the record that the call named, whether it exists or not, or `refused` if the
    /// call named none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub resource: String,
    /// The person's address, `key:<name>` for a workspace key, `operator` for the command line, and `server` for
    /// actions of the server itself.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub user: String,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub timestamp_created: Time,
}

/// The reference's activity types. It does not use 13 to 17, nor 39 and above.
const OFFICIAL: [i64; 33] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
    34, 35, 36, 37, 38,
];

/// Our own types and their meaning, in the order of their numbers.
pub fn own_types() -> Vec<(i64, &'static str)> {
    let of_actions = ACTIONS.iter().filter_map(|action| Some((action.activity?, action.summary)));
    let others = [
        (audit::REFUSED, "Refused attempt"),
        (audit::OVERFLOWN, "Further refused attempts within an hour"),
        (audit::CONNECTION, "Signing in to the mail servers of sending accounts started or stopped working"),
        (audit::IMPORT_TRIED, "Step of an import of leads that is a dry run"),
        (audit::ACCOUNT_FAILED, "Sending account taken out of use, because it could not send"),
        (audit::COMPLETED, "Campaign completed by the server"),
        (audit::UNSUBSCRIBED, "Person unsubscribed by the link of a mail"),
        (audit::CANARY, "Use of a canary key, which gives no access"),
        (audit::REFUSED_MANY, "Refused attempts at further records within a minute"),
    ];
    let mut types: Vec<_> =
        of_actions.chain(others).filter(|(number, _)| !OFFICIAL.contains(number)).collect();
    types.sort_unstable();
    types
}

fn activity_types(schema: &mut Schema) {
    let ours: Vec<i64> = own_types().into_iter().map(|(number, _)| number).collect();
    let all: Vec<i64> = OFFICIAL.iter().chain(&ours).copied().collect();
    schema.insert("enum".to_owned(), all.into());
    schema.insert("x-gatepost-values".to_owned(), ours.into());
}
