//! Passkeys: the challenge for a new one, enrolling it, and removing one.

use super::challenge::{ask_to_enrol, asked_to_enrol};
use super::{Asked, Enrolled, Factor, Held, NewPasskey, PASSKEY, codes, enrolment, store};
use crate::access::{Can, factors::*};
use crate::audit::{Change, Subject};
use crate::auth::Holder;
use crate::error::{Error, Result};
use crate::resources::users;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use webauthn_rs::prelude::{Passkey, RegisterPublicKeyCredential};

/// The most passkeys of one person.
const MOST: usize = 20;

/// The challenge that a new passkey answers.
pub async fn offer(can: &Can<OfferPasskey>) -> Result<Asked> {
    let (user, app) = (users::own(can)?, can.app());
    enrolment::may_enrol(can, user).await?;
    let email = can.email().unwrap_or_default().to_owned();
    let has: Vec<Passkey> =
        store::passkeys(app, &app.reader, user).await?.into_iter().map(|(_, key)| key).collect();
    let name = users::profile(&app.reader, user).await?.full_name();
    let holder = Holder { user, email: &email, name: &name, has: &has };
    ask_to_enrol(app, &holder)
}

pub async fn add(can: Can<AddPasskey>, new: NewPasskey) -> Result<Enrolled> {
    let (user, app) = (users::own(&can)?, can.app().clone());
    enrolment::may_enrol(&can, user).await?;
    let (state, challenge) = asked_to_enrol(&app, user, &new.challenge)?;
    let answer = RegisterPublicKeyCredential::deserialize(&new.credential)
        .map_err(|_| Error::invalid("body/credential must be a passkey's answer"))?;
    let passkey = app.passkeys.register(&answer, &state)?;
    let plain = serde_json::to_vec(&passkey).map_err(Error::internal)?;
    let factor = Factor { confirmed: true, ..Factor::new(&app, user, PASSKEY, &new.name, &plain)? };
    let codes = codes::fresh(&app)?;
    can.write(async move |can, tx| {
        let held = store::all(&mut *tx, user).await?;
        if held.iter().filter(|factor| factor.kind == PASSKEY).count() >= MOST {
            return Err(Error::Conflict(format!("a person has at most {MOST} passkeys; remove one first")));
        }
        if !challenge.spend(tx).await? {
            return Err(Error::invalid("body/challenge was answered before; ask for a new one"));
        }
        let first = store::kinds(&mut *tx, user).await?.is_empty();
        store::insert(tx, user, &factor).await?;
        let recovery_codes = enrolment::enrolled(can, tx, user, first, &codes).await?;
        let answer = Enrolled { factor: Held::from(factor.clone()), recovery_codes };
        let after = json!({ "kind": PASSKEY, "name": factor.name });
        Ok(Change::new(Subject::new("factor", factor.id), (), after, answer))
    })
    .await
}

pub async fn remove(can: Can<RemovePasskey>, id: Uuid) -> Result<Held> {
    let user = users::own(&can)?;
    can.write(async move |can, tx| {
        let held = store::all(&mut *tx, user).await?;
        let factor = held.into_iter().find(|factor| factor.id == id && factor.kind == PASSKEY);
        let factor = factor.ok_or_else(Error::hidden)?;
        store::delete(tx, user, id).await?;
        enrolment::removed(can, tx, user).await?;
        let before = json!({ "kind": PASSKEY, "name": factor.name });
        Ok(Change::new(Subject::new("factor", id), before, (), Held::from(factor)))
    })
    .await
}
