//! The password of a person who is invited and is a user already. Each try is counted before it is made. Otherwise a
//! member who can invite could try the passwords of everybody on the server.

use super::accept::{Accepted, Open, dead, gone, subject};
use super::invitation;
use crate::access::tries::{self, Limit};
use crate::access::{Can, Step, workspace_members::Accept};
use crate::audit::Change;
use crate::auth::{self, Seat};
use crate::db::sql;
use crate::error::{Error, Result};
use crate::http::Json;
use crate::resources::sign_in;
use crate::time::Time;
use axum::http::HeaderMap;
use serde_json::json;

/// Wrong passwords that a link survives.
const FAILURES: i64 = 5;
/// As long as a link is open.
const WEEK: i64 = 7 * Time::DAY;

/// For what the try counted, if the password is right. No more than five tries at a link are looked at, and they count
/// with all tries at this password, except on a device that the person has used before.
pub async fn password(
    can: &Can<Accept>,
    seat: Seat,
    headers: &HeaderMap,
    open: &Open,
    password: &str,
) -> Result<Option<Vec<Limit>>> {
    let app = can.app();
    let name = auth::hash(&format!("invitation {}", open.token_hash));
    let of_link = vec![Limit { name, most: FAILURES, window: WEEK }];
    let user = sign_in::store::user_of(&app.reader, &open.email).await?;
    let about = sign_in::password_of(&open.email);
    let limits = match sign_in::known_device(app, headers, user.as_ref()) {
        Some(device) => sign_in::tries(&about, can.origin(), Some(&device)),
        None => sign_in::shared_tries(&about),
    };
    if !tries::count(app, &of_link).await? {
        return dead();
    }
    if !tries::count(app, &limits).await? {
        // Other people's tries do not use up the link.
        tries::forgive(app, &of_link, false).await;
        return Err(Error::refused(
            Step::Rate,
            "rate: too many tries at this password; wait an hour, accept on a device on which you have signed in \
             before, or choose a new password: POST /auth/reset",
        ));
    }
    let counted = [of_link, limits].concat();
    let stored = user.and_then(|user| user.password_hash);
    let right = app.passwords.verify(seat, password, stored.as_deref()).await;
    let right = tries::unless_busy(app, &counted, right).await?;
    Ok(right.then_some(counted))
}

/// Recorded, and counted in the row: the last of them closes the link.
pub async fn failed(can: Can<Accept>, open: Open) -> Result<Json<Accepted>> {
    let noted = can.write(async move |can, tx| {
        sql("update members set invitation_failures = invitation_failures + 1 where workspace_id = $1 and id = $2")
            .bind(can.workspace())
            .bind(open.id)
            .run(&mut *tx)
            .await?;
        let failures = sql("select invitation_failures from members where workspace_id = $1 and id = $2")
            .bind(can.workspace())
            .bind(open.id);
        let failures = failures.optional::<i64>(&mut *tx).await?.unwrap_or(FAILURES);
        if failures >= FAILURES {
            invitation::close(can, tx, open.id, &open.email).await?;
        }
        Ok(Change::new(subject(&open), (), json!({ "wrong_passwords": failures }), ()))
    });
    noted.await.or_else(gone)?;
    Err(Error::invalid(
        "body/password must be the current password of the user with this address; a link allows five tries",
    ))
}
