//! Plans and credits, which the operator sets on the command line, and imports of leads.

use crate::process::{Folder, Server, gatepost, line, run};
use serde_json::json;

fn said(output: &std::process::Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn why(output: &std::process::Output) -> String {
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn credits_are_granted_and_counted() {
    let folder = Folder::new();
    let data = folder.path();
    let owner = ["--workspace", "Acme", "--owner-email", "ann@acme.example", "--json"];
    let made = line(&run(&[&["init", "--data", data], owner.as_slice()].concat()));
    let id = made["workspace_id"].as_str().unwrap();
    let credits = |more: &[&str]| run(&[&["credits"], more, &["--workspace", id, "--data", data]].concat());
    let none = said(&credits(&["show"]));
    assert!(none.contains("hyper: not counted") && none.contains("inbox_placement: not counted"), "{none}");
    credits(&["grant", "--kind", "hyper", "--amount", "100", "--memo", "for March"]);
    let both = said(&credits(&["grant", "--kind", "hyper", "--amount", "5"]));
    assert!(both.contains("hyper: 105 left") && both.contains("inbox_placement: not counted"), "{both}");
    for amount in ["0", "-1", "1000000001"] {
        let amount = format!("--amount={amount}");
        assert!(why(&credits(&["grant", "--kind", "hyper", &amount])).contains("--amount must be"));
    }
    let strange =
        run(&["credits", "show", "--data", data, "--workspace", "01890000-0000-7000-8000-000000000000"]);
    assert!(why(&strange).contains("there is no workspace"));
}

#[test]
fn a_plan_is_set_shown_and_cleared() {
    let folder = Folder::new();
    let data = folder.path();
    let owner = ["--workspace", "Acme", "--owner-email", "ann@acme.example", "--json"];
    let made = line(&run(&[&["init", "--data", data], owner.as_slice()].concat()));
    let id = made["workspace_id"].as_str().unwrap();
    let plan =
        |more: &[&str]| run(&[&["workspace", "plan"], more, &["--workspace", id, "--data", data]].concat());
    let file = format!("{data}/plan.json");
    let shown =
        |output: &std::process::Output| serde_json::from_str::<serde_json::Value>(&said(output)).unwrap();
    assert_eq!(shown(&plan(&[])), json!({}));
    let wanted =
        json!({ "outreach": { "name": "Hypergrowth", "product_id": "pid_hg_v1", "interval": "month" } });
    std::fs::write(&file, wanted.to_string()).unwrap();
    assert_eq!(shown(&plan(&["--file", &file]))["outreach"]["product_id"], "pid_hg_v1");
    assert_eq!(shown(&plan(&[]))["outreach"]["name"], "Hypergrowth");
    for (wrong, word) in [
        (json!({ "outreach": { "name": "x", "product_id": "gold" } }), "outreach.product_id"),
        (json!({ "credits": { "name": "x", "product_id": "pid_hg_v1" } }), "credits.product_id"),
        (json!({ "everything": {} }), "everything"),
        (json!({ "crm": { "name": "x", "interval": "never" } }), "never"),
    ] {
        std::fs::write(&file, wrong.to_string()).unwrap();
        assert!(why(&plan(&["--file", &file])).contains(word), "{word}");
    }
    assert_eq!(shown(&plan(&[]))["outreach"]["name"], "Hypergrowth", "a wrong file changes nothing");
    assert_eq!(shown(&plan(&["--clear"])), json!({}));
}

/// The audit log names the operator, and the report says what became of each row.
#[tokio::test]
async fn leads_are_imported_from_a_file() {
    let folder = Folder::new();
    let data = folder.path();
    let owner = ["--workspace", "Acme", "--owner-email", "ann@acme.example", "--json"];
    let made = line(&run(&[&["init", "--data", data], owner.as_slice()].concat()));
    let (id, key) = (made["workspace_id"].as_str().unwrap(), made["api_key"].as_str().unwrap());
    let server = Server::start(gatepost(&["serve", "--listen", "0", "--data", data]));
    let list = server.call(key, "POST /api/v2/lead-lists", json!({ "name": "l" })).await.1["id"].clone();
    let list = list.as_str().unwrap();
    let file = format!("{data}/leads.csv");
    let rows: String = (0..1500).map(|n| format!("p{n}@lead.example,P{n},Oslo\n")).collect();
    std::fs::write(&file, format!("Email,First Name,City\n{rows}nothing,N,\np0@lead.example,P,\n")).unwrap();
    let import = |more: &[&str]| {
        let place = ["--workspace", id, "--list", list, "--data", data];
        run(&[&["admin", "leads", "import", file.as_str()], place.as_slice(), more].concat())
    };
    let count = async || {
        let found =
            server.call(key, "POST /api/v2/leads/list", json!({ "list_id": list, "limit": 100 })).await.1;
        found["items"].as_array().unwrap().clone()
    };
    let dry = import(&["--dry-run"]);
    assert!(said(&dry).starts_with("LINE  OUTCOME"), "{}", said(&dry));
    let progress = String::from_utf8(dry.stderr).unwrap();
    let expected = "1000 of 1502 rows: 1000 would be added, 0 skipped, 0 invalid\n\
                    1502 of 1502 rows: 1500 would be added, 1 skipped, 1 invalid\n";
    assert_eq!(progress, expected);
    assert!(count().await.is_empty());
    let rows = said(&import(&["--json", "--map", "City=ignore", "--assigned-to", "ann@acme.example"]));
    let rows: Vec<serde_json::Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(
        (rows.len(), &rows[0]["outcome"], &rows[1500]["reason"]),
        (1502, &json!("added"), &json!("invalid_email"))
    );
    assert_eq!(
        (&rows[1501]["reason"], &rows[1501]["message"]),
        (&json!("duplicate_in_file"), &json!("Line 2 has the same address."))
    );
    let leads = count().await;
    assert_eq!(leads.len(), 100);
    assert_eq!((&leads[0]["id"], &leads[0]["assigned_to"]), (&rows[0]["lead_id"], &made["user_id"]));
    assert!(leads[0]["payload"].get("City").is_none());
    let again = said(&import(&["--json"]));
    let first: serde_json::Value = serde_json::from_str(again.lines().next().unwrap()).unwrap();
    assert_eq!((&first["reason"], &first["duplicate_of"]["id"]), (&json!("duplicate"), &rows[0]["lead_id"]));
    let (_, log) = server.call(key, "GET /api/v2/audit-logs?limit=100", serde_json::Value::Null).await;
    let of_import = |row: &&serde_json::Value| row["user"] == "operator" && row["list_id"] == list;
    let affected: Vec<i64> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(of_import)
        .filter_map(|row| row["affected_count"].as_i64())
        .collect();
    assert_eq!(affected.iter().sum::<i64>(), 1500);
    assert_eq!(affected.len(), 6, "each thousand rows, and each time");
    server.stop();
}

#[test]
fn a_wrong_import_names_the_option() {
    let folder = Folder::new();
    let data = folder.path();
    let owner = ["--workspace", "Acme", "--owner-email", "ann@acme.example", "--json"];
    let made = line(&run(&[&["init", "--data", data], owner.as_slice()].concat()));
    let id = made["workspace_id"].as_str().unwrap();
    let file = format!("{data}/leads.csv");
    let import = |more: &[&str]| {
        let place = ["--workspace", id, "--list", "01890000-0000-7000-8000-000000000000", "--data", data];
        run(&[&["admin", "leads", "import", file.as_str()], place.as_slice(), more].concat())
    };
    let wrong = |more: &[&str]| why(&import(more));
    assert!(wrong(&[]).contains("cannot read"));
    std::fs::write(&file, "Email,City\na@lead.example,Oslo\n").unwrap();
    assert!(wrong(&["--map", "City=town"]).starts_with("error: --map"), "{}", wrong(&["--map", "City=town"]));
    assert!(wrong(&[]).contains("--list must be a campaign or a list in this workspace"));
    std::fs::write(&file, "").unwrap();
    assert!(wrong(&[]).contains("the file must be a CSV file; it is empty"));
    assert_eq!(import(&["--campaign", id]).status.code(), Some(2));
    assert_eq!(import(&["--map", "City"]).status.code(), Some(2));
}
