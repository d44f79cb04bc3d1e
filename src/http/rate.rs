//! Limits the requests of a workspace to this process: N a second, and about 60 N a minute.

use crate::config;
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// After this many checks, idle workspaces are forgotten.
const TIDY: u32 = 100_000;

type Limiter = RateLimiter<Uuid, DashMapStateStore<Uuid>, DefaultClock>;

/// A token bucket of size N that fills by N a second. So the first minute has at most 61 N requests, and each
/// further one 60 N.
#[derive(Clone)]
pub struct RateLimit(Option<Arc<(Limiter, AtomicU32)>>);

impl RateLimit {
    pub fn new(limit: config::RateLimit) -> Self {
        let limiter = |limit| Arc::new((RateLimiter::keyed(Quota::per_second(limit)), AtomicU32::new(0)));
        RateLimit(limit.0.map(limiter))
    }

    /// Counts a request of the workspace; false if it is one too many.
    pub fn admits(&self, workspace: Uuid) -> bool {
        let Some(limit) = &self.0 else { return true };
        let (limiter, checks) = &**limit;
        if checks.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            limiter.retain_recent();
        }
        limiter.check_key(&workspace).is_ok()
    }
}
