//! The start page, the pages behind mailed links, and the page to ask for such a link.

use super::{ByLink, NewEmail, SetUp, Token, ask_reset, confirm_email, confirm_reset, setup, show_link};
use crate::access::{Can, profile::Read};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Filled, anonymous};
use crate::resources::users::Visitor;
use crate::web::{
    End, Field, Link, Shown, Theme, drawn, in_place_of, is_explained, is_trouble, onward, outside, time,
    token, with_cookies,
};
use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

/// The most bytes of a form with names.
const LARGEST: usize = 16 * 1024;

static SET_UP_FIELDS: [Field; 5] = [
    Field::FIRST_NAME,
    Field::LAST_NAME,
    Field::ADDRESS,
    Field { least: 15, help: "At least 15 characters. A few words work well.", ..Field::PASSWORD },
    Field {
        missing: "Enter a name for the workspace",
        ..Field::text("workspace_name", "Name of the workspace", "organization", 200)
    },
];

static SET_UP: Link = Link {
    title: "Set up Gatepost",
    before: "Open the set-up link that gatepost serve printed when it started. With SQLite, the link is also in the file \
             setup-url in the data folder. Without a browser, run gatepost init on the server instead.",
    intro: "You create the first workspace of this server and become its owner.",
    action: "/links/setup",
    fields: &SET_UP_FIELDS,
    button: "Set up",
    dead: "It may be incomplete, or the server has printed a newer one since. Open the link that the server printed last; \
           if the server is set up already, ask its owner for an invitation.",
    refused: "The server refused to set up the workspace. Check the fields and try again.",
    other: None,
};

static RESET_FIELDS: [Field; 2] = [
    Field::OWN_ADDRESS,
    Field {
        label: "New password",
        least: 8,
        help: "At least 15 characters, or 8 if you have a second factor. A few words work well.",
        wrong: "The password needs at least 15 characters, or 8 if you have a second factor",
        ..Field::PASSWORD
    },
];

static RESET: Link = Link {
    title: "Choose a new password",
    before: "Open the link from your mail. It works once, within half an hour.",
    intro: "The new password replaces the old one. All your sessions end, and you sign in again.",
    action: "/links/password",
    fields: &RESET_FIELDS,
    button: "Change the password",
    dead: "It has expired or was already used. Ask for a new one.",
    refused: "The password was not changed. Open the link again, or ask for a new one.",
    other: Some(("/reset", "Ask for a new link")),
};

static ADDRESS_FIELDS: [Field; 1] = [Field::OWN_ADDRESS];

static ADDRESS: Link = Link {
    title: "Confirm your new address",
    before: "Open the link from your mail. It works once, within half an hour.",
    intro: "Once you confirm, you sign in with this address instead of the old one.",
    action: "/links/address",
    fields: &ADDRESS_FIELDS,
    button: "Confirm",
    dead: "It has expired, was replaced by a newer one or was already used. Ask for a new one.",
    refused: "Your address was not changed. Open the link again, or ask for a new one.",
    other: Some(("/sign-in", "Sign in")),
};

static ASK_FIELDS: [Field; 1] = [Field::ADDRESS];

pub fn router() -> axum::Router<App> {
    axum::Router::new()
        .route("/", get(start))
        .route("/reset", anonymous(LARGEST, get(forgotten).post(ask)))
        .route("/auth/setup", get(set_up))
        .route("/auth/reset", get(async |theme: Theme| RESET.closed(theme)))
        .route("/auth/email", get(async |theme: Theme| ADDRESS.closed(theme)))
        .route("/links/setup", anonymous(LARGEST, post(found)))
        .route("/links/password", anonymous(LARGEST, post(choose_password)))
        .route("/links/address", anonymous(LARGEST, post(confirm_address)))
}

