//! Isolation between groups. Without a current group link to a workspace, no operation gives access to it.
//! Restrictions by a sub-workspace or an admin workspace never add a right.

use crate::samples::{body, records};
use crate::support::operations::{self, Operation};
use crate::support::{Answer, MISSING, World, exchange, on_both, scene};
use gatepost::access::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

on_both! {
    outsiders_get_nowhere paused_is_refused_alike records_of_others_are_not_there no_reach_outside_the_group
    many_answers_at_once
}

fn line(operation: &Operation, id: &str) -> String {
    operation.at(if operation.takes_id() { id } else { "" })
}

/// The answer has the same bytes for every workspace in which the caller cannot act.
async fn alike(world: &World, who: &str, operation: &Operation, targets: &[String], status: u16) {
    let own = json!({ "not": "read" });
    let mut faces = Vec::new();
    for target in targets {
        let answer = world.call_as(who, target, &line(operation, MISSING), own.clone()).await;
        assert_eq!(answer.status, status, "{who} {} in {target}: {}", operation.line(), answer.text());
        faces.push(answer.face());
    }
    faces.dedup();
    assert_eq!(faces.len(), 1, "{who} {}", operation.line());
}

/// These callers are a sibling, the admin of a former sub-workspace, the admin of another group, and a
/// stranger.
async fn outsiders_get_nowhere(mut world: World) {
    let (first, _) = world.sub_of("owner", "first").await;
    let (second, _) = world.sub_of("owner", "second").await;
    let (former, link) = world.sub_of("owner", "former").await;
    world
        .call("former", &format!("DELETE /api/v2/workspace-group-members/{link}"), Value::Null)
        .await
        .is(200);
    let invited = world.workspace_of("invited").await;
    world.invites("owner", invited).await;
    let (theirs, _) = world.sub_of("stranger", "theirs").await;
    world.workspace_of("alone").await;
    let home = world.home;
    let texts = |ids: &[Uuid]| -> Vec<String> {
        let ids = ids.iter().map(ToString::to_string);
        ids.chain([MISSING.to_owned(), Uuid::nil().to_string(), "x".to_owned(), String::new()]).collect()
    };
    let attackers = [
        ("first", texts(&[second, home, theirs])),
        ("former", texts(&[first, home])),
        ("owner", texts(&[former, theirs, world.away, invited])),
        ("robot", texts(&[former, theirs, world.away, invited])),
        ("stranger", texts(&[first, home, former])),
        ("alone", texts(&[first, home, theirs])),
    ];
    let barred = texts(&[first, former, theirs]);
    let mut walked = 0;
    for operation in operations::all(world.api).iter().filter(|operation| !operation.open) {
        for (who, targets) in &attackers {
            alike(&world, who, operation, targets, 404).await;
            walked += targets.len();
        }
        for who in ["manager", "client"] {
            alike(&world, who, operation, &barred, 403).await;
        }
        alike(&world, "revoked", operation, &barred, 401).await;
    }
    assert!(walked > 3000, "{walked}");
}

/// While a link is paused, every call through it gets the same refusal, whether or not the record exists.
async fn paused_is_refused_alike(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let own = records(&world, "ann").await;
    let new = json!({ "name": "through", "scopes": ["all:all"] });
    let key = world.call_as("owner", sub, "POST /api/v2/api-keys", new).await.is(200).json();
    let key = key["key"].as_str().unwrap().to_owned();
    world.delegates("ann", json!({ "paused": true })).await.is(200);
    // A person's own session, password and factors do not depend on the link.
    let own_matter =
        |operation: &&Operation| ["sessions", "profile", "factors"].contains(&operation.action.resource);
    let all = operations::all(world.api);
    for operation in all.iter().filter(|operation| !operation.open && !own_matter(operation)) {
        let ids = if operation.takes_id() { vec![own.id(operation), MISSING] } else { vec![""] };
        let mut faces = Vec::new();
        for id in ids {
            let body = body(operation, &own);
            faces.push(world.call_as("owner", sub, &operation.at(id), body.clone()).await.is(403).face());
            faces.push(world.call_as("robot", sub, &operation.at(id), body.clone()).await.is(403).face());
            faces.push(world.call(&key, &operation.at(id), body).await.is(403).face());
        }
        faces.dedup();
        assert_eq!(faces.len(), 1, "{}: {faces:?}", operation.line());
        assert!(faces[0].1.contains("paused"), "{faces:?}");
    }
}

