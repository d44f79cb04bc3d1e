//! The binary as a user runs it: commands, their output, and servers as separate processes.

use crate::support::World;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

pub const SECRET: &str = "0123456789012345678901234567890123";

pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        Folder(crate::support::folder().join(format!("gatepost-process-{}", Uuid::now_v7())))
    }
    pub fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

pub fn gatepost(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepost"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GATEPOST_")) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

pub fn run(arguments: &[&str]) -> Output {
    gatepost(arguments).output().unwrap()
}

pub fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn line(output: &Output) -> Value {
    let text = printed(output);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

pub fn refused(output: &Output) -> String {
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A server process that ends when its handle is dropped.
pub struct Server {
    child: Child,
    pub base: String,
    http: Client<HttpConnector, Full<Bytes>>,
    log: Arc<Mutex<String>>,
    /// The newest session.
    session: Mutex<String>,
}

impl Server {
    /// Waits until the server listens, on a port that it chooses.
    pub fn start(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::new(Mutex::new(String::new()));
        let keep = |line: std::io::Result<String>| {
            let line = line.unwrap_or_default();
            kept.lock().unwrap().push_str(&format!("{line}\n"));
            line
        };
        let listening =
            log.find_map(|line| keep(line).split_once("listening on ").map(|(_, rest)| rest.to_owned()));
        let base = listening.unwrap().split(';').next().unwrap().to_owned();
        let rest = kept.clone();
        std::thread::spawn(move || {
            log.map_while(Result::ok).for_each(|line| rest.lock().unwrap().push_str(&format!("{line}\n")));
        });
        Server {
            child,
            base,
            http: Client::builder(TokioExecutor::new()).build_http(),
            log: kept,
            session: Mutex::default(),
        }
    }

    /// The log until now.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Ends the process like a power cut.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stands for the session of the last person who signed in, in the place of a key.
    pub fn session(&self) -> String {
        format!("cookie:{}", self.session.lock().unwrap())
    }

    pub async fn call(&self, key: &str, line: &str, body: Value) -> (u16, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = hyper::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let request = match key.strip_prefix("cookie:") {
            Some(token) => request.header("cookie", format!("gatepost={token}")),
            None => request.header("authorization", format!("Bearer {key}")),
        };
        let answer = self.http.request(request.body(Full::from(body)).unwrap()).await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            if let Some(rest) = set.to_str().unwrap().strip_prefix("gatepost=") {
                *self.session.lock().unwrap() = rest.split(';').next().unwrap().to_owned();
            }
        }
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// The answer at a URL, without a key.
    pub async fn fetch(&self, url: &str) -> (u16, Vec<u8>) {
        let answer = self.http.get(url.parse().unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes().into())
    }

    /// Stops the server like an operator.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "a clean end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[tokio::test]
async fn init_serve_and_the_operators_commands() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    let with = |arguments: &[&str]| run(&[arguments, &data].concat());
    let text = refused(&with(&["workspace", "create", "--name", "x", "--owner-email", "a@b.example"]));
    assert!(text.contains("gatepost init"), "{text}");
    let init = ["init", "--workspace", "Acme", "--owner-email", "Olivia@acme.example", "--json"];
    let made = line(&with(&init));
    assert_eq!(made["email"], "olivia@acme.example");
    assert!(refused(&with(&init)).contains("has a workspace already"));
    let key = made["api_key"].as_str().unwrap();
    let workspace = made["workspace_id"].as_str().unwrap();
    let server = Server::start({
        let mut serve = gatepost(&["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"]);
        serve.args(data);
        serve
    });
    let (status, me) = server.call(key, "GET /api/v2/me", Value::Null).await;
    assert_eq!((status, &me["member_id"], &me["role"]), (200, &made["member_id"], &json!("owner")));
    assert_eq!(server.call(key, "GET /health", Value::Null).await.0, 200);
    let (_, invited) = server
        .call(key, "POST /api/v2/workspace-members", json!({ "email": "amy@acme.example", "role": "admin" }))
        .await;
    let link = invited["invitation_url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/invitations/accept#", server.base)), "{link}");
    let body = json!({ "token": link.split_once('#').unwrap().1, "first_name": "Amy", "last_name": "A", "password": "a password long enough" });
    let (status, amy) = server.call("", "POST /api/v2/invitations/accept", body).await;
    assert_eq!(status, 200, "{amy}");
    let amy = amy["api_key"].as_str().unwrap();
    let narrow = the_operators_commands(&server, &folder, workspace, [key, amy]).await;
    server.stop();
    no_secret_in(&folder, &[key, amy, &narrow, "a password long enough"]);
}

