//! What one does with a whole campaign: launch, pause, duplicate, export, share and delete it.

use super::super::list::{look, nearness};
use super::super::{Campaign, store};
use super::show::{Press, shown};
use super::{DELETE, Head, LIST, Place, SHARE, SHOW};
use crate::access::{Can, Near, Seen, campaigns::*};
use crate::error::{Error, Result};
use crate::http::{Id, Path};
use crate::web::{Offer, Page, Posted, Reply};
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

pub async fn launched(can: Can<Launch>, Path(Id { id }): Path<Id>, posted: Posted<Press>) -> Result<Reply> {
    let look_again = can.further::<Read>()?;
    match posted.through(async |_| super::super::launch(can, id).await).await? {
        Ok(campaign) => {
            let refused = campaign.accounts_not_connected.join(", ");
            let more = match refused.is_empty() {
                true => String::new(),
                false => {
                    format!("The server could not sign in to these accounts, or never tried: {refused}.")
                }
            };
            Ok(Reply::to(&SHOW, id).saying_more(format!("{} is launched.", campaign.name), more))
        }
        Err(back) => {
            let campaign = look(&look_again, id).await?;
            shown(&look_again, campaign, Some(&back)).await.map(Reply::from)
        }
    }
}

pub async fn paused(can: Can<Pause>, Path(Id { id }): Path<Id>, _: Posted<Press>) -> Result<Reply> {
    let campaign = super::super::pause(can, id).await?;
    Ok(Reply::to(&SHOW, id).saying_more(
        format!("{} is paused.", campaign.name),
        "Nothing more is sent until it is launched again.",
    ))
}

pub async fn duplicated(can: Can<Create>, Path(Id { id }): Path<Id>, _: Posted<Press>) -> Result<Reply> {
    let copy = super::super::duplicate(can, id, None).await?;
    let more = "It is a draft, and you own it. It has no leads, tags or collaborators.";
    Ok(Reply::to(&SHOW, copy.id).saying_more(format!("{} is created.", copy.name), more))
}

/// The file itself is the answer, so the page stays.
pub async fn exported(can: Can<Export>, Path(Id { id }): Path<Id>, _: Posted<Press>) -> Result<Response> {
    let campaign = super::super::export(can, id).await?;
    let text = serde_json::to_string_pretty(&campaign).map_err(Error::internal)?;
    let file = "attachment; filename=\"campaign.json\"";
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, text).into_response())
}

#[derive(Template)]
#[template(path = "campaigns/share.html")]
struct Sharing {
    head: Head,
    id: Uuid,
    share: Option<Offer>,
    back: Option<Offer>,
}

pub async fn about_to_share(can: Can<Share>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (campaign, near) = found(&can, id).await?;
    let sharing = Sharing {
        head: Head::of(&can, near, &campaign, Place::Aside),
        id,
        share: SHARE.offered_on(&can, near, id),
        back: SHOW.open_to(&can, id).map(|offer| offer.called("Do not share it")),
    };
    Page::new(format!("Share {}", campaign.name), &sharing)
}

pub async fn shared(can: Can<Share>, Path(Id { id }): Path<Id>, _: Posted<Press>) -> Result<Reply> {
    super::super::share(can, id).await?;
    let more = "Give the campaign ID to the people who will copy it.";
    Ok(Reply::to(&SHOW, id).saying_more("The campaign is shared for 7 days.", more))
}

#[derive(Template)]
#[template(path = "campaigns/delete.html")]
struct Deletion {
    head: Head,
    leads: i64,
    delete: Option<Offer>,
    back: Option<Offer>,
}

pub async fn about_to_delete(can: Can<Delete>, Path(Id { id }): Path<Id>) -> Result<Page> {
    let (campaign, near) = found(&can, id).await?;
    let deletion = Deletion {
        head: Head::of(&can, near, &campaign, Place::Aside),
        leads: store::lead_count(&can, id).await?,
        delete: DELETE.offered_on(&can, near, id),
        back: SHOW.open_to(&can, id).map(|offer| offer.called("Keep the campaign")),
    };
    Page::new(format!("Delete {}", campaign.name), &deletion)
}

pub async fn deleted(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Posted<Press>) -> Result<Reply> {
    let campaign = super::super::remove(can, id).await?;
    Ok(Reply::to(&LIST, ()).saying(format!("{} is deleted.", campaign.name)))
}

/// A campaign that the action reaches, as the caller sees it.
pub async fn found<P: crate::access::Permission>(can: &Can<P>, id: Uuid) -> Result<(Seen<Campaign>, Near)> {
    let campaign: Campaign = can.find(can.reader(), id).await?;
    let near = nearness(can, id).await?;
    Ok((Seen::of(campaign, can), near))
}
