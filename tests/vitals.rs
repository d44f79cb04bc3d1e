//! Vitals and tracking hosts through the API, against a name server and mail servers that the tests start.

use crate::support::dns::{self, address, cname, mx, txt};
use crate::support::mailserver::{self, Kind, PASSWORD, Protocol, USERNAME, certificate};
use crate::support::scene::{account, campaign};
use crate::support::{World, on_both};
use gatepost::net::Net;
use serde_json::{Value, json};

on_both! {
    an_account_is_not_tried_until_its_servers_let_us_in vitals_are_looked_up tracking_hosts_are_looked_up nothing_inside_is_reached
}

const VITALS: &str = "POST /api/v2/accounts/test/vitals";

fn names() -> std::net::SocketAddr {
    dns::start(vec![
        ("servers.example", address("127.0.0.1")),
        ("good.example", mx("servers.example.")),
        ("good.example", txt("v=spf1 -all")),
        ("google._domainkey.good.example", txt("v=DKIM1; p=MIIB")),
        ("_dmarc.good.example", txt("v=DMARC1; p=none")),
        ("half.example", mx("servers.example.")),
        ("track.good.example", cname("gatepost.example.")),
        ("gatepost.example", address("127.0.0.1")),
    ])
}

async fn connect(world: &World, email: &str, ports: [u16; 2], password: &str) {
    let mut new = account(email, None);
    for (protocol, port) in ["imap", "smtp"].iter().zip(ports) {
        new[format!("{protocol}_host")] = json!("servers.example");
        new[format!("{protocol}_port")] = json!(port);
        new[format!("{protocol}_username")] = json!(USERNAME);
        new[format!("{protocol}_password")] = json!(password);
    }
    world.call("owner", "POST /api/v2/accounts", new).await.is(200);
}

async fn vitals_are_looked_up(mut world: World) {
    let (tls, acceptor) = certificate(&["servers.example"]);
    let net = Net::new(Some(names()), vec!["127.0.0.0/8".parse().unwrap()], tls).unwrap();
    world.with(|app| app.net = net);
    let imap = mailserver::start(Protocol::Imap, Kind::Upgrading(acceptor.clone())).await.port();
    let smtp = mailserver::start(Protocol::Smtp, Kind::Upgrading(acceptor)).await.port();
    connect(&world, "a@good.example", [imap, smtp], PASSWORD).await;
    connect(&world, "b@half.example", [imap, smtp], PASSWORD).await;
    let ask = json!({ "accounts": ["A@good.example", "b@half.example", "none@good.example"] });
    let found = world.call("manager", VITALS, ask).await.is(200).json();
    assert_eq!(
        (&found["success_list"].as_array().unwrap().len(), &found["failure_list"].as_array().unwrap().len()),
        (&1, &1)
    );
    let good = &found["success_list"][0];
    assert_eq!(
        (&good["domain"], &good["allPass"], &good["mx"], &good["spf"], &good["dkim"], &good["dmarc"]),
        (&json!("good.example"), &json!(true), &json!(true), &json!(true), &json!(true), &json!(true))
    );
    assert_eq!(good["logins"], json!([{ "email": "a@good.example", "smtp": true, "imap": true }]));
    let half = &found["failure_list"][0];
    assert_eq!(
        (&half["allPass"], &half["mx"], &half["spf"], &half["dmarc"]),
        (&json!(false), &json!(true), &json!(false), &json!(false))
    );
    // A wrong password is detected, and never shown.
    connect(&world, "c@good.example", [imap, smtp], "not the password").await;
    let found = world.call("owner", VITALS, json!({ "accounts": ["c@good.example"] })).await.is(200).json();
    let login = &found["failure_list"][0]["logins"][0];
    assert_eq!((&login["smtp"], &login["imap"]), (&json!(false), &json!(false)));
    assert!(login["smtp_error"].is_string() && !login.to_string().contains("not the password"), "{login}");
    for (who, sees) in [("member", 0), ("sdr", 0)] {
        let found = world.call(who, VITALS, json!({ "accounts": ["a@good.example"] })).await.is(200).json();
        assert_eq!(
            found["success_list"].as_array().unwrap().len(),
            sees,
            "what is not assigned to {who} is not tried"
        );
    }
    world.call("view", VITALS, json!({ "accounts": ["a@good.example"] })).await.is(403);
    let why = world.call("owner", VITALS, json!({ "accounts": [] })).await.is(400).message();
    assert_eq!(why, "Bad request - no emails sent");
    let many: Vec<Value> = (0..51).map(|n| json!(format!("{n}@good.example"))).collect();
    world.call("owner", VITALS, json!({ "accounts": many })).await.is(400);
}