/// The operator's commands while the server runs.
async fn the_operators_commands(
    server: &Server,
    folder: &Folder,
    workspace: &str,
    [key, amy]: [&str; 2],
) -> String {
    let with = |arguments: &[&str]| run(&[arguments, &["--data", folder.path()]].concat());
    let create = [
        "key",
        "create",
        "--workspace",
        workspace,
        "--member",
        "amy@acme.example",
        "--name",
        "k",
        "--scopes",
    ];
    let narrow = line(&with(&[&create[..], &["campaigns:read,leads:read", "--json"]].concat()));
    assert_eq!(
        server.call(narrow["key"].as_str().unwrap(), "GET /api/v2/campaigns", Value::Null).await.0,
        200
    );
    assert!(refused(&with(&[&create[..], &["campaigns:fly"]].concat())).contains("is not a scope"));
    let explain = ["access", "explain", "--as", "amy@acme.example", "--permission", "workspaces:delete"];
    let refused_by = with(&explain);
    let explained = String::from_utf8(refused_by.stdout).unwrap();
    assert!(explained.contains("refused by role") && explained.contains("NO  role"), "{explained}");
    assert_eq!(refused_by.status.code(), Some(1));
    assert_eq!(printed(&run(&["access", "matrix"])), gatepost::access::markdown());
    printed(&with(&["workspace", "set", "--workspace", workspace, "--deny", "audit_logs"]));
    let (status, denied) = server.call(key, "GET /api/v2/audit-logs", Value::Null).await;
    assert_eq!((status, &denied["error"]), (402, &json!("Payment Required")));
    printed(&with(&["workspace", "set", "--workspace", workspace, "--allow", "audit_logs"]));
    assert!(
        refused(&with(&["workspace", "set", "--workspace", workspace, "--deny", "flying"]))
            .contains("is not a resource")
    );
    printed(&with(&["workspace", "set-owner", "--workspace", workspace, "--email", "amy@acme.example"]));
    let (status, log) = server.call(amy, "GET /api/v2/audit-logs?limit=100", Value::Null).await;
    let operator = log["items"].as_array().unwrap().iter().filter(|row| row["user"] == "operator").count();
    assert_eq!((status, operator), (200, 5), "init, key, deny, allow, set-owner");
    narrow["key"].as_str().unwrap().to_owned()
}

