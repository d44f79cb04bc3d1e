//! Custom roles at every operation, and at random: a role without a permission is refused at each operation
//! that needs it, and nobody gives or takes a role that reaches further than their own.

use crate::support::operations;
use crate::support::scene;
use crate::support::{MISSING, World, on_both};
use gatepost::access::{ACTIONS, Can, Reach, Role, markdown, markdown_of, roles as may};
use gatepost::db::sql;
use gatepost::resources::roles;
use gatepost::time::Time;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

on_both! {
    a_role_without_a_permission_is_refused_it nobody_exceeds_themselves_at_random
    a_guard_rail_limits_custom_roles_too each_use_is_counted uses_of_a_day_are_added_up
    the_printed_matrix_has_custom_roles
}

const ROLES: &str = "POST /api/v2/roles";

/// A new member with a custom role. The id of the role.
async fn lowered(world: &mut World, who: &str, base: &str, without: &[&str]) -> String {
    let home = world.home;
    let (member, _) = scene::join(world, home, who, base, None).await;
    let body = json!({ "name": who, "base": base, "without": without });
    let id = world.call("owner", ROLES, body).await.is(200).id();
    let line = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("owner", &line, json!({ "custom_role": id })).await.is(200);
    id
}

/// A permission, and those that are of no use without it.
fn with_dependents(name: &str) -> Vec<&'static str> {
    let rows = ACTIONS.iter().filter(|row| row.name == name || (row.see)().name == name);
    rows.filter(|row| !row.is_for_everyone()).map(|row| row.name).collect()
}

