//! The group of a workspace: its sub-workspaces, or its admin workspace and what that can do here.

use super::super::delegation::{Patch, resources};
use super::super::{Admin, Invitation, New, Status, WorkspaceGroupMember};
use super::super::{admin, delegate, end, invite, newest, show};
use super::overview;
use super::{ACCEPTING, REJECTING};
use crate::access::{Can, Delegation, audit_logs, guard_rails, workspace_group_members::*};
use crate::error::Result;
use crate::http::{Id, Path};
use crate::resources::audit_logs::{Receipt, receipts};
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way, home};
use askama::Template;
use uuid::Uuid;

pub const SHOW: Way<ReadAdmin> = Way::page("/w/{workspace}/group", "Group");
const INVITE: Way<Create> = Way::post("/w/{workspace}/group", "Invite the workspace").main();
const DELEGATE: Way<Delegate> = Way::post("/w/{workspace}/group/delegation", "Save").main();
const PAUSE: Way<Delegate> =
    Way::post("/w/{workspace}/group/pause", "Pause everything that they can do here").grave();
const GO_ON: Way<Delegate> = Way::post("/w/{workspace}/group/resume", "End the pause");
const ABOUT_TO_LEAVE: Way<Leave> = Way::page("/w/{workspace}/group/leave", "Leave the group");
const ABOUT_TO_REMOVE: Way<Delete> = Way::page("/w/{workspace}/group/links/{id}/remove", "Remove");
const END: Way<Delete> = Way::post("/w/{workspace}/group/links/{id}/remove", "Remove from the group").grave();
/// The page of `guard_rails`, and the one of the audit log.
const RAILS: Way<guard_rails::Read> = Way::page("/w/{workspace}/group/guard-rails", "Guard-rails");
const LOG: Way<audit_logs::Read> = Way::page("/w/{workspace}/audit", "All receipts");

/// Sub-workspaces on the page.
const SUBS: i64 = 200;
const RECEIPTS: i64 = 20;

pub fn pages() -> Pages {
    Pages::under(Rail::Group)
        .at(&SHOW, group)
        .at(&INVITE, invited)
        .at(&DELEGATE, delegated)
        .at(&PAUSE, paused)
        .at(&GO_ON, resumed)
        .at(&ABOUT_TO_LEAVE, about_to_leave)
        .at(&ABOUT_TO_REMOVE, about_to_remove)
        .at(&END, ended)
        .and(overview::pages())
}

#[derive(Template)]
#[template(path = "workspace_group_members/group.html")]
struct Group {
    id: Uuid,
    above: Option<Above>,
    invitation: Option<(Invitation, Vec<Offer>)>,
    subs: Vec<Sub>,
    invite: Option<Form>,
    sees_subs: bool,
    overview: Option<Offer>,
    rails: Option<Offer>,
}

/// The admin workspace, as a sub-workspace sees it.
struct Above {
    name: String,
    delegation: Delegation,
    /// What it forbids here, in words.
    rails: Vec<String>,
    form: Option<Form>,
    pause: Option<Offer>,
    receipts: Option<Vec<Receipt>>,
    log: Option<Offer>,
    leave: Option<Offer>,
}

impl Above {
    /// What it can do, for people who cannot change that.
    fn limits(&self) -> Vec<&'static str> {
        let delegation = &self.delegation;
        let all = [
            (delegation.paused, "Nothing for now: it is paused."),
            (delegation.read_only, "It can look, and change nothing."),
            (delegation.no_exports, "It can export nothing."),
            (delegation.resources.is_some(), "It can use only some of the resources."),
        ];
        let all: Vec<_> = all.into_iter().filter(|(is, _)| *is).map(|(_, words)| words).collect();
        if all.is_empty() { vec!["It acts as an admin at most."] } else { all }
    }
}

struct Sub {
    link: WorkspaceGroupMember,
    href: Option<String>,
    remove: Option<Offer>,
}

impl Sub {
    fn name(&self) -> String {
        self.link.sub_workspace_name.clone().unwrap_or_else(|| self.link.sub_workspace_id.to_string())
    }

