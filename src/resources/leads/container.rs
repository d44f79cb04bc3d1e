//! Where leads go: one campaign or one list, which the caller must see and be allowed to put leads into.

use crate::access::{Can, Permission, Reach, Step, campaigns, lead_lists, leads};
use crate::audit::Subject;
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::resources::members::{is_self, named};
use crate::resources::{campaigns as campaign, lead_lists as list};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Campaign(Uuid),
    List(Uuid),
}

/// A place that is there, and the user who owns it; without a place, the leads of one member.
#[derive(Clone, Copy, Debug, Default)]
pub struct Container {
    pub place: Option<Place>,
    pub owner: Option<Uuid>,
}

impl Container {
    /// A lead without a campaign and a list is its assignee's, and visible to the roles that reach every lead. A caller
    /// who could not see such a lead cannot make it.
    pub fn none(can: &Can<leads::Create>) -> Result<Container> {
        let refuse = |why| {
            let what = "body must have exactly one of 'campaign' and 'list_id'";
            Err(Error::invalid(format!("{what}: {why}")))
        };
        let sees_all = can.grant.reach(leads::Read::ACTION) == Reach::All;
        match (can.grant.limits.is_empty(), sees_all || can.user().is_some()) {
            (false, _) => refuse("a lead without both would be outside your tag limit"),
            (true, false) => refuse("a lead without both belongs to a member, and this key has none"),
            (true, true) => Ok(Container::default()),
        }
    }

    pub fn campaign(&self) -> Option<Uuid> {
        self.place.and_then(Place::campaign)
    }

    pub fn list(&self) -> Option<Uuid> {
        self.place.and_then(Place::list)
    }

    /// The user to whom a new lead is assigned.
    pub async fn assign<P: Permission>(
        &self,
        can: &Can<P>,
        tx: &mut Tx,
        field: &str,
        wanted: Option<&str>,
    ) -> Result<Option<Uuid>> {
        let Some(wanted) = wanted else { return Ok(first(can, self)) };
        let user = assignee(can, tx, field, wanted).await?;
        let lost =
            self.place.is_none() && user != can.user() && can.grant.reach(leads::Read::ACTION) != Reach::All;
        match lost {
            true => Err(Error::invalid(format!(
                "body/{field} must be yourself: only its assignee sees a lead without a campaign and a list"
            ))),
            false => Ok(user),
        }
    }
}

impl Place {
    /// Exactly one of the two; the names are the body's fields.
    pub fn of(campaign: (&str, Option<Uuid>), list: (&str, Option<Uuid>)) -> Result<Place> {
        let neither =
            || Error::invalid(format!("body must have exactly one of '{}' and '{}'", campaign.0, list.0));
        Place::if_any(campaign, list)?.ok_or_else(neither)
    }

    /// At most one of the two.
    pub fn if_any(campaign: (&str, Option<Uuid>), list: (&str, Option<Uuid>)) -> Result<Option<Place>> {
        match (campaign.1, list.1) {
            (Some(id), None) => Ok(Some(Place::Campaign(id))),
            (None, Some(id)) => Ok(Some(Place::List(id))),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                let (campaign, list) = (campaign.0, list.0);
                Err(Error::invalid(format!("body must have exactly one of '{campaign}' and '{list}'")))
            }
        }
    }

    pub fn campaign(self) -> Option<Uuid> {
        match self {
            Place::Campaign(id) => Some(id),
            Place::List(_) => None,
        }
    }

    /// What the body calls it; `campaign` differs from call to call.
    pub fn field(self, campaign: &'static str) -> &'static str {
        match self {
            Place::Campaign(_) => campaign,
            Place::List(_) => "list_id",
        }
    }

    /// As the audit log names it.
    pub fn subject(self) -> Subject {
        match self {
            Place::Campaign(id) => Subject::new("campaign", id),
            Place::List(id) => Subject::new("lead_list", id),
        }
    }

    pub fn list(self) -> Option<Uuid> {
        match self {
            Place::List(id) => Some(id),
            Place::Campaign(_) => None,
        }
    }

    /// The place, if the caller sees it.
    pub async fn seen<P: Permission>(self, can: &Can<P>, tx: &mut Tx, field: &str) -> Result<()> {
        self.look(can, tx, field).await.map(drop)
    }

    /// The place, for who may put leads there.
    pub async fn open<P: Permission>(self, can: &Can<P>, tx: &mut Tx, field: &str) -> Result<Container> {
        match self.look(can, tx, field).await? {
            (owner, true) => Ok(Container { place: Some(self), owner }),
            (_, false) => Err(Error::refused(
                Step::Reach,
                format!("reach: `{}` does not reach this campaign or list", P::ACTION.name),
            )),
        }
    }

    /// Its owner, and whether it is within reach. What the caller does not see is refused as what is not there.
    async fn look<P: Permission>(
        self,
        can: &Can<P>,
        tx: &mut Tx,
        field: &str,
    ) -> Result<(Option<Uuid>, bool)> {
        let Subject { kind, id } = self.subject();
        can.is_about(kind, id);
        let found: Option<(Option<Uuid>, bool)> = match self {
            Place::Campaign(id) => {
                sql("select c.owned_by, {within} from campaigns c where c.id = $1 and {visible}")
                    .bind(id)
                    .fill("{within}", can.reaches::<P>(&campaign::SHAPE))
                    .fill("{visible}", can.sees::<campaigns::Read>(&campaign::SHAPE))
                    .optional(tx)
                    .await?
            }
            Place::List(id) => {
                sql("select i.owned_by, {within} from lead_lists i where i.id = $1 and {visible}")
                    .bind(id)
                    .fill("{within}", can.reaches::<P>(&list::SHAPE))
                    .fill("{visible}", can.sees::<lead_lists::Read>(&list::SHAPE))
                    .optional(tx)
                    .await?
            }
        };
        let unknown =
            || Error::invalid(format!("body/{field} must be a campaign or a list in this workspace"));
        found.ok_or_else(unknown)
    }
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
    if matches!(can.grant.reach(leads::Read::ACTION), Reach::Own | Reach::Assigned | Reach::None) {
        return Err(Error::refused(
            Step::Reach,
            "reach: who sees no more than their own leads assigns leads to nobody else",
        ));
    }
    named(can, tx, field, wanted).await.map(|member| Some(member.user))
}

/// Unless told: the campaign's owner, else the caller. Who would not see such leads gets them: nobody loses what
/// they bring.
fn first<P: Permission>(can: &Can<P>, container: &Container) -> Option<Uuid> {
    match can.grant.reach(leads::Read::ACTION) {
        Reach::Own | Reach::Assigned | Reach::None => can.user(),
        Reach::All | Reach::Team => container.owner.filter(|_| container.campaign().is_some()).or(can.user()),
    }
}
