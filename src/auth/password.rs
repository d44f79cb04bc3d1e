//! Passwords: Argon2id, 19 MiB, two passes, one lane, with the server's secret key as pepper. Passwords are
//! checked and hashed on separate threads with low priority, so a flood of sign-ins neither uses up the
//! memory nor slows down other requests.

use super::choice;
use super::line::{Line, Seat};
use crate::error::{Error, Result};
use crate::http::{Crowd, Locality, Most, Visit};
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordVerifier, Version};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The places for known people, and the same number for strangers. Further callers are told to try again.
const WAITING: usize = 64;

/// The most strangers who try passwords at a time: from one address, from one network, and in all.
const STRANGERS: Most = Most { here: 16, nearby: 64, in_all: 512 };

/// After this time a caller is told to try again.
const PATIENCE: Duration = Duration::from_secs(30);

/// With this nice value a thread gets a tenth of a busy core. That is enough for a sign-in in a quarter of a
/// second, and too little for a flood of them to slow down others.
const STEP_BACK: i32 = 10;

type Work = Box<dyn FnOnce(&mut Hasher) + Send>;

#[derive(Clone)]
pub struct Passwords {
    line: Arc<Open>,
    strangers: Crowd,
    runs: Arc<AtomicU64>,
}

/// The queue. It closes when the last handle is dropped.
struct Open(Arc<Line<Work>>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// At most half of the cores hash at a time. The other half serves people who are signed in.
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
        let (line, runs) = (Arc::new(Line::new(WAITING)), Arc::<AtomicU64>::default());
        for _ in 0..at_once() {
            let mut hasher = Hasher { argon2: argon2.clone(), memory: vec![], runs: runs.clone() };
            let (line, thread) = (line.clone(), std::thread::Builder::new().name("passwords".to_owned()));
            thread.spawn(move || hasher.along(&line)).map_err(Error::internal)?;
        }
        Ok(Passwords { line: Arc::new(Open(line)), strangers: Crowd::new(STRANGERS), runs })
    }

    /// The number of Argon2 runs so far.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Admits a caller on an unknown device. This limits their number before they wait in the queue.
    pub fn enter(&self, from: Locality) -> Result<Visit> {
        self.strangers.enter(from)
    }

    /// The PHC string of a password that is not checked, for the operator and for tests.
    pub async fn hash(&self, password: &str) -> Result<String> {
        self.hash_at(Seat::known(Uuid::nil()), password).await
    }

    async fn hash_at(&self, seat: Seat, password: &str) -> Result<String> {
        let password = choice::normal(password);
        self.run(seat, move |hasher| hasher.hash(&password)).await
    }

    /// The PHC string of a password that a person chooses, if it is good enough. `words` are facts about the
    /// person.
    pub async fn choose(
        &self,
        seat: Seat,
        password: &str,
        beside_factor: bool,
        words: Vec<String>,
    ) -> Result<String> {
        let password = choice::normal(password);
        self.run(seat, move |hasher| hasher.choose(&password, beside_factor, &words)).await
    }

    /// Takes the same time without a stored hash.
    pub async fn verify(&self, seat: Seat, password: &str, stored: Option<&str>) -> Result<bool> {
        let Some(stored) = stored.map(str::to_owned) else {
            return self.hash_at(seat, password).await.map(|_| false);
        };
        let password = choice::normal(password);
        self.run(seat, move |hasher| hasher.verify(&password, &stored)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        seat: Seat,
        work: impl FnOnce(&mut Hasher) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (done, hashed) = oneshot::channel();
        let work: Work = Box::new(move |hasher| {
            // Skip the work if the caller has disconnected.
            if !done.is_closed() {
                let _gone = done.send(work(hasher));
            }
        });
        if !self.line.0.push(seat, work) {
            return Err(Error::Busy);
        }
        // The channel is closed without an answer if the place went to another caller.
        let hashed = tokio::time::timeout(PATIENCE, hashed).await.map_err(|_| Error::Busy)?;
        hashed.map_err(|_| Error::Busy)?
    }
}

/// The state of a thread. Its memory is allocated for the first password and then kept, so that many
/// passwords need no more than one.
struct Hasher {
    argon2: Argon2<'static>,
    memory: Vec<Block>,
    runs: Arc<AtomicU64>,
}