    fn state(&self) -> (&'static str, &'static str) {
        match self.link.status {
            Status::Accepted if self.link.delegation.paused => ("warn", "paused by them"),
            Status::Accepted => ("yes", "accepted"),
            Status::Pending => ("warn", "waits for an answer"),
            Status::Rejected => ("no", "rejected"),
        }
    }
}

async fn group(can: Can<ReadAdmin>) -> Result<Page> {
    shown(&can, None, None).await
}

async fn shown(can: &Can<ReadAdmin>, inviting: Option<&Back>, delegating: Option<&Back>) -> Result<Page> {
    let own = admin(can).await?;
    let links = match can.further::<Read>() {
        Ok(can) => Some(newest(&can, SUBS).await?),
        Err(_) => None,
    };
    let is_sub = own.has_admin_workspace;
    let sees_subs = links.is_some() && !is_sub;
    let mut subs = links.unwrap_or_default();
    subs.retain(|link| link.admin_workspace_id == can.workspace());
    let invitation = own.invitation.clone().map(|open| {
        let id = open.workspace_group_member_id;
        let answers = [
            ACCEPTING.offered(can, id).map(|offer| offer.called("Look at the invitation")),
            REJECTING.offered(can, id).map(|offer| offer.called("Reject it")),
        ];
        (open, answers.into_iter().flatten().collect())
    });
    let has_subs = subs.iter().any(|link| link.status == Status::Accepted);
    let group = Group {
        id: can.workspace(),
        above: above(can, own, delegating).await?,
        invitation,
        invite: if is_sub { None } else { inviting_form(can, inviting)? },
        sees_subs,
        overview: overview::SHOW.offered(can, ()).filter(|_| has_subs),
        rails: RAILS.offered(can, ()).filter(|_| !is_sub),
        subs: subs.into_iter().map(|link| sub(can, link)).collect(),
    };
    Ok(Page::new("Group", &group)?.coming(inviting.or(delegating)))
}

fn sub(can: &Can<ReadAdmin>, link: WorkspaceGroupMember) -> Sub {
    let opens = link.status == Status::Accepted && !link.delegation.paused && can.may_act();
    let remove = ABOUT_TO_REMOVE.offered(can, link.id);
    let label = if link.status == Status::Accepted { "Remove" } else { "Withdraw" };
    let sub = Sub { href: opens.then(|| home(link.sub_workspace_id)), remove: None, link };
    Sub { remove: remove.map(|offer| offer.called(label).about(sub.name())), ..sub }
}

fn inviting_form(can: &Can<ReadAdmin>, back: Option<&Back>) -> Result<Option<Form>> {
    let Some(offer) = INVITE.offered(can, ()) else { return Ok(None) };
    let form = Form::of::<New>(can, offer)?.called("Invite a workspace").back(back);
    let form = form
        .ask(Input::new("sub_workspace_id", "ID of the workspace").help("Its people find it under Settings."))
        .ask(Input::new("email", "Or the address of its owner").help("If they own exactly one workspace."));
    Ok(Some(form))
}

async fn above(can: &Can<ReadAdmin>, own: Admin, back: Option<&Back>) -> Result<Option<Above>> {
    let (Some(link), Some(delegation)) = (own.workspace_group_member_id, own.delegation) else {
        return Ok(None);
    };
    let receipts = match can.further::<audit_logs::Read>() {
        Ok(can) => Some(receipts(&can, RECEIPTS).await?),
        Err(_) => None,
    };
    let rails = own.guard_rails.map(|rails| rails.in_words()).unwrap_or_default();
    let pause = if delegation.paused { GO_ON.offered(can, ()) } else { PAUSE.offered(can, ()) };
    let form =
        DELEGATE.offered(can, ()).map(|offer| delegating(can, offer, &delegation, back)).transpose()?;
    let leave = ABOUT_TO_LEAVE.offered(can, ()).filter(|_| END.offered(can, link).is_some());
    let log = LOG.offered(can, ()).map(|offer| offer.with(&[("acting", "true")]));
    Ok(Some(Above { name: own.workspace_name, delegation, rails, form, pause, receipts, log, leave }))
}

