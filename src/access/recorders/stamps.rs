//! When a key or a session was last used.

use crate::db::{Tx, sql};
use crate::error::Result;
use crate::time::Time;
use std::collections::HashMap;
use uuid::Uuid;

/// The most keys and sessions whose last stamp is remembered.
const REMEMBERED: usize = 100_000;

/// A credential that was used, with the first part of its primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::access) enum Used {
    Key { workspace: Uuid, id: Uuid },
    Session { user: Uuid, id: Uuid },
}

/// A busy key is stamped once a minute. More stamps would turn reads into writes, which invalidate the readers' caches.
pub(in crate::access) fn is_news(stamped: &mut HashMap<Used, Time>, key: Used, at: Time) -> bool {
    if stamped.get(&key).is_some_and(|last| at < last.plus(Time::MINUTE)) {
        return false;
    }
    if stamped.len() >= REMEMBERED {
        stamped.clear();
    }
    stamped.insert(key, at);
    true
}

/// `from` is the address of the call.
pub(in crate::access) async fn stamp(used: Used, (at, from): (Time, &str), tx: &mut Tx) -> Result<u64> {
    match used {
        Used::Key { workspace, id } => sql(
            "update api_keys set last_used_at = $3, last_used_from = $4 where workspace_id = $1 and id = $2 \
                 and coalesce(last_used_at < $3, true)",
        )
        .bind(workspace)
        .bind(id)
        .bind(at)
        .bind(from),
        Used::Session { user, id } => {
            sql("update sessions set last_seen_at = $3 where user_id = $1 and id = $2 and last_seen_at < $3")
                .bind(user)
                .bind(id)
                .bind(at)
        }
    }
    .run(tx)
    .await
}
