//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.

use crate::support::scene::{self, Key, Member};
use crate::support::{MISSING, World, on_both};
use serde_json::{Value, json};

on_both! {
    from_invitation_to_removal links_open_once roles_have_their_order narrow_keys_make_nobody_great
    members_cannot_make_more_than_they_are keys_outlive_their_maker_or_not lists_and_limits_of_a_day
    passwords_are_not_for_guessing role_names_are_taken_in_any_case accounts_wait_for_the_invited
    accounts_that_went_elsewhere_stay_there accounts_stay_where_the_inviter_cannot_assign_them
    an_admin_workspace_promises_accounts_too a_page_holds_a_hundred
}

const MEMBERS: &str = "POST /api/v2/workspace-members";
const ACCEPT: &str = "POST /api/v2/invitations/accept";

fn token(invited: &Value) -> String {
    let link = invited["invitation_url"].as_str().unwrap();
    assert!(link.starts_with("https://gatepost.example/invitations/accept#"), "{link}");
    link.split_once('#').unwrap().1.to_owned()
}

fn acceptance(token: &str, password: &str) -> Value {
    json!({ "token": token, "first_name": "Zoë", "last_name": "ÅSA", "password": password })
}

async fn from_invitation_to_removal(world: World) {
    let invited = world
        .call("admin", MEMBERS, json!({ "email": " Zoe@Acme.Example ".trim(), "nickname": "Z" }))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&invited["email"], &invited["role"], &invited["accepted"]),
        (&json!("zoe@acme.example"), &json!("view"), &json!(false))
    );
    assert!(invited.get("name").is_none() && invited.get("user_email").is_none());
    assert_eq!(invited["issuer_id"], json!(world.who("admin").user));
    world.call("admin", MEMBERS, json!({ "email": "ZOE@acme.example" })).await.is(409);
    let joined =
        world.call("", ACCEPT, acceptance(&token(&invited), "a password long enough")).await.is(200).json();
    assert_eq!((&joined["accepted"], &joined["name"]["first"]), (&json!(true), &json!("Zoë")));
    let key = joined["api_key"].as_str().unwrap().to_owned();
    world.get(&key, "/api/v2/campaigns").await.is(200);
    let keys = world.get("owner", "/api/v2/api-keys?limit=1").await.is(200).items();
    assert_eq!(keys[0]["name"], "Zoë ÅSA's first key");
    let refused = world.get(&key, "/api/v2/workspace-members").await.is(403).message();
    assert_eq!(refused, "role: `workspace_members:read` is for owner, admin, manager; yours is view");
    let found = world.get("manager", "/api/v2/workspace-members?search=%C3%A5sa").await.is(200).items();
    assert_eq!(found.len(), 1, "by name, in any case");
    let at = format!("/api/v2/workspace-members/{}", joined["id"].as_str().unwrap());
    assert_eq!(world.get("manager", &at).await.is(200).json()["user_email"], "zoe@acme.example");
    let raised = world.call("admin", &format!("PATCH {at}"), json!({ "role": "sdr" })).await.is(200).json();
    assert_eq!((&raised["role"], &raised["nickname"]), (&json!("sdr"), &json!("Z")));
    let viewer =
        world.call("admin", &format!("PATCH {at}"), json!({ "role": "viewer" })).await.is(200).json();
    assert_eq!(viewer["role"], "view", "an alias");
    world.call("admin", &format!("DELETE {at}"), Value::Null).await.is(200);
    world.get(&key, "/api/v2/campaigns").await.is(401);
    world.get("admin", &at).await.is(404);
    // Invited again, it is the same user, with the same password.
    let again = world.call("admin", MEMBERS, json!({ "email": "zoe@acme.example" })).await.is(200).json();
    let back =
        world.call("", ACCEPT, acceptance(&token(&again), "a password long enough")).await.is(200).json();
    assert_eq!(back["user_id"], joined["user_id"]);
    assert!(
        world.log().await.iter().all(|row| !row.to_string().contains(&token(&again))),
        "no token in the log"
    );
}

