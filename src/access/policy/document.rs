//! What the OpenAPI document says about who may call an operation.

use super::{Action, Mark};
use aide::openapi::{
    HeaderStyle, Operation, Parameter, ParameterData, ParameterSchemaOrContent, ReferenceOr, SchemaObject,
    SecurityRequirement,
};
use schemars::json_schema;

/// The names of the two ways to authenticate.
pub const KEY: &str = "ApiKeyAuth";
pub const SESSION: &str = "SessionCookie";

/// An operation for callers with an API key or a session.
pub(in crate::access) fn keyed(action: &'static Action, operation: &mut Operation) {
    let scopes = action.scopes();
    let needs = match scopes.first() {
        _ if action.is(Mark::SignedIn) => "Only people who are signed in can call it.".to_owned(),
        Some(_) => format!("An API key needs one of the scopes `{}`.", scopes.join("`, `")),
        None => "An API key needs no scope.".to_owned(),
    };
    let fresh = match action.is(Mark::Fresh) {
        true => {
            " A person who is signed in must have re-authenticated within ten minutes: \
             `POST /auth/reauthenticate`."
        }
        false => "",
    };
    named(action, operation);
    operation.description = Some(format!("Permission `{}`. {needs}{fresh}", action.name));
    // One requirement for each accepted scope: any of them will do.
    let way = |name: &str, scopes| SecurityRequirement::from_iter([(name.to_owned(), scopes)]);
    let keys = match scopes.is_empty() {
        _ if action.is(Mark::SignedIn) => vec![],
        true => vec![way(KEY, vec![])],
        false => scopes.into_iter().map(|scope| way(KEY, vec![scope])).collect(),
    };
    operation.security = keys.into_iter().chain([way(SESSION, vec![])]).collect();
    if ![Mark::SignedIn, Mark::Own, Mark::InPerson].iter().any(|mark| action.is(*mark)) {
        operation.parameters.push(ReferenceOr::Item(elsewhere()));
    }
}

fn elsewhere() -> Parameter {
    let json_schema = json_schema!({ "type": "string", "format": "uuid", "x-gatepost-extension": true });
    let schema = SchemaObject { json_schema, external_docs: None, example: None };
    let parameter_data = ParameterData {
        name: "x-as-workspace".to_owned(),
        description: Some(
            "The id of a sub-workspace in which the caller acts. For callers in its admin workspace."
                .to_owned(),
        ),
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema),
        example: None,
        examples: Default::default(),
        explode: None,
        extensions: Default::default(),
    };
    Parameter::Header { parameter_data, style: HeaderStyle::Simple }
}

/// An operation that anybody may call: a link, a password or a passkey is the credential.
pub fn open(action: &'static Action, operation: &mut Operation) {
    named(action, operation);
    operation.description =
        Some(format!("Permission `{}`. It takes no API key and no session.", action.name));
    operation.security = vec![SecurityRequirement::default()];
}

fn named(action: &'static Action, operation: &mut Operation) {
    operation.tags = vec![action.resource.to_owned()];
    operation.extensions.insert("x-permission".to_owned(), action.name.into());
}
