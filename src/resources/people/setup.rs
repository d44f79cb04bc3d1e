//! Sets a server up. The holder of the link that `gatepost serve` printed creates the first workspace, becomes its owner
//! and is signed in. The link works once, and only while there is no workspace.

use super::{SetUp, store};
use crate::access::{Can, LoginPolicy, Method, workspaces::SetUp as May};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth::{self, Seat};
use crate::error::{Error, Result};
use crate::http::address;
use crate::jobs;
use crate::resources::api_keys::{self, Minted};
use crate::resources::sessions::{Signed, Token};
use crate::resources::sign_in::{Next, SignedIn, Start};
use crate::resources::users::{self, Choice, Home, NewUser, Visitor, choose};
use crate::resources::workspaces::{self, Founding};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Clone, Serialize, JsonSchema)]
pub struct Founded {
    #[serde(flatten)]
    pub signed: SignedIn,
    /// A personal key of the owner. It is shown only once and is valid for 30 days.
    pub api_key: String,
}

pub const GONE: &str = "this server is set up; sign in, or ask its owner for an invitation";

pub async fn has_workspace(app: &App) -> Result<bool> {
    workspaces::any(&app.reader).await
}

/// Whether a link is open: the server has one and has no workspace yet.
pub async fn is_armed(app: &App) -> Result<bool> {
    Ok(store::setup_hash(&app.reader).await?.is_some() && !has_workspace(app).await?)
}

/// From now on only this token works.
pub async fn arm(app: &App, token: &str) -> Result<()> {
    jobs::remember(app, store::SETUP, &auth::hash(token)).await
}

/// Whether this token works.
pub async fn is_token(app: &App, token: &str) -> Result<bool> {
    Ok(store::setup_hash(&app.reader).await?.as_deref() == Some(auth::hash(token).as_str()))
}

pub fn url(app: &App, token: &str) -> String {
    format!("{}/auth/setup#{token}", app.public_url)
}

pub async fn set_up(app: &App, visitor: Visitor, body: SetUp) -> Result<Signed<Founded>> {
    app.site.is_safe()?;
    if !is_armed(app).await? {
        return Err(Error::Gone(GONE));
    }
    let hash = auth::hash(&body.token);
    if !is_token(app, &body.token).await? {
        return Err(Error::invalid(
            "body/token must be the one in the link that `gatepost serve` printed last",
        ));
    }
    let words = [&body.first_name, &body.last_name, &body.email, &body.workspace_name].map(String::clone);
    let choice = Choice { password: &body.password, has_factor: false, words: words.to_vec() };
    let new = choose(app, Seat::known(Uuid::nil()), choice).await?;
    let token = Token::new(app)?;
    let (session_hash, key) = (token.hash.clone(), Minted::personal(app)?);
    let can = Can::<May>::founder(app, app.new_id(), visitor.origin);
    let made = can.write(async move |can, tx| {
        if workspaces::any(&mut *tx).await? || !store::use_setup(tx, &hash).await? {
            return Err(Error::Gone(GONE));
        }
        let (workspace, user, email) = (can.workspace(), can.new_id(), address(&body.email));
        let name = body.workspace_name.trim();
        let person = NewUser {
            id: user,
            email: &email,
            // The holder of the link operates the server: their word is enough.
            email_verified: true,
            first_name: body.first_name.trim(),
            last_name: body.last_name.trim(),
            password: Some(&new),
        };
        users::insert(tx, &person, can.now()).await?;
        let key_expires_at = Some(can.now().plus(api_keys::FIRST));
        let founding =
            Founding { id: workspace, name, owner: user, email: &email, key: &key, key_expires_at };
        workspaces::found(can, tx, &founding).await?;
        let home = Home { workspace, name: name.to_owned(), policy: LoginPolicy::default() };
        let method = Method::Password;
        let start = Start { user, home, next: Next::Done, method, second_factor: false, kinds: vec![] };
        let signed = start.open(can, tx, &session_hash).await?;
        let after = json!({ "name": signed.workspace_name, "owner": user });
        let founded = Founded { signed, api_key: key.plain().to_owned() };
        Ok(Change::new(Subject::new("workspace", workspace), (), after, founded))
    });
    let body = made.await?;
    app.set_up.notify_one();
    let device = users::device(app, body.signed.user_id)?;
    Ok(Signed { body, cookies: vec![token.cookie(app)?, device] })
}
