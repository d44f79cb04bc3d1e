//! The SQL of invitations: pending members, and the links to them.

use crate::access::{Caller, Role, across};
use crate::db::{Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::time::Time;
use uuid::Uuid;

/// An open invitation, and the user who has its address already.
#[derive(Clone)]
pub struct OpenInvitation {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub email: String,
    /// The id of the user to be.
    pub reserved: Uuid,
    pub known: Option<Uuid>,
    pub token_hash: String,
    /// Whether the link was mailed to the address, so that it proves whose the address is.
    pub mailed: bool,
    pub issuer: Option<Uuid>,
    /// The name of the role, which may be a custom one.
    pub role: String,
}
record! { OpenInvitation {
    workspace_id = "m.workspace_id", id = "m.id", email = "m.email", reserved = "m.user_id", known = "u.id",
    token_hash = "c.hash", mailed = "m.invitation_mailed", issuer = "m.issuer_id",
    role = "coalesce((select r.name from roles r where r.workspace_id = m.workspace_id and r.id = m.role_id), m.role)"
} }

/// The open invitation whose token has this hash.
pub async fn with_token(
    from: impl Into<Source<'_>>,
    hash: &str,
    now: Time,
) -> Result<Option<OpenInvitation>> {
    across("The holder of a link is not yet a member of any workspace.")
        .unfenced_sql(
            "select {columns} from credentials c \
             join members m on m.workspace_id = c.workspace_id and m.id = c.id \
             left join users u on u.email = m.email \
             where c.hash = $1 and c.kind = 'invitation' and not m.accepted and m.invitation_expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .optional(from)
        .await
}

/// What the page of an invitation shows.
pub struct Invitation {
    pub email: String,
    pub role: Role,
    /// The name of the person who invites, or their address.
    pub inviter: Option<String>,
    pub expires_at: Time,
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

pub async fn shown_invitation(can: &Caller, hash: &str) -> Result<Option<Invitation>> {
    can.sql(
        "select {columns} from credentials c \
         join members m on m.workspace_id = c.workspace_id and m.id = c.id \
         left join users u on u.id = m.issuer_id \
         where c.hash = $1 and c.kind = 'invitation' and c.workspace_id = {here} and not m.accepted",
    )
    .bind(hash)
    .optional(can.reader())
    .await
}

/// Stores the hash of the link's token.
pub async fn open_link(can: &Caller, tx: &mut Tx, member: Uuid, hash: &str) -> Result<()> {
    can.sql("insert into credentials (hash, workspace_id, kind, id) values ($1, {here}, 'invitation', $2)")
        .bind(hash)
        .bind(member)
        .run(tx)
        .await
        .map(drop)
}

pub async fn close_link(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<u64> {
    can.sql("delete from credentials where workspace_id = {here} and kind = 'invitation' and id = $1")
        .bind(member)
        .run(tx)
        .await
}

pub async fn set_mailed(can: &Caller, tx: &mut Tx, member: Uuid, mailed: bool) -> Result<u64> {
    can.sql("update members set invitation_mailed = $2 where workspace_id = {here} and id = $1")
        .bind(member)
        .bind(mailed)
        .run(tx)
        .await
}

pub async fn prolong(can: &Caller, tx: &mut Tx, member: Uuid, expires: Time) -> Result<u64> {
    can.sql(
        "update members set invitation_expires_at = $2, invitation_failures = 0 \
         where workspace_id = {here} and id = $1",
    )
    .bind(member)
    .bind(expires)
    .run(tx)
    .await
}

/// Whether a member or an invitation was made through this link to an admin workspace.
pub async fn is_made_through(can: &Caller, tx: &mut Tx, member: Uuid, link: Uuid) -> Result<bool> {
    let own = can
        .sql("select id from members where workspace_id = {here} and id = $1 and link_id = $2")
        .bind(member)
        .bind(link);
    Ok(own.optional::<Uuid>(tx).await?.is_some())
}

/// Counts a wrong password at the link; how many that were. None if the invitation is gone.
pub async fn count_wrong_password(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Option<i64>> {
    can.sql(
        "update members set invitation_failures = invitation_failures + 1 \
         where workspace_id = {here} and id = $1",
    )
    .bind(member)
    .run(&mut *tx)
    .await?;
    can.sql("select invitation_failures from members where workspace_id = {here} and id = $1")
        .bind(member)
        .optional(tx)
        .await
}

/// Makes the invitation a member: no row if it expired or was accepted meanwhile. `name` is the full name of the user.
pub async fn join(
    can: &Caller,
    tx: &mut Tx,
    invitation: &OpenInvitation,
    user: Uuid,
    name: &str,
) -> Result<u64> {
    can.sql(
        "update members set accepted = true, user_id = $2, search = $3 \
         where workspace_id = {here} and id = $1 and not accepted and invitation_expires_at > $4",
    )
    .bind(invitation.id)
    .bind(user)
    .bind(format!("{} {name}", invitation.email).to_lowercase())
    .bind(can.now())
    .run(tx)
    .await
}
