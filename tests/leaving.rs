//! Off-boarding: what a member has goes to others, and nothing of them is left.

use crate::support::html::forms;
use crate::support::scene;
use crate::support::{World, on_both};
use gatepost::db::sql;
use serde_json::{Value, json};
use uuid::Uuid;

on_both! {
    nothing_of_a_member_is_left a_hand_over_is_all_or_nothing each_kind_can_go_to_somebody_else
    a_successor_must_be_able_to_hold_it who_cannot_be_off_boarded it_takes_the_rights_of_each_part
    what_changed_meanwhile_is_a_conflict campaigns_keep_what_their_new_owner_can_use without_a_successor_nobody_owns_it a_page_hands_over
}

/// Columns that say who did something once, or what a person is elsewhere.
const HISTORY: [(&str, &str); 14] = [
    ("accounts", "added_by"),
    ("accounts", "modified_by"),
    ("audit_log", "member_id"),
    ("audit_log", "user_id"),
    ("factors", "user_id"),
    ("lead_imports", "user_id"),
    ("lead_labels", "created_by"),
    ("leads", "uploaded_by_user"),
    ("recovery_codes", "user_id"),
    ("sends", "owner_id"),
    ("user_links", "user_id"),
    ("users", "id"),
    ("users", "last_workspace_id"),
    ("uses", "principal_id"),
];

/// Every column of the database that holds an id.
async fn columns(world: &World) -> Vec<(String, String)> {
    let all = match world.url.starts_with("postgres") {
        true => {
            "select table_name, column_name from information_schema.columns \
             where table_schema = current_schema() and data_type = 'uuid'"
        }
        false => {
            "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c \
             where t.type = 'table' and c.type = 'uuid'"
        }
    };
    sql(all).all(&world.reader).await.unwrap()
}

/// Where a member is still named, other than as history, and what still counts of it.
async fn left(world: &World, ids: &[Uuid]) -> Vec<String> {
    let mut found = Vec::new();
    let all = columns(world).await;
    assert!(all.len() > 60, "{}", all.len());
    for (table, column) in all {
        if HISTORY.contains(&(table.as_str(), column.as_str())) {
            continue;
        }
        let counts = match table.as_str() {
            "api_keys" => " and revoked_at is null",
            "jobs" => " and kind <> 'mail' and status in ('pending', 'in-progress')",
            "sessions" => " and workspace_id = $2",
            _ => "",
        };
        for id in ids {
            let text = format!("select count(*) from {table} where {column} = $1{counts}");
            let mut count = sql(text).bind(*id);
            if table == "sessions" {
                count = count.bind(world.home);
            }
            let count: i64 = count.optional(&world.reader).await.unwrap().unwrap();
            if count > 0 {
                found.push(format!("{table}.{column}: {count}"));
            }
        }
    }
    found
}

/// An admin with something of every kind. Gives the member, the user, and a key that they have made.
async fn busy(world: &mut World) -> (Uuid, Uuid, String) {
    let home = world.home;
    let (member, user) = scene::join(world, home, "bea", "admin", None).await;
    for name in ["Spring", "Summer"] {
        world.create("bea", name, "private").await;
    }
    let other = world.create("owner", "Autumn", "team").await;
    let line = format!("PATCH /api/v2/campaigns/{other}");
    world.call("owner", &line, json!({ "collaborators": [member] })).await.is(200);
    for email in ["bea.1@outreach.example", "bea.2@outreach.example"] {
        world.connect("owner", email, Some(member)).await;
    }
    let list = world.call("bea", "POST /api/v2/lead-lists", json!({ "name": "Fairs" })).await.is(200).id();
    for name in ["Ada", "Bob", "Cleo"] {
        let lead = json!({ "list_id": list, "first_name": name, "assigned_to": user });
        world.call("bea", "POST /api/v2/leads", lead).await.is(200);
    }
    let hook = json!({ "target_hook_url": "https://hooks.example/bea", "event_type": "reply_received" });
    world.call("bea", "POST /api/v2/webhooks", hook).await.is(200);
    let invite = json!({ "email": "later@acme.example", "role": "view" });
    world.call("bea", "POST /api/v2/workspace-members", invite).await.is(200);
    let assign = json!({ "organization_user_ids": [user], "ids": [], "filter": null });
    world.call("bea", "POST /api/v2/leads/bulk-assign", leads_of(assign, &list)).await.is(202);
    let key = json!({ "name": "made", "scopes": ["all:all"] });
    let key = world.call("bea", "POST /api/v2/api-keys", key).await.is(200).json();
    (member, user, key["key"].as_str().unwrap().to_owned())
}

