//! Judges past calls by the same function that enforces guard-rails. Reads are not recorded, so they are unknown. Older
//! records do not tell whether a second factor was shown.

use super::{DryRun, Past, Patch, Refusal, store, update::merged};
use crate::access::{Action, Can, GuardRails, Permission, Role, audit_logs, guard_rails::Read};
use crate::error::Result;

const MOST: usize = 1000;

pub async fn dry_run(can: &Can<Read>, patch: Patch) -> Result<DryRun> {
    let rails = merged(&patch, &store::current(can, can.reader()).await?)?;
    Ok(refused(&rails, store::past(can).await?))
}

fn refused(rails: &GuardRails, mut past: Vec<Past>) -> DryRun {
    past.retain(|past| past.delegation.0.refuses(audit_logs::Read::ACTION).is_none());
    let looked_at = past.iter().map(|past| past.calls).sum();
    let mut items: Vec<Refusal> = past.into_iter().filter_map(|past| judged(rails, past)).collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.calls));
    let refused = items.iter().map(|item| item.calls).sum();
    items.truncate(MOST);
    DryRun { days: store::DAYS, looked_at, refused, items }
}

fn judged(rails: &GuardRails, past: Past) -> Option<Refusal> {
    let action = Action::of(&past.action)?;
    let role = past.role.as_deref().and_then(Role::parse);
    let factor = past.second_factor.as_deref().map(|shown| shown == "true" || shown == "1");
    let reason = rails.refuses(action, role, factor)?.words();
    Some(Refusal {
        workspace_id: past.workspace,
        workspace_name: past.workspace_name,
        permission: past.action,
        role: past.role,
        reason,
        calls: past.calls,
    })
}
