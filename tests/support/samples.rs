//! The bodies that the tests over all operations send. Each resource has a file in `tests/samples`.

use super::World;
use super::operations::Operation;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

pub trait Samples {
    /// Creates the record that replaces `{id}`, and gives its id. `records` has the records of the files
    /// before this one.
    async fn record(_world: &World, _who: &str, _records: &Records) -> Option<String> {
        None
    }

    /// A body that is valid. It need not succeed.
    fn body(_operation: &Operation, _records: &Records) -> Option<Value> {
        None
    }

    /// A call that succeeds, for an operation that changes something.
    async fn call(_world: &World, _operation: &Operation) -> Option<Call> {
        None
    }
}

/// Records of one workspace, by the resource of their permissions.
#[derive(Default)]
pub struct Records(BTreeMap<&'static str, String>);

impl Records {
    pub fn add(&mut self, resource: &'static str, id: String) {
        self.0.insert(resource, id);
    }

    pub fn of(&self, resource: &str) -> &str {
        self.0.get(resource).unwrap_or_else(|| panic!("no record of {resource}: add one in tests/samples"))
    }

    pub fn id(&self, operation: &Operation) -> &str {
        match operation.action.resource {
            "account_campaign_mappings" | "emails" => self.of("accounts"),
            resource => self.of(resource),
        }
    }
}

pub struct Call {
    pub who: String,
    pub line: String,
    pub body: Value,
}

impl Call {
    pub fn by(who: impl Into<String>, line: impl Into<String>, body: Value) -> Option<Call> {
        Some(Call { who: who.into(), line: line.into(), body })
    }

    /// With the owner's key.
    pub fn new(line: impl Into<String>, body: Value) -> Option<Call> {
        Call::by("owner", line, body)
    }

    /// With the owner's key, on this record.
    pub fn on(operation: &Operation, id: impl ToString, body: Value) -> Option<Call> {
        Call::new(operation.at(&id.to_string()), body)
    }
}

/// The agent of every campaign.
pub const AGENT: &str = "01890000-0000-7000-8000-00000000a6e7";

/// An address that does not exist yet.
pub fn fresh(host: &str) -> String {
    format!("{}@{host}", Uuid::now_v7())
}

/// The functions that ask each resource in turn.
macro_rules! samples {
    ($($resource:ident)*) => {
        use $crate::support::World;
        use $crate::support::operations::Operation;
        use $crate::support::samples::{Call, Records, Samples};
        use serde_json::Value;

        /// Creates fresh ones, because some operations delete.
        pub async fn records(world: &World, who: &str) -> Records {
            let mut records = Records::default();
            $(if let Some(id) = $resource::Resource::record(world, who, &records).await {
                records.add(stringify!($resource), id);
            })*
            world.refresh_sessions().await;
            records
        }

        pub fn body(operation: &Operation, records: &Records) -> Value {
            if operation.document["requestBody"].is_null() {
                return Value::Null;
            }
            let body = None$(.or_else(|| $resource::Resource::body(operation, records)))*;
            body.unwrap_or_else(|| panic!("{}: add a body in tests/samples", operation.line()))
        }

        pub async fn call(world: &World, operation: &Operation) -> Call {
            $(if let Some(call) = $resource::Resource::call(world, operation).await {
                return call;
            })*
            panic!("{}: add a call in tests/samples", operation.line())
        }
    };
}
pub(crate) use samples;
