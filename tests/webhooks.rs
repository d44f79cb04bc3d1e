//! Deliveries of webhooks to a receiver over TLS: signed, in order, at least once, and never more than the maker sees.

use crate::support::dns::{self, address};
use crate::support::receiver::{Behaviour, Received, Receiver};
use crate::support::{World, leads, on_both};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use gatepost::db::sql;
use gatepost::net::{Limits, Net};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::atomic::Ordering;
use std::time::Duration;

on_both! {
    a_delivery_is_signed_and_says_what_happened events_of_a_lead_stay_in_order a_lasting_failure_pauses
    other_answers_than_success_are_failures every_event_arrives_wherever_a_process_dies
    nothing_is_delivered_that_the_maker_cannot_see a_webhook_whose_maker_left_pauses
    attempts_are_seen_with_their_lead an_event_can_be_delivered_again other_programs_verify_signatures
}

const HOOKS: &str = "POST /api/v2/webhooks";
/// `scripts/prepare` puts the library here.
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python");
const SECOND: i64 = 1000;
const DAY: i64 = 24 * 3600 * SECOND;

/// A receiver that the world's deliveries reach as hook.test.
pub async fn receiver(world: &mut World) -> Receiver {
    let (receiver, tls) = Receiver::secure(&["hook.test"]).await;
    let names = dns::start(vec![("hook.test", address("127.0.0.1"))]);
    let limits = Limits { call: Duration::from_millis(1500), ..Limits::default() };
    let net = Net::new(Some(names), vec![], tls).unwrap().limited(limits);
    world.with(|shared| shared.net = net.with_webhooks_in(vec!["127.0.0.0/8".parse().unwrap()]));
    receiver
}

async fn hook(world: &World, who: &str, receiver: &Receiver, more: Value) -> Value {
    let mut body = json!({ "target_hook_url": format!("https://hook.test:{}/in", receiver.port()) });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.call(who, HOOKS, body).await.is(200).json()
}

async fn lead(world: &World, who: &str, campaign: &str, name: &str) -> String {
    let body = json!({ "campaign": campaign, "email": format!("{name}@lead.example"), "first_name": name,
        "custom_variables": { "color": "red" } });
    world.call(who, "POST /api/v2/leads", body).await.is(200).id()
}

async fn label(world: &World, who: &str, lead: &str, number: i64) {
    let at = format!("PATCH /api/v2/leads/{lead}");
    world.call(who, &at, json!({ "lt_interest_status": number })).await.is(200);
}

fn kinds(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| one.json()["event_type"].as_str().unwrap().to_owned()).collect()
}

/// HMAC by its definition (RFC 2104), because the server must not check itself.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::digest([block.map(|byte| byte ^ 0x36).as_slice(), text].concat());
    Sha256::digest([block.map(|byte| byte ^ 0x5c).as_slice(), inner.as_slice()].concat()).to_vec()
}

/// Whether one of the signatures of a delivery is by this secret.
fn verifies(received: &Received, secret: &str) -> bool {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let (id, at) = (&received.headers["webhook-id"], &received.headers["webhook-timestamp"]);
    let signed = [format!("{id}.{at}.").as_bytes(), &received.body].concat();
    let own = format!("v1,{}", BASE64.encode(hmac(&key, &signed)));
    received.headers["webhook-signature"].split(' ').any(|signature| signature == own)
}

