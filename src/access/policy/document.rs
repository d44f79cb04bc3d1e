//! What the OpenAPI document says about the rights that an operation needs.

use super::{Action, Mark};
use aide::openapi::{Operation, SecurityRequirement};
use aide::transform::TransformOperation;

/// The names of the two security schemes.
pub const KEY: &str = "ApiKeyAuth";
pub const SESSION: &str = "SessionCookie";

/// For an operation that needs a key or a session.
pub(in crate::access) fn keyed(action: &'static Action, operation: &mut Operation) {
    let scopes = action.scopes();
    let needs = match scopes.first() {
        _ if action.is(Mark::SignedIn) => "only for people who are signed in".to_owned(),
        Some(_) => format!("an API key needs one of `{}`", scopes.join("`, `")),
        None => "an API key needs no scope".to_owned(),
    };
    let fresh = match action.is(Mark::Fresh) {
        true => " A session needs re-authentication within ten minutes: `POST /auth/reauthenticate`.",
        false => "",
    };
    named(action, operation);
    operation.description = Some(format!("Permission `{}`; {needs}.{fresh}", action.name));
    // One requirement for each accepted scope, because any of them is enough.
    let way = |name: &str, scopes| SecurityRequirement::from_iter([(name.to_owned(), scopes)]);
    let keys = match scopes.is_empty() {
        _ if action.is(Mark::SignedIn) => vec![],
        true => vec![way(KEY, vec![])],
        false => scopes.into_iter().map(|scope| way(KEY, vec![scope])).collect(),
    };
    operation.security = keys.into_iter().chain([way(SESSION, vec![])]).collect();
}

/// For an operation without a key or session: a link, a password or a passkey is the credential.
pub fn open<'a>(mut operation: TransformOperation<'a>, action: &'static Action) -> TransformOperation<'a> {
    let inner = operation.inner_mut();
    named(action, inner);
    inner.security = vec![SecurityRequirement::default()];
    operation
}

fn named(action: &'static Action, operation: &mut Operation) {
    operation.summary = Some(action.summary.to_owned());
    operation.tags = vec![action.resource.to_owned()];
    operation.extensions.insert("x-permission".to_owned(), action.name.into());
}
