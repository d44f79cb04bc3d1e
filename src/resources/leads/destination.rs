//! Where new leads go, and to whom they are assigned. The caller must see the campaign or list, and be allowed to put leads
//! into it.

use super::store;
use crate::access::{Caller, Can, Permission, Reach, Step, leads};
use crate::audit::Subject;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::lead_containers::Container;
use crate::resources::members::{is_self, named};
use uuid::Uuid;

/// A campaign or list that exists, and the user who owns it. Without a container, the leads of one member.
#[derive(Clone, Copy, Debug, Default)]
pub struct Destination {
    pub container: Option<Container>,
    pub owner: Option<Uuid>,
}

impl Destination {
    /// A lead without a campaign and a list belongs to its assignee. Only they, and the roles that reach every lead, see it. A
    /// caller who could not see such a lead cannot create it.
    pub fn none(can: &Can<leads::Create>) -> Result<Destination> {
        let refuse = |why| {
            let what = "body must have exactly one of 'campaign' and 'list_id'";
            Err(Error::invalid(format!("{what}: {why}")))
        };
        let sees_all = can.reach(leads::Read::ACTION) == Reach::All;
        match (can.tag_limits().is_empty(), sees_all || can.user().is_some()) {
            (false, _) => refuse("a lead without both would be outside your tag limit"),
            (true, false) => refuse("a lead without both belongs to a member, and this key has none"),
            (true, true) => Ok(Destination::default()),
        }
    }

    /// The caller sees the container and reaches it.
    pub async fn open<P: Permission>(
        can: &Can<P>,
        tx: &mut Tx,
        container: Container,
        field: &str,
    ) -> Result<Destination> {
        Destination::open_for::<P>(can, tx, container, field).await
    }

    /// The same under a further permission.
    pub async fn open_for<P: Permission>(
        can: &Caller,
        tx: &mut Tx,
        container: Container,
        field: &str,
    ) -> Result<Destination> {
        match look_for::<P>(can, tx, container, field).await? {
            (owner, true) => Ok(Destination { container: Some(container), owner }),
            (_, false) => Err(Error::refused(
                Step::Reach,
                format!("reach: `{}` does not reach this campaign or list", P::ACTION.name),
            )),
        }
    }

    pub fn campaign(&self) -> Option<Uuid> {
        self.container.and_then(Container::campaign)
    }

    pub fn list(&self) -> Option<Uuid> {
        self.container.and_then(Container::list)
    }

    /// The user to whom a new lead is assigned.
    pub async fn assign<P: Permission>(
        &self,
        can: &Can<P>,
        tx: &mut Tx,
        field: &str,
        wanted: Option<&str>,
    ) -> Result<Option<Uuid>> {
        let Some(wanted) = wanted else { return Ok(self.default_assignee(can)) };
        let user = assignee(can, tx, field, wanted).await?;
        let lost =
            self.container.is_none() && user != can.user() && can.reach(leads::Read::ACTION) != Reach::All;
        if lost {
            return Err(Error::invalid(format!(
                "body/{field} must be yourself: only its assignee sees a lead without a campaign and a list"
            )));
        }
        Ok(user)
    }

    /// The owner of the campaign, or else the caller. Callers who see only their own leads are always assigned, so that they
    /// keep access to what they add.
    fn default_assignee<P: Permission>(&self, can: &Can<P>) -> Option<Uuid> {
        match can.reach(leads::Read::ACTION) {
            Reach::Own | Reach::Assigned | Reach::None => can.user(),
            Reach::All | Reach::Team => self.owner.filter(|_| self.campaign().is_some()).or(can.user()),
        }
    }
}

/// The owner of a container that the caller sees, and whether it is within reach. A container that the caller does not see is
/// refused like a missing one.
pub async fn look<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    container: Container,
    field: &str,
) -> Result<(Option<Uuid>, bool)> {
    look_for::<P>(can, tx, container, field).await
}

async fn look_for<P: Permission>(
    can: &Caller,
    tx: &mut Tx,
    container: Container,
    field: &str,
) -> Result<(Option<Uuid>, bool)> {
    let Subject { kind, id } = container.subject();
    can.is_about(kind, id);
    let unknown = || Error::invalid(format!("body/{field} must be a campaign or a list in this workspace"));
    store::container::<P>(can, tx, container).await?.ok_or_else(unknown)
}

/// The user to whom a lead is assigned, from the id or address of a member in a field of the body. A caller who sees only
/// their own leads can name only themselves.
pub async fn assignee<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    field: &str,
    wanted: &str,
) -> Result<Option<Uuid>> {
    if is_self(can, wanted) {
        return Ok(can.user());
    }
    if matches!(can.reach(leads::Read::ACTION), Reach::Own | Reach::Assigned | Reach::None) {
        return Err(Error::refused(
            Step::Reach,
            "reach: you see only your own leads, so you can assign leads only to yourself",
        ));
    }
    named(can, tx, field, wanted).await.map(|member| Some(member.user))
}
