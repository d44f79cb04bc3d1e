//! Passwords: Argon2id, 19 MiB, two passes, one lane, with the server's secret key as pepper, in a bounded pool
//! so that a flood of sign-ins neither eats the memory nor slows the rest.

use super::choice;
use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use tokio::sync::{Mutex, MutexGuard, Semaphore};

/// Callers that may wait for a place; further ones are told to try again.
const WAITING: usize = 64;

/// Callers of one place at once.
const OF_ONE_PLACE: usize = 32;

type Visits = Arc<std::sync::Mutex<HashMap<String, usize>>>;

/// Ends when it is dropped.
pub struct Visit {
    place: String,
    visits: Visits,
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut places = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        let left = places.get_mut(&self.place).map(|here| {
            *here -= 1;
            *here
        });
        if left == Some(0) {
            places.remove(&self.place);
        }
    }
}

#[derive(Clone)]
pub struct Passwords {
    argon2: Arc<Argon2<'static>>,
    places: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    turn: Arc<Mutex<()>>,
    runs: Arc<AtomicU64>,
    visits: Visits,
}

/// Half of the cores may hash at once: the other half answers who has signed in already.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).max(1)
}

impl Passwords {
    /// `pepper` is the server's secret key; it lives as long as the server.
    pub fn new(pepper: &[u8]) -> Result<Self> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(wrong)?;
        let pepper: &'static [u8] = Box::leak(pepper.to_vec().into_boxed_slice());
        let argon2 =
            Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(wrong)?;
        Ok(Passwords {
            argon2: Arc::new(argon2),
            places: Arc::new(Semaphore::new(at_once())),
            waiting: Arc::new(Semaphore::new(WAITING)),
            turn: Arc::default(),
            runs: Arc::default(),
            visits: Visits::default(),
        })
    }

    /// For tries that are counted: one at a time in this process, from reading the count to writing it.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// How many Argon2 there were.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// For callers whom nobody knows: of one place (an address, a network) a few are let in at once, so that it does
    /// not keep all others waiting.
    pub fn enter(&self, place: &str) -> Result<Visit> {
        if self.waiting.available_permits() == 0 {
            return Err(Error::Busy);
        }
        let mut places = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        let here = places.entry(place.to_owned()).or_insert(0);
        if *here >= OF_ONE_PLACE {
            return Err(Error::Busy);
        }
        *here += 1;
        Ok(Visit { place: place.to_owned(), visits: self.visits.clone() })
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = choice::normal(password);
        self.run(move |argon2| {
            argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(wrong)
        })
        .await
    }

    /// Costs the same with no stored hash at all.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let Some(stored) = stored.map(str::to_owned) else { return self.hash(password).await.map(|_| false) };
        let password = choice::normal(password);
        self.run(move |argon2| {
            let stored = PasswordHash::new(&stored).map_err(wrong)?;
            Ok(argon2.verify_password(password.as_bytes(), &stored).is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // Given back when the caller goes away, too.
        let waiting = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let place = self.places.clone().acquire_owned().await.map_err(Error::internal)?;
        drop(waiting);
        self.runs.fetch_add(1, Ordering::Relaxed);
        let argon2 = self.argon2.clone();
        let work = tokio::task::spawn_blocking(move || {
            let done = work(&argon2);
            drop(place);
            done
        });
        work.await.map_err(Error::internal)?
    }
}

fn wrong(error: impl std::fmt::Display) -> Error {
    Error::internal(error.to_string())
}
