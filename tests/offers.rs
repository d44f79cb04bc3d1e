//! The pages of sending accounts, webhooks, groups and settings: each button is a right, and each right has its button.

use crate::support::html::offers;
use crate::support::{ROLES, World, on_both};
use gatepost::router;
use gatepost::web::Written;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both! { buttons_are_rights pages_of_foreign_accounts_are_missing_pages }

/// The address with `{id}` for every id except that of the workspace, and `{email}` for every address.
fn pattern(world: &World, offer: &str) -> String {
    let home = world.home.to_string();
    let path = offer.split('?').next().unwrap();
    let part = |part: &str| match part.parse::<uuid::Uuid>() {
        Ok(_) if part == home => "{workspace}".to_owned(),
        Ok(_) => "{id}".to_owned(),
        Err(_) if part.contains("%40") => "{email}".to_owned(),
        Err(_) => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A page, the roles for whom all of its records are within reach if they can open it, and its ways below `/w/{workspace}`.
struct Case {
    page: String,
    roles: &'static [&'static str],
    ways: &'static [&'static str],
}

const WIDE: [&str; 5] = ["owner", "admin", "manager", "editor", "view"];

/// The records that the pages are about.
struct Records {
    tag: String,
    hook: String,
    label: String,
}

async fn records(world: &World) -> Records {
    let post =
        async |path: &str, body: Value| world.call("owner", &format!("POST {path}"), body).await.is(200).id();
    world.connect("owner", "one@outreach.example", world.who("sdr").member).await;
    world.connect("owner", "two@outreach.example", world.who("member").member).await;
    let hook = json!({ "target_hook_url": "https://hooks.example.com/in", "event_type": "all_events" });
    let label = json!({ "label": "Asked for a demo", "interest_status_label": "positive" });
    post("/api/v2/block-lists-entries", json!({ "bl_value": "blocked.example" })).await;
    Records {
        tag: world.tag.to_string(),
        hook: post("/api/v2/webhooks", hook).await,
        label: post("/api/v2/lead-labels", label).await,
    }
}

fn all(page: &str, ways: &'static [&'static str]) -> Case {
    Case { page: page.to_owned(), roles: &ROLES, ways }
}

fn wide(page: &str, ways: &'static [&'static str]) -> Case {
    Case { page: page.to_owned(), roles: &WIDE, ways }
}

fn accounts() -> Vec<Case> {
    let one = "/accounts/one%40outreach.example";
    vec![
        all(
            "/accounts",
            &[
                "GET /accounts/connect",
                "GET /accounts/move",
                "POST /accounts/{email}/test",
                "GET /accounts/{email}/assign",
                "POST /accounts/{email}/pause",
                "GET /accounts/{email}/remove",
            ],
        ),
        wide(
            one,
            &[
                "POST /accounts/{email}",
                "POST /accounts/{email}/test",
                "GET /accounts/{email}/assign",
                "POST /accounts/{email}/pause",
                "GET /accounts/{email}/remove",
            ],
        ),
        all("/accounts/connect", &["POST /accounts/connect", "GET /accounts/connect", "GET /accounts"]),
        all(&format!("{one}/assign"), &["POST /accounts/{email}/assign", "GET /accounts/{email}"]),
        wide(&format!("{one}/remove"), &["POST /accounts/{email}/remove", "GET /accounts/{email}"]),
        all("/accounts/move", &[]),
    ]
}

fn workspace() -> Vec<Case> {
    vec![
        all(
            "/settings",
            &["POST /settings", "GET /settings/sign-in", "GET /settings/owner", "GET /settings/removal"],
        ),
        all("/settings/owner", &["POST /settings/owner", "GET /settings"]),
        all("/settings/removal", &["POST /settings/removal", "GET /settings"]),
        all("/group", &["POST /group", "GET /group/guard-rails"]),
        all("/group/overview", &["GET /group"]),
        all("/group/guard-rails", &["POST /group/guard-rails"]),
        all("/jobs", &[]),
        all("/billing", &[]),
        all("/brand", &["POST /brand", "POST /brand/domain"]),
    ]
}

