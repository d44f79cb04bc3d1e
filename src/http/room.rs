//! Room for bodies: limits how many bytes are in memory, and how many large bodies are parsed, at a time. A
//! caller that finds no room is told to try again; no caller waits for room. Strangers have separate room, so
//! that they cannot use up the room of callers with a key or a session.

use super::crowd::{Crowd, Locality, Most, Visit};
use crate::error::{Error, Result};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The room is counted in pieces of 4 KiB. There are 64 MiB for the first part of every body, and 64 MiB for
/// the rest of large bodies. So large bodies leave room for small ones.
const PIECE: usize = 4096;
const PIECES: usize = 64 * 1024 * 1024 / PIECE;
/// The size of the first part.
pub const LARGE: usize = 64 * 1024;
/// How many large bodies are parsed at a time. Each takes a core, on threads that do not answer requests.
const READERS: usize = 2;

/// The strangers' room, in the same pieces: 16 MiB in all, 512 KiB of them for a network and 128 KiB for an address.
const STRANGERS: Most = Most { here: 32, nearby: 128, in_all: 4096 };

#[derive(Clone)]
pub struct Room {
    strangers: Crowd,
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    readers: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Room {
            strangers: Crowd::new(STRANGERS),
            small: places(PIECES),
            large: places(PIECES),
            readers: places(READERS),
        }
    }
}

/// The room that a body occupies. Dropping it frees the room.
#[derive(Default)]
pub struct Place {
    /// The room of a stranger's body, which occupies no other room.
    stranger: Option<Visit>,
    small: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// A place for a stranger's body, which occupies no room yet.
    pub fn for_stranger(&self, from: Locality) -> Place {
        Place { stranger: Some(self.strangers.at_the_door(from)), ..Place::default() }
    }

    /// Enlarges a place to `bytes`.
    pub fn grow(&self, place: &mut Place, bytes: usize) -> Result<()> {
        if let Some(visit) = &mut place.stranger {
            return visit.grow(bytes.div_ceil(PIECE));
        }
        take(&self.small, &mut place.small, bytes.min(LARGE))?;
        take(&self.large, &mut place.large, bytes.saturating_sub(LARGE))
    }

    /// Runs long work on a separate thread, so that no other answer waits for it.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let reader = self.readers.clone().acquire_owned().await.map_err(Error::internal)?;
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(reader);
            done
        });
        work.await.map_err(Error::internal)?
    }
}

fn take(room: &Arc<Semaphore>, held: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<()> {
    let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
    let more = u32::try_from(bytes.div_ceil(PIECE).saturating_sub(has)).map_err(|_| Error::TooLarge)?;
    if more == 0 {
        return Ok(());
    }
    let permit = room.clone().try_acquire_many_owned(more).map_err(|_| Error::Busy)?;
    match held {
        Some(held) => held.merge(permit),
        None => *held = Some(permit),
    }
    Ok(())
}
