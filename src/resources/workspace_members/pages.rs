//! The pages of members and invitations.

mod removal;

use super::guard::{is_open_again_to, is_open_to, open_roles};
use super::{Filter, New, Patch, Revoke, expiries};
use crate::access::{Caller, Can, ROLES, Role, custom_tags as tags, workspace_members::*};
use crate::error::Result;
use crate::http::{Id, Paging, Path, Query, Roll};
use crate::resources::custom_tags::{self, CustomTag};
use crate::resources::members::WorkspaceMember;
use crate::resources::workspaces;
use crate::time::Time;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use uuid::Uuid;

pub const LIST: Way<Read> = Way::page("/w/{workspace}/members", "Members");
const INVITE: Way<Create> = Way::post("/w/{workspace}/members", "Invite a member").main();
const SHOW: Way<Read> = Way::page("/w/{workspace}/members/{id}", "Open");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/members/{id}", "Save").main();
const RESEND: Way<Resend> = Way::post("/w/{workspace}/members/{id}/resend", "Send again");
const ABOUT_TO_REMOVE: Way<Delete> = Way::page("/w/{workspace}/members/{id}/remove", "Remove");
/// The page of another resource.
const WHAT: Way<ExplainOthers> = Way::page("/w/{workspace}/access/what", "What they can do");
const REMOVE: Way<Delete> =
    Way::post("/w/{workspace}/members/{id}/remove", "Remove from the workspace").grave();

const OFF_BOARD: Way<OffBoard> =
    Way::post("/w/{workspace}/members/{id}/off-board", "Hand over and remove").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Members)
        .at(&LIST, list)
        .at(&INVITE, invite)
        .at(&SHOW, show)
        .at(&CHANGE, change)
        .at(&RESEND, resend)
        .at(&ABOUT_TO_REMOVE, removal::begin)
        .at(&REMOVE, removal::remove)
        .at(&OFF_BOARD, removal::off_board)
}

#[derive(Template)]
#[template(path = "workspace_members/list.html")]
struct List {
    name: String,
    id: Uuid,
    people: Vec<Person>,
    invited: Vec<Person>,
    invite: Option<Form>,
    older: Option<Offer>,
}

/// A row of the list.
struct Person {
    name: String,
    email: String,
    role: String,
    limit: Vec<String>,
    second_factor: bool,
    mine: bool,
    by: Option<String>,
    expires: Option<Time>,
    open: Option<Offer>,
    what: Option<Offer>,
    resend: Option<Offer>,
    remove: Option<Offer>,
}

async fn list(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Page> {
    listed(&can, roll, None).await
}

/// The newest members.
const NEWEST: Roll = Roll { limit: None, starting_after: None };

async fn listed(can: &Can<Read>, roll: Roll, back: Option<&Back>) -> Result<Page> {
    let full = Paging::from(Roll { limit: roll.limit, starting_after: None }).limit();
    let members = super::members(can, Filter { roll, accepted: None, search: None }).await?;
    let tags = all_tags(can).await?;
    let expiries = expiries(can).await?;
    let workspace = workspaces::show(&can.further()?).await?;
    let (people, invited): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.accepted);
    let row = |member: &WorkspaceMember| {
        let inviter = members.iter().find(|other| Some(other.user_id) == member.issuer_id);
        Person {
            expires: expiries.get(&member.id).copied(),
            by: inviter.map(WorkspaceMember::called),
            ..person(can, member, &tags)
        }
    };
    let list = List {
        name: workspace.name,
        id: workspace.id,
        people: people.into_iter().map(row).collect(),
        invited: invited.into_iter().map(row).collect(),
        invite: invitation(can, &tags, back)?,
        older: older(can, &members, full),
    };
    Ok(Page::new("Members", &list)?.coming(back))
}

/// The link to the next page of the list, if this one is full.
fn older(can: &Can<Read>, members: &[WorkspaceMember], full: i64) -> Option<Offer> {
    let last = members.last().filter(|_| members.len() as i64 == full)?;
    Some(LIST.offered(can, ())?.called("Older").with(&[("starting_after", &last.id.to_string())]))
}

async fn all_tags(can: &Can<Read>) -> Result<Vec<CustomTag>> {
    custom_tags::list(&can.further::<tags::Read>()?, &custom_tags::Filter::of(100)).await
}

fn person(can: &Caller, member: &WorkspaceMember, tags: &[CustomTag]) -> Person {
    let name = member.called();
    let offer = |offer: Option<Offer>, is_open: fn(&Caller, &WorkspaceMember) -> bool| {
        offer.filter(|_| is_open(can, member)).map(|offer| offer.about(&name))
    };
    let label = |tag: &Uuid| tags.iter().find(|known| known.id == *tag).map(|tag| tag.label.clone());
    let removal = if member.accepted { "Remove" } else { "Withdraw" };
    Person {
        email: member.email.clone(),
        role: member.role_name().to_owned(),
        limit: member.tag_limit.iter().flatten().filter_map(label).collect(),
        second_factor: member.second_factor,
        mine: Some(member.id) == can.member(),
        by: None,
        expires: None,
        open: SHOW.offered(can, member.id).map(|offer| offer.about(&name)),
        what: WHAT
            .offered(can, ())
            .filter(|_| member.accepted)
            .map(|offer| offer.about(&name).with(&[("who", &member.id.to_string())])),
        resend: offer(RESEND.offered(can, member.id), is_open_again_to).filter(|_| !member.accepted),
        remove: offer(ABOUT_TO_REMOVE.offered(can, member.id), is_open_to).map(|offer| offer.called(removal)),
        name: name.clone(),
    }
}