async fn a_delivery_is_signed_and_says_what_happened(mut world: World) {
    let receiver = receiver(&mut world).await;
    let headers = json!({ "Authorization": "Basic b3duZXI6cGFzcw==" });
    let made =
        hook(&world, "owner", &receiver, json!({ "event_type": "lead_interested", "headers": headers }))
            .await;
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap().to_owned());
    assert_eq!(made["headers"], json!({ "authorization": "[redacted]" }));
    hook(&world, "owner", &receiver, json!({ "custom_interest_value": -3 })).await;
    let campaign = world.create("owner", "Spring", "team").await;
    let lead = lead(&world, "owner", &campaign, "jo").await;
    assert_eq!(world.deliver().await, 0, "a new lead is not an event");
    label(&world, "owner", &lead, 1).await;
    label(&world, "owner", &lead, 1).await;
    label(&world, "owner", &lead, -1).await;
    world.deliver().await;
    let [received] = receiver.take().try_into().unwrap();
    let said = received.json();
    for (name, value) in [
        ("event_type", json!("lead_interested")),
        ("workspace", json!(world.home)),
        ("campaign_id", json!(campaign)),
        ("campaign_name", json!("Spring")),
        ("lead_email", json!("jo@lead.example")),
        ("firstName", json!("jo")),
        ("color", json!("red")),
    ] {
        assert_eq!(said[name], value, "{said}");
    }
    assert!(said["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(received.headers["authorization"], "Basic b3duZXI6cGFzcw==");
    assert_eq!(received.headers["content-type"], "application/json");
    let now = world.ambient.now.load(Ordering::SeqCst) / SECOND;
    assert_eq!(received.headers["webhook-timestamp"], now.to_string());
    assert!(verifies(&received, &secret) && !verifies(&received, "whsec_AAAA"));
    let shown = world.get("owner", &format!("/api/v2/webhooks/{id}")).await.is(200).json();
    assert!(shown.get("secret").is_none() && shown["headers"] == made["headers"], "{shown}");
    label(&world, "owner", &lead, -3).await;
    let rotated = world.call("owner", &format!("POST /api/v2/webhooks/{id}/secret"), Value::Null).await;
    let rotated = rotated.is(200).json()["secret"].as_str().unwrap().to_owned();
    label(&world, "owner", &lead, 1).await;
    world.deliver().await;
    // Different webhooks are worked on in any order.
    let both = receiver.take();
    let of = |kind: &str| both.iter().find(|one| one.json()["event_type"] == kind).unwrap();
    assert!(both.len() == 2 && !verifies(of("lead_lost"), &secret));
    let signed = of("lead_interested");
    assert!(verifies(signed, &secret) && verifies(signed, &rotated) && secret != rotated);
    world.wait(DAY);
    world.refresh_sessions().await;
    label(&world, "owner", &lead, -1).await;
    label(&world, "owner", &lead, 1).await;
    world.deliver().await;
    let [received] = receiver.take().try_into().unwrap();
    assert!(!verifies(&received, &secret) && verifies(&received, &rotated));
}

async fn attempts(world: &World, who: &str) -> Vec<Value> {
    let mut all = world.get(who, "/api/v2/webhook-events?limit=100").await.is(200).items();
    all.reverse();
    all
}

async fn events_of_a_lead_stay_in_order(mut world: World) {
    let receiver = receiver(&mut world).await;
    hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let campaign = world.create("owner", "c", "team").await;
    let (one, two) =
        (lead(&world, "owner", &campaign, "a").await, lead(&world, "owner", &campaign, "b").await);
    receiver.behaves(Behaviour::Status(500));
    for number in [1, 2, 3] {
        label(&world, "owner", &one, number).await;
        label(&world, "owner", &two, number).await;
    }
    world.deliver().await;
    let first = kinds(&receiver.take());
    assert_eq!(first, ["lead_interested", "lead_interested"], "only the first event of each lead");
    receiver.behaves(Behaviour::Status(204));
    world.deliver().await;
    assert!(receiver.take().is_empty(), "it is not time yet");
    world.wait(6 * SECOND);
    world.deliver().await;
    let received = receiver.take();
    for name in ["a", "b"] {
        let own: Vec<_> = received.iter().filter(|one| one.json()["firstName"] == name).cloned().collect();
        assert_eq!(kinds(&own), ["lead_interested", "lead_meeting_booked", "lead_meeting_completed"]);
    }
    let log = attempts(&world, "owner").await;
    assert_eq!(log.len(), 8);
    let failed = &log[0];
    assert_eq!((&failed["success"], &failed["status_code"]), (&json!(false), &json!(500)), "{failed}");
    assert_eq!((&failed["will_retry"], &failed["retry_count"]), (&json!(true), &json!(0)));
    let again: Vec<_> = log.iter().filter(|one| one["retry_group_id"] == failed["retry_group_id"]).collect();
    assert_eq!((again.len(), &again[1]["retry_count"]), (2, &json!(1)));
    assert_eq!((&again[1]["retry_successful"], &again[1]["success"]), (&json!(true), &json!(true)));
    let all = world.get("owner", "/api/v2/webhook-events/summary").await.is(200).json();
    assert_eq!((&all["total_events"], &all["failed_events"]), (&json!(8), &json!(2)));
    assert_eq!((&all["success_rate"], &all["failure_rate"]), (&json!(75.0), &json!(25.0)));
    let days = world.get("owner", "/api/v2/webhook-events/summary-by-date").await.is(200).json();
    assert_eq!(days["items"].as_array().unwrap().len(), 1);
    assert_eq!(days["items"][0]["date"], failed["timestamp_created_date"]);
    for (filter, number) in [
        ("success=false", 2),
        ("search=b%40lead.example", 4),
        ("search=lead.example", 0),
        ("from=2023-11-14&to=2023-11-14", 8),
        ("from=2023-11-15", 0),
        ("to=2023-11-13", 0),
    ] {
        let found = world.get("owner", &format!("/api/v2/webhook-events?limit=100&{filter}")).await.is(200);
        assert_eq!(found.items().len(), number, "{filter}");
    }
}

async fn a_lasting_failure_pauses(mut world: World) {
    let receiver = receiver(&mut world).await;
    let made = hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let at = format!("/api/v2/webhooks/{}", made["id"].as_str().unwrap());
    let campaign = world.create("owner", "c", "team").await;
    let lead = lead(&world, "owner", &campaign, "a").await;
    receiver.behaves(Behaviour::Closing);
    label(&world, "owner", &lead, 1).await;
    let began = world.ambient.now.load(Ordering::SeqCst);
    let mut tries = Vec::new();
    while world.get("owner", &at).await.is(200).json()["status"] == 1 {
        world.deliver().await;
        let now = world.ambient.now.load(Ordering::SeqCst);
        tries.extend(receiver.take().iter().map(|_| (now - began) / SECOND));
        world.wait(if tries.len() < 5 { 5 * SECOND } else { 600 * SECOND });
        assert!(now - began < 10 * DAY, "{tries:?}");
    }
    assert!(tries.len() < 12 && *tries.last().unwrap() >= 3 * DAY / SECOND, "{tries:?}");
    assert!(tries.windows(2).all(|two| two[1] > two[0]), "{tries:?}");
    let paused = world.get("owner", &at).await.is(200).json();
    assert_eq!(paused["status"], -1);
    assert!(paused["paused_because"].as_str().unwrap().starts_with("All deliveries since"), "{paused}");
    assert!(paused["timestamp_error"].is_string());
    world.refresh_sessions().await;
    label(&world, "owner", &lead, 2).await;
    receiver.behaves(Behaviour::Status(200));
    world.wait(10 * DAY);
    assert_eq!(world.deliver().await, 0, "a paused webhook delivers nothing");
    let resumed = world.call("owner", &format!("POST {at}/resume"), Value::Null).await.is(200).json();
    assert_eq!((&resumed["status"], &resumed["paused_because"]), (&json!(1), &Value::Null));
    world.deliver().await;
    assert_eq!(kinds(&receiver.take()), ["lead_interested", "lead_meeting_booked"]);
    let log = world.log().await;
    for number in [18, 20, 21] {
        let rows: Vec<_> = log.iter().filter(|row| row["activity_type"] == number).collect();
        assert!(rows.len() == 1 && rows[0]["webhook_id"] == made["id"], "{number}: {rows:?}");
    }
}

async fn other_answers_than_success_are_failures(mut world: World) {
    let receiver = receiver(&mut world).await;
    let inside = Receiver::plain().await;
    let made = hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let at = format!("POST /api/v2/webhooks/{}/test", made["id"].as_str().unwrap());
    for (behaviour, status, error) in [
        (Behaviour::Redirect(format!("http://127.0.0.1:{}/", inside.port())), json!(307), "answered 307"),
        (Behaviour::Silent, Value::Null, "did not answer in time"),
        (Behaviour::Closing, Value::Null, "breaks it off"),
        (Behaviour::Status(404), json!(404), "answered 404"),
    ] {
        receiver.behaves(behaviour);
        let told = world.call("owner", &at, Value::Null).await.is(200).json();
        assert_eq!((&told["success"], &told["status_code"]), (&json!(false), &status), "{told}");
        assert!(told["error"].as_str().unwrap().contains(error), "{told}");
    }
    receiver.behaves(Behaviour::Huge(false));
    let told = world.call("owner", &at, Value::Null).await.is(200).json();
    assert_eq!((&told["success"], &told["status_code"]), (&json!(true), &json!(200)), "{told}");
    assert!(inside.received().is_empty());
    let test = receiver.take().pop().unwrap();
    assert!(verifies(&test, made["secret"].as_str().unwrap()) && test.json()["is_test"] == true);
    let campaign = world.create("owner", "c", "team").await;
    let lead = lead(&world, "owner", &campaign, "a").await;
    label(&world, "owner", &lead, 1).await;
    receiver.behaves(Behaviour::Status(410));
    world.deliver().await;
    let hooks = world.get("owner", "/api/v2/webhooks").await.is(200).items();
    assert!(hooks[0]["paused_because"].as_str().unwrap().contains("410"), "{hooks:?}");
}

async fn every_event_arrives_wherever_a_process_dies(mut world: World) {
    let receiver = receiver(&mut world).await;
    hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let campaign = world.create("owner", "c", "team").await;
    let lead = lead(&world, "owner", &campaign, "a").await;
    let at = format!("PATCH /api/v2/leads/{lead}");
    for point in 0..9 {
        label(&world, "owner", &lead, 1).await;
        label(&world, "owner", &lead, 2).await;
        // A change that is refused is not an event.
        let wrong = json!({ "lt_interest_status": 3, "assigned_to": "nobody@x.example" });
        world.call("owner", &at, wrong).await.is(400);
        world.ambient.dies_after.store(point, Ordering::SeqCst);
        let _dead = gatepost::resources::webhooks::drain(&world.app).await;
        world.ambient.dies_after.store(-1, Ordering::SeqCst);
        world.wait(61 * SECOND);
        world.deliver().await;
        let received = receiver.take();
        let mut ids: Vec<&String> = received.iter().map(|one| &one.headers["webhook-id"]).collect();
        let mut kinds = kinds(&received);
        kinds.dedup();
        ids.dedup();
        assert_eq!(kinds, ["lead_interested", "lead_meeting_booked"], "after {point}");
        assert_eq!(ids.len(), 2, "after {point}: the same event has the same id");
        let waiting = sql("select count(*) from webhook_deliveries").optional::<i64>(&world.reader).await;
        assert_eq!(waiting.unwrap(), Some(0), "after {point}");
    }
    let events = sql("select count(*) from events").optional::<i64>(&world.reader).await.unwrap();
    assert_eq!(events, Some(18));
}

async fn nothing_is_delivered_that_the_maker_cannot_see(mut world: World) {
    let receiver = receiver(&mut world).await;
    hook(&world, "manager", &receiver, json!({ "event_type": "all_events", "name": "m" })).await;
    let secret = world.create("owner", "Secret", "private").await;
    let open = world.create("owner", "Open", "team").await;
    let (hidden, shown) =
        (lead(&world, "owner", &secret, "h").await, lead(&world, "owner", &open, "s").await);
    for lead in [&hidden, &shown] {
        label(&world, "owner", lead, 1).await;
    }
    world.deliver().await;
    let received = receiver.take();
    assert_eq!(received.iter().map(|one| one.json()["firstName"].clone()).collect::<Vec<_>>(), ["s"]);
    world
        .call("owner", &format!("PATCH /api/v2/campaigns/{secret}"), json!({ "visibility": "team" }))
        .await
        .is(200);
    label(&world, "owner", &hidden, 2).await;
    world.deliver().await;
    assert_eq!(kinds(&receiver.take()), ["lead_meeting_booked"]);
    // What waits is judged when it is delivered.
    label(&world, "owner", &hidden, 3).await;
    world
        .call("owner", &format!("PATCH /api/v2/campaigns/{secret}"), json!({ "visibility": "private" }))
        .await
        .is(200);
    world.deliver().await;
    assert!(receiver.take().is_empty());
    // So is a tag limit that came later.
    let tag = world.call("owner", "POST /api/v2/custom-tags", json!({ "label": "T" })).await.is(200).id();
    let member = world.who("manager").member.unwrap();
    let at = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("owner", &at, json!({ "tag_limit": [tag] })).await.is(200);
    label(&world, "owner", &shown, 2).await;
    world.deliver().await;
    assert!(receiver.take().is_empty());
    let toggle = json!({ "tag_ids": [tag], "resource_ids": [open], "resource_type": 2, "assign": true });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    label(&world, "owner", &shown, 3).await;
    world.deliver().await;
    assert_eq!(kinds(&receiver.take()), ["lead_meeting_completed"]);
}

async fn a_webhook_whose_maker_left_pauses(mut world: World) {
    let receiver = receiver(&mut world).await;
    let made = hook(&world, "manager", &receiver, json!({ "event_type": "all_events" })).await;
    let at = format!("/api/v2/webhooks/{}", made["id"].as_str().unwrap());
    let list = leads::list(&world, "owner").await;
    let body = json!({ "list_id": list, "email": "a@lead.example" });
    let lead = world.call("owner", "POST /api/v2/leads", body).await.is(200).id();
    let member = format!("/api/v2/workspace-members/{}", world.who("manager").member.unwrap());
    world.call("owner", &format!("PATCH {member}"), json!({ "role": "sdr" })).await.is(200);
    label(&world, "owner", &lead, 1).await;
    world.deliver().await;
    let paused = world.get("owner", &at).await.is(200).json();
    assert_eq!(
        paused["paused_because"],
        "Its maker no longer has the right to deliver events of this workspace."
    );
    world.call("owner", &format!("POST {at}/resume"), Value::Null).await.is(200);
    world.deliver().await;
    assert_eq!(kinds(&receiver.take()), ["lead_interested"]);
    let shown = world.get("owner", &at).await.is(200).json();
    assert_eq!((&shown["made_by"], &shown["status"]), (&json!(world.who("owner").user), &json!(1)));
    // An editor who changes it gets what an editor sees.
    let editor = world.call("editor", &format!("PATCH {at}"), json!({ "name": "mine" })).await.is(200).json();
    assert_eq!(editor["made_by"], json!(world.who("editor").user));
    let gone = format!("DELETE /api/v2/workspace-members/{}", world.who("editor").member.unwrap());
    world.call("owner", &gone, Value::Null).await.is(200);
    label(&world, "owner", &lead, 2).await;
    world.deliver().await;
    assert!(receiver.take().is_empty());
    assert_eq!(world.get("owner", &at).await.is(200).json()["status"], -1);
}

async fn attempts_are_seen_with_their_lead(mut world: World) {
    let receiver = receiver(&mut world).await;
    hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let (secret, open) =
        (world.create("owner", "Secret", "private").await, world.create("owner", "Open", "team").await);
    for (campaign, name) in [(&secret, "h"), (&open, "s")] {
        let lead = lead(&world, "owner", campaign, name).await;
        label(&world, "owner", &lead, 1).await;
    }
    world.deliver().await;
    let (all, some) = (attempts(&world, "admin").await, attempts(&world, "manager").await);
    assert_eq!((all.len(), some.len()), (2, 1));
    assert_eq!(some[0]["lead_email"], "s@lead.example");
    let hidden = all.iter().find(|attempt| attempt["lead_email"] == "h@lead.example").unwrap();
    let at = format!("/api/v2/webhook-events/{}", hidden["id"].as_str().unwrap());
    world.get("manager", &at).await.is(404);
    world.get("owner", &at).await.is(200);
    world.get("sdr", "/api/v2/webhook-events").await.is(403);
    world.get("stranger", &at).await.is(404);
    let counted = world.get("manager", "/api/v2/webhook-events/summary").await.is(200).json();
    assert_eq!(counted["total_events"], 1);
}

async fn an_event_can_be_delivered_again(mut world: World) {
    let receiver = receiver(&mut world).await;
    let made = hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let campaign = world.create("owner", "c", "team").await;
    let lead = lead(&world, "owner", &campaign, "a").await;
    label(&world, "owner", &lead, 1).await;
    world.deliver().await;
    let first = attempts(&world, "owner").await.pop().unwrap();
    let again = format!("POST /api/v2/webhook-events/{}/redelivery", first["id"].as_str().unwrap());
    for _ in 0..2 {
        world.call("owner", &again, Value::Null).await.is(200);
    }
    world.deliver().await;
    let received = receiver.take();
    assert_eq!(kinds(&received), ["lead_interested", "lead_interested"]);
    assert_eq!(received[0].headers["webhook-id"], received[1].headers["webhook-id"]);
    world.call("manager", &again, Value::Null).await.is(403);
    world.call("stranger", &again, Value::Null).await.is(404);
    let hook = made["id"].as_str().unwrap();
    world.call("owner", &format!("POST /api/v2/webhooks/{hook}/test"), Value::Null).await.is(200);
    let test = attempts(&world, "owner").await.pop().unwrap();
    let at = format!("POST /api/v2/webhook-events/{}/redelivery", test["id"].as_str().unwrap());
    world.call("owner", &at, Value::Null).await.is(409);
    world.call("owner", &format!("DELETE /api/v2/webhooks/{hook}"), Value::Null).await.is(200);
    world.call("owner", &again, Value::Null).await.is(409);
}

/// The Python library of Standard Webhooks, and the few lines in `docs/webhooks.md`.
const VERIFY: &str = r#"
import json, sys
from standardwebhooks.webhooks import Webhook
secret, other, headers, body = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4]
assert Webhook(secret).verify(body, headers)["event_type"] == "lead_interested"
assert is_genuine(secret, headers, body.encode())
assert not is_genuine(other, headers, body.encode())
assert not is_genuine(secret, headers, body.encode() + b" ")
assert not is_genuine(secret, headers | {"webhook-timestamp": "1700000000"}, body.encode())
"#;

async fn other_programs_verify_signatures(mut world: World) {
    // The library compares the time of a delivery with the system's.
    world.ambient.now.store(gatepost::clock::Clock::default().now().0, Ordering::SeqCst);
    let receiver = receiver(&mut world).await;
    let made = hook(&world, "owner", &receiver, json!({ "event_type": "all_events" })).await;
    let campaign = world.create("owner", "c", "team").await;
    let lead = lead(&world, "owner", &campaign, "a").await;
    label(&world, "owner", &lead, 1).await;
    world.deliver().await;
    let [received] = receiver.take().try_into().unwrap();
    let page = include_str!("../docs/webhooks.md");
    let snippet = page.split("```python").nth(1).unwrap().split("```").next().unwrap();
    let ran = std::process::Command::new("python3")
        .env("PYTHONPATH", std::env::var("GATEPOST_TEST_PYTHON").unwrap_or_else(|_| PYTHON.into()))
        .args(["-c", &format!("{snippet}{VERIFY}"), made["secret"].as_str().unwrap(), "whsec_AAAA"])
        .args([json!(received.headers).to_string(), String::from_utf8(received.body).unwrap()])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
