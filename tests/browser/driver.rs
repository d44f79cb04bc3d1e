//! One Chromium for all tests, driven by WebDriver: JSON over HTTP to Debian's `chromedriver`. The tests take turns.
//! `scripts/prepare` installs both. Without them the tests say that they did not run.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static BROWSER: Mutex<Option<Browser>> = Mutex::new(None);

/// The driver and its browser end when the tests do: the shell waits for the end of its input, which the system closes
/// then.
const UNTIL_THE_END: &str = "set -m; chromedriver --port=0 2>&1 & cat >/dev/null; kill -TERM -- -$!";

pub const AXE: &str = "axe_playwright_python/axe.min.js";

pub struct Browser {
    port: u16,
    session: String,
    axe: String,
    _until: ChildStdin,
}

/// The browser, in a fresh state. Only one test has it at a time.
pub struct Held(MutexGuard<'static, Option<Browser>>);

impl std::ops::Deref for Held {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        self.0.as_ref().unwrap()
    }
}

/// The browser, once no other test has it. Without one, says so, and fails where the tests must be complete.
pub fn browser() -> Option<Held> {
    let mut held = BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
    if held.is_none() {
        match Browser::start() {
            Ok(browser) => *held = Some(browser),
            Err(why) => {
                assert!(std::env::var_os("GATEPOST_TEST_ALL").is_none(), "this needs a browser: {why}");
                let why = format!("NOT RUN in a browser: {why}; scripts/prepare installs what they need");
                writeln!(std::io::stderr(), "{why}").unwrap();
                return None;
            }
        }
    }
    let held = Held(held);
    held.begin();
    Some(held)
}

fn exists(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).exists())
}

