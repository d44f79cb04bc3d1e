//! The schemas of the two answers, as in the official API. `details` builds their values.

use super::{BUNDLES, CREDITS, products};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

#[derive(Serialize)]
#[serde(transparent)]
pub struct Details(pub Value);

#[derive(Serialize)]
#[serde(transparent)]
pub struct Subscriptions(pub Value);

fn number() -> Value {
    json!({ "type": "number" })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn or_null(kind: &str) -> Value {
    json!({ "type": [kind, "null"] })
}

fn one_of(values: impl IntoIterator<Item = &'static str>) -> Value {
    let all: Vec<Value> = values.into_iter().map(Value::from).chain([Value::Null]).collect();
    json!({ "type": ["string", "null"], "enum": all })
}

fn interval() -> Value {
    one_of(["day", "week", "month", "year"])
}

/// The schema of a subscription: its own properties and those of every subscription.
fn subscription(product: Value, own: Value) -> Value {
    let mut properties = Map::from_iter([
        ("interval".to_owned(), interval()),
        ("current_period_end".to_owned(), or_null("number")),
        ("cancel_at_time".to_owned(), or_null("number")),
        ("price_in_dollars".to_owned(), or_null("number")),
        ("product_id".to_owned(), product),
    ]);
    properties.extend(own.as_object().cloned().unwrap_or_default());
    json!({ "type": "object", "properties": properties })
}

fn leads(name: Value) -> Value {
    json!({ "plan_name": name, "total_lead_limit": number(), "current_lead_count": number(),
        "base_lead_limit": number() })
}

fn metered() -> Value {
    let own = json!({ "plan_name": or_null("string"), "available_credits": or_null("number"),
        "plan_limit": or_null("number") });
    subscription(or_null("string"), own)
}

fn outreach() -> Value {
    let mut own = leads(text());
    if let Some(own) = own.as_object_mut() {
        own.insert("addons_qty".to_owned(), number());
    }
    subscription(one_of(products()), own)
}

fn credits() -> Value {
    let own = json!({ "plan_name": text(), "total_credits": number(), "available_credits": number(),
        "price_option_id": or_null("string") });
    subscription(one_of(CREDITS), own)
}

/// This server sells nothing, and says nothing of addons.
fn addons() -> Value {
    let tier = json!({ "type": "object", "properties": { "from_quantity": number(),
        "to_quantity": or_null("number"), "price_in_dollars": number() } });
    let outreach = json!({ "product_id": { "type": "string", "enum": ["pid_addon_25kl_v1"] },
        "unit_lead_limit": number(), "existing_quantity": number(), "max_quantity": number(),
        "interval": interval(), "can_purchase": { "type": "boolean" },
        "purchase_blocked_reason": or_null("string"), "annual_discount_percent": number(),
        "monthly_pricing_tiers": { "type": "array", "items": tier } });
    let credits = json!({ "product_id": { "type": "string", "enum": ["pid_addon_ic_50k_v1"] },
        "annual_product_id": { "type": "string", "enum": ["pid_addon_ic_50k_v1_annual"] },
        "unit_credits": number(), "annual_unit_credits": number(), "existing_quantity": number(),
        "max_quantity": number(), "interval": interval(), "can_purchase": { "type": "boolean" },
        "purchase_blocked_reason": or_null("string"), "monthly_price_in_dollars": number(),
        "annual_price_in_dollars": number() });
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    object(json!({ "outreach": object(outreach), "credits": object(credits) }))
}

impl JsonSchema for Details {
    fn schema_name() -> Cow<'static, str> {
        "PlanDetails".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let subscriptions = json!({ "outreach": outreach(), "credits": credits(),
            "bundle": subscription(one_of(BUNDLES), leads(or_null("string"))), "crm": metered(),
            "website_visitors": metered(), "inbox_placement": metered() });
        json_schema!({ "type": "object", "properties": {
            "organization_id": { "type": "string", "format": "uuid" }, "organization_name": text(),
            "subscriptions": { "type": "object", "properties": subscriptions }, "addons": addons(),
        } })
    }
}

impl JsonSchema for Subscriptions {
    fn schema_name() -> Cow<'static, str> {
        "SubscriptionDetails".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json!({ "workspace_id": { "type": "string", "format": "uuid" },
            "interval": { "type": "string", "enum": ["month", "year"] }, "quantity": number(),
            "product_id": { "type": "string", "enum": products().collect::<Vec<_>>() },
            "product_type": { "type": "string", "enum": ["prt_outreach", "prt_leadfinder"] },
            "plan_type": { "type": "string", "enum": ["plt_addon", "plt_primary"] },
            "current_period_end": number(), "cancel_at_time": or_null("number"),
            "price_in_dollars": number(), "price_id": text() });
        json_schema!({ "type": "object", "properties": {
            "subscriptions": { "type": "array", "items": { "type": "object", "properties": one } },
            "all_subs_cancelled": { "type": "boolean" },
        } })
    }
}
