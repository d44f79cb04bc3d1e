//! Reads the cells of a custom role from a body. Each refusal names the cell.

use super::Permissions;
use crate::access::{ACTIONS, Action, Cells, EffectiveRole, Reach, Role};
use crate::error::{Error, Result};
use crate::http::hint;
use crate::resources::shapes;

/// None if the body names neither list.
pub fn cells(
    base: Role,
    permissions: Option<&Permissions>,
    without: Option<&[String]>,
) -> Result<Option<Cells>> {
    let cells = match (permissions, without) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(Error::invalid("body/without must be left out, because body/permissions is there"));
        }
        (Some(permissions), None) => named(base, permissions)?,
        (None, Some(without)) => all_but(base, without)?,
    };
    let role = EffectiveRole::custom(base, cells.clone());
    match ACTIONS.iter().find_map(|row| unseen(&role, row)) {
        Some(why) => Err(Error::Invalid(why)),
        None => Ok(Some(cells)),
    }
}

fn named(base: Role, permissions: &Permissions) -> Result<Cells> {
    for (name, reach) in permissions {
        let field = format!("body/permissions/{name}");
        let row = row(&field, name)?;
        let most = row.reach(base);
        let why = match (most, *reach) {
            _ if row.is_for_everyone() => Some("must be left out, because everybody has it".to_owned()),
            (_, Reach::None) => None,
            (Reach::None, _) => Some(format!("must be left out, because `{}` does not have it", base.name())),
            (most, reach) if !most.covers(reach) => {
                Some(format!("must be within `{}`, the reach of `{}`", most.name(), base.name()))
            }
            (_, reach) if !can_have(row, reach) => {
                let names: Vec<_> = possible(row, most).map(|reach| format!("`{}`", reach.name())).collect();
                Some(format!(
                    "must be {}, because of how records of `{}` are kept",
                    names.join(" or "),
                    row.resource
                ))
            }
            _ => None,
        };
        if let Some(why) = why {
            return Err(Error::Invalid(format!("{field} {why}")));
        }
    }
    Ok(Cells::new(|row| permissions.get(row.name).copied().unwrap_or(Reach::None)))
}

fn all_but(base: Role, without: &[String]) -> Result<Cells> {
    for (index, name) in without.iter().enumerate() {
        let field = format!("body/without/{index}");
        let row = row(&field, name)?;
        if row.is_for_everyone() {
            return Err(Error::Invalid(format!("{field} must not be `{name}`, because everybody has it")));
        }
    }
    let has = |row: &Action| !row.is_for_everyone() && !without.iter().any(|name| name == row.name);
    Ok(Cells::new(|row| if has(row) { row.reach(base) } else { Reach::None }))
}

fn row(field: &str, name: &str) -> Result<&'static Action> {
    let hint = || hint(name, ACTIONS.iter().map(|row| row.name));
    let unknown = || {
        Error::Invalid(format!(
            "{field} must be a row of the access matrix, such as `campaigns:launch`{}",
            hint()
        ))
    };
    Action::of(name).ok_or_else(unknown)
}

/// Whether the records of a row have the facts that a reach depends on, or a built-in role has this reach.
fn can_have(row: &'static Action, reach: Reach) -> bool {
    let built_in = row.reach.contains(&reach);
    built_in
        || shapes(row).iter().any(|shape| match reach {
            Reach::All | Reach::None => true,
            Reach::Team => shape.team.is_some(),
            Reach::Own => shape.owner.is_some() || shape.collaborators.is_some(),
            Reach::Assigned => shape.assignee.is_some(),
        })
}

fn possible(row: &'static Action, most: Reach) -> impl Iterator<Item = Reach> {
    let all = [Reach::All, Reach::Team, Reach::Own, Reach::Assigned];
    all.into_iter().filter(move |reach| most.covers(*reach) && can_have(row, *reach))
}

