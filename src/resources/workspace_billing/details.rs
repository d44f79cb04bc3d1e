//! A plan as the official API shows it. Without a limit, the answer names none.

use super::schema::{Details, Subscriptions};
use super::{Interval, Plan, Subscription};
use crate::resources::credits::Counted;
use crate::resources::workspaces::Workspace;
use crate::time::Time;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a workspace uses of its plan.
pub struct Figures {
    pub leads: i64,
    pub hyper: Option<Counted>,
    pub inbox_placement: Option<Counted>,
}

pub fn details(workspace: &Workspace, plan: &Plan, figures: &Figures) -> Details {
    let mut parts = Map::new();
    for (part, subscription) in plan.parts() {
        parts.insert(part.to_owned(), shown(subscription));
    }
    let unlimited = || json!({ "plan_name": "Unlimited" });
    let mut note = |part: &str, name: &str, fact: Value| {
        let part = parts.entry(part).or_insert_with(unlimited);
        if let Some(part) = part.as_object_mut() {
            part.insert(name.to_owned(), fact);
        }
    };
    note("outreach", "current_lead_count", json!(figures.leads));
    if let Some(hyper) = &figures.hyper {
        note("credits", "total_credits", json!(hyper.granted));
        note("credits", "available_credits", json!(hyper.left));
    }
    if let Some(tests) = &figures.inbox_placement {
        note("inbox_placement", "plan_limit", json!(tests.granted));
        note("inbox_placement", "available_credits", json!(tests.left));
    }
    let (id, name) = (workspace.id, &workspace.name);
    Details(json!({ "organization_id": id, "organization_name": name, "subscriptions": parts, "addons": {} }))
}

fn shown(subscription: &Subscription) -> Value {
    json!({
        "plan_name": subscription.name,
        "product_id": subscription.product_id,
        "interval": subscription.interval,
        "current_period_end": subscription.current_period_end,
        "cancel_at_time": subscription.cancel_at_time,
        "price_in_dollars": subscription.price_in_dollars,
    })
}

/// Only subscriptions with a product that are paid by the month or the year: the official API has no others.
pub fn subscriptions(workspace: Uuid, plan: &Plan, now: Time) -> Subscriptions {
    let listed = |(part, subscription): (&str, &Subscription)| {
        let interval =
            subscription.interval.filter(|interval| matches!(interval, Interval::Month | Interval::Year))?;
        let product = subscription.product_id.as_ref()?;
        Some(json!({
            "workspace_id": workspace,
            "interval": interval,
            "quantity": 1,
            "product_id": product,
            "product_type": if part == "credits" { "prt_leadfinder" } else { "prt_outreach" },
            "plan_type": if product.starts_with("pid_addon") { "plt_addon" } else { "plt_primary" },
            "current_period_end": subscription.current_period_end.unwrap_or(0),
            "cancel_at_time": subscription.cancel_at_time,
            "price_in_dollars": subscription.price_in_dollars.unwrap_or(0.0),
            "price_id": product,
        }))
    };
    let cancelled =
        |(_, subscription): (&str, &Subscription)| subscription.cancel_at_time.is_some_and(|at| at <= now.0);
    let all: Vec<Value> = plan.parts().filter_map(listed).collect();
    let all_cancelled = plan.parts().count() > 0 && plan.parts().all(cancelled);
    Subscriptions(json!({ "subscriptions": all, "all_subs_cancelled": all_cancelled }))
}
