//! Inviting a workspace: by its id, or by the verified address of its owner, who hears of it by mail.

use super::{New, Status, WorkspaceGroupMember, store};
use crate::access::{Caller, Can, tries, workspace_group_members::Create};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::outbox;
use crate::mail::letters;
use crate::resources::workspace_members::{address, store as members};
use crate::resources::workspaces;
use crate::time::Time;
use uuid::Uuid;

/// Invitations that a workspace tries in a day: what they answer tells who owns a workspace.
const A_DAY: i64 = 20;

const TAKEN: &str = "The sub workspace already has an active parent or invitation";

/// Whom a body names, in one of the two forms.
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

    /// One refusal for every workspace that cannot be invited. It does not tell whether an id is a workspace's or
    /// an address an owner's, nor how another workspace stands to other groups.
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

    /// What the caller's own list of links shows already.
    async fn linked(&self, can: &Caller, tx: &mut Tx, sub: Uuid) -> Result<()> {
        // An address stands in the list only once its owner has accepted.
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

pub async fn create(can: Can<Create>, new: New) -> Result<WorkspaceGroupMember> {
    let whom = Whom::of(new)?;
    let limit = tries::Limit {
        name: format!("group invitations of {}", can.workspace()),
        most: A_DAY,
        window: Time::DAY,
    };
    if !tries::count(can.app(), &[limit]).await? {
        return Err(Error::DailyLimit(format!(
            "a workspace invites at most {A_DAY} workspaces a day; go on tomorrow"
        )));
    }
    let created = can.write(async move |can, tx| {
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
        Ok(Change::created(Subject::new("workspace_group_member", id), link).also_in(sub))
    });
    created.await
}

/// A workspace is either admin or sub-workspace, never both.
async fn may_be_admin(can: &Caller, tx: &mut Tx) -> Result<()> {
    match store::standing(can, tx, can.workspace()).await?.is_some_and(|own| own.is_sub) {
        true => Err(Error::Conflict(
            "This workspace is a sub workspace itself: it leaves its group first".to_owned(),
        )),
        false => Ok(()),
    }
}

/// Both ids are in the link and neither is a secret: the page asks the owner to sign in.
fn page(can: &Caller, answer: &str, id: Uuid, sub: Uuid) -> String {
    format!("{}/workspace-groups/{answer}#{id}.{sub}", can.app().public_url)
}

/// Whether a letter is on its way to the owner, who also finds the invitation in their workspace.
async fn tell(can: &Caller, tx: &mut Tx, id: Uuid, sub: Uuid) -> Result<bool> {
    if can.app().mailer.is_none() {
        return Ok(false);
    }
    let Some(owner) = members::owners_address(tx, sub).await? else { return Ok(false) };
    if outbox::bounced(can, tx, &owner).await? || !outbox::has_room(can, tx, &owner).await? {
        return Ok(false);
    }
    let workspace = workspaces::store::current(can, &mut *tx).await?.name;
    let by = match can.email() {
        Some(email) => Some(email.to_owned()),
        None => members::owners_address(tx, can.workspace()).await?,
    };
    let Some(invited) = workspaces::store::by_id(tx, sub).await? else { return Ok(false) };
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
