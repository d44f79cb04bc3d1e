//! The parts of a running server.

use crate::access::{Behind, Gate, Storage};
use crate::auth::{Passkeys, Passwords, Site, Vault};
use crate::clock::Clock;
use crate::config;
use crate::db::{Load, Reader, Writer};
use crate::error::Result;
use crate::http::{Answers, Errands, RateLimit, Room, Streams};
use crate::mail::Mailer;
use crate::meters::{Door, Meters};
use crate::net::Net;
use crate::time::Time;
use ipnet::IpNet;
use std::ops::Deref;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use uuid::{Uuid, timestamp::Timestamp, timestamp::context::ContextV7};

/// A cheap handle, because each request clones it many times.
#[derive(Clone)]
pub struct App(Arc<Shared>);

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Every module can use the reader. The writer is in the gate, which only `Can` opens.
#[derive(Clone)]
pub struct Shared {
    pub reader: Reader,
    pub gate: Gate,
    pub behind: Behind,
    pub rate: RateLimit,
    pub room: Room,
    pub answers: Answers,
    /// The exports that are being read.
    pub streams: Streams,
    pub storage: Storage,
    pub meters: Meters,
    pub passwords: Passwords,
    pub passkeys: Passkeys,
    /// The cookie attributes for the public address.
    pub site: Site,
    pub vault: Vault,
    /// Without mail (`None`), links are shown instead of mailed.
    pub mailer: Option<Mailer>,
    pub net: Net,
    /// The address with which links begin, without a final slash.
    pub public_url: Arc<str>,
    pub trusted_proxies: Arc<[IpNet]>,
    /// Work that strangers ask for, which runs after the answer.
    pub errands: Errands,
    /// Notified when the first workspace was created through the set-up link.
    pub set_up: Arc<Notify>,
    /// The people whom the sign-in page of a demo offers. Only [`App::demo`] sets them.
    demo: Option<Arc<Demo>>,
    ambient: Arc<dyn Ambient>,
    /// The latest time that the clock returned.
    latest: Arc<AtomicI64>,
}

/// Inputs from the environment of the process. Tests replace them.
pub trait Ambient: Send + Sync {
    fn now(&self) -> Time;
    fn new_id(&self) -> Uuid;
    fn random(&self) -> Result<[u8; 30]>;
    /// Tests make a job fail here. In production this does nothing.
    fn fault(&self, _point: &'static str) -> Result<()> {
        Ok(())
    }
}

#[derive(Default)]
pub struct System {
    pub clock: Clock,
    /// Ids of the same millisecond are in the order of their creation.
    order: Mutex<ContextV7>,
}

#[expect(clippy::disallowed_methods, reason = "the one place that takes ids and chance from the system")]
impl Ambient for System {
    fn now(&self) -> Time {
        self.clock.now()
    }
    fn new_id(&self) -> Uuid {
        let Time(now) = self.clock.now();
        let (seconds, rest) = (now.div_euclid(1000), now.rem_euclid(1000));
        let nanoseconds = u32::try_from(rest * 1_000_000).unwrap_or(0);
        let seconds = u64::try_from(seconds).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(&self.order, seconds, nanoseconds))
    }
    fn random(&self) -> Result<[u8; 30]> {
        let mut bytes = [0; 30];
        getrandom::fill(&mut bytes).map_err(|error| crate::error::Error::internal(error.to_string()))?;
        Ok(bytes)
    }
}

/// The arguments for an [`App`], except its database.
pub struct Parts {
    pub rate_limit: config::RateLimit,
    pub storage: config::Storage,
    pub trusted_proxies: Vec<IpNet>,
    pub public_url: String,
    /// Derived from the server's secret key.
    pub pepper: Vec<u8>,
    pub vault: Vault,
    pub mailer: Option<Mailer>,
    pub net: Net,
    pub ambient: Arc<dyn Ambient>,
}

impl App {
    /// Must be called inside a runtime.
    pub fn new((reader, writer): (Reader, Writer), parts: Parts) -> Result<App> {
        let meters = Meters::new(&[door("read", reader.load()), door("write", writer.load())]);
        let (gate, ambient) = (Gate::new(writer), parts.ambient);
        let ids = ambient.clone();
        Ok(App(Arc::new(Shared {
            reader,
            behind: Behind::open(gate.clone(), move || ids.new_id()),
            gate,
            rate: RateLimit::new(parts.rate_limit),
            room: Room::default(),
            answers: Answers::default(),
            streams: Streams::default(),
            storage: Storage::new(parts.storage),
            meters,
            passwords: Passwords::new(&parts.pepper)?,
            passkeys: Passkeys::of(&parts.public_url),
            site: Site::of(&parts.public_url),
            vault: parts.vault,
            mailer: parts.mailer,
            net: parts.net,
            public_url: parts.public_url.trim_end_matches('/').into(),
            trusted_proxies: parts.trusted_proxies.into(),
            errands: Errands::open(),
            set_up: Arc::default(),
            demo: None,
            ambient,
            latest: Arc::default(),
        })))
    }

    /// The same app with changed parts.
    pub fn with(&self, change: impl FnOnce(&mut Shared)) -> App {
        let mut shared = Shared::clone(self);
        change(&mut shared);
        App(Arc::new(shared))
    }

    /// A demo, in which anybody can sign in as one of these people. Only `gatepost demo` calls this: the password of
    /// the people is public.
    pub fn demo(&self, demo: Demo) -> App {
        self.with(|shared| shared.demo = Some(Arc::new(demo)))
    }

    /// The people of the demo. A server that is not a demo has none.
    pub fn demo_people(&self) -> Option<&Demo> {
        self.demo.as_deref()
    }

    /// Never returns an earlier time than before, even if the clock goes back, so that expired credentials
    /// stay expired.
    pub fn now(&self) -> Time {
        let now = self.ambient.now();
        Time(self.latest.fetch_max(now.0, Ordering::SeqCst).max(now.0))
    }

    pub fn new_id(&self) -> Uuid {
        self.ambient.new_id()
    }

    /// The host in the public address.
    pub fn public_host(&self) -> String {
        host(&self.public_url)
    }

    pub fn fault(&self, point: &'static str) -> Result<()> {
        self.ambient.fault(point)
    }

    /// Randomness for a secret: 240 fresh bits.
    pub fn random(&self) -> Result<[u8; 30]> {
        self.ambient.random()
    }
}

/// The people of a demo, and their password.
pub struct Demo {
    pub people: Vec<DemoPerson>,
    pub password: String,
}

pub struct DemoPerson {
    pub name: String,
    pub email: String,
}

fn door(name: &'static str, load: &Load) -> Door {
    Door { name, waits: load.waits.clone(), groups: load.groups.clone() }
}

/// The host in a URL. An IPv6 address keeps its brackets.
pub fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    url.as_ref().and_then(url::Url::host_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_host_is_what_stands_between() {
        let hosts = ["https://a.example", "http://127.0.0.1:8080/x", "http://[::1]:8080", "nonsense"];
        assert_eq!(hosts.map(super::host), ["a.example", "127.0.0.1", "[::1]", ""]);
    }
}
