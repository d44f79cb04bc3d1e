//! Explanations, real answers and a naive computation agree, for random people, permissions and records.

use crate::support::scene::{self, Key, Member};
use crate::support::{World, on_both};
use futures::future::join_all;
use gatepost::access::{Ceiling, Cells, Facts, Pred, Reach, Who};
use gatepost::db::{Json, Sql, Tx, sql};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! { explain_enforce_and_oracle_agree }

const WORLDS_IN_MEMORY: u32 = 100_000;
const WORLDS_ON_A_DATABASE: usize = 2_000;

fn id(n: u8) -> Uuid {
    Uuid::from_u128(u128::from(n) + 1)
}

fn some_id(most: u8) -> impl Strategy<Value = Option<Uuid>> {
    prop::option::of((0..most).prop_map(id))
}

fn ids(most: u8) -> impl Strategy<Value = Vec<Uuid>> {
    prop::collection::vec((0..most).prop_map(id), 0..4)
}

fn reaches() -> impl Strategy<Value = Reach> {
    prop::sample::select(vec![Reach::All, Reach::Team, Reach::Own, Reach::Assigned, Reach::None])
}

prop_compose! {
    fn facts()(workspace in 0..2u8, team: bool, owner in some_id(3), assignee in some_id(3),
        collaborators in ids(3), tags in ids(4)) -> Facts {
        Facts { workspace: id(workspace), team, owner, assignee, collaborators, tags }
    }
}

/// Computes reach and tag limit without the predicate.
fn naive(reach: Reach, who: Who, limits: &[Vec<Uuid>], record: &Facts) -> bool {
    if record.workspace != id(0)
        || limits.iter().any(|limit| !limit.iter().any(|tag| record.tags.contains(tag)))
    {
        return false;
    }
    let owns = who.user.is_some() && record.owner == who.user;
    let helps = who.member.is_some_and(|member| record.collaborators.contains(&member));
    let assigned = who.member.is_some() && record.assignee == who.member;
    match reach {
        Reach::All => true,
        Reach::Team => record.team || owns || helps || assigned,
        Reach::Own => owns || helps,
        Reach::Assigned => assigned,
        Reach::None => false,
    }
}

#[test]
fn the_predicate_is_what_it_says() {
    let mut runner =
        TestRunner::new(Config { cases: WORLDS_IN_MEMORY, failure_persistence: None, ..Config::default() });
    let limits = prop::collection::vec(ids(4), 0..3);
    let world = (reaches(), some_id(3), some_id(3), limits, facts());
    let test = |(reach, user, member, limits, record): (Reach, _, _, Vec<Vec<Uuid>>, Facts)| {
        let who = Who { user, member };
        let judged = Pred::new(id(0), reach, who, &limits).eval(&record);
        prop_assert_eq!(judged, naive(reach, who, &limits, &record));
        Ok(())
    };
    runner.run(&world, test).unwrap();
}

pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
    pub fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.one_in(2)).cloned().collect()
    }
}

