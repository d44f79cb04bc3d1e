//! The people and keys that exist when a test begins.

use super::{Person, ROLES, World};
use gatepost::auth;
use gatepost::db::{Json, sql};
use gatepost::time::Time;
use serde_json::{Value, json};
use uuid::Uuid;

/// A future member, written directly into the database.
pub struct Member<'a> {
    pub workspace: Uuid,
    pub name: &'a str,
    pub role: &'a str,
    pub limit: Option<Value>,
    pub permissions: Option<Value>,
    pub accepted: bool,
}

/// A future key. If it has a member, it is a personal key.
pub struct Key<'a> {
    pub workspace: Uuid,
    pub name: &'a str,
    pub member: Option<(Uuid, Uuid)>,
    pub scopes: Value,
    pub limit: Option<Value>,
    pub ceiling: Option<&'a str>,
    pub expires: Option<Time>,
    pub revoked: bool,
}

impl<'a> Key<'a> {
    pub fn personal(workspace: Uuid, name: &'a str, member: (Uuid, Uuid)) -> Self {
        let scopes = json!(["all:all"]);
        Key {
            workspace,
            name,
            member: Some(member),
            scopes,
            limit: None,
            ceiling: None,
            expires: None,
            revoked: false,
        }
    }

    pub fn of_workspace(workspace: Uuid, name: &'a str, scopes: Value) -> Self {
        let ceiling = Some("owner");
        Key { workspace, name, member: None, scopes, limit: None, ceiling, expires: None, revoked: false }
    }
}

pub async fn set(world: &mut World) {
    world.home = workspace(world, "home").await;
    world.away = workspace(world, "away").await;
    world.tag = tag(world, world.home, "client's").await;
    let home = world.home;
    for role in ROLES {
        let limit = (role == "client").then(|| json!([world.tag]));
        join(world, home, role, role, limit).await;
    }
    join(world, world.away, "stranger", "owner", None).await;
    let keys = [
        Key::of_workspace(home, "robot", json!(["all:all"])),
        Key::of_workspace(home, "reader", json!(["campaigns:read"])),
        Key { revoked: true, ..Key::of_workspace(home, "revoked", json!(["all:all"])) },
        Key { expires: Some(Time(1)), ..Key::of_workspace(home, "expired", json!(["all:all"])) },
    ];
    for new in keys {
        key(world, new).await;
    }
    let pending = Member {
        workspace: home,
        name: "pending",
        role: "admin",
        limit: None,
        permissions: None,
        accepted: false,
    };
    let pending = member(world, &pending).await;
    key(world, Key::personal(home, "pending", pending)).await;
    key(world, Key::personal(home, "removed", (world.app.new_id(), world.app.new_id()))).await;
}

/// A member with a personal key, both with the same name.
pub async fn join(
    world: &mut World,
    workspace: Uuid,
    name: &str,
    role: &str,
    limit: Option<Value>,
) -> (Uuid, Uuid) {
    let new = Member { workspace, name, role, limit, permissions: None, accepted: true };
    let ids = member(world, &new).await;
    key(world, Key::personal(workspace, name, ids)).await;
    session(world, workspace, name, ids.1).await;
    ids
}

/// A further workspace that a person of the scene owns.
pub async fn another_of(world: &World, name: &str) -> Uuid {
    let id = workspace(world, "third").await;
    let new = Member {
        workspace: id,
        name: "third",
        role: "owner",
        limit: None,
        permissions: None,
        accepted: true,
    };
    let (member, _) = self::member(world, &new).await;
    let join = sql("update members set user_id = $2 where id = $1").bind(member);
    world.run(join.bind(world.who(name).user.unwrap())).await;
    id
}

/// The value of the cookie of a member's session.
pub fn session_of(name: &str) -> String {
    format!("session-of-{name}")
}

pub async fn session(world: &World, workspace: Uuid, name: &str, user: Uuid) {
    let insert = sql(
        "insert into sessions (hash, user_id, id, workspace_id, stage, method, second_factor, ip_address, \
         authenticated_at, last_seen_at, timestamp_created) \
         values ($1, $2, $3, $4, 'whole', 'password', false, '0.0.0.0', $5, $5, $5) on conflict (hash) do nothing",
    );
    let insert = insert.bind(auth::hash(&session_of(name))).bind(user).bind(world.app.new_id());
    world.run(insert.bind(workspace).bind(world.app.now())).await;
}