async fn a_role_without_a_permission_is_refused_it(mut world: World) {
    let id = lowered(&mut world, "lowered", "admin", &[]).await;
    let role = format!("PATCH /api/v2/roles/{id}");
    let mut refused = BTreeSet::new();
    for operation in operations::all(world.api).iter().filter(|operation| !operation.open) {
        let row = operation.action;
        if row.is_for_everyone() || row.reach(Role::Admin) == Reach::None {
            continue;
        }
        let question = json!({ "permission": row.name });
        world.call("owner", &role, json!({ "without": [] })).await.is(200);
        let told =
            world.call("lowered", "POST /api/v2/access/explain", question.clone()).await.is(200).json();
        let step = told["steps"].as_array().unwrap().iter().find(|step| step["step"] == "role").unwrap();
        assert!(step["holds"] == true, "{} {told}", row.name);
        world.call("owner", &role, json!({ "without": with_dependents(row.name) })).await.is(200);
        let answer = world.call("lowered", &operation.at(MISSING), Value::Null).await.is(403);
        let end = "yours is lowered, a custom role based on admin without this permission";
        assert!(answer.message().ends_with(end), "{} {}", operation.line(), answer.text());
        let told = world.call("lowered", "POST /api/v2/access/explain", question).await.is(200).json();
        assert_eq!(told["refused_by"], "role", "{}", row.name);
        refused.insert(row.name);
    }
    assert!(refused.len() > 80, "{}", refused.len());
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

/// The reach of every permission in every role, as the server answers it.
async fn matrix(world: &World) -> BTreeMap<String, BTreeMap<String, String>> {
    let matrix = world.get("owner", "/api/v2/access/matrix").await.is(200).json();
    let mut by_role: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for row in matrix["permissions"].as_array().unwrap() {
        for (role, reach) in row["reach"].as_object().unwrap() {
            let name = row["permission"].as_str().unwrap().to_owned();
            by_role.entry(role.clone()).or_default().insert(name, reach.as_str().unwrap().to_owned());
        }
    }
    by_role
}

/// Whether one reach contains another, written again without `Reach`.
fn contains(one: &str, two: &str) -> bool {
    match one {
        "all" => true,
        "team" => two != "all",
        _ => two == one || two == "none",
    }
}

/// Members with random roles change one another's roles. Each call succeeds exactly if the caller's role covers
/// the present role and the wanted one.
async fn nobody_exceeds_themselves_at_random(mut world: World) {
    let mut random = Random(7);
    let optional = |base: Role| {
        let rows = ACTIONS.iter().filter(move |row| row.reach(base) != Reach::None && !row.is_for_everyone());
        rows.filter(|row| !row.name.starts_with("workspace_members:") && !row.name.starts_with("api_keys:"))
    };
    let mut roles = vec!["admin", "manager", "editor", "member", "sdr", "view"]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    for n in 0..12 {
        let base = if n % 3 == 0 { Role::Editor } else { Role::Admin };
        let rows: Vec<_> = optional(base).collect();
        let mut without = BTreeSet::new();
        for _ in 0..random.below(4) {
            without.extend(with_dependents(rows[random.below(rows.len())].name));
        }
        let body = json!({ "name": format!("role-{n}"), "base": base.name(), "without": without });
        world.call("owner", ROLES, body).await.is(200);
        roles.push(format!("role-{n}"));
    }
    let home = world.home;
    let (target, _) = scene::join(&mut world, home, "target", "view", None).await;
    let (actor, _) = scene::join(&mut world, home, "actor", "view", None).await;
    let matrix = matrix(&world).await;
    let covers =
        |one: &str, two: &str| matrix[one].iter().all(|(row, reach)| contains(reach, &matrix[two][row]));
    let wanted = |role: &str| match role.starts_with("role-") {
        true => json!({ "custom_role": role }),
        false => json!({ "role": role }),
    };
    let (mut given, mut refused) = (0, 0);
    for _ in 0..150 {
        let mut of = || roles[random.below(roles.len())].clone();
        let (own, present, next) = (of(), of(), of());
        for (member, role) in [(actor, &own), (target, &present)] {
            let line = format!("PATCH /api/v2/workspace-members/{member}");
            world.call("owner", &line, wanted(role)).await.is(200);
        }
        let line = format!("PATCH /api/v2/workspace-members/{target}");
        let answer = world.call("actor", &line, wanted(&next)).await;
        let manages = matrix[&own]["workspace_members:update"] == "all";
        let may = manages && (present == next || covers(&own, &present) && covers(&own, &next));
        assert_eq!(
            answer.status,
            if may { 200 } else { 403 },
            "{own}: {present} to {next} {}",
            answer.text()
        );
        *if may { &mut given } else { &mut refused } += 1;
    }
    assert!(given > 20 && refused > 20, "{given} {refused}");
}

async fn a_guard_rail_limits_custom_roles_too(mut world: World) {
    let (sub, _) = world.sub_of("owner", "ann").await;
    let role = async |name: &str, base: &str, cells: Value| {
        let body = json!({ "name": name, "base": base, "permissions": cells });
        world.call("ann", ROLES, body).await.is(200).id()
    };
    let cells = json!({ "campaigns:read": "all", "campaigns:delete": "all", "workspaces:update": "all", "workspaces:read": "all" });
    let high = role("high", "admin", cells).await;
    let low = role("low", "manager", json!({ "campaigns:read": "own" })).await;
    let (member, _) = scene::join(&mut world, sub, "subadmin", "admin", None).await;
    let line = format!("PATCH /api/v2/workspace-members/{member}");
    world.call("ann", &line, json!({ "custom_role": high })).await.is(200);
    world.call("subadmin", "PATCH /api/v2/workspaces/current", json!({ "name": "s" })).await.is(200);
    let rails = json!({ "highest_role": "manager" });
    world.call("owner", "PATCH /api/v2/workspaces/current/guard-rails", rails).await.is(200);
    let reach = async |permission: &str| {
        let me = world.get("subadmin", "/api/v2/me").await.is(200).json();
        let held = me["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|held| held["permission"] == permission)
            .cloned();
        held.map(|held| held["reach"].as_str().unwrap().to_owned())
    };
    // The custom role and the highest role are met.
    assert_eq!(reach("campaigns:read").await.as_deref(), Some("team"));
    assert_eq!((reach("workspaces:update").await, reach("campaigns:create").await), (None, None));
    let other = world
        .call(
            "ann",
            "POST /api/v2/workspace-members",
            json!({ "email": "x@sub.example", "custom_role": high }),
        )
        .await;
    assert!(other.is(403).message().starts_with("guard-rail: "));
    let other = json!({ "email": "y@sub.example", "custom_role": low });
    world.call("ann", "POST /api/v2/workspace-members", other).await.is(200);
}

/// What `gatepost admin access matrix --workspace` prints.
async fn the_printed_matrix_has_custom_roles(mut world: World) {
    lowered(&mut world, "lowered", "editor", &["campaigns:pause"]).await;
    let can = Can::<may::Read>::operator(&world.app, world.home);
    let columns = roles::columns(&can, &world.reader).await.unwrap();
    let columns: Vec<_> = columns.into_iter().map(|column| (column.name, column.role)).collect();
    let printed = markdown_of(&columns);
    let line = |start: &str| printed.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
    assert!(
        line("| permission ").contains("| view | client | lowered | scopes"),
        "{}",
        line("| permission ")
    );
    assert!(line("| `campaigns:launch` ").contains("| team |  |  | team | `campaigns:launch`"));
    assert!(line("| `campaigns:pause` ").contains("| team |  |  |  | `campaigns:launch`"));
    assert_eq!(markdown_of(&columns[..8]), markdown());
}

/// The rows of `uses`: principal, permission, calls.
async fn uses(world: &World) -> Vec<((uuid::Uuid, String), i64)> {
    world.app.behind.flush().await;
    let rows = sql("select principal_id, permission, calls from uses order by day, permission, principal_id");
    rows.all(&world.reader).await.unwrap()
}

async fn each_use_is_counted(world: World) {
    world.app.behind.flush().await;
    world.run(sql("delete from uses")).await;
    for _ in 0..3 {
        world.get("sdr", "/api/v2/campaigns").await.is(200);
    }
    world.get("sdr's session", "/api/v2/campaigns").await.is(200);
    world.call("sdr", "POST /api/v2/custom-tags", json!({ "label": "refused" })).await.is(403);
    world.get("sdr", &format!("/api/v2/campaigns/{MISSING}")).await.is(404);
    world.get("no such key", "/api/v2/campaigns").await.is(401);
    let (key, member) = (world.who("sdr").key_id, world.who("sdr").member.unwrap());
    let mut found = uses(&world).await;
    found.sort_by_key(|(_, calls)| *calls);
    let read = "campaigns:read".to_owned();
    assert_eq!(found, [((member, read.clone()), 1), ((key, read), 3)]);
}

async fn uses_of_a_day_are_added_up(world: World) {
    world.app.behind.flush().await;
    world.run(sql("delete from uses")).await;
    for wait in [0, Time::HOUR, Time::DAY] {
        world.wait(wait);
        world.get("sdr", "/api/v2/campaigns").await.is(200);
        world.app.behind.flush().await;
    }
    let calls: Vec<_> = uses(&world).await.into_iter().map(|(_, calls)| calls).collect();
    assert!(calls == [2, 1] || calls == [1, 2], "{calls:?}");
    // They are kept for 90 days.
    world.wait(89 * Time::DAY);
    gatepost::jobs::prune(&world.app).await.unwrap();
    assert_eq!(uses(&world).await.len(), 1);
    world.wait(2 * Time::DAY);
    gatepost::jobs::prune(&world.app).await.unwrap();
    assert!(uses(&world).await.is_empty());
}