/// No file contains a secret, except the server's own key file.
fn no_secret_in(folder: &Folder, secrets: &[&str]) {
    let mut files = 0;
    for file in std::fs::read_dir(&folder.0).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
        files += 1;
    }
    assert!(files >= 2);
    use std::os::unix::fs::PermissionsExt;
    for name in ["secret.key", "gatepost.db"] {
        let mode = std::fs::metadata(folder.0.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn settings_are_checked() {
    let postgres = ["serve", "--database", "postgres://nobody@127.0.0.1:1/x"];
    assert!(refused(&run(&postgres)).contains("GATEPOST_SECRET_KEY"));
    assert!(refused(&run(&["serve", "--database", "mysql://x"])).contains("postgres://"));
    assert!(refused(&run(&["serve", "--rate-limit", "fast"])).contains("rate_limit"));
    assert!(refused(&run(&["serve", "--sending", "0"])).contains("sending"));
    assert!(refused(&run(&["serve", "--listen", "here"])).contains("listen"));
    assert!(refused(&run(&["serve", "--trusted-proxies", "10.0.0.0/99"])).contains("trusted_proxies"));
    assert!(
        refused(&run(&["serve", "--config", "/no/such/file"])).contains("there is no configuration file")
    );
    let folder = Folder::new();
    let file = std::env::temp_dir().join(format!("gatepost-{}.toml", Uuid::now_v7()));
    std::fs::write(&file, "colour = 'red'").unwrap();
    assert!(refused(&run(&["serve", "--config", file.to_str().unwrap()])).contains("colour"));
    std::fs::write(&file, format!("data = '{}'\nrate_limit = 5\nsecret_key = 'short'", folder.path()))
        .unwrap();
    assert!(refused(&run(&["serve", "--config", file.to_str().unwrap()])).contains("32 characters"));
    let init =
        ["init", "--workspace", "A", "--owner-email", "a@b.example", "--config", file.to_str().unwrap()];
    let with_key = |key: &str| gatepost(&init).env("GATEPOST_SECRET_KEY", key).output().unwrap();
    assert!(with_key(SECRET).status.success(), "the environment overrides the file");
    assert!(refused(&with_key(&SECRET.replace('0', "x"))).contains("another secret key"));
    let help = printed(&run(&["serve", "--help"]));
    for name in ["--public-url", "--rate-limit", "--trusted-proxies", "GATEPOST_LISTEN", "--secret-key"] {
        assert!(help.contains(name), "{name}");
    }
    let _gone = std::fs::remove_file(file);
}

#[tokio::test]
async fn the_demo_introduces_everybody() {
    let mut child = gatepost(&["demo", "--json", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    out.read_line(&mut text).unwrap();
    let cast: Value = serde_json::from_str(&text).unwrap();
    let http = Client::builder(TokioExecutor::new()).build_http();
    let server = Server {
        child,
        base: cast["base_url"].as_str().unwrap().to_owned(),
        http,
        log: Arc::default(),
        session: Mutex::default(),
    };
    let people = cast["people"].as_array().unwrap();
    assert_eq!(people.iter().map(|p| p["role"].as_str().unwrap()).collect::<Vec<_>>(), crate::support::ROLES);
    for person in people {
        let (status, me) =
            server.call(person["api_key"].as_str().unwrap(), "GET /api/v2/me", Value::Null).await;
        assert_eq!(
            (status, &me["role"], &me["member_id"], &me["user_id"]),
            (200, &person["role"], &person["member_id"], &person["user_id"])
        );
        assert!(person["email"].as_str().unwrap().ends_with("@acme.example"));
    }
    let (_, key) = server.call(cast["workspace_key"].as_str().unwrap(), "GET /api/v2/me", Value::Null).await;
    assert_eq!(
        (&key["kind"], &key["role"], &key["workspace_id"]),
        (&json!("workspace_key"), &json!("owner"), &cast["workspace_id"])
    );
    let (_, stranger) =
        server.call(cast["stranger"]["api_key"].as_str().unwrap(), "GET /api/v2/me", Value::Null).await;
    assert_eq!(stranger["workspace_id"], cast["stranger"]["workspace_id"]);
    let (_, seen) = server
        .call(people[0]["api_key"].as_str().unwrap(), "GET /api/v2/campaigns?limit=100", Value::Null)
        .await;
    assert!((5..50).contains(&seen["items"].as_array().unwrap().len()));
    let (_, limited) =
        server.call(people[7]["api_key"].as_str().unwrap(), "GET /api/v2/campaigns", Value::Null).await;
    assert_eq!(
        limited["items"].as_array().unwrap().len(),
        1,
        "the client sees its own, shared with the team"
    );
    server.stop();
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
    assert_eq!(rest, "", "one line on stdout, and no more");
}

/// A principal that loses a right: the key, the change that removes the right, the call, and the refusal.
struct Victim {
    key: String,
    change: (String, Value),
    attempts: Vec<(String, u16)>,
}

async fn victim(server: &Server, owner: &str, campaign: &str, round: usize) -> Victim {
    let (list, pause) =
        ("GET /api/v2/campaigns".to_owned(), format!("POST /api/v2/campaigns/{campaign}/pause"));
    if round.is_multiple_of(3) {
        let body = json!({ "name": format!("k{round}"), "scopes": ["campaigns:read", "campaigns:update"] });
        let (_, key) = server.call(owner, "POST /api/v2/api-keys", body).await;
        let change = (format!("DELETE /api/v2/api-keys/{}", key["id"].as_str().unwrap()), Value::Null);
        let attempts = vec![(list.clone(), 401), (list, 401), (pause, 401)];
        return Victim { key: key["key"].as_str().unwrap().to_owned(), change, attempts };
    }
    let body = json!({ "email": format!("v{round}@acme.example"), "role": "editor" });
    let (_, invited) = server.call(owner, "POST /api/v2/workspace-members", body).await;
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let body =
        json!({ "token": token, "first_name": "V", "last_name": "", "password": "a password long enough" });
    let (_, member) = server.call("", "POST /api/v2/invitations/accept", body).await;
    let at = format!("/api/v2/workspace-members/{}", member["id"].as_str().unwrap());
    let (change, attempts) = match round % 3 {
        1 => ((format!("PATCH {at}"), json!({ "role": "view" })), vec![(pause, 403)]),
        _ => ((format!("DELETE {at}"), Value::Null), vec![(list, 401), (pause, 401)]),
    };
    Victim { key: member["api_key"].as_str().unwrap().to_owned(), change, attempts }
}

/// The key of the owner that `init` creates.
fn made(mut init: Command) -> String {
    line(&init.output().unwrap())["api_key"].as_str().unwrap().to_owned()
}

async fn two_servers(place: &[&str]) {
    let command = |arguments: &[&str]| {
        let mut command = gatepost(&[arguments, place].concat());
        command.env("GATEPOST_SECRET_KEY", SECRET);
        command
    };
    let owner = made(command(&["init", "--workspace", "Acme", "--owner-email", "o@acme.example", "--json"]));
    let serve = || Server::start(command(&["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"]));
    let servers = Arc::new([serve(), serve()]);
    let body = crate::support::scene::campaign("contended");
    let (_, campaign) = servers[0].call(&owner, "POST /api/v2/campaigns", body).await;
    let campaign = campaign["id"].as_str().unwrap().to_owned();
    let (late, early) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut round = 0;
    while late.load(Ordering::SeqCst) + early.load(Ordering::SeqCst) < CALLS {
        let victim = Arc::new(victim(&servers[round % 2], &owner, &campaign, round).await);
        let revoked = Arc::new(AtomicBool::new(false));
        let begun = early.load(Ordering::SeqCst);
        let clients: Vec<_> = (0..16)
            .map(|client| {
                let (servers, victim, revoked) = (servers.clone(), victim.clone(), revoked.clone());
                let (late, early) = (late.clone(), early.clone());
                tokio::spawn(async move {
                    // Calls until the change is acknowledged, and twelve times more.
                    let (mut step, mut further, mut again) = (0, 0, 0);
                    while further < 12 {
                        let gone = revoked.load(Ordering::SeqCst);
                        let (line, refusal) = &victim.attempts[(client + step) % victim.attempts.len()];
                        let (status, _) =
                            servers[(client + step / 2) % 2].call(&victim.key, line, Value::Null).await;
                        again += usize::from(status == 503);
                        if status == 503 && again <= 3 {
                            continue; // a busy server asks for a retry, a few times
                        }
                        assert!(
                            status == *refusal || status == 200 && !gone,
                            "{line}: {status}, gone: {gone}"
                        );
                        if gone { &late } else { &early }.fetch_add(1, Ordering::SeqCst);
                        (step, further) = (step + 1, further + usize::from(gone));
                    }
                })
            })
            .collect();
        while early.load(Ordering::SeqCst) < begun + 150 && !clients.iter().all(|client| client.is_finished())
        {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let (line, body) = &victim.change;
        let (status, answer) = servers[(round + 1) % 2].call(&owner, line, body.clone()).await;
        assert_eq!(status, 200, "{answer}");
        revoked.store(true, Ordering::SeqCst);
        for client in clients {
            client.await.unwrap();
        }
        round += 1;
    }
    let (late, early) = (late.load(Ordering::SeqCst), early.load(Ordering::SeqCst));
    assert!(late > CALLS / 20 && early > CALLS / 20, "{late} late, {early} early");
}

/// On each database. Together with `concurrency.rs` this makes a hundred thousand calls.
const CALLS: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_a_postgres_database() {
    let Some(url) = World::postgres_schema().await else {
        assert!(std::env::var_os("GATEPOST_TEST_ALL").is_none(), "this must run on PostgreSQL too");
        return;
    };
    two_servers(&["--database", &url]).await;
}

/// The person who opens the link of the first start creates the first workspace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_a_workspace_is_set_up_by_its_link() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let serve = || Server::start(gatepost(&["serve", "--listen", "127.0.0.1:0", "--data", folder.path()]));
    let file = std::path::Path::new(folder.path()).join("setup-url");
    let token = || {
        let url = std::fs::read_to_string(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        url.trim().split_once("/auth/setup#").unwrap().1.to_owned()
    };
    let server = serve();
    let first = token();
    server.stop();
    let server = serve();
    assert_eq!(token(), first, "the same until it is used");
    let stored = std::fs::read(std::path::Path::new(folder.path()).join("gatepost.db-wal")).unwrap();
    assert!(!crate::support::secrets::holds(&stored, &first), "its hash alone");
    let body = json!({
        "token": first, "first_name": "Ann", "last_name": "Lee", "email": "ann@acme.example",
        "password": "five quiet words at dusk", "workspace_name": "Acme",
    });
    let (status, made) = server.call("cookie:", "POST /auth/setup", body.clone()).await;
    assert_eq!((status, &made["next"]), (200, &json!("done")), "{made}");
    assert_eq!(server.call(&server.session(), "GET /api/v2/me", Value::Null).await.1["role"], "owner");
    let key = made["api_key"].as_str().unwrap();
    assert_eq!(
        server.call(key, "GET /api/v2/me", Value::Null).await.1["role"],
        "owner",
        "a key to begin with"
    );
    assert_eq!(server.call("cookie:", "POST /auth/setup", body).await.0, 410);
    let gone = async {
        while file.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), gone).await.expect("the link is spent");
    assert!(server.log().contains("the first workspace was created"), "{}", server.log());
    server.stop();
    // If the cookie would travel unencrypted, the server prints no link.
    let other = Folder::new();
    let open = ["serve", "--listen", "0", "--public-url", "http://gatepost.example", "--data", other.path()];
    let server = Server::start(gatepost(&open));
    assert!(server.log().contains("works over https only"), "{}", server.log());
    assert!(!std::path::Path::new(other.path()).join("setup-url").exists());
    server.stop();
}
