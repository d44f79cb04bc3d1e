//! The SQL of links that are mailed to people.

use super::super::LinkKind;
use crate::access::{Across, across};
use crate::db::{Source, Tx, record};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

fn server_wide() -> Across {
    across("A link belongs to a user, and a user belongs to no workspace.")
}

/// An open link: whose it is, and the address that it is about.
#[derive(Clone)]
pub struct OpenLink {
    pub user: Uuid,
    /// Empty for a link that the operator handed over.
    pub email: String,
}
record! { OpenLink { user = "user_id", email } }

/// The open link with this hash.
pub async fn find(
    from: impl Into<Source<'_>>,
    hash: &str,
    kind: LinkKind,
    now: Time,
) -> Result<Option<OpenLink>> {
    server_wide()
        .unfenced_sql("select {columns} from user_links where hash = $1 and kind = $2 and expires_at > $3")
        .bind(hash)
        .bind(kind.name())
        .bind(now)
        .optional(from)
        .await
}

/// The address that an open link of any kind is about, and when it expires. A link from the operator is about the user's
/// own address.
pub async fn shown_link(
    from: impl Into<Source<'_>>,
    hash: &str,
    now: Time,
) -> Result<Option<(String, Time)>> {
    server_wide()
        .unfenced_sql(
            "select case when l.email = '' then u.email else l.email end, l.expires_at from user_links l \
             join users u on u.id = l.user_id where l.hash = $1 and l.expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .optional(from)
        .await
}

pub async fn open_link(
    tx: &mut Tx,
    hash: &str,
    kind: LinkKind,
    link: &OpenLink,
    expires_at: Time,
) -> Result<()> {
    server_wide()
        .unfenced_sql(
            "insert into user_links (hash, user_id, kind, email, expires_at) values ($1, $2, $3, $4, $5)",
        )
        .bind(hash)
        .bind(link.user)
        .bind(kind.name())
        .bind(&link.email)
        .bind(expires_at)
        .run(tx)
        .await
        .map(drop)
}

/// Whether this call was the first to use the link.
pub async fn use_link(tx: &mut Tx, hash: &str, kind: LinkKind, now: Time) -> Result<bool> {
    let used = server_wide()
        .unfenced_sql("delete from user_links where hash = $1 and kind = $2 and expires_at > $3")
        .bind(hash)
        .bind(kind.name())
        .bind(now)
        .run(tx);
    Ok(used.await? == 1)
}

/// Closes the links of a kind, or all. When a person authenticates again, links that others may have asked
/// for in their name stop working.
pub async fn close_links(tx: &mut Tx, user: Uuid, kind: Option<LinkKind>) -> Result<u64> {
    server_wide()
        .unfenced_sql("delete from user_links where user_id = $1 and kind = coalesce($2, kind)")
        .bind(user)
        .bind(kind.map(|kind| kind.name().to_owned()))
        .run(tx)
        .await
}