/// Browsers get to the page that they need. API clients, which do not accept HTML, get the address of the API.
async fn start(State(app): State<App>, visitor: Visitor, request: Request) -> Result<Response> {
    let (mut parts, _) = request.into_parts();
    let accepted =
        parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/html") {
        let why = "the API is at /api/v2, its documentation at /docs";
        let mut told = Error::NoRoute(format!("Route {}:/ not found; {why}", parts.method)).into_response();
        // Without the error itself, the answer stays JSON.
        told.extensions_mut().remove::<Error>();
        return Ok(told);
    }
    let to = match visitor.session.is_some() {
        _ if !setup::has_workspace(&app).await? => "/auth/setup".to_owned(),
        true => match Can::<Read>::from_request_parts(&mut parts, &app).await {
            Ok(can) => format!("/w/{}", can.workspace()),
            Err(_) => "/sign-in".to_owned(),
        },
        false => "/sign-in".to_owned(),
    };
    let mut response = onward(&to, vec![]);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, cookie"));
    Ok(response)
}

/// Answers 410 once there is a workspace.
async fn set_up(State(app): State<App>, theme: Theme) -> Result<Response> {
    match (setup::is_armed(&app).await?, setup::has_workspace(&app).await?) {
        (true, _) => SET_UP.closed(theme),
        (false, is_set_up) => gone(theme, is_set_up),
    }
}

fn gone(theme: Theme, is_set_up: bool) -> Result<Response> {
    let (title, text) = match is_set_up {
        true => (
            "This server is already set up",
            "The set-up link works only once. Sign in, or ask the owner of the workspace for an invitation.",
        ),
        false => (
            "There is no set-up link",
            "This server has no workspace yet, and offers no link to set it up. Its operator finds out why in the log of \
             gatepost serve, or runs gatepost init.",
        ),
    };
    let go = ("/sign-in".to_owned(), "Sign in");
    let mut page = End { title, text, go, key: None, calls: &[], base: "" }.page(theme)?;
    *page.status_mut() = StatusCode::GONE;
    Ok(page)
}

fn is_dead(error: &Error) -> bool {
    matches!(error, Error::Invalid(message) if message.starts_with("body/token "))
}

async fn found(State(app): State<App>, theme: Theme, visitor: Visitor, typed: Filled) -> Result<Response> {
    let token = token(&typed);
    if !setup::is_armed(&app).await? {
        return gone(theme, setup::has_workspace(&app).await?);
    }
    if !setup::is_token(&app, &token).await? {
        return SET_UP.dead(theme, Error::invalid("body/token"));
    }
    if typed.get("_filled").is_empty() {
        return SET_UP.open(theme, vec![], &typed);
    }
    let typed = typed.with("token", &token);
    let made = match typed.read::<SetUp>() {
        Ok(body) => setup::set_up(&app, visitor, body).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(signed) => {
            let end = End {
                title: "Your workspace is ready",
                text: "You own the workspace, and this browser is signed in.",
                go: (format!("/w/{}", signed.body.signed.workspace_id), "Go to your workspace"),
                key: Some(&signed.body.api_key),
                calls: &[
                    "/api/v2/me",
                    "/api/v2/workspace-members -d '{\"email\": \"colleague@example.com\", \"role\": \"sdr\"}'",
                    "/api/v2/access/explain -d '{\"permission\": \"workspaces:delete\"}'",
                ],
                base: &app.public_url,
            };
            Ok(with_cookies(end.page(theme)?, signed.cookies))
        }
        Err(Error::Gone(_)) => gone(theme, true),
        Err(error) if is_trouble(&error) => Err(error),
        Err(error) if is_dead(&error) => SET_UP.dead(theme, error),
        Err(error) => SET_UP.refused(theme, vec![], &typed, error),
    }
}

