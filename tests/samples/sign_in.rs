use crate::support::World;
use crate::support::operations::Operation;
use crate::support::people::{PASSWORD, cookie};
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "sessions:sign_in" if operation.path.ends_with("passkey") => {
                Some(json!({ "challenge": "x", "credential": {} }))
            }
            "sessions:sign_in" => Some(json!({ "email": "other@acme.example", "password": "wrong" })),
            "sessions:second_factor" => Some(json!({ "code": "000000" })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let line = operation.line();
        match operation.action.name {
            "sessions:sign_in" if operation.path.ends_with("passkey") => {
                let mut key = world.enrols_passkey(&world.signed_in("manager").await).await;
                Call::by("", line, world.answered(&mut key).await)
            }
            "sessions:sign_in" => {
                let body = json!({ "email": world.has_password("editor").await, "password": PASSWORD });
                Call::by("", line, body)
            }
            "sessions:second_factor" => {
                let (seed, _) = world.enrols_app(&world.signed_in("sdr").await).await;
                let begun = world.signs_in(&world.email("sdr").await, PASSWORD).await.is(200);
                let who = format!("cookie:{}", cookie(&begun).unwrap());
                Call::by(who, line, json!({ "code": world.code(&seed, 1) }))
            }
            _ => None,
        }
    }
}
