//! The table of operations that begins each `routes.rs`. One entry makes the route and its part of the OpenAPI document:
//! the first line of its comment is the summary, the rest is the description.

use crate::access::{self, Action};
use crate::app::App;
use crate::http::{anonymous, taking};
use aide::axum::ApiRouter;
use aide::axum::routing::ApiMethodRouter;
use aide::openapi::{self, PathItem, ReferenceOr, Response, StatusCode};
use serde_json::Value;

pub struct Operation {
    route: ApiMethodRouter<App>,
    id: &'static str,
    text: &'static str,
    ours: bool,
    open: Option<&'static Action>,
    answer: Option<(u16, &'static str)>,
    example: Option<Value>,
}

impl Operation {
    pub fn new(route: ApiMethodRouter<App>, id: &'static str, text: &'static str) -> Self {
        Operation { route, id, text, ours: false, open: None, answer: None, example: None }
    }

    /// The official API does not have it.
    pub fn ours(self) -> Self {
        Operation { ours: true, ..self }
    }

    /// Anybody may call it: a link, a password or a passkey is the credential. Its body has at most this many bytes.
    pub fn open(self, action: &'static Action, largest: usize) -> Self {
        Operation { route: anonymous(largest, self.route), open: Some(action), ..self }
    }

    /// Its body has at most this many bytes, instead of the limit for all bodies.
    pub fn takes(self, largest: usize) -> Self {
        Operation { route: taking(largest, self.route), ..self }
    }

    /// A status that only this operation answers, and what it means.
    pub fn answers(self, status: u16, meaning: &'static str) -> Self {
        Operation { answer: Some((status, meaning)), ..self }
    }

    /// A body that it takes, for the document.
    pub fn with(self, example: Value) -> Self {
        Operation { example: Some(example), ..self }
    }

    pub fn add_to(self, path: &str, router: ApiRouter<App>) -> ApiRouter<App> {
        let Operation { route, id, text, ours, open, answer, example } = self;
        router.api_route_with(path, route, |mut item| {
            for operation in documented(item.inner_mut()) {
                operation.operation_id = Some(id.to_owned());
                if let Some(action) = open {
                    access::open(action, operation);
                }
                describe(text, operation);
                if ours {
                    operation.extensions.insert("x-gatepost-extension".to_owned(), true.into());
                }
                if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
                    let json = body.content.get_mut("application/json");
                    json.into_iter().for_each(|media| media.example = example.clone());
                }
                if let Some((status, meaning)) = answer {
                    let response = Response { description: meaning.to_owned(), ..Response::default() };
                    let all = operation.responses.get_or_insert_default();
                    all.responses.insert(StatusCode::Code(status), ReferenceOr::Item(response));
                }
            }
            item
        })
    }
}

fn documented(item: &mut PathItem) -> impl Iterator<Item = &mut openapi::Operation> {
    let PathItem { get, post, patch, put, delete, .. } = item;
    [get, post, patch, put, delete].into_iter().flatten()
}

/// The rights, which the description has already, come last.
fn describe(text: &str, operation: &mut openapi::Operation) {
    let (summary, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    operation.summary = Some(summary.trim().to_owned());
    let paragraphs = rest.trim().split("\n\n").map(unwrapped);
    let all: Vec<String> = paragraphs.chain(operation.description.take()).collect();
    operation.description = Some(all.join("\n\n"));
}

fn unwrapped(paragraph: &str) -> String {
    paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// `METHOD "path" => handler as "operationId" with { example of a body }`, then what else is true of it: the names of
/// [`Operation`]'s functions, each after a `+`. The name before the colon is that of the function that the table makes.
macro_rules! operations {
    ($router:ident: $($(#[doc = $text:literal])+ $method:ident $path:literal => $handler:path as $id:literal
        $(with $example:tt)? $(+ $more:ident $(($($with:expr),+))?)*;)+) => {
        pub fn $router() -> ::aide::axum::ApiRouter<$crate::app::App> {
            let router = ::aide::axum::ApiRouter::new();
            $(let router = $crate::resources::operations::Operation::new(
                $crate::resources::operations::route!($method $handler),
                $id,
                concat!($($text, "\n"),+),
            )$(.with(::serde_json::json!($example)))?$(.$more($($($with),+)?))*.add_to($path, router);)+
            router
        }
    };
}
pub(super) use operations;

macro_rules! route {
    (GET $handler:path) => {
        ::aide::axum::routing::get($handler)
    };
    (POST $handler:path) => {
        ::aide::axum::routing::post($handler)
    };
    (PATCH $handler:path) => {
        ::aide::axum::routing::patch($handler)
    };
    (DELETE $handler:path) => {
        ::aide::axum::routing::delete($handler)
    };
}
pub(super) use route;