impl Browser {
    fn start() -> Result<Browser, String> {
        let python = std::env::var("GATEPOST_TEST_PYTHON")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/target/python").to_owned());
        let axe =
            std::fs::read_to_string(Path::new(&python).join(AXE)).map_err(|error| format!("axe: {error}"))?;
        for program in ["chromium", "chromedriver"] {
            exists(program).then_some(()).ok_or_else(|| format!("there is no {program}"))?;
        }
        let mut shell = Command::new("bash");
        shell.args(["-c", UNTIL_THE_END]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn().map_err(|error| error.to_string())?;
        let until = shell.stdin.take().ok_or("no input")?;
        let mut lines = BufReader::new(shell.stdout.take().ok_or("no output")?).lines();
        let line =
            lines.by_ref().map_while(Result::ok).find(|line| line.contains("started successfully on port"));
        let line = line.ok_or("chromedriver did not start")?;
        let port = line.rsplit(' ').next().unwrap_or_default().trim_end_matches('.');
        let port = port.parse().map_err(|_| line.clone())?;
        std::thread::spawn(move || lines.for_each(drop));
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--lang=en-GB", "--force-prefers-reduced-motion"],
            "perfLoggingPrefs": { "enableNetwork": true },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "script": 60000, "pageLoad": 30000 },
        } } });
        let mut browser = Browser { port, session: String::new(), axe, _until: until };
        let session = browser.send("POST", "/session", &wanted)?;
        browser.session = session["sessionId"].as_str().ok_or("no session")?.to_owned();
        Ok(browser)
    }

    /// One exchange with the driver. A connection serves one exchange.
    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(Duration::from_secs(90))).map_err(|error| error.to_string())?;
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n", self.port);
        let head = format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all((head + &body).as_bytes()).map_err(|error| error.to_string())?;
        let mut answer = BufReader::new(stream);
        let mut size = 0;
        for line in answer.by_ref().lines() {
            let line = line.map_err(|error| error.to_string())?.to_ascii_lowercase();
            if let Some(given) = line.strip_prefix("content-length:") {
                size = given.trim().parse().map_err(|_| line.clone())?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; size];
        answer.read_exact(&mut body).map_err(|error| error.to_string())?;
        let told: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        match told["value"]["error"].as_str() {
            Some(error) => Err(format!("{path}: {error}: {}", told["value"]["message"])),
            None => Ok(told["value"].clone()),
        }
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let path = format!("/session/{}/{path}", self.session);
        self.send(method, &path, &body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A command of the Chrome DevTools Protocol.
    #[track_caller]
    pub fn cdp(&self, command: &str, params: Value) -> Value {
        self.ask("POST", "goog/cdp/execute", json!({ "cmd": command, "params": params }))
    }

    /// No cookies, no cache, scripts allowed, and an empty log.
    fn begin(&self) {
        self.ask("POST", "url", json!({ "url": "about:blank" }));
        for command in ["Network.clearBrowserCookies", "Network.clearBrowserCache"] {
            self.cdp(command, json!({}));
        }
        self.scripting(true);
        self.look(1280, "light");
        let violations = "window.violations = []; addEventListener('securitypolicyviolation', event => \
                          violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))";
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": violations }));
        self.log("browser");
        self.log("performance");
    }

    pub fn scripting(&self, on: bool) {
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": !on }));
    }

    pub fn look(&self, width: u32, theme: &str) {
        let size = json!({ "width": width, "height": 860, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size);
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    #[track_caller]
    pub fn open(&self, url: &str) {
        self.ask("POST", "url", json!({ "url": url }));
    }

    pub fn url(&self) -> String {
        self.ask("GET", "url", Value::Null).as_str().unwrap().to_owned()
    }

    /// The value of an expression. It can await.
    #[track_caller]
    pub fn value(&self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let told = self.cdp("Runtime.evaluate", params);
        assert!(told.get("exceptionDetails").is_none(), "{expression:.200}: {}", told["exceptionDetails"]);
        told["result"]["value"].clone()
    }

    pub fn text(&self) -> String {
        self.value("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    fn element(&self, css: &str) -> String {
        let found = self.ask("POST", "element", json!({ "using": "css selector", "value": css }));
        let id = found.as_object().unwrap().values().next().unwrap();
        format!("element/{}", id.as_str().unwrap())
    }

    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.ask("POST", &format!("{element}/clear"), json!({}));
        self.ask("POST", &format!("{element}/value"), json!({ "text": text }));
    }

    #[track_caller]
    pub fn click(&self, css: &str) {
        let element = self.element(css);
        self.ask("POST", &format!("{element}/click"), json!({}));
    }

    /// Waits until the expression is true.
    #[track_caller]
    pub fn until(&self, expression: &str) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.value(expression) != json!(true) {
            assert!(
                Instant::now() < end,
                "{expression} did not become true at {}: {}",
                self.url(),
                self.text()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A passkey that answers every question at once.
    pub fn authenticator(&self) -> String {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "isUserConsenting": true,
        });
        self.ask("POST", "webauthn/authenticator", device).as_str().unwrap().to_owned()
    }

    pub fn remove_authenticator(&self, id: &str) {
        self.ask("DELETE", &format!("webauthn/authenticator/{id}"), Value::Null);
    }

    /// What was logged since the last time.
    pub fn log(&self, kind: &str) -> Vec<Value> {
        self.ask("POST", "se/log", json!({ "type": kind })).as_array().cloned().unwrap_or_default()
    }

    /// The violations that axe finds, and what it cannot decide, each with its place.
    #[track_caller]
    pub fn axe(&self) -> Vec<String> {
        if self.value("typeof axe") == json!("undefined") {
            self.value(&format!("{}; 0", self.axe));
        }
        let tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";
        let found = self.value(&format!(
            "axe.run(document, {{ runOnly: {tags}, resultTypes: ['violations', 'incomplete'] }}).then(found => \
             [...found.violations, ...found.incomplete.map(rule => ({{ ...rule, help: 'undecided: ' + rule.help }}))].flatMap(\
             rule => rule.nodes.map(node => rule.id + ': ' + rule.help + ': ' + node.html.slice(0, 200) + ' ' + \
             (node.any[0]?.message ?? ''))))"
        ));
        let lines = found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned());
        // What axe leaves to people: the contrast of a symbol, which has the colours of the text around it, and of a text
        // that an open menu covers in part. `sheet` computes the contrast of all pairs of colours.
        let left = ["contains only non-text characters", "because it partially overlaps other elements"];
        lines.filter(|line| !left.iter().any(|end| line.ends_with(end))).collect()
    }

    /// A picture of the whole page, in `target/screenshots`, if they are wanted.
    pub fn picture(&self, name: &str) {
        if !all_looks() {
            return;
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let size = self.value(
            "({ width: innerWidth, height: Math.max(innerHeight, document.documentElement.scrollHeight) })",
        );
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.cdp("Page.captureScreenshot", params);
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }
}

/// `GATEPOST_LOOKS=all`: each page in each theme at each width, with pictures.
pub fn all_looks() -> bool {
    std::env::var("GATEPOST_LOOKS").is_ok_and(|looks| looks == "all")
}
