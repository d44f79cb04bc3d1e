//! What strangers ask for and what is done behind the answer, such as a letter: one after the other, so that no crowd
//! takes the database for itself. Every errand is done. A stranger who has many things queued is told to try again.

use super::crowd::{Crowd, Locality, Most, Visit};
use crate::error::{Error, Result};
use std::pin::Pin;
use tokio::sync::{mpsc, oneshot};

/// Of one address, of one network, and in all.
const MOST: Most = Most { here: 16, nearby: 64, in_all: 4096 };

struct Errand {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
    visit: Option<Visit>,
}

#[derive(Clone)]
pub struct Errands {
    queue: mpsc::UnboundedSender<Errand>,
    crowd: Crowd,
}

impl Errands {
    /// Must be called inside a runtime; what is queued is done before the task ends with the last handle.
    pub fn open() -> Errands {
        let (queue, mut todo) = mpsc::unbounded_channel::<Errand>();
        tokio::spawn(async move {
            while let Some(Errand { work, visit }) = todo.recv().await {
                if let Err(error) = tokio::spawn(work).await {
                    tracing::error!(%error, "an errand ended early");
                }
                drop(visit);
            }
        });
        Errands { queue, crowd: Crowd::new(MOST) }
    }

    /// A place in the queue. The queue itself has no bound: each errand in it holds such a place.
    pub fn enter(&self, from: Locality) -> Result<Visit> {
        self.crowd.enter(from)
    }

    pub fn queue(&self, visit: Visit, work: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        self.send(Some(visit), work)
    }

    fn send(&self, visit: Option<Visit>, work: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let errand = Errand { work: Box::pin(work), visit };
        self.queue.send(errand).map_err(|_| Error::internal("nobody runs errands"))
    }

    /// Waits until everything queued so far is done.
    pub async fn flush(&self) {
        let (done, all) = oneshot::channel();
        let last = async move {
            let _gone = done.send(());
        };
        if self.send(None, last).is_ok() {
            let _ended = all.await;
        }
    }
}
