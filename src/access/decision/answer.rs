//! Which fields of a record a caller gets. A record with fields that not every caller can see is not `Serialize`. It can
//! leave the server only as `Seen`, and only `seen_by` makes that.

use crate::access::Caller;
use crate::http::Empty;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::ops::Deref;

/// The answer of an operation, and the form in which its caller sees it.
pub trait Answer: Send + 'static {
    type Seen: Send + 'static;
    fn seen_by(self, caller: &Caller) -> Self::Seen;
}

/// For answers without such fields.
impl<T: Serialize + Send + 'static> Answer for T {
    type Seen = T;
    fn seen_by(self, _: &Caller) -> T {
        self
    }
}

impl Answer for Empty {
    type Seen = Empty;
    fn seen_by(self, _: &Caller) -> Empty {
        self
    }
}

/// A record with fields that not every caller can see. `partial!` makes it an [`Answer`].
pub trait Partial: Sized {
    /// Removes what the caller must not see.
    fn shown_to(self, caller: &Caller) -> Self;
    /// Serializes all of it.
    fn write_out<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error>;
}

/// A record as a caller sees it.
#[derive(Clone, Debug)]
pub struct Seen<T>(T);

impl<T: Partial> Seen<T> {
    pub fn of(record: T, caller: &Caller) -> Seen<T> {
        Seen(record.shown_to(caller))
    }
}

impl<T> Deref for Seen<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Partial> Serialize for Seen<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.write_out(out)
    }
}

/// Documents describe the record itself.
impl<T: JsonSchema> JsonSchema for Seen<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// For a type with `serde(remote = "Self")`: it has derived serialization code, but is not `Serialize`.
macro_rules! partial {
    ($record:ident, $shown:expr) => {
        impl $crate::access::Partial for $record {
            fn shown_to(self, caller: &$crate::access::Caller) -> Self {
                let shown: fn($record, &$crate::access::Caller) -> $record = $shown;
                shown(self, caller)
            }
            fn write_out<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                $record::serialize(self, out)
            }
        }

        impl $crate::access::Answer for $record {
            type Seen = $crate::access::Seen<$record>;
            fn seen_by(self, caller: &$crate::access::Caller) -> Self::Seen {
                $crate::access::Seen::of(self, caller)
            }
        }

        impl $crate::audit::Recorded for $record {
            fn recorded(&self) -> serde_json::Value {
                $record::serialize(self, serde_json::value::Serializer).unwrap_or_default()
            }
        }
    };
}
pub(crate) use partial;
