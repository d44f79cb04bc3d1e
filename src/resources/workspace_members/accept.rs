//! Accepting an invitation: whoever holds the link becomes a user, or shows to be one, and a member.

use super::{WorkspaceMember, invitation};
use crate::access::{Caller, Can, workspace_members::Accept};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::db::{Time, Tx, record, sql};
use crate::error::{Error, Result};
use crate::http::{Json, Origin};
use crate::resources::api_keys;
use axum::Extension;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who has a user already shows its present password; it is never set or changed by an invitation.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Acceptance {
    /// What stands behind `#` in the link.
    pub token: String,
    #[schemars(length(min = 1, max = 80))]
    pub first_name: String,
    #[schemars(length(max = 80))]
    pub last_name: String,
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Accepted {
    #[serde(flatten)]
    pub member: WorkspaceMember,
    /// A personal key, shown once, valid for 30 days: enough to work with until one signs in.
    pub api_key: String,
}

/// An open invitation, and the user who has its address already.
#[derive(Clone)]
struct Open {
    workspace_id: Uuid,
    id: Uuid,
    email: String,
    reserved: Uuid,
    known: Option<Uuid>,
    password_hash: Option<String>,
}
record! { Open {
    workspace_id = "m.workspace_id", id = "m.id", email = "m.email", reserved = "m.user_id", known = "u.id",
    password_hash = "u.password_hash"
} }

async fn open(app: &App, token: &str) -> Result<Option<Open>> {
    let found = sql("select {columns} from credentials c \
         join members m on m.workspace_id = c.workspace_id and m.id = c.id \
         left join users u on u.email = m.email \
         where c.hash = $1 and c.kind = 'invitation' and not m.accepted and m.invitation_expires_at > $2")
    .bind(auth::hash(token))
    .bind(app.now());
    found.optional(&app.reader).await
}

/// Used, expired, replaced, never there: one answer.
fn dead<T>() -> Result<T> {
    Err(Error::invalid("body/token is of no open invitation; ask for a new link"))
}

pub async fn accept(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<Acceptance>,
) -> Result<Json<Accepted>> {
    let found = open(&app, &body.token).await?;
    // Exactly one Argon2, whatever was found.
    let stored = found.as_ref().filter(|open| open.known.is_some()).map(|open| open.password_hash.clone());
    let hash = match stored {
        Some(stored) => match app.passwords.verify(&body.password, stored.as_deref()).await? {
            true => None,
            false => {
                return Err(Error::invalid(
                    "body/password must be the present password of the user with this address",
                ));
            }
        },
        None => Some(app.passwords.hash(&body.password).await?),
    };
    let Some(open) = found else { return dead() };
    let Some(can) = Can::<Accept>::invited(&app, open.workspace_id, open.id, origin).await? else {
        return dead();
    };
    let key = api_keys::Minted::personal(&app)?;
    let accepted = can.write(async move |can, tx| {
        let user = match &hash {
            Some(hash) => new_user(can, tx, &open, &body, hash).await?,
            None => open.known.unwrap_or(open.reserved),
        };
        if join(can, tx, &open, user).await? == 0 {
            return dead();
        }
        invitation::close(can, tx, open.id).await?;
        api_keys::store::insert_first(can, tx, open.workspace_id, open.id, &key).await?;
        let member = joined(can, tx, open.id).await?;
        let answer = Accepted { member: member.clone(), api_key: key.plain().to_owned() };
        let before = serde_json::json!({ "accepted": false });
        let after = serde_json::json!({ "accepted": true, "user_id": user });
        Ok(Change::new(Subject::new("workspace_member", open.id), before, after, answer))
    });
    accepted.await.map(Json)
}

/// The address is as good as the inviter's word: the link was shown, not mailed.
async fn new_user(can: &Caller, tx: &mut Tx, open: &Open, body: &Acceptance, hash: &str) -> Result<Uuid> {
    insert_user(tx, open.reserved, &open.email, [&body.first_name, &body.last_name], Some(hash), can.now())
        .await?;
    Ok(open.reserved)
}

pub async fn insert_user(
    tx: &mut Tx,
    id: Uuid,
    email: &str,
    [first, last]: [&str; 2],
    hash: Option<&str>,
    now: Time,
) -> Result<u64> {
    sql("insert into users (id, email, email_verified, first_name, last_name, password_hash, timestamp_created) \
         values ($1, $2, false, $3, $4, $5, $6)")
    .bind(id)
    .bind(email)
    .bind(first)
    .bind(last)
    .bind(hash.map(str::to_owned))
    .bind(now)
    .run(tx)
    .await
}

async fn join(can: &Caller, tx: &mut Tx, open: &Open, user: Uuid) -> Result<u64> {
    let name: Option<String> = sql("select lower(first_name || ' ' || last_name) from users where id = $1")
        .bind(user)
        .optional(&mut *tx)
        .await?;
    sql("update members set accepted = true, user_id = $3, search = $4 \
         where workspace_id = $1 and id = $2 and not accepted and invitation_expires_at > $5")
    .bind(can.workspace())
    .bind(open.id)
    .bind(user)
    .bind(format!("{} {}", open.email, name.unwrap_or_default()))
    .bind(can.now())
    .run(tx)
    .await
}

async fn joined(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<WorkspaceMember> {
    let member = sql("select {columns} from members m left join users u on u.id = m.user_id \
         where m.workspace_id = $1 and m.id = $2")
    .bind(can.workspace())
    .bind(id);
    member.optional(tx).await?.ok_or_else(Error::hidden)
}
