//! Accepting an invitation: the person with the link becomes a user, or proves to be one, and becomes a
//! member.

use super::{WorkspaceMember, handed, invitation, tried};
use crate::access::{Caller, Can, Group, Step, tries, workspace_members::Accept};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth::{self, Seat};
use crate::db::{Lane, Tx, record, sql};
use crate::error::{Error, Result};
use crate::http::{Json, Origin};
use crate::jobs::outbox;
use crate::mail::letters::{self, Joined};
use crate::resources::{api_keys, factors, login_policy, people, white_label, workspaces};
use crate::time::Time;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Bytes of a body. Names may be written with escapes of twelve bytes for a character.
pub const LARGEST: usize = 8 * 1024;

/// A person who is a user already shows their current password. An invitation never sets or changes it.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Acceptance {
    /// What stands behind `#` in the link.
    pub token: String,
    #[schemars(length(min = 1, max = 80))]
    pub first_name: String,
    #[schemars(length(max = 80))]
    pub last_name: String,
    /// Of a new user, 15 characters or more.
    #[schemars(length(min = 1, max = 128))]
    pub password: String,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Accepted {
    #[serde(flatten)]
    pub member: WorkspaceMember,
    /// A personal key, shown once, valid for 30 days: enough to work with until one signs in. None for who has a second
    /// factor, or needs one in this workspace, and where an admin workspace forbids new keys: he signs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
}

/// An open invitation, and the user who has its address already.
#[derive(Clone)]
pub(super) struct Open {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub email: String,
    reserved: Uuid,
    known: Option<Uuid>,
    pub token_hash: String,
    mailed: bool,
    issuer: Option<Uuid>,
    role: String,
}
record! { Open {
    workspace_id = "m.workspace_id", id = "m.id", email = "m.email", reserved = "m.user_id", known = "u.id",
    token_hash = "c.hash", mailed = "m.invitation_mailed", issuer = "m.issuer_id", role = "m.role"
} }

async fn open(app: &App, hash: &str) -> Result<Option<Open>> {
    let found = sql("select {columns} from credentials c \
         join members m on m.workspace_id = c.workspace_id and m.id = c.id \
         left join users u on u.email = m.email \
         where c.hash = $1 and c.kind = 'invitation' and not m.accepted and m.invitation_expires_at > $2")
    .bind(hash)
    .bind(app.now());
    found.optional(app.reader.reading_for(Lane::of_credential(hash))).await
}

/// Used, expired, replaced, never there: one answer.
pub fn dead<T>() -> Result<T> {
    Err(Error::invalid(
        "body/token must be from an open invitation; this link has expired or was used: ask for a new one",
    ))
}

/// A token is too random to be guessed, so one that opens nothing is refused at once. For one that does, there is
/// exactly one Argon2, whether its address has a user or not.
pub async fn accept(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Json(body): Json<Acceptance>,
) -> Result<Json<Accepted>> {
    let token = auth::hash(&body.token);
    let Some(open) = open(&app, &token).await? else { return dead() };
    let Some(can) = Can::<Accept>::invited(&app, token, origin).await? else { return dead() };
    // One workspace's invitations share a row, however many it sends.
    let seat = Seat::known(open.workspace_id);
    let (hash, limits) = match open.known {
        None => {
            let words = [&body.first_name, &body.last_name, &open.email].map(String::clone);
            (Some(people::chosen(&app, seat, &body.password, false, words.to_vec()).await?), vec![])
        }
        Some(_) => match tried::password(&can, seat, &headers, &open, &body.password).await? {
            Some(limits) => (None, limits),
            None => return tried::failed(can, open).await,
        },
    };
    let key = api_keys::Minted::personal(&app)?;
    let accepted = can.write(async move |can, tx| {
        let user = match &hash {
            Some(new) => new_user(can, tx, &open, &body, new).await?,
            None => open.known.unwrap_or(open.reserved),
        };
        if join(can, tx, &open, user).await? == 0 {
            return dead();
        }
        invitation::close(can, tx, open.id, &open.email).await?;
        let factor = !factors::store::kinds(&mut *tx, user).await?.is_empty()
            || login_policy::store::current(can, &mut *tx).await?.requires_factor(can.now());
        let forbids = |group: &Group| group.rails.no_key_creation || group.rails.second_factor_required;
        let key_forbidden = can.group().is_some_and(forbids);
        let keyless = factor || key_forbidden;
        if !keyless {
            api_keys::store::insert_first(can, tx, open.workspace_id, open.id, &key).await?;
        }
        let handed = handed::hand_over(can, tx, open.id).await?;
        let member = joined(can, tx, open.id).await?;
        tell_inviter(can, tx, &open).await?;
        let answer = Accepted { member: member.clone(), api_key: (!keyless).then(|| key.plain().to_owned()) };
        let after = json!({ "accepted": true, "user_id": user });
        Ok(Change::new(subject(&open), json!({ "accepted": false }), after, answer).with(handed))
    });
    let accepted = accepted.await.or_else(gone)?;
    tries::forgive(&app, &limits, true).await;
    Ok(Json(accepted))
}

