//! The pages of a resource, and all pages together. They are registered like operations, in a document of their own that
//! is not served, so that the tests which walk over all operations walk over the pages too.

use super::file::LARGEST as LARGEST_FILE;
use super::frame::Rail;
use super::offer::Way;
use super::typed::hold;
use crate::access::{self, Action, Permission};
use crate::app::App;
use crate::http::{anonymous, taking};
use aide::axum::ApiRouter;
use aide::axum::routing::{ApiMethodRouter, get, post};
use aide::operation::OperationHandler;
use aide::{OperationInput, OperationOutput};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn;

/// The largest form, in bytes. It is also the most that is kept if a session ends while somebody types.
pub const LARGEST: usize = 64 * 1024;

/// A page or a change, as it is written down.
#[derive(Clone, Debug)]
pub struct Written {
    pub method: Method,
    pub path: &'static str,
    pub label: &'static str,
    pub action: &'static Action,
    pub rail: Rail,
    /// Anybody can open it.
    pub open: bool,
}

/// The pages of a resource that belong to one entry of the rail.
pub struct Pages {
    rail: Rail,
    router: ApiRouter<App>,
    written: Vec<Written>,
}

impl Pages {
    /// The page with the shortest address is the target of the entry.
    pub fn under(rail: Rail) -> Pages {
        Pages { rail, router: ApiRouter::new(), written: vec![] }
    }

    /// The handler has `Can<P>` of the same permission. `tests/dashboard.rs` compares the two.
    pub fn at<P, H, I, O, T>(self, way: &Way<P>, handler: H) -> Pages
    where
        P: Permission,
        H: Handler<T, App> + OperationHandler<I, O>,
        I: OperationInput,
        O: OperationOutput,
        T: 'static,
    {
        let route = match way.post {
            true => taking(LARGEST, post(handler)).layer(from_fn(hold)),
            false => get(handler),
        };
        self.add(way, route, false)
    }

    /// A form that carries a file, or the text of one. If the session has ended meanwhile, it is not kept.
    pub fn large<P, H, I, O, T>(self, way: &Way<P>, handler: H) -> Pages
    where
        P: Permission,
        H: Handler<T, App> + OperationHandler<I, O>,
        I: OperationInput,
        O: OperationOutput,
        T: 'static,
    {
        self.add(way, taking(LARGEST_FILE, post(handler)), false)
    }

    /// A page that anybody can open: a link, a password or a passkey is the credential.
    pub fn open<P, H, I, O, T>(self, way: &Way<P>, handler: H) -> Pages
    where
        P: Permission,
        H: Handler<T, App> + OperationHandler<I, O>,
        I: OperationInput,
        O: OperationOutput,
        T: 'static,
    {
        let route = match way.post {
            true => anonymous(LARGEST, post(handler)).layer(from_fn(hold)),
            false => get(handler),
        };
        self.add(way, route, true)
    }

    /// Pages under another entry of the rail.
    pub fn and(mut self, other: Pages) -> Pages {
        self.written.extend(other.written);
        Pages { router: self.router.merge(other.router), ..self }
    }

    fn add<P: Permission>(mut self, way: &Way<P>, route: ApiMethodRouter<App>, open: bool) -> Pages {
        let (method, rail) = (if way.post { Method::POST } else { Method::GET }, self.rail);
        let action = P::ACTION;
        self.written.push(Written { method, path: way.path, label: way.label, action, rail, open });
        let router = self.router.api_route_with(way.path, route, |mut item| {
            let aide::openapi::PathItem { get, post, .. } = item.inner_mut();
            for operation in [get, post].into_iter().flatten().filter(|_| open) {
                access::open(action, operation);
            }
            item
        });
        Pages { router, ..self }
    }
}

/// The pages of all resources as one router, and as a list.
pub fn together(all: Vec<Pages>) -> (ApiRouter<App>, Vec<Written>) {
    all.into_iter().fold((ApiRouter::new(), vec![]), |(router, mut written), pages| {
        written.extend(pages.written);
        (router.merge(pages.router), written)
    })
}
