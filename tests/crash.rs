//! Kills server processes in the middle of their work, and checks their data and logs.

use crate::process::{Folder, SECRET, Server, gatepost, line, run};
use crate::support::World;
use crate::support::scene::account;
use crate::support::secrets::{Secrets, holds};
use crate::support::smtp::Smtp;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

/// A database of one engine, and how a server is started on it.
struct Site {
    folder: Folder,
    place: Vec<String>,
    postgres: Option<String>,
}

impl Site {
    async fn all() -> Vec<Site> {
        let folder = Folder::new();
        let place = vec!["--data".to_owned(), folder.path().to_owned()];
        let mut sites = vec![Site { folder, place, postgres: None }];
        if let Some(url) = World::postgres_schema().await {
            let place =
                vec!["--database".to_owned(), url.clone(), "--secret-key".to_owned(), SECRET.to_owned()];
            sites.push(Site { folder: Folder::new(), place, postgres: Some(url) });
        } else {
            assert!(std::env::var_os("GATEPOST_TEST_ALL").is_none(), "this must run on PostgreSQL too");
        }
        sites
    }

    fn place(&self) -> Vec<&str> {
        self.place.iter().map(String::as_str).collect()
    }

    /// The owner's key, which is printed once.
    fn init(&self) -> String {
        let init = ["init", "--workspace", "Acme", "--owner-email", "olivia@acme.example", "--json"];
        line(&run(&[&init[..], &self.place()].concat()))["api_key"].as_str().unwrap().to_owned()
    }

    fn serve(&self, more: &[&str]) -> Server {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"];
        Server::start(gatepost(&[&serve[..], &self.place(), more].concat()))
    }

    /// The copy that `gatepost backup` makes. On PostgreSQL it is the dump, as in `stored`.
    fn backup(&self) -> Vec<u8> {
        if self.postgres.is_some() {
            return vec![];
        }
        let file = format!("{}/copy", self.folder.path());
        assert!(run(&[&["backup", &file][..], &self.place()].concat()).status.success());
        std::fs::read(file).unwrap()
    }

    /// Everything that is stored: the files of SQLite, or the output of `pg_dump`.
    fn stored(&self) -> Vec<u8> {
        let Some(url) = &self.postgres else {
            let files =
                ["gatepost.db", "gatepost.db-wal"].map(|file| format!("{}/{file}", self.folder.path()));
            return files.iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect();
        };
        let (base, schema) = url.split_once("?options=-c%20search_path%3D").unwrap();
        let dump = Command::new("pg_dump").args(["--schema", schema, base]).output();
        let dump = dump.ok().filter(|dump| dump.status.success()).map(|dump| dump.stdout);
        dump.unwrap_or_else(|| {
            let find = "find /usr/lib/postgresql /usr/local /opt -path '*bin/pg_dump' 2>/dev/null | sort -V | tail -n 1";
            let found = Command::new("sh").args(["-c", find]).output().unwrap().stdout;
            let dump = Command::new(String::from_utf8(found).unwrap().trim()).args(["--schema", schema, base]).output();
            let dump = dump.unwrap();
            assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
            dump.stdout
        })
    }
}

