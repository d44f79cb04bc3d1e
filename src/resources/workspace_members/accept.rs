//! Accepting an invitation: whoever holds the link becomes a user, or shows to be one, and a member.

use super::{WorkspaceMember, handed, invitation};
use crate::access::tries;
use crate::access::{Caller, Can, Group, workspace_members::Accept};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::db::{Time, Tx, record, sql};
use crate::error::{Error, Result};
use crate::http::{Json, Origin};
use crate::jobs::outbox;
use crate::mail::letters::{self, Joined};
use crate::resources::{api_keys, factors, login_policy, people, sign_in, white_label, workspaces};
use axum::Extension;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
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
struct Open {
    workspace_id: Uuid,
    id: Uuid,
    email: String,
    reserved: Uuid,
    known: Option<Uuid>,
    password_hash: Option<String>,
    failures: i64,
    mailed: bool,
    issuer: Option<Uuid>,
    role: String,
}
record! { Open {
    workspace_id = "m.workspace_id", id = "m.id", email = "m.email", reserved = "m.user_id", known = "u.id",
    password_hash = "u.password_hash", failures = "m.invitation_failures",
    mailed = "m.invitation_mailed", issuer = "m.issuer_id", role = "m.role"
} }

/// Wrong passwords that a link survives.
const FAILURES: i64 = 5;

async fn open(app: &App, hash: &str) -> Result<Option<Open>> {
    let found = sql("select {columns} from credentials c \
         join members m on m.workspace_id = c.workspace_id and m.id = c.id \
         left join users u on u.email = m.email \
         where c.hash = $1 and c.kind = 'invitation' and not m.accepted and m.invitation_expires_at > $2")
    .bind(hash)
    .bind(app.now());
    found.optional(&app.reader).await
}

/// Used, expired, replaced, never there: one answer.
pub fn dead<T>() -> Result<T> {
    Err(Error::invalid("body/token is of no open invitation; ask for a new link"))
}

/// A token is too random to be guessed, so one that opens nothing is refused at once. For one that does, there is
/// exactly one Argon2, whether its address has a user or not.
pub async fn accept(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<Acceptance>,
) -> Result<Json<Accepted>> {
    let token = auth::hash(&body.token);
    if open(&app, &token).await?.is_none() {
        return dead(); // and keeps nobody waiting
    }
    // One after the other, or many at once would all be counted as the first.
    let _turn = app.passwords.turn().await;
    let Some(open) = open(&app, &token).await? else { return dead() };
    let Some(can) = Can::<Accept>::invited(&app, token, origin).await? else { return dead() };
    let hash = match open.known {
        None => {
            let words = [&body.first_name, &body.last_name, &open.email].map(String::clone);
            Some(people::chosen(&app, &body.password, false, words.to_vec()).await?)
        }
        Some(_) => {
            // With all tries at this password, by whatever door.
            let limits = sign_in::shared_tries(&sign_in::password_of(&open.email));
            let within = tries::count(&app, &limits).await?;
            match app.passwords.verify(&body.password, open.password_hash.as_deref()).await? && within {
                true => None,
                false => return failed(can, open).await,
            }
        }
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
        let key_forbidden = can.grant.group.as_deref().is_some_and(forbids);
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
    accepted.await.map(Json)
}

fn subject(open: &Open) -> Subject {
    Subject::new("workspace_member", open.id)
}

/// Recorded, and counted: else whoever may invite could try the passwords of anybody on the server.
async fn failed(can: Can<Accept>, open: Open) -> Result<Json<Accepted>> {
    let noted = can.write(async move |can, tx| {
        let failures = open.failures + 1;
        sql("update members set invitation_failures = invitation_failures + 1 where workspace_id = $1 and id = $2")
            .bind(can.workspace())
            .bind(open.id)
            .run(&mut *tx)
            .await?;
        if failures >= FAILURES {
            invitation::close(can, tx, open.id, &open.email).await?;
        }
        Ok(Change::new(subject(&open), (), json!({ "wrong_passwords": failures }), ()))
    });
    noted.await?;
    Err(Error::invalid(
        "body/password must be the present password of the user with this address; a link survives five tries",
    ))
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
