//! What the workspace knows about addresses, as far as the caller may know it.

use super::finding::Known;
use crate::access::Caller;
use crate::db::Source;
use crate::error::Result;
use crate::resources::block_list_entries::{Kind, suppressed};
use crate::resources::leads;
use std::collections::HashSet;

pub struct Facts {
    bounced: HashSet<String>,
    reached: HashSet<String>,
}

impl Facts {
    /// Bounces are the workspace's, like every suppression. Answers count only if the caller sees the lead.
    pub async fn of(can: &Caller, from: impl Into<Source<'_>>, emails: &[String]) -> Result<Facts> {
        let mut from = from.into();
        let bounced = suppressed(can, from.again(), emails, &[Kind::Bounced]).await?;
        let reached = leads::reached(can, from.again(), emails).await?;
        Ok(Facts { bounced, reached })
    }

    pub fn about(&self, email: &str) -> Known {
        Known { bounced: self.bounced.contains(email), reached: self.reached.contains(email) }
    }
}