/// A selection of leads, by their list.
fn leads_of(body: Value, list: &str) -> Value {
    let mut body = body;
    let fields = body.as_object_mut().unwrap();
    fields.remove("ids");
    fields.remove("filter");
    fields.insert("list_id".to_owned(), json!(list));
    body
}

/// How many records of each kind an off-boarding handed over or ended.
fn handed(done: &Value) -> [i64; 8] {
    let count = |name: &str| done[name].as_array().map_or(done[name].as_i64(), |all| Some(all.len() as i64));
    [
        "campaigns",
        "collaborations",
        "accounts",
        "leads",
        "lists",
        "webhooks_paused",
        "invitations_withdrawn",
        "jobs_cancelled",
    ]
    .map(|name| count(name).unwrap())
}

fn off_board(member: Uuid) -> String {
    format!("POST /api/v2/workspace-members/{member}/off-board")
}

async fn campaigns_keep_what_their_new_owner_can_use(mut world: World) {
    let home = world.home;
    let (member, _) = scene::join(&mut world, home, "cy", "editor", None).await;
    world.connect("owner", "cy@outreach.example", Some(member)).await;
    let mut body = scene::campaign("Spring");
    body["email_list"] = json!(["cy@outreach.example"]);
    let campaign = world.call("cy", "POST /api/v2/campaigns", body).await.is(200).id();
    // The account becomes unassigned, and an owner can use unassigned accounts.
    let body = json!({ "campaigns": world.who("owner").member });
    let done = world.call("owner", &off_board(member), body).await.is(200).json();
    assert_eq!(done["taken_off_campaigns"], json!([]), "{done}");
    let kept = world.get("owner", &format!("/api/v2/campaigns/{campaign}")).await.is(200).json();
    assert_eq!(kept["email_list"], json!(["cy@outreach.example"]));
}

async fn nothing_of_a_member_is_left(mut world: World) {
    let (member, user, key) = busy(&mut world).await;
    let path = format!("/api/v2/workspace-members/{member}/belongings");
    let has = world.get("owner", &path).await.is(200).json();
    let count = |kind: &str| has[kind]["count"].as_i64().unwrap();
    assert_eq!(
        (count("campaigns"), count("accounts"), count("lists"), &has["leads"]),
        (2, 2, 1, &json!(3)),
        "{has}"
    );
    assert_eq!((count("webhooks"), count("invitations"), &has["collaborations"]), (1, 1, &json!(1)), "{has}");
    assert_eq!((count("personal_keys"), &has["sessions"], &has["jobs"]), (1, &json!(1), &json!(1)), "{has}");
    assert_eq!(has["keys_made"][0]["name"], "made");
    assert!(!left(&world, &[member, user]).await.is_empty(), "the search finds something");
    let body =
        json!({ "successor": world.who("manager").member, "revoke_keys": true, "expect": has["state"] });
    let before = world.log().await.len();
    let done = world.call("owner", &off_board(member), body).await.is(200).json();
    assert_eq!(handed(&done), [2, 1, 2, 3, 1, 1, 1, 1], "{done}");
    assert_eq!(left(&world, &[member, user]).await, Vec::<String>::new());
    for who in ["bea", "bea's session", key.as_str()] {
        world.get(who, "/api/v2/campaigns").await.is(401);
    }
    let manager = world.who("manager").clone();
    let campaigns = world.get("manager", "/api/v2/campaigns?limit=100").await.items();
    let own: Vec<_> = campaigns.iter().filter(|one| one["owned_by"] == json!(manager.user)).collect();
    assert_eq!(own.len(), 2, "also private ones");
    let accounts = world.get("owner", "/api/v2/accounts?limit=100").await.items();
    assert_eq!(accounts.iter().filter(|one| one["assigned_to"] == json!(manager.member)).count(), 2);
    let hooks = world.get("owner", "/api/v2/webhooks").await.items();
    assert_eq!(hooks[0]["status"], -1);
    // A row for each part, and one for the whole.
    let all = world.log().await;
    let rows: Vec<_> = all.iter().filter(|row| row["audit_metadata"]["refused_by"].is_null()).collect();
    let new: Vec<_> =
        rows.iter().take(rows.len() - before).map(|row| row["action"].as_str().unwrap()).collect();
    let expected = [
        "workspace_members:off_board",
        "workspace_members:delete",
        "workspace_members:delete",
        "lead_lists:update",
        "leads:assign",
        "campaigns:update",
        "accounts:assign",
    ];
    assert_eq!(new, expected);
    let (whole, ids) =
        (&rows[0]["audit_metadata"]["changes"], &rows[5]["audit_metadata"]["changes"]["campaigns"]);
    assert_eq!(whole["successors"][1]["campaigns"], json!(manager.member), "{whole}");
    assert_eq!(ids[1].as_array().unwrap().len(), 2, "{ids}");
}

