//! Changes the login policy of a workspace.

use super::{Patch, store};
use crate::access::{Caller, Can, LoginPolicy, login_policy::Update};
use crate::audit::{Change, Subject};
use crate::config::allowed_ips;
use crate::db::Tx;
use crate::error::{Error, Result};

fn subject(can: &Caller) -> Subject {
    Subject::new("login_policy", can.workspace())
}

/// The policy that the patch would make.
pub fn merged(patch: &Patch, before: &LoginPolicy) -> Result<LoginPolicy> {
    let mut after = patch.over(before);
    if let Some(wanted) = patch.allowed_ips.get() {
        after.allowed_ips = wanted.as_deref().map(allowed_ips).transpose()?;
    }
    Ok(after)
}

pub async fn update(can: Can<Update>, patch: Patch) -> Result<LoginPolicy> {
    can.write(async move |can, tx| update_part(can, tx, &patch).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn update_part(can: &Can<Update>, tx: &mut Tx, patch: &Patch) -> Result<Change<LoginPolicy>> {
    let before = store::current(can, &mut *tx).await?;
    let after = merged(patch, &before)?;
    keeps_the_caller(can, &after)?;
    store::set(can, tx, &after).await?;
    Ok(Change::updated(subject(can), &before, after))
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