async fn links_open_once(world: World) {
    let invited = world.call("owner", MEMBERS, json!({ "email": "a@b.example" })).await.is(200).json();
    let (id, first) = (invited["id"].as_str().unwrap(), token(&invited));
    let resend = format!("POST /api/v2/workspace-members/{id}/resend");
    let resent = world.call("admin", &resend, Value::Null).await.is(200).json();
    let second = token(&resent);
    let dead = world.call("", ACCEPT, acceptance(&first, "a password long enough")).await.is(400);
    let never = world.call("", ACCEPT, acceptance("never", "a password long enough")).await.is(400);
    world.call("", ACCEPT, acceptance(&second, "a password long enough")).await.is(200);
    let twice = world.call("", ACCEPT, acceptance(&second, "a password long enough")).await.is(400);
    assert!(dead.face() == never.face() && dead.face() == twice.face());
    assert_eq!(world.call("admin", &resend, Value::Null).await.is(200).json().get("invitation_url"), None);
    let late = world.call("owner", MEMBERS, json!({ "email": "late@b.example" })).await.is(200).json();
    world.wait(7 * 24 * 60 * 60 * 1000);
    assert_eq!(
        world.call("", ACCEPT, acceptance(&token(&late), "a password long enough")).await.face(),
        dead.face()
    );
    let many = world.call("owner", MEMBERS, json!({ "email": "many@b.example" })).await.is(200).json();
    let body = acceptance(&token(&many), "a password long enough");
    let all = futures::future::join_all((0..8).map(|_| world.call("", ACCEPT, body.clone()))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 1, "exactly one of eight at once");
}

async fn roles_have_their_order(world: World) {
    let at = |who: &str| format!("/api/v2/workspace-members/{}", world.who(who).member.unwrap());
    let patch = async |who: &str, whom: &str, role: &str| {
        world.call(who, &format!("PATCH {}", at(whom)), json!({ "role": role })).await
    };
    for who in ["admin", "owner", "robot"] {
        patch(who, "owner", "admin").await.is(403);
        patch(who, "sdr", "owner").await.is(403);
        world.call(who, &format!("DELETE {}", at("owner")), Value::Null).await.is(403);
        world.call(who, MEMBERS, json!({ "email": "a@b.example", "role": "owner" })).await.is(403);
    }
    for who in ["manager", "editor", "member", "sdr", "view", "client"] {
        patch(who, "view", "sdr").await.is(403);
    }
    patch("admin", "manager", "admin").await.is(200);
    patch("manager", "view", "editor").await.is(200);
    assert_eq!(
        world
            .call("admin", &format!("PATCH {}", at("owner")), json!({ "nickname": "Boss" }))
            .await
            .is(200)
            .json()["nickname"],
        "Boss"
    );
}

async fn narrow_keys_make_nobody_great(mut world: World) {
    let home = world.home;
    scene::key(&mut world, Key::of_workspace(home, "clerk", json!(["workspace_members:all"]))).await;
    let at = |who: &str| format!("/api/v2/workspace-members/{}", world.who(who).member.unwrap());
    for role in ["admin", "manager"] {
        world.call("clerk", MEMBERS, json!({ "email": "a@b.example", "role": role })).await.is(403);
        world.call("clerk", &format!("PATCH {}", at("sdr")), json!({ "role": role })).await.is(403);
        world.call("clerk", &format!("PATCH {}", at(role)), json!({ "role": "view" })).await.is(403);
        world.call("clerk", &format!("DELETE {}", at(role)), Value::Null).await.is(403);
    }
    world.call("clerk", MEMBERS, json!({ "email": "a@b.example", "role": "editor" })).await.is(200);
    world.call("clerk", &format!("DELETE {}?revoke_keys=true", at("sdr")), Value::Null).await.is(403);
    for (limit, status) in [(Value::Null, 403), (json!([]), 200)] {
        let patch = format!("PATCH {}", at("client"));
        world.call("clerk", &patch, json!({ "tag_limit": limit })).await.is(status);
    }
    world.call("clerk", &format!("DELETE {}", at("sdr")), Value::Null).await.is(200);
}

