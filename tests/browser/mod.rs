//! The pages in a real browser: what axe finds, what scrolls sideways, what is loaded, and how much of it.

mod driver;
mod gallery;
mod outreach;
mod rights;
mod sheet;
mod soundness;
mod walks;
mod workspace;

use crate::support::people::PASSWORD;
use crate::support::{ROLES, World};
pub use driver::{Browser, browser};
use gatepost::app::{App, Demo, DemoPerson};
use gatepost::auth::{Passkeys, Site};
use gatepost::router::router;
use serde_json::{Value, json};
use soundness::looks;

/// A World behind a real port, in which people can sign in.
pub struct Served {
    pub world: World,
    pub base: String,
}

impl Served {
    pub async fn start() -> Served {
        Served::with(World::sqlite().await, |app| app).await
    }

    /// A demo: its people have a password that everybody knows.
    pub async fn demo() -> Served {
        let world = World::sqlite().await;
        let mut people = Vec::new();
        for role in ROLES {
            people.push(DemoPerson { name: format!("{role} Test"), email: world.email(role).await });
        }
        Served::with(world, |app| app.demo(Demo { people, password: PASSWORD.to_owned() })).await
    }

    /// The World itself stays at its own address. The server that people reach has a host name, because passkeys do not
    /// work at addresses.
    async fn with(world: World, change: impl FnOnce(App) -> App) -> Served {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let app = world.app.with(|shared| {
            shared.public_url = base.as_str().into();
            shared.site = Site::of(&base);
            shared.passkeys = Passkeys::of(&base);
        });
        let router = router(change(app));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Served { world, base }
    }

    /// Opens a page, and waits until it is complete.
    #[track_caller]
    pub fn open(&self, browser: &Browser, path: &str) {
        browser.open(&format!("{}{path}", self.base));
    }

    /// The token of a link that was just made for somebody who was invited.
    pub async fn invitation(&self, email: &str) -> String {
        let body = json!({ "email": email, "role": "sdr" });
        let invited = self.world.call("admin", "POST /api/v2/workspace-members", body).await.is(200).json();
        invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
    }
}

/// A page and a name for its pictures.
pub struct Case {
    pub name: &'static str,
    pub path: String,
    /// What is pressed after it was opened.
    pub press: Option<&'static str>,
}

/// The pages for visitors, in each of their states.
async fn cases(served: &Served) -> Vec<Case> {
    let case = |name, path: &str, press| Case { name, path: path.to_owned(), press };
    let token = served.invitation("jo@acme.example").await;
    vec![
        case("sign-in", "/sign-in", None),
        case("sign-in-refused", "/sign-in", Some("form[action='/sign-in'] .main")),
        case("sign-in-after", "/sign-in?said=password", None),
        case("reset", "/reset", None),
        case("link", "/auth/reset", None),
        case("link-dead", "/auth/reset#never", Some("wait for .note.no")),
        case("set-up-done", "/auth/setup", None),
        case("invitation", &format!("/invitations/accept#{token}"), Some("wait for [name=_filled]")),
    ]
}

