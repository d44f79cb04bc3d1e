//! Metrics about access to the database.

use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use std::time::Instant;

#[derive(Clone, Debug)]
pub struct Load {
    /// Seconds that callers waited for a thread or a connection.
    pub waits: Histogram,
    /// Writes that shared a COMMIT. PostgreSQL groups commits by itself and does not report it.
    pub groups: Histogram,
}

impl Default for Load {
    fn default() -> Self {
        Load {
            waits: Histogram::new(exponential_buckets(0.0001, 4.0, 8)),
            groups: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
        }
    }
}

impl Load {
    pub(super) fn waited(&self, since: Instant) {
        self.waits.observe(since.elapsed().as_secs_f64());
    }
}