/// Why a row cannot work: the role does not see the records that the row reaches. A built-in role can itself reach further than
/// it sees, such as an `sdr` with `leads:create`. That is allowed for a custom role too.
fn unseen(role: &EffectiveRole, row: &'static Action) -> Option<String> {
    let see = (row.see)();
    let (reach, seen, base) = (role.reach(row), role.reach(see), see.reach(role.base));
    if reach == Reach::None || row.is_for_everyone() || base == Reach::None {
        return None;
    }
    let field = format!("body/permissions/{}", row.name);
    if seen == Reach::None {
        return Some(format!("{field} must be left out, because the role does not have `{}`", see.name));
    }
    let (seen_name, name) = (seen.name(), see.name);
    (!seen.covers(base.and(reach))).then(|| {
        format!(
            "{field} must be within `{seen_name}`, the reach of `{name}`, which makes the records visible"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ROLES;

    fn lists(base: Role, list: &[(&str, Reach)]) -> Result<Option<Cells>> {
        let permissions = list.iter().map(|(name, reach)| ((*name).to_owned(), *reach)).collect();
        cells(base, Some(&permissions), None)
    }

    #[test]
    fn every_built_in_role_is_a_valid_custom_role() {
        for base in ROLES.iter().copied().filter(|base| *base != Role::Owner) {
            let cells = cells(base, None, Some(&[])).unwrap().unwrap();
            let role = EffectiveRole::custom(base, cells.clone());
            assert!(role.covers(&base.into()), "{}", base.name());
            let permissions = cells.lines().map(|(name, reach)| (name.to_owned(), reach)).collect();
            let again = super::cells(base, Some(&permissions), None).unwrap().unwrap();
            assert_eq!(again, cells, "{}", base.name());
        }
    }

    #[test]
    fn wrong_cells_are_named() {
        let refused = |base, list: &[(&str, Reach)]| lists(base, list).unwrap_err().to_string();
        for (base, list, why) in [
            (
                Role::Sdr,
                vec![("campaigns:lunch", Reach::Team)],
                "body/permissions/campaigns:lunch must be a row of the access matrix, such as `campaigns:launch`; did \
                 you mean `campaigns:launch`?",
            ),
            (
                Role::Sdr,
                vec![("campaigns:read", Reach::All)],
                "body/permissions/campaigns:read must be within `team`, the reach of `sdr`",
            ),
            (
                Role::Member,
                vec![("accounts:read", Reach::Own)],
                "body/permissions/accounts:read must be within `assigned`, the reach of `member`",
            ),
            (
                Role::Sdr,
                vec![("campaigns:delete", Reach::Own)],
                "body/permissions/campaigns:delete must be left out, because `sdr` does not have it",
            ),
            (
                Role::Admin,
                vec![("workspace_members:read", Reach::Own)],
                "body/permissions/workspace_members:read must be `all`, because of how records of `workspace_members` \
                 are kept",
            ),
            (
                Role::Editor,
                vec![("campaigns:update", Reach::Own)],
                "body/permissions/campaigns:update must be left out, because the role does not have `campaigns:read`",
            ),
            (
                Role::Editor,
                vec![("campaigns:read", Reach::Own), ("campaigns:update", Reach::Team)],
                "body/permissions/campaigns:update must be within `own`, the reach of `campaigns:read`, which makes the \
                 records visible",
            ),
            (
                Role::View,
                vec![("access:read", Reach::All)],
                "body/permissions/access:read must be left out, because everybody has it",
            ),
        ] {
            assert_eq!(refused(base, &list), why);
        }
        let without = |name: &str| cells(Role::Editor, None, Some(&[name.to_owned()]));
        assert!(without("campaigns:share").is_ok());
        assert!(
            without("campaigns:read").unwrap_err().to_string().contains("does not have `campaigns:read`")
        );
        assert!(without("profile:read").unwrap_err().to_string().contains("everybody has it"));
        assert!(without("campaigns").unwrap_err().to_string().starts_with("body/without/0 must be a row"));
    }

    #[test]
    fn narrower_cells_are_accepted() {
        let all =
            [("campaigns:read", Reach::Team), ("campaigns:launch", Reach::Own), ("leads:read", Reach::Own)];
        let cells = lists(Role::Sdr, &all).unwrap().unwrap();
        assert_eq!(cells.lines().count(), 3);
        assert!(lists(Role::Sdr, &[("leads:read", Reach::Own), ("leads:create", Reach::Team)]).is_ok());
        assert!(lists(Role::Editor, &[("campaigns:read", Reach::None)]).is_ok());
    }
}
