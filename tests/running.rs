//! The operator's tasks: monitoring, logs, backup, restore and diagnosis.

use crate::process::{Folder, SECRET, Server, gatepost, line, run};
use crate::support::World;
use crate::support::scene::campaign;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

const INIT: [&str; 6] = ["init", "--workspace", "Acme", "--owner-email", "olivia@acme.example", "--json"];

fn init(folder: &Folder) -> String {
    let made = line(&run(&[&INIT[..], &["--data", folder.path()]].concat()));
    made["api_key"].as_str().unwrap().to_owned()
}

fn serve(folder: &Folder, more: &[&str]) -> Server {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", folder.path()];
    Server::start(gatepost(&[&serve[..], more].concat()))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn text(server: &Server, url: &str) -> (u16, String) {
    let (status, bytes) = server.fetch(url).await;
    (status, String::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn a_server_can_be_watched() {
    let folder = Folder::new();
    let key = init(&folder);
    let log = ["--log", "info,gatepost::request=debug", "--log-format", "json"];
    let server = serve(&folder, &[&["--metrics-listen", "127.0.0.1:0"], &log[..]].concat());
    let narrow = json!({ "name": "narrow", "scopes": ["leads:read"] });
    let (_, made) = server.call(&key, "POST /api/v2/api-keys", narrow).await;
    let narrow = made["key"].as_str().unwrap();
    let (status, made) = server.call(&key, "POST /api/v2/campaigns", campaign("c")).await;
    assert_eq!(status, 200);
    let id = made["id"].as_str().unwrap();
    for (who, path, wanted) in [
        (key.as_str(), format!("/api/v2/campaigns/{id}"), 200),
        (narrow, format!("/api/v2/campaigns/{id}"), 403),
        ("nobody", format!("/api/v2/campaigns/{id}"), 401),
        (&key, "/api/v2/nothing/here".to_owned(), 404),
        (&key, "/metrics".to_owned(), 404),
    ] {
        assert_eq!(server.call(who, &format!("GET {path}"), Value::Null).await.0, wanted, "{path}");
    }
    let log = server.log();
    let metrics = log.lines().find_map(|line| line.split_once("metrics on ")).unwrap().1;
    let (status, metrics) = text(&server, metrics.split('"').next().unwrap()).await;
    assert_eq!(status, 200);
    let one = r#"method="GET",path="/api/v2/campaigns/{id}""#;
    for wanted in [
        format!("gatepost_requests_total{{{one},status=\"200\"}} 1"),
        format!("gatepost_requests_total{{{one},status=\"403\"}} 1"),
        format!("gatepost_requests_total{{{one},status=\"401\"}} 1"),
        r#"gatepost_requests_total{method="GET",path="none",status="404"} 2"#.to_owned(),
        format!("gatepost_request_duration_seconds_count{{{one}}} 3"),
        r#"gatepost_refusals_total{step="scope"} 1"#.to_owned(),
        r#"gatepost_refusals_total{step="credential"} 1"#.to_owned(),
        r#"gatepost_queue_depth{queue="mail"} 0"#.to_owned(),
        r#"gatepost_commit_batch_count{door="write"}"#.to_owned(),
        r#"gatepost_database_wait_seconds_count{door="read"}"#.to_owned(),
        "gatepost_connections 1".to_owned(),
    ] {
        assert!(metrics.contains(&wanted), "{wanted}\n{metrics}");
    }
    for hidden in [key.as_str(), narrow, id, "acme"] {
        assert!(!metrics.contains(hidden), "{hidden}");
        assert!(!log.contains(hidden), "{hidden}");
    }
    the_figures_of_the_page_exist(&metrics);
    the_log_tells_each_call(&log);
    server.stop();
}

fn the_figures_of_the_page_exist(metrics: &str) {
    let texts = ["docs/production.md", "deploy/alerts.yml"].map(|file| fs::read_to_string(file).unwrap());
    let mut seen = 0;
    for name in texts.iter().flat_map(|text| text.split("gatepost_").skip(1)) {
        let name: String = name.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        assert!(metrics.contains(&format!("gatepost_{name}")), "gatepost_{name}");
        seen += 1;
    }
    assert!(seen > 10);
}

fn the_log_tells_each_call(log: &str) {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let calls: Vec<_> = lines.filter(|line| line["target"] == "gatepost::request").collect();
    let of = |status: u16| calls.iter().find(|call| call["status"] == status).unwrap();
    let allowed = of(200);
    for field in ["request_id", "workspace", "principal"] {
        assert!(allowed[field].as_str().is_some_and(|text| text.len() == 36), "{field}: {allowed}");
    }
    assert_eq!(
        (&allowed["permission"], &allowed["decision"]),
        (&json!("api_keys:create"), &json!("allowed"))
    );
    assert!(allowed["duration_us"].as_u64().is_some_and(|time| time > 0));
    assert_eq!((&of(403)["permission"], &of(403)["decision"]), (&json!("campaigns:read"), &json!("scope")));
    assert_eq!((&of(401)["workspace"], &of(401)["decision"]), (&Value::Null, &json!("credential")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_under_load_and_put_back() {
    let (folder, other) = (Folder::new(), Folder::new());
    let key = init(&folder);
    let server = serve(&folder, &["--rate-limit", "off"]);
    let (_, before) = server.call(&key, "POST /api/v2/campaigns", campaign("before")).await;
    let copy = format!("{}/copy.db", folder.path());
    let backup = || run(&["backup", &copy, "--data", folder.path()]);
    let made = tokio::task::block_in_place(|| {
        let writes = async {
            for n in 0..200 {
                server.call(&key, "POST /api/v2/campaigns", campaign(&format!("{n}"))).await;
            }
        };
        let run = tokio::runtime::Handle::current();
        std::thread::scope(|scope| {
            scope.spawn(|| run.block_on(writes));
            scope.spawn(backup).join().unwrap()
        })
    });
    assert!(made.status.success() && said(&made).contains("1 workspace, last change"), "{}", said(&made));
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(said(&backup()).contains("exists already"), "a backup replaces nothing");
    let (_, after) = server.call(&key, "POST /api/v2/campaigns", campaign("after")).await;
    let restore = |into: &Folder, more: &[&str]| {
        said(&run(&[&["restore", &copy, "--data", into.path()], more].concat()))
    };
    assert!(restore(&folder, &[]).contains("--replace keeps it"));
    assert!(restore(&folder, &["--replace"]).contains("stop the server first"));
    server.stop();
    assert!(restore(&other, &[]).contains("put the secret key"), "a copy is nothing without its key");
    // A new machine has no folder yet. Its key can come from the environment.
    let secret = fs::read_to_string(format!("{}/secret.key", folder.path())).unwrap();
    let elsewhere = format!("{}/new", other.path());
    let told = said(&run(&["restore", &copy, "--data", &elsewhere, "--secret-key", &secret]));
    assert!(told.contains("1 workspace, last change"), "{told}");
    assert_eq!(fs::metadata(&elsewhere).unwrap().permissions().mode() & 0o777, 0o700);
    let told = restore(&folder, &["--replace"]);
    assert!(told.contains("is kept as") && told.contains("keys that were revoked"), "{told}");
    assert!(Path::new(folder.path()).join("gatepost.db.before-restore-1").is_file());
    let server = serve(&folder, &[]);
    for (campaign, wanted) in [(&before, 200), (&after, 404)] {
        let path = format!("GET /api/v2/campaigns/{}", campaign["id"].as_str().unwrap());
        assert_eq!(server.call(&key, &path, Value::Null).await.0, wanted);
    }
    server.stop();
}

/// A WAL in the folder belongs to the old database, so a restore never applies it to the restored one.
#[test]
fn nothing_left_behind_is_taken_for_a_part_of_a_copy() {
    let folder = Folder::new();
    init(&folder);
    let at = |name: &str| format!("{}/{name}", folder.path());
    assert!(run(&["backup", &at("copy.db"), "--data", folder.path()]).status.success());
    // A killed server leaves its changes only in the WAL. Then the file is damaged or deleted.
    let conn = rusqlite::Connection::open(at("gatepost.db")).unwrap();
    conn.execute_batch("pragma wal_autocheckpoint = 0; update workspaces set name = 'Lost'").unwrap();
    for name in ["gatepost.db", "gatepost.db-wal"] {
        fs::copy(at(name), at(&format!("kept-{name}"))).unwrap();
    }
    drop(conn);
    for damaged in [true, false] {
        fs::copy(at("kept-gatepost.db-wal"), at("gatepost.db-wal")).unwrap();
        match damaged {
            true => fs::write(at("gatepost.db"), vec![7; 8192]).unwrap(),
            false => fs::remove_file(at("gatepost.db")).unwrap(),
        }
        let told = said(&run(&["restore", &at("copy.db"), "--replace", "--data", folder.path()]));
        assert!(told.contains("1 workspace"), "{told}");
        let conn = rusqlite::Connection::open(at("gatepost.db")).unwrap();
        let name: String = conn.query_row("select name from workspaces", [], |row| row.get(0)).unwrap();
        assert_eq!(name, "Acme", "damaged: {damaged}");
    }
}

#[test]
fn only_intact_own_copies_are_restored() {
    let (folder, other) = (Folder::new(), Folder::new());
    init(&folder);
    init(&other);
    let copy = format!("{}/copy.db", folder.path());
    assert!(run(&["backup", &copy, "--data", folder.path()]).status.success());
    let restore = |file: &str| said(&run(&["restore", file, "--replace", "--data", other.path()]));
    assert!(restore(&copy).contains("another secret key"));
    assert!(restore("/no/such/file").contains("does not exist"));
    let bad = format!("{}/bad.db", folder.path());
    fs::write(&bad, "no database at all").unwrap();
    assert!(restore(&bad).contains("bad.db is not a SQLite database"), "{}", restore(&bad));
    assert!(
        run(&["doctor", "--listen", "0", "--data", other.path()]).status.success(),
        "and what was there is as it was"
    );
    let postgres = ["backup", "x", "--database", "postgres://nobody@127.0.0.1:1/x", "--secret-key", SECRET];
    assert!(said(&run(&postgres)).contains("pg_dump"));
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong() {
    let folder = Folder::new();
    let doctor = |more: &[&str]| {
        let output = run(&[&["doctor", "--json", "--listen", "0", "--data", folder.path()], more].concat());
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = move |check: &str, verdict: &str| {
            let found = lines.iter().find(|line| line["check"] == check && line["verdict"] == verdict);
            found.map(|line| line["text"].as_str().unwrap().to_owned()).unwrap_or_default()
        };
        (output.status.success(), of)
    };
    let (fine, of) = doctor(&[]);
    assert!(!fine && of("database", "problem").contains("gatepost init"), "a problem");
    assert!(!Path::new(folder.path()).exists(), "looking changes nothing");
    init(&folder);
    let (fine, of) = doctor(&[]);
    assert!(fine, "warnings do not count as problems");
    assert!(of("settings", "warning").contains("public-url"));
    assert!(of("database", "ok").contains("version"));
    for check in ["listen", "key", "clock", "files", "disk", "jobs"] {
        assert!(!of(check, "ok").is_empty(), "{check}");
    }
    assert!(of("mail", "warning").contains("shown instead of mailed"));
    let mail = ["--smtp-url", "smtp://127.0.0.1:1", "--public-url", "https://gatepost.example"];
    let (fine, of) = doctor(&mail);
    assert!(!fine && !of("mail", "problem").is_empty() && of("settings", "ok").contains("gatepost.example"));
    let (fine, of) = doctor(&["--secret-key", SECRET]);
    assert!(!fine && of("key", "problem").contains("another secret key"));
    let database = Path::new(folder.path()).join("gatepost.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(doctor(&[]).1("files", "problem").contains("chmod 600"));
    fs::set_permissions(&database, fs::Permissions::from_mode(0o600)).unwrap();
    // The clock of another server was ahead.
    let conn = rusqlite::Connection::open(&database).unwrap();
    conn.execute("insert into server (name, value) values ('clock', '4102444800000')", []).unwrap();
    drop(conn);
    let (fine, of) = doctor(&[]);
    assert!(!fine && of("clock", "problem").contains("--trust-clock"), "{}", of("clock", "problem"));
    assert!(doctor(&["--trust-clock"]).0);
    let (fine, of) = doctor(&["--recount"]);
    assert!(fine && of("figures", "ok").contains("0 campaigns"), "{}", of("figures", "ok"));
}

#[tokio::test]
async fn the_doctor_looks_at_postgresql_too() {
    let Some(url) = World::postgres_schema().await else { return };
    let place = ["--database", &url, "--secret-key", SECRET];
    line(&run(&[&INIT[..], &place].concat()));
    let told = run(&[&["doctor", "--listen", "0"], &place[..]].concat());
    assert!(told.status.success() && said(&told).contains("1 workspace"), "{}", said(&told));
    let away = ["doctor", "--database", "postgres://nobody@127.0.0.1:1/x", "--secret-key", SECRET];
    assert!(said(&run(&away)).contains("PostgreSQL at 127.0.0.1:1: connection refused"));
}
