use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use gatepost::db::sql;
use serde_json::{Value, json};

pub struct Resource;

const ROLES: &str = "/api/v2/roles";

fn role() -> Value {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let permissions = json!({ "campaigns:read": "team", "campaigns:launch": "own" });
    json!({ "name": format!("walk-{}", &id[12..]), "base": "sdr", "permissions": permissions })
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        // A workspace has at most 50. The oldest is the record of the whole walk.
        let old = sql("delete from roles where name like 'walk-%' and exists (select 1 from roles o \
             where o.workspace_id = roles.workspace_id and o.id < roles.id) and not exists (select 1 from members m \
             where m.workspace_id = roles.workspace_id and m.role_id = roles.id)");
        world.run(old).await;
        Some(world.call(who, &format!("POST {ROLES}"), role()).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "roles:create" => Some(role()),
            "roles:update" | "roles:read" => Some(json!({ "without": ["campaigns:pause"] })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let made = async || world.call("owner", &format!("POST {ROLES}"), role()).await.is(200).id();
        match operation.action.name {
            "roles:create" => Call::new(operation.line(), role()),
            "roles:update" => Call::on(operation, made().await, json!({ "name": "sdr-west" })),
            "roles:delete" => Call::on(operation, made().await, Value::Null),
            _ => None,
        }
    }
}
