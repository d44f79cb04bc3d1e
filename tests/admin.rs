//! `gatepost admin`: what it lists and revokes, and the output of all commands.

use crate::process::{Folder, SECRET, Server, gatepost, line, printed, refused, run};
use crate::support::World;
use serde_json::{Value, json};
use std::process::Output;

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
const INIT: [&str; 6] = ["init", "--workspace", "Acme", "--owner-email", "ann@acme.example", "--json"];

/// A database of each engine, with the flags that name it.
async fn places() -> Vec<(Folder, Vec<String>)> {
    let folder = Folder::new();
    let flags = vec!["--data".to_owned(), folder.path().to_owned()];
    let mut all = vec![(folder, flags)];
    match World::postgres_schema().await {
        Some(url) => all.push((
            Folder::new(),
            vec!["--database".to_owned(), url, "--secret-key".to_owned(), SECRET.to_owned()],
        )),
        None => assert!(std::env::var_os("GATEPOST_TEST_ALL").is_none(), "this must run on PostgreSQL too"),
    }
    all
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn records_are_listed_and_a_key_is_revoked() {
    for (_folder, flags) in places().await {
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let with = |command: &[&str]| run(&[command, &flags].concat());
        let acme = line(&with(&INIT));
        let beta =
            ["admin", "workspace", "create", "--name", "Be\u{1b}[31mta", "--owner-email", "bo@beta.example"];
        let beta = line(&with(&[&beta[..], &["--json"]].concat()));
        let [id, key] = ["workspace_id", "api_key"].map(|name| acme[name].as_str().unwrap());

        let list = lines(&printed(&with(&["admin", "workspace", "list", "--json"])));
        assert_eq!(list.len(), 2);
        assert_eq!((&list[0]["workspace_id"], &list[0]["owner"]), (&json!(id), &json!("ann@acme.example")));
        assert_eq!((&list[0]["members"], &list[1]["workspace_id"]), (&json!(1), &beta["workspace_id"]));
        let table = printed(&with(&["admin", "workspace", "list"]));
        assert!(table.starts_with("WORKSPACE ID") && table.contains("Be\u{fffd}[31mta"), "{table}");
        assert_eq!(
            lines(&printed(&with(&["admin", "workspace", "list", "--json", "--limit", "1"]))).len(),
            1
        );

        let users = lines(&printed(&with(&["admin", "user", "list", "--json"])));
        assert_eq!(users.len(), 2);
        assert_eq!(
            (&users[0]["email"], &users[0]["workspaces"][0]["role"]),
            (&json!("ann@acme.example"), &json!("owner"))
        );
        let of = lines(&printed(&with(&["admin", "user", "list", "--workspace", id, "--json"])));
        assert_eq!((of.len(), &of[0]["email"]), (1, &json!("ann@acme.example")));
        assert!(printed(&with(&["admin", "user", "list"])).contains("Acme (owner)"));

        let keys = lines(&printed(&with(&["admin", "key", "list", "--json"])));
        let of = lines(&printed(&with(&["admin", "key", "list", "--workspace", id, "--json"])));
        assert_eq!((keys.len(), of.len()), (2, 1));
        assert_eq!((&of[0]["member"], &of[0]["scopes"]), (&json!("ann@acme.example"), &json!(["all:all"])));
        assert!(!of[0]["key"].as_str().unwrap().contains(key), "never the whole key");
        for kind in ["key", "user"] {
            assert!(
                refused(&with(&["admin", kind, "list", "--workspace", NOBODY]))
                    .contains("there is no workspace")
            );
        }
        let server = Server::start(gatepost(&[&["serve", "--listen", "0"], &flags[..]].concat()));
        a_lost_key_is_revoked(&server, &with, id, key).await;
        server.stop();
    }
}

/// Runs a command while the server runs. The command leaves a row in the audit log.
async fn a_lost_key_is_revoked(server: &Server, with: &dyn Fn(&[&str]) -> Output, id: &str, key: &str) {
    let more =
        ["admin", "key", "create", "--workspace", id, "--name", "lost", "--scopes", "all:all", "--json"];
    let lost = line(&with(&more));
    let [lost_id, lost] = ["id", "key"].map(|name| lost[name].as_str().unwrap());
    assert_eq!(server.call(lost, "GET /api/v2/me", Value::Null).await.0, 200);
    let told = printed(&with(&["admin", "key", "revoke", lost_id]));
    assert!(told.contains("\"lost\"") && !told.contains(lost), "{told}");
    assert_eq!(server.call(lost, "GET /api/v2/me", Value::Null).await.0, 401, "at once");
    assert!(refused(&with(&["admin", "key", "revoke", lost_id])).contains("was revoked already"));
    assert!(refused(&with(&["admin", "key", "revoke", NOBODY])).contains("there is no API key"));
    let (_, log) = server.call(key, "GET /api/v2/audit-logs?limit=100", Value::Null).await;
    let revoked = |row: &&Value| row["action"] == "api_keys:delete";
    let rows: Vec<_> = log["items"].as_array().unwrap().iter().filter(revoked).collect();
    assert_eq!(rows.len(), 1, "one row, for one revocation");
    assert_eq!(rows[0]["user"], "operator");
    assert!(!printed(&with(&["admin", "key", "list"])).contains(lost_id));
}

/// A list that is longer than a page is in order and has each row once.
#[test]
fn lists_of_any_length_are_whole() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    line(&run(&[&INIT[..], &data].concat()));
    let conn = rusqlite::Connection::open(format!("{}/gatepost.db", folder.path())).unwrap();
    conn.execute_batch(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 450) \
         insert into users (id, email, email_verified, first_name, last_name, timestamp_created) \
         select unhex(printf('0190%028x', i)), 'u' || i || '@a.example', 1, 'U', '', 0 from n; \
         insert into api_keys (workspace_id, id, name, redacted, scopes, personal, ceiling, timestamp_created, \
         timestamp_updated) select (select id from workspaces), u.id, 'k', 'gpk', '[]', 0, '{}', 0, 0 from users u;",
    )
    .unwrap();
    for (kind, id, more) in [("user", "user_id", 0), ("key", "key_id", 1)] {
        let all = lines(&printed(&run(&[&["admin", kind, "list", "--json"], &data[..]].concat())));
        let mut ids: Vec<_> = all.iter().map(|row| row[id].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 451 + more);
        assert!(ids.is_sorted());
        ids.dedup();
        assert_eq!(ids.len(), 451 + more);
        for limit in [1, 200, 201, 400] {
            let some = ["admin", kind, "list", "--json", "--limit", &limit.to_string()];
            assert_eq!(lines(&printed(&run(&[&some[..], &data].concat()))).len(), limit);
        }
        assert_eq!(
            run(&[&["admin", kind, "list", "--limit", "0"], &data[..]].concat()).status.code(),
            Some(2)
        );
    }
}