/// While a caller acts for one client, records of other clients and of their own workspace do not exist.
async fn records_of_others_are_not_there(mut world: World) {
    let (first, _) = world.sub_of("owner", "first").await;
    world.sub_of("owner", "second").await;
    let (home, second) = (records(&world, "owner").await, records(&world, "second").await);
    let mut walked = 0;
    for operation in operations::all(world.api).iter().filter(|operation| operation.takes_id()) {
        world.refresh_sessions().await;
        for who in ["owner", "robot", "owner's session"] {
            let body = body(operation, &second);
            let call = async |id: &str| world.call_as(who, first, &operation.at(id), body.clone()).await;
            let missing = call(MISSING).await;
            for records in [&home, &second] {
                let answer = call(records.id(operation)).await;
                assert_eq!(answer.face(), missing.face(), "{who} {}", operation.line());
                assert!([403, 404].contains(&answer.status.as_u16()), "{who} {}", operation.line());
                walked += 1;
            }
        }
    }
    assert!(walked > 150, "{walked}");
}

/// A simple model of which workspace is a sub-workspace of which.
#[derive(Default)]
struct Model {
    /// By sub-workspace: the admin workspace, the link and its status.
    links: BTreeMap<usize, (usize, String, State)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Pending,
    Accepted,
    Paused,
}

impl Model {
    fn is_sub(&self, n: usize) -> bool {
        self.links.get(&n).is_some_and(|(.., state)| *state != State::Pending)
    }
    fn is_admin(&self, n: usize) -> bool {
        self.links.values().any(|(admin, _, state)| *admin == n && *state != State::Pending)
    }
    fn may_invite(&self, admin: usize, sub: usize) -> bool {
        admin != sub && !self.is_sub(admin) && !self.links.contains_key(&sub) && !self.is_admin(sub)
    }
    fn may_accept(&self, sub: usize) -> bool {
        match self.links.get(&sub) {
            Some((admin, _, State::Pending)) => !self.is_admin(sub) && !self.is_sub(*admin),
            Some(_) => true,
            None => false,
        }
    }
    fn expected(&self, who: usize, there: usize) -> u16 {
        match self.links.get(&there) {
            _ if who == there => 200,
            Some((admin, _, State::Accepted)) if *admin == who => 200,
            Some((admin, _, State::Paused)) if *admin == who => 403,
            Some(_) | None => 404,
        }
    }
}

/// Six workspaces invite, accept, leave, remove and pause at random. After every step each reaches exactly
/// the workspaces that the model says.
async fn no_reach_outside_the_group(mut world: World) {
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(world.workspace_of(&format!("w{n}")).await);
    }
    let (mut model, mut chance, mut accepted) = (Model::default(), 7_u64, 0);
    let mut next = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) as usize % below
    };
    for step in 0..300 {
        let (what, one, other) = (next(6), next(6), next(6));
        match what {
            0 | 1 => model.invites(&world, &ids, one, other).await,
            2 | 3 => accepted += usize::from(model.accepts(&world, one).await),
            4 => model.ends(&world, one, other).await,
            _ => model.pauses(&world, one).await,
        }
        for (n, id) in ids.iter().enumerate() {
            let who = next(6);
            let answer = world.get_as(&format!("w{who}"), id, "/api/v2/campaigns").await;
            let expected = model.expected(who, n);
            assert_eq!(answer.status, expected, "step {step}: w{who} in w{n}: {}", answer.text());
        }
    }
    assert!(accepted > 8, "{accepted}");
}

