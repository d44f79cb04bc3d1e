//! The audit log, as it is read. Writing it is nobody's operation: see `audit`.

mod routes;
mod store;
pub use routes::router;

use crate::access::{ACTIONS, Shape};
use crate::audit;
use crate::db::Raw;
use crate::time::Time;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

pub const SHAPE: Shape = Shape::bare("audit_log l", "l.id", "l.workspace_id");

/// Bytes of a page: the log is read from its end, a bit at a time.
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
    /// True when the actor was an API key.
    pub from_api: bool,
    pub api_key_id: Option<Uuid>,
    /// How many records a bulk call touched; how many identical attempts a refusal stands for.
    #[schemars(with = "Option<f64>")]
    pub affected_count: Option<i64>,
    pub campaign_id: Option<Uuid>,
    /// None yet: this server has no webhooks and no subsequences.
    pub webhook_id: Option<Uuid>,
    pub subsequence_id: Option<Uuid>,
    pub list_id: Option<Uuid>,
    /// `changes`, field by field, of a change: at most 16 KB, and what is longer as `bytes` and `sha256`. Of a refused
    /// attempt `refused_by`, the step, and where one row stands for many records `objects`, the number of different
    /// ones.
    #[schemars(with = "Map<String, Value>", default)]
    pub audit_metadata: Raw,
    /// The name that the person had then.
    pub user_name: Option<String>,
    /// The permission: `campaigns:create`.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub action: String,
    /// `<kind>/<id>`. Of a refused attempt, the record as it was asked for, whether it exists or not; `refused` where the
    /// call named none.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub resource: String,
    /// The person's address, `key:<name>` for a workspace key, `operator` for the command line.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub user: String,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub timestamp_created: Time,
}

/// The reference's activity types; 13 to 17 and 39 on are not among them.
const OFFICIAL: [i64; 33] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
    34, 35, 36, 37, 38,
];

/// Ours, with what they stand for; in the order of their numbers.
pub fn own_types() -> Vec<(i64, &'static str)> {
    let of_actions = ACTIONS.iter().filter_map(|action| Some((action.activity?, action.summary)));
    let others = [
        (audit::REFUSED, "Refused attempt"),
        (audit::OVERFLOWN, "Further refused attempts of an hour"),
        (audit::CONNECTION, "Mail servers of sending accounts let the server in, or no longer do"),
        (audit::REFUSED_MANY, "Refused attempts at further records of a minute"),
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
