//! What `serve`, `init` and `doctor` report when a start fails, and what a start must never do.

use crate::process::{Folder, SECRET, Server, gatepost, line, refused, run};
use crate::support::World;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

const INIT: [&str; 6] = ["init", "--workspace", "Acme", "--owner-email", "ann@acme.example", "--json"];

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn at(folder: &Folder, name: &str) -> PathBuf {
    Path::new(folder.path()).join(name)
}

fn serve(folder: &Folder, more: &[&str]) -> Server {
    Server::start(gatepost(&[&["serve", "--listen", "0", "--data", folder.path()], more].concat()))
}

/// A server that gives each connection its own answer. Returns its port.
fn answering(answer: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap())));
    port
}

/// PostgreSQL's refusal of a connection.
fn refusing(code: &'static str, message: &'static str) -> u16 {
    answering(move |mut stream| {
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut rest).unwrap();
        let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
        let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
        let _gone = stream.write_all(&[b"E", &length[..], fields.as_bytes()].concat());
    })
}

/// `serve`, `init` and `doctor` all name the server and the cause, and never a password or requests.
fn all_say(url: &str, words: &[&str]) {
    let place = ["--database", url, "--secret-key", SECRET, "--listen", "0"];
    for command in [&["serve"][..], &INIT[..], &["admin", "doctor"]] {
        let output = run(&[command, &place].concat());
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for word in words {
            assert!(text.contains(word), "{command:?} should say `{word}`: {text}");
        }
        for word in ["try again", "internal error", "503", "hunter2"] {
            assert!(!text.contains(word), "{command:?} says `{word}`: {text}");
        }
    }
}

