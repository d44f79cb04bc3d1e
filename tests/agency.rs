//! Runs the story of the guide to workspace groups as the people of both workspaces, and the agency's part of
//! the script for roles, in the official shapes.

use crate::support::scene::account;
use crate::support::{World, on_both, scene};
use serde_json::{Value, json};

on_both! { the_story_of_a_group the_script_of_an_agency an_invitation_ends_with_its_link }

const AT: &str = "/api/v2/workspace-group-members";

async fn the_story_of_a_group(mut world: World) {
    let smtp = world.with_mail().await;
    let sub = world.workspace_of("olga").await;
    scene::join(&mut world, sub, "adam", "admin", None).await;
    scene::join(&mut world, sub, "edna", "editor", None).await;
    let sub_workspace = json!({ "sub_workspace_id": sub });
    // Only owners and admins manage sub-workspaces.
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        world.call(who, &format!("POST {AT}"), sub_workspace.clone()).await.is(403);
        world.get(who, AT).await.is(403);
    }
    // The workspace is invited by its id, and its owner gets a letter. It joins when the owner accepts.
    let added = world.call("admin", &format!("POST {AT}"), sub_workspace.clone()).await.is(200).json();
    let link = added["id"].as_str().unwrap();
    assert_eq!((&added["status"], &added["sub_workspace_id"]), (&json!("pending"), &json!(sub)));
    world.work().await;
    let mail = smtp.mails().remove(0);
    assert!(mail.text.contains("home") && mail.text.contains("admin·000001@acme·example"), "{}", mail.text);
    world.get_as("owner", sub, "/api/v2/accounts").await.is(404);
    world.accepts("adam", link).await.is(403);
    world.accepts("olga", link).await.is(200);
    // The list shows name, id, date and status.
    let viewed = world.get("owner", AT).await.is(200).items();
    let seen = &viewed[0];
    assert_eq!((&seen["sub_workspace_name"], &seen["status"]), (&json!("olga"), &json!("accepted")));
    assert_eq!(
        (&seen["sub_workspace_id"], &seen["timestamp_created"]),
        (&json!(sub), &added["timestamp_created"])
    );
    nor_both(&world).await;
    // Accounts are transferred between them.
    world.call("olga", "POST /api/v2/accounts", account("s@outreach.example", None)).await.is(200);
    let body = json!({ "emails": ["s@outreach.example"], "source_workspace_id": sub,
        "destination_workspace_id": world.home });
    world.call("robot", "POST /api/v2/accounts/move", body).await.is(200);
    world.work().await;
    world.get("owner", "/api/v2/accounts/s@outreach.example").await.is(200);
    world.get("olga", "/api/v2/accounts/s@outreach.example").await.is(404);
    // Removing needs no consent.
    let remove = format!("DELETE {AT}/{link}");
    world.call("admin", &remove, Value::Null).await.is(200);
    world.get_as("robot", sub, "/api/v2/campaigns").await.is(404);
    // Only the owner can leave. They find the id where the guide says.
    let again = world.call("owner", &format!("POST {AT}"), sub_workspace).await.is(200).id();
    world.accepts("olga", &again).await.is(200);
    let own = world.get("edna", &format!("{AT}/admin")).await.is(200).json();
    assert_eq!((&own["has_admin_workspace"], &own["workspace_name"]), (&json!(true), &json!("home")));
    let leave = format!("DELETE {AT}/{}", own["workspace_group_member_id"].as_str().unwrap());
    for who in ["adam", "edna"] {
        world.call(who, &leave, Value::Null).await.is(403);
    }
    world.call("olga", &leave, Value::Null).await.is(200);
    assert!(world.get("owner", AT).await.is(200).items().is_empty());
}

/// A workspace cannot be an admin workspace and a sub-workspace.
async fn nor_both(world: &World) {
    world.call("olga", &format!("POST {AT}"), json!({ "sub_workspace_id": world.away })).await.is(409);
    world.call("stranger", &format!("POST {AT}"), json!({ "sub_workspace_id": world.home })).await.is(400);
}

async fn the_script_of_an_agency(mut world: World) {
    world.workspace_of("team").await;
    let email = world.get("team", "/api/v2/me").await.json()["email"].clone();
    assert_eq!(world.get("robot", AT).await.is(200).json(), json!({ "items": [] }));
    let added = world.call("robot", &format!("POST {AT}"), json!({ "email": email })).await.is(200).json();
    world.accepts("team", added["id"].as_str().unwrap()).await.is(200);
    let members = world.get("robot", AT).await.is(200).items();
    assert_eq!((&members[0]["email"], &members[0]["id"]), (&email, &added["id"]));
    let admin = world.get("team", &format!("{AT}/admin")).await.is(200).json();
    assert_eq!(
        (&admin["workspace_name"], &admin["workspace_group_member_id"]),
        (&json!("home"), &added["id"])
    );
}

/// An admin workspace invites a person into its sub-workspace, and is removed before the person accepts.
async fn an_invitation_ends_with_its_link(mut world: World) {
    let (sub, _) = world.sub_of("owner", "olga").await;
    let body = json!({ "email": "comes@acme.example", "role": "editor" });
    let invited = world.call_as("owner", sub, "POST /api/v2/workspace-members", body).await.is(200).json();
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let preview = async || world.call("", "POST /api/v2/invitations/show", json!({ "token": token })).await;
    preview().await.is(200);
    let removed = gatepost::db::sql("update workspaces set scheduled_for_removal_at = $2 where id = $1");
    world.run(removed.bind(world.home).bind(world.app.now())).await;
    preview().await.is(400);
    let body =
        json!({ "token": token, "first_name": "A", "last_name": "B", "password": "four words, of no one" });
    world.call("", "POST /api/v2/invitations/accept", body).await.is(400);
    let members = world.get("olga", "/api/v2/workspace-members?limit=100").await.is(200).items();
    assert_eq!(members.len(), 2, "the invitation is listed until it is withdrawn: {members:?}");
    world
        .call(
            "olga",
            &format!("DELETE /api/v2/workspace-members/{}", invited["id"].as_str().unwrap()),
            Value::Null,
        )
        .await
        .is(200);
}
