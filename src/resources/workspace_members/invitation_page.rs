//! The page behind the link of an invitation.

use super::{Acceptance, Invited, accept, show_invitation};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Filled, anonymous};
use crate::resources::users::Visitor;
use crate::web::{End, Field, Link, Theme, is_trouble, time, token};
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};

const LARGEST: usize = 16 * 1024;

static FIELDS: [Field; 4] = [
    Field::OWN_ADDRESS,
    Field::FIRST_NAME,
    Field::LAST_NAME,
    Field {
        help: "At least 15 characters if it is new. A few words work well.",
        wrong: "A new password needs at least 15 characters. If you already have a user on this server, enter its \
                current password",
        ..Field::PASSWORD
    },
];

static LINK: Link = Link {
    title: "Accept your invitation",
    before: "Somebody invited you to a workspace on this server.",
    intro: "Choose a password to join. If you already have a user on this server, enter its current password instead.",
    action: "/links/invitation",
    fields: &FIELDS,
    button: "Accept",
    dead: "The invitation has expired or was already used. Ask the person who invited you for a new one.",
    refused: "The invitation was not accepted. Open the link again, or ask for a new one.",
    other: Some(("/sign-in", "Sign in")),
};

pub fn router() -> axum::Router<App> {
    axum::Router::new()
        .route("/invitations/accept", get(async |theme: Theme| LINK.closed(theme)))
        .route("/links/invitation", anonymous(LARGEST, post(posted)))
}

fn facts(invited: &Invited) -> Vec<(&'static str, String)> {
    let text = |text: &str| crate::web::escaped(text);
    let workspace = invited.brand_name.as_ref().map_or_else(
        || text(&invited.workspace_name),
        |brand| format!("{} ({})", text(&invited.workspace_name), text(brand)),
    );
    vec![
        ("Workspace", workspace),
        ("Invited by", text(&invited.inviter)),
        ("Your role", format!("<span class=\"badge\">{}</span>", invited.role.name())),
        ("Open until", time(invited.expires_at)),
    ]
}

async fn posted(State(app): State<App>, theme: Theme, visitor: Visitor, typed: Filled) -> Result<Response> {
    let token = token(&typed);
    let invited = match show_invitation(&app, visitor.clone(), &token).await {
        Ok(invited) => invited,
        Err(error) if is_trouble(&error) => return Err(error),
        Err(error) => return LINK.dead(theme, error),
    };
    let typed = typed.with("token", &token).with("_email", &invited.email);
    if typed.get("_filled").is_empty() {
        return LINK.open(theme, facts(&invited), &typed);
    }
    let accepted = match typed.read::<Acceptance>() {
        Ok(body) => accept(&app, visitor, body).await,
        Err(error) => Err(error),
    };
    match accepted {
        Ok(accepted) => welcome(&app, theme, accepted.api_key.as_deref()),
        Err(error) if is_trouble(&error) => Err(error),
        Err(error) if is_dead(&error) => LINK.dead(theme, error),
        Err(error) => LINK.refused(theme, facts(&invited), &typed, error),
    }
}

fn is_dead(error: &Error) -> bool {
    matches!(error, Error::Invalid(message) if message.starts_with("body/token "))
}

fn welcome(app: &App, theme: Theme, key: Option<&str>) -> Result<Response> {
    let end = End {
        title: "Welcome",
        text: "You are a member of the workspace now. Sign in with your e-mail address and your password.",
        go: ("/sign-in".to_owned(), "Sign in"),
        key,
        calls: &[
            "/api/v2/me",
            "/api/v2/campaigns",
            "/api/v2/access/explain -d '{\"permission\": \"campaigns:launch\"}'",
        ],
        base: &app.public_url,
    };
    end.page(theme)
}