/// The former names work, `--json` works everywhere, and the exit code tells the result.
#[test]
fn every_command_speaks_json_under_both_names() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    let made = line(&run(&[&INIT[..], &data].concat()));
    let id = made["workspace_id"].as_str().unwrap();
    let (copy, lost) = (format!("{}/copy.db", folder.path()), format!("{}/lost.db", folder.path()));
    let of = ["--workspace", id];
    let commands: [&[&str]; 13] = [
        &["workspace", "list"],
        &["workspace", "set", of[0], of[1], "--deny", "audit_logs"],
        &["workspace", "plan", of[0], of[1]],
        &["workspace", "reset-login-policy", of[0], of[1]],
        &["workspace", "set-owner", of[0], of[1], "--email", "ann@acme.example"],
        &["user", "list"],
        &["user", "link", "ann@acme.example"],
        &["user", "drop-factors", "ann@acme.example"],
        &["key", "list"],
        &["credits", "show", of[0], of[1]],
        &["access", "explain", "--as", "ann@acme.example", "--permission", "campaigns:read"],
        &["access", "matrix"],
        &["access", "matrix", of[0], of[1]],
    ];
    for command in commands {
        for place in [&["admin"][..], &[]] {
            let value = line(&run(&[place, command, &["--json"], &data].concat()));
            assert!(value.is_object() || command[1] == "matrix" && value.is_array(), "{value}");
        }
        let text = printed(&run(&[&["admin"], command, &data].concat()));
        assert!(
            !text.is_empty() && serde_json::from_str::<Value>(&text).is_err() || command[1] == "plan",
            "{text}"
        );
    }
    let made = line(&run(&[&["admin", "backup", &copy, "--json"], &data[..]].concat()));
    assert_eq!((&made["file"], &made["workspaces"]), (&json!(copy), &json!(1)));
    let made = line(&run(&[&["backup", &lost, "--json"], &data[..]].concat()));
    assert_eq!(made["file"], json!(lost));
    let back = line(&run(&[&["admin", "restore", &copy, "--replace", "--json"], &data[..]].concat()));
    assert!(back["kept_as"].as_str().unwrap().contains("before-restore"), "{back}");
    let explain = ["admin", "access", "explain", "--as", "ann@acme.example", "--permission"];
    let explain = |permission: &str| run(&[&explain[..], &[permission, "--json"], &data].concat());
    assert_eq!(explain("campaigns:read").status.code(), Some(0));
    printed(&run(&[&["admin", "workspace", "set", of[0], of[1], "--deny", "campaigns"], &data[..]].concat()));
    let no = explain("campaigns:read");
    let value: Value = serde_json::from_slice(&no.stdout).unwrap();
    assert_eq!((no.status.code(), &value["allowed"]), (Some(1), &json!(false)), "{value}");
    assert!(value["steps"].as_array().is_some_and(|steps| steps.len() > 5), "{value}");
    assert_eq!(explain("campaigns:fly").status.code(), Some(1));
    let nowhere = [&["admin", "access", "matrix", of[0], NOBODY][..], &data].concat();
    assert_eq!(run(&nowhere).status.code(), Some(1));
    for wrong in [&["admin"][..], &["admin", "fly"], &["--fly"], &["admin", "key", "revoke", "x"]] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn rights_are_asked_about_on_the_database() {
    let folder = Folder::new();
    let data = ["--data", folder.path()];
    printed(&run(&[&INIT[..], &data].concat()));
    let ask = |command: &[&str]| run(&[&["admin", "access"], command, &data].concat());
    let who = line(&ask(&["who-can", "campaigns:launch", "--json"]));
    assert_eq!(
        (&who["allowed"], &who["items"][1]["label"]),
        (&json!(2), &json!("ann@acme.example")),
        "{who}"
    );
    assert!(printed(&ask(&["who-can", "campaigns:launch"])).contains("The role owner reaches every record"));
    let what = line(&ask(&["what-can", "ann@acme.example", "campaigns:launch", "--json"]));
    assert_eq!((&what["records"], &what["complete"]), (&json!([]), &json!(true)), "{what}");
    assert!(printed(&ask(&["what-can", "ann@acme.example"])).contains("campaigns:launch"));
    assert_eq!(ask(&["who-can", "campaigns:fly"]).status.code(), Some(1));
}

