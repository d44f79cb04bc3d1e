use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples, fresh};
use serde_json::{Value, json};

const INVITE: &str = "POST /api/v2/workspace-members";

pub struct Resource;

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        // The invitations of a day are limited.
        world.wait(24 * 60 * 60 * 1000);
        let body = json!({ "email": fresh("acme.example"), "role": "view" });
        Some(world.call(who, INVITE, body).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        Some(match operation.action.name {
            "workspace_members:create" => json!({ "email": fresh("acme.example"), "role": "view" }),
            "workspace_members:update" => json!({ "nickname": "Nick" }),
            "workspace_members:off_board" => json!({ "successor": null }),
            "workspace_members:accept" => json!({
                "token": "none", "first_name": "A", "last_name": "B", "password": "a password long enough",
            }),
            "workspace_members:preview" => json!({ "token": "none" }),
            _ => return None,
        })
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let member = |name: &str| world.who(name).member.unwrap();
        match operation.action.name {
            "workspace_members:create" => {
                Call::new(operation.line(), json!({ "email": fresh("acme.example"), "role": "sdr" }))
            }
            "workspace_members:update" => Call::on(operation, member("sdr"), json!({ "role": "manager" })),
            "workspace_members:delete" => Call::on(operation, member("view"), Value::Null),
            "workspace_members:off_board" => {
                Call::on(operation, member("client"), json!({ "successor": null }))
            }
            "workspace_members:resend" => Call::on(operation, member("pending"), Value::Null),
            "workspace_members:accept" => Call::by("", operation.line(), acceptance(world).await),
            _ => None,
        }
    }
}

async fn acceptance(world: &World) -> Value {
    let invited = world.call("owner", INVITE, json!({ "email": "comes@acme.example" })).await.is(200).json();
    let link = invited["invitation_url"].as_str().unwrap().to_owned();
    let token = link.split_once('#').unwrap().1;
    json!({ "token": token, "first_name": "Ada", "last_name": "L", "password": "a password long enough" })
}
