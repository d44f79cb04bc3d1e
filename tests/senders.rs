//! Which accounts a member can send from: on write, on activation, and when rights change.

use crate::support::scene::{Key, campaign, join, key};
use crate::support::{World, on_both};
use serde_json::{Value, json};

on_both! {
    many_senders_keep_their_order a_tag_limit_holds_for_senders_too losing_a_right_loses_senders
    explanation_and_answer_agree a_collaborator_names_only_visible_accounts members_who_send_nothing_get_no_account activation_names_accounts_that_cannot_send
}

const CAMPAIGNS: &str = "POST /api/v2/campaigns";

fn with(emails: &[&str]) -> Value {
    let mut body = campaign("c");
    body["email_list"] = json!(emails);
    body
}

async fn senders(world: &World, id: &str) -> Value {
    world.get("owner", &format!("/api/v2/campaigns/{id}")).await.is(200).json()["email_list"].clone()
}

async fn many_senders_keep_their_order(world: World) {
    let all: Vec<String> = (0..9).map(|n| format!("s{n}@outreach.example")).collect();
    for email in &all {
        world.connect("owner", email, None).await;
    }
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    for count in 0..=9 {
        let mut wanted = names[..count].to_vec();
        wanted.reverse();
        let id = world.call("owner", CAMPAIGNS, with(&wanted)).await.is(200).id();
        assert_eq!(senders(&world, &id).await, json!(wanted), "{count}");
        wanted.reverse();
        let patch = format!("PATCH /api/v2/campaigns/{id}");
        world.call("owner", &patch, json!({ "email_list": wanted })).await.is(200);
        assert_eq!(senders(&world, &id).await, json!(wanted), "{count}");
    }
    let twice = ["S1@outreach.example", "s0@outreach.example", "s1@outreach.example"];
    let id = world.call("owner", CAMPAIGNS, with(&twice)).await.is(200).id();
    assert_eq!(senders(&world, &id).await, json!(["s1@outreach.example", "s0@outreach.example"]));
    // The date since which an account is used does not change.
    let since = async || {
        world.get("owner", "/api/v2/account-campaign-mappings/s1@outreach.example?limit=1").await.items()[0]["timestamp_created"].clone()
    };
    let before = since().await;
    world.wait(5000);
    let patch = format!("PATCH /api/v2/campaigns/{id}");
    world
        .call("owner", &patch, json!({ "email_list": ["s3@outreach.example", "s1@outreach.example"] }))
        .await
        .is(200);
    assert_eq!(since().await, before);
}

/// A limited caller cannot name an account outside the limit, and does not learn of it, whatever their reach.
async fn a_tag_limit_holds_for_senders_too(mut world: World) {
    let (home, tag) = (world.home, world.tag);
    world.connect("owner", "inside@outreach.example", None).await;
    world.connect("owner", "outside@outreach.example", None).await;
    let toggle = json!({ "tag_id": tag, "resource_id": "inside@outreach.example" });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    join(&mut world, home, "narrow", "admin", Some(json!([tag]))).await;
    let limit = Some(json!([tag]));
    key(&mut world, Key { limit, ..Key::of_workspace(home, "narrow key", json!(["all:all"])) }).await;
    for who in ["narrow", "narrow key"] {
        world.call(who, CAMPAIGNS, with(&["inside@outreach.example"])).await.is(200);
        let outside = world.call(who, CAMPAIGNS, with(&["outside@outreach.example"])).await.is(400).message();
        let missing = world.call(who, CAMPAIGNS, with(&["missing@outreach.example"])).await.is(400).message();
        assert_eq!(outside.replace("outside", "x"), missing.replace("missing", "x"), "{who}");
    }
    // A tag limit that is set later removes the accounts outside it from the member's campaigns.
    let id = world
        .call("admin", CAMPAIGNS, with(&["inside@outreach.example", "outside@outreach.example"]))
        .await
        .is(200)
        .id();
    let member = format!("PATCH /api/v2/workspace-members/{}", world.who("admin").member.unwrap());
    world.call("owner", &member, json!({ "tag_limit": [tag] })).await.is(200);
    assert_eq!(senders(&world, &id).await, json!(["inside@outreach.example"]));
    let row = world.log().await.remove(0);
    assert_eq!(row["audit_metadata"]["changes"]["taken_off_campaigns"], json!([null, [id]]));
}

