//! The SQL of the frame.

use crate::access::Caller;
use crate::db::record;
use crate::error::{Error, Result};

/// The names that the frame shows.
pub struct Names {
    pub workspace: String,
    pub first: Option<String>,
    pub last: Option<String>,
}
record! { Names { workspace = "w.name", first = "u.first_name", last = "u.last_name" } }

pub async fn names(caller: &Caller) -> Result<Names> {
    let found = caller
        .sql("select {columns} from workspaces w left join users u on u.id = $1 where w.id = {here}")
        .bind(caller.identity().user)
        .optional(caller.reader());
    found.await?.ok_or_else(Error::hidden)
}
