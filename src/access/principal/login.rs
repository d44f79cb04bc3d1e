//! How people may sign in to a workspace, and for how long. A login policy only restricts.

use super::{Lapsed, Session};
use crate::config::net;
use crate::time::Time;
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::net::IpAddr;

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Method {
    Password,
    Passkey,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Password => "password",
            Method::Passkey => "passkey",
        }
    }

    pub fn parse(name: &str) -> Method {
        if name == Method::Passkey.name() { Method::Passkey } else { Method::Password }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoginPolicy {
    /// The only addresses and networks from which people and keys can act here. Null for any.
    #[serde(deserialize_with = "networks")]
    #[schemars(with = "Option<Vec<String>>")]
    pub allowed_ips: Option<Vec<IpNet>>,
    /// The allowed ways to sign in.
    pub methods: Vec<Method>,
    /// A session ends after this many minutes without a call.
    pub idle_minutes: i64,
    /// A session ends after this many minutes in any case.
    pub session_minutes: i64,
    /// People need a second factor from this time on. Null if they do not need one. API keys keep working.
    pub second_factor_required_from: Option<Time>,
}

/// Reads single addresses too.
fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(from)?;
    let parse = |text: &String| {
        net(text).ok_or_else(|| D::Error::custom(format!("`{text}` is not an address or a network")))
    };
    texts.map(|texts| texts.iter().map(parse).collect()).transpose()
}

const DAY_IN_MINUTES: i64 = Time::DAY / Time::MINUTE;

impl Default for LoginPolicy {
    fn default() -> Self {
        LoginPolicy {
            allowed_ips: None,
            methods: vec![Method::Password, Method::Passkey],
            idle_minutes: 7 * DAY_IN_MINUTES,
            session_minutes: 30 * DAY_IN_MINUTES,
            second_factor_required_from: None,
        }
    }
}

/// How a person comes in, for the policy to judge.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub method: Method,
    pub address: IpAddr,
    /// The person has no passkey yet, so a password lets them in to enrol one.
    pub may_enrol: bool,
}

impl LoginPolicy {
    pub fn requires_factor(&self, now: Time) -> bool {
        self.second_factor_required_from.is_some_and(|from| from <= now)
    }

    pub fn admits_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed_ips.as_ref().is_none_or(|list| list.iter().any(|net| net.contains(&address)))
    }

    /// Why a person cannot come in. A person who only lacks a second factor can, so that they can enrol one.
    pub fn refuses(&self, entry: &Entry) -> Option<&'static str> {
        if !self.admits_address(entry.address) {
            return Some("the workspace's login policy does not allow this address");
        }
        match self.methods.contains(&entry.method) {
            true => None,
            false if entry.method == Method::Password && entry.may_enrol => None,
            false if entry.method == Method::Password => {
                Some("the workspace's login policy asks for a passkey instead of a password")
            }
            false => Some("the workspace's login policy does not allow passkeys"),
        }
    }

    /// Why a session of another workspace cannot act here.
    pub fn refuses_session(&self, session: &Session, now: Time) -> Option<Lapsed> {
        if self.requires_factor(now) && !session.second_factor {
            return Some(Lapsed::SecondFactorMissingThere);
        }
        let allowed = self.methods.contains(&session.method);
        (!allowed).then_some(Lapsed::MethodForbiddenThere)
    }

    /// When a session ends that is not used any more.
    pub fn ends(&self, seen: Time, created: Time) -> Time {
        seen.plus(self.idle_minutes * Time::MINUTE).min(created.plus(self.session_minutes * Time::MINUTE))
    }
}
