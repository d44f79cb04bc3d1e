//! Bundles: names for several rows of the matrix at once. Campaign figures have no row of their own, so
//! `analytics` and `own_analytics` mean that a role can read campaigns and sending accounts.

use super::listing::listing;
use crate::access::{ACTIONS, Action, EffectiveRole, Reach};

pub struct Bundle {
    pub name: &'static str,
    /// Rows, and how far they reach.
    rows: &'static [(&'static str, Reach)],
}

const fn bundle(name: &'static str, rows: &'static [(&'static str, Reach)]) -> Bundle {
    Bundle { name, rows }
}

pub const BUNDLES: [Bundle; 8] = [
    bundle("manage_billing", &[("workspace_billing:read", Reach::All)]),
    bundle(
        "manage_members",
        &[
            ("workspace_members:read", Reach::All),
            ("workspace_members:create", Reach::All),
            ("workspace_members:update", Reach::All),
            ("workspace_members:delete", Reach::All),
            ("workspace_members:resend", Reach::All),
            ("workspace_members:change_role", Reach::All),
        ],
    ),
    bundle(
        "all_campaigns",
        &[
            ("campaigns:read", Reach::All),
            ("campaigns:create", Reach::All),
            ("campaigns:update", Reach::All),
            ("campaigns:launch", Reach::All),
            ("campaigns:pause", Reach::All),
            ("campaigns:delete", Reach::All),
        ],
    ),
    bundle(
        "own_campaigns",
        &[
            ("campaigns:read", Reach::Own),
            ("campaigns:create", Reach::Own),
            ("campaigns:update", Reach::Own),
            ("campaigns:launch", Reach::Own),
            ("campaigns:pause", Reach::Own),
            ("campaigns:delete", Reach::Own),
        ],
    ),
    bundle(
        "all_accounts",
        &[
            ("accounts:read", Reach::All),
            ("accounts:use", Reach::All),
            ("accounts:create", Reach::All),
            ("accounts:update", Reach::All),
            ("accounts:assign", Reach::All),
            ("accounts:pause", Reach::All),
            ("accounts:resume", Reach::All),
            ("accounts:delete", Reach::All),
        ],
    ),
    bundle("assigned_accounts", &[("accounts:read", Reach::Assigned), ("accounts:use", Reach::Assigned)]),
    bundle("analytics", &[("campaigns:read", Reach::All), ("accounts:read", Reach::All)]),
    bundle("own_analytics", &[("campaigns:read", Reach::Own), ("accounts:read", Reach::Assigned)]),
];

impl Bundle {
    pub fn of(name: &str) -> Option<&'static Bundle> {
        BUNDLES.iter().find(|bundle| bundle.name == name)
    }

    pub fn reach(&self, row: &Action) -> Reach {
        self.rows.iter().find(|(name, _)| *name == row.name).map_or(Reach::None, |(_, reach)| *reach)
    }

    /// The rows in which a role does not reach as far.
    pub fn lacks(&self, role: &EffectiveRole) -> Vec<(&'static str, Reach)> {
        let short = |(name, reach): &&(&'static str, Reach)| {
            Action::of(name).is_none_or(|row| !role.reach(row).covers(*reach))
        };
        self.rows.iter().filter(short).copied().collect()
    }
}

/// How far several bundles reach together. Of two reaches that do not contain one another, the first counts.
pub fn together(bundles: &[&'static Bundle], row: &Action) -> Reach {
    bundles
        .iter()
        .map(|bundle| bundle.reach(row))
        .fold(Reach::None, |most, reach| if reach.covers(most) { reach } else { most })
}

/// What a role can do beyond the bundles, without what everybody can do.
pub fn beside(role: &EffectiveRole, bundles: &[&'static Bundle]) -> String {
    listing(ACTIONS.iter().filter_map(|row| {
        let reach = role.reach(row);
        let spoken = together(bundles, row).covers(reach);
        (!spoken && !row.is_for_everyone()).then_some((*row, reach))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    #[test]
    fn the_rows_of_all_bundles_exist_and_are_possible() {
        for bundle in &BUNDLES {
            for (name, reach) in bundle.rows {
                let row = Action::of(name).unwrap_or_else(|| unreachable!("no row {name}"));
                assert!(row.reach(Role::Owner).covers(*reach), "{name}");
            }
        }
    }

    #[test]
    fn the_roles_of_the_published_example_hold_what_it_says() {
        let all = ["manage_members", "all_campaigns", "all_accounts", "analytics"];
        let own = ["own_campaigns", "assigned_accounts", "own_analytics"];
        let holds = |role: Role, name: &str| Bundle::of(name).unwrap().lacks(&role.into()).is_empty();
        assert!(all.iter().all(|name| holds(Role::Owner, name) && holds(Role::Admin, name)));
        assert!(holds(Role::Owner, "manage_billing") && !holds(Role::Admin, "manage_billing"));
        assert!(own.iter().all(|name| holds(Role::Member, name)));
        assert!(!holds(Role::Member, "all_campaigns") && !holds(Role::View, "own_campaigns"));
        let member = own.map(|name| Bundle::of(name).unwrap());
        let beside = beside(&Role::Member.into(), &member);
        assert!(beside.contains("campaigns:read team") && beside.contains("leads:* own"), "{beside}");
    }
}