#[derive(Clone, Debug)]
struct Person {
    key: String,
    key_id: Uuid,
    role: &'static str,
    /// The reach of each verb in a custom role.
    cells: Option<[&'static str; 4]>,
    member: Option<(Uuid, Uuid)>,
    scopes: Vec<&'static str>,
    permissions: Option<Vec<&'static str>>,
    limits: Vec<Vec<Uuid>>,
    strict: bool,
    revoked: bool,
}

#[derive(Clone, Debug)]
struct Record {
    id: Uuid,
    here: bool,
    team: bool,
    owner: Option<Uuid>,
    collaborators: Vec<Uuid>,
    tags: Vec<Uuid>,
}

const SCOPES: [&str; 10] = [
    "all:all",
    "all:all",
    "all:all",
    "all:read",
    "all:update",
    "campaigns:all",
    "campaigns:read",
    "campaigns:launch",
    "campaigns:update",
    "leads:all",
];
const PERMISSIONS: [&str; 3] = ["campaigns.view", "campaigns.edit", "campaigns.delete"];
const REACHES: [&str; 6] = ["all", "all", "team", "own", "assigned", "none"];
const VERBS: [(&str, &str, &str, &str); 4] = [
    ("read", "campaigns:read", "GET", ""),
    ("update", "campaigns:update", "PATCH", ""),
    ("pause", "campaigns:pause", "POST", "/pause"),
    ("delete", "campaigns:delete", "DELETE", ""),
];

/// The rules of access, written a second time without the matrix, the predicate or the steps.
fn oracle(p: &Person, verb: &str, record: &Record) -> u16 {
    if p.revoked {
        return 401;
    }
    let accepted: &[&str] = match verb {
        "read" => &["campaigns:read", "all:read"],
        "update" => &["campaigns:update", "all:update"],
        "pause" if p.strict => &["campaigns:launch"],
        "pause" => &["campaigns:launch", "campaigns:update", "all:update"],
        _ => &["campaigns:delete", "all:delete"],
    };
    if !p.scopes.iter().any(|s| accepted.contains(s) || *s == "campaigns:all" || *s == "all:all") {
        return 403;
    }
    let given = |name: &str| p.permissions.as_ref().is_none_or(|list| list.contains(&name));
    let needs = match verb {
        "read" => "campaigns.view",
        "update" | "pause" => "campaigns.edit",
        _ => "campaigns.delete",
    };
    let (base, cell) = reaches_of(p, verb);
    let is_nothing = [base, cell].contains(&"none") || [base, cell] == ["own", "assigned"];
    if !given(needs) || is_nothing {
        return 403;
    }
    let mine = p
        .member
        .is_some_and(|(member, user)| record.owner == Some(user) || record.collaborators.contains(&member));
    let tagged = p.limits.iter().all(|limit| limit.iter().any(|tag| record.tags.contains(tag)));
    // Nobody is assigned to a campaign.
    let holds = |reach: &str| match reach {
        "all" => true,
        "team" => mine || record.team,
        "own" => mine,
        _ => false,
    };
    let within = |verb: &str| {
        let (base, cell) = reaches_of(p, verb);
        holds(base) && holds(cell)
    };
    if !record.here || !tagged || !given("campaigns.view") || !within("read") {
        return 404;
    }
    if within(verb) { 200 } else { 403 }
}

/// How far the built-in role reaches, and the cell of the custom role.
fn reaches_of(p: &Person, verb: &str) -> (&'static str, &'static str) {
    let base = match (p.role, verb) {
        ("owner" | "admin", _) => "all",
        ("view" | "client", "read") | ("sdr", "read" | "pause") | ("member", "read") => "team",
        ("view" | "client" | "sdr", _) | ("manager", "delete") => "none",
        ("member", _) => "own",
        _ => "team",
    };
    let at = VERBS.iter().position(|(name, ..)| *name == verb).unwrap();
    (base, p.cells.map_or("all", |cells| cells[at]))
}

/// A workspace with its owner, a caller and a few records. One record is in another workspace.
struct Small {
    owner: String,
    caller: Person,
    records: Vec<Record>,
}

async fn small(world: &mut World, random: &mut Random, n: usize, inserts: &mut Vec<Sql>) -> Small {
    let home = scene::workspace(world, "small").await;
    let tags = [1, 2, 3].map(|n| Uuid::from_u128(u128::from(home.as_u128() as u64) << 8 | n));
    for tag in tags {
        let insert = sql(
            "insert into custom_tags (workspace_id, id, label, search, timestamp_created, timestamp_updated) \
             values ($1, $2, $3, 'x', $4, $4)",
        );
        inserts.push(insert.bind(home).bind(tag).bind(tag.to_string()).bind(world.app.now()));
    }
    let strict = random.one_in(4);
    inserts.push(sql("update workspaces set strict_scopes = $2 where id = $1").bind(home).bind(strict));
    let owner = scene::join(world, home, &format!("o{n}"), "owner", None).await;
    let other = scene::join(world, home, &format!("x{n}"), "editor", None).await;
    let caller = caller(world, random, (home, n), strict, &tags).await;
    if let Some(cells) = caller.cells {
        inserts.extend(lowering(world, home, &caller, cells));
    }
    let mut records = Vec::new();
    for k in 0..3 {
        let members: Vec<_> = [Some(owner), Some(other), caller.member].into_iter().flatten().collect();
        let owned = (!random.one_in(4)).then(|| random.of(&members).1);
        let here = k < 2 || random.one_in(2);
        let place = if here { home } else { world.away };
        let collaborators =
            if here { random.some(&members).iter().map(|(member, _)| *member).collect() } else { vec![] };
        let tags = if here { random.some(&tags) } else { vec![] };
        let (id, team) = (world.app.new_id(), random.one_in(2));
        inserts.extend(record(world, place, id, team, owned, &collaborators, &tags));
        records.push(Record { id, here, team, owner: owned, collaborators, tags });
    }
    Small { owner: world.who(&format!("o{n}")).key.clone(), caller, records }
}

async fn caller(
    world: &mut World,
    random: &mut Random,
    (home, n): (Uuid, usize),
    strict: bool,
    tags: &[Uuid],
) -> Person {
    let role = random.of(&["owner", "admin", "manager", "editor", "member", "sdr", "view", "client"]);
    let of_workspace = random.one_in(6);
    let cells = random.one_in(2).then(|| [(); 4].map(|()| random.of(&REACHES)));
    let of_member = (random.one_in(3) && !of_workspace).then(|| random.some(tags));
    let of_key = random.one_in(4).then(|| random.some(tags));
    let permissions = (random.one_in(4) && !of_workspace).then(|| random.some(&PERMISSIONS));
    // There is one owner already, but a workspace key can have the owner's ceiling.
    let role = if role == "owner" && !of_workspace { "admin" } else { role };
    let name = format!("c{n}");
    let member = match of_workspace {
        true => None,
        false => {
            let new = Member {
                workspace: home,
                name: &name,
                role,
                limit: of_member.clone().map(|l| json!(l)),
                permissions: permissions.clone().map(|p| json!(p)),
                accepted: true,
            };
            Some(scene::member(world, &new).await)
        }
    };
    let (scopes, revoked) = (vec![random.of(&SCOPES), random.of(&SCOPES)], random.one_in(15));
    let ceiling = of_workspace.then_some(role);
    let key = Key {
        workspace: home,
        name: &name,
        member,
        scopes: json!(scopes),
        limit: of_key.clone().map(|l| json!(l)),
        ceiling,
        expires: None,
        revoked,
    };
    let key_id = scene::key(world, key).await;
    let mut limits: Vec<_> = of_member.iter().cloned().chain(of_key).collect();
    if role == "client" && of_member.is_none() && !of_workspace {
        limits.push(vec![]);
    }
    let key = world.who(&name).key.clone();
    // No custom role is based on the owner.
    let cells = cells.filter(|_| role != "owner");
    Person { key, key_id, role, cells, member, scopes, permissions, limits, strict, revoked }
}

/// Gives the caller a custom role, or lowers the ceiling of their workspace key.
fn lowering(world: &World, home: Uuid, caller: &Person, cells: [&str; 4]) -> Vec<Sql> {
    let lines = VERBS.iter().zip(cells).filter(|(_, reach)| *reach != "none");
    let text: String = lines.map(|((_, permission, ..), reach)| format!("{permission}={reach}\n")).collect();
    let Some((member, _)) = caller.member else {
        let ceiling = Ceiling { cells: Some(Cells::from(text)), ..Ceiling::default() };
        let lower = sql("update api_keys set ceiling = $2 where id = $1").bind(caller.key_id);
        return vec![lower.bind(Json::value(&ceiling))];
    };
    let id = world.app.new_id();
    let insert = sql("insert into roles (workspace_id, id, name, base, cells, left_out, timestamp_created, \
         timestamp_updated) values ($1, $2, 'lowered', $3, $4, '', $5, $5)");
    let insert = insert.bind(home).bind(id).bind(caller.role).bind(text).bind(world.app.now());
    vec![insert, sql("update members set role_id = $2 where id = $1").bind(member).bind(id)]
}

pub fn record(
    world: &World,
    place: Uuid,
    id: Uuid,
    team: bool,
    owner: Option<Uuid>,
    collaborators: &[Uuid],
    tags: &[Uuid],
) -> Vec<Sql> {
    let settings = json!({ "campaign_schedule": scene::campaign("")["campaign_schedule"] });
    let insert = sql(
        "insert into campaigns (workspace_id, id, name, search, status, visibility, owned_by, settings, \
         timestamp_created, timestamp_updated) values ($1, $2, 'r', 'r', 0, $3, $4, $5, $6, $6)",
    );
    let insert = insert.bind(place).bind(id).bind(if team { "team" } else { "private" }).bind(owner);
    let mut all = vec![insert.bind(settings).bind(world.app.now())];
    for member in collaborators {
        let insert = sql(
            "insert into campaign_collaborators (workspace_id, campaign_id, member_id) values ($1, $2, $3)",
        );
        all.push(insert.bind(place).bind(id).bind(*member));
    }
    for tag in tags {
        let insert =
            sql("insert into custom_tag_mappings (workspace_id, id, tag_id, resource_type, resource_id, \
             timestamp_created) values ($1, $2, $3, 2, $4, $5)");
        all.push(insert.bind(place).bind(world.app.new_id()).bind(*tag).bind(id).bind(world.app.now()));
    }
    all
}

fn status(decision: &Value) -> u16 {
    match decision["refused_by"].as_str() {
        None => 200,
        Some("credential") => 401,
        Some("scope" | "role" | "reach") => 403,
        Some("record") => 404,
        Some(other) => panic!("refused by {other}"),
    }
}

async fn explain_enforce_and_oracle_agree(mut world: World) {
    let seed = std::env::var("SEED").map_or(42, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    let mut counts = BTreeMap::new();
    for round in 0..WORLDS_ON_A_DATABASE / 50 {
        let (mut smalls, mut inserts) = (Vec::new(), Vec::new());
        for n in 0..50 {
            smalls.push(small(&mut world, &mut random, round * 50 + n, &mut inserts).await);
        }
        let fill = async move |tx: &mut Tx| {
            for insert in &inserts {
                insert.clone().run(tx).await?;
            }
            Ok(())
        };
        world.writer.write(fill).await.unwrap();
        let cases: Vec<_> = smalls.iter().map(|small| (small, random.of(&VERBS), random.below(3))).collect();
        let checked = join_all(
            cases.into_iter().map(|(small, verb, which)| check(&world, small, verb, &small.records[which])),
        );
        checked.await.into_iter().for_each(|status| *counts.entry(status).or_insert(0) += 1);
    }
    assert!(counts.len() == 4 && counts.values().all(|n| *n > 80), "{counts:?}");
}

/// Lists come first, because the call may delete the record.
async fn check(
    world: &World,
    small: &Small,
    (verb, permission, method, end): (&str, &str, &str, &str),
    record: &Record,
) -> u16 {
    let (caller, id) = (&small.caller, record.id);
    let naive = oracle(caller, verb, record);
    let at = format!("{caller:?} {verb} {record:?}");
    let listed = world.get(&caller.key, "/api/v2/campaigns?limit=100").await;
    if listed.status == 200 {
        let seen = small.records.iter().rev().filter(|record| oracle(caller, "read", record) == 200);
        let seen: Vec<Value> = seen.map(|record| json!(record.id)).collect();
        assert_eq!(listed.items().iter().map(|c| c["id"].clone()).collect::<Vec<_>>(), seen, "{at}");
    }
    let question = json!({ "permission": permission, "record": id });
    let own = world.call(&caller.key, "POST /api/v2/access/explain", question.clone()).await;
    let own = if own.status == 401 { 401 } else { status(&own.is(200).json()) };
    let mut of_other = question;
    of_other["principal"] = json!(caller.key_id);
    let others =
        status(&world.call(&small.owner, "POST /api/v2/access/explain", of_other).await.is(200).json());
    let body = if verb == "update" { json!({ "name": "n" }) } else { Value::Null };
    let enforced =
        world.call(&caller.key, &format!("{method} /api/v2/campaigns/{id}{end}"), body).await.status.as_u16();
    assert_eq!(
        (enforced, own, others),
        (naive, naive, naive),
        "enforced, explained to the principal and to the owner: {at}"
    );
    naive
}
