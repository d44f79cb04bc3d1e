//! The error responses that every operation can give. They are in the document, so that generated clients know them.

use aide::openapi::{MediaType, OpenApi, Operation, ReferenceOr, Response, SchemaObject, StatusCode};
use schemars::json_schema;

/// By status: the name of the response in the document, and what it means.
const REFUSALS: [(u16, &str, &str); 10] = [
    (400, "Invalid", "The path, the query or the body is invalid. The message names the field."),
    (
        401,
        "NoCredential",
        "The API key or the session is missing, unknown, revoked or expired, or the operation requires recent re-authentication.",
    ),
    (
        402,
        "NotInPlan",
        "The workspace's plan does not include this, or the workspace has used up its credits or its storage.",
    ),
    (
        403,
        "Refused",
        "The key's scopes, the caller's role or its reach do not include this. The message says which.",
    ),
    (404, "NotFound", "There is no such record, or the caller cannot see it."),
    (408, "TooSlow", "The body did not arrive within 30 seconds."),
    (409, "Conflict", "This conflicts with an existing record."),
    (413, "TooLarge", "The body or the requested answer is too large."),
    (429, "RateLimited", "Too many requests. The header Retry-After says when to try again."),
    (
        503,
        "Unavailable",
        "The server is busy, too many requests of the workspace are waiting, too many answers wait to be read, the request \
         took too long, or the database is unavailable. The message says which. The header Retry-After says when to try again.",
    ),
];

/// Adds these responses to each operation that does not describe them itself.
pub fn document(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    for (_, name, description) in REFUSALS {
        components.responses.insert(name.to_owned(), ReferenceOr::Item(response(description)));
    }
    let items = api.paths.iter_mut().flat_map(|paths| paths.paths.values_mut());
    for item in items.filter_map(|item| match item {
        ReferenceOr::Item(item) => Some(item),
        ReferenceOr::Reference { .. } => None,
    }) {
        if let Some(operation) = &mut item.get {
            refer(operation, false);
        }
        for operation in
            [&mut item.post, &mut item.patch, &mut item.put, &mut item.delete].into_iter().flatten()
        {
            refer(operation, true);
        }
    }
}

/// An operation that only reads cannot conflict.
fn refer(operation: &mut Operation, writes: bool) {
    let responses = &mut operation.responses.get_or_insert_default().responses;
    for (status, name, _) in REFUSALS.into_iter().filter(|(status, ..)| writes || *status != 409) {
        responses.entry(StatusCode::Code(status)).or_insert_with(|| ReferenceOr::Reference {
            reference: format!("#/components/responses/{name}"),
            summary: None,
            description: None,
        });
    }
}

fn response(description: &str) -> Response {
    let schema = SchemaObject {
        json_schema: json_schema!({
            "type": "object",
            "properties": {
                "statusCode": { "type": "integer" },
                "error": { "type": "string" },
                "message": { "type": "string" },
            },
            "required": ["statusCode", "error", "message"],
        }),
        external_docs: None,
        example: None,
    };
    let media = MediaType { schema: Some(schema), ..MediaType::default() };
    Response {
        description: description.to_owned(),
        content: [("application/json".to_owned(), media)].into_iter().collect(),
        ..Response::default()
    }
}
