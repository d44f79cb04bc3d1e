//! What the page of an invitation shows before the person has authenticated: the inviter, the workspace and the
//! role. Only the holder of the token learns it. The page does not tell whether the address belongs to a user.

use super::invitation::dead;
use crate::access::{Can, Role, workspace_members::Preview};
use crate::app::App;
use crate::auth;
use crate::error::Result;
use crate::resources::users::Visitor;
use crate::resources::{members, workspaces};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;

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