fn lists(Records { tag, hook, label }: &Records) -> Vec<Case> {
    vec![
        all("/webhooks", &["GET /webhooks/new"]),
        all("/webhooks/new", &["POST /webhooks/new"]),
        all(
            &format!("/webhooks/{hook}"),
            &[
                "POST /webhooks/{id}",
                "POST /webhooks/{id}/test",
                "GET /webhooks/{id}/secret",
                "GET /webhooks/{id}/delete",
            ],
        ),
        all(&format!("/webhooks/{hook}/secret"), &["POST /webhooks/{id}/secret", "GET /webhooks/{id}"]),
        all(&format!("/webhooks/{hook}/delete"), &["POST /webhooks/{id}/delete", "GET /webhooks/{id}"]),
        all("/tags", &["POST /tags", "GET /tags/{id}", "GET /tags/{id}/delete"]),
        all(&format!("/tags/{tag}"), &["POST /tags/{id}"]),
        all(&format!("/tags/{tag}/delete"), &["POST /tags/{id}/delete", "GET /tags"]),
        all("/lead-labels", &["POST /lead-labels", "GET /lead-labels/{id}", "GET /lead-labels/{id}/delete"]),
        all(&format!("/lead-labels/{label}"), &["POST /lead-labels/{id}"]),
        all(&format!("/lead-labels/{label}/delete"), &["POST /lead-labels/{id}/delete", "GET /lead-labels"]),
        all(
            "/block-list",
            &[
                "POST /block-list",
                "POST /block-list/{id}/delete",
                "POST /block-list/download",
                "GET /block-list/purge",
            ],
        ),
        all("/block-list/purge", &["POST /block-list/purge", "GET /block-list"]),
    ]
}

async fn may(world: &World, who: &str, permission: &str) -> bool {
    let answer = world.call(who, "POST /api/v2/access/explain", json!({ "permission": permission })).await;
    answer.status == 200 && answer.json()["allowed"] == true
}

/// The explanation of the API is the other witness.
async fn buttons_are_rights(world: World) {
    let (_, written): (_, Vec<Written>) = router::pages();
    let permission = |way: &str| {
        let (method, path) = way.split_once(' ').unwrap();
        let path = format!("/w/{{workspace}}{path}");
        let found = written.iter().find(|page| page.path == path && page.method.as_str() == method);
        found.unwrap_or_else(|| panic!("{way} is not a page")).action.name
    };
    let (mut open, mut closed) = (0, 0);
    let records = records(&world).await;
    for case in accounts().into_iter().chain(workspace()).chain(lists(&records)) {
        let path = world.at(&case.page);
        let read = pattern(&world, &path).replace("/w/{workspace}", "");
        for role in case.roles {
            let who = format!("{role}'s session");
            let answer = world.page(&who, &path).await;
            let allowed = may(&world, &who, permission(&format!("GET {read}"))).await;
            // The client has a tag limit, and does not see records without tags.
            let hidden = *role == "client" && answer.status == 404;
            assert!((answer.status == 200) == allowed || hidden, "{role} {}: {}", case.page, answer.status);
            if !allowed || hidden {
                closed += 1;
                assert!(
                    !answer.text().contains("action=\"/w/"),
                    "{role} {}: an offer on a refusal",
                    case.page
                );
                continue;
            }
            open += 1;
            let offered: BTreeSet<_> = offers(&answer.text())
                .iter()
                .map(|offer| pattern(&world, offer).replace("/w/{workspace}", ""))
                .collect();
            let mut expected = BTreeSet::new();
            for way in case.ways {
                if may(&world, &who, permission(way)).await {
                    expected.insert((*way).to_owned());
                }
            }
            assert_eq!(offered, expected, "{role} on {}", case.page);
        }
    }
    assert!(open > 90 && closed > 40, "{open} {closed}");
}

async fn pages_of_foreign_accounts_are_missing_pages(world: World) {
    world.connect("stranger", "theirs@outreach.example", None).await;
    let face = async |method: &str, address: &str, end: &str| {
        let path = world.at(&format!("/accounts/{address}{end}"));
        let headers = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
        world.send("owner's session", &format!("{method} {path}"), &headers, vec![]).await.is(404).face()
    };
    for (method, end) in [
        ("GET", ""),
        ("POST", ""),
        ("POST", "/test"),
        ("POST", "/pause"),
        ("POST", "/resume"),
        ("POST", "/fixed"),
        ("GET", "/assign"),
        ("POST", "/assign"),
        ("GET", "/remove"),
        ("POST", "/remove"),
    ] {
        let foreign = face(method, "theirs%40outreach.example", end).await;
        assert_eq!(foreign, face(method, "missing%40outreach.example", end).await, "{method} {end}");
    }
}
