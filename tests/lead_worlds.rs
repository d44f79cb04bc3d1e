//! Random small worlds with leads, for `lead_reach`: a workspace with members, campaigns, lists and leads, and a caller.

use crate::support::World;
use crate::support::scene::{self, Key, Member};
use gatepost::db::{Sql, sql};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

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
    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.one_in(2)).cloned().collect()
    }
}

#[derive(Clone, Debug)]
pub struct Caller {
    pub key: String,
    pub role: &'static str,
    pub member: Uuid,
    pub user: Uuid,
    pub limits: Vec<Vec<Uuid>>,
}

/// A campaign or a list.
#[derive(Clone, Debug)]
pub struct Place {
    pub id: Uuid,
    pub list: bool,
    pub team: bool,
    pub owner: Option<Uuid>,
    pub collaborators: Vec<Uuid>,
    pub tags: Vec<Uuid>,
}

#[derive(Clone, Debug)]
pub struct Lead {
    pub id: Uuid,
    pub at: Option<Uuid>,
    pub email: String,
    pub assigned: Option<Uuid>,
    pub label: Option<i64>,
}

pub struct Small {
    pub home: Uuid,
    /// The user who owns the workspace.
    pub owner: Uuid,
    pub caller: Caller,
    pub places: Vec<Place>,
    /// In the order of their ids.
    pub leads: Vec<Lead>,
}

/// What is written directly into the database goes to `inserts`.
pub async fn small(world: &mut World, random: &mut Random, n: usize, inserts: &mut Vec<Sql>) -> Small {
    let home = scene::workspace(world, "small").await;
    let tags = [world.app.new_id(), world.app.new_id()];
    for tag in tags {
        let insert = sql(
            "insert into custom_tags (workspace_id, id, label, search, timestamp_created, timestamp_updated) \
             values ($1, $2, $3, 'x', $4, $4)",
        );
        inserts.push(insert.bind(home).bind(tag).bind(tag.to_string()).bind(world.app.now()));
    }
    let owner = scene::join(world, home, &format!("lo{n}"), "owner", None).await;
    let other = scene::join(world, home, &format!("lx{n}"), "editor", None).await;
    let caller = caller(world, random, (home, n), &tags).await;
    let people = [owner, other, (caller.member, caller.user)];
    let places: Vec<Place> = (0..5).map(|k| place(world, random, k >= 3, &people, &tags)).collect();
    for place in &places {
        inserts.extend(inserts_of(world, home, place));
    }
    let mut leads = Vec::new();
    let mut taken = BTreeSet::new();
    for _ in 0..12 {
        let at = (!random.one_in(8)).then(|| random.of(&places));
        let email = format!("{}@lead.example", random.of(&["a", "b", "c", "d", "e"]));
        if !taken.insert((at.as_ref().map(|place| place.id), email.clone())) {
            continue;
        }
        let assigned = (!random.one_in(4)).then(|| random.of(&people).1);
        let label = random.of(&[None, Some(1), Some(1), Some(-1), Some(4)]);
        let lead =
            Lead { id: world.app.new_id(), at: at.as_ref().map(|place| place.id), email, assigned, label };
        inserts.push(insert_lead(world, home, at.as_ref(), &lead));
        leads.push(lead);
    }
    Small { home, owner: owner.1, caller, places, leads }
}

async fn caller(world: &mut World, random: &mut Random, (home, n): (Uuid, usize), tags: &[Uuid]) -> Caller {
    let role = random.of(&["admin", "manager", "editor", "member", "member", "sdr", "view", "client"]);
    let of_member = random.one_in(4).then(|| random.some(tags));
    let of_key = random.one_in(6).then(|| random.some(tags));
    let name = format!("lc{n}");
    let new = Member {
        workspace: home,
        name: &name,
        role,
        limit: of_member.clone().map(|limit| json!(limit)),
        permissions: None,
        accepted: true,
    };
    let (member, user) = scene::member(world, &new).await;
    let key =
        Key { limit: of_key.clone().map(|limit| json!(limit)), ..Key::personal(home, &name, (member, user)) };
    scene::key(world, key).await;
    let mut limits: Vec<_> = of_member.iter().cloned().chain(of_key).collect();
    if role == "client" && of_member.is_none() {
        limits.push(vec![]);
    }
    Caller { key: world.who(&name).key.clone(), role, member, user, limits }
}

fn place(world: &World, random: &mut Random, list: bool, people: &[(Uuid, Uuid)], tags: &[Uuid]) -> Place {
    let owner = (!random.one_in(4)).then(|| random.of(people).1);
    let collaborators = random.some(people).into_iter().map(|(member, _)| member).collect();
    let (some, team) = (random.some(tags), random.one_in(2));
    Place {
        id: world.app.new_id(),
        list,
        team: team && !list,
        owner,
        collaborators: if list || random.one_in(2) { vec![] } else { collaborators },
        tags: if list { vec![] } else { some },
    }
}

fn inserts_of(world: &World, home: Uuid, place: &Place) -> Vec<Sql> {
    let now = world.app.now();
    if place.list {
        let insert =
            sql("insert into lead_lists (workspace_id, id, name, search, owned_by, timestamp_created) \
             values ($1, $2, 'l', 'l', $3, $4)");
        return vec![insert.bind(home).bind(place.id).bind(place.owner).bind(now)];
    }
    let settings = json!({ "campaign_schedule": scene::campaign("")["campaign_schedule"] });
    let insert = sql(
        "insert into campaigns (workspace_id, id, name, search, status, visibility, owned_by, settings, \
         timestamp_created, timestamp_updated) values ($1, $2, 'r', 'r', 0, $3, $4, $5, $6, $6)",
    );
    let visibility = if place.team { "team" } else { "private" };
    let mut all =
        vec![insert.bind(home).bind(place.id).bind(visibility).bind(place.owner).bind(settings).bind(now)];
    for member in &place.collaborators {
        let insert = sql(
            "insert into campaign_collaborators (workspace_id, campaign_id, member_id) values ($1, $2, $3)",
        );
        all.push(insert.bind(home).bind(place.id).bind(*member));
    }
    for tag in &place.tags {
        let insert = sql("insert into custom_tag_mappings (workspace_id, id, tag_id, resource_type, \
             resource_id, timestamp_created) values ($1, $2, $3, 2, $4, $5)");
        all.push(insert.bind(home).bind(world.app.new_id()).bind(*tag).bind(place.id).bind(now));
    }
    all
}

fn insert_lead(world: &World, home: Uuid, at: Option<&Place>, lead: &Lead) -> Sql {
    let of = |list: bool| at.filter(|place| place.list == list).map(|place| place.id);
    sql("insert into leads (workspace_id, id, campaign_id, list_id, email, search, status, lt_interest_status, \
         assigned_to, upload_method, is_website_visitor, custom_variables, timestamp_created, timestamp_updated) \
         values ($1, $2, $3, $4, $5, $5, 1, $6, $7, 'api', false, $8, $9, $9)")
    .bind(home)
    .bind(lead.id)
    .bind(of(false))
    .bind(of(true))
    .bind(lead.email.clone())
    .bind(lead.label)
    .bind(lead.assigned)
    .bind(json!({}))
    .bind(world.app.now())
}
