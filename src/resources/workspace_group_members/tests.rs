//! Invitations into a group, what becomes of them, and acting in a sub-workspace.

use crate::support::{MISSING, World, on_both, scene};
use serde_json::{Value, json};

on_both! {
    an_invitation_is_accepted_or_rejected one_parent_and_one_level whom_an_address_names the_owner_leaves
    an_admin_acts_as_an_admin_at_most a_delegation_is_narrowed_and_paused what_was_made_through_a_link_ends_with_it
    both_workspaces_hear_of_it the_group_on_one_page a_letter_says_who_invites
    the_owner_cannot_be_shut_out who_answers_no_stays_unknown what_is_shared_ends_too an_owner_by_a_link_stays
}

const AT: &str = "/api/v2/workspace-group-members";
const INVITE: &str = "POST /api/v2/workspace-group-members";

async fn an_invitation_is_accepted_or_rejected(mut world: World) {
    let sub = world.workspace_of("ann").await;
    let link = world.invites("owner", sub).await;
    let row = world.get("owner", &format!("{AT}/{link}")).await.is(200).json();
    assert_eq!((&row["status"], &row["sub_workspace_id"]), (&json!("pending"), &json!(sub)));
    assert_eq!(row["admin_workspace_id"], json!(world.home));
    assert_eq!(row["sub_workspace_name"], Value::Null, "not before it has accepted");
    let waiting = world.get("ann", &format!("{AT}/admin")).await.is(200).json();
    assert_eq!(
        (&waiting["has_admin_workspace"], &waiting["workspace_name"]),
        (&json!(false), &json!("Undefined"))
    );
    assert_eq!(waiting["invitation"]["workspace_group_member_id"], json!(link));
    assert_eq!(waiting["invitation"]["workspace_name"], "home");
    // Until then nobody acts there.
    world.get_as("owner", sub, "/api/v2/campaigns").await.is(404);
    // Only the owner of the invited workspace answers, in person.
    world.accepts("owner", &link).await.is(404);
    world.accepts("stranger", &link).await.is(404);
    scene::join(&mut world, sub, "ann's admin", "admin", None).await;
    world.accepts("ann's admin", &link).await.is(403);
    let new = scene::Key::of_workspace(sub, "ann's robot", json!(["all:all"]));
    scene::key(&mut world, new).await;
    assert!(world.accepts("ann's robot", &link).await.is(403).message().contains("needs a person"));
    let accepted = world.accepts("ann", &link).await.is(200).json();
    assert_eq!((&accepted["status"], &accepted["sub_workspace_name"]), (&json!("accepted"), &json!("ann")));
    assert_eq!(world.accepts("ann", &link).await.is(200).json(), accepted, "there is nothing more to do");
    let seen = world.get("owner", AT).await.is(200).items();
    assert_eq!(seen, [accepted]);
    let reject = |link: &str| format!("POST {AT}/{link}/reject");
    world.call("ann", &reject(&link), Value::Null).await.is(409);
    // Another says no, and may be asked again.
    let other = world.workspace_of("bob").await;
    let link = world.invites("owner", other).await;
    let rejected = world.call("bob", &reject(&link), Value::Null).await.is(200).json();
    assert_eq!(rejected["status"], "rejected");
    world.accepts("bob", &link).await.is(409);
    let again = world.invites("owner", other).await;
    assert_ne!(again, link);
    world.get("owner", &format!("{AT}/{link}")).await.is(404);
    world.accepts("bob", &again).await.is(200);
}

