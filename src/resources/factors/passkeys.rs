//! Enrolling passkeys and giving them up.

use super::{Enrolled, Factor, Held, NewPasskey, PASSKEY, confirm, recovery::whose, store};
use crate::access::{Can, factors::*};
use crate::audit::{Change, Subject};
use crate::auth::Holder;
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Path};
use crate::resources::sign_in::{self, Asked};
use serde::Deserialize;
use serde_json::json;
use webauthn_rs::prelude::{Passkey, RegisterPublicKeyCredential};

/// Passkeys of one person.
const MOST: usize = 20;

pub async fn offer(can: Can<OfferPasskey>, _: Nothing) -> Result<Json<Asked>> {
    let (user, app) = (whose(can.user())?, can.app());
    confirm::may_enrol(&can, user).await?;
    let email = can.email().unwrap_or_default().to_owned();
    let has: Vec<Passkey> =
        store::passkeys(app, &app.reader, user).await?.into_iter().map(|(_, key)| key).collect();
    let name = store::name(&app.reader, user).await?;
    let holder = Holder { user, email: &email, name: &name, has: &has };
    sign_in::ask_to_enrol(app, &holder).map(Json)
}

pub async fn add(can: Can<AddPasskey>, Json(body): Json<NewPasskey>) -> Result<Json<Enrolled>> {
    let (user, app) = (whose(can.user())?, can.app().clone());
    confirm::may_enrol(&can, user).await?;
    let (state, challenge, expires_at) = sign_in::asked_to_enrol(&app, user, &body.challenge)?;
    let answer = RegisterPublicKeyCredential::deserialize(&body.credential)
        .map_err(|_| Error::invalid("body/credential must be a passkey's answer"))?;
    let passkey = app.passkeys.register(&answer, &state)?;
    let plain = serde_json::to_vec(&passkey).map_err(Error::internal)?;
    let factor = Factor { confirmed: true, ..Factor::new(&app, user, PASSKEY, &body.name, &plain)? };
    let codes = super::recovery::fresh(&app)?;
    let added = can.write(async move |can, tx| {
        let held = store::all(&mut *tx, user).await?;
        if held.iter().filter(|factor| factor.kind == PASSKEY).count() >= MOST {
            return Err(Error::Conflict(format!("a person has at most {MOST} passkeys; give one up first")));
        }
        if !sign_in::spend(tx, challenge, expires_at).await? {
            return Err(Error::invalid("body/challenge must be one that is not answered yet"));
        }
        let first = store::kinds(&mut *tx, user).await?.is_empty();
        store::insert(tx, user, &factor).await?;
        let recovery_codes = confirm::enrolled(can, tx, user, first, &codes).await?;
        let answer = Enrolled { factor: Held::from(factor.clone()), recovery_codes };
        let after = json!({ "kind": PASSKEY, "name": factor.name });
        Ok(Change::new(Subject::new("factor", factor.id), (), after, answer))
    });
    added.await.map(Json)
}

pub async fn remove(can: Can<RemovePasskey>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Held>> {
    let user = whose(can.user())?;
    let gone = can.write(async move |can, tx| {
        let held = store::all(&mut *tx, user).await?;
        let factor = held.into_iter().find(|factor| factor.id == id && factor.kind == PASSKEY);
        let factor = factor.ok_or_else(Error::hidden)?;
        store::delete(tx, user, id).await?;
        confirm::given_up(can, tx, user).await?;
        let before = json!({ "kind": PASSKEY, "name": factor.name });
        Ok(Change::new(Subject::new("factor", id), before, (), Held::from(factor)))
    });
    gone.await.map(Json)
}
