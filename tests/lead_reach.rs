//! No list, export, report of duplicates, merge, move or assignment shows or changes a lead outside the reach of its
//! caller. Random worlds, against an oracle that says the access model again without the predicate.

use crate::lead_worlds::{Caller, Lead, Place, Random, Small, small};
use crate::support::leads::list;
use crate::support::{World, on_both};
use futures::future::join_all;
use gatepost::db::{Tx, sql};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

on_both! { nothing_shows_or_changes_a_lead_out_of_reach }

const ROUNDS: usize = 5;
const WORLDS: usize = 40;

/// The reach of each role, said again from the access model.
#[derive(Clone, Copy, PartialEq)]
enum Far {
    All,
    Team,
    Own,
    No,
}

fn far(role: &str, action: &str) -> Far {
    match (role, action) {
        ("owner" | "admin", _) => Far::All,
        ("manager" | "editor", _) => Far::Team,
        ("member", "assign") => Far::No,
        ("member", _) => Far::Own,
        ("sdr", "read") => Far::Own,
        ("sdr", "create") => Far::Team,
        ("view" | "client", "read") => Far::Team,
        _ => Far::No,
    }
}

fn within(caller: &Caller, lead: &Lead, place: Option<&Place>, action: &str) -> bool {
    let tags: &[Uuid] = place.map_or(&[], |place| &place.tags);
    let in_limits = caller.limits.iter().all(|limit| limit.iter().any(|tag| tags.contains(tag)));
    let own = lead.assigned == Some(caller.user)
        || place.is_some_and(|at| at.owner == Some(caller.user) || at.collaborators.contains(&caller.member));
    let shared = place.is_some_and(|place| place.list || place.team);
    in_limits
        && match far(caller.role, action) {
            Far::All => true,
            Far::Team => shared || own,
            Far::Own => own,
            Far::No => false,
        }
}

impl Small {
    fn place(&self, lead: &Lead) -> Option<&Place> {
        self.places.iter().find(|place| Some(place.id) == lead.at)
    }

    fn reached(&self, action: &str) -> Vec<&Lead> {
        self.leads.iter().filter(|lead| within(&self.caller, lead, self.place(lead), action)).collect()
    }

    fn seen(&self) -> Vec<&Lead> {
        self.reached("read")
    }

    /// Whether the caller can add leads to a campaign or list. None if they do not see it.
    fn admits(&self, place: &Place) -> Option<bool> {
        let caller = &self.caller;
        let in_limits = caller.limits.iter().all(|limit| limit.iter().any(|tag| place.tags.contains(tag)));
        let own = place.owner == Some(caller.user) || place.collaborators.contains(&caller.member);
        let shared = place.list || place.team;
        let sees = match (caller.role, place.list) {
            ("owner" | "admin", _) => true,
            ("member" | "sdr", true) => own,
            ("client", true) => false,
            _ => shared || own,
        };
        let adds = match far(caller.role, "create") {
            Far::All => true,
            Far::Team => shared || own,
            Far::Own => own,
            Far::No => false,
        };
        (in_limits && sees).then_some(adds)
    }
}

fn ids<'a>(leads: impl IntoIterator<Item = &'a Lead>) -> BTreeSet<String> {
    leads.into_iter().map(|lead| lead.id.to_string()).collect()
}

