//! The page of an invitation, and what it shows before the person has authenticated: the inviter, the workspace and the
//! role. Only the holder of the token learns it. The page does not tell whether the address belongs to a user.

use super::invitation::dead;
use crate::access::{Can, Role, workspace_members::Preview};
use crate::app::App;
use crate::auth;
use crate::error::Result;
use crate::http::{Done, Field, Form};
use crate::resources::users::Visitor;
use crate::resources::{members, workspaces};
use crate::time::Time;
use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

const PAGE: Form = Form {
    title: "Accept your invitation",
    intro: "Choose a password to join. If you already have a user on this server, enter its current password instead.",
    show: "/api/v2/invitations/show",
    facts: &[
        ("Workspace", "workspace_name"),
        ("Invited by", "inviter"),
        ("Your role", "role"),
        ("Open until", "expires_at"),
    ],
    fields: &[
        Field::OWN_ADDRESS,
        Field::FIRST_NAME,
        Field::LAST_NAME,
        Field {
            help: "At least 15 characters if it is new. A few words work well.",
            wrong: "A new password needs at least 15 characters. If you already have a user on this server, enter its \
                    current password",
            ..Field::PASSWORD
        },
    ],
    button: "Accept",
    action: "/api/v2/invitations/accept",
    dead: "This invitation link has expired or was already used. Ask the person who invited you for a new one.",
    refused: "The invitation was not accepted. Open the link again, or ask for a new one.",
    done: Done {
        title: "Welcome",
        text: "You are a member of the workspace now. You sign in with your e-mail address and your password.",
        calls: &[
            "/api/v2/me",
            "/api/v2/campaigns",
            "/api/v2/access/explain -d '{\"permission\": \"campaigns:launch\"}'",
        ],
        advice: "The first call says who you are, the second lists the campaigns that you can see. The third explains \
                 whether you may launch campaigns, and why.",
    },
};

pub async fn page(State(app): State<App>) -> Result<Response> {
    PAGE.page(&app.public_url)
}

/// An open invitation.
#[derive(Serialize, JsonSchema)]
pub struct Invited {
    pub workspace_name: String,
    /// The name that the workspace shows to its clients, and its colour; null if it has none.
    pub brand_name: Option<String>,
    pub brand_color: Option<String>,
    /// The name of the person who invites, or their address.
    pub inviter: String,
    pub role: Role,
    /// The address that was invited.
    pub email: String,
    pub expires_at: Time,
}

pub async fn show_invitation(app: &App, visitor: Visitor, token: &str) -> Result<Invited> {
    let hash = auth::hash(token);
    let can = Can::<Preview>::invited(app, hash.clone(), visitor.origin).await?.ok_or_else(dead)?;
    let invitation = members::shown_invitation(&can, &hash).await?.ok_or_else(dead)?;
    let brand = workspaces::brand(&can, can.reader()).await?;
    Ok(Invited {
        workspace_name: workspaces::current(&can, can.reader()).await?.name,
        brand_name: brand.name,
        brand_color: brand.color,
        inviter: invitation.inviter.unwrap_or_else(|| "An administrator".to_owned()),
        role: invitation.role,
        email: invitation.email,
        expires_at: invitation.expires_at,
    })
}
