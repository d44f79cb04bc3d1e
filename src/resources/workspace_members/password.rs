//! The password of an invited person who is a user already. Each try is counted before it is made. Otherwise a member who
//! can invite could try the passwords of everybody on the server.

use super::invitation::{self, dead, gone};
use super::subject;
use crate::access::tries::{self, Limit};
use crate::access::{Can, Step, workspace_members::Accept};
use crate::audit::Change;
use crate::auth::{self, Seat};
use crate::error::{Error, Result};
use crate::resources::members::{self, OpenInvitation};
use crate::resources::users::{self, Visitor};
use serde_json::json;

/// Wrong passwords after which a link is closed.
const FAILURES: i64 = 5;
/// As long as a link is open.
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// What the try counted for, if the password is right. At most five tries at a link are made. They count together with all
/// tries at this password, except on a device that the person has used before.
pub async fn check(
    can: &Can<Accept>,
    seat: Seat,
    visitor: &Visitor,
    open: &OpenInvitation,
    password: &str,
) -> Result<Option<Vec<Limit>>> {
    let app = can.app();
    let name = auth::hash(&format!("invitation {}", open.token_hash));
    let of_link = vec![Limit { name, most: FAILURES, window: WEEK }];
    let user = users::by_address(&app.reader, &open.email).await?;
    let about = users::password_of(&open.email);
    let limits = match users::known_device(app, visitor.device.as_ref(), user.as_ref()) {
        Some(device) => users::tries(&about, can.origin(), Some(&device)),
        None => users::shared_tries(&about),
    };
    if !tries::count(app, &of_link).await? {
        return Err(dead());
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

/// Records a wrong password. The last one closes the link. It returns the error to answer.
pub async fn wrong(can: Can<Accept>, open: OpenInvitation) -> Result<Error> {
    let noted = can.write(async move |can, tx| {
        let failures = members::count_wrong_password(can, tx, open.id).await?.unwrap_or(FAILURES);
        if failures >= FAILURES {
            invitation::close(can, tx, open.id, &open.email).await?;
        }
        Ok(Change::new(subject(open.id), (), json!({ "wrong_passwords": failures }), ()))
    });
    noted.await.map_err(gone)?;
    Ok(Error::invalid(
        "body/password must be the current password of the user with this address; a link allows five tries",
    ))
}