fn invitation(can: &Caller, tags: &[CustomTag], back: Option<&Back>) -> Result<Option<Form>> {
    let Some(offer) = INVITE.offered(can, ()) else { return Ok(None) };
    let form = Form::of::<New>(can, offer)?.called("Invite a member").once(can)?.back(back);
    let form = form
        .ask(Input::new("email", "E-mail address"))
        .ask(Input::new("role", "Role").choices(roles(can, None)).value(Role::View.name()))
        .ask(limit(tags));
    Ok(Some(form))
}

/// The roles that the caller can give, and the present one, so that the form does not change it by itself.
fn roles(can: &Caller, member: Option<&WorkspaceMember>) -> Vec<Choice> {
    let present = member.map(WorkspaceMember::effective_role);
    let open = open_roles(can, present.as_ref());
    let is_now = |role: Role| member.is_some_and(|member| member.role == role);
    let custom = member.and_then(|member| member.custom_role.as_ref());
    let label = |role: Role| match custom {
        Some(custom) if is_now(role) => format!("{} (based on {})", custom.name, role.name()),
        Some(_) | None => role.name().to_owned(),
    };
    let shown = ROLES.iter().copied().filter(|role| open.contains(role) || is_now(*role));
    shown.map(|role| Choice::new(role.name(), label(role))).collect()
}

fn limit(tags: &[CustomTag]) -> Input {
    let choices = tags.iter().map(|tag| Choice::new(tag.id, tag.label.clone())).collect();
    Input::new("tag_limit", "Only records with one of these tags")
        .choices(choices)
        .help("Without a tag there is no limit. A client without a tag sees nothing.")
}

#[derive(Template)]
#[template(path = "workspace_members/invited.html")]
struct Invited<'a> {
    member: &'a WorkspaceMember,
    url: &'a str,
    back: Option<Offer>,
}

async fn invite(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id| super::show(&found, id).await;
    match posted.creating(can, async |can, new| super::invite(can, new).await, find).await? {
        Ok(member) => handed_over(&look, &member, "is invited."),
        Err(back) => listed(&look, NEWEST, Some(&back)).await.map(Reply::from),
    }
}

/// Without mail, the link is on a page that is shown once.
fn handed_over(can: &Can<Read>, member: &WorkspaceMember, done: &str) -> Result<Reply> {
    let said = format!("{} {done}", member.email);
    let Some(url) = &member.invitation_url else {
        return Ok(Reply::to(&LIST, ()).saying_more(said, "The link works for 7 days."));
    };
    let invited = Invited { member, url, back: LIST.offered(can, ()) };
    Ok(Page::new("Invitation", &invited)?.with_secret().into())
}

async fn resend(can: Can<Resend>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let member = super::resend(can, id).await?;
    handed_over(&look, &member, "is invited again. The previous link no longer works.")
}

#[derive(Template)]
#[template(path = "workspace_members/show.html")]
struct Show {
    person: Person,
    accepted: bool,
    since: Time,
    change: Option<Form>,
    back: Option<Offer>,
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let member = super::show(&can, id).await?;
    shown(&can, &member, None).await
}

async fn shown(can: &Can<Read>, member: &WorkspaceMember, back: Option<&Back>) -> Result<Page> {
    let tags = all_tags(can).await?;
    let show = Show {
        person: person(can, member, &tags),
        accepted: member.accepted,
        since: member.timestamp_created,
        change: changing(can, member, &tags, back)?,
        back: LIST.offered(can, ()),
    };
    Ok(Page::new(member.called(), &show)?.coming(back))
}

fn changing(
    can: &Caller,
    member: &WorkspaceMember,
    tags: &[CustomTag],
    back: Option<&Back>,
) -> Result<Option<Form>> {
    let offer = CHANGE.offered(can, member.id).filter(|_| is_open_to(can, member));
    let Some(offer) = offer else { return Ok(None) };
    let form = Form::of::<Patch>(can, offer)?.over(member)?.back(back);
    let form = form
        .ask(Input::new("nickname", "Nickname"))
        .ask(
            Input::new("role", "Role")
                .choices(roles(can, Some(member)))
                .help("If you choose another role, the member loses their custom role."),
        )
        .ask(limit(tags));
    Ok(Some(form))
}

async fn change(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let member = super::show(&look, id).await?;
    let update = async |patch| super::update(can, id, patch, Revoke { revoke_keys: false }).await;
    match posted.changing(&member, update).await? {
        Ok(Some(member)) => Ok(Reply::to(&SHOW, id).saying(format!("{} is changed.", member.called()))),
        Ok(None) => Ok(Reply::to(&SHOW, id).saying("Nothing was changed.")),
        Err(back) => shown(&look, &member, Some(&back)).await.map(Reply::from),
    }
}
