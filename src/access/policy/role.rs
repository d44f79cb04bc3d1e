//! The names of the roles, on the wire and in the database.

use super::{EffectiveRole, ROLES, Role};
use crate::db::{Field, Value};
use crate::error;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::borrow::Cow;

/// The roles of the official API. The others are ours.
const OFFICIAL: [Role; 5] = [Role::Owner, Role::Admin, Role::Editor, Role::View, Role::Client];
/// An input that means `view`.
const ALIAS: &str = "viewer";

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Editor => "editor",
            Role::Member => "member",
            Role::Sdr => "sdr",
            Role::View => "view",
            Role::Client => "client",
        }
    }

    /// Reads a name in upper or lower case, and the alias `viewer`.
    pub fn parse(name: &str) -> Option<Role> {
        let name = if name.eq_ignore_ascii_case(ALIAS) { Role::View.name() } else { name };
        ROLES.iter().copied().find(|role| role.name().eq_ignore_ascii_case(name))
    }

    /// Whether the role manages members or API keys, so that its holder can give rights to others.
    pub fn manages(self) -> bool {
        EffectiveRole::from(self).manages()
    }
}

impl Field for Role {
    type Column = String;
    fn read(name: String) -> error::Result<Self> {
        Role::parse(&name).ok_or_else(|| error::Error::internal(format!("unknown role `{name}`")))
    }
    fn value(&self) -> Value {
        self.name().into()
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Role::parse(&name).ok_or_else(|| D::Error::custom(format!("`{name}` is not a role")))
    }
}

impl JsonSchema for Role {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Role".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ours = ROLES.iter().filter(|role| !OFFICIAL.contains(role)).map(|role| role.name());
        let ours: Vec<_> = ours.chain([ALIAS]).collect();
        let official = OFFICIAL.iter().map(|role| role.name());
        let names: Vec<_> = official.chain(ours.iter().copied()).collect();
        json_schema!({ "type": "string", "enum": names, "x-gatepost-values": ours, "x-gatepost-any-case": true })
    }
}
