//! Requests of a workspace to this process: so many a second, and no more than sixty times that a minute.

use crate::config;
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// After how many checks the workspaces that have long been quiet are forgotten.
const TIDY: u32 = 100_000;

type Limiter = RateLimiter<Uuid, DashMapStateStore<Uuid>, DefaultClock>;

/// A bucket of N that fills by N a second, so that a minute has at most 61 N, and every further one 60 N.
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
