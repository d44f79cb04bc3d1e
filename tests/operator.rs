//! Plans and credits, which the operator sets on the command line.

use crate::process::{Folder, line, run};
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
