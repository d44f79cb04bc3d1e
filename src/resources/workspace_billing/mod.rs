//! Plans: the operator sets them, and they are shown as the official API shows its vendor's. What a plan excludes is refused
//! by `workspaces.denied`, and what costs credits is counted by `credits`. Everything else in a plan is only shown.

mod details;
mod pages;
mod plan;
mod routes;
mod schema;
mod store;

pub use pages::pages;
pub use plan::{plan_details, set_plan, stored_plan, subscription_details};
pub use routes::operations;

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// The products of the official API for credits (reference, section 2.21).
pub const CREDITS: [&str; 8] = [
    "pid_nic_v1",
    "pid_nic_v1_annual",
    "pid_gic_v1",
    "pid_gic_v1_annual",
    "pid_sic_v1",
    "pid_sic_v1_annual",
    "pid_hic_v1",
    "pid_hic_v1_annual",
];
/// The products for everything together.
pub const BUNDLES: [&str; 5] = [
    "pid_bundle_starter_v1",
    "pid_bundle_scale_v1",
    "pid_bundle_scale_v2",
    "pid_bundle_agency_v1",
    "pid_bundle_agency_v2",
];
/// The products for sending, CRM, visitors, placement tests and addons.
const OTHERS: [&str; 18] = [
    "pid_ls_v1",
    "pid_hg_v1",
    "pid_g_v1",
    "pid_g_v2",
    "pid_verify_v1_monthly",
    "pid_hv_v1",
    "pid_hv_v1_annual",
    "pid_lsv_v1",
    "pid_lsv_v1_annual",
    "pid_crm_hg",
    "pid_crm_g",
    "pid_ip_g",
    "pid_ip_hg",
    "pid_addon_25kl_v1",
    "pid_addon_lf_10k_v1",
    "pid_addon_ic_50k_v1",
    "pid_addon_lf_10k_v1_annual",
    "pid_addon_ic_50k_v1_annual",
];

pub fn products() -> impl Iterator<Item = &'static str> {
    OTHERS.into_iter().chain(CREDITS).chain(BUNDLES)
}

/// A workspace's plan as the operator sets it: a subscription for each of its parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outreach: Option<Subscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Subscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Subscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crm: Option<Subscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_visitors: Option<Subscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox_placement: Option<Subscription>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    pub name: String,
    /// One of [`products`].
    #[serde(default)]
    pub product_id: Option<String>,
    #[serde(default)]
    pub interval: Option<Interval>,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub current_period_end: Option<i64>,
    /// Milliseconds since 1970; none for a subscription that continues.
    #[serde(default)]
    pub cancel_at_time: Option<i64>,
    #[serde(default)]
    pub price_in_dollars: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    Day,
    Week,
    Month,
    Year,
}

impl Plan {
    /// Reads the operator's file. An error names what is wrong in it.
    pub fn parse(text: &str) -> Result<Plan> {
        let plan: Plan =
            serde_json::from_str(text).map_err(|error| Error::invalid(format!("the plan: {error}")))?;
        for (part, subscription) in plan.parts() {
            plan_holds(part, subscription)?;
        }
        Ok(plan)
    }

    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &Subscription)> {
        let all = [
            ("outreach", &self.outreach),
            ("credits", &self.credits),
            ("bundle", &self.bundle),
            ("crm", &self.crm),
            ("website_visitors", &self.website_visitors),
            ("inbox_placement", &self.inbox_placement),
        ];
        all.into_iter().filter_map(|(part, subscription)| Some((part, subscription.as_ref()?)))
    }
}

fn plan_holds(part: &str, subscription: &Subscription) -> Result<()> {
    let Some(product) = &subscription.product_id else { return Ok(()) };
    let fits = match part {
        "credits" => CREDITS.contains(&product.as_str()),
        "bundle" => BUNDLES.contains(&product.as_str()),
        _ => products().any(|known| known == product),
    };
    match fits {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "the plan: {part}.product_id must be a product of the official API for this part; `{product}` is not one"
        ))),
    }
}
