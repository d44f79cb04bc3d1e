//! The cells that the access model fixes, once more and by hand: a change of policy has to be made in both places,
//! and `make accept` does not do it.

use crate::support::{World, on_both};
use gatepost::access::{Action, Pred, ROLES, Reach, Shape, Who};
use gatepost::db::sql;
use uuid::Uuid;

on_both! { assigned_reaches_what_is_assigned }

/// owner admin manager editor member sdr view client; a dash is none.
const FIXED: [(&str, &str); 20] = [
    ("workspaces:read", "all all all all all all all all"),
    ("workspaces:update", "all all - - - - - -"),
    ("workspaces:delete", "all - - - - - - -"),
    ("workspaces:change_owner", "all - - - - - - -"),
    ("workspace_members:read", "all all all - - - - -"),
    ("workspace_members:create", "all all - - - - - -"),
    ("workspace_members:update", "all all - - - - - -"),
    ("workspace_members:delete", "all all - - - - - -"),
    ("api_keys:read", "all all all - - - - -"),
    ("api_keys:create", "all all - - - - - -"),
    ("api_keys:delete", "all all - - - - - -"),
    ("audit_logs:read", "all all - - - - - -"),
    ("campaigns:read", "all all team team team team team team"),
    ("campaigns:create", "all all team team own - - -"),
    ("campaigns:update", "all all team team own - - -"),
    ("campaigns:launch", "all all team team own team - -"),
    ("campaigns:pause", "all all team team own team - -"),
    ("campaigns:delete", "all all - team own - - -"),
    ("accounts:read", "all all team team assigned team team -"),
    ("access:explain_others", "all all - - - - - -"),
];

#[test]
fn the_fixed_cells_are_as_fixed() {
    for (name, cells) in FIXED {
        let action = Action::of(name).unwrap();
        let is: Vec<_> = ROLES.iter().map(|role| action.reach(*role)).collect();
        let is: Vec<_> = is.into_iter().map(|r| if r == Reach::None { "-" } else { r.name() }).collect();
        assert_eq!(is.join(" "), cells, "{name}");
    }
}

/// No operation uses this reach yet; its SQL is held to its word all the same.
async fn assigned_reaches_what_is_assigned(world: World) {
    let shape =
        Shape { assignee: Some("a.assigned_to"), ..Shape::bare("accounts a", "a.id", "a.workspace_id") };
    let member = world.who("sdr").member;
    for (n, (place, assigned)) in [
        (world.home, member),
        (world.home, world.who("member").member),
        (world.home, None),
        (world.away, member),
    ]
    .into_iter()
    .enumerate()
    {
        crate::support::scene::account(&world, place, &format!("{n}@outreach.example"), assigned).await;
    }
    for (reach, seen) in
        [(Reach::All, 3), (Reach::Team, 1), (Reach::Assigned, 1), (Reach::Own, 0), (Reach::None, 0)]
    {
        let pred = Pred::new(world.home, reach, Who { user: world.who("sdr").user, member }, &[]);
        let found =
            sql("select a.id from accounts a where {visible}").fill("{visible}", |out| pred.sql(&shape, out));
        assert_eq!(found.all::<Uuid>(&world.reader).await.unwrap().len(), seen, "{reach:?}");
    }
    let limited = Pred::new(world.home, Reach::All, Who::default(), &[vec![world.tag]]);
    let found =
        sql("select a.id from accounts a where {visible}").fill("{visible}", |out| limited.sql(&shape, out));
    assert!(
        found.all::<Uuid>(&world.reader).await.unwrap().is_empty(),
        "what has no tags is outside every limit"
    );
}
