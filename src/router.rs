//! The list of resources: what answers where.

mod unbuilt;

use crate::access::document::{KEY, SESSION};
use crate::app::App;
use crate::auth::Cookie;
use crate::docs;
use crate::edge::{bare, edge};
use crate::error::Error;
use crate::http::{Shared, document};
use crate::resources::*;
use aide::axum::ApiRouter;
use aide::openapi::{ApiKeyLocation, Info, OpenApi, SecurityScheme};
use axum::Extension;
use axum::extract::OriginalUri;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use bytes::Bytes;

pub fn router(app: App) -> (axum::Router, OpenApi) {
    let mut api = described();
    let resources = ApiRouter::new()
        .merge(workspaces::router())
        .merge(workspace_members::router())
        .merge(api_keys::router())
        .merge(custom_tags::router())
        .merge(custom_tag_mappings::router())
        .merge(audit_logs::router())
        .merge(campaigns::router())
        .merge(accounts::router())
        .merge(account_campaign_mappings::router())
        .merge(leads::router())
        .merge(lead_lists::router())
        .merge(background_jobs::router())
        .merge(sign_in::router())
        .merge(sessions::router())
        .merge(people::router())
        .merge(factors::router())
        .merge(login_policy::router())
        .merge(workspace_group_members::router())
        .merge(guard_rails::router())
        .merge(white_label::router())
        .merge(workspace_billing::router())
        .merge(credits::router())
        .merge(explain::router())
        .finish_api_with(&mut api, |api| {
            api.security_scheme(KEY, bearer()).security_scheme(SESSION, session(&app))
        });
    document(&mut api);
    let text = Bytes::from(serde_json::to_string(&api).unwrap_or_default());
    let json = [("content-type", "application/json")];
    let docs = docs::router(text.clone());
    let router = resources
        .route("/openapi.json", get(async move || (Extension(Shared), json, text)))
        .merge(docs)
        .merge(unbuilt::router(&api))
        .fallback(unbuilt::no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), edge))
        .route(
            "/health",
            get(async || "ok").fallback(wrong_method).layer(from_fn_with_state(app.clone(), bare)),
        )
        .with_state(app);
    (router, api)
}

fn described() -> OpenApi {
    let info = Info {
        title: "Gatepost".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: Some(
            "Instantly's API v2, with access control, isolation between workspaces and an audit trail behind it. \
             Operations and fields marked `x-gatepost-extension` are ours. A body marked `x-gatepost-reading: lenient` \
             may have unknown keys. They are dropped, and the answer's header `x-gatepost-ignored` names them."
                .to_owned(),
        ),
        ..Info::default()
    };
    OpenApi { info, ..OpenApi::default() }
}

fn bearer() -> SecurityScheme {
    SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("An API key, as `Authorization: Bearer gpk_...`".to_owned()),
        extensions: Default::default(),
    }
}

fn session(app: &App) -> SecurityScheme {
    SecurityScheme::ApiKey {
        location: ApiKeyLocation::Cookie,
        name: app.site.name(Cookie::Session).to_owned(),
        description: Some("Of a person who has signed in: `POST /auth/sign-in`".to_owned()),
        extensions: Default::default(),
    }
}

async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Error {
    Error::WrongMethod(format!("Route {method}:{} not found; the path has other methods", uri.path()))
}
