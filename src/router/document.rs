//! The parts of the OpenAPI document besides its operations: the introduction, the ways to authenticate, and the names of the
//! schemas.

use crate::access::document::{KEY, SESSION};
use aide::openapi::{ApiKeyLocation, Info, OpenApi, SecurityScheme};
use aide::transform::TransformOpenApi;

pub fn introduced() -> OpenApi {
    let info = Info {
        title: "Gatepost".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: Some(include_str!("introduction.md").trim().to_owned()),
        ..Info::default()
    };
    OpenApi { info, ..OpenApi::default() }
}

pub fn secured(api: TransformOpenApi<'_>) -> TransformOpenApi<'_> {
    let key = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("An API key, as `Authorization: Bearer gpk_...`".to_owned()),
        extensions: Default::default(),
    };
    let session = SecurityScheme::ApiKey {
        location: ApiKeyLocation::Cookie,
        name: "__Host-gatepost".to_owned(),
        description: Some(
            "The session of a person who has signed in: `POST /auth/sign-in`. On a server without HTTPS, the cookie is called \
             `gatepost`"
                .to_owned(),
        ),
        extensions: Default::default(),
    };
    api.security_scheme(KEY, key).security_scheme(SESSION, session)
}
