use crate::support::World;
use crate::support::authenticator::Authenticator;
use crate::support::operations::Operation;
use crate::support::people::{SITE, somebody_else};
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    /// A factor of another person.
    async fn record(world: &World, _: &str, _: &Records) -> Option<String> {
        Some(somebody_else(world, "factors").await)
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "factors:enable_totp" => Some(json!({ "code": "000000" })),
            "factors:add_passkey" => Some(json!({ "name": "k", "challenge": "x", "credential": {} })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let (owner, line) = ("owner's session", operation.line());
        match operation.action.name {
            "factors:start_totp" => Call::by(owner, line, Value::Null),
            "factors:enable_totp" => {
                let begun = world.call("admin's session", "POST /api/v2/me/factors/totp", Value::Null).await;
                let code = world.code(begun.is(200).json()["secret"].as_str().unwrap(), 0);
                Call::by("admin's session", line, json!({ "code": code }))
            }
            "factors:disable_totp" | "factors:make_recovery_codes" => {
                let who = if operation.action.name.ends_with("codes") { "client" } else { "member" };
                let who = world.signed_in(who).await;
                world.enrols_app(&who).await;
                Call::by(who, line, Value::Null)
            }
            "factors:add_passkey" => {
                let mut key = Authenticator::new(SITE);
                let asked = world.call(owner, &format!("{line}/challenge"), Value::Null).await.is(200).json();
                let credential = key.create(&asked["publicKey"]);
                let challenge = &asked["challenge"];
                Call::by(
                    owner,
                    line,
                    json!({ "name": "k", "challenge": challenge, "credential": credential }),
                )
            }
            "factors:remove_passkey" => {
                // A password that is long enough to be the only factor.
                world.has_password("owner").await;
                let held = world.get(owner, "/api/v2/me/factors").await.is(200).json();
                Call::by(owner, operation.at(held["passkeys"][0]["id"].as_str().unwrap()), Value::Null)
            }
            _ => None,
        }
    }
}
