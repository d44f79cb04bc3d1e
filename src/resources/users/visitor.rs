//! A visitor: somebody who calls without a proof of who they are. Signing in and following a mailed link begin so.

use crate::app::App;
use crate::auth::Cookie;
use crate::http::Origin;
use aide::OperationInput;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

#[derive(Clone, Debug)]
pub struct Visitor {
    pub origin: Origin,
    /// The cookie of a device, which may belong to another person.
    pub device: Option<String>,
    /// The token of a session, which may wait for a second factor.
    pub session: Option<String>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Visitor {
            origin: parts.extensions.get::<Origin>().cloned().unwrap_or_else(Origin::local),
            device: app.site.read(Cookie::Device, &parts.headers),
            session: app.site.read(Cookie::Session, &parts.headers),
        })
    }
}

impl OperationInput for Visitor {}