fn shown(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// What lists, exports and the report of duplicates show.
async fn reads(world: &World, small: &Small) {
    let (key, at) = (&small.caller.key, format!("{:?}", small.caller));
    let listed = async |body: Value| {
        let items = world.call(key, "POST /api/v2/leads/list", body).await.is(200).items();
        assert!(items.len() < 100, "one page");
        shown(&items)
    };
    assert_eq!(listed(json!({ "limit": 100 })).await, ids(small.seen()), "{at}");
    for (filter, labels) in [
        ("FILTER_LEAD_INTERESTED", 1..2),
        ("FILTER_LEAD_NOT_INTERESTED", -1..0),
        ("FILTER_LEAD_CLOSED", 4..5),
    ] {
        let with = small.seen().into_iter().filter(|lead| lead.label.is_some_and(|n| labels.contains(&n)));
        assert_eq!(listed(json!({ "limit": 100, "filter": filter })).await, ids(with), "{filter} {at}");
    }
    let export = world.get(key, "/api/v2/leads/export?format=ndjson").await;
    if far(small.caller.role, "export") == Far::No {
        assert_eq!(export.status, 403, "{at}");
    } else {
        let rows: Vec<Value> =
            export.is(200).text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(shown(&rows), ids(small.reached("export")), "{at}");
        assert_eq!(rows.len(), small.reached("export").len(), "each once: {at}");
    }
    duplicates(world, small).await;
}

/// In pages of one address.
async fn duplicates(world: &World, small: &Small) {
    let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for lead in small.seen() {
        expected.entry(&lead.email).or_default().insert(lead.id.to_string());
    }
    expected.retain(|_, leads| leads.len() > 1);
    let (mut pages, mut found, mut after) = (0, BTreeMap::new(), String::new());
    loop {
        let path = format!("/api/v2/leads/duplicates?limit=1{after}");
        let page = world.get(&small.caller.key, &path).await.is(200).json();
        for item in page["items"].as_array().unwrap() {
            let leads = item["leads"].as_array().unwrap();
            assert_eq!(item["count"], leads.len());
            found.insert(item["email"].as_str().unwrap().to_owned(), shown(leads));
        }
        pages += 1;
        let Some(next) = page["next_starting_after"].as_str() else { break };
        after = format!("&starting_after={next}");
    }
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(email, leads)| (email.to_owned(), leads)).collect();
    assert_eq!(found, expected, "{:?}", small.caller);
    assert_eq!(pages, expected.len() + 1);
}

/// What a lead must be afterwards: its campaign or list, and its assignee. None if it is gone.
type After = BTreeMap<Uuid, Option<(Option<Uuid>, Option<Uuid>)>>;

fn unchanged(small: &Small) -> After {
    small.leads.iter().map(|lead| (lead.id, Some((lead.at, lead.assigned)))).collect()
}

/// Some calls name a lead of another workspace.
async fn merge(world: &World, random: &mut Random, small: &Small, foreign: Uuid) -> (&'static str, After) {
    let mut after = unchanged(small);
    let (mut source, into) = (random.of(&small.leads), random.of(&small.leads));
    if random.one_in(6) {
        source.id = foreign;
    }
    let body = json!({ "lead_id": source.id, "destination_lead_id": into.id });
    let answer = world.call(&small.caller.key, "POST /api/v2/leads/merge", body).await;
    let sees = |lead: &Lead| lead.id != foreign && within(&small.caller, lead, small.place(lead), "read");
    let admitted = small.place(&into).is_none_or(|place| small.admits(place) == Some(true));
    let expected = match far(small.caller.role, "merge") {
        Far::No => 403,
        _ if source.id == into.id => 400,
        _ if !sees(&source) || !sees(&into) => 404,
        _ if !admitted => 403,
        _ => 200,
    };
    assert_eq!(answer.status, expected, "{:?} {source:?} {into:?}: {}", small.caller, answer.text());
    if expected == 200 {
        after.insert(source.id, None);
    }
    (if expected == 200 { "merged" } else { "merge refused" }, after)
}

async fn move_many(world: &World, random: &mut Random, small: &Small) -> (&'static str, After) {
    let mut after = unchanged(small);
    let (to, from) = (random.of(&small.places), random.one_in(2).then(|| random.of(&small.places)));
    let label = random.one_in(3);
    let mut body = json!({ if to.list { "to_list_id" } else { "to_campaign_id" }: to.id });
    if let Some(from) = &from {
        body[if from.list { "list_id" } else { "campaign" }] = json!(from.id);
    }
    if label {
        body["filter"] = json!("FILTER_LEAD_INTERESTED");
    }
    let answer = world.call(&small.caller.key, "POST /api/v2/leads/move", body).await;
    let expected = match (far(small.caller.role, "move"), small.admits(&to)) {
        (Far::No, _) => 403,
        (_, None) => 400,
        (_, Some(false)) => 403,
        (_, Some(true)) => 200,
    };
    assert_eq!(answer.status, expected, "{:?} {to:?}: {}", small.caller, answer.text());
    if expected != 200 {
        return ("move refused", after);
    }
    let mut there: BTreeSet<&str> =
        small.leads.iter().filter(|lead| lead.at == Some(to.id)).map(|lead| lead.email.as_str()).collect();
    let mut moved = 0;
    for lead in small.reached("move") {
        let wanted = lead.at != Some(to.id)
            && from.as_ref().is_none_or(|from| lead.at == Some(from.id))
            && (!label || lead.label == Some(1));
        if wanted && there.insert(&lead.email) {
            after.insert(lead.id, Some((Some(to.id), lead.assigned)));
            moved += 1;
        }
    }
    (if moved > 0 { "moved" } else { "nothing to move" }, after)
}

