//! The pages of a resource, and all pages together. They are described like operations, in a document of their own that
//! only the tests make, so that the tests which walk over all operations walk over the pages too.

use super::file::LARGEST as LARGEST_FILE;
use super::frame::Rail;
use super::offer::Way;
use super::typed::hold;
use crate::access::{self, Action, Permission};
use crate::app::App;
use crate::http::{anonymous, taking};
use aide::axum::ApiRouter;
use aide::axum::routing::{self as api, ApiMethodRouter};
use aide::operation::OperationHandler;
use aide::{OperationInput, OperationOutput};
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, get, post};

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
    router: Router<App>,
    written: Vec<Written>,
    /// For each of them, its route with its part of the document.
    described: Vec<Box<dyn Fn() -> ApiMethodRouter<App>>>,
}

impl Pages {
    /// The page with the shortest address is the target of the entry.
    pub fn under(rail: Rail) -> Pages {
        Pages { rail, router: Router::new(), written: vec![], described: vec![] }
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
            true => taking(LARGEST, post(handler.clone())).layer(from_fn(hold)),
            false => get(handler.clone()),
        };
        self.add(way, route, handler, false)
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
        self.add(way, taking(LARGEST_FILE, post(handler.clone())), handler, false)
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
            true => anonymous(LARGEST, post(handler.clone())).layer(from_fn(hold)),
            false => get(handler.clone()),
        };
        self.add(way, route, handler, true)
    }

    /// Pages under another entry of the rail.
    pub fn and(mut self, other: Pages) -> Pages {
        self.written.extend(other.written);
        self.described.extend(other.described);
        Pages { router: self.router.merge(other.router), ..self }
    }

    fn add<P, H, I, O, T>(mut self, way: &Way<P>, route: MethodRouter<App>, handler: H, open: bool) -> Pages
    where
        P: Permission,
        H: Handler<T, App> + OperationHandler<I, O>,
        I: OperationInput,
        O: OperationOutput,
        T: 'static,
    {
        let (method, rail) = (if way.post { Method::POST } else { Method::GET }, self.rail);
        self.written.push(Written {
            method,
            path: way.path,
            label: way.label,
            action: P::ACTION,
            rail,
            open,
        });
        let is_post = way.post;
        self.described.push(Box::new(move || match is_post {
            true => api::post(handler.clone()),
            false => api::get(handler.clone()),
        }));
        Pages { router: self.router.route(way.path, route), ..self }
    }
}

/// The pages of all resources as one router, and as a list.
pub fn together(all: Vec<Pages>) -> (Router<App>, Vec<Written>) {
    all.into_iter().fold((Router::new(), vec![]), |(router, mut written), pages| {
        written.extend(pages.written);
        (router.merge(pages.router), written)
    })
}

/// The routes of all pages with their parts of the document.
pub fn described(all: &[Pages]) -> ApiRouter<App> {
    let pages = all.iter().flat_map(|pages| pages.written.iter().zip(&pages.described));
    pages.fold(ApiRouter::new(), |router, (written, described)| {
        router.api_route_with(written.path, described(), |mut item| {
            let aide::openapi::PathItem { get, post, .. } = item.inner_mut();
            for operation in [get, post].into_iter().flatten().filter(|_| written.open) {
                access::open(written.action, operation);
            }
            item
        })
    })
}
