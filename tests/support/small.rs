//! Small workspaces with random members, custom roles, keys, invitations and records, for questions about rights.

use super::World;
use super::scene::{self, Key, Member};
use crate::access::{Random, record};
use gatepost::access::{ACTIONS, Ceiling, Cells};
use gatepost::db::{Json, sql};
use serde_json::{Value, json};
use uuid::Uuid;

pub const EXPLAIN: &str = "POST /api/v2/access/explain";

pub const ABOUT: [(&str, &[&str]); 5] = [
    ("campaigns", &["campaigns:read", "campaigns:update", "campaigns:launch", "campaigns:delete"]),
    ("accounts", &["accounts:read", "accounts:use", "accounts:update"]),
    ("leads", &["leads:read", "leads:update", "leads:delete"]),
    ("lead_lists", &["lead_lists:read", "lead_lists:update"]),
    (
        "",
        &[
            "campaigns:create",
            "workspace_members:create",
            "api_keys:create",
            "audit_logs:read",
            "access:read",
        ],
    ),
];
pub const ROLES: [&str; 7] = ["admin", "manager", "editor", "member", "sdr", "view", "client"];
const SCOPES: [&str; 6] =
    ["all:all", "all:all", "all:read", "campaigns:all", "campaigns:read", "leads:update"];
const LISTS: [&[&str]; 2] =
    [&["campaigns.view", "campaigns.edit"], &["campaigns.view", "leadManagement.view"]];
const REACHES: [&str; 5] = ["all", "team", "own", "assigned", ""];

/// How many workspaces a test tries.
pub fn worlds(usual: usize) -> usize {
    std::env::var("WORLDS").map_or(usual, |worlds| worlds.parse().unwrap())
}