fn delegating(
    can: &Can<ReadAdmin>,
    offer: Offer,
    delegation: &Delegation,
    back: Option<&Back>,
) -> Result<Form> {
    let choices = resources().into_iter().map(|name| Choice::new(name, name.replace(['_', '-'], " ")));
    let form = Form::of::<Patch>(can, offer)?.called("What they can do here").over(delegation)?.back(back);
    Ok(form
        .ask(Input::new("read_only", "They can look, and change nothing"))
        .ask(Input::new("no_exports", "They can export nothing"))
        .ask(
            Input::new("resources", "Only these resources")
                .choices(choices.collect())
                .help("If no box is checked, they can use all resources."),
        ))
}

#[derive(Template)]
#[template(path = "workspace_group_members/invited.html")]
struct Invited {
    url: String,
    back: Option<Offer>,
}

async fn invited(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let look = can.further::<ReadAdmin>()?;
    match posted.through(async |new| invite(can, new).await).await? {
        Ok(WorkspaceGroupMember { invitation_url: Some(url), .. }) => {
            let invited =
                Invited { url, back: SHOW.offered(&look, ()).map(|offer| offer.called("Back to the group")) };
            Ok(Page::new("Invitation", &invited)?.with_secret().into())
        }
        Ok(_) => Ok(Reply::to(&SHOW, ()).saying_more(
            "The workspace is invited.",
            "Its owner has a letter with two links: accept and reject.",
        )),
        Err(back) => shown(&look, Some(&back), None).await.map(Reply::from),
    }
}

async fn delegated(can: Can<Delegate>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<ReadAdmin>()?;
    let now = admin(&look).await?.delegation.unwrap_or_default();
    match posted.changing(&now, async |patch| delegate(can, patch).await).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, ()).saying_more("Saved.", "It holds from the next call on.")),
        Ok(None) => Ok(Reply::to(&SHOW, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, None, Some(&back)).await.map(Reply::from),
    }
}

async fn paused(can: Can<Delegate>, _: Posted<()>) -> Result<Reply> {
    delegate(can, Patch::pausing(true)?).await?;
    Ok(Reply::to(&SHOW, ())
        .saying_more("The admin workspace is paused here.", "It can do nothing until you end the pause."))
}

async fn resumed(can: Can<Delegate>, _: Posted<()>) -> Result<Reply> {
    delegate(can, Patch::pausing(false)?).await?;
    Ok(Reply::to(&SHOW, ()).saying("The pause has ended."))
}

#[derive(Template)]
#[template(path = "workspace_group_members/remove.html")]
struct Ending {
    title: String,
    link: WorkspaceGroupMember,
    leaves: bool,
    end: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_leave(can: Can<Leave>) -> Result<Page> {
    let own = admin(&can.further()?).await?;
    let link = show(&can.further()?, own.workspace_group_member_id.unwrap_or_default()).await?;
    let end = END.offered(&can, link.id).map(|offer| offer.called("Leave the group"));
    let title = format!("Leave the group of {}", own.workspace_name);
    let back = SHOW.offered(&can, ()).map(|offer| offer.called("Stay in the group"));
    Page::new("Leave the group", &Ending { title, link, leaves: true, end, back })
}

async fn about_to_remove(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let link = show(&can.further()?, id).await?;
    let leaves = link.sub_workspace_id == can.workspace();
    let name = link.sub_workspace_name.clone().unwrap_or_else(|| link.sub_workspace_id.to_string());
    let title = match link.status {
        Status::Accepted => format!("Remove {name} from the group"),
        Status::Pending | Status::Rejected => format!("Withdraw the invitation of {name}"),
    };
    // A sub-workspace that ends its own link leaves, and that needs a right of its own.
    let end = END.offered(&can, link.id).filter(|_| !leaves || ABOUT_TO_LEAVE.offered(&can, ()).is_some());
    let back = SHOW.offered(&can, ()).map(|offer| offer.called("Back to the group"));
    Page::new(title.clone(), &Ending { title, link, leaves, end, back })
}

async fn ended(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let here = can.workspace();
    let link = end(can, id).await?;
    let said = if link.sub_workspace_id == here {
        "You have left the group."
    } else {
        "The workspace is no longer in the group."
    };
    Ok(Reply::to(&SHOW, ()).saying(said))
}
