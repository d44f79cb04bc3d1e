//! Campaigns whose accounts send through a mail server of the tests, on a clock that a test moves.

use super::dns::{self, address};
use super::internet::{Arrived, Internet, PASSWORD, USERNAME};
use super::mailserver::certificate;
use super::{Fixed, World, scene};
use chrono::DateTime;
use gatepost::app::{Ambient, App};
use gatepost::config::RateLimit;
use gatepost::db::{self, sql};
use gatepost::error::Result;
use gatepost::net::{Net, delivery::Patience};
use gatepost::resources::campaign_mails::{self, Pace};
use gatepost::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// How long the mail server can be silent in a test.
pub const PACE: Pace =
    Pace { patience: Patience { answer: Duration::from_secs(5), dot: Duration::from_millis(400) } };

pub struct Post {
    pub internet: Internet,
    names: SocketAddr,
}

impl Post {
    pub async fn start(world: &mut World) -> Post {
        let internet = Internet::start(None).await;
        let post = Post { internet, names: dns::start(vec![("internet.test", address("127.0.0.1"))]) };
        let net = post.net();
        world.with(|app| app.net = net);
        post
    }

    fn net(&self) -> Net {
        let loopback = vec!["127.0.0.0/8".parse().unwrap()];
        Net::new(Some(self.names), loopback, certificate(&["internet.test"]).0).unwrap()
    }

    /// A second process on the same database, which stops at a point until the test lets it go on.
    pub async fn second(&self, world: &World) -> (App, Arc<Hooked>) {
        let hooked = Arc::new(Hooked { clock: world.ambient.clone(), hook: Mutex::default() });
        let database = db::open(&world.url, "test").await.unwrap();
        let net = self.net();
        let app = World::app(database, RateLimit(None), hooked.clone()).with(|app| app.net = net);
        (app, hooked)
    }

    /// Connects an account that sends through the mail server.
    pub async fn account(&self, world: &World, email: &str, more: Value) -> Value {
        let mut body = scene::account(email, None);
        body["smtp_host"] = json!("internet.test");
        body["smtp_port"] = json!(self.internet.address.port());
        body["smtp_username"] = json!(USERNAME);
        body["smtp_password"] = json!(PASSWORD);
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        world.call("owner", "POST /api/v2/accounts", body).await.is(200).json()
    }

    /// The mails that got their dot and were written to this address.
    pub fn to(&self, email: &str) -> Vec<Arrived> {
        self.internet.mails().into_iter().filter(|mail| mail.to.iter().any(|to| to == email)).collect()
    }

    /// How often each pair of an address and a `Message-ID` arrived.
    pub fn counted(&self) -> BTreeMap<(String, String), usize> {
        let mut counts = BTreeMap::new();
        for mail in self.internet.mails() {
            *counts.entry((mail.to[0].clone(), header(&mail, "Message-ID").unwrap())).or_default() += 1;
        }
        counts
    }
}

/// A clock of the World, and a point at which the process waits.
pub struct Hooked {
    clock: Arc<Fixed>,
    hook: Mutex<Option<Hook>>,
}

/// The point, how the process tells that it is there, and what it then waits for.
type Hook = (&'static str, Sender<()>, Receiver<()>);

impl Hooked {
    /// The process tells by the first of the two that it has reached the point, and waits for the second.
    pub fn stop_at(&self, point: &'static str) -> (Receiver<()>, Sender<()>) {
        let ((told, reached), (tells, waits)) = (channel(), channel());
        *self.hook.lock().unwrap() = Some((point, told, waits));
        (reached, tells)
    }
}

impl Ambient for Hooked {
    fn now(&self) -> Time {
        self.clock.now()
    }
    fn new_id(&self) -> Uuid {
        self.clock.new_id()
    }
    fn random(&self) -> Result<[u8; 30]> {
        self.clock.random()
    }
    fn fault(&self, point: &'static str) -> Result<()> {
        let hook = self.hook.lock().unwrap().take_if(|(at, _, _)| *at == point);
        if let Some((_, told, waits)) = hook {
            told.send(()).unwrap();
            tokio::task::block_in_place(|| waits.recv()).unwrap();
        }
        self.clock.fault(point)
    }
}

/// A header of a mail, without its folds.
pub fn header(mail: &Arrived, name: &str) -> Option<String> {
    let head = mail.text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned)
}

/// When a mail was written.
pub fn written(mail: &Arrived) -> Time {
    Time(DateTime::parse_from_rfc2822(&header(mail, "Date").unwrap()).unwrap().timestamp_millis())
}

/// A campaign that sends at all hours, with steps a day apart.
pub fn campaign(accounts: &[&str], steps: usize, more: Value) -> Value {
    let always = json!({
        "name": "always", "timing": { "from": "00:00", "to": "00:00" }, "timezone": "Europe/Belgrade",
        "days": { "0": true, "1": true, "2": true, "3": true, "4": true, "5": true, "6": true },
    });
    let step = |number: usize| {
        let subject = if number == 0 { "Hello {{firstName}}" } else { "" };
        let variant =
            json!({ "subject": subject, "body": format!("<p>step {number} for {{{{firstName|you}}}}</p>") });
        json!({ "type": "email", "delay": 1, "variants": [variant] })
    };
    let steps: Vec<Value> = (0..steps).map(step).collect();
    let mut body = json!({
        "name": "Mails", "campaign_schedule": { "schedules": [always] }, "sequences": [{ "steps": steps }],
        "email_list": accounts, "stop_on_reply": false,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// Creates a campaign with leads, and launches it.
pub async fn launch(world: &World, who: &str, body: Value, leads: &[&str]) -> String {
    let id = world.call(who, "POST /api/v2/campaigns", body).await.is(200).id();
    add(world, &id, leads).await;
    world.call(who, &format!("POST /api/v2/campaigns/{id}/activate"), Value::Null).await.is(200);
    id
}

pub async fn add(world: &World, campaign: &str, leads: &[&str]) {
    let leads: Vec<Value> =
        leads.iter().map(|email| json!({ "email": email, "first_name": "Ann" })).collect();
    let body = json!({ "campaign_id": campaign, "leads": leads });
    world.call("owner", "POST /api/v2/leads/add", body).await.is(200);
}

/// Lets the server send until a time has passed. The clock jumps from one due account to the next.
pub async fn live(world: &World, milliseconds: i64) {
    let ends = world.app.now().plus(milliseconds);
    loop {
        campaign_mails::drain(&world.app, PACE).await.unwrap();
        let due =
            sql("select min(case when lease_until > ready_at then lease_until else ready_at end) from runs \
             where ready_at is not null");
        let due = due.optional::<Option<Time>>(&world.reader).await.unwrap();
        match due.flatten().filter(|due| *due < ends) {
            Some(due) => world.wait((due.0 - world.app.now().0).max(1)),
            None => break,
        }
    }
    world.ambient.now.fetch_max(ends.0, Ordering::SeqCst);
}

pub async fn status(world: &World, campaign: &str) -> Value {
    world.get("owner", &format!("/api/v2/campaigns/{campaign}/sending-status")).await.is(200).json()
}

/// The status of a lead of a campaign.
pub async fn lead(world: &World, campaign: &str, email: &str) -> Value {
    let body = json!({ "campaign": campaign, "contacts": [email] });
    let items = world.call("owner", "POST /api/v2/leads/list", body).await.is(200).items();
    items.into_iter().next().unwrap_or_else(|| panic!("no lead {email}"))
}
