//! How often each principal used each permission, by day. The counts are collected in memory and written once a minute, so
//! that a request needs no statement for them. A crash loses the counts of a minute. Records are not part of it.

use crate::access::Gate;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::time::Time;
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// The most counts that wait in memory.
const WAITING: usize = 20_000;
/// The most counts that one transaction writes, so that others do not wait long.
const STEP: usize = 256;

/// What an allowed call used. The workspace is the principal's own, also while they act in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::access) struct Use {
    pub(in crate::access) workspace: Uuid,
    /// A key, or the member behind a session.
    pub(in crate::access) principal: Uuid,
    pub(in crate::access) permission: &'static str,
}

#[derive(Clone, Copy)]
struct Count {
    calls: i64,
    last: Time,
}

/// The uses that are not written yet, by day.
#[derive(Default)]
pub(in crate::access) struct Uses {
    counts: HashMap<(Use, i64), Count>,
    written: Option<Time>,
    newest: Option<Time>,
}

impl Uses {
    /// Whether the counts are due: a minute after they were last written.
    pub(in crate::access) fn add(&mut self, uses: Vec<(Use, Time)>) -> bool {
        for (what, at) in uses {
            let none = Count { calls: 0, last: at };
            let count = self.counts.entry((what, at.0.div_euclid(Time::DAY))).or_insert(none);
            count.calls += 1;
            count.last = count.last.max(at);
            self.newest = self.newest.max(Some(at));
        }
        let Some(newest) = self.newest else { return false };
        let written = *self.written.get_or_insert(newest);
        self.counts.len() >= WAITING || newest >= written.plus(Time::MINUTE)
    }

    /// Writes all counts, after a time without a use. Those that cannot be written are lost.
    pub(in crate::access) async fn write(&mut self, gate: &Gate, quiet: Duration) {
        if !self.counts.is_empty() {
            self.written = self.newest.map(|newest| newest.plus(quiet.as_millis() as i64));
        }
        let mut counts: Vec<_> = self.counts.drain().collect();
        // Two servers write in the same order, so that they do not wait for each other in a circle.
        counts
            .sort_unstable_by_key(|((what, day), _)| (what.workspace, what.principal, what.permission, *day));
        for some in counts.chunks(STEP) {
            let some = some.to_vec();
            let written = gate.narrow().write(async move |tx| {
                for ((what, day), count) in &some {
                    add(*what, *day, *count, tx).await?;
                }
                Ok(())
            });
            if let Err(error) = written.await {
                tracing::error!(%error, "uses of permissions could not be counted");
            }
        }
    }
}

async fn add(what: Use, day: i64, count: Count, tx: &mut Tx) -> Result<u64> {
    sql("insert into uses (workspace_id, principal_id, permission, day, calls, last_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (workspace_id, principal_id, permission, day) do update \
         set calls = uses.calls + $5, last_at = case when uses.last_at > $6 then uses.last_at else $6 end")
    .bind(what.workspace)
    .bind(what.principal)
    .bind(what.permission)
    .bind(Time(day * Time::DAY))
    .bind(count.calls)
    .bind(count.last)
    .run(tx)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_due_once_a_minute() {
        let what = |n: u128| Use {
            workspace: Uuid::nil(),
            principal: Uuid::from_u128(n),
            permission: "campaigns:read",
        };
        let mut uses = Uses::default();
        let at = |second: i64| Time(Time::DAY + second * 1000);
        assert!(!uses.add(vec![(what(1), at(0)), (what(1), at(0)), (what(2), at(0))]));
        assert!(!uses.add(vec![(what(1), at(59))]));
        assert!(uses.add(vec![(what(2), at(60))]));
        let mut counts: Vec<_> =
            uses.counts.iter().map(|((what, day), count)| (what.principal, *day, count.calls)).collect();
        counts.sort_unstable();
        assert_eq!(counts, [(Uuid::from_u128(1), 1, 3), (Uuid::from_u128(2), 1, 2)]);
        uses.written = uses.newest;
        assert!(!uses.add(vec![(what(1), at(119))]));
        assert!(uses.add(vec![(what(1), at(120))]));
        // Midnight begins another count.
        assert_eq!(uses.counts.len(), 2);
        uses.add(vec![(what(1), Time(2 * Time::DAY))]);
        assert_eq!(uses.counts.len(), 3);
    }
}