/// All commands, by walking through the help.
fn helps(command: &[String], all: &mut Vec<(String, String)>) {
    let arguments: Vec<_> = command.iter().map(String::as_str).chain(["--help"]).collect();
    let text = printed(&run(&arguments));
    let commands =
        text.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or("");
    let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    for name in names.into_iter().filter(|name| name != "help") {
        helps(&[command, &[name]].concat(), all);
    }
    all.push((command.join(" "), text));
}

#[test]
fn help_is_short_and_says_where_the_rest_is() {
    let mut all = Vec::new();
    helps(&[], &mut all);
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    for wanted in
        ["init", "serve", "demo", "version", "completion", "admin workspace list", "admin key revoke"]
    {
        assert!(names.contains(&wanted), "{names:?}");
    }
    assert!(!names.contains(&"key list") && !names.contains(&"doctor"), "former names are not shown");
    for (name, text) in &all {
        assert!(text.lines().count() <= 45, "{name} has {} lines", text.lines().count());
        assert!(text.contains("--json") && text.contains("--data"), "{name}: {text}");
        assert!(text.contains("gatepost serve --help") || name == "serve", "{name}: {text}");
        assert_eq!(text.contains("--smtp-url"), name == "serve", "{name}: {text}");
        assert!(!text.contains("one's") && !text.contains(" is no "), "{name}: {text}");
    }
    assert!(all.last().unwrap().1.contains("Exit codes:"));
}

