//! Removing a member: what it does, and who gets what they have.

use super::super::guard::is_open_to;
use super::super::{Belongings, Filter, Foreseen, OffBoarding, Revoke, belongings, foresee};
use super::{ABOUT_TO_REMOVE, LIST, OFF_BOARD, REMOVE, SHOW};
use crate::access::{Can, Permission, Reach, leads, workspace_members::*};
use crate::error::Result;
use crate::http::{Id, Path, Roll};
use crate::resources::members::WorkspaceMember;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use uuid::Uuid;

/// Members from whom a caller chooses a successor.
const SUCCESSORS: i64 = 100;

#[derive(Template)]
#[template(path = "workspace_members/remove.html")]
struct Removal {
    foreseen: Foreseen,
    name: String,
    /// What they have, and the form that gives it to somebody else.
    leaving: Option<(Belongings, Form)>,
    remove: Option<Form>,
    back: Option<Offer>,
}

impl Removal {
    /// "3 campaigns (1 running), 2 sending accounts".
    fn has(&self) -> String {
        let Some((all, _)) = &self.leaving else { return String::new() };
        let kind = |kind: &Option<super::super::belongings::Kind>| kind.as_ref().map_or(0, |kind| kind.count);
        let counts = [
            (kind(&all.campaigns), "campaign"),
            (kind(&all.accounts), "sending account"),
            (all.leads.unwrap_or(0), "lead"),
            (kind(&all.lists), "lead list"),
            (kind(&all.webhooks), "webhook"),
            (all.invitations.count, "pending invitation"),
        ];
        let words = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| {
            let plural = if count == 1 { "" } else { "s" };
            let running = all.running_campaigns.filter(|running| what == "campaign" && *running > 0);
            let running = running.map_or_else(String::new, |running| format!(" ({running} running)"));
            format!("{count} {what}{plural}{running}")
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

pub async fn begin(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    shown(&can, id, None).await
}

/// `kept` is the form of a hand-over that was refused.
async fn shown<P: Permission>(can: &Can<P>, id: Uuid, kept: Option<&Back>) -> Result<Page> {
    let foreseen = foresee(can, id).await?;
    let member = &foreseen.member;
    let label = if member.accepted { "Remove from the workspace" } else { "Withdraw the invitation" };
    let offer = REMOVE.offered(can, id).filter(|_| is_open_to(can, member));
    let has_keys = foreseen.keys.as_ref().is_some_and(|keys| !keys.is_empty());
    let ask = |form: Form| {
        let ask = Input::new("revoke_keys", "Also revoke the API keys that they have made");
        if has_keys { form.ask(ask) } else { form }
    };
    let form = |offer: Offer| -> Result<Form> { Ok(ask(Form::of::<Revoke>(can, offer.called(label))?)) };
    let removal = Removal {
        name: member.called(),
        leaving: leaving(can, member, kept).await?.map(|(all, form)| (all, ask(form))),
        remove: offer.map(form).transpose()?,
        back: SHOW.offered(can, id).map(|offer| offer.called("Keep")),
        foreseen,
    };
    Ok(Page::new(format!("{label}: {}", removal.name), &removal)?.coming(kept))
}

async fn leaving<P: Permission>(
    can: &Can<P>,
    member: &WorkspaceMember,
    back: Option<&Back>,
) -> Result<Option<(Belongings, Form)>> {
    let may = member.accepted && is_open_to(can, member) && Some(member.id) != can.member();
    let Some(offer) = OFF_BOARD.offered(can, member.id).filter(|_| may) else { return Ok(None) };
    let Ok(look) = can.further::<SeeBelongings>() else { return Ok(None) };
    let all = belongings(&look, member.id).await?;
    let roll = Roll { limit: Some(SUCCESSORS), starting_after: None };
    let filter = Filter { roll, accepted: Some(true), search: None };
    let members = super::super::members(&can.further()?, filter).await?;
    // A role that cannot have leads cannot have the other records either.
    let holds = |other: &WorkspaceMember| {
        let reach = other.effective_role().reach(leads::Create::ACTION);
        other.tag_limit.is_none() && reach != Reach::None
    };
    let others = members.iter().filter(|other| other.id != member.id && holds(other));
    let choice = |other: &WorkspaceMember| {
        Choice::new(other.id, format!("{} ({})", other.called(), other.role_name()))
    };
    let choices = others.map(choice).collect();
    let form = Form::of::<OffBoarding>(can, offer)?.called("Hand over and remove").back(back);
    let form =
        form.hiding("expect", all.state.clone())
            .ask(Input::new("successor", "Who gets what they have").choices(choices).help(
            "The campaigns, sending accounts, leads and lead lists. Their role must be able to have them. If you choose nobody, \
             only owners and admins see what is private.",
        ));
    Ok(Some((all, form)))
}

pub async fn remove(can: Can<Delete>, Path(Id { id }): Path<Id>, posted: Posted<Revoke>) -> Result<Reply> {
    match posted.through(async |revoke| super::super::remove(can, id, revoke).await).await? {
        Ok(member) => Ok(Reply::to(&LIST, ()).saying(format!("{} is removed.", member.called()))),
        Err(_) => Ok(Reply::to(&ABOUT_TO_REMOVE, id)),
    }
}

pub async fn off_board(
    can: Can<OffBoard>,
    Path(Id { id }): Path<Id>,
    posted: Posted<OffBoarding>,
) -> Result<Reply> {
    let look = can.further::<SeeBelongings>()?;
    match posted.through(async |wanted| super::super::off_board(can, id, wanted).await).await? {
        Ok(done) => {
            let handed = &done.handed;
            let more = format!(
                "Handed over: {} campaigns, {} sending accounts, {} leads, {} lists.",
                handed.campaigns, handed.accounts, handed.leads, handed.lists
            );
            Ok(Reply::to(&LIST, ()).saying_more(format!("{} is removed.", done.member.called()), more))
        }
        Err(back) => shown(&look, id, Some(&back)).await.map(Reply::from),
    }
}