#[test]
fn why_postgresql_cannot_be_reached_is_said() {
    // The first case runs several times, because a background check must never answer before the error
    // itself.
    for _ in 0..5 {
        all_say("postgres://gp:hunter2@127.0.0.1:1/x", &["PostgreSQL at 127.0.0.1:1: connection refused"]);
    }
    all_say(
        "postgres://gp:hunter2@nowhere.invalid/x",
        &["nowhere.invalid:5432: the host name was not found"],
    );
    let port = refusing("28P01", "password authentication failed for user \"gp\"");
    let url = |rest: &str| format!("postgres://gp:hunter2@127.0.0.1:{port}/x?{rest}");
    all_say(&url("sslmode=disable"), &[&format!("127.0.0.1:{port}: the password of user `gp` was refused")]);
    all_say(&url("sslmode=verify-full"), &["sslmode `verify-full`", "disable, prefer or require"]);
    let port = refusing("28000", "no pg_hba.conf entry for host \"127.0.0.1\", no encryption");
    let url = format!("postgres://gp:hunter2@127.0.0.1:{port}/x?sslmode=disable");
    all_say(&url, &["pg_hba.conf", "add ?sslmode=require"]);
    let plain = answering(|mut stream| {
        let _asked = stream.read(&mut [0; 8]);
        let _gone = stream.write_all(b"N");
    });
    let url = format!("postgres://gp:hunter2@127.0.0.1:{plain}/x?sslmode=require");
    all_say(&url, &["does not offer TLS", "sslmode=require demands"]);
    let web = answering(|mut stream| {
        let _asked = stream.read(&mut [0; 512]);
        let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let url = format!("postgres://gp:hunter2@127.0.0.1:{web}/x?sslmode=disable");
    all_say(&url, &[&format!("127.0.0.1:{web}: what answers there")]);
}

#[tokio::test]
async fn refusals_of_postgresql_are_reported() {
    let Some(url) = World::postgres_schema().await else { return };
    let (base, _) = url.rsplit_once("/postgres?").unwrap();
    all_say(&format!("{base}/no_such_database"), &["there is no database `no_such_database`", "createdb"]);
    all_say(&format!("{base}/postgres?sslmode=require"), &["does not offer TLS"]);
    let host = base.rsplit_once('@').unwrap().1;
    all_say(
        &format!("postgres://nobody_here@{host}/postgres"),
        &[host, "role \"nobody_here\" does not exist"],
    );
    let looked = run(&["admin", "doctor", "--listen", "0", "--database", &url, "--secret-key", SECRET]);
    assert!(said(&looked).contains("it has no tables of Gatepost yet"), "{}", said(&looked));
}

#[test]
fn a_missing_secret_key_is_said_and_none_is_made_beside_a_database() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    line(&run(&[&INIT[..], &data].concat()));
    let key = std::fs::read_to_string(at(&folder, "secret.key")).unwrap();
    for left in [None, Some("")] {
        std::fs::remove_file(at(&folder, "secret.key")).unwrap();
        if let Some(text) = left {
            std::fs::write(at(&folder, "secret.key"), text).unwrap();
        }
        for command in [&["serve", "--listen", "0"][..], &INIT, &["admin", "user", "list"]] {
            let text = refused(&run(&[command, &data].concat()));
            assert!(
                text.contains("the secret key is missing") && text.contains("secret.key or set"),
                "{text}"
            );
        }
        let text = said(&run(&[&["admin", "doctor", "--listen", "0"], &data[..]].concat()));
        assert!(text.contains("PROBLEM  key       the secret key is missing"), "{text}");
        let there = std::fs::read_to_string(at(&folder, "secret.key")).ok();
        assert_eq!(there.as_deref(), left, "nothing was written");
        assert!(!at(&folder, "secret.key.partial").exists());
        std::fs::write(at(&folder, "secret.key"), &key).unwrap();
    }
    assert!(run(&[&["admin", "user", "list"], &data[..]].concat()).status.success());
    let other = run(&[&["admin", "user", "list", "--secret-key", SECRET], &data[..]].concat());
    assert!(refused(&other).contains("another secret key"));
}

/// A first start can be killed at any point. The next start continues from there.
#[test]
fn a_first_start_that_was_killed_starts_again() {
    let first = |prepare: &dyn Fn(&Folder)| {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.path()).unwrap();
        prepare(&folder);
        line(&run(&[&INIT[..], &["--data", folder.path()]].concat()));
        std::fs::read_to_string(at(&folder, "secret.key")).unwrap()
    };
    let write = |folder: &Folder, name: &str, text: &str| std::fs::write(at(folder, name), text).unwrap();
    assert_eq!(first(&|_| ()).len(), 60);
    assert_eq!(first(&|folder| write(folder, "gatepost.db", "")).len(), 60, "an empty database");
    assert_eq!(first(&|folder| write(folder, "secret.key", "")).len(), 60, "a key that was not written yet");
    assert_eq!(first(&|folder| write(folder, "secret.key", SECRET)), SECRET, "a key without a database");
    assert_eq!(
        first(&|folder| write(folder, "secret.key.partial", "half")).len(),
        60,
        "a key that is half there"
    );
    let tables = "create table migrations (version bigint primary key)";
    let half = |folder: &Folder| {
        let conn = rusqlite::Connection::open(at(folder, "gatepost.db")).unwrap();
        conn.execute_batch(tables).unwrap();
    };
    assert_eq!(first(&half).len(), 60, "a database without its tables");
}

/// Kills the process at any moment of its first second.
#[test]
fn a_first_start_that_is_killed_at_any_moment_starts_again() {
    for pause in [0, 3, 6, 9, 12, 15, 20, 25, 30, 40, 60, 90] {
        let folder = Folder::new();
        let mut start = gatepost(&["serve", "--listen", "0", "--data", folder.path()]);
        let mut child = start.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        line(&run(&[&INIT[..], &["--data", folder.path()]].concat()));
    }
}

#[tokio::test]
async fn a_second_server_on_a_folder_is_refused() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    line(&run(&[&INIT[..], &data].concat()));
    let server = serve(&folder, &[]);
    for command in [&["serve", "--listen", "0"][..], &["demo", "--listen", "0"]] {
        let text = refused(&run(&[command, &data].concat()));
        assert!(text.contains("another server (process ") && text.contains("only one server"), "{text}");
    }
    // Commands still work while the server runs.
    let copy = at(&folder, "copy.db");
    for command in [
        &["admin", "backup", copy.to_str().unwrap()][..],
        &["admin", "doctor", "--listen", "0"],
        &["admin", "workspace", "list"],
        &["admin", "workspace", "create", "--name", "Beta", "--owner-email", "bo@beta.example"],
    ] {
        let output = run(&[command, &data].concat());
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(server.call("", "GET /health", Value::Null).await.0, 200);
    server.kill();
    serve(&folder, &[]).stop();
}

