//! The fields of a PATCH. A field that the body leaves out stays as it is. Null is a value like any other.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The new value of a field, if the body names the field.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit<T>(Option<T>);

impl<T> Default for Edit<T> {
    fn default() -> Self {
        Edit(None)
    }
}

impl<T> Edit<T> {
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T: Clone> Edit<T> {
    pub fn apply(&self, field: &mut T) {
        if let Some(value) = &self.0 {
            field.clone_from(value);
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(|value| Edit(Some(value)))
    }
}

/// Whether a field has no value, so that JSON can leave it out.
pub trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Uses the schema of the value.
impl<T: JsonSchema> JsonSchema for Edit<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
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

/// Makes the body of a PATCH from a list of fields with the types that they have in the record. The schema, the reading
/// of the body, and `over`, which gives a record with the new values, follow from the list. `inside` names a field of the
/// record whose own fields the body names, and the type of its patch. `apart` lists fields that the operation applies
/// itself.
///
/// `pub struct Settings patched by SettingsPatch { ... }` makes a part of a record and its patch from one list. JSON leaves
/// out a field of the part that has no value, unless it is listed under `always`.
macro_rules! patch {
    (
        $(#[$meta:meta])*
        pub struct $name:ident patched by $patch:ident {
            $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)?
        }
        $(always {
            $($(#[$shown_attribute:meta])* $shown:ident: $shown_type:ty),* $(,)?
        })?
    ) => {
        #[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(default)]
        #[schemars(inline)]
        $(#[$meta])*
        pub struct $name {
            $($($(#[$shown_attribute])* pub $shown: $shown_type,)*)?
            $(
                #[serde(skip_serializing_if = "crate::http::Absent::is_absent")]
                $(#[$attribute])*
                pub $field: $type,
            )*
        }

        #[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
        #[serde(default)]
        #[schemars(inline)]
        pub struct $patch {
            $($($(#[$shown_attribute])* pub $shown: $crate::http::Edit<$shown_type>,)*)?
            $($(#[$attribute])* pub $field: $crate::http::Edit<$type>,)*
        }

        impl $patch {
            pub fn apply(&self, part: &mut $name) {
                $($(self.$shown.apply(&mut part.$shown);)*)?
                $(self.$field.apply(&mut part.$field);)*
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident of $record:ty {
            $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)?
        }
        $(inside { $inside:ident: $inside_type:ty })?
        $(apart {
            $($(#[$apart_attribute:meta])* $apart:ident: $apart_type:ty),* $(,)?
        })?
    ) => {
        #[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
        #[serde(default)]
        #[schemars(deny_unknown_fields, extend("minProperties" = 1))]
        $(#[$meta])*
        pub struct $name {
            $($(#[$attribute])* pub $field: $crate::http::Edit<$type>,)*
            $(#[serde(flatten)] pub $inside: $inside_type,)?
            $($($(#[$apart_attribute])* pub $apart: $crate::http::Edit<$apart_type>,)*)?
        }

        impl $name {
            /// The record with the values that the body names.
            pub fn over(&self, record: &$record) -> $record {
                let mut record = record.clone();
                $(self.$field.apply(&mut record.$field);)*
                $(self.$inside.apply(&mut record.$inside);)?
                record
            }
        }
    };
}
pub(crate) use patch;
