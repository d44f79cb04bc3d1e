//! The page behind the link of an invitation, and what it shows before the person has authenticated: who invites, to
//! which workspace, as what. Only the holder of the token learns it. The page does not tell whether the address has a
//! user already.

use super::accept::dead;
use crate::access::{Can, Role, workspace_members::Preview};
use crate::app::App;
use crate::auth;
use crate::db::{Record, Row, sql};
use crate::error::{Error, Result};
use crate::http::{Done, Field, Form, Json, Origin};
use crate::resources::people::Token;
use crate::resources::{white_label, workspaces};
use crate::time::Time;
use axum::Extension;
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

/// What an open invitation is to.
#[derive(Serialize, JsonSchema)]
pub struct Invited {
    pub workspace_name: String,
    /// The name under which the workspace shows itself, and its colour; null if it has none.
    pub brand_name: Option<String>,
    pub brand_color: Option<String>,
    /// The name of the person who invites, or their address.
    pub inviter: String,
    pub role: Role,
    /// The address that was invited.
    pub email: String,
    pub expires_at: Time,
}

/// What is in the row of the invitation.
struct Invitation {
    email: String,
    role: Role,
    inviter: Option<String>,
    expires_at: Time,
}

impl Record for Invitation {
    const COLUMNS: &'static str = "m.email, m.role, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), \
         u.email), m.invitation_expires_at";
    fn read(row: &mut Row) -> Result<Self> {
        let (email, role): (String, String) = (row.take()?, row.take()?);
        let role = Role::parse(&role).ok_or_else(|| Error::internal(format!("unknown role `{role}`")))?;
        Ok(Invitation { email, role, inviter: row.take()?, expires_at: row.take()? })
    }
}

pub async fn show(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<Token>,
) -> Result<Json<Invited>> {
    let hash = auth::hash(&body.token);
    let Some(can) = Can::<Preview>::invited(&app, hash.clone(), origin).await? else { return dead() };
    let found = sql("select {columns} from credentials c \
         join members m on m.workspace_id = c.workspace_id and m.id = c.id \
         left join users u on u.id = m.issuer_id \
         where c.hash = $1 and c.kind = 'invitation' and c.workspace_id = $2 and not m.accepted")
    .bind(hash)
    .bind(can.workspace());
    let Some(invitation) = found.optional::<Invitation>(can.reader()).await? else { return dead() };
    let brand = white_label::store::brand(&can, can.reader()).await?;
    Ok(Json(Invited {
        workspace_name: workspaces::store::current(&can, can.reader()).await?.name,
        brand_name: brand.name,
        brand_color: brand.color,
        inviter: invitation.inviter.unwrap_or_else(|| "An administrator".to_owned()),
        role: invitation.role,
        email: invitation.email,
        expires_at: invitation.expires_at,
    }))
}
