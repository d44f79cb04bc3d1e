//! The cells that the access model fixes, written again by hand. A change of policy must be made in both
//! places, and `make accept` does not change this one.

use crate::support::{World, on_both};
use gatepost::access::{Action, Pred, ROLES, Reach, Shape, Who};
use gatepost::db::sql;
use uuid::Uuid;

on_both! { assigned_reaches_what_is_assigned }

/// The columns are owner, admin, manager, editor, member, sdr, view and client. A dash means no right.
const FIXED: [(&str, &str); 43] = [
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
    ("api_keys:rotate", "all all - - - - - -"),
    ("api_keys:warn", "all all - - - - - -"),
    ("workspace_members:off_board", "all all - - - - - -"),
    ("workspace_members:belongings", "all all - - - - - -"),
    ("audit_logs:read", "all all - - - - - -"),
    ("campaigns:read", "all all team team team team team team"),
    ("campaigns:create", "all all team team own - - -"),
    ("campaigns:update", "all all team team own - - -"),
    ("campaigns:launch", "all all team team own team - -"),
    ("campaigns:pause", "all all team team own team - -"),
    ("campaigns:delete", "all all - team own - - -"),
    ("accounts:read", "all all team team assigned team team -"),
    ("accounts:use", "all all assigned team assigned assigned - -"),
    ("accounts:create", "all all team team - - - -"),
    ("accounts:update", "all all - team - - - -"),
    ("accounts:assign", "all all - - - - - -"),
    ("accounts:delete", "all all - team - - - -"),
    ("leads:read", "all all team team own own team team"),
    ("leads:create", "all all team team own team - -"),
    ("leads:update", "all all team team own - - -"),
    ("leads:delete", "all all - team own - - -"),
    ("lead_lists:read", "all all team team own own team -"),
    ("lead_lists:delete", "all all - team own - - -"),
    ("campaigns:share", "all all - team - - - -"),
    ("campaigns:export", "all all team team own - - -"),
    ("webhooks:read", "all all all all - - - -"),
    ("webhooks:create", "all all all all - - - -"),
    ("webhooks:update", "all all - all - - - -"),
    ("webhooks:delete", "all all - all - - - -"),
    ("webhook_events:read", "all all team team - - - -"),
    ("access:who_can", "all all - - - - - -"),
    ("workspace_members:explain_others", "all all - - - - - -"),
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

/// The SQL of each reach, compared with its meaning.
async fn assigned_reaches_what_is_assigned(world: World) {
    let shape =
        Shape { assignee: Some("a.assigned_to"), ..Shape::bare("accounts a", "a.id", "a.workspace_id") };
    let (member, stranger) = (world.who("sdr").member, world.who("stranger").member);
    for (n, (place, assigned)) in
        [("owner", member), ("owner", world.who("member").member), ("owner", None), ("stranger", stranger)]
            .into_iter()
            .enumerate()
    {
        world.connect(place, &format!("{n}@outreach.example"), assigned).await;
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