async fn one_parent_and_one_level(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let invite = |id: Value| json!({ "sub_workspace_id": id });
    // A workspace that cannot be invited looks like one that does not exist.
    let none = world.call("stranger", INVITE, invite(json!(MISSING))).await.is(400).face();
    assert_eq!(world.call("stranger", INVITE, invite(json!(sub))).await.face(), none);
    // A second invitation beside an open one is refused.
    let open = world.workspace_of("bob").await;
    world.invites("owner", open).await;
    assert_eq!(world.call("stranger", INVITE, invite(json!(open))).await.face(), none);
    // An admin workspace cannot become a sub-workspace. A sub-workspace cannot become an admin workspace.
    assert_eq!(world.call("stranger", INVITE, invite(json!(world.home))).await.face(), none);
    let own = world.call("ann", INVITE, invite(json!(world.away))).await.is(409).message();
    assert!(own.contains("is a sub workspace itself"), "{own}");
    for wrong in [json!(world.home), json!(MISSING)] {
        let refused = world.call("owner", INVITE, invite(wrong)).await.is(400).message();
        assert!(refused.starts_with("body/sub_workspace_id must"), "{refused}");
    }
    for body in [json!({}), json!({ "sub_workspace_id": sub, "email": "a@b.example" }), json!({ "other": 1 })]
    {
        world.call("owner", INVITE, body).await.is(400);
    }
    // A workspace that has an invitation also invites another. When both are accepted at once, one fails.
    let (carl, dora) = (world.workspace_of("carl").await, world.workspace_of("dora").await);
    let to_carl = world.invites("stranger", carl).await;
    let to_dora = world.invites("carl", dora).await;
    world.accepts("carl", &to_carl).await.is(200);
    world.accepts("dora", &to_dora).await.is(409);
    let refused = world.call("owner", INVITE, invite(json!(MISSING))).await;
    assert!([400, 429].contains(&refused.status.as_u16()));
    // Twenty a day.
    let mut limited = 0;
    for _ in 0..25 {
        let answer = world.call("owner", INVITE, invite(json!(MISSING))).await;
        limited += usize::from(answer.status == 429);
    }
    assert!((5..=20).contains(&limited), "{limited}");
}

async fn whom_an_address_names(mut world: World) {
    let sub = world.workspace_of("ann").await;
    let email = |world: &World, name: &str| {
        let user = world.who(name).user.unwrap();
        gatepost::db::sql("select email from users where id = $1").bind(user)
    };
    let ann: String = email(&world, "ann").optional(&world.reader).await.unwrap().unwrap();
    let invite =
        async |world: &World, email: &str| world.call("owner", INVITE, json!({ "email": email })).await;
    let none = invite(&world, "nobody@acme.example").await.is(400);
    // Not verified; a member who owns nothing; an owner of two; an owner of only the inviting workspace.
    let verify = |yes: bool| {
        let text = gatepost::db::sql("update users set email_verified = $2 where id = $1");
        text.bind(world.who("ann").user.unwrap()).bind(yes)
    };
    world.run(verify(false)).await;
    assert_eq!(invite(&world, &ann).await.is(400).face(), none.face());
    world.run(verify(true)).await;
    let sdr = world.email("sdr").await;
    assert_eq!(invite(&world, &sdr).await.is(400).face(), none.face());
    let own = world.email("owner").await;
    assert_eq!(invite(&world, &own).await.is(400).face(), none.face());
    let third = scene::another_of(&world, "ann").await;
    assert_eq!(invite(&world, &ann).await.is(400).face(), none.face());
    world.run(gatepost::db::sql("delete from members where workspace_id = $1").bind(third)).await;
    let row = invite(&world, &ann.to_uppercase()).await.is(200).json();
    assert_eq!((&row["sub_workspace_id"], &row["email"]), (&json!(sub), &Value::Null));
}

async fn the_owner_leaves(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    scene::join(&mut world, sub, "ann's admin", "admin", None).await;
    let at = format!("DELETE {AT}/{link}");
    let refused = world.call("ann's admin", &at, Value::Null).await.is(403).message();
    assert!(refused.contains("workspace_group_members:leave"), "{refused}");
    // The admin workspace cannot do this for it. The sub-workspace's owner cannot do it with a workspace key.
    world.call_as("owner", sub, &at, Value::Null).await.is(403);
    let own = world.get("ann", &format!("{AT}/admin")).await.is(200).json();
    assert_eq!(own["workspace_group_member_id"], json!(link));
    world.call("stranger", &at, Value::Null).await.is(404);
    let gone = world.call("ann", &at, Value::Null).await.is(200).json();
    assert_eq!(gone["id"], json!(link));
    world.get_as("owner", sub, "/api/v2/campaigns").await.is(404);
    world.call("ann", &at, Value::Null).await.is(404);
    // And the other way round, which asks nobody.
    let link = world.invites("owner", sub).await;
    world.accepts("ann", &link).await.is(200);
    world.get_as("admin", sub, "/api/v2/campaigns").await.is(200);
    world.call("manager", &format!("DELETE {AT}/{link}"), Value::Null).await.is(403);
    world.call("admin", &format!("DELETE {AT}/{link}"), Value::Null).await.is(200);
    world.get_as("owner", sub, "/api/v2/campaigns").await.is(404);
    assert_eq!(world.get("ann", &format!("{AT}/admin")).await.json()["has_admin_workspace"], json!(false));
}

