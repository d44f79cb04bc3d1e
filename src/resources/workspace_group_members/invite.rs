//! Invites a workspace: by its id, or by the verified address of its owner. The owner gets a letter.

use super::{New, Status, WorkspaceGroupMember, store, subject};
use crate::access::{Caller, Can, tries, workspace_group_members::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::address;
use crate::jobs::outbox;
use crate::mail::letters;
use crate::resources::{members, workspaces};
use uuid::Uuid;

/// Invitations that a workspace can try in a day, because the answer tells who owns a workspace.
const A_DAY: i64 = 20;
const DAY: i64 = 24 * 60 * 60 * 1000;

const TAKEN: &str = "The sub workspace already has an active parent or invitation";

/// The workspace that a body names, in one of the two forms.
enum Whom {
    Id(Uuid),
    Email(String),
}

impl Whom {
    fn of(new: New) -> Result<Whom> {
        match (new.sub_workspace_id, new.email) {
            (Some(id), None) => Ok(Whom::Id(id)),
            (None, Some(email)) => Ok(Whom::Email(address(&email))),
            (Some(_), Some(_)) => Err(Error::invalid("body must name either `sub_workspace_id` or `email`")),
            (None, None) => {
                Err(Error::invalid("body must have required property 'sub_workspace_id' (or 'email')"))
            }
        }
    }

    /// One error for every workspace that cannot be invited. It does not tell whether an id belongs to a workspace, whether
    /// an address belongs to an owner, or in which groups a workspace is.
    fn unknown(&self) -> Error {
        Error::invalid(match self {
            Whom::Id(_) => {
                "body/sub_workspace_id must be the id of another workspace on this server that can be invited: it is in \
                 no group, and no invitation waits for its answer"
            }
            Whom::Email(_) => {
                "body/email must be the verified address of the owner of exactly one other workspace that can be invited; \
                 an owner of several can tell you the workspace's id"
            }
        })
    }

    /// Refuses what the caller's own list of links shows already.
    async fn linked(&self, can: &Caller, tx: &mut Tx, sub: Uuid) -> Result<()> {
        // The list shows an address only once its owner has accepted.
        let status = store::link_to(can, tx, sub).await?;
        let known = status.filter(|status| matches!(self, Whom::Id(_)) || *status == Status::Accepted);
        match known {
            Some(Status::Rejected) => Err(Error::Conflict(
                "The sub workspace has rejected an invitation today: wait a day".to_owned(),
            )),
            Some(Status::Pending | Status::Accepted) => Err(Error::Conflict(TAKEN.to_owned())),
            None if status.is_some() => Err(self.unknown()),
            None => Ok(()),
        }
    }
}

pub async fn invite(can: Can<Create>, new: New) -> Result<WorkspaceGroupMember> {
    let whom = Whom::of(new)?;
    let limit =
        tries::Limit { name: format!("group invitations of {}", can.workspace()), most: A_DAY, window: DAY };
    if !tries::count(can.app(), &[limit]).await? {
        return Err(Error::DailyLimit(format!(
            "a workspace invites at most {A_DAY} workspaces a day; go on tomorrow"
        )));
    }
    can.write(async move |can, tx| {
        may_be_admin(can, tx).await?;
        let sub = match &whom {
            Whom::Id(id) => Some(*id),
            Whom::Email(email) => store::owned_by(can, tx, email).await?,
        };
        let sub = sub.filter(|sub| *sub != can.workspace()).ok_or_else(|| whom.unknown())?;
        let there = store::standing(can, tx, sub).await?.ok_or_else(|| whom.unknown())?;
        whom.linked(can, tx, sub).await?;
        if there.is_sub || there.is_invited || there.is_admin {
            return Err(whom.unknown());
        }
        let id = can.new_id();
        store::insert(can, tx, id, sub).await?;
        let mailed = tell(can, tx, id, sub).await?;
        let mut link = store::find(can, &mut *tx, id).await?;
        link.invitation_url = (!mailed).then(|| page(can, "accept", id, sub));
        Ok(Change::created(subject(&link), link).also_in(sub))
    })
    .await
}

/// A workspace is an admin workspace or a sub-workspace, never both.
async fn may_be_admin(can: &Caller, tx: &mut Tx) -> Result<()> {
    match store::standing(can, tx, can.workspace()).await?.is_some_and(|own| own.is_sub) {
        true => Err(Error::Conflict(
            "This workspace is a sub workspace itself: it leaves its group first".to_owned(),
        )),
        false => Ok(()),
    }
}

/// The two ids in the link are not secret: the page asks the owner to sign in.
fn page(can: &Caller, answer: &str, id: Uuid, sub: Uuid) -> String {
    format!("{}/workspace-groups/{answer}#{id}.{sub}", can.app().public_url)
}

/// Whether a letter to the owner was sent. The owner also finds the invitation in their workspace.
async fn tell(can: &Caller, tx: &mut Tx, id: Uuid, sub: Uuid) -> Result<bool> {
    if can.app().mailer.is_none() {
        return Ok(false);
    }
    let Some(owner) = members::owners_address(tx, sub).await? else { return Ok(false) };
    if outbox::bounced(can, tx, &owner).await? || !outbox::has_room(can, tx, &owner).await? {
        return Ok(false);
    }
    let workspace = workspaces::current(can, &mut *tx).await?.name;
    let by = match can.email() {
        Some(email) => Some(email.to_owned()),
        None => members::owners_address(tx, can.workspace()).await?,
    };
    let Some(invited) = workspaces::by_id(tx, sub).await? else { return Ok(false) };
    let words = letters::GroupInvitation {
        invited: &invited.name,
        workspace: &workspace,
        by: by.as_deref().unwrap_or_default(),
        accept: &page(can, "accept", id, sub),
        reject: &page(can, "reject", id, sub),
    };
    outbox::post(can, tx, &letters::group_invitation(&owner, &words)?, "group invitation").await?;
    Ok(true)
}
