use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use crate::support::{MISSING, World, scene};
use gatepost::db::sql;
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    /// The link to its admin workspace, or one that it offers to another workspace.
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let own = world.get(who, "/api/v2/workspace-group-members/admin").await.is(200).json();
        Some(match own["workspace_group_member_id"].as_str() {
            Some(id) => id.to_owned(),
            None => world.invites(who, scene::workspace(world, "invited").await).await,
        })
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "workspace_group_members:create" => Some(json!({ "sub_workspace_id": MISSING })),
            "workspace_group_members:delegate" => Some(json!({ "read_only": true })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "workspace_group_members:create" => {
                let invited = scene::workspace(world, "invited").await;
                Call::new(operation.line(), json!({ "sub_workspace_id": invited }))
            }
            "workspace_group_members:delete" => {
                let sub = scene::workspace(world, "sub").await;
                Call::on(operation, world.invites("owner", sub).await, Value::Null)
            }
            "workspace_group_members:accept" | "workspace_group_members:reject" => {
                world.run(sql("delete from group_links")).await;
                world.run(sql("update workspaces set scheduled_for_removal_at = null")).await;
                Call::on(operation, world.invites("stranger", world.home).await, Value::Null)
            }
            "workspace_group_members:delegate" => Call::new(operation.line(), json!({ "read_only": true })),
            _ => None,
        }
    }
}