async fn an_admin_acts_as_an_admin_at_most(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    for who in ["owner", "admin", "robot", "owner's session"] {
        let me = world.get_as(who, sub, "/api/v2/me").await.is(200).json();
        assert_eq!((&me["workspace_id"], &me["role"]), (&json!(sub), &json!("admin")), "{who}");
        assert_eq!(me["member_id"], Value::Null, "{who} is not a member there");
        let made = world.call_as(who, sub, "POST /api/v2/campaigns", scene::campaign("theirs")).await.is(200);
        assert_eq!(made.json()["organization"].as_str().unwrap_or(&sub.to_string()), sub.to_string());
        world.get(who, &format!("/api/v2/campaigns/{}", made.id())).await.is(404);
        world.get_as(who, sub, &format!("/api/v2/campaigns/{}", made.id())).await.is(200);
        world.get("ann", &format!("/api/v2/campaigns/{}", made.id())).await.is(200);
    }
    // The scopes are the same as at home, and a caller who cannot act is refused.
    world.get_as("reader", sub, "/api/v2/campaigns").await.is(200);
    assert!(world.get_as("reader", sub, "/api/v2/accounts").await.is(403).message().starts_with("scope"));
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        let refused = world.get_as(who, sub, "/api/v2/campaigns").await.is(403);
        let missing = world.get_as(who, MISSING, "/api/v2/campaigns").await.is(403);
        assert_eq!(refused.face(), missing.face(), "{who}");
        assert!(refused.message().contains("workspace_group_members:act"), "{}", refused.message());
    }
    // Never what is the owner's, a person's, or the group's.
    world.refresh_sessions().await;
    let member = world.who("ann").member.unwrap();
    for (line, body) in [
        ("POST /api/v2/workspaces/current/change-owner", json!({ "new_owner_id": member })),
        ("POST /api/v2/workspaces/current/schedule-for-removal", Value::Null),
        ("POST /api/v2/workspaces", json!({ "name": "Another" })),
        (&format!("DELETE {AT}/{link}"), Value::Null),
        ("PATCH /api/v2/workspace-group-members/admin/delegation", json!({ "paused": true })),
        ("GET /api/v2/me/sessions", Value::Null),
    ] {
        for who in ["owner", "owner's session", "robot"] {
            world.call_as(who, sub, line, body.clone()).await.is(403);
        }
    }
    let promote = format!("PATCH /api/v2/workspace-members/{member}");
    world.call_as("owner", sub, &promote, json!({ "role": "view" })).await.is(403);
    world.get_as("owner", "no id", "/api/v2/campaigns").await.is(404);
    world.get_as("owner", world.home, "/api/v2/campaigns").await.is(200);
}

