//! Passwords: Argon2id, 19 MiB, two passes, one lane, with the server's secret key as pepper, on threads of
//! their own, which step back behind all others: a flood of sign-ins neither eats the memory nor slows the rest.

use super::choice;
use crate::error::{Error, Result};
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordVerifier, Version};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use tokio::sync::{Mutex, MutexGuard, Semaphore, oneshot};

/// Callers that may wait; further ones are told to try again.
const WAITING: usize = 64;

/// Callers of one place at once.
const OF_ONE_PLACE: usize = 32;

/// A thread that is this much nicer gets a tenth of a core that others want whole: enough for a sign-in in a quarter of
/// a second, and little for a flood of them.
const STEP_BACK: i32 = 10;

type Work = Box<dyn FnOnce(&mut Hasher) + Send>;
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
    work: crossbeam_channel::Sender<Work>,
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
        let (work, todo) = crossbeam_channel::unbounded();
        for _ in 0..at_once() {
            let (mut hasher, todo) = (Hasher { argon2: argon2.clone(), memory: vec![] }, todo.clone());
            let thread = std::thread::Builder::new().name("passwords".to_owned());
            thread.spawn(move || hasher.along(&todo)).map_err(Error::internal)?;
        }
        Ok(Passwords {
            work,
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
        self.run(move |hasher| hasher.hash(&password)).await
    }

    /// Costs the same with no stored hash at all.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let Some(stored) = stored.map(str::to_owned) else { return self.hash(password).await.map(|_| false) };
        let password = choice::normal(password);
        self.run(move |hasher| hasher.verify(&password, &stored)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hasher) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // Given back when the caller goes away, too.
        let _waiting = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let (done, hashed) = oneshot::channel();
        let runs = self.runs.clone();
        let work: Work = Box::new(move |hasher| {
            if !done.is_closed() {
                runs.fetch_add(1, Ordering::Relaxed);
                let _gone = done.send(work(hasher));
            }
        });
        self.work.send(work).map_err(|_| Error::internal("nobody hashes passwords"))?;
        hashed.await.map_err(Error::internal)?
    }
}

/// A thread's, with its memory: got at the first password and kept, so that many of them take no more than one.
struct Hasher {
    argon2: Argon2<'static>,
    memory: Vec<Block>,
}

impl Hasher {
    /// Until the last handle is gone. Of a thread that steps back the others hardly notice anything; where the system
    /// does not let it, it goes on as one of them.
    fn along(&mut self, todo: &crossbeam_channel::Receiver<Work>) {
        let _refused = rustix::process::nice(STEP_BACK);
        for work in todo {
            // Whoever waits for it hears that it is gone.
            let _panicked = catch_unwind(AssertUnwindSafe(|| work(self)));
        }
    }

    fn hash(&mut self, password: &str) -> Result<String> {
        self.with_salt(password, Salt::generate()).map(|hash| hash.to_string())
    }

    fn verify(&mut self, password: &str, stored: &str) -> Result<bool> {
        let stored = PasswordHash::new(stored).map_err(wrong)?;
        let salt = stored.salt.ok_or_else(|| wrong("a hash without salt"))?;
        let computed = self.with_salt(password, salt)?;
        // Of another time, with other costs, it is for the library to say.
        match stored.params == computed.params && stored.algorithm == computed.algorithm {
            true => Ok(stored.hash == computed.hash && stored.version == computed.version), // in constant time
            false => Ok(self.argon2.verify_password(password.as_bytes(), &stored).is_ok()),
        }
    }

    fn with_salt(&mut self, password: &str, salt: Salt) -> Result<PasswordHash> {
        let params = self.argon2.params();
        self.memory.resize(params.block_count(), Block::new());
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        self.argon2
            .hash_password_into_with_memory(password.as_bytes(), &salt, &mut out, &mut self.memory)
            .map_err(wrong)?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: params.try_into().map_err(wrong)?,
            salt: Some(salt),
            hash: Some(Output::new(&out).map_err(wrong)?),
        })
    }
}

fn wrong(error: impl std::fmt::Display) -> Error {
    Error::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_hashed_is_verified_by_the_library_too() {
        let passwords = Passwords::new(b"pepper").unwrap();
        let stored = passwords.hash("caf\u{e9} of four words").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let params = Params::new(19 * 1024, 2, 1, None).unwrap();
        let library =
            Argon2::new_with_secret(b"pepper", Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let parsed = PasswordHash::new(&stored).unwrap();
        assert!(library.verify_password("caf\u{e9} of four words".as_bytes(), &parsed).is_ok());
        assert!(passwords.verify("cafe\u{301} of four words", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("cafe of four words", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("anything", None).await.unwrap());
        assert_eq!(passwords.runs(), 4);
        let cheap = Params::new(1024, 1, 1, None).unwrap();
        let cheap = Argon2::new_with_secret(b"pepper", Algorithm::Argon2id, Version::V0x13, cheap).unwrap();
        let old = argon2::PasswordHasher::hash_password(&cheap, b"of another time").unwrap().to_string();
        assert!(passwords.verify("of another time", Some(&old)).await.unwrap());
        assert!(!passwords.verify("of another day", Some(&old)).await.unwrap());
        assert!(passwords.verify("x", Some("no hash")).await.is_err());
    }

    #[test]
    fn one_place_does_not_take_all_room() {
        let passwords = Passwords::new(b"pepper").unwrap();
        let visits: Vec<_> = (0..OF_ONE_PLACE).map(|_| passwords.enter("here").unwrap()).collect();
        assert!(passwords.enter("here").is_err() && passwords.enter("there").is_ok());
        drop(visits);
        assert!(passwords.enter("here").is_ok() && passwords.visits.lock().unwrap().is_empty());
    }
}
