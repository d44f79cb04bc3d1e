//! Copies of campaigns: within a workspace, and from a shared campaign of another workspace. Such a copy
//! contains no data that belongs to the other workspace.

use crate::support::scene::{campaign, join};
use crate::support::{MISSING, World, on_both};
use serde_json::{Value, json};

on_both! { a_duplicate_is_a_draft_of_ones_own a_shared_campaign_can_be_copied_for_a_week exports_are_recorded counting }

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A campaign with everything that a copy must leave out.
async fn rich(world: &World) -> String {
    for n in 0..3 {
        world.connect("owner", &format!("s{n}@outreach.example"), None).await;
    }
    let mut body = campaign("Rich");
    body["email_list"] = json!(["s2@outreach.example", "s0@outreach.example", "s1@outreach.example"]);
    body["email_tag_list"] = json!([world.tag]);
    body["cc_list"] = json!(["boss@acme.example"]);
    body["bcc_list"] = json!(["crm@acme.example"]);
    body["collaborators"] = json!([world.who("sdr").member]);
    body["daily_limit"] = json!(77);
    body["ai_sdr_id"] = json!(MISSING);
    body["visibility"] = json!("private");
    let id = world.call("owner", "POST /api/v2/campaigns", body).await.is(200).id();
    let toggle = json!({ "tag_id": world.tag, "resource_id": id });
    world.call("owner", "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
    world
        .call(
            "owner",
            "POST /api/v2/leads",
            json!({ "campaign": id, "email": "a@lead.example", "custom_variables": { "secret": 1 } }),
        )
        .await
        .is(200);
    id
}

async fn a_duplicate_is_a_draft_of_ones_own(mut world: World) {
    let id = rich(&world).await;
    let line = format!("POST /api/v2/campaigns/{id}/duplicate");
    let made = world.call("owner", &line, Value::Null).await.is(200).json();
    assert_eq!(
        (&made["name"], &made["status"], &made["daily_limit"]),
        (&json!("Rich (copy)"), &json!(0), &json!(77))
    );
    assert_eq!((&made["visibility"], &made["collaborators"]), (&json!("private"), &json!([])));
    assert_eq!(
        made["email_list"],
        json!(["s2@outreach.example", "s0@outreach.example", "s1@outreach.example"])
    );
    let named = world.call("admin", &line, json!({ "name": "Named" })).await.is(200).json();
    assert_eq!((&named["name"], &named["owned_by"]), (&json!("Named"), &json!(world.who("admin").user)));
    world.call("owner", &line, json!({ "name": "" })).await.is(400);
    // The copy has no leads, no tag and no variables.
    let copy = named["id"].as_str().unwrap();
    assert!(
        world.call("owner", "POST /api/v2/leads/list", json!({ "campaign": copy })).await.items().is_empty()
    );
    assert!(named["custom_variables"].is_null());
    assert_eq!(
        world.get("client", "/api/v2/campaigns").await.items().len(),
        0,
        "the original is private, the copy has no tag"
    );
    // A member who sees the campaign can copy it. The copy has no accounts that this member cannot send from.
    let team = format!("PATCH /api/v2/campaigns/{id}");
    world.call("manager", &line, Value::Null).await.is(404);
    world.call("owner", &team, json!({ "visibility": "team" })).await.is(200);
    assert_eq!(world.call("manager", &line, Value::Null).await.is(200).json()["email_list"], json!([]));
    assert_eq!(
        world.call("member", &line, Value::Null).await.is(200).json()["owned_by"],
        json!(world.who("member").user)
    );
    world.call("view", &line, Value::Null).await.is(403);
    // A limited caller's copy is inside the limit.
    let (home, tag) = (world.home, world.tag);
    join(&mut world, home, "narrow", "editor", Some(json!([tag]))).await;
    let copy = world.call("narrow", &line, Value::Null).await.is(200).id();
    world.get("narrow", &format!("/api/v2/campaigns/{copy}")).await.is(200);
}

async fn a_shared_campaign_can_be_copied_for_a_week(world: World) {
    let id = rich(&world).await;
    let (share, copy) =
        (format!("POST /api/v2/campaigns/{id}/share"), format!("POST /api/v2/campaigns/{id}/from-export"));
    let refused = world.call("stranger", &copy, Value::Null).await.is(403);
    for other in [MISSING, "no-id", "%00"] {
        let other = format!("POST /api/v2/campaigns/{other}/from-export");
        assert_eq!(world.call("stranger", &other, Value::Null).await.face(), refused.face());
    }
    assert_eq!(refused.message(), "The requested campaign not shared");
    world.call("manager", &share, Value::Null).await.is(403);
    world.call("owner", &share, Value::Null).await.is(204);
    let made = world.call("stranger", &copy, Value::Null).await.is(200).json();
    assert_eq!(
        (&made["name"], &made["status"], &made["daily_limit"]),
        (&json!("Rich"), &json!(0), &json!(77))
    );
    assert_eq!(
        (&made["organization"], &made["owned_by"]),
        (&json!(world.away), &json!(world.who("stranger").user))
    );
    assert_eq!(
        made["sequences"][0]["steps"][0]["variants"],
        campaign("")["sequences"][0]["steps"][0]["variants"]
    );
    for (field, empty) in [
        ("email_list", json!([])),
        ("email_tag_list", json!([])),
        ("cc_list", Value::Null),
        ("bcc_list", Value::Null),
        ("collaborators", json!([])),
        ("custom_variables", Value::Null),
        ("ai_sdr_id", Value::Null),
    ] {
        assert_eq!(made[field], empty, "{field}");
    }
    assert_eq!(made["visibility"], "team", "as the workspace has it");
    let text = made.to_string();
    assert!(
        !text.contains("acme.example")
            && !text.contains(&world.home.to_string())
            && !text.contains(&world.tag.to_string())
    );
    // A campaign is shared for seven days. Sharing it again starts the seven days again.
    world.wait(6 * DAY);
    world.call("owner", &share, Value::Null).await.is(204);
    world.wait(6 * DAY);
    world.call("stranger", &copy, Value::Null).await.is(200);
    world.wait(DAY);
    assert_eq!(world.call("stranger", &copy, Value::Null).await.face(), refused.face());
    world.call("owner", &share, Value::Null).await.is(204);
    world.call("owner", &format!("DELETE /api/v2/campaigns/{id}"), Value::Null).await.is(200);
    assert_eq!(world.call("stranger", &copy, Value::Null).await.face(), refused.face());
    gone_with_its_workspace(&world).await;
}

/// The campaigns of a removed workspace are no longer shared.
async fn gone_with_its_workspace(world: &World) {
    let other = world.create("owner", "Other", "team").await;
    world.call("owner", &format!("POST /api/v2/campaigns/{other}/share"), Value::Null).await.is(204);
    let copy = format!("POST /api/v2/campaigns/{other}/from-export");
    world.call("stranger", &copy, Value::Null).await.is(200);
    let removed = gatepost::db::sql("update workspaces set scheduled_for_removal_at = $2 where id = $1");
    world.run(removed.bind(world.home).bind(world.app.now())).await;
    world.call("stranger", &copy, Value::Null).await.is(403);
}

async fn exports_are_recorded(world: World) {
    let id = rich(&world).await;
    let line = format!("POST /api/v2/campaigns/{id}/export");
    let exported = world.call("owner", &line, Value::Null).await.is(200).json();
    assert_eq!(exported, world.get("owner", &format!("/api/v2/campaigns/{id}")).await.json());
    let row = world.log().await.remove(0);
    assert_eq!((&row["action"], &row["campaign_id"]), (&json!("campaigns:export"), &json!(id)));
    world.call("reader", &line, Value::Null).await.is(200);
    world.call("owner", "PATCH /api/v2/workspaces/current", json!({ "strict_scopes": true })).await.is(200);
    world.call("reader", &line, Value::Null).await.is(403);
    world.call("sdr", &line, Value::Null).await.is(403);
}

async fn counting(world: World) {
    world.connect("owner", "s@outreach.example", None).await;
    let count = async |who: &str| {
        world.get(who, "/api/v2/campaigns/count-launched").await.is(200).json()["count"].clone()
    };
    assert_eq!(count("owner").await, json!(0));
    for visibility in ["team", "private"] {
        let mut body = campaign(visibility);
        body["visibility"] = json!(visibility);
        body["email_list"] = json!(["s@outreach.example"]);
        let id = world.call("owner", "POST /api/v2/campaigns", body).await.is(200).id();
        world.call("owner", &format!("POST /api/v2/campaigns/{id}/activate"), Value::Null).await.is(200);
    }
    assert_eq!(
        (count("owner").await, count("view").await, count("client").await, count("stranger").await),
        (json!(2), json!(1), json!(0), json!(0))
    );
}
