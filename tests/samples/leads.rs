use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples, fresh};
use crate::support::{MISSING, World, leads};
use serde_json::{Value, json};

const HOST: &str = "lead.example";

pub struct Resource;

async fn lead(world: &World) -> String {
    let body = json!({ "list_id": leads::list(world, "owner").await, "email": fresh(HOST) });
    world.call("owner", "POST /api/v2/leads", body).await.is(200).id()
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, records: &Records) -> Option<String> {
        let campaign = records.of("campaigns");
        let body = json!({ "campaign": campaign, "email": fresh(HOST), "last_name": "secret plan" });
        Some(world.call(who, "POST /api/v2/leads", body).await.is(200).id())
    }

    fn body(operation: &Operation, records: &Records) -> Option<Value> {
        let campaign = || records.of("campaigns");
        Some(match operation.action.name {
            "leads:read" => json!({ "campaign": campaign() }),
            "leads:create" if operation.path.ends_with("add") => {
                json!({ "campaign_id": campaign(), "leads": [{ "email": fresh(HOST) }] })
            }
            "leads:create" => json!({ "campaign": campaign(), "email": fresh(HOST) }),
            "leads:update" => json!({ "first_name": "walked" }),
            "leads:delete" => json!({ "campaign_id": campaign() }),
            "leads:move" => json!({ "list_id": records.of("lead_lists"), "to_campaign_id": campaign() }),
            "leads:assign" => json!({ "campaign": campaign(), "organization_user_ids": [MISSING] }),
            "leads:merge" => json!({ "lead_id": records.of("leads"), "destination_lead_id": MISSING }),
            "leads:set_interest" => {
                json!({ "lead_email": "walked@lead.example", "campaign_id": campaign(), "interest_value": 1 })
            }
            _ => return None,
        })
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let list = async || leads::list(world, "owner").await;
        match operation.action.name {
            "leads:create" if operation.path.ends_with("add") => {
                let body = json!({ "list_id": list().await, "leads": [{ "email": fresh(HOST) }] });
                Call::new(operation.line(), body)
            }
            "leads:create" => {
                Call::new(operation.line(), json!({ "list_id": list().await, "email": fresh(HOST) }))
            }
            "leads:export" => Call::new(operation.line(), Value::Null),
            "leads:update" => Call::on(operation, lead(world).await, json!({ "last_name": "New" })),
            "leads:move" => Call::new(
                operation.line(),
                json!({ "list_id": list().await, "to_list_id": list().await, "copy_leads": true }),
            ),
            "leads:assign" => {
                let users = [world.who("editor").user];
                let body = json!({ "list_id": list().await, "organization_user_ids": users });
                Call::new(operation.line(), body)
            }
            "leads:set_interest" => {
                let email = fresh(HOST);
                let body = json!({ "list_id": list().await, "email": email });
                world.call("owner", "POST /api/v2/leads", body).await.is(200);
                Call::new(operation.line(), json!({ "lead_email": email, "interest_value": 1 }))
            }
            "leads:merge" => {
                let body = json!({ "lead_id": lead(world).await, "destination_lead_id": lead(world).await });
                Call::new(operation.line(), body)
            }
            "leads:delete" if !operation.takes_id() => {
                Call::new(operation.line(), json!({ "list_id": list().await }))
            }
            "leads:delete" => Call::on(operation, lead(world).await, Value::Null),
            _ => None,
        }
    }
}