async fn assign(world: &World, random: &mut Random, small: &Small) -> (&'static str, After) {
    let mut after = unchanged(small);
    let from = random.of(&small.places);
    let user = small.owner;
    let body =
        json!({ if from.list { "list_id" } else { "campaign" }: from.id, "organization_user_ids": [user] });
    let answer = world.call(&small.caller.key, "POST /api/v2/leads/bulk-assign", body).await;
    let expected = if far(small.caller.role, "assign") == Far::No { 403 } else { 202 };
    assert_eq!(answer.status, expected, "{:?}: {}", small.caller, answer.text());
    if expected != 202 {
        return ("assignment refused", after);
    }
    for lead in small.reached("assign").into_iter().filter(|lead| lead.at == Some(from.id)) {
        after.insert(lead.id, Some((lead.at, Some(user))));
    }
    ("assigned", after)
}

type Row = (Uuid, ((Option<Uuid>, Option<Uuid>), (Option<Uuid>, i64)));

/// Leads as they are stored.
async fn stored(world: &World, workspace: Uuid) -> Vec<Row> {
    sql("select l.id, l.campaign_id, l.list_id, l.assigned_to, l.status from leads l where l.workspace_id = $1 \
         order by l.id")
    .bind(workspace)
    .all(&world.reader)
    .await
    .unwrap()
}

async fn nothing_shows_or_changes_a_lead_out_of_reach(mut world: World) {
    let mut random = Random(std::env::var("SEED").map_or(7, |seed| seed.parse().unwrap()));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let list = list(&world, "stranger").await;
    let leads = ["a", "b", "c", "d", "e"].map(|name| json!({ "email": format!("{name}@lead.example") }));
    let body = json!({ "list_id": list, "leads": leads });
    world.call("stranger", "POST /api/v2/leads/add", body).await.is(200);
    let foreign = stored(&world, world.away).await;
    for round in 0..ROUNDS {
        let (mut smalls, mut inserts) = (Vec::new(), Vec::new());
        for n in 0..WORLDS {
            smalls.push(small(&mut world, &mut random, round * WORLDS + n, &mut inserts).await);
        }
        let fill = async move |tx: &mut Tx| {
            for insert in &inserts {
                insert.clone().run(tx).await?;
            }
            Ok(())
        };
        world.writer.write(fill).await.unwrap();
        // A server makes only eight exports at a time.
        for some in smalls.chunks(4) {
            join_all(some.iter().map(|small| reads(&world, small))).await;
        }
        let mut expected = Vec::new();
        for (n, small) in smalls.iter().enumerate() {
            let (what, after) = match n % 3 {
                0 => merge(&world, &mut random, small, foreign[0].0).await,
                1 => move_many(&world, &mut random, small).await,
                _ => assign(&world, &mut random, small).await,
            };
            *counts.entry(what).or_default() += 1;
            expected.push(after);
        }
        world.work().await;
        for (small, expected) in smalls.iter().zip(expected) {
            let found: After = stored(&world, small.home)
                .await
                .into_iter()
                .map(|(id, ((campaign, list), (assigned, _)))| (id, Some((campaign.or(list), assigned))))
                .collect();
            let expected: After = expected.into_iter().filter(|(_, lead)| lead.is_some()).collect();
            assert_eq!(found, expected, "{:?}", small.caller);
        }
    }
    assert_eq!(stored(&world, world.away).await, foreign);
    let outcomes = [
        "merged",
        "merge refused",
        "moved",
        "move refused",
        "nothing to move",
        "assigned",
        "assignment refused",
    ];
    assert!(outcomes.iter().all(|what| counts.get(what).is_some_and(|n| *n > 3)), "{counts:?}");
}
