//! The world of the tests: people with keys, who call the router, on either engine. Every answer is checked
//! against the official document.

pub mod authenticator;
pub mod distributed;
pub mod dns;
pub mod extensions;
pub mod groups;
pub mod html;
pub mod internet;
pub mod mailserver;
pub mod oracle;
pub mod operations;
pub mod people;
pub mod post;
pub mod receiver;
pub mod samples;
pub mod scene;
pub mod secrets;
pub mod leads;
pub mod smtp;
pub mod ways;

use axum::{body::Body, http::Request, http::StatusCode, http::header::HeaderMap};
use gatepost::app::{Ambient, App, Parts, Shared};
use gatepost::config::RateLimit;
use gatepost::db::{self, Reader, Sql, Writer};
use gatepost::error::Result;
use gatepost::net::{self, Net};
use gatepost::router::router;
use gatepost::time::Time;
use http_body_util::BodyExt;
pub use secrets::Secrets;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use std::{env, path::PathBuf};
use tower::ServiceExt;
use uuid::Uuid;

pub const ROLES: [&str; 8] = ["owner", "admin", "manager", "editor", "member", "sdr", "view", "client"];

/// The cookie of a session at the address of the World.
pub const COOKIE: &str = "__Host-gatepost";

/// Every World has the same document.
static API: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_slice(&gatepost::router::document()).unwrap());

/// Where databases of tests are. In memory if there is such a file system: a change waits for the disk longer than for
/// everything else, and these files need not outlive the machine.
pub fn folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { env::temp_dir() }
}

/// An id that no record has.
pub const MISSING: &str = "01890000-0000-7000-8000-000000000000";

macro_rules! on_both { ($($name:ident)*) => { $(mod $name {
    use crate::support::World;
    async fn run(world: World) {
        let secrets = world.secrets.clone();
        super::$name(world).await;
        secrets.are_nowhere_in_plain().await;
    }
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() { run(World::sqlite().await).await }
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() { if let Some(world) = World::postgres().await { run(world).await } }
})* } }
pub(crate) use on_both;

#[derive(Clone, Debug)]
pub struct Person {
    pub key: String,
    pub key_id: Uuid,
    pub member: Option<Uuid>,
    pub user: Option<Uuid>,
}

/// In `home` there is a member of each role, named like the role, with a personal key. `robot` is a workspace
/// key of the owner, and `reader` is one that can only read campaigns. `revoked`, `expired`, `pending` and
/// `removed` have keys that no longer work. Each member is signed in too, as `owner's session`. `stranger`
/// owns the workspace `away`.
pub struct World {
    pub app: App,
    pub reader: Reader,
    pub writer: Writer,
    pub router: axum::Router,
    pub api: &'static Value,
    pub ambient: Arc<Fixed>,
    pub url: String,
    pub home: Uuid,
    pub away: Uuid,
    /// A tag of `home`.
    pub tag: Uuid,
    pub people: BTreeMap<String, Person>,
    /// All secrets that were issued or sent. None may be stored unencrypted.
    pub secrets: Secrets,
}

/// A clock that stands still until a test moves it, ids that count up, and randomness that repeats.
pub struct Fixed {
    pub now: AtomicI64,
    count: AtomicU64,
    /// The number of fault points to pass. After that every job that meets one is dead. A negative number
    /// means no faults.
    pub dies_after: AtomicI64,
}

impl Ambient for Fixed {
    fn now(&self) -> Time {
        Time(self.now.load(Ordering::SeqCst))
    }
    fn new_id(&self) -> Uuid {
        let (now, count) = (self.now().0 as u128, u128::from(self.count.fetch_add(1, Ordering::SeqCst)));
        Uuid::from_u128(now << 80 | 7 << 76 | 2 << 62 | count)
    }
    fn fault(&self, _: &'static str) -> Result<()> {
        let left = self.dies_after.load(Ordering::SeqCst);
        match left {
            0 => Err(gatepost::error::Error::internal("dead")),
            _ => {
                self.dies_after.store(left - 1, Ordering::SeqCst);
                Ok(())
            }
        }
    }
    fn random(&self) -> Result<[u8; 30]> {
        let hash = gatepost::auth::hash(&self.new_id().to_string());
        Ok(hash.as_bytes()[..30].try_into().unwrap())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub bytes: Vec<u8>,
    pub headers: HeaderMap,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text())).to_owned()
    }
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_else(|| panic!("no message in {}", self.text())).to_owned()
    }
    /// The part of an answer that can be compared. The request id always differs.
    pub fn face(&self) -> (u16, String) {
        (self.status.as_u16(), self.text())
    }
    pub fn items(&self) -> Vec<Value> {
        self.json()["items"].as_array().unwrap_or_else(|| panic!("no items in {}", self.text())).clone()
    }
    /// Returns the answer if it has this status, and fails otherwise.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
}

