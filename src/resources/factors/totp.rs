//! The authenticator app: a secret, then a code that shows that the app has it. Until then the former app goes on working.

use super::{Enrolled, Factor, Held, Started, TOTP, codes, enrolment, store};
use crate::access::tries::{count, forgive};
use crate::access::{Can, Step, factors::*};
use crate::audit::{Change, Subject};
use crate::auth::Seed;
use crate::error::{Error, Result};
use crate::resources::users;
use serde_json::json;

/// The activity types of the official API for an app that replaces another.
const REPLACEMENT_STARTED: i64 = 24;
const REPLACED: i64 = 25;

pub async fn start(can: Can<StartTotp>) -> Result<Started> {
    let user = users::own(&can)?;
    enrolment::may_enrol(&can, user).await?;
    let seed = Seed::new(&can.app().random()?);
    let factor = Factor::new(can.app(), user, TOTP, "authenticator app", seed.bytes())?;
    let account = can.email().unwrap_or_default().to_owned();
    let started = Started {
        id: factor.id,
        secret: seed.base32(),
        otpauth_url: seed.url(&format!("Gatepost ({})", can.app().public_host()), &account),
    };
    can.write(async move |_, tx| {
        let again = store::enrolled_app(&mut *tx, user).await?.is_some();
        store::drop_unconfirmed(tx, user).await?;
        store::insert(tx, user, &factor).await?;
        let change =
            Change::new(Subject::new("factor", factor.id), (), json!({ "kind": TOTP }), started.clone());
        Ok(if again { change.numbered(REPLACEMENT_STARTED) } else { change })
    })
    .await
}

fn wrong() -> Error {
    Error::invalid("body/code must be what the app shows now; begin with POST /api/v2/me/factors/totp")
}

pub async fn enable(can: Can<EnableTotp>, code: &str) -> Result<Enrolled> {
    let (user, app) = (users::own(&can)?, can.app().clone());
    enrolment::may_enrol(&can, user).await?;
    let limits = users::tries(&format!("enrolment of {user}"), can.origin(), None);
    if !count(&app, &limits).await? {
        return Err(Error::refused(Step::Rate, "rate: too many codes; wait 15 minutes"));
    }
    let begun = store::waiting_app(&app.reader, user).await?.ok_or_else(wrong)?;
    let step = begun.seed(&app, user)?.step(code.trim(), app.now())?.ok_or_else(wrong)?;
    let codes = codes::fresh(&app)?;
    let enabled = can.write(async move |can, tx| {
        let before = store::enrolled_app(&mut *tx, user).await?;
        let first = store::kinds(&mut *tx, user).await?.is_empty();
        if let Some(before) = &before {
            store::delete(tx, user, before.id).await?;
        }
        if store::confirm(tx, user, begun.id, step).await? == 0 {
            return Err(wrong());
        }
        let recovery_codes = enrolment::enrolled(can, tx, user, first, &codes).await?;
        let answer = Enrolled { factor: Held::from(begun.clone()), recovery_codes };
        let change = Change::new(Subject::new("factor", begun.id), (), json!({ "kind": TOTP }), answer);
        Ok(if before.is_some() { change.numbered(REPLACED) } else { change })
    });
    let enabled = enabled.await?;
    forgive(&app, &limits, true).await;
    Ok(enabled)
}

pub async fn disable(can: Can<DisableTotp>) -> Result<Held> {
    let user = users::own(&can)?;
    can.write(async move |can, tx| {
        let factor = store::enrolled_app(&mut *tx, user).await?.ok_or_else(Error::hidden)?;
        store::delete(tx, user, factor.id).await?;
        enrolment::removed(can, tx, user).await?;
        let subject = Subject::new("factor", factor.id);
        Ok(Change::new(subject, json!({ "kind": TOTP }), (), Held::from(factor)))
    })
    .await
}
