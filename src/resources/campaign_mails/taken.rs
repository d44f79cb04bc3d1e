//! The new leads to which this process writes now. Accounts that are due together take different leads, so that they do not
//! hand over the same mail. Another process can still take the same lead. Arming lets only one of the mails be sent.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

#[derive(Clone, Default)]
pub struct Taken(Arc<Mutex<HashSet<Uuid>>>);

impl Taken {
    pub fn all(&self) -> Vec<Uuid> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// None if another account has taken the lead.
    pub fn take(&self, lead: Uuid) -> Option<Hold> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(lead);
        taken.then(|| Hold { taken: self.clone(), lead })
    }
}

/// A lead that an account has until this is dropped.
pub struct Hold {
    taken: Taken,
    lead: Uuid,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.taken.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.lead);
    }
}