impl World {
    pub async fn sqlite() -> World {
        let file = folder().join(format!("gatepost-test-{}.db", Uuid::now_v7()));
        World::on(&format!("sqlite:{}", file.display()), Some(file), RateLimit(None)).await
    }

    /// A World in a PostgreSQL schema of its own. Without a server it says so, and fails where the tests must
    /// be complete.
    pub async fn postgres() -> Option<World> {
        Some(World::on_postgres(&World::postgres_schema_or_skip().await?).await)
    }

    pub async fn on_postgres(url: &str) -> World {
        World::on(url, None, RateLimit(None)).await
    }

    pub async fn postgres_schema_or_skip() -> Option<String> {
        let url = World::postgres_schema().await;
        if url.is_none() {
            assert!(env::var_os("GATEPOST_TEST_ALL").is_none(), "this must run on PostgreSQL too");
            writeln!(
                std::io::stderr(),
                "NOT RUN on PostgreSQL: set TEST_POSTGRES_URL, or use scripts/with-postgres"
            )
            .unwrap();
        }
        url
    }

    /// The URL of an empty schema.
    pub async fn postgres_schema() -> Option<String> {
        let url = env::var("TEST_POSTGRES_URL").ok()?;
        let schema = format!("w{}", Uuid::now_v7().simple());
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&format!("create schema {schema}")).await.unwrap();
        Some(format!("{url}?options=-c%20search_path%3D{schema}"))
    }

    pub async fn on(url: &str, file: Option<PathBuf>, rate_limit: RateLimit) -> World {
        let ambient = Arc::new(Fixed {
            now: AtomicI64::new(1_700_000_000_000),
            count: AtomicU64::new(1),
            dies_after: AtomicI64::new(-1),
        });
        let (reader, writer) = db::open(url, "test").await.unwrap();
        let secrets = Secrets::of(url, file);
        let app = World::app((reader.clone(), writer.clone()), rate_limit, ambient.clone());
        let (router, api) = (router(app.clone()), &*API);
        let nil = Uuid::nil();
        let people = BTreeMap::new();
        let url = url.to_owned();
        let mut world = World {
            app,
            reader,
            writer,
            router,
            api,
            ambient,
            url,
            home: nil,
            away: nil,
            tag: nil,
            people,
            secrets,
        };
        scene::set(&mut world).await;
        world
    }

    pub fn app(database: (Reader, Writer), rate_limit: RateLimit, ambient: Arc<dyn Ambient>) -> App {
        let parts = Parts {
            rate_limit,
            storage: Default::default(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            public_url: "https://gatepost.example/".to_owned(),
            pepper: b"pepper".to_vec(),
            vault: gatepost::auth::Vault::new(b"vault"),
            mailer: None,
            // Makes no look-ups. A test that needs them brings its own `Net`.
            net: Net::new(
                Some("127.0.0.1:1".parse().unwrap()),
                vec![],
                Arc::new(gatepost::tls::client().unwrap()),
            )
            .unwrap()
            .limited(net::Limits { answer: Duration::from_millis(50), ..Default::default() }),
            ambient,
        };
        App::new(database, parts).unwrap()
    }

    /// The same server with another setting.
    pub fn with(&mut self, change: impl FnOnce(&mut Shared)) {
        self.app = self.app.with(change);
        self.router = router(self.app.clone());
    }

    /// Does the jobs that are due. Gives their number.
    pub async fn work(&self) -> usize {
        gatepost::jobs::drain(&self.app, gatepost::resources::work).await.unwrap()
    }

    /// Makes the deliveries of webhooks that are due. Gives the number of turns.
    pub async fn deliver(&self) -> usize {
        gatepost::resources::webhooks::drain(&self.app).await.unwrap()
    }

    /// A second server on the same database.
    pub async fn twin(&self) -> axum::Router {
        let database = db::open(&self.url, "test").await.unwrap();
        router(World::app(database, RateLimit(None), self.ambient.clone()))
    }

    /// Writes directly into the database, to set a scene.
    pub async fn run(&self, statement: Sql) {
        self.writer.write(async move |tx| statement.clone().run(tx).await).await.unwrap();
    }

    pub fn who(&self, name: &str) -> &Person {
        self.people.get(name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    pub fn wait(&self, milliseconds: i64) {
        self.ambient.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Makes all sessions fresh, as if everybody had just signed in. Time has passed, or sessions were ended.
    pub async fn refresh_sessions(&self) {
        let now = self.app.now();
        let refresh = "update sessions set authenticated_at = $1, last_seen_at = $1, timestamp_created = $1";
        self.run(gatepost::db::sql(refresh).bind(now)).await;
        for (name, person) in self.people.iter().filter(|(name, _)| ROLES.contains(&name.as_str())) {
            scene::session(self, self.home, name, person.user.unwrap()).await;
        }
        scene::session(self, self.away, "stranger", self.who("stranger").user.unwrap()).await;
    }

    /// `world.call("sdr", "POST /api/v2/campaigns", json!({...}))`. Null means no body, and "" means no
    /// credential.
    pub async fn call(&self, who: &str, line: &str, body: Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(who, line, &[], body).await
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.call(who, &format!("GET {path}"), Value::Null).await
    }

    pub async fn send(&self, who: &str, line: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let token = who.strip_suffix("'s session").map(scene::session_of);
        let token = token.or_else(|| who.strip_prefix("cookie:").map(str::to_owned));
        let cookie = token.map(|token| format!("{COOKIE}={token}"));
        let key = match who {
            "" => None,
            _ if cookie.is_some() => None,
            name => Some(self.people.get(name).map_or(name, |person| person.key.as_str())),
        };
        let mut headers = headers.to_vec();
        headers.extend(cookie.iter().map(|cookie| ("cookie", cookie.as_str())));
        self.secrets.note(&body);
        let (answer, path) = exchange(&self.router, key, line, &headers, body).await;
        self.secrets.note(&answer.bytes);
        if let Some(token) = people::cookie(&answer) {
            self.secrets.add(&token);
        }
        let method = line.split_once(' ').unwrap().0;
        oracle::check(self.api, method, path.split('?').next().unwrap(), &answer);
        assert!(answer.status.as_u16() < 500, "{line}: {}", answer.text());
        answer
    }

    /// Connects a sending account, as a caller who can assign it.
    pub async fn connect(&self, who: &str, email: &str, assigned: Option<Uuid>) -> Value {
        self.call(who, "POST /api/v2/accounts", scene::account(email, assigned)).await.is(200).json()
    }

    pub async fn create(&self, who: &str, name: &str, visibility: &str) -> String {
        let mut body = scene::campaign(name);
        body["visibility"] = visibility.into();
        self.call(who, "POST /api/v2/campaigns", body).await.is(200).id()
    }

    /// Asks until the answer is as expected, because some rows are written after an answer.
    pub async fn log_once(&self, complete: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        for _ in 0..500 {
            let log = self.log().await;
            if complete(&log) {
                return log;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.log().await
    }

    /// The audit log, refused attempts included, as the owner reads it.
    pub async fn log(&self) -> Vec<Value> {
        self.app.behind.flush().await;
        self.get("owner", "/api/v2/audit-logs?limit=1000").await.is(200).items()
    }
}

pub async fn exchange<'a>(
    router: &axum::Router,
    key: Option<&str>,
    line: &'a str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> (Answer, &'a str) {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let response = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes().into();
    (Answer { status, bytes, headers }, path)
}