async fn members_cannot_make_more_than_they_are(mut world: World) {
    let (home, tag) = (world.home, world.tag);
    let narrowed = Member {
        workspace: home,
        name: "clerk",
        role: "admin",
        limit: None,
        permissions: Some(json!(["organization.users.manage"])),
        accepted: true,
    };
    let clerk = scene::member(&world, &narrowed).await;
    scene::key(&mut world, Key::personal(home, "clerk", clerk)).await;
    world.get("clerk", "/api/v2/campaigns").await.is(403);
    for (permissions, status) in
        [(Value::Null, 403), (json!(["campaigns.view"]), 403), (json!(["organization.users.manage"]), 200)]
    {
        let body = json!({ "email": "puppet@acme.example", "role": "admin", "permissions": permissions });
        world.call("clerk", MEMBERS, body).await.is(status);
    }
    let sdr = format!("/api/v2/workspace-members/{}", world.who("sdr").member.unwrap());
    world.call("clerk", &format!("PATCH {sdr}"), json!({ "role": "admin" })).await.is(403);
    world.call("clerk", &format!("DELETE {sdr}"), Value::Null).await.is(403);
    let pending = format!("POST /api/v2/workspace-members/{}/resend", world.who("pending").member.unwrap());
    world.call("clerk", &pending, Value::Null).await.is(403);
    scene::join(&mut world, home, "limited", "admin", Some(json!([tag]))).await;
    world.call("limited", MEMBERS, json!({ "email": "b@acme.example" })).await.is(403);
    assert!(world.get("limited", "/api/v2/workspace-members").await.is(200).items().is_empty());
    assert!(world.get("limited", "/api/v2/audit-logs").await.is(200).items().is_empty());
}

