//! Accepts an invitation: the person with the link becomes a user, or proves to be one, and becomes a member.

use super::invitation::{self, dead, gone};
use super::{handed, password, subject};
use crate::access::{Caller, Can, Group, tries, workspace_members::Accept};
use crate::app::App;
use crate::audit::Change;
use crate::auth::{self, Seat};
use crate::db::{Lane, Tx};
use crate::error::Result;
use crate::jobs::outbox;
use crate::mail::letters::{self, Joined};
use crate::resources::api_keys::{self, Minted};
use crate::resources::members::{self, OpenInvitation, WorkspaceMember};
use crate::resources::users::{self, Choice, Chosen, NewUser, Visitor, choose};
use crate::resources::{factors, login_policy, workspaces};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The most bytes of a body. Names may be written with escapes of twelve bytes for a character.
pub const LARGEST: usize = 8 * 1024;

/// A person who is a user already gives their current password. An invitation never sets or changes it.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Acceptance {
    /// The part of the link after `#`.
    pub token: String,
    #[schemars(length(min = 1, max = 80))]
    pub first_name: String,
    #[schemars(length(max = 80))]
    pub last_name: String,
    /// A new user needs 15 characters or more.
    #[schemars(length(min = 1, max = 128))]
    pub password: String,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Accepted {
    #[serde(flatten)]
    pub member: WorkspaceMember,
    /// A personal key to work with until the person signs in. It is shown only once and is valid for 30 days. There is none
    /// if the person has a second factor or needs one in this workspace, or if an admin workspace forbids new keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
}

/// A token is too random to be guessed, so one that opens nothing is refused at once. Otherwise there is exactly one
/// Argon2, whether the address belongs to a user or not.
pub async fn accept(app: &App, visitor: Visitor, body: Acceptance) -> Result<Accepted> {
    let token = auth::hash(&body.token);
    let reading = app.reader.reading_for(Lane::of_credential(&token));
    let open = members::with_token(reading, &token, app.now()).await?.ok_or_else(dead)?;
    let can = Can::<Accept>::invited(app, token, visitor.origin.clone()).await?.ok_or_else(dead)?;
    // The invitations of a workspace share one seat, however many it sends.
    let seat = Seat::known(open.workspace_id);
    let (new, limits) = match open.known {
        None => {
            let words = [&body.first_name, &body.last_name, &open.email].map(String::clone);
            let choice = Choice { password: &body.password, has_factor: false, words: words.to_vec() };
            (Some(choose(app, seat, choice).await?), vec![])
        }
        Some(_) => match password::check(&can, seat, &visitor, &open, &body.password).await? {
            Some(limits) => (None, limits),
            None => return Err(password::wrong(can, open).await?),
        },
    };
    let key = Minted::personal(app)?;
    let accepted = can.write(async move |can, tx| {
        let user = match &new {
            Some(new) => new_user(can, tx, &open, &body, new).await?,
            None => open.known.unwrap_or(open.reserved),
        };
        let name = users::profile(&mut *tx, user).await?.full_name();
        if members::join(can, tx, &open, user, &name).await? == 0 {
            return Err(dead());
        }
        invitation::close(can, tx, open.id, &open.email).await?;
        let has_key = !needs_sign_in(can, tx, user).await?;
        if has_key {
            api_keys::insert_first(can, tx, open.workspace_id, open.id, &key).await?;
        }
        let handed = handed::hand_over(can, tx, open.id).await?;
        let member = members::joined(can, tx, open.id).await?;
        tell_inviter(can, tx, &open).await?;
        let answer = Accepted { member, api_key: has_key.then(|| key.plain().to_owned()) };
        let after = json!({ "accepted": true, "user_id": user });
        Ok(Change::new(subject(open.id), json!({ "accepted": false }), after, answer).with(handed))
    });
    let accepted = accepted.await.map_err(gone)?;
    tries::forgive(app, &limits, true).await;
    Ok(accepted)
}

/// Whether the person gets no first key: they have or need a second factor, or an admin workspace forbids keys.
async fn needs_sign_in(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<bool> {
    let factor = !factors::kinds(&mut *tx, user).await?.is_empty()
        || login_policy::current(can, &mut *tx).await?.requires_factor(can.now());
    let forbids = |group: &Group| group.rails.no_key_creation || group.rails.second_factor_required;
    Ok(factor || can.group().is_some_and(forbids))
}

/// Sends a letter to the inviter, if the server has mail and the address has room for one more.
async fn tell_inviter(can: &Caller, tx: &mut Tx, open: &OpenInvitation) -> Result<()> {
    let Some(issuer) = open.issuer.filter(|_| can.app().mailer.is_some()) else { return Ok(()) };
    let Some(address) = members::address_of_user(can, tx, issuer).await? else { return Ok(()) };
    if !outbox::has_room(can, tx, &address).await? {
        return Ok(());
    }
    let workspace = workspaces::current(can, &mut *tx).await?.name;
    let brand = workspaces::brand(can, &mut *tx).await?;
    let joined = Joined { workspace: &workspace, brand: &brand, member: &open.email, role: &open.role };
    outbox::post(can, tx, &letters::joined(&address, &joined)?, "joined").await.map(drop)
}

/// A link that was mailed proves the address. For a link that was handed over, only the inviter vouches.
async fn new_user(
    can: &Caller,
    tx: &mut Tx,
    open: &OpenInvitation,
    body: &Acceptance,
    password: &Chosen,
) -> Result<Uuid> {
    let new = NewUser {
        id: open.reserved,
        email: &open.email,
        email_verified: open.mailed,
        first_name: &body.first_name,
        last_name: &body.last_name,
        password: Some(password),
    };
    users::insert(tx, &new, can.now()).await?;
    Ok(open.reserved)
}