#[tokio::test]
async fn addresses_are_taken_as_people_write_them() {
    let folder = Folder::new();
    for listen in ["localhost:0", "0", "127.0.0.1:0"] {
        let server = Server::start(gatepost(&["serve", "--listen", listen, "--data", folder.path()]));
        assert!(server.base.starts_with("http://127.0.0.1:"), "{}", server.base);
        server.stop();
    }
    for listen in ["here", "127.0.0.1", ":8080", "localhost"] {
        let text = refused(&run(&["serve", "--listen", listen, "--data", folder.path()]));
        assert!(text.contains("listen") && text.contains("such as 127.0.0.1:8080"), "{text}");
    }
    let text = refused(&run(&["serve", "--metrics-listen", "x", "--data", folder.path()]));
    assert!(text.contains("metrics_listen") && text.contains("localhost:8080"), "{text}");
}

#[tokio::test]
async fn the_doctor_and_the_server_say_the_same() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    line(&run(&[&INIT[..], &data].concat()));
    let doctor = |more: &[&str]| said(&run(&[&["admin", "doctor"], more, &data].concat()));
    for url in ["ftp://x", "nonsense", "https://", "https://u:p@x.example", "https://x.example/?a=b"] {
        let wrong = ["--public-url", url, "--listen", "0"];
        let served = refused(&run(&[&["serve"], &wrong[..], &data].concat()));
        assert!(served.contains("public_url: must be an address such as"), "{served}");
        assert_eq!(served, doctor(&wrong));
    }
    // The doctor and the server's log say each of these.
    for (settings, sentence) in [
        (
            &["--smtp-url", "smtp://127.0.0.1:1"][..],
            "mail comes from gatepost@127.0.0.1, which few mail servers accept",
        ),
        (&["--public-url", "http://gatepost.example"], "public-url begins with http://"),
        (&["--listen", "0.0.0.0:0"], "public-url is not set, so links in letters do not work"),
    ] {
        let both = [settings, if settings[0] == "--listen" { &[] } else { &["--listen", "0"] }].concat();
        let told = doctor(&both);
        assert!(told.contains(sentence), "{told}");
        let server = Server::start(gatepost(&[&["serve"], &both[..], &data].concat()));
        assert!(server.log().contains(sentence), "{}", server.log());
        server.stop();
    }
    let taken = answering(drop);
    let listen = format!("127.0.0.1:{taken}");
    let told = doctor(&["--listen", &listen]);
    let why = refused(&run(&[&["serve", "--listen", &listen], &data[..]].concat()));
    assert!(told.contains(why.trim_start_matches("error: ").trim()), "{told}{why}");
    let server = serve(&folder, &[]);
    let told = doctor(&["--listen", server.base.trim_start_matches("http://")]);
    assert!(told.contains("a server answers at"), "{told}");
}

#[test]
fn problems_with_a_folder_are_reported() {
    for (data, cause) in [("/proc/nope", "/proc/nope"), ("/dev/null", "/dev/null is not a folder")] {
        let place = ["--data", data, "--listen", "0"];
        let text = refused(&run(&[&["serve"], &place[..]].concat()));
        assert!(text.contains(cause) && text.contains("data folder"), "{text}");
        let text = said(&run(&[&["admin", "doctor"], &place[..]].concat()));
        assert!(text.contains("PROBLEM  database") && text.contains("cannot be created"), "{text}");
    }
    let folder = Folder::new();
    let data = ["--data", folder.path(), "--listen", "0"];
    std::fs::create_dir_all(folder.path()).unwrap();
    std::fs::write(at(&folder, "gatepost.db"), "this was never a database of anything at all").unwrap();
    for command in [&["serve"][..], &INIT, &["admin", "key", "list"], &["admin", "doctor"]] {
        let text = said(&run(&[command, &data].concat()));
        assert!(text.contains("gatepost.db is not a SQLite database"), "{text}");
        assert!(!text.contains("internal"), "{text}");
    }
    assert!(!at(&folder, "secret.key").exists());
}
