//! The first person of a server: whoever holds the link that `gatepost serve` printed makes the first workspace, is its
//! owner, and is signed in. The link works once, and only while there is no workspace.

use super::{SetUp, choose::chosen, store};
use crate::access::{Can, LoginPolicy, Method, Role, workspaces::SetUp as May};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth::{self, Cookie, Seat};
use crate::error::{Error, Result};
use crate::http::{Json, Origin, address};
use crate::jobs;
use crate::resources::api_keys::{Minted, store::insert_first};
use crate::resources::sign_in::{self, Home, Next, Signed, SignedIn, Start};
use crate::resources::{workspace_members as members, workspaces};
use axum::Extension;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Clone, Serialize, JsonSchema)]
pub struct Founded {
    #[serde(flatten)]
    pub signed: SignedIn,
    /// A personal key of the owner, shown once, valid for 30 days.
    pub api_key: String,
}

pub const GONE: &str = "this server is set up; sign in, or ask its owner for an invitation";

pub async fn has_workspace(app: &App) -> Result<bool> {
    workspaces::store::any(&app.reader).await
}

/// Whether a link is open: there is no workspace yet.
pub async fn is_armed(app: &App) -> Result<bool> {
    Ok(store::setup_hash(&app.reader).await?.is_some() && !has_workspace(app).await?)
}

/// From now on this token is the one that works.
pub async fn arm(app: &App, token: &str) -> Result<()> {
    jobs::remember(app, store::SETUP, &auth::hash(token)).await
}

/// Whether it is this one.
pub async fn is_token(app: &App, token: &str) -> Result<bool> {
    Ok(store::setup_hash(&app.reader).await?.as_deref() == Some(auth::hash(token).as_str()))
}

pub fn url(app: &App, token: &str) -> String {
    format!("{}/auth/setup#{token}", app.public_url)
}

pub async fn set_up(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<SetUp>,
) -> Result<Signed<Founded>> {
    app.site.is_safe()?;
    if !is_armed(&app).await? {
        return Err(Error::Gone(GONE));
    }
    let hash = auth::hash(&body.token);
    if !is_token(&app, &body.token).await? {
        return Err(Error::invalid(
            "body/token must be the one in the link that `gatepost serve` printed last",
        ));
    }
    let words = [&body.first_name, &body.last_name, &body.email, &body.workspace_name].map(String::clone);
    let new = chosen(&app, Seat::known(Uuid::nil()), &body.password, false, words.to_vec()).await?;
    let (token, session_hash) = sign_in::token(&app)?;
    let key = Minted::personal(&app)?;
    let can = Can::<May>::founder(&app, app.new_id(), origin);
    let made = can.write(async move |can, tx| {
        if workspaces::store::any(&mut *tx).await? || store::use_setup(tx, &hash).await? == 0 {
            return Err(Error::Gone(GONE));
        }
        let (workspace, user, email) = (can.workspace(), can.new_id(), address(&body.email));
        workspaces::store::insert(tx, workspace, body.workspace_name.trim(), can.now()).await?;
        // On the word of whoever stands at the server.
        let names = [body.first_name.trim(), body.last_name.trim()];
        members::insert_user(tx, user, &email, names, Some(&new), (true, can.now())).await?;
        let person = members::store::Person { user, email: &email, role: Role::Owner };
        let member = members::store::insert_accepted(can, tx, workspace, &person).await?;
        insert_first(can, tx, workspace, member, &key).await?;
        let home =
            Home { workspace, name: body.workspace_name.trim().to_owned(), policy: LoginPolicy::default() };
        let method = Method::Password;
        let start = Start { user, home, next: Next::Done, method, second_factor: false, kinds: vec![] };
        let signed = start.open(can, tx, &session_hash).await?;
        let after = json!({ "name": signed.workspace_name, "owner": user });
        let founded = Founded { signed, api_key: key.plain().to_owned() };
        Ok(Change::new(Subject::new("workspace", workspace), (), after, founded))
    });
    let body = made.await?;
    app.set_up.notify_one();
    let device = sign_in::device(&app, body.signed.user_id)?;
    Ok(Signed { body, cookies: vec![app.site.set(Cookie::Session, &token)?, device] })
}
