//! A verification as the wire shows it.

use super::EmailVerification;
use super::address::{is_disposable, is_of_a_role};
use super::facts::Facts;
use super::finding::{Finding, Known, Reason, Status, judge};
use crate::access::{Caller, Permission, credits::Read};
use crate::db::Source;
use crate::error::Result;
use crate::net::MailDomain;
use crate::resources::credits::{self, Kind};
use crate::time::Time;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verification {
    /// Whether the look-up gave an answer. The status of the address is `verification_status`.
    #[schemars(default, extend("enum" = ["success", "error"]))]
    status: Option<&'static str>,
    email: String,
    /// `verified` only if mail to the address was opened, clicked or answered. Other addresses stay `pending` unless
    /// something is wrong with them.
    verification_status: Status,
    /// Whether the domain takes mail for any address. This server does not find out: `false` for invalid addresses, and
    /// otherwise `pending`.
    #[schemars(with = "CatchAll", default)]
    catch_all: Value,
    /// The credits that are left; null if nothing is counted, or if the caller cannot see credits.
    #[schemars(with = "Option<f64>", default)]
    credits: Option<i64>,
    #[schemars(with = "Option<f64>", default)]
    credits_used: Option<i64>,
    #[schemars(extend("x-gatepost-extension" = true))]
    reason: Reason,
    /// Whether several people or a machine usually read the address, such as `sales@`.
    #[schemars(extend("x-gatepost-extension" = true))]
    is_role: bool,
    /// Whether the domain gives addresses for a short time.
    #[schemars(extend("x-gatepost-extension" = true))]
    is_disposable: bool,
    #[schemars(extend("x-gatepost-extension" = true))]
    timestamp_checked: Time,
}

struct CatchAll;

impl JsonSchema for CatchAll {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "CatchAll".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["boolean", "string"], "enum": [true, false, "pending"] })
    }
}

impl Verification {
    /// As its caller sees it.
    pub async fn of(
        can: &Caller,
        from: impl Into<Source<'_>>,
        record: EmailVerification,
    ) -> Result<Verification> {
        let mut from = from.into();
        let facts = Facts::of(can, from.again(), std::slice::from_ref(&record.email)).await?;
        let (status, reason) = judge(record.finding, facts.about(&record.email));
        let failed = record.finding == Finding::Domain(MailDomain::Unknown);
        let credits = match can.may(Read::ACTION) {
            true => credits::available(can, from.again(), Kind::Hyper).await?,
            false => None,
        };
        let is_invalid = status == Status::Invalid;
        Ok(Verification {
            status: Some(if failed { "error" } else { "success" }),
            verification_status: status,
            catch_all: if is_invalid { false.into() } else { "pending".into() },
            credits,
            credits_used: Some(record.credits_used),
            reason,
            is_role: is_of_a_role(&record.email),
            is_disposable: is_disposable(&record.email),
            timestamp_checked: record.timestamp_checked,
            email: record.email,
        })
    }

    pub fn status(&self) -> (Status, Reason) {
        (self.verification_status, self.reason)
    }
}

/// The `verification_status` of a lead: verified, invalid, risky, or pending.
pub fn of_a_lead(email: &str, finding: Finding, known: Known) -> i64 {
    match judge(finding, known).0 {
        Status::Verified => 1,
        Status::Invalid => -1,
        Status::Pending if is_of_a_role(email) || is_disposable(email) => -2,
        Status::Pending => 11,
    }
}