impl Hasher {
    /// Works until the queue is closed. The thread lowers its priority, so that other threads hardly notice
    /// it. If the system refuses that, it keeps its priority.
    fn along(&mut self, line: &Line<Work>) {
        let _refused = rustix::process::nice(STEP_BACK);
        while let Some(work) = line.next() {
            if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
                tracing::error!("hashing a password panicked");
            }
        }
    }

    fn hash(&mut self, password: &str) -> Result<String> {
        self.with_salt(password, Salt::generate()).map(|hash| hash.to_string())
    }

    fn choose(&mut self, password: &str, beside_factor: bool, words: &[String]) -> Result<String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        choice::choose("password", password, beside_factor, &words)?;
        self.hash(password)
    }

    fn verify(&mut self, password: &str, stored: &str) -> Result<bool> {
        let stored = PasswordHash::new(stored).map_err(wrong)?;
        let salt = stored.salt.ok_or_else(|| wrong("a hash without salt"))?;
        let computed = self.with_salt(password, salt)?;
        // For a hash with older parameters, the library verifies it.
        match stored.params == computed.params && stored.algorithm == computed.algorithm {
            true => Ok(stored.hash == computed.hash && stored.version == computed.version), // in constant time
            false => Ok(self.argon2.verify_password(password.as_bytes(), &stored).is_ok()),
        }
    }

    fn with_salt(&mut self, password: &str, salt: Salt) -> Result<PasswordHash> {
        self.runs.fetch_add(1, Ordering::Relaxed);
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
        let seat = Seat::known(Uuid::nil());
        let verify = async |password: &str, stored: Option<&str>| {
            passwords.verify(seat.clone(), password, stored).await
        };
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let params = Params::new(19 * 1024, 2, 1, None).unwrap();
        let library =
            Argon2::new_with_secret(b"pepper", Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let parsed = PasswordHash::new(&stored).unwrap();
        assert!(library.verify_password("caf\u{e9} of four words".as_bytes(), &parsed).is_ok());
        assert!(verify("cafe\u{301} of four words", Some(&stored)).await.unwrap());
        assert!(!verify("cafe of four words", Some(&stored)).await.unwrap());
        assert!(!verify("anything", None).await.unwrap());
        assert_eq!(passwords.runs(), 4);
        let cheap = Params::new(1024, 1, 1, None).unwrap();
        let cheap = Argon2::new_with_secret(b"pepper", Algorithm::Argon2id, Version::V0x13, cheap).unwrap();
        let old = argon2::PasswordHasher::hash_password(&cheap, b"of another time").unwrap().to_string();
        assert!(verify("of another time", Some(&old)).await.unwrap());
        assert!(!verify("of another day", Some(&old)).await.unwrap());
        assert!(verify("x", Some("no hash")).await.is_err());
    }

    /// Nanoseconds for which this thread has run.
    fn cpu() -> u64 {
        let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        times.split(' ').next().unwrap().parse().unwrap()
    }

    #[test]
    fn no_password_costs_three_times_another_one() {
        let params = Params::new(19 * 1024, 2, 1, None).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hasher = Hasher { argon2, memory: vec![], runs: Arc::default() };
        let words = ["Amy Pond", "amy@acme.example"].map(str::to_owned);
        let mut cost = |password: &str| {
            let once = |_| {
                let began = cpu();
                let _judged = hasher.choose(password, false, &words);
                cpu() - began
            };
            (0..5).map(once).min().unwrap()
        };
        let ordinary = cost("five quiet zebras of a.example");
        for crafted in [
            "p@ssw0rd4@8({[<369!1|0$57+%2".repeat(4),
            "2%7+5$0|!1963<[{(8@4".repeat(6),
            "483691705248369170524".repeat(6),
            "a1b2c3d4e5f6g7h8i9j0".repeat(6),
            "1".repeat(128),
            "\u{4a9}\u{1f980}".repeat(64),
        ] {
            let took = cost(&crafted);
            assert!(took <= ordinary * 3, "{took} ns for {crafted}, {ordinary} for an ordinary one");
        }
    }

    #[tokio::test]
    async fn a_caller_who_loses_the_place_is_told_to_try_again() {
        let passwords = Passwords::new(b"pepper").unwrap();
        let seat = |n: u8| Seat::stranger(Locality::of([203, 0, 113, n].into()));
        let crowd = (0..100).map(|_| passwords.verify(seat(1), "x", None));
        let (crowd, person) =
            futures::future::join(futures::future::join_all(crowd), passwords.verify(seat(2), "x", None))
                .await;
        assert!(person.is_ok());
        assert!(crowd.iter().any(Result::is_ok) && crowd.iter().any(|one| matches!(one, Err(Error::Busy))));
    }
}