async fn losing_a_right_loses_senders(world: World) {
    let admin = world.who("admin").clone();
    world.connect("owner", "free@outreach.example", None).await;
    world.connect("owner", "admins@outreach.example", admin.member).await;
    let both = ["free@outreach.example", "admins@outreach.example"];
    let id = world.call("admin", CAMPAIGNS, with(&both)).await.is(200).id();
    let at = format!("PATCH /api/v2/workspace-members/{}", admin.member.unwrap());
    world.call("owner", &at, json!({ "role": "manager" })).await.is(200);
    assert_eq!(
        senders(&world, &id).await,
        json!(["admins@outreach.example"]),
        "unassigned accounts are only for reach all"
    );
    world.call("owner", &at, json!({ "role": "view" })).await.is(200);
    assert_eq!(senders(&world, &id).await, json!([]), "a viewer sends nothing");
    // An account stays in the campaign if it is assigned to the owner of the campaign.
    world.call("owner", &at, json!({ "role": "admin" })).await.is(200);
    let id = world.call("admin", CAMPAIGNS, with(&both)).await.is(200).id();
    let assign = json!({ "assigned_to": admin.member });
    world.call("owner", "PATCH /api/v2/accounts/free@outreach.example", assign).await.is(200);
    assert_eq!(senders(&world, &id).await, json!(both));
    // When an admin leaves, their campaigns are paused.
    let gone = world.call("owner", &at.replace("PATCH", "DELETE"), Value::Null).await.is(200);
    assert_eq!(gone.json()["role"], "admin");
    assert_eq!(senders(&world, &id).await, json!([]));
    let changes = world.log().await.remove(0)["audit_metadata"]["changes"].clone();
    assert_eq!(changes["unassigned_accounts"][1].as_array().unwrap().len(), 2, "{changes}");
    assert!(changes["taken_off_campaigns"][1].as_array().unwrap().contains(&json!(id)));
}

async fn explanation_and_answer_agree(world: World) {
    let accounts = [
        ("free@outreach.example", None),
        ("sdr@outreach.example", world.who("sdr").member),
        ("editor@outreach.example", world.who("editor").member),
    ];
    let mut compared = 0;
    for (email, assigned) in accounts {
        let id = world.connect("owner", email, assigned).await["id"].clone();
        for who in ["owner", "admin", "manager", "editor", "member", "sdr"] {
            let ask = json!({ "permission": "accounts:use", "record": id });
            let allowed =
                world.call(who, "POST /api/v2/access/explain", ask).await.is(200).json()["allowed"].clone();
            let body = json!({ "email_list": [email], "owned_by": world.who(who).user });
            let mut new = campaign("c");
            new.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            let done = world.call("owner", CAMPAIGNS, new).await;
            assert_eq!(
                allowed == json!(true),
                done.status == 200,
                "{who} {email}: {} {}",
                allowed,
                done.text()
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 18);
}

async fn activation_names_accounts_that_cannot_send(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    let id = world.call("owner", CAMPAIGNS, with(&["a@outreach.example"])).await.is(200).id();
    // The row is written directly, as if rights had changed in a way that the server does not know.
    let foreign = gatepost::db::sql("update accounts set assigned_to = $2 where workspace_id = $1");
    world.run(foreign.bind(world.home).bind(world.who("sdr").member)).await;
    let why = world
        .call("owner", &format!("POST /api/v2/campaigns/{id}/activate"), Value::Null)
        .await
        .is(400)
        .message();
    assert!(why.contains("`a@outreach.example`"), "{why}");
}

/// A collaborator can leave the accounts that are there. They cannot add accounts that they do not see, or
/// learn of them.
async fn a_collaborator_names_only_visible_accounts(world: World) {
    for email in ["there@outreach.example", "free@outreach.example"] {
        world.connect("owner", email, None).await;
    }
    let mut body = with(&["there@outreach.example"]);
    body["collaborators"] = json!([world.who("member").member]);
    let id = world.call("admin", CAMPAIGNS, body).await.is(200).id();
    let at = format!("PATCH /api/v2/campaigns/{id}");
    let name = async |emails: &[&str]| world.call("member", &at, json!({ "email_list": emails })).await;
    name(&["there@outreach.example"]).await.is(200);
    let hidden = name(&["there@outreach.example", "free@outreach.example"]).await.is(400).message();
    let missing = name(&["there@outreach.example", "zz@outreach.example"]).await.is(400).message();
    assert_eq!(hidden.replace("free", "x"), missing.replace("zz", "x"));
    // A client does not see any address.
    let toggle = json!({ "tag_id": world.tag, "resource_id": id });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    let seen = world.get("client", &format!("/api/v2/campaigns/{id}")).await.is(200).json();
    assert_eq!(seen["email_list"], json!([]));
    assert_eq!(world.get("client", "/api/v2/campaigns").await.items()[0]["email_list"], json!([]));
    assert_eq!(senders(&world, &id).await, json!(["there@outreach.example"]));
}

async fn members_who_send_nothing_get_no_account(world: World) {
    world.connect("owner", "a@outreach.example", None).await;
    for who in ["view", "client"] {
        let assign = json!({ "assigned_to": world.who(who).member });
        let why =
            world.call("owner", "PATCH /api/v2/accounts/a@outreach.example", assign).await.is(400).message();
        assert!(why.starts_with("body/assigned_to must be a member whose role can send"), "{why}");
    }
}