async fn until<T>(limit: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "it took too long");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_of_a_job_ends_it_right() {
    for site in Site::all().await {
        let key = site.init();
        let mut server = site.serve(&[]);
        let all: Vec<String> = (0..320).map(|n| format!("a{n:03}@outreach.example")).collect();
        for email in &all {
            let (status, answer) = server.call(&key, "POST /api/v2/accounts", account(email, None)).await;
            assert_eq!(status, 200, "{answer}");
        }
        for (round, pause) in [0, 260, 290, 320].into_iter().enumerate() {
            let enable = round % 2 == 0;
            let what = if enable { "enable" } else { "disable" };
            let body = json!({ "include_all_emails": true });
            let (status, job) =
                server.call(&key, &format!("POST /api/v2/accounts/warmup/{what}"), body).await;
            assert_eq!(status, 200, "{job}");
            tokio::time::sleep(Duration::from_millis(pause)).await;
            server.kill();
            server = site.serve(&[]);
            let at = format!("GET /api/v2/background-jobs/{}", job["id"].as_str().unwrap());
            let done = until(Duration::from_secs(60), async || {
                let (_, job) = server.call(&key, &at, Value::Null).await;
                (job["status"] == "success" || job["status"] == "failed").then_some(job)
            });
            let done = done.await;
            assert_eq!(
                (&done["status"], &done["data"]["success_count"]),
                (&json!("success"), &json!(320)),
                "{done}"
            );
            let (_, log) =
                server.call(&key, "GET /api/v2/audit-logs?activity_type=1023&limit=1000", Value::Null).await;
            let rows = log["items"].as_array().unwrap().iter();
            let rows = rows.filter(|row| row["audit_metadata"]["changes"]["job"][1] == job["id"]);
            let counted: Vec<i64> = rows.map(|row| row["affected_count"].as_i64().unwrap()).collect();
            assert_eq!((counted.len(), counted.iter().sum::<i64>()), (5, 320), "{counted:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_before_the_mail_left_sends_it_once() {
    for site in Site::all().await {
        let key = site.init();
        let from = ["--mail-from", "gatepost@acme.example", "--public-url", "https://gatepost.example"];
        // Nothing listens there.
        let server = site.serve(&[&["--smtp-url", "smtp://127.0.0.1:1"], &from[..]].concat());
        let invite = json!({ "email": "amy@acme.example", "role": "admin" });
        let (status, invited) = server.call(&key, "POST /api/v2/workspace-members", invite).await;
        assert!(status == 200 && invited["invitation_url"].is_null(), "{invited}");
        server.kill();
        let smtp = Smtp::start().await;
        let server = site.serve(&[&["--smtp-url", &smtp.url()], &from[..]].concat());
        let mail = until(Duration::from_secs(30), async || smtp.mails().pop()).await;
        let token = mail.link.unwrap().split_once('#').unwrap().1.to_owned();
        let body = json!({ "token": token, "first_name": "Amy", "last_name": "A", "password": "a password long enough" });
        assert_eq!(server.call("", "POST /api/v2/invitations/accept", body).await.0, 200);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let to_amy = smtp.mails().iter().filter(|mail| mail.to == ["amy@acme.example"]).count();
        assert_eq!(to_amy, 1);
        server.stop();
    }
}

/// Amy signs in, enrols an app, and signs in with it. Gives the bytes of the app's seed.
async fn with_a_second_factor(
    server: &Server,
    call: &impl AsyncFn(&str, &str, Value) -> Value,
    secrets: &Secrets,
) -> Vec<u8> {
    let sign_in = json!({ "email": "amy@acme.example", "password": "a secret that only Amy knows" });
    call("cookie:", "POST /auth/sign-in", sign_in.clone()).await;
    let begun = call(&server.session(), "POST /api/v2/me/factors/totp", Value::Null).await;
    let secret = totp_rs::Secret::try_from_base32(begun["secret"].as_str().unwrap()).unwrap();
    let seed = secret.as_bytes().to_vec();
    let app = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
    let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap();
    let code = |at: u64| json!({ "code": app.generate(at).to_string() });
    call(&server.session(), "POST /api/v2/me/factors/totp/confirm", code(now)).await;
    secrets.add(server.session().trim_start_matches("cookie:"));
    call("cookie:", "POST /auth/sign-in", sign_in).await;
    secrets.add(server.session().trim_start_matches("cookie:"));
    call(&server.session(), "POST /auth/second-factor", code(now + 30)).await;
    secrets.add(server.session().trim_start_matches("cookie:"));
    call(&server.session(), "GET /api/v2/me/sessions", Value::Null).await;
    seed
}

/// No secret that was issued or sent is in a file, a dump or a log, even at the most detailed level.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_stored_or_logged_in_plain() {
    for site in Site::all().await {
        let key = site.init();
        let secrets = Secrets::of("", None);
        let smtp = Smtp::demanding("mailer", "password of the mail server").await;
        let url = smtp.url_for("mailer", "password%20of%20the%20mail%20server");
        let more = ["--log", "trace", "--mail-from", "gatepost@acme.example", "--smtp-url", &url];
        let server = site
            .serve(&[&more[..], &["--internal-networks", "127.0.0.0/8", "--dns", "127.0.0.1:1"]].concat());
        let call = async |key: &str, line: &str, body: Value| {
            secrets.note(body.to_string().as_bytes());
            let (status, answer) = server.call(key, line, body).await;
            assert!(status < 300, "{line}: {answer}");
            secrets.note(answer.to_string().as_bytes());
            answer
        };
        let mut new = account("a@outreach.example", None);
        new["smtp_host"] = json!("127.0.0.1");
        new["imap_host"] = json!("127.0.0.1");
        call(&key, "POST /api/v2/accounts", new).await;
        call(&key, "POST /api/v2/accounts/test/vitals", json!({ "accounts": ["a@outreach.example"] })).await;
        let made = json!({ "name": "k", "scopes": ["all:all"] });
        let made = call(&key, "POST /api/v2/api-keys", made).await["key"].as_str().unwrap().to_owned();
        call(&made, "POST /api/v1/team/invite", json!({ "email": "amy@acme.example", "role": "admin" }))
            .await;
        let mail = until(Duration::from_secs(30), async || smtp.mails().pop()).await;
        let token = mail.link.unwrap().split_once('#').unwrap().1.to_owned();
        let body = json!({ "token": token, "first_name": "Amy", "last_name": "A", "password": "a secret that only Amy knows" });
        let amy = call("", "POST /api/v2/invitations/accept", body).await;
        let amy = amy["api_key"].as_str().unwrap().to_owned();
        call(&amy, "GET /api/v2/accounts", Value::Null).await;
        let seed = with_a_second_factor(&server, &call, &secrets).await;
        // Refused calls are recorded and logged too.
        let wrong = json!({ "email": "amy@acme.example", "sec": "a guess at a password" });
        secrets.note(wrong.to_string().as_bytes());
        assert_eq!(server.call(&key, "POST /api/v2/workspaces/current/change-owner", wrong).await.0, 403);
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (log, stored) = (server.log(), [site.stored(), site.backup()].concat());
        server.stop();
        assert!(memchr::memmem::find(&stored, &seed).is_none(), "the seed of an app is stored in plain");
        let mut all = secrets.all();
        all.extend([
            key,
            "password of the mail server".to_owned(),
            "password%20of".to_owned(),
            SECRET.to_owned(),
        ]);
        assert!(all.len() >= 11 && stored.len() > 10_000 && log.len() > 1000, "{} {}", all.len(), log.len());
        for secret in all {
            assert!(!holds(&stored, &secret), "stored in plain: {secret}");
            assert!(!log.contains(&secret), "logged in plain: {secret}");
        }
    }
}
