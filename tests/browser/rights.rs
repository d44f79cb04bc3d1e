//! The pages behind the sign-in in a browser: members, workspaces, keys, the matrix, why, the audit log, security, and the
//! sign-in policy.

use super::soundness::are_sound;
use super::{Case, Served, browser};
use serde_json::{Value, json};

/// A workspace in which something has happened, so that the pages have something to show.
async fn lived_in() -> Served {
    let served = Served::start().await;
    let world = &served.world;
    let id = world.create("owner", "Spring launch, DACH", "team").await;
    world
        .call("owner", &format!("PATCH /api/v2/campaigns/{id}"), json!({ "name": "Summer launch" }))
        .await
        .is(200);
    world.call("sdr", &format!("DELETE /api/v2/campaigns/{id}"), Value::Null).await.is(403);
    let scopes = json!(["campaigns:read", "leads:read", "leads:create", "accounts:read", "lead_lists:read"]);
    let new = json!({ "name": "Integration with the CRM of the whole company", "scopes": scopes });
    world.call("owner", "POST /api/v2/api-keys", new).await.is(200);
    let new =
        json!({ "name": "Wide", "scopes": ["all:all"], "allowed_ips": ["203.0.113.0/24", "2001:db8::/32"] });
    world.call("owner", "POST /api/v2/api-keys", new).await.is(200);
    world.log_once(|rows| rows.iter().any(|row| row["audit_metadata"]["refused_by"] == "role")).await;
    served
}

fn cases(served: &Served) -> Vec<Case> {
    let world = &served.world;
    let case = |name, path: String| Case { name, path, press: None };
    let sdr = world.who("sdr").member.unwrap();
    vec![
        case("home", world.at("")),
        case("members", world.at("/members")),
        case("member", world.at(&format!("/members/{sdr}"))),
        case("member-remove", world.at(&format!("/members/{sdr}/remove"))),
        case("workspaces", "/workspaces".to_owned()),
        case("me", "/me".to_owned()),
        case("missing", world.at("/members/01890000-0000-7000-8000-000000000000")),
        case("keys", world.at("/api-keys")),
        case("key-new", world.at("/api-keys/new?template=campaigns")),
        case("key-revoke", world.at(&format!("/api-keys/{}/revoke", world.who("reader").key_id))),
        case("matrix", world.at("/access")),
        case("matrix-two", world.at("/access?roles=sdr&roles=view&differences=true")),
        case("why", world.at(&format!("/access/why?who={sdr}&permission=campaigns%3Adelete"))),
        case("audit", world.at("/audit")),
        case("audit-none", world.at("/audit?who=nobody")),
        case("security", "/me/security".to_owned()),
        case("policy", world.at("/settings/sign-in")),
        case("everybody", world.at("/settings/sign-in/everybody")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_behind_the_sign_in_are_sound() {
    let Some(browser) = browser() else { return };
    let served = lived_in().await;
    are_sound(&browser, &served, &cases(&served)).await;
}