async fn keys_outlive_their_maker_or_not(world: World) {
    let make = async |who: &str| {
        let body = json!({ "name": format!("by {}", &who[..5]), "scopes": ["all:all"] });
        world.call(who, "POST /api/v2/api-keys", body).await.is(200).json()["key"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = make("admin").await;
    let second = make(&first).await;
    let at = format!("/api/v2/workspace-members/{}", world.who("admin").member.unwrap());
    let lowered = world.call("owner", &format!("PATCH {at}"), json!({ "role": "view" })).await.is(200).json();
    assert_eq!(
        lowered["keys_made"].as_array().unwrap().len(),
        2,
        "the key that a key made counts as the maker's"
    );
    world.get(&second, "/api/v2/audit-logs").await.is(200);
    let own =
        world.call(&second, &format!("DELETE {at}?revoke_keys=true"), Value::Null).await.is(403).message();
    assert!(own.contains("the key that makes this call"), "{own}");
    let gone =
        world.call("owner", &format!("DELETE {at}?revoke_keys=true"), Value::Null).await.is(200).json();
    assert_eq!(gone["keys_made"].as_array().unwrap().len(), 2);
    for key in [&first, &second] {
        world.get(key, "/api/v2/campaigns").await.is(401);
    }
}

async fn lists_and_limits_of_a_day(world: World) {
    let pending = world.get("manager", "/api/v2/workspace-members?accepted=false").await.is(200).items();
    assert_eq!(pending.len(), 1);
    let accepted =
        world.get("manager", "/api/v2/workspace-members?accepted=true&limit=100").await.is(200).items();
    assert_eq!(accepted.len(), 8);
    let mut sent = 0;
    loop {
        let answer = world.call("owner", MEMBERS, json!({ "email": format!("n{sent}@b.example") })).await;
        if answer.status == 429 {
            assert!(answer.message().contains("100 invitations a day"));
            break;
        }
        sent += 1;
        assert!(sent <= 100 && answer.status == 200);
    }
    assert_eq!(sent, 100);
    world.wait(24 * 60 * 60 * 1000);
    world
        .call("owner", MEMBERS, json!({ "email": "tomorrow@b.example", "tag_limit": [world.tag] }))
        .await
        .is(200);
    let at = format!("PATCH /api/v2/workspace-members/{}", world.who("sdr").member.unwrap());
    let limited = world.call("owner", &at, json!({ "tag_limit": [world.tag] })).await.is(200).json();
    assert_eq!(limited["tag_limit"], json!([world.tag]));
    world.call("owner", &at, json!({ "tag_limit": [MISSING] })).await.is(400);
    assert_eq!(
        world.call("owner", &at, json!({ "tag_limit": null })).await.is(200).json().get("tag_limit"),
        None
    );
}

async fn passwords_are_not_for_guessing(world: World) {
    let first = world.call("owner", MEMBERS, json!({ "email": "v@b.example" })).await.is(200).json();
    world.call("", ACCEPT, acceptance(&token(&first), "the real one of all")).await.is(200);
    let second = world.call("stranger", MEMBERS, json!({ "email": "v@b.example" })).await.is(200).json();
    let guesses =
        (0..30).map(|_| world.call("", ACCEPT, acceptance(&token(&second), "a guess at it, as long")));
    let answers = futures::future::join_all(guesses).await.into_iter().map(|answer| answer.is(400).message());
    let tried =
        answers.filter(|answer| answer.starts_with("body/password must be the current password")).count();
    assert_eq!(tried, 5, "many at once, and five are looked at");
    let closed =
        world.call("", ACCEPT, acceptance(&token(&second), "the real one of all")).await.is(400).message();
    assert!(closed.starts_with("body/token"), "{closed}");
    let log = world.get("stranger", "/api/v2/audit-logs?search=accept").await.is(200).items();
    assert_eq!(log.len(), 5, "each try is recorded");
}

async fn role_names_are_taken_in_any_case(world: World) {
    for (n, (given, kept)) in [("Manager", "manager"), ("SDR", "sdr"), ("vIEWER", "view"), ("ADMIN", "admin")]
        .into_iter()
        .enumerate()
    {
        let body = json!({ "email": format!("r{n}@x.example"), "role": given });
        let made = world.call("owner", MEMBERS, body).await.is(200).json();
        assert_eq!(made["role"], kept);
        let body = json!({ "email": format!("v{n}@x.example"), "role": given });
        let older = world.call("owner", "POST /api/v1/team/invite", body).await.is(200).json();
        assert_eq!(older["role"], kept);
        let at = format!("PATCH /api/v2/workspace-members/{}", made["id"].as_str().unwrap());
        assert_eq!(
            world.call("owner", &at, json!({ "role": "Editor" })).await.is(200).json()["role"],
            "editor"
        );
        let body = json!({ "default_member_role": given });
        let saved = world.call("owner", "PATCH /api/v2/workspaces/current", body).await.is(200).json();
        assert_eq!(saved["default_member_role"], kept);
    }
    // Another spelling does not give a role that the caller cannot give.
    world.call("admin", MEMBERS, json!({ "email": "o@x.example", "role": "Owner" })).await.is(403);
    for wrong in ["Managers", " manager", "", "MANAGER "] {
        let said =
            world.call("owner", MEMBERS, json!({ "email": "w@x.example", "role": wrong })).await.is(400);
        assert!(said.message().starts_with("body/role must be"), "{}", said.message());
    }
}

async fn accounts_wait_for_the_invited(world: World) {
    for email in ["a@out.example", "b@out.example", "gone@out.example"] {
        world.connect("owner", email, None).await;
    }
    let of = async |email: &str| {
        world.get("owner", &format!("/api/v2/accounts/{email}")).await.is(200).json()["assigned_to"].clone()
    };
    let campaign = world.create("owner", "owner's", "team").await;
    let send = json!({ "email_list": ["a@out.example"] });
    world.call("owner", &format!("PATCH /api/v2/campaigns/{campaign}"), send).await.is(200);
    let accounts = json!(["B@out.example", "a@out.example", "gone@out.example", "a@out.example"]);
    let body = json!({ "email": "new@x.example", "role": "Member", "accounts": accounts });
    let invited = world.call("admin", MEMBERS, body).await.is(200).json();
    let at = format!("/api/v2/workspace-members/{}", invited["id"].as_str().unwrap());
    let all = json!(["a@out.example", "b@out.example", "gone@out.example"]);
    assert_eq!(invited["accounts"], all);
    assert_eq!(world.get("admin", &at).await.is(200).json()["accounts"], all);
    let row = world.log().await.into_iter().find(|row| row["activity_type"] == 1005).unwrap();
    assert!(row.to_string().contains("b@out.example"), "{row}");
    assert!(of("a@out.example").await.is_null(), "until they accept");
    world.call("owner", "DELETE /api/v2/accounts/gone@out.example", Value::Null).await.is(200);
    let listed = world.get("admin", "/api/v2/workspace-members?accepted=false").await.is(200).items();
    assert_eq!(listed[0]["accounts"], json!(["a@out.example", "b@out.example"]));
    let resent = world.call("admin", &format!("POST {at}/resend"), Value::Null).await.is(200).json();
    assert_eq!(resent["accounts"], listed[0]["accounts"]);
    let joined =
        world.call("", ACCEPT, acceptance(&token(&resent), "a password long enough")).await.is(200).json();
    assert!(joined.get("accounts").is_none());
    for email in ["a@out.example", "b@out.example"] {
        assert_eq!(of(email).await, invited["id"], "{email}");
    }
    // Nobody else sends from it any more, and the log says what became of it.
    let shown = world.get("owner", &format!("/api/v2/campaigns/{campaign}")).await.is(200).json();
    assert_eq!(shown["email_list"], json!([]));
    let row =
        world.log().await.into_iter().find(|row| row.to_string().contains("assigned_accounts")).unwrap();
    assert!(row.to_string().contains("taken_off_campaigns"), "{row}");
    let key = joined["api_key"].as_str().unwrap();
    let mut own = scene::campaign("own");
    own["email_list"] = json!(["a@out.example", "b@out.example"]);
    world.call(key, "POST /api/v2/campaigns", own).await.is(200);
}

async fn accounts_that_went_elsewhere_stay_there(world: World) {
    let sdr = world.who("sdr").clone();
    for email in ["free@out.example", "later@out.example"] {
        world.connect("owner", email, None).await;
    }
    world.connect("owner", "taken@out.example", sdr.member).await;
    let invite = async |who: &str, role: &str, accounts: Value| {
        let email = format!("{}@x.example", world.app.new_id());
        world.call(who, MEMBERS, json!({ "email": email, "role": role, "accounts": accounts })).await
    };
    // Assigned, missing, another workspace's: one answer. A role that does not send gets none.
    for wrong in ["taken@out.example", "none@out.example"] {
        let said = invite("owner", "sdr", json!(["free@out.example", wrong])).await.is(400).message();
        assert_eq!(said, "body/accounts/1 must be an unassigned sending account in this workspace");
    }
    invite("stranger", "sdr", json!(["free@out.example"])).await.is(400);
    invite("owner", "view", json!(["free@out.example"])).await.is(400);
    let first = invite("owner", "sdr", json!(["free@out.example", "later@out.example"])).await.is(200).json();
    let second = invite("owner", "sdr", json!(["free@out.example"])).await.is(200).json();
    let demoted = invite("owner", "sdr", json!(["free@out.example"])).await.is(200).json();
    let at = format!("PATCH /api/v2/workspace-members/{}", demoted["id"].as_str().unwrap());
    world.call("owner", &at, json!({ "role": "view" })).await.is(200);
    let give = json!({ "assigned_to": sdr.member });
    world.call("owner", "PATCH /api/v2/accounts/later@out.example", give).await.is(200);
    for invited in [&demoted, &first, &second] {
        world.call("", ACCEPT, acceptance(&token(invited), "a password long enough")).await.is(200);
    }
    let of = async |email: &str| {
        world.get("owner", &format!("/api/v2/accounts/{email}")).await.is(200).json()["assigned_to"].clone()
    };
    assert_eq!(of("free@out.example").await, first["id"], "the role of one does not send; of two the first");
    assert_eq!(of("later@out.example").await, json!(sdr.member));
    let rows = world.log().await;
    let left = rows.iter().filter(|row| row.to_string().contains("accounts_not_assigned"));
    assert_eq!(left.count(), 3, "each acceptance says what it did not get");
    // A removed invitation forgets its accounts.
    world.connect("owner", "back@out.example", None).await;
    let third = invite("owner", "sdr", json!(["back@out.example"])).await.is(200).json();
    let at = format!("DELETE /api/v2/workspace-members/{}", third["id"].as_str().unwrap());
    world.call("owner", &at, Value::Null).await.is(200);
    assert!(of("back@out.example").await.is_null());
}

/// The rights of the inviter are checked again when the person accepts.
async fn accounts_stay_where_the_inviter_cannot_assign_them(mut world: World) {
    let (home, tag) = (world.home, world.tag);
    for name in ["lowered", "dismissed", "limited"] {
        scene::join(&mut world, home, name, "admin", None).await;
    }
    let member = |name: &str| format!("/api/v2/workspace-members/{}", world.who(name).member.unwrap());
    let key = world.get("owner", "/api/v2/api-keys").await.is(200).items();
    let robot = key.iter().find(|key| key["name"] == "robot").unwrap()["id"].as_str().unwrap().to_owned();
    let of = |invited: &Value| invited["id"].as_str().unwrap().to_owned();
    let mut invited = Vec::new();
    for who in ["lowered", "dismissed", "limited", "robot", "admin"] {
        let email = format!("{who}@out.example");
        world.connect("owner", &email, None).await;
        let body = json!({ "email": format!("new-{who}@x.example"), "role": "sdr", "accounts": [email] });
        invited.push((who, world.call(who, MEMBERS, body).await.is(200).json()));
    }
    let lower = json!({ "role": "manager" });
    world.call("owner", &format!("PATCH {}", member("lowered")), lower).await.is(200);
    world.call("owner", &format!("DELETE {}", member("dismissed")), Value::Null).await.is(200);
    let limit = json!({ "tag_limit": [tag] });
    world.call("owner", &format!("PATCH {}", member("limited")), limit).await.is(200);
    world.call("owner", &format!("DELETE /api/v2/api-keys/{robot}"), Value::Null).await.is(200);
    for (who, invited) in invited {
        let joined = acceptance(&token(&invited), "a password long enough");
        world.call("", ACCEPT, joined).await.is(200);
        let account = world.get("owner", &format!("/api/v2/accounts/{who}@out.example")).await.is(200).json();
        let rows: Vec<String> = world.log().await.iter().map(Value::to_string).collect();
        let row = rows
            .iter()
            .find(|row| {
                row.contains(&of(&invited))
                    && (row.contains("assigned_accounts") || row.contains("cannot_assign"))
            })
            .unwrap();
        let says = |text: &str| row.contains(text);
        if who == "admin" {
            assert_eq!(account["assigned_to"], invited["id"], "nothing has changed for this inviter");
            assert!(says("assigned_accounts") && !says("accounts_inviter_cannot_assign"), "{row}");
        } else {
            assert!(account["assigned_to"].is_null(), "{who}");
            assert!(says("accounts_inviter_cannot_assign") && !says("assigned_accounts"), "{who}: {row}");
        }
    }
}

async fn an_admin_workspace_promises_accounts_too(mut world: World) {
    let (sub, link) = world.sub_of("owner", "sub").await;
    for email in ["first@out.example", "second@out.example"] {
        world.connect("sub", email, None).await;
    }
    let invite = async |email: &str| {
        let body = json!({ "email": format!("new-{email}"), "role": "sdr", "accounts": [email] });
        world.call_as("owner", sub, MEMBERS, body).await.is(200).json()
    };
    let (first, second) = (invite("first@out.example").await, invite("second@out.example").await);
    let of = async |email: &str| {
        world.get("sub", &format!("/api/v2/accounts/{email}")).await.is(200).json()["assigned_to"].clone()
    };
    world.call("", ACCEPT, acceptance(&token(&first), "a password long enough")).await.is(200);
    assert_eq!(of("first@out.example").await, first["id"]);
    // With the sub-workspace's consent ends what the admin workspace could assign.
    world.delegates("sub", json!({ "read_only": true })).await.is(200);
    world.call("", ACCEPT, acceptance(&token(&second), "a password long enough")).await.is(200);
    assert!(of("second@out.example").await.is_null(), "{link}");
}

async fn a_page_holds_a_hundred(mut world: World) {
    let (home, scopes) = (world.home, json!(["campaigns:read"]));
    for n in 0..12 {
        scene::key(&mut world, Key::of_workspace(home, &format!("k{n}"), scopes.clone())).await;
        world.call("owner", MEMBERS, json!({ "email": format!("m{n}@x.example") })).await.is(200);
    }
    for path in ["/api/v2/api-keys", "/api/v2/workspace-members"] {
        let all = world.get("owner", path).await.is(200).json();
        assert!(
            all["items"].as_array().unwrap().len() > 12 && all.get("next_starting_after").is_none(),
            "{path}"
        );
        let some = world.get("owner", &format!("{path}?limit=5")).await.is(200).json();
        assert!(
            some["items"].as_array().unwrap().len() == 5 && some["next_starting_after"].is_string(),
            "{path}"
        );
    }
}
