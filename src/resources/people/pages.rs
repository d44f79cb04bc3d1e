//! The pages to which the mailed links lead, and the start page.

use super::setup;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Done, Field, Form, Note, Start, page};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

const SET_UP: Form = Form {
    title: "Set up Gatepost",
    intro: "You create the first workspace of this server and become its owner. You sign in with your e-mail address and \
            a password.",
    show: "",
    facts: &[],
    fields: &[
        Field::FIRST_NAME,
        Field::LAST_NAME,
        Field::ADDRESS,
        Field { least: 15, help: "At least 15 characters. A few words work well.", ..Field::PASSWORD },
        Field {
            missing: "Enter a name for the workspace",
            ..Field::text("workspace_name", "Name of the workspace", "organization", 200)
        },
    ],
    button: "Set up",
    action: "/auth/setup",
    dead: "This link does not work. It may be incomplete, or the server has printed a newer one since. Open the link that \
           the server printed last; if the server is set up already, ask its owner for an invitation.",
    refused: "The server refused to set up the workspace. Check the fields and try again.",
    done: Done {
        title: "Your workspace is ready",
        text: "You own the workspace, and this browser is signed in.",
        calls: &[
            "/api/v2/me",
            "/api/v2/workspace-members -d '{\"email\": \"colleague@example.com\", \"role\": \"sdr\"}'",
            "/api/v2/access/explain -d '{\"permission\": \"workspaces:delete\"}'",
        ],
        advice: "The first call says who you are. The second invites a colleague: put their address in it. If the server \
                 sends no mail, hand over the link that the answer has as invitation_url. The third explains a decision \
                 step by step.",
    },
};

const RESET: Form = Form {
    title: "Choose a new password",
    intro: "The new password replaces the old one. All your sessions end, and you sign in again.",
    show: "/auth/links/show",
    facts: &[],
    fields: &[
        Field::OWN_ADDRESS,
        Field {
            label: "New password",
            least: 8,
            help: "At least 15 characters, or 8 if you have a second factor. A few words work well.",
            wrong: "The password needs at least 15 characters, or 8 if you have a second factor",
            ..Field::PASSWORD
        },
    ],
    button: "Change the password",
    action: "/auth/reset/confirm",
    dead: "This link has expired or was already used. Ask for a new one: the start page says how.",
    refused: "The password was not changed. Open the link again, or ask for a new one.",
    done: Done {
        title: "Your password is changed",
        text: "All your sessions have ended. Sign in with the new password.",
        calls: &[],
        advice: "",
    },
};

const EMAIL: Form = Form {
    title: "Confirm your new address",
    intro: "Once you confirm, you sign in with this address instead of the old one.",
    show: "/auth/links/show",
    facts: &[],
    fields: &[Field::OWN_ADDRESS],
    button: "Confirm",
    action: "/auth/email/confirm",
    dead: "This link has expired, was replaced by a newer one or was already used. Ask for a new one.",
    refused: "Your address was not changed. Open the link again, or ask for a new one.",
    done: Done {
        title: "Your address is changed",
        text: "From now on, sign in with the new address.",
        calls: &[],
        advice: "",
    },
};

const SET: Note = Note {
    title: "This server is already set up",
    text: "The set-up link works only once. Sign in, or ask the owner of the workspace for an invitation.",
};

const UNARMED: Note = Note {
    title: "There is no set-up link",
    text: "This server has no workspace yet, and offers no link to set it up. Its operator finds out why in the log of \
           `gatepost serve`, or runs `gatepost init`.",
};

/// Answers 410 once there is a workspace.
pub async fn set_up(State(app): State<App>) -> Result<Response> {
    match (setup::is_armed(&app).await?, setup::has_workspace(&app).await?) {
        (true, _) => SET_UP.page(&app.public_url),
        (false, true) => page(StatusCode::GONE, &SET),
        (false, false) => page(StatusCode::GONE, &UNARMED),
    }
}

pub async fn reset(State(app): State<App>) -> Result<Response> {
    RESET.page(&app.public_url)
}

pub async fn email(State(app): State<App>) -> Result<Response> {
    EMAIL.page(&app.public_url)
}

/// Browsers get a page. API clients, which do not accept HTML, get the address of the API.
pub async fn start(
    State(app): State<App>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response> {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/html") {
        let why = "the API is at /api/v2, its documentation at /docs";
        return Err(Error::NoRoute(format!("Route {method}:{} not found; {why}", uri.path())));
    }
    let empty = !setup::has_workspace(&app).await?;
    let mut response = page(StatusCode::OK, &Start { empty, base: &app.public_url })?;
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}
