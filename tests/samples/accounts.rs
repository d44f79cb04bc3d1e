use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples, fresh};
use crate::support::scene::{self, account};
use crate::support::{MISSING, World};
use serde_json::{Value, json};
use uuid::Uuid;

const HOST: &str = "outreach.example";

pub struct Resource;

async fn connected(world: &World) -> String {
    let email = fresh(HOST);
    world.connect("owner", &email, None).await;
    email
}

impl Samples for Resource {
    /// An address.
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let email = fresh(HOST);
        world.connect(who, &email, None).await;
        Some(email)
    }

    fn body(operation: &Operation, records: &Records) -> Option<Value> {
        Some(match operation.action.name {
            "accounts:create" => account(&fresh(HOST), None),
            "accounts:update" => json!({ "first_name": "walked" }),
            "accounts:assign" => json!({ "account_email": records.of("accounts"), "assigned_to": null }),
            "accounts:pause" | "accounts:warm" | "accounts:read" => {
                json!({ "emails": [records.of("accounts")] })
            }
            "accounts:test" => json!({ "accounts": [records.of("accounts")] }),
            "accounts:move" | "accounts:preview_move" => json!({
                "emails": [records.of("accounts")],
                "source_workspace_id": MISSING,
                "destination_workspace_id": Uuid::nil(),
            }),
            _ => return None,
        })
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let (line, many) = (operation.line(), !operation.takes_id());
        match operation.action.name {
            "accounts:create" => Call::new(line, account(&fresh(HOST), None)),
            "accounts:update" => Call::on(operation, connected(world).await, json!({ "last_name": "New" })),
            "accounts:assign" => {
                let members = world.get("owner", "/api/v2/workspace-members?limit=100&search=sdr").await;
                let to = &members.items()[0]["email"];
                Call::new(line, json!({ "account_email": connected(world).await, "assigned_to": to }))
            }
            "accounts:pause" | "accounts:warm" if many => {
                Call::new(line, json!({ "emails": [connected(world).await] }))
            }
            "accounts:pause" | "accounts:resume" | "accounts:mark_fixed" | "accounts:delete" => {
                Call::on(operation, connected(world).await, Value::Null)
            }
            "accounts:move" => {
                let sub = scene::workspace(world, "sub").await;
                world.links(world.home, sub).await;
                let body = json!({
                    "emails": [connected(world).await],
                    "source_workspace_id": world.home,
                    "destination_workspace_id": sub,
                });
                Call::new(line, body)
            }
            _ => None,
        }
    }
}