/// Each step has the result that the model expects.
impl Model {
    async fn invites(&mut self, world: &World, ids: &[Uuid], one: usize, other: usize) {
        world.wait(24 * 60 * 60 * 1000);
        let body = json!({ "sub_workspace_id": ids[other] });
        let answer = world.call(&format!("w{one}"), "POST /api/v2/workspace-group-members", body).await;
        assert_eq!(answer.status.is_success(), self.may_invite(one, other), "{}", answer.text());
        if answer.status.is_success() {
            self.links.insert(other, (one, answer.id(), State::Pending));
        }
    }

    async fn accepts(&mut self, world: &World, one: usize) -> bool {
        let Some((_, link, state)) = self.links.get(&one).cloned() else { return false };
        let done = world.accepts(&format!("w{one}"), &link).await.status.is_success();
        assert_eq!(done, self.may_accept(one));
        let now = done && state == State::Pending;
        if now {
            self.links.get_mut(&one).unwrap().2 = State::Accepted;
        }
        now
    }

    /// By one of the two workspaces, or by a third.
    async fn ends(&mut self, world: &World, one: usize, other: usize) {
        let Some((admin, link, _)) = self.links.get(&other).cloned() else { return };
        let line = format!("DELETE /api/v2/workspace-group-members/{link}");
        let gone = world.call(&format!("w{one}"), &line, Value::Null).await;
        assert_eq!(gone.status.is_success(), one == admin || one == other, "{}", gone.text());
        if gone.status.is_success() {
            self.links.remove(&other);
        }
    }

    async fn pauses(&mut self, world: &World, one: usize) {
        let who = format!("w{one}");
        let Some((_, _, state)) = self.links.get_mut(&one).filter(|link| link.2 != State::Pending) else {
            world.delegates(&who, json!({ "paused": true })).await.is(409);
            return;
        };
        let paused = *state == State::Accepted;
        world.delegates(&who, json!({ "paused": paused })).await.is(200);
        *state = if paused { State::Paused } else { State::Accepted };
    }
}

