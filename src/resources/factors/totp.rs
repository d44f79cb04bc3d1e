//! Enrolling an authenticator app: a secret, then a code that shows that the app has it. The one before goes on working
//! until then.

use super::{Code, Enrolled, Factor, Held, Started, TOTP, confirm, recovery::whose, store};
use crate::access::tries::{count, forgive};
use crate::access::{Can, Step, factors::*};
use crate::audit::{Change, Subject};
use crate::auth::Seed;
use crate::error::{Error, Result};
use crate::http::{Json, Nothing};
use crate::resources::sign_in;
use serde_json::json;

/// The reference's types where an app is in the place of another.
const REPLACEMENT_STARTED: i64 = 24;
const REPLACED: i64 = 25;

pub async fn start(can: Can<StartTotp>, _: Nothing) -> Result<Json<Started>> {
    let user = whose(can.user())?;
    confirm::may_enrol(&can, user).await?;
    let seed = Seed::new(&can.app().random()?);
    let factor = Factor::new(can.app(), user, TOTP, "authenticator app", seed.bytes())?;
    let account = can.email().unwrap_or_default().to_owned();
    let started = Started {
        id: factor.id,
        secret: seed.base32(),
        otpauth_url: seed.url(&format!("Gatepost ({})", can.app().public_host()), &account),
    };
    let begun = can.write(async move |_, tx| {
        let again = store::totp(&mut *tx, user, true).await?.is_some();
        store::drop_unconfirmed(tx, user).await?;
        store::insert(tx, user, &factor).await?;
        let change =
            Change::new(Subject::new("factor", factor.id), (), json!({ "kind": TOTP }), started.clone());
        Ok(if again { change.numbered(REPLACEMENT_STARTED) } else { change })
    });
    begun.await.map(Json)
}

pub async fn enable(can: Can<EnableTotp>, Json(body): Json<Code>) -> Result<Json<Enrolled>> {
    let (user, app) = (whose(can.user())?, can.app().clone());
    confirm::may_enrol(&can, user).await?;
    let limits = sign_in::tries(&format!("enrolment of {user}"), can.origin(), None);
    let wrong = || {
        Error::invalid("body/code must be what the app shows now; begin with POST /api/v2/me/factors/totp")
    };
    if !count(&app, &limits).await? {
        return Err(Error::refused(Step::Rate, "rate: too many codes; wait a quarter of an hour"));
    }
    let begun = store::totp(&app.reader, user, false).await?.ok_or_else(wrong)?;
    let step = begun.seed(&app, user)?.step(body.code.trim(), app.now())?.ok_or_else(wrong)?;
    let codes = super::recovery::fresh(&app)?;
    let enabled = can.write(async move |can, tx| {
        let before = store::totp(&mut *tx, user, true).await?;
        let first = store::kinds(&mut *tx, user).await?.is_empty();
        if let Some(before) = &before {
            store::delete(tx, user, before.id).await?;
        }
        if store::confirm(tx, user, begun.id, step).await? == 0 {
            return Err(wrong());
        }
        let recovery_codes = confirm::enrolled(can, tx, user, first, &codes).await?;
        let answer = Enrolled { factor: Held::from(begun.clone()), recovery_codes };
        let change = Change::new(Subject::new("factor", begun.id), (), json!({ "kind": TOTP }), answer);
        Ok(if before.is_some() { change.numbered(REPLACED) } else { change })
    });
    let enabled = enabled.await?;
    forgive(&app, &limits, true).await;
    Ok(Json(enabled))
}

pub async fn disable(can: Can<DisableTotp>, _: Nothing) -> Result<Json<Held>> {
    let user = whose(can.user())?;
    let gone = can.write(async move |can, tx| {
        let factor = store::totp(&mut *tx, user, true).await?.ok_or_else(Error::hidden)?;
        store::delete(tx, user, factor.id).await?;
        confirm::given_up(can, tx, user).await?;
        let subject = Subject::new("factor", factor.id);
        Ok(Change::new(subject, json!({ "kind": TOTP }), (), Held::from(factor)))
    });
    gone.await.map(Json)
}