async fn a_delegation_is_narrowed_and_paused(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let campaign =
        world.call_as("owner", sub, "POST /api/v2/campaigns", scene::campaign("c")).await.is(200).id();
    let at = format!("/api/v2/campaigns/{campaign}");
    let rename = format!("PATCH {at}");
    let export = format!("POST {at}/export");
    let new = json!({ "name": "theirs", "scopes": ["all:all"] });
    let key = world.call_as("owner", sub, "POST /api/v2/api-keys", new).await.is(200).json();
    let key = key["key"].as_str().unwrap().to_owned();
    // Through the header, and by a key that was made so.
    let tried = async |line: &str, body: Value| {
        let there = world.call_as("owner", sub, line, body.clone()).await;
        let own = world.call(&key, line, body).await;
        assert_eq!(there.status, own.status, "{line}");
        (there.status.as_u16(), if there.status.is_success() { String::new() } else { there.message() })
    };
    world.delegates("ann", json!({ "read_only": true })).await.is(200);
    assert_eq!(tried(&format!("GET {at}"), Value::Null).await.0, 200);
    assert_eq!(tried(&export, Value::Null).await.0, 200);
    let (status, why) = tried(&rename, json!({ "name": "d" })).await;
    assert!(status == 403 && why.starts_with("delegation: this workspace lets"), "{why}");
    world.delegates("ann", json!({ "read_only": false, "no_exports": true })).await.is(200);
    assert_eq!(tried(&export, Value::Null).await.0, 403);
    assert_eq!(tried(&format!("POST {at}/share"), Value::Null).await.0, 403);
    assert_eq!(tried(&rename, json!({ "name": "d" })).await.0, 200);
    world.delegates("ann", json!({ "resources": ["accounts"] })).await.is(200);
    assert_eq!(tried(&format!("GET {at}"), Value::Null).await.0, 403);
    assert_eq!(tried("GET /api/v2/accounts", Value::Null).await.0, 200);
    assert_eq!(tried("GET /api/v2/me", Value::Null).await.0, 200, "one may know where one is");
    world.delegates("ann", json!({ "resources": null, "paused": true })).await.is(200);
    for line in
        [format!("GET {at}"), "GET /api/v2/me".to_owned(), "GET /api/v2/workspaces/current".to_owned()]
    {
        let (status, why) = tried(&line, Value::Null).await;
        assert!(status == 403 && why.contains("paused"), "{line}: {why}");
    }
    // The sub-workspace's own people are not concerned.
    world.call("ann", &rename, json!({ "name": "e" })).await.is(200);
    world.delegates("ann", json!({ "paused": false })).await.is(200);
    assert_eq!(tried(&format!("GET {at}"), Value::Null).await.0, 200);
    for wrong in
        [json!({}), json!({ "paused": "yes" }), json!({ "resources": ["everything"] }), json!({ "x": 1 })]
    {
        assert!(world.delegates("ann", wrong).await.is(400).message().starts_with("body"));
    }
    world.delegates("owner", json!({ "paused": true })).await.is(409);
}