async fn tracking_hosts_are_looked_up(mut world: World) {
    let (tls, _) = certificate(&["servers.example"]);
    world.with(|app| app.net = Net::new(Some(names()), vec![], tls).unwrap());
    let ask =
        async |host: &str| world.get("owner", &format!("/api/v2/accounts/ctd/status?host={host}")).await;
    let found = ask("Track.good.example").await.is(200).json();
    assert_eq!(found, json!({ "success": false, "ssl": false, "cname": true, "host": "track.good.example" }));
    assert_eq!(ask("half.example").await.is(200).json()["cname"], false);
    for host in ["", "localhost", "a%20b.example", "a%0d%0ab.example", &"x".repeat(300)] {
        let why = ask(host).await.is(400).message();
        assert!(why.starts_with("querystring/host must"), "{why}");
    }
    world.get("owner", "/api/v2/accounts/ctd/status").await.is(400);
}

/// Unless the operator allows it, no account makes the server connect inside its own network.
async fn nothing_inside_is_reached(mut world: World) {
    let (tls, acceptor) = certificate(&["servers.example"]);
    world.with(|app| app.net = Net::new(Some(names()), vec![], tls).unwrap());
    let smtp = mailserver::start(Protocol::Smtp, Kind::Upgrading(acceptor)).await.port();
    connect(&world, "a@good.example", [smtp, smtp], PASSWORD).await;
    let found = world.call("owner", VITALS, json!({ "accounts": ["a@good.example"] })).await.is(200).json();
    let login = &found["failure_list"][0]["logins"][0];
    assert_eq!((&login["smtp"], &login["imap"]), (&json!(false), &json!(false)));
    assert_eq!(login["smtp_error"], login["imap_error"], "one word for all that is inside: {login}");
}

async fn an_account_is_not_tried_until_its_servers_let_us_in(mut world: World) {
    let (tls, acceptor) = certificate(&["servers.example"]);
    let net = Net::new(Some(names()), vec!["127.0.0.0/8".parse().unwrap()], tls).unwrap();
    world.with(|app| app.net = net);
    let imap = mailserver::start(Protocol::Imap, Kind::Upgrading(acceptor.clone())).await.port();
    let smtp = mailserver::start(Protocol::Smtp, Kind::Upgrading(acceptor)).await.port();
    connect(&world, "a@good.example", [imap, smtp], PASSWORD).await;
    connect(&world, "b@good.example", [imap, smtp], "not the password").await;
    let state = async |email: &str| {
        let account = world.get("owner", &format!("/api/v2/accounts/{email}")).await.is(200).json();
        assert_eq!(account["status"], 1, "the official status stays what it was");
        account["connection"].clone()
    };
    assert_eq!([state("a@good.example").await, state("b@good.example").await], ["not_tried", "not_tried"]);
    // A launch succeeds, and says which accounts were never tested.
    let mut body = campaign("c");
    body["email_list"] = json!(["a@good.example", "b@good.example"]);
    let id = world.call("owner", "POST /api/v2/campaigns", body).await.is(200).id();
    let act = |act: &str| format!("POST /api/v2/campaigns/{id}/{act}");
    let launched = world.call("owner", &act("activate"), Value::Null).await.is(200).json();
    assert_eq!((&launched["status"], &launched["id"]), (&json!(1), &json!(id)));
    assert_eq!(launched["accounts_not_connected"], json!(["a@good.example", "b@good.example"]));
    let both = json!({ "accounts": ["a@good.example", "b@good.example"] });
    world.call("owner", VITALS, both.clone()).await.is(200);
    assert_eq!([state("a@good.example").await, state("b@good.example").await], ["ok", "failed"]);
    world.call("owner", &act("pause"), Value::Null).await.is(200);
    let launched = world.call("owner", &act("activate"), Value::Null).await.is(200).json();
    assert_eq!(launched["accounts_not_connected"], json!(["b@good.example"]));
    // There is one audit row if the result changed, and none if it is the same or if the caller cannot test.
    world.call("owner", VITALS, both.clone()).await.is(200);
    world.call("view", VITALS, both).await.is(403);
    let rows: Vec<_> = world.log().await.into_iter().filter(|row| row["activity_type"] == 1058).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["affected_count"], 2);
    assert!(rows[0].to_string().contains("a@good.example"), "{}", rows[0]);
    // The status cannot be set by hand: a PATCH that sends it back changes nothing, and names it.
    let patch = "PATCH /api/v2/accounts/b@good.example";
    let ignored = world.call("owner", patch, json!({ "connection": "ok" })).await.is(200);
    assert_eq!(ignored.headers["x-gatepost-ignored"], "connection");
    world.call("owner", patch, json!({ "last_name": "New" })).await.is(200);
    assert_eq!(state("b@good.example").await, "failed");
}
