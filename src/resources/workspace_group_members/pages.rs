//! The pages of a group: the group itself, and the answer of an owner to an invitation. The mailed link leads to a page of
//! the invited workspace, so its owner signs in first.

mod group;
mod overview;

use super::{Invitation, accept, admin, reject};
use crate::access::{Can, workspace_group_members::*};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Filled, Id, Path, anonymous};
use crate::web::{Link, Offer, Page, Pages, Posted, Rail, Reply, Theme, Way, home, onward, token};
use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use uuid::Uuid;

const LARGEST: usize = 4 * 1024;

const ACCEPTING: Way<ReadAdmin> = Way::page("/w/{workspace}/group/accept/{id}", "Join a group of workspaces");
const REJECTING: Way<ReadAdmin> = Way::page("/w/{workspace}/group/reject/{id}", "Reject an invitation");
const ACCEPT: Way<Accept> = Way::post("/w/{workspace}/group/accept/{id}", "Accept the invitation").main();
const REJECT: Way<Reject> = Way::post("/w/{workspace}/group/reject/{id}", "Reject the invitation").grave();

static ACCEPT_LINK: Link = Link {
    title: "Join a group of workspaces",
    before: "Another workspace invites yours into its group. Sign in as the owner of your workspace to see who invites you \
             and what they could do.",
    intro: "",
    action: "/links/group/accept",
    fields: &[],
    button: "",
    dead: "It is incomplete. Open the link from your mail again, or ask the workspace that invited you for a new one.",
    refused: "",
    other: Some(("/sign-in", "Sign in")),
};

static REJECT_LINK: Link =
    Link { title: "Reject an invitation", action: "/links/group/reject", ..ACCEPT_LINK };

pub fn pages() -> Pages {
    let rejecting = Pages::under(Rail::Group).at(&REJECTING, rejecting).at(&REJECT, rejected);
    Pages::under(Rail::Group)
        .at(&ACCEPTING, accepting)
        .at(&ACCEPT, accepted)
        .and(rejecting)
        .and(group::pages())
}

/// The pages behind the links of the letter.
pub fn links() -> axum::Router<App> {
    axum::Router::new()
        .route("/workspace-groups/accept", get(async |theme: Theme| ACCEPT_LINK.closed(theme)))
        .route("/workspace-groups/reject", get(async |theme: Theme| REJECT_LINK.closed(theme)))
        .route("/links/group/accept", anonymous(LARGEST, post(to_accept)))
        .route("/links/group/reject", anonymous(LARGEST, post(to_reject)))
}

async fn to_accept(theme: Theme, typed: Filled) -> Result<Response> {
    opened(theme, &typed, &ACCEPT_LINK, "accept")
}

async fn to_reject(theme: Theme, typed: Filled) -> Result<Response> {
    opened(theme, &typed, &REJECT_LINK, "reject")
}

/// The token has two ids, which are not secret: the link of the group, and the workspace that is invited.
fn opened(theme: Theme, typed: &Filled, link: &Link, answer: &str) -> Result<Response> {
    let token = token(typed);
    let ids = token
        .split_once('.')
        .and_then(|(link, workspace)| Some((link.parse().ok()?, workspace.parse().ok()?)));
    match ids {
        Some((id, workspace)) => {
            let (id, workspace): (Uuid, Uuid) = (id, workspace);
            Ok(onward(&format!("{}/group/{answer}/{id}", home(workspace)), vec![]))
        }
        None => link.dead(theme, Error::invalid("body/token must be the token of an invitation")),
    }
}

#[derive(Template)]
#[template(path = "workspace_group_members/answer.html")]
struct Question {
    title: &'static str,
    invitation: Invitation,
    accepts: bool,
    answer: Option<Offer>,
}

/// The open invitation with this id.
async fn invitation(can: &Can<ReadAdmin>, id: Uuid) -> Result<Invitation> {
    let open = admin(can).await?.invitation.filter(|open| open.workspace_group_member_id == id);
    open.ok_or_else(Error::hidden)
}

async fn accepting(can: Can<ReadAdmin>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (title, invitation) = (ACCEPT_LINK.title, invitation(&can, id).await?);
    Page::new(title, &Question { title, invitation, accepts: true, answer: ACCEPT.offered(&can, id) })
}

async fn rejecting(can: Can<ReadAdmin>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (title, invitation) = (REJECT_LINK.title, invitation(&can, id).await?);
    Page::new(title, &Question { title, invitation, accepts: false, answer: REJECT.offered(&can, id) })
}

async fn accepted(can: Can<Accept>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    accept(can, id).await?;
    Ok(Reply::to_path("/w/{workspace}").saying("Your workspace is in the group now."))
}

async fn rejected(can: Can<Reject>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    reject(can, id).await?;
    Ok(Reply::to_path("/w/{workspace}")
        .saying("The invitation is rejected. Your workspace is not in the group."))
}