async fn what_was_made_through_a_link_ends_with_it(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    let new = |name: &str| json!({ "name": name, "scopes": ["all:all"] });
    let made = world.call_as("robot", sub, "POST /api/v2/api-keys", new("first")).await.is(200).json();
    let first = made["key"].as_str().unwrap().to_owned();
    // What such a key makes is of the link too.
    let made = world.call(&first, "POST /api/v2/api-keys", new("second")).await.is(200).json();
    let second = made["key"].as_str().unwrap().to_owned();
    let invited = json!({ "email": "comes@acme.example", "role": "admin" });
    let invited = world.call(&second, "POST /api/v2/workspace-members", invited).await.is(200).json();
    let token = invited["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let body =
        json!({ "token": token, "first_name": "A", "last_name": "B", "password": "four words, of no one" });
    let person = world.call("", "POST /api/v2/invitations/accept", body).await.is(200).json();
    let person = person["api_key"].as_str().unwrap().to_owned();
    let open = json!({ "email": "waits@acme.example", "role": "view" });
    let open = world.call(&person, "POST /api/v2/workspace-members", open).await.is(200).json();
    let waiting = open["invitation_url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let own = world.call("ann", "POST /api/v2/api-keys", new("own")).await.is(200).json();
    let own = own["key"].as_str().unwrap().to_owned();
    for key in [&first, &second, &person, &own] {
        world.get(key, "/api/v2/campaigns").await.is(200);
    }
    world.call("owner", &format!("DELETE {AT}/{link}"), Value::Null).await.is(200);
    for key in [&first, &second, &person] {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
    world.get(&own, "/api/v2/campaigns").await.is(200);
    let body =
        json!({ "token": waiting, "first_name": "A", "last_name": "B", "password": "four words, of no one" });
    world.call("", "POST /api/v2/invitations/accept", body).await.is(400);
    let left = world.get("ann", "/api/v2/workspace-members?limit=100").await.items();
    assert_eq!(left.len(), 1, "{left:?}");
    let keys = world.get("ann", "/api/v2/api-keys?limit=100").await.items();
    assert!(keys.iter().all(|key| key["name"] != "first" && key["name"] != "second"));
    // A new link does not bring them back.
    let link = world.invites("owner", sub).await;
    world.accepts("ann", &link).await.is(200);
    for key in [&first, &second, &person] {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
}

async fn both_workspaces_hear_of_it(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    world.call_as("robot", sub, "POST /api/v2/campaigns", scene::campaign("c")).await.is(200);
    world
        .call_as("owner", sub, "PATCH /api/v2/workspaces/current", json!({ "name": "Renamed" }))
        .await
        .is(200);
    world.delegates("ann", json!({ "read_only": true })).await.is(200);
    world.call_as("owner", sub, "POST /api/v2/custom-tags", json!({ "label": "x" })).await.is(403);
    world.app.behind.flush().await;
    let rows = async |who: &str| {
        let log = world.get(who, "/api/v2/audit-logs?limit=100").await.is(200).items();
        let row = |row: &Value| {
            let facts = &row["audit_metadata"];
            (
                row["action"].as_str().unwrap().to_owned(),
                row["user"].as_str().unwrap().to_owned(),
                facts["acting_for"]["workspace_name"].as_str().map(str::to_owned),
                facts["acting_in"].as_str().map(str::to_owned),
            )
        };
        log.iter().take(4).map(row).collect::<Vec<_>>()
    };
    let owner = world.email("owner").await;
    let ann = world.get("ann", "/api/v2/me").await.json()["email"].as_str().unwrap().to_owned();
    let row = |action: &str, who: &str, way: (Option<&str>, Option<String>)| {
        (action.to_owned(), who.to_owned(), way.0.map(str::to_owned), way.1)
    };
    let there = (Some("home"), None);
    let in_sub = rows("ann").await;
    assert_eq!(in_sub[0], row("custom_tags:create", &owner, there.clone()));
    assert_eq!(in_sub[1], row("workspace_group_members:delegate", &ann, (None, None)));
    assert_eq!(in_sub[2], row("workspaces:update", &owner, there.clone()));
    assert_eq!(in_sub[3], row("campaigns:create", "key:robot", there));
    let at_home = rows("owner").await;
    let here = || (None, Some(sub.to_string()));
    assert_eq!(at_home[0], row("custom_tags:create", &owner, here()));
    assert_eq!(at_home[1], row("workspace_group_members:delegate", &ann, (None, None)));
    assert_eq!(at_home[2], row("workspaces:update", &owner, here()));
    assert_eq!(at_home[3], row("campaigns:create", "key:robot", here()));
    // The owner finds all that the other has done here.
    let found = world.get("ann", "/api/v2/audit-logs?search=home").await.is(200).items();
    assert_eq!(found.len(), 3, "{found:?}");
    // A caller cannot write into the log of a workspace outside the group.
    world.get_as("owner", world.away, "/api/v2/campaigns").await.is(404);
    world.app.behind.flush().await;
    let strange = world.get("stranger", "/api/v2/audit-logs").await.is(200).items();
    assert!(strange.is_empty(), "{strange:?}");
}

async fn the_group_on_one_page(mut world: World) {
    let (first, _) = world.sub_of("owner", "ann").await;
    let (second, _) = world.sub_of("owner", "bob").await;
    world.sub_of("stranger", "eve").await;
    let pending = world.workspace_of("pat").await;
    world.invites("owner", pending).await;
    for name in ["a", "b"] {
        world.call_as("owner", first, "POST /api/v2/campaigns", scene::campaign(name)).await.is(200);
    }
    world
        .call_as("owner", first, "POST /api/v2/accounts", scene::account("s@outreach.example", None))
        .await
        .is(200);
    world
        .call_as("owner", first, "POST /api/v2/accounts", scene::account("t@outreach.example", None))
        .await
        .is(200);
    world
        .call_as("owner", first, "POST /api/v2/accounts/s@outreach.example/pause", Value::Null)
        .await
        .is(200);
    let get = async |query: &str| world.get("owner", &format!("{AT}/overview{query}")).await.is(200);
    let items = get("").await.items();
    let names: Vec<_> = items.iter().map(|item| item["workspace_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bob", "ann"]);
    assert_eq!(items[1]["workspace_id"], json!(first));
    assert_eq!((&items[1]["members"], &items[1]["api_keys"]), (&json!(1), &json!(1)));
    assert_eq!(items[1]["campaigns"], json!({ "0": 2 }));
    assert_eq!(items[1]["accounts"], json!({ "1": 1, "2": 1 }));
    assert!(items[1]["last_activity"].is_string());
    assert_eq!(items[0]["campaigns"], json!({}));
    // As far as it is left.
    world.delegates("ann", json!({ "resources": ["campaigns"] })).await.is(200);
    world.delegates("bob", json!({ "paused": true })).await.is(200);
    let items = get("?limit=1").await.json();
    assert_eq!(
        (&items["items"][0]["workspace_id"], &items["items"][0]["paused"]),
        (&json!(second), &json!(true))
    );
    for field in ["members", "campaigns", "accounts", "api_keys", "last_activity"] {
        assert_eq!(items["items"][0][field], Value::Null, "{field}");
    }
    let next = items["next_starting_after"].as_str().unwrap();
    let items = get(&format!("?limit=1&starting_after={next}")).await.items();
    assert_eq!((&items[0]["campaigns"], &items[0]["accounts"]), (&json!({ "0": 2 }), &Value::Null));
    assert_eq!((&items[0]["members"], &items[0]["last_activity"]), (&Value::Null, &Value::Null));
    world.get("manager", &format!("{AT}/overview")).await.is(403);
    assert!(world.get("stranger", &format!("{AT}/overview")).await.is(200).items().len() == 1);
    world.get("owner", &format!("{AT}/overview?limit=1001")).await.is(400);
}

async fn a_letter_says_who_invites(mut world: World) {
    let smtp = world.with_mail().await;
    let sub = world.workspace_of("ann").await;
    let link = world.invites("owner", sub).await;
    world.work().await;
    let mail = smtp.mails().remove(0);
    assert!(mail.to[0].starts_with("ann."), "{:?}", mail.to);
    assert_eq!(mail.subject, "home invites your workspace into its group");
    let owner = world.email("owner").await.replace('.', "·");
    let pages = ["accept", "reject"].map(|answer| format!("/workspace-groups/{answer}#{link}.{sub}"));
    for words in [&owner, &pages[0], &pages[1]] {
        assert!(mail.text.contains(words.as_str()), "{words} is not in {}", mail.text);
    }
    for answer in ["accept", "reject"] {
        let page = world.get("", &format!("/workspace-groups/{answer}")).await.is(200).text();
        assert!(page.contains(&format!("action=\"/links/group/{answer}\"")), "{page}");
    }
}

/// The agency cannot change how people sign in, or the invitations that the owner sent.
async fn the_owner_cannot_be_shut_out(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let new = json!({ "name": "through", "scopes": ["all:all"] });
    let key = world.call_as("owner", sub, "POST /api/v2/api-keys", new).await.is(200).json()["key"].clone();
    let policy = "PATCH /api/v2/workspaces/current/login-policy";
    let everybody = "DELETE /api/v2/workspaces/current/sessions";
    for (line, body) in [(policy, json!({ "idle_minutes": 10 })), (everybody, Value::Null)] {
        world.call_as("robot", sub, line, body.clone()).await.is(403);
        let refused = world.call(key.as_str().unwrap(), line, body).await.is(403).message();
        assert!(refused.contains("not for its admin workspace"), "{refused}");
    }
    let revoke = format!("DELETE /api/v2/api-keys/{}", world.who("ann").key_id);
    world.call_as("robot", sub, &revoke, Value::Null).await.is(403);
    let invited = json!({ "email": "bob@acme.example", "role": "admin" });
    let bob = world.call("ann", "POST /api/v2/workspace-members", invited).await.is(200).id();
    let resend = format!("POST /api/v2/workspace-members/{bob}/resend");
    world.call_as("robot", sub, &resend, Value::Null).await.is(403);
    world.call("ann", &resend, Value::Null).await.is(200);
    let own = json!({ "email": "eve@acme.example", "role": "admin" });
    let eve = world.call_as("robot", sub, "POST /api/v2/workspace-members", own).await.is(200).id();
    let resend = format!("POST /api/v2/workspace-members/{eve}/resend");
    world.call_as("robot", sub, &resend, Value::Null).await.is(200);
}

async fn who_answers_no_stays_unknown(mut world: World) {
    let sub = world.workspace_of("ann").await;
    let link = world.invites("stranger", sub).await;
    world.call("ann", &format!("POST {AT}/{link}/reject"), Value::Null).await.is(200);
    let log = world.get("stranger", "/api/v2/audit-logs").await.is(200).items();
    assert_eq!(
        (&log[0]["action"], &log[0]["user"]),
        (&json!("workspace_group_members:reject"), &json!("somebody there"))
    );
    let ann = world.who("ann");
    for known in
        ["ann", &ann.user.unwrap().to_string(), &ann.member.unwrap().to_string(), &ann.key_id.to_string()]
    {
        assert!(!log[0].to_string().contains(known), "{known}: {}", log[0]);
    }
    // The owner is not asked again on the same day.
    let again = json!({ "sub_workspace_id": sub });
    world.call("stranger", INVITE, again.clone()).await.is(409);
    world.wait(24 * 60 * 60 * 1000);
    world.call("stranger", INVITE, again.clone()).await.is(200);
    // An unanswered invitation does not block others forever.
    world.call("owner", INVITE, again.clone()).await.is(400);
    world.wait(15 * 24 * 60 * 60 * 1000);
    world.call("owner", INVITE, again).await.is(200);
    assert_eq!(world.get("stranger", AT).await.is(200).items(), Vec::<Value>::new());
}

async fn what_is_shared_ends_too(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    let campaign = world.call("ann", "POST /api/v2/campaigns", scene::campaign("c")).await.is(200).id();
    let share = format!("POST /api/v2/campaigns/{campaign}/share");
    let copy = format!("POST /api/v2/campaigns/{campaign}/from-export");
    world.delegates("ann", json!({ "read_only": true })).await.is(200);
    world.call_as("owner", sub, &share, Value::Null).await.is(403);
    for end in 0..2 {
        world.delegates("ann", json!({ "read_only": false, "no_exports": false })).await.is(200);
        world.call_as("owner", sub, &share, Value::Null).await.is(204);
        world.call("owner", &copy, Value::Null).await.is(200);
        match end {
            0 => drop(world.delegates("ann", json!({ "no_exports": true })).await.is(200)),
            _ => drop(world.call("ann", &format!("DELETE {AT}/{link}"), Value::Null).await.is(200)),
        }
        world.call("owner", &copy, Value::Null).await.is(403);
    }
    world.call("ann", &share, Value::Null).await.is(204);
    world.call("owner", &copy, Value::Null).await.is(200);
}

/// A member who joined through the link and became the owner is not removed with it.
async fn an_owner_by_a_link_stays(mut world: World) {
    let (sub, link) = world.sub_of("owner", "ann").await;
    let invited = json!({ "email": "eve@acme.example", "role": "admin" });
    let made = world.call_as("robot", sub, "POST /api/v2/workspace-members", invited).await.is(200).json();
    let token = made["invitation_url"].as_str().unwrap().split_once('#').unwrap().1;
    let body =
        json!({ "token": token, "first_name": "A", "last_name": "B", "password": "four words, of no one" });
    let joined = world.call("", "POST /api/v2/invitations/accept", body).await.is(200).json();
    let hand_over = json!({ "new_owner_id": made["id"] });
    world.call("ann", "POST /api/v2/workspaces/current/change-owner", hand_over).await.is(200);
    world.get(joined["api_key"].as_str().unwrap(), "/api/v2/me").await.is(401);
    world.call("owner", &format!("DELETE {AT}/{link}"), Value::Null).await.is(200);
    let left = world.get("ann", "/api/v2/workspaces/current").await.is(200).json();
    assert_eq!(left["owner"], joined["user_id"]);
}
