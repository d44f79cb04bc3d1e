//! Work that strangers ask for and that runs after the answer, such as sending a letter. Errands run one
//! after the other, so that many strangers cannot overload the database. Every accepted errand runs. A
//! stranger with many queued errands is told to try again.

use super::crowd::{Crowd, Locality, Most, Visit};
use crate::error::{Error, Result};
use std::pin::Pin;
use tokio::sync::{mpsc, oneshot};

/// The most errands from one address, from one network, and in all.
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
    /// Must be called inside a runtime; when the last handle is dropped, the task finishes the queue and
    /// ends.
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

    /// A place in the queue. The queue itself needs no limit, because each errand in it holds such a place.
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