/// A hundred accepts, leaves and removals of one link on two servers. In the end all agree whether the link
/// exists.
async fn many_answers_at_once(mut world: World) {
    let sub = world.workspace_of("ann").await;
    let link = world.invites("owner", sub).await;
    let servers = [world.router.clone(), world.twin().await];
    let (ann, owner) = (world.who("ann").key.clone(), world.who("owner").key.clone());
    let mut tasks = Vec::new();
    for n in 0..100 {
        let (router, ann, owner, link) = (servers[n % 2].clone(), ann.clone(), owner.clone(), link.clone());
        tasks.push(tokio::spawn(async move {
            let at = format!("/api/v2/workspace-group-members/{link}");
            let (key, line) = match n % 5 {
                0..=2 => (ann, format!("POST {at}/accept")),
                3 => (ann, format!("DELETE {at}")),
                _ => (owner, format!("DELETE {at}")),
            };
            let (answer, _) = exchange(&router, Some(&key), &line, &[], vec![]).await;
            (n % 5, answer.status.as_u16())
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert!(answers.iter().all(|(_, status)| [200, 404, 503].contains(status)), "{answers:?}");
    let ended = answers.iter().filter(|(what, status)| *what >= 3 && *status == 200).count();
    assert_eq!(ended, 1, "a link ends once: {answers:?}");
    let end: Answer = world.get_as("owner", sub, "/api/v2/campaigns").await;
    assert_eq!(end.status, 404);
    let rows = |mut log: Vec<Value>| {
        log.retain(|row| row["audit_metadata"]["changes"] != json!({}));
        let ours = log
            .into_iter()
            .filter(|row| row["action"].as_str().unwrap().starts_with("workspace_group_members:"));
        ours.filter(|row| row["audit_metadata"]["refused_by"].is_null()).count()
    };
    let at_home = rows(world.log().await);
    let there = rows(world.get("ann", "/api/v2/audit-logs?limit=1000").await.items());
    let accepted = answers.iter().any(|(what, status)| *what <= 2 && *status == 200);
    let changes = if accepted { 3 } else { 2 };
    assert_eq!((at_home, there), (changes, changes), "invited, accepted, ended: in both, and each once");
    // And the workspace is free for another group.
    let next = world.invites("stranger", sub).await;
    world.accepts("ann", &next).await.is(200);
    scene::tag(&world, sub, "still there").await;
}

prop_compose! {
    fn some_delegation()(paused in prop::bool::weighted(0.1), read_only: bool, no_exports: bool,
        resources in prop::option::of(prop::sample::subsequence(vec!["campaigns", "leads", "accounts", "api_keys"], 0..4)))
        -> Delegation {
        let resources = resources.map(|list| list.into_iter().map(str::to_owned).collect());
        Delegation { paused, read_only, no_exports, resources }
    }
}

prop_compose! {
    fn some_rails()(no_exports: bool, no_key_creation: bool, second_factor_required: bool,
        cap in prop::option::of(prop::sample::select(ROLES.to_vec()))) -> GuardRails {
        GuardRails { no_exports, no_key_creation, second_factor_required, highest_role: cap.filter(|role| *role != Role::Owner) }
    }
}

fn grant(role: Role, group: Option<(Delegation, GuardRails)>, through: bool) -> Grant {
    let group = group.map(|(delegation, rails)| Group {
        link: Uuid::from_u128(9),
        admin: Uuid::from_u128(8),
        admin_name: "agency".to_owned(),
        delegation,
        rails,
    });
    Grant::supposed(Uuid::from_u128(7), role, group, through)
}

/// Which of four kinds of records a reach contains.
fn contains(reach: Reach) -> [bool; 4] {
    match reach {
        Reach::All => [true, true, true, true],
        Reach::Team => [false, true, true, true],
        Reach::Own => [false, false, true, false],
        Reach::Assigned => [false, false, false, true],
        Reach::None => [false; 4],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    /// Compares every action and role with a description in words.
    #[test]
    fn rails_and_delegations_only_take_away(role in prop::sample::select(ROLES.to_vec()), delegation in some_delegation(),
        rails in some_rails(), through: bool) {
        let bare = grant(role, None, false);
        let bound = grant(role, Some((delegation.clone(), rails.clone())), through);
        for action in ACTIONS {
            let allowed = |grant: &Grant| Ask::new(action, grant, None).refused_by().is_none();
            let (without, with) = (allowed(&bare), allowed(&bound));
            prop_assert!(!with || without, "{} was given", action.name);
            let (wide, narrow) = (contains(bare.reach(action)), contains(bound.reach(action)));
            prop_assert!(wide.iter().zip(narrow).all(|(wide, narrow)| *wide || !narrow), "{}", action.name);
            let export = ["campaigns:export", "campaigns:share", "leads:export", "block_list_entries:download", "audit_logs:export",
                "webhooks:create", "webhooks:update", "webhooks:resume", "webhooks:deliver", "webhook_events:redeliver"]
                .contains(&action.name);
            let reads = ["campaigns:export", "leads:export", "block_list_entries:download", "audit_logs:export"]
                .contains(&action.name);
            let ends_all = action.name == "sessions:end_all";
            let personal = ["sessions", "profile", "factors"].contains(&action.resource) && !ends_all;
            let joins = action.name == "workspace_members:accept";
            let own = ends_all || action.name == "login_policy:update";
            let (changes, named) = (action.activity.is_some(), &action.resource.to_owned());
            let known = ["access:read", "access:explain"].contains(&action.name)
                || action.resource == "workspace_group_members" && !changes;
            let withheld = through && !personal && (delegation.paused
                || delegation.read_only && changes && !reads && !joins
                || delegation.no_exports && export
                || delegation.resources.as_ref().is_some_and(|list| !list.contains(named)) && !known && !joins)
                || through && own;
            let capped = rails.highest_role.filter(|cap| role != Role::Owner && (role as usize) < *cap as usize);
            let forbidden = rails.no_exports && export
                || rails.no_key_creation && ["api_keys:create", "api_keys:rotate"].contains(&action.name)
                || capped.is_some_and(|cap| !contains(bare.reach(action)).iter().zip(contains(action.reach(cap)))
                    .any(|(own, cap)| *own && cap));
            prop_assert_eq!(with, without && !withheld && !forbidden, "{}", action.name);
        }
    }
}
