//! Places for work that workspaces ask for. One workspace has a few of them at a time, so that others find a place soon.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// The most at a time: of one workspace, and of all.
const EACH: usize = 6;
const ALL: usize = 24;

#[derive(Clone)]
pub struct Shares {
    all: Arc<Semaphore>,
    /// The workspaces that have work or wait for a place.
    each: Arc<Mutex<HashMap<Uuid, Weak<Semaphore>>>>,
}

/// Gives its place back when it is dropped.
pub struct Place {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Default for Shares {
    fn default() -> Self {
        Shares { all: Arc::new(Semaphore::new(ALL)), each: Arc::default() }
    }
}

impl Shares {
    /// Waits for a place. A workspace waits for its own share first, so it never has more than that in the common line.
    pub async fn place(&self, workspace: Uuid) -> Option<Place> {
        let own = self.own(workspace).acquire_owned().await.ok()?;
        let of_all = self.all.clone().acquire_owned().await.ok()?;
        Some(Place { _own: own, _of_all: of_all })
    }

    fn own(&self, workspace: Uuid) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = each.get(&workspace).and_then(Weak::upgrade) {
            return own;
        }
        each.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(EACH));
        each.insert(workspace, Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_workspace_has_its_share_and_no_more() {
        let shares = Shares::default();
        let [first, second] = [1, 2].map(Uuid::from_u128);
        let mut places = Vec::new();
        for _ in 0..EACH {
            places.push(timeout(SOON, shares.place(first)).await.unwrap());
        }
        assert!(timeout(SOON, shares.place(first)).await.is_err());
        assert!(timeout(SOON, shares.place(second)).await.unwrap().is_some());
        places.pop();
        assert!(timeout(SOON, shares.place(first)).await.unwrap().is_some());
        drop(places);
        assert!(timeout(SOON, shares.place(Uuid::from_u128(3))).await.unwrap().is_some());
        assert_eq!(shares.each.lock().unwrap().len(), 1, "a workspace without work is forgotten");
    }
}
