//! Who sees a campaign: its visibility, its owner, and its collaborators.

use super::super::references::chooses_owner;
use super::super::{Campaign, Patch};
use super::changes::found;
use super::{ACCESS, Head, Place, SAVE_ACCESS};
use crate::access::{
    Caller, Can, Near, Permission, Seen, access::WhoCan, campaigns::Read, campaigns::Update,
};
use crate::error::Result;
use crate::http::{Id, Path};
use crate::resources::members::People;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply, Way};
use askama::Template;

#[derive(Template)]
#[template(path = "campaigns/access.html")]
struct Access {
    head: Head,
    form: Option<Form>,
    /// Others can choose the owner and the collaborators.
    limited: bool,
    /// Everybody who sees it, with the reasons.
    who: Option<Offer>,
}

/// The page of another resource.
const WHO: Way<WhoCan> = Way::page("/w/{workspace}/access/who", "Who can see it, and why");

pub async fn show(can: Can<Update>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (campaign, near) = found(&can, id).await?;
    shown(&can, near, &campaign, None).await
}

async fn shown<P: Permission>(
    can: &Can<P>,
    near: Near,
    campaign: &Seen<Campaign>,
    back: Option<&Back>,
) -> Result<Page> {
    let people = People::seen_by(can).await?;
    let form = match SAVE_ACCESS.offered_on(can, near, campaign.id) {
        None => None,
        Some(offer) => {
            let form = Form::of::<Patch>(can, offer)?.called("Who can see it").over(campaign)?.back(back);
            Some(asking(form, can, &people))
        }
    };
    let access = Access {
        head: Head::of(can, near, campaign, Place::Access),
        form,
        who: WHO.offered(can, ()).map(|offer| {
            offer.with(&[("permission", Read::ACTION.name), ("record", &campaign.id.to_string())])
        }),
        limited: !people.is_listed() || !chooses_owner(can),
    };
    Ok(Page::new(format!("Access: {}", campaign.name), &access)?.coming(back))
}

fn asking(form: Form, can: &Caller, people: &People) -> Form {
    let visibility = vec![
        Choice::new("team", "Team: everybody whose role sees the team's campaigns"),
        Choice::new("private", "Private: the owner and the collaborators"),
    ];
    let mut form = form.ask(
        Input::new("visibility", "Visibility")
            .choices(visibility)
            .help("Roles that see every campaign see a private one too."),
    );
    if chooses_owner(can) && people.is_listed() {
        let help = "The owner must be able to send from the campaign's accounts.";
        form = form.ask(Input::new("owned_by", "Owner").choices(people.users()).help(help));
    }
    if people.is_listed() {
        form =
            form.ask(Input::new("collaborators", "Collaborators").choices(people.members()).help(
                "They have the same rights to this campaign as its owner, as far as their role allows.",
            ));
    }
    form
}

pub async fn save(can: Can<Update>, Path(Id { id }): Path<Id>, posted: Posted<Patch>) -> Result<Reply> {
    let (campaign, near) = found(&can, id).await?;
    let again = can.further::<Read>()?;
    match posted.changing(&campaign, async |patch| super::super::update(can, id, patch).await).await? {
        Ok(Some(_)) => Ok(Reply::to(&ACCESS, id).saying("The access is saved.")),
        Ok(None) => Ok(Reply::to(&ACCESS, id).saying("Nothing was changed.")),
        Err(back) => shown(&again, near, &campaign, Some(&back)).await.map(Reply::from),
    }
}