pub struct Small {
    pub owner: String,
    /// Members and keys that explanations can name.
    pub principals: Vec<Uuid>,
    /// Member, and the address under which it is invited.
    pub invited: Vec<Uuid>,
    /// Members of each personal key and themselves.
    pub members: Vec<Uuid>,
    pub records: Vec<(&'static str, String)>,
    /// The owner of the admin workspace.
    pub agency: Option<String>,
    pub home: Uuid,
}

pub async fn small(world: &mut World, random: &mut Random, n: usize) -> Small {
    let home = scene::workspace(world, "small").await;
    let mut tags = vec![];
    for name in ["Europe", "Asia", "Africa"] {
        tags.push(scene::tag(world, home, name).await);
    }
    let strict = sql("update workspaces set strict_scopes = $2 where id = $1").bind(home);
    world.run(strict.bind(random.one_in(4))).await;
    let owner = format!("owner{n}");
    let mut members = vec![scene::join(world, home, &owner, "owner", None).await];
    let mut principals = vec![members[0].0, world.who(&owner).key_id];
    let mut invited = vec![];
    for k in 0..5 {
        let (role, name) = (random.of(&ROLES), format!("m{n}x{k}"));
        let limit = random.one_in(3).then(|| json!(random.some(&tags)));
        let permissions = random.one_in(4).then(|| json!(random.of(&LISTS)));
        let accepted = k < 4;
        let new = Member { workspace: home, name: &name, role, limit, permissions, accepted };
        let ids = scene::member(world, &new).await;
        if random.one_in(2) {
            lower(world, random, home, ids.0, role).await;
        }
        if !accepted {
            let until = world.app.now().plus(if random.one_in(3) { -1 } else { 1_000_000 });
            world
                .run(
                    sql("update members set invitation_expires_at = $2 where id = $1")
                        .bind(ids.0)
                        .bind(until),
                )
                .await;
            invited.push(ids.0);
            continue;
        }
        let limit = random.one_in(5).then(|| json!(random.some(&tags)));
        let scopes = json!([random.of(&SCOPES), random.of(&SCOPES)]);
        let key = scene::key(world, Key { scopes, limit, ..Key::personal(home, &name, ids) }).await;
        principals.extend([ids.0, key]);
        members.push(ids);
    }
    principals.extend(keys(world, random, home, n).await);
    let agency = match random.one_in(2) {
        true => Some(join_group(world, random, home, n).await),
        false => None,
    };
    let records = records(world, random, (home, &owner), &members, &tags).await;
    let members = members.into_iter().map(|(member, _)| member).collect();
    Small { owner, principals, invited, members, records, agency, home }
}

/// A custom role whose cells may be wider than its base, and leave out much.
async fn lower(world: &World, random: &mut Random, home: Uuid, member: Uuid, base: &str) {
    let id = world.app.new_id();
    let insert = sql("insert into roles (workspace_id, id, name, base, cells, left_out, timestamp_created, \
         timestamp_updated) values ($1, $2, $3, $4, $5, '', $6, $6)");
    let name = format!("r{}", &id.simple().to_string()[20..]);
    let insert = insert.bind(home).bind(id).bind(name).bind(base).bind(cells(random)).bind(world.app.now());
    world.run(insert).await;
    world.run(sql("update members set role_id = $2 where id = $1").bind(member).bind(id)).await;
}

fn cells(random: &mut Random) -> String {
    let mut line = |name: &str| match random.of(&REACHES) {
        "" => String::new(),
        reach => format!("{name}={reach}\n"),
    };
    ACTIONS.iter().map(|action| line(action.name)).collect()
}

async fn keys(world: &mut World, random: &mut Random, home: Uuid, n: usize) -> Vec<Uuid> {
    let mut all = vec![];
    for k in 0..3 {
        let name = format!("w{n}x{k}");
        let scopes = json!([random.of(&SCOPES), random.of(&SCOPES)]);
        let expires = random.one_in(5).then_some(gatepost::time::Time(1));
        let new = Key { expires, revoked: k == 2, ..Key::of_workspace(home, &name, scopes) };
        let role = random.of(&ROLES);
        let id = scene::key(world, Key { ceiling: Some(role), ..new }).await;
        if random.one_in(2) {
            let ceiling = Ceiling { cells: Some(Cells::from(cells(random))), ..Ceiling::default() };
            let lower = sql("update api_keys set ceiling = $2 where id = $1").bind(id);
            world.run(lower.bind(Json::value(&ceiling))).await;
        }
        if k < 2 {
            all.push(id);
        }
    }
    all
}

async fn join_group(world: &mut World, random: &mut Random, home: Uuid, n: usize) -> String {
    let name = format!("agency{n}");
    let admin = world.workspace_of(&name).await;
    world.links(admin, home).await;
    let delegation =
        random.of(&[json!({}), json!({ "read_only": true }), json!({ "resources": ["campaigns"] })]);
    let rails =
        random.of(&[json!({}), json!({ "highest_role": "editor" }), json!({ "no_key_creation": true })]);
    world
        .run(
            sql("update group_links set delegation = $2 where sub_workspace_id = $1")
                .bind(home)
                .bind(delegation),
        )
        .await;
    world.run(sql("update workspaces set guard_rails = $2 where id = $1").bind(admin).bind(rails)).await;
    name
}

async fn records(
    world: &World,
    random: &mut Random,
    (home, owner): (Uuid, &str),
    members: &[(Uuid, Uuid)],
    tags: &[Uuid],
) -> Vec<(&'static str, String)> {
    let mut all = vec![];
    for _ in 0..3 {
        let id = world.app.new_id();
        let owned = (!random.one_in(4)).then(|| random.of(members).1);
        let helpers: Vec<Uuid> = random.some(members).iter().map(|(member, _)| *member).collect();
        let team = random.one_in(2);
        for insert in record(world, home, id, team, owned, &helpers, &random.some(tags)) {
            world.run(insert).await;
        }
        all.push(("campaigns", id.to_string()));
        let to = random.of(members).1;
        let lead = json!({ "campaign": id, "email": format!("{id}@lead.example"), "assigned_to": to });
        all.push(("leads", world.call(owner, "POST /api/v2/leads", lead).await.is(200).id()));
        let email = format!("{id}@outreach.example");
        let account = world.connect(owner, &email, None).await["id"].as_str().unwrap().to_owned();
        let to = (!random.one_in(3)).then(|| random.of(members).0);
        let assign = sql("update accounts set assigned_to = $3 where workspace_id = $1 and email = $2");
        world.run(assign.bind(home).bind(email).bind(to)).await;
        all.push(("accounts", account));
    }
    let list = json!({ "name": "list" });
    all.push(("lead_lists", world.call(owner, "POST /api/v2/lead-lists", list).await.is(200).id()));
    all
}

/// What the explanation says.
pub async fn explained(
    world: &World,
    by: &str,
    who: impl serde::Serialize,
    permission: &str,
    record: &Value,
) -> Value {
    let body = json!({ "principal": who, "permission": permission, "record": record });
    world.call(by, EXPLAIN, body).await.is(200).json()
}

/// The questions about a workspace: a permission, with each record or with none.
pub fn questions(small: &Small) -> Vec<(&'static str, Value)> {
    let mut all = vec![];
    for (resource, permissions) in ABOUT {
        for permission in permissions {
            all.push((*permission, Value::Null));
            let some = small.records.iter().filter(|(of, _)| *of == resource);
            all.extend(some.map(|(_, id)| (*permission, json!(id))));
        }
    }
    all
}
