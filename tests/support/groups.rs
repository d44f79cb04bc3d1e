//! Groups of workspaces.

use super::{Answer, World, scene};
use gatepost::db::sql;
use serde_json::{Value, json};
use uuid::Uuid;

impl World {
    /// Creates a workspace, and an owner with the same name.
    pub async fn workspace_of(&mut self, name: &str) -> Uuid {
        let id = scene::workspace(self, name).await;
        scene::join(self, id, name, "owner", None).await;
        id
    }

    /// Invites a workspace into the group of a member's workspace. Gives the id of the link.
    pub async fn invites(&self, who: &str, sub: Uuid) -> String {
        self.wait(24 * 60 * 60 * 1000);
        let body = json!({ "sub_workspace_id": sub });
        self.call(who, "POST /api/v2/workspace-group-members", body).await.is(200).id()
    }

    pub async fn accepts(&self, who: &str, link: &str) -> Answer {
        self.call(who, &format!("POST /api/v2/workspace-group-members/{link}/accept"), Value::Null).await
    }

    /// Creates a workspace with an owner of the same name, in the group of a member's workspace. Gives both
    /// ids.
    pub async fn sub_of(&mut self, admin: &str, name: &str) -> (Uuid, String) {
        let sub = self.workspace_of(name).await;
        let link = self.invites(admin, sub).await;
        self.accepts(name, &link).await.is(200);
        (sub, link)
    }

    /// Writes an accepted link directly into the database.
    pub async fn links(&self, admin: Uuid, sub: Uuid) {
        let insert = sql("insert into group_links (id, workspace_id, sub_workspace_id, status, delegation, \
             accepted_at, timestamp_created, timestamp_updated) values ($1, $2, $3, 'accepted', $4, $5, $5, $5)");
        let insert = insert.bind(self.app.new_id()).bind(admin).bind(sub).bind(json!({}));
        self.run(insert.bind(self.app.now())).await;
    }

    /// Calls while acting in another workspace.
    pub async fn call_as(&self, who: &str, workspace: impl ToString, line: &str, body: Value) -> Answer {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(who, line, &[("x-as-workspace", &workspace.to_string())], bytes).await
    }

    pub async fn get_as(&self, who: &str, workspace: impl ToString, path: &str) -> Answer {
        self.call_as(who, workspace, &format!("GET {path}"), Value::Null).await
    }

    /// Sets what the owner of a workspace allows its admin workspace.
    pub async fn delegates(&self, who: &str, body: Value) -> Answer {
        self.call(who, "PATCH /api/v2/workspace-group-members/admin/delegation", body).await
    }
}