#[test]
fn the_version_names_the_schema() {
    let text = printed(&run(&["version"]));
    let schema = gatepost::db::newest();
    assert!(text.starts_with(&format!("gatepost {}\n", env!("CARGO_PKG_VERSION"))), "{text}");
    assert!(text.contains(&format!("schema {schema}")), "{text}");
    assert_eq!(text, printed(&run(&["--version"])));
    let value = line(&run(&["version", "--json"]));
    assert_eq!((&value["version"], &value["schema"]), (&json!(env!("CARGO_PKG_VERSION")), &json!(schema)));
}

#[test]
fn shells_complete_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&run(&["completion", shell]));
        for word in ["admin", "drop-factors", "revoke", "listen"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        let former = ["gatepost__doctor", "gatepost__subcmd__doctor", "gatepost__subcmd__key__subcmd__list"];
        assert!(!former.iter().any(|name| script.contains(name)), "{shell}");
    }
    assert_eq!(run(&["completion", "tcsh"]).status.code(), Some(2));
    // What a shell sends to complete `gatepost admin key `.
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let file = format!("{}/script", folder.path());
    std::fs::write(&file, printed(&run(&["completion", "bash"]))).unwrap();
    let ask = "source \"$0\"; COMP_WORDS=(gatepost admin key ''); COMP_CWORD=3; _gatepost gatepost '' key; \
               echo \"${COMPREPLY[@]}\"";
    let completed = std::process::Command::new("bash").args(["-c", ask, &file]).output().unwrap();
    let said = String::from_utf8_lossy(&completed.stdout).into_owned();
    for word in ["list", "create", "revoke", "--data"] {
        assert!(said.contains(word), "{said} {}", String::from_utf8_lossy(&completed.stderr));
    }
    let shown = |word: &str| said.split_whitespace().any(|completed| completed == word);
    assert!(!shown("--smtp-url") && !shown("help"), "only what the help shows: {said}");
}

/// Without a setting, a command uses the address of the last server on the database.
#[tokio::test]
async fn a_link_begins_with_the_servers_address() {
    for (_folder, flags) in places().await {
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        line(&run(&[&INIT[..], &flags].concat()));
        let link =
            |more: &[&str]| run(&[&["admin", "user", "link", "ann@acme.example"], more, &flags].concat());
        let first = link(&[]);
        assert!(printed(&first).starts_with("http://127.0.0.1:8080/auth/reset#"));
        assert!(String::from_utf8_lossy(&first.stderr).contains("no server has run on this database yet"));
        let serve =
            |more: &[&str]| Server::start(gatepost(&[&["serve", "--listen", "0"], more, &flags].concat()));
        let server = serve(&[]);
        let told = link(&[]);
        assert!(printed(&told).starts_with(&format!("{}/auth/reset#", server.base)), "{}", printed(&told));
        assert!(told.stderr.is_empty(), "{told:?}");
        server.stop();
        let server = serve(&["--public-url", "https://outreach.acme.example/"]);
        assert!(printed(&link(&[])).starts_with("https://outreach.acme.example/auth/reset#"));
        server.kill();
        let server = serve(&[]);
        assert!(
            printed(&link(&[])).starts_with(&format!("{}/auth/reset#", server.base)),
            "other settings, other links"
        );
        assert!(
            printed(&link(&["--public-url", "https://b.example"]))
                .starts_with("https://b.example/auth/reset#")
        );
        server.stop();
    }
}
