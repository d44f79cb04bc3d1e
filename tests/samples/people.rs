use crate::support::World;
use crate::support::operations::Operation;
use crate::support::people::PASSWORD;
use crate::support::samples::{Call, Records, Samples};
use gatepost::db::sql;
use serde_json::{Value, json};

const NEW_PASSWORD: &str = "other words than before";

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        Some(match operation.action.name {
            "profile:update" => json!({ "first_name": "Renamed" }),
            "profile:change_email" | "profile:ask_reset" => json!({ "email": "other@acme.example" }),
            "profile:confirm_email" | "profile:show_link" => json!({ "token": "none" }),
            "profile:reset_password" => json!({ "token": "none", "password": PASSWORD }),
            "profile:change_password" => json!({ "current_password": "wrong", "password": PASSWORD }),
            "workspaces:set_up" => json!({
                "token": "none", "first_name": "A", "last_name": "B", "email": "a@acme.example",
                "password": PASSWORD, "workspace_name": "Another",
            }),
            _ => return None,
        })
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let line = operation.line();
        match operation.action.name {
            "profile:update" => Call::by("owner's session", line, json!({ "first_name": "Renamed" })),
            "profile:change_password" => {
                let body = json!({ "current_password": PASSWORD, "password": NEW_PASSWORD });
                Call::by(world.signed_in("editor").await, line, body)
            }
            "profile:confirm_email" => Call::by("", line, json!({ "token": link(world, "email").await })),
            "profile:reset_password" => {
                let body = json!({ "token": link(world, "password").await, "password": NEW_PASSWORD });
                Call::by("", line, body)
            }
            _ => None,
        }
    }
}

/// The token of a link that could have been mailed to the editor.
async fn link(world: &World, kind: &str) -> String {
    let (token, user) = (format!("token of {}", world.app.new_id()), world.who("editor").user.unwrap());
    let insert =
        sql("insert into user_links (hash, user_id, kind, email, expires_at) values ($1, $2, $3, $4, $5)");
    let insert = insert.bind(gatepost::auth::hash(&token)).bind(user).bind(kind);
    world.run(insert.bind("new.editor@acme.example").bind(world.app.now().plus(1000))).await;
    token
}