/// The link was used or closed in the meantime.
pub(super) fn gone<T>(error: Error) -> Result<T> {
    if matches!(error, Error::Refused { step: Step::Credential, .. }) { dead() } else { Err(error) }
}

pub(super) fn subject(open: &Open) -> Subject {
    Subject::new("workspace_member", open.id)
}

/// If there is mail, and room for one more.
async fn tell_inviter(can: &Caller, tx: &mut Tx, open: &Open) -> Result<()> {
    let Some(issuer) = open.issuer.filter(|_| can.app().mailer.is_some()) else { return Ok(()) };
    let address: Option<String> =
        sql("select email from members where workspace_id = $1 and user_id = $2 and accepted")
            .bind(can.workspace())
            .bind(issuer)
            .optional(&mut *tx)
            .await?;
    let Some(address) = address else { return Ok(()) };
    if !outbox::has_room(can, tx, &address).await? {
        return Ok(());
    }
    let workspace = workspaces::store::current(can, &mut *tx).await?.name;
    let brand = white_label::store::brand(can, &mut *tx).await?;
    let joined = Joined { workspace: &workspace, brand: &brand, member: &open.email, role: &open.role };
    outbox::post(can, tx, &letters::joined(&address, &joined)?, "joined").await.map(drop)
}

/// An address is proven by a link that was mailed to it; one that was shown is as good as the inviter's word.
async fn new_user(
    can: &Caller,
    tx: &mut Tx,
    open: &Open,
    body: &Acceptance,
    new: &people::Chosen,
) -> Result<Uuid> {
    insert_user(
        tx,
        open.reserved,
        &open.email,
        [&body.first_name, &body.last_name],
        Some(new),
        (open.mailed, can.now()),
    )
    .await?;
    Ok(open.reserved)
}

pub async fn insert_user(
    tx: &mut Tx,
    id: Uuid,
    email: &str,
    [first, last]: [&str; 2],
    password: Option<&people::Chosen>,
    (verified, now): (bool, Time),
) -> Result<u64> {
    sql("insert into users (id, email, email_verified, first_name, last_name, password_hash, \
         password_is_long, timestamp_created) values ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(id)
    .bind(email)
    .bind(verified)
    .bind(first)
    .bind(last)
    .bind(password.map(|password| password.hash.clone()))
    .bind(password.is_some_and(|password| password.long))
    .bind(now)
    .run(tx)
    .await
}

async fn join(can: &Caller, tx: &mut Tx, open: &Open, user: Uuid) -> Result<u64> {
    let name: Option<String> = sql("select first_name || ' ' || last_name from users where id = $1")
        .bind(user)
        .optional(&mut *tx)
        .await?;
    sql("update members set accepted = true, user_id = $3, search = $4 \
         where workspace_id = $1 and id = $2 and not accepted and invitation_expires_at > $5")
    .bind(can.workspace())
    .bind(open.id)
    .bind(user)
    .bind(format!("{} {}", open.email, name.unwrap_or_default()).to_lowercase())
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
