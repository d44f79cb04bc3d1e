//! The answers that every operation can give besides its result. The OpenAPI document has them, so that
//! generated clients know them.

use aide::openapi::{MediaType, OpenApi, Operation, ReferenceOr, Response, SchemaObject, StatusCode};
use schemars::{Schema, json_schema};

/// For each status: the name of the response in the document, and its meaning.
const REFUSALS: [(u16, &str, &str); 10] = [
    (400, "Invalid", "The path, the query or the body is wrong. The message names the field."),
    (
        401,
        "NoCredential",
        "The API key or the session is missing, unknown, revoked or expired, or the operation requires recent \
         re-authentication.",
    ),
    (
        402,
        "NotInPlan",
        "The workspace's plan or this server's configuration does not include this, or the workspace has used up its \
         credits or its storage.",
    ),
    (
        403,
        "Refused",
        "The key's scopes, the caller's role or the reach of the role do not allow this. The message names which.",
    ),
    (404, "NotFound", "The record does not exist, or the caller cannot see it."),
    (408, "TooSlow", "The body did not arrive within 30 seconds."),
    (409, "Conflict", "This conflicts with an existing record."),
    (413, "TooLarge", "The body or the answer is too large."),
    (
        429,
        "RateLimited",
        "The workspace sends too many requests. Wait as long as the header Retry-After says.",
    ),
    (
        503,
        "Unavailable",
        "The server or the workspace is busy, the request took too long, or the database cannot be reached. The message \
         names the reason. Wait as long as the header Retry-After says.",
    ),
];

/// Adds them to each operation that does not describe them itself.
pub fn document_refusals(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    components.schemas.insert(ERROR.to_owned(), object(error()));
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

const ERROR: &str = "Error";

fn error() -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "statusCode": { "type": "integer", "description": "The status of the answer." },
            "error": { "type": "string", "description": "The name of the status." },
            "message": { "type": "string", "description": "What is wrong, and where." },
        },
        "required": ["statusCode", "error", "message"],
        "examples": [{
            "statusCode": 400, "error": "Bad Request", "message": "body/email must match format \"email\"",
        }],
    })
}

fn object(json_schema: Schema) -> SchemaObject {
    SchemaObject { json_schema, external_docs: None, example: None }
}

fn response(description: &str) -> Response {
    let schema = Schema::new_ref(format!("#/components/schemas/{ERROR}"));
    let media = MediaType { schema: Some(object(schema)), ..MediaType::default() };
    Response {
        description: description.to_owned(),
        content: [("application/json".to_owned(), media)].into_iter().collect(),
        ..Response::default()
    }
}
