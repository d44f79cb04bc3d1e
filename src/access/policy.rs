//! How people may sign in to a workspace, and for how long. It only ever takes away.

use super::Session;
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
    /// Addresses and networks from which alone anybody or any key acts here; null for anywhere.
    #[serde(deserialize_with = "networks")]
    #[schemars(with = "Option<Vec<String>>")]
    pub allowed_ips: Option<Vec<IpNet>>,
    /// Ways to sign in.
    pub methods: Vec<Method>,
    /// Minutes without a call after which a session ends.
    pub idle_minutes: i64,
    /// Minutes after which it ends in any case.
    pub session_minutes: i64,
    /// From when on people need a second factor; null for not at all. Keys go on working.
    pub second_factor_required_from: Option<Time>,
}

/// Takes bare addresses too.
fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    let texts = Option::<Vec<String>>::deserialize(from)?;
    let parse = |text: &String| net(text).ok_or_else(|| D::Error::custom(format!("`{text}` is no network")));
    texts.map(|texts| texts.iter().map(parse).collect()).transpose()
}

const DAY: i64 = 24 * 60;

impl Default for LoginPolicy {
    fn default() -> Self {
        LoginPolicy {
            allowed_ips: None,
            methods: vec![Method::Password, Method::Passkey],
            idle_minutes: 7 * DAY,
            session_minutes: 30 * DAY,
            second_factor_required_from: None,
        }
    }
}

/// What the policy asks of somebody who is about to act.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub method: Method,
    pub address: IpAddr,
    /// He has no passkey yet, and is let in with a password as far as to enrol one.
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

    /// Why somebody cannot enter; who only lacks a second factor can, to enrol one.
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

    /// Why somebody who is signed in elsewhere cannot act here.
    pub fn refuses_session(&self, session: &Session, now: Time) -> Option<&'static str> {
        if self.requires_factor(now) && !session.second_factor {
            return Some("without a second factor, which that workspace requires");
        }
        let allowed = self.methods.contains(&session.method);
        (!allowed).then_some("of a kind that the login policy of that workspace does not allow")
    }

    /// When a session ends, unless it is used, and at the latest.
    pub fn ends(&self, seen: Time, created: Time) -> Time {
        seen.plus(self.idle_minutes * Time::MINUTE).min(created.plus(self.session_minutes * Time::MINUTE))
    }
}
