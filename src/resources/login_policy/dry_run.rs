//! Tells whom a policy would lock out, by what each member has and from where they signed in last.

use super::{Affected, DryRun, Patch, Ways, store, update::merged};
use crate::access::{Can, LoginPolicy, Method, login_policy::Read};
use crate::error::Result;
use crate::time::Time;

pub async fn dry_run(can: &Can<Read>, patch: Patch) -> Result<DryRun> {
    let policy = merged(&patch, &store::current(can, can.reader()).await?)?;
    let ways = store::ways(can, can.reader()).await?;
    let items = ways.into_iter().filter_map(|ways| affected(&policy, ways, can.now())).collect();
    Ok(DryRun { items })
}

fn affected(policy: &LoginPolicy, ways: Ways, now: Time) -> Option<Affected> {
    let by = |method, has: bool| has && policy.methods.contains(&method);
    let mut reasons = Vec::new();
    let in_some_way = by(Method::Password, ways.has_password) || by(Method::Passkey, ways.has_passkey);
    if !in_some_way {
        reasons.push(match ways.has_password || ways.has_passkey {
            true if !ways.has_passkey => {
                "has no passkey, and has to enrol one at the next sign-in".to_owned()
            }
            true => "has none of the allowed ways to sign in".to_owned(),
            false => "has never set a password or a passkey; a mailed link would let them: POST /auth/reset"
                .to_owned(),
        });
    }
    let outside = ways
        .last_address
        .filter(|address| address.parse().is_ok_and(|address| !policy.admits_address(address)));
    if let Some(address) = &outside {
        reasons.push(format!("signed in last from {address}, which is not allowed"));
    }
    let required = policy.second_factor_required_from;
    if let Some(from) = required.filter(|_| !ways.has_factor) {
        let when = if from <= now { "at the next call".to_owned() } else { format!("from {}", from.day()) };
        reasons.push(format!("has no second factor, and has to enrol one {when}"));
    }
    let enrols = ways.has_password && !ways.has_passkey;
    let locked_out = !in_some_way && !enrols || outside.is_some();
    (!reasons.is_empty()).then_some(Affected {
        member_id: ways.member_id,
        email: ways.email,
        locked_out,
        reasons,
    })
}
