//! Creating a campaign.

use super::super::list::look;
use super::super::seen::sees_senders;
use super::super::{Campaign, New};
use super::words::WEEK;
use super::{CREATE, LIST, SHOW};
use crate::access::{Can, Permission, Seen, campaigns::*, workspaces as places};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::workspaces;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;

/// The zone of a new schedule, until the creator chooses theirs.
const ZONE: &str = "Etc/UTC";

#[derive(Template)]
#[template(path = "campaigns/new.html")]
struct Beginning {
    form: Option<Form>,
    back: Option<Offer>,
}

pub async fn begin(can: Can<Create>) -> Result<Page> {
    shown(&can, None).await
}

async fn shown<P: Permission>(can: &Can<P>, back: Option<&Back>) -> Result<Page> {
    let form = match CREATE.open_to(can, ()) {
        Some(offer) => {
            let form = Form::of::<New>(can, offer)?.called("New campaign").once(can)?.back(back);
            Some(asking(form, can).await?)
        }
        None => None,
    };
    let back_to = LIST.open_to(can, ()).map(|offer| offer.called("Back to the campaigns"));
    Ok(Page::new("New campaign", &Beginning { form, back: back_to })?.coming(back))
}

async fn asking<P: Permission>(form: Form, can: &Can<P>) -> Result<Form> {
    let workspace = workspaces::show(&can.further::<places::Read>()?).await?;
    let choices = vec![
        Choice::new("team", "Team: everybody whose role sees the team's campaigns"),
        Choice::new("private", "Private: you, and the collaborators whom you choose"),
    ];
    let mut form = form.ask(Input::new("name", "Name").line().wide()).ask(
        Input::new("visibility", "Visibility")
            .choices(choices)
            .value(workspace.default_campaign_visibility.name())
            .help("The default is that of the workspace.")
            .wide(),
    );
    if sees_senders(can) {
        let emails = Senders::to_choose(can, can.user()).await?;
        let help = match emails.is_empty() {
            true => {
                "You cannot send from any account yet. An owner or admin can assign one to you. You can choose it later."
            }
            false => "You can choose them later, too.",
        };
        let choices = emails.into_iter().map(|email| Choice::new(email.clone(), email)).collect();
        form = form.ask(Input::new("email_list", "Send from").choices(choices).help(help));
    }
    let hours = |field: &str| format!("campaign_schedule/schedules/0/{field}");
    let form = form
        .hiding(hours("name"), "Working hours")
        .ask(
            Input::new(hours("timing/from"), "From")
                .value("09:00")
                .heading("When it sends")
                .help("Such as 09:00."),
        )
        .ask(Input::new(hours("timing/to"), "Until").value("17:00").help("Such as 17:00."))
        .ask(Input::new(hours("timezone"), "Time zone").value(ZONE));
    Ok(WEEK.into_iter().fold(form, |form, (number, label)| {
        let works = !["0", "6"].contains(&number);
        form.ask(Input::new(hours(&format!("days/{number}")), label).value(works))
    }))
}

pub async fn create(can: Can<Create>, posted: Posted<New>) -> Result<Reply> {
    let (again, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id| look(&found, id).await;
    let make = async |can, new| super::super::create(can, new).await;
    match posted.creating::<Create, Seen<Campaign>>(can, make, find).await? {
        Ok(campaign) => {
            let more = "Write its sequence next, and choose its sending accounts.";
            Ok(Reply::to(&SHOW, campaign.id).saying_more(format!("{} is created.", campaign.name), more))
        }
        Err(back) => shown(&again, Some(&back)).await.map(Reply::from),
    }
}
