//! The table of operations that begins each `routes.rs`. One entry makes the route and its part of the OpenAPI document:
//! the first line of its comment is the summary, the rest is the description.

use crate::access::{self, Action};
use crate::app::App;
use crate::http::{anonymous, taking};
use aide::axum::ApiRouter;
use aide::axum::routing::ApiMethodRouter;
use aide::openapi::{self, PathItem, ReferenceOr, Response, StatusCode};
use axum::Router;
use axum::routing::MethodRouter;
use serde_json::Value;

pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    route: MethodRouter<App>,
    /// The same route with its part of the document, which a server makes only when somebody reads the document.
    documented: fn() -> ApiMethodRouter<App>,
    id: &'static str,
    text: &'static str,
    ours: bool,
    open: Option<&'static Action>,
    answer: Option<(u16, &'static str)>,
    example: Option<fn() -> Value>,
}

impl Operation {
    pub fn new(
        (method, path): (&'static str, &'static str),
        (route, documented): (MethodRouter<App>, fn() -> ApiMethodRouter<App>),
        id: &'static str,
        text: &'static str,
    ) -> Self {
        let (ours, open, answer, example) = (false, None, None, None);
        Operation { method, path, route, documented, id, text, ours, open, answer, example }
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
    pub fn with(self, example: fn() -> Value) -> Self {
        Operation { example: Some(example), ..self }
    }

    fn describe(&self, item: &mut PathItem) {
        for operation in documented(item) {
            operation.operation_id = Some(self.id.to_owned());
            if let Some(action) = self.open {
                access::open(action, operation);
            }
            describe(self.text, operation);
            if self.ours {
                operation.extensions.insert("x-gatepost-extension".to_owned(), true.into());
            }
            if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
                let json = body.content.get_mut("application/json");
                json.into_iter().for_each(|media| media.example = self.example.map(|example| example()));
            }
            if let Some((status, meaning)) = self.answer {
                let response = Response { description: meaning.to_owned(), ..Response::default() };
                let all = operation.responses.get_or_insert_default();
                all.responses.insert(StatusCode::Code(status), ReferenceOr::Item(response));
            }
        }
    }
}

/// The routes of operations.
pub fn routes(operations: Vec<Operation>) -> Router<App> {
    operations.into_iter().fold(Router::new(), |router, one| router.route(one.path, one.route))
}

/// The routes of operations with their parts of the document.
pub fn described(operations: &[Operation]) -> ApiRouter<App> {
    operations.iter().fold(ApiRouter::new(), |router, operation| {
        router.api_route_with(operation.path, (operation.documented)(), |mut item| {
            operation.describe(item.inner_mut());
            item
        })
    })
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
/// [`Operation`]'s functions, each after a `+`. The table makes a function `operations`.
macro_rules! operations {
    ($($(#[doc = $text:literal])+ $method:ident $path:literal => $handler:path as $id:literal
        $(with $example:tt)? $(+ $more:ident $(($($with:expr),+))?)*;)+) => {
        pub fn operations() -> Vec<$crate::resources::operations::Operation> {
            vec![$($crate::resources::operations::Operation::new(
                (stringify!($method), $path),
                $crate::resources::operations::route!($method $handler),
                $id,
                concat!($($text, "\n"),+),
            )$(.with(|| ::serde_json::json!($example)))?$(.$more($($($with),+)?))*,)+]
        }
    };
}
pub(super) use operations;

macro_rules! route {
    (GET $handler:path) => {
        $crate::resources::operations::route!(get $handler)
    };
    (POST $handler:path) => {
        $crate::resources::operations::route!(post $handler)
    };
    (PATCH $handler:path) => {
        $crate::resources::operations::route!(patch $handler)
    };
    (DELETE $handler:path) => {
        $crate::resources::operations::route!(delete $handler)
    };
    ($method:ident $handler:path) => {
        (::axum::routing::$method($handler), || ::aide::axum::routing::$method($handler))
    };
}
pub(super) use route;