/// A mailed link: opens it, and then does what it is for.
struct Mailed {
    facts: Vec<(&'static str, String)>,
    typed: Filled,
    filled: bool,
}

async fn mailed(app: &App, typed: Filled) -> Result<Mailed> {
    let token = token(&typed);
    let shown = show_link(app, &Token { token: token.clone() }).await?;
    let filled = !typed.get("_filled").is_empty();
    let typed = typed.with("token", &token).with("_email", &shown.email);
    Ok(Mailed { facts: vec![("Open until", time(shown.expires_at))], typed, filled })
}

async fn choose_password(
    State(app): State<App>,
    theme: Theme,
    visitor: Visitor,
    typed: Filled,
) -> Result<Response> {
    let Mailed { facts, typed, filled } = match mailed(&app, typed).await {
        Ok(mailed) => mailed,
        Err(error) if is_trouble(&error) => return Err(error),
        Err(error) => return RESET.dead(theme, error),
    };
    if !filled {
        return RESET.open(theme, facts, &typed);
    }
    let changed = match typed.read::<ByLink>() {
        Ok(body) => confirm_reset(&app, visitor, body).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(signed) => Ok(onward("/sign-in?said=password", signed.cookies)),
        Err(error) if is_trouble(&error) => Err(error),
        Err(error) if is_dead(&error) => RESET.dead(theme, error),
        Err(error) => RESET.refused(theme, facts, &typed, error),
    }
}

async fn confirm_address(
    State(app): State<App>,
    theme: Theme,
    visitor: Visitor,
    typed: Filled,
) -> Result<Response> {
    let Mailed { facts, typed, filled } = match mailed(&app, typed).await {
        Ok(mailed) => mailed,
        Err(error) if is_trouble(&error) => return Err(error),
        Err(error) => return ADDRESS.dead(theme, error),
    };
    if !filled {
        return ADDRESS.open(theme, facts, &typed);
    }
    match confirm_email(&app, visitor, Token { token: token(&typed) }).await {
        Ok(_) => Ok(onward("/sign-in?said=address", vec![])),
        Err(error) if is_trouble(&error) => Err(error),
        Err(error) if is_dead(&error) => ADDRESS.dead(theme, error),
        Err(error) => ADDRESS.refused(theme, facts, &typed, error),
    }
}

#[derive(Template)]
#[template(path = "public/forgotten.html")]
struct Forgotten<'a> {
    /// The link was asked for: the address.
    asked: Option<&'a str>,
    failed: Option<&'a str>,
    /// This server sends mail, and people can sign in.
    can_ask: bool,
    fields: Vec<Shown>,
}

fn forgotten_page(app: &App, theme: Theme, typed: &Filled, refusal: Option<&Error>) -> Result<Response> {
    let fields = drawn(&ASK_FIELDS, typed, refusal);
    let failed = refusal.filter(|_| !is_explained(&fields)).map(|error| {
        let busy = matches!(error, Error::Busy | Error::Crowded);
        if busy { crate::web::BUSY } else { "No link was sent. Try again later." }
    });
    let can_ask = app.mailer.is_some() && app.site.is_safe().is_ok();
    let before = if refusal.is_some() { "Not sent: " } else { "" };
    outside(theme, (before, "Forgotten password"), &Forgotten { asked: None, failed, can_ask, fields })
}

async fn forgotten(State(app): State<App>, theme: Theme) -> Result<Response> {
    forgotten_page(&app, theme, &Filled::default(), None)
}

/// Says the same whether the address has a user or not.
async fn ask(State(app): State<App>, theme: Theme, visitor: Visitor, typed: Filled) -> Result<Response> {
    let asked = match typed.read::<NewEmail>() {
        Ok(body) => ask_reset(&app, visitor, body).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(_) => {
            let address = typed.get("email");
            let page = Forgotten { asked: Some(address), failed: None, can_ask: true, fields: vec![] };
            outside(theme, ("Done: ", "Forgotten password"), &page)
        }
        Err(error) if is_trouble(&error) => Err(error),
        Err(error) => {
            let page = forgotten_page(&app, theme, &typed, Some(&error))?;
            Ok(in_place_of(error, page))
        }
    }
}