/// Opens the page of a case, and does what it says.
#[track_caller]
pub fn visit(served: &Served, browser: &Browser, case: &Case) {
    served.open(browser, "/health");
    served.open(browser, &case.path);
    match case.press {
        Some(press) if press.starts_with("wait for ") => {
            browser.until(&format!("document.querySelector({:?}) !== null", &press["wait for ".len()..]));
        }
        Some(press) => {
            browser.value("document.querySelectorAll('input').forEach(input => input.required = false), 0");
            browser.click(press);
            browser.until("document.querySelector('[role=alert]:not([hidden])') !== null");
        }
        None => (),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_public_pages() {
    let Some(browser) = browser() else { return };
    let served = Served::demo().await;
    let mut found = Vec::new();
    for case in cases(&served).await {
        visit(&served, &browser, &case);
        for (theme, width) in looks() {
            browser.look(*width, theme);
            let place = format!("{} {theme} {width}", case.name);
            found.extend(browser.axe().into_iter().map(|line| format!("{place}: {line}")));
            browser.picture(&format!("{}-{theme}-{width}", case.name));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Each container, and not only the page.
pub const SIDEWAYS: &str = "[...document.querySelectorAll('*')].filter(one => one.scrollWidth > one.clientWidth + 1 && \
    one.clientWidth > 0 && getComputedStyle(one).overflowX !== 'visible' && !one.matches('.unseen, input')).map(one => one.outerHTML.slice(0, 120))\
    .concat(document.documentElement.scrollWidth > innerWidth ? ['the page is ' + document.documentElement.scrollWidth] : [])";

pub const WIDTHS: [u32; 5] = [320, 360, 768, 1024, 1440];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_public_page_scrolls_sideways() {
    let Some(browser) = browser() else { return };
    let served = Served::demo().await;
    for case in cases(&served).await {
        visit(&served, &browser, &case);
        for width in WIDTHS {
            browser.look(width, "light");
            assert_eq!(browser.value(SIDEWAYS), json!([]), "{} at {width}", case.name);
        }
    }
}

/// No report of the content security policy, no line in the console, no request to another origin, one `h1`, and no id
/// twice.
#[track_caller]
pub fn is_quiet(browser: &Browser, base: &str, name: &str) {
    assert_eq!(browser.value("window.violations ?? []"), json!([]), "{name}");
    let ids = "(ids => ids.filter((id, at) => ids.indexOf(id) !== at))([...document.querySelectorAll('[id]')].map(one => one.id))";
    assert_eq!(browser.value(ids), json!([]), "{name}: ids that are there twice");
    assert_eq!(browser.value("document.querySelectorAll('h1').length"), 1, "{name}");
    assert!(browser.value("document.title").as_str().unwrap().ends_with(" - Gatepost"), "{name}");
    // A page that answers 4xx is a line of the network and not of the page.
    let lines = browser.log("browser");
    let of_the_page = lines.iter().filter(|line| line["source"] != "network").collect::<Vec<_>>();
    assert!(of_the_page.is_empty(), "{name}: {of_the_page:#?}");
    for url in requests(browser).iter().filter_map(|(_, event)| event["request"]["url"].as_str()) {
        let own = url.starts_with(base) || url.starts_with("about:") || url.starts_with("data:");
        assert!(own, "{name} asks for {url}");
    }
}

/// The events of the network since the last time: the method, and what it tells.
fn requests(browser: &Browser) -> Vec<(String, Value)> {
    let events = browser.log("performance").into_iter().map(|entry| {
        let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
        (message["message"]["method"].as_str().unwrap().to_owned(), message["message"]["params"].clone())
    });
    events.filter(|(method, _)| method.starts_with("Network.")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn public_pages_are_quiet() {
    let Some(browser) = browser() else { return };
    let served = Served::demo().await;
    for case in cases(&served).await {
        visit(&served, &browser, &case);
        is_quiet(&browser, &served.base, case.name);
    }
}

/// The bytes that came over the network, gzipped, for a first visit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn public_pages_are_light() {
    let Some(browser) = browser() else { return };
    let served = Served::demo().await;
    browser.log("performance");
    served.open(&browser, "/sign-in");
    let events = requests(&browser);
    let mut all = 0;
    for (_, event) in events.iter().filter(|(method, _)| method == "Network.loadingFinished") {
        let answer = events.iter().find(|(method, other)| {
            method == "Network.responseReceived" && other["requestId"] == event["requestId"]
        });
        let answer = &answer.unwrap().1["response"];
        let (url, bytes) = (answer["url"].as_str().unwrap(), event["encodedDataLength"].as_u64().unwrap());
        println!("{bytes:>6} bytes {}", url.trim_start_matches(&served.base));
        let most = match url.rsplit('/').next().unwrap() {
            "gatepost.css" => 8_000,
            "gatepost.js" | "passkey.js" => 3_000,
            _ => 14_000,
        };
        assert!(bytes <= most, "{url} has {bytes} bytes");
        all += bytes;
    }
    println!("{all:>6} bytes in all");
    assert!((2_000..24_000).contains(&all), "{all} bytes");
}