async fn a_hand_over_is_all_or_nothing(mut world: World) {
    let (member, _, key) = busy(&mut world).await;
    let path = format!("/api/v2/workspace-members/{member}/belongings");
    let (before, rows) = (world.get("owner", &path).await.json(), world.log().await.len());
    // Campaigns, accounts and leads have changed hands when the last successor turns out to be unable.
    let manager = json!(world.who("manager").member);
    let wrong = json!({ "successor": manager, "lists": world.who("view").member, "revoke_keys": true });
    world.call("owner", &off_board(member), wrong).await.is(400);
    let body = json!({ "successor": manager, "revoke_keys": true });
    assert_eq!(world.get("owner", &path).await.is(200).json(), before);
    assert_eq!(world.log().await.len(), rows);
    world.get(&key, "/api/v2/campaigns").await.is(200);
    world.call("owner", &off_board(member), body).await.is(200);
    world.get("owner", &path).await.is(404);
}

async fn each_kind_can_go_to_somebody_else(mut world: World) {
    let (member, _, key) = busy(&mut world).await;
    let email = world.email("admin").await;
    let body = json!({
        "successor": world.who("manager").user, "campaigns": email, "leads": world.who("sdr").member,
    });
    let done = world.call("owner", &off_board(member), body).await.is(200).json();
    assert_eq!((&done["campaigns"], &done["leads"]), (&json!(2), &json!(3)));
    assert_eq!(done["member"]["keys_made"][0]["name"], "made");
    world.get(&key, "/api/v2/campaigns").await.is(200);
    let of = async |who: &str, path: &str, field: &str, id: Option<Uuid>| {
        let all = world.get(who, path).await.is(200).items();
        all.iter().filter(|one| one[field] == json!(id)).count()
    };
    let (admin, manager) = (world.who("admin"), world.who("manager"));
    assert_eq!(of("owner", "/api/v2/campaigns?limit=100", "owned_by", admin.user).await, 2);
    assert_eq!(of("owner", "/api/v2/accounts?limit=100", "assigned_to", manager.member).await, 2);
    assert_eq!(of("owner", "/api/v2/lead-lists?limit=100", "owned_by", manager.user).await, 1);
    let leads = world.call("sdr", "POST /api/v2/leads/list", json!({})).await.is(200).items();
    assert_eq!(leads.len(), 3);
}

async fn a_successor_must_be_able_to_hold_it(mut world: World) {
    let home = world.home;
    let (member, ..) = busy(&mut world).await;
    let limit = json!([world.tag]);
    let (narrow, _) = scene::join(&mut world, home, "narrow", "manager", Some(limit)).await;
    let id = |name: &str| json!(world.who(name).member);
    for (field, who, why) in [
        ("successor", id("view"), "whose role can have"),
        ("successor", id("client"), "whose role can have"),
        ("campaigns", id("sdr"), "whose role can have campaigns"),
        ("accounts", id("view"), "whose role can have sending accounts"),
        ("leads", id("view"), "whose role can have leads"),
        ("lists", id("view"), "whose role can have lead lists"),
        ("successor", json!(narrow), "without a tag limit"),
        ("successor", json!(member), "must be another member"),
        ("successor", id("pending"), "must be an accepted member of the workspace"),
        ("leads", id("stranger"), "must be an accepted member of the workspace"),
        ("lists", json!("nobody@acme.example"), "must be an accepted member of the workspace"),
    ] {
        let mut body = json!({ "successor": world.who("manager").member });
        body[field] = who;
        let told = world.call("owner", &off_board(member), body).await.is(400).message();
        assert!(told.starts_with(&format!("body/{field} must be")) && told.contains(why), "{told}");
    }
    assert_eq!(world.get("owner", &format!("/api/v2/workspace-members/{member}")).await.status.as_u16(), 200);
}

async fn who_cannot_be_off_boarded(world: World) {
    let body = json!({ "successor": world.who("manager").member });
    let of = |name: &str| off_board(world.who(name).member.unwrap());
    let told = world.call("admin", &of("owner"), body.clone()).await.is(403).message();
    assert!(told.contains("the owner's role changes only"), "{told}");
    let told = world.call("admin", &of("admin"), body.clone()).await.is(403).message();
    assert!(told.contains("you cannot off-board yourself"), "{told}");
    world.call("stranger", &of("sdr"), json!({})).await.is(404);
    for who in ["manager", "editor", "member", "sdr", "view", "client", "reader"] {
        world.call(who, &of("view"), body.clone()).await.is(403);
        let path = format!("/api/v2/workspace-members/{}/belongings", world.who("view").member.unwrap());
        world.get(who, &path).await.is(403);
    }
    world.call("admin", &of("view"), json!({ "successor": null, "wrong": 1 })).await.is(400);
    world.call("admin", &of("view"), json!({})).await.is(200);
    // An invitation is withdrawn.
    world.call("owner", &of("pending"), json!({})).await.is(200);
}