pub async fn workspace(world: &World, name: &str) -> Uuid {
    let id = world.app.new_id();
    let insert = sql("insert into workspaces (id, name, default_campaign_visibility, default_member_role, \
         strict_scopes, denied, timestamp_created, timestamp_updated) \
         values ($1, $2, 'team', 'view', false, $3, $4, $4)");
    world.run(insert.bind(id).bind(name).bind(json!([])).bind(world.app.now())).await;
    id
}

pub async fn tag(world: &World, workspace: Uuid, label: &str) -> Uuid {
    let id = world.app.new_id();
    let insert = sql("insert into custom_tags (workspace_id, id, label, search, timestamp_created, \
         timestamp_updated) values ($1, $2, $3, $3, $4, $4)");
    world.run(insert.bind(workspace).bind(id).bind(label).bind(world.app.now())).await;
    id
}

/// Gives the ids of the member and the user.
pub async fn member(world: &World, new: &Member<'_>) -> (Uuid, Uuid) {
    let (id, user) = (world.app.new_id(), world.app.new_id());
    let email = format!("{}.{}@acme.example", new.name, &new.workspace.simple().to_string()[26..]);
    if new.accepted {
        let insert =
            sql("insert into users (id, email, email_verified, first_name, last_name, timestamp_created) \
             values ($1, $2, true, $3, 'Test', $4)");
        world.run(insert.bind(user).bind(&email).bind(new.name).bind(world.app.now())).await;
    }
    let insert =
        sql("insert into members (workspace_id, id, user_id, email, role, tag_limit, accepted, search, \
         timestamp_created, permissions) values ($1, $2, $3, $4, $5, $6, $7, $4, $8, $9)");
    let insert = insert.bind(new.workspace).bind(id).bind(user).bind(&email).bind(new.role);
    let insert = insert.bind(new.limit.clone()).bind(new.accepted).bind(world.app.now());
    world.run(insert.bind(new.permissions.clone())).await;
    (id, user)
}

/// The secret of the key consists of its name and its id.
pub async fn key(world: &mut World, new: Key<'_>) -> Uuid {
    let id = world.app.new_id();
    let secret = format!("{}-{id}", new.name);
    let insert = sql("insert into api_keys (workspace_id, id, name, redacted, scopes, personal, member_id, \
         created_by, tag_limit, ceiling_role, ceiling, expires_at, revoked_at, timestamp_created, \
         timestamp_updated) values ($1, $2, $3, 'x', $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $12)");
    let (member, user) = new.member.unzip();
    let insert = insert.bind(new.workspace).bind(id).bind(new.name).bind(new.scopes).bind(member.is_some());
    let insert = insert.bind(member).bind(new.limit).bind(new.ceiling.map(str::to_owned));
    let insert = insert.bind(Json::value(&gatepost::access::Ceiling::default())).bind(new.expires);
    world.run(insert.bind(new.revoked.then(|| world.app.now())).bind(world.app.now())).await;
    let look_up = sql("insert into credentials (hash, workspace_id, kind, id) values ($1, $2, 'key', $3)");
    world.run(look_up.bind(auth::hash(&secret)).bind(new.workspace).bind(id)).await;
    world.people.insert(new.name.to_owned(), Person { key: secret, key_id: id, member, user });
    id
}

/// A sending account, as `POST /api/v2/accounts` takes it.
pub fn account(email: &str, assigned: Option<Uuid>) -> Value {
    json!({
        "email": email, "first_name": "Ann", "last_name": "Sender", "provider_code": 1, "daily_limit": 30,
        "imap_username": email, "imap_password": format!("imap secret of {email}"),
        "imap_host": "imap.outreach.example", "imap_port": 993,
        "smtp_username": email, "smtp_password": format!("smtp secret of {email}"),
        "smtp_host": "smtp.outreach.example", "smtp_port": 465,
        "assigned_to": assigned,
    })
}

/// The smallest campaign that has something to send.
pub fn campaign(name: &str) -> Value {
    let window = json!({
        "name": "hours", "timing": { "from": "09:00", "to": "17:00" }, "days": { "1": true },
        "timezone": "Europe/Belgrade",
    });
    let step = json!({ "type": "email", "delay": 1, "variants": [{ "subject": "Hello", "body": "there" }] });
    json!({ "name": name, "campaign_schedule": { "schedules": [window] }, "sequences": [{ "steps": [step] }] })
}
