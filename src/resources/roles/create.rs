use super::cells::cells;
use super::guard::may_define;
use super::{MOST, New, WorkspaceRole, store};
use crate::access::{Caller, Can, Cells, Role, roles::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};

pub async fn create(can: Can<Create>, new: New) -> Result<WorkspaceRole> {
    if new.base == Role::Owner {
        return Err(Error::invalid("body/base must not be owner: there is exactly one"));
    }
    let wanted = cells(new.base, new.permissions.as_ref(), new.without.as_deref())?;
    let wanted = wanted.ok_or_else(|| Error::invalid("body must have required property 'permissions'"))?;
    can.write(async move |can, tx| create_part(can, tx, &new.name, (new.base, &wanted)).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn create_part(
    can: &Can<Create>,
    tx: &mut Tx,
    name: &str,
    (base, cells): (Role, &Cells),
) -> Result<Change<WorkspaceRole>> {
    let role = WorkspaceRole {
        id: can.new_id(),
        workspace_id: can.workspace(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        name: name.to_owned(),
        base,
        permissions: Default::default(),
        unmentioned: vec![],
        members: 0,
        keys_made: None,
        cells: Cells::default(),
        left_out: String::new(),
    };
    let role = role.with(cells.clone());
    may_define(can, None, Some(&role.effective()))?;
    role.check_name(can, tx).await?;
    if store::count(can, tx).await? >= MOST {
        let why = format!("a workspace has at most {MOST} custom roles; delete one first");
        return Err(Error::Conflict(why));
    }
    can.insert(tx, &role).await?;
    Ok(Change::created(role.subject(), role))
}

impl WorkspaceRole {
    /// Refuses a name that another role has.
    pub(super) async fn check_name(&self, can: &Caller, tx: &mut Tx) -> Result<()> {
        if Role::parse(&self.name).is_some() {
            return Err(Error::invalid("body/name must not be the name of a built-in role"));
        }
        match store::by_name(can, tx, &self.name).await? {
            Some(other) if other.id != self.id => {
                Err(Error::Conflict("A custom role with this name already exists.".to_owned()))
            }
            Some(_) | None => Ok(()),
        }
    }
}