/// An admin without a right has to leave the parts to others.
async fn it_takes_the_rights_of_each_part(mut world: World) {
    let (member, ..) = busy(&mut world).await;
    let narrow = json!({
        "name": "narrow", "scopes": ["workspace_members:all", "campaigns:all", "accounts:all", "leads:all", "lead_lists:all"],
    });
    let key = world.call("owner", "POST /api/v2/api-keys", narrow).await.is(200).json();
    let key = key["key"].as_str().unwrap();
    let body = json!({ "successor": world.who("manager").member });
    // Removing an admin requires `all:all`.
    world.call(key, &off_board(member), body.clone()).await.is(403);
    let line = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("owner", &line, json!({ "role": "editor" })).await.is(200);
    let less =
        json!({ "name": "less", "scopes": ["workspace_members:all", "campaigns:all", "accounts:all"] });
    let less = world.call("owner", "POST /api/v2/api-keys", less).await.is(200).json();
    let less = less["key"].as_str().unwrap();
    let told = world.call(less, &off_board(member), body.clone()).await.is(403).message();
    assert!(told.contains("leads:assign"), "{told}");
    world.call(key, &off_board(member), body).await.is(200);
}

async fn what_changed_meanwhile_is_a_conflict(mut world: World) {
    let (member, ..) = busy(&mut world).await;
    let path = format!("/api/v2/workspace-members/{member}/belongings");
    let state = async |world: &World| world.get("owner", &path).await.is(200).json()["state"].clone();
    let seen = state(&world).await;
    assert_eq!(seen, state(&world).await, "it does not change by itself");
    world.create("bea", "Winter", "team").await;
    let body = json!({ "successor": world.who("manager").member, "expect": seen });
    let told = world.call("owner", &off_board(member), body).await.is(409).message();
    assert!(told.contains("has changed since you looked"), "{told}");
    let body = json!({ "successor": world.who("manager").member, "expect": state(&world).await });
    world.call("owner", &off_board(member), body).await.is(200);
}

async fn without_a_successor_nobody_owns_it(mut world: World) {
    let (member, user, _) = busy(&mut world).await;
    let body = json!({ "successor": null, "revoke_keys": true });
    let done = world.call("owner", &off_board(member), body).await.is(200).json();
    assert_eq!((&done["campaigns"], &done["leads"], &done["accounts"]), (&json!(2), &json!(3), &json!(0)));
    assert_eq!(left(&world, &[member, user]).await, Vec::<String>::new());
    let campaigns = world.get("owner", "/api/v2/campaigns?limit=100").await.items();
    let spring = campaigns.iter().find(|one| one["name"] == "Spring").unwrap();
    assert_eq!(spring["owned_by"], Value::Null);
}

async fn a_page_hands_over(mut world: World) {
    let (member, user, key) = busy(&mut world).await;
    let path = world.at(&format!("/members/{member}/remove"));
    let html = world.page("owner's session", &path).await.is(200).text();
    assert!(
        html.contains(
            "2 campaigns, 2 sending accounts, 3 leads, 1 lead list, 1 webhook, 1 pending invitation"
        ),
        "{html}"
    );
    let form = world.form("owner's session", &path, "/off-board").await;
    let manager = world.who("manager").member.unwrap();
    // A successor who cannot hold it comes back with the form.
    let view = form.clone().with("successor", &world.who("view").member.unwrap().to_string());
    let back = world.posts("owner's session", &view).await.is(400).text();
    assert!(back.contains("whose role can have"), "{back}");
    assert!(forms(&back).iter().any(|form| form.action.ends_with("/off-board")));
    let done = form.with("successor", &manager.to_string()).with("revoke_keys", "true");
    world.posts("owner's session", &done).await.is(303);
    assert_eq!(left(&world, &[member, user]).await, Vec::<String>::new());
    world.get(&key, "/api/v2/campaigns").await.is(401);
    // An invitation is only withdrawn.
    let pending = world.at(&format!("/members/{}/remove", world.who("pending").member.unwrap()));
    let html = world.page("owner's session", &pending).await.is(200).text();
    assert!(!html.contains("/off-board"), "{html}");
}
