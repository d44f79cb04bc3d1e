//! Changes the login policy of a workspace.

use super::{Patch, store};
use crate::access::{Caller, Can, LoginPolicy, login_policy::Update};
use crate::audit::{Change, Subject};
use crate::config::net;
use crate::error::{Error, Result};
use crate::http::Fields;

fn subject(can: &Caller) -> Subject {
    Subject::new("login_policy", can.workspace())
}

/// The policy that the patch would make.
pub fn merged(patch: &Fields<Patch>, before: &LoginPolicy) -> Result<LoginPolicy> {
    let mut networks = patch.get("allowed_ips").and_then(|list| list.as_array()).into_iter().flatten();
    match networks.any(|text| text.as_str().is_some_and(|text| net(text).is_none())) {
        true => Err(Error::invalid("body/allowed_ips must be addresses or networks")),
        false => patch.over(before),
    }
}

pub async fn update(can: Can<Update>, patch: Fields<Patch>) -> Result<LoginPolicy> {
    can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let after = merged(&patch, &before)?;
        keeps_the_caller(can, &after)?;
        store::set(can, tx, &after).await?;
        Ok(Change::updated(subject(can), &before, after))
    })
    .await
}

/// Lets people sign in from everywhere and with every method again. Only the operator calls this.
pub async fn reset(can: Can<Update>) -> Result<LoginPolicy> {
    can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let after = LoginPolicy::default();
        store::set(can, tx, &after).await?;
        Ok(Change::updated(subject(can), &before, after))
    })
    .await
}

/// A policy must not lock out the caller who sets it.
fn keeps_the_caller(can: &Caller, policy: &LoginPolicy) -> Result<()> {
    if !policy.admits_address(can.origin().address) {
        let own = can.origin().address_text();
        return Err(Error::invalid(format!("body/allowed_ips must contain your own address, {own}")));
    }
    let Some(session) = can.session() else { return Ok(()) };
    if !policy.methods.contains(&session.method) {
        let own = session.method.name();
        return Err(Error::invalid(format!("body/methods must contain the way you have signed in: {own}")));
    }
    if policy.requires_factor(can.now()) && !session.second_factor {
        return Err(Error::invalid(
            "body/second_factor_required_from must be later than now: you have not shown a second factor yourself",
        ));
    }
    Ok(())
}
