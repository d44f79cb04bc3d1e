//! The settings of a workspace, handing over its ownership, and its removal.

use super::super::{
    NewOwner, Patch, Visibility, Workspace, cancel_removal, change_owner, open_defaults, schedule_removal,
    show, update,
};
use crate::access::{Can, login_policy, workspace_members as people, workspaces::*};
use crate::error::Result;
use crate::http::Paging;
use crate::resources::members::{self, WorkspaceMember};
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;

const SHOW: Way<Read> = Way::page("/w/{workspace}/settings", "Settings");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/settings", "Save").main();
const HANDING_OVER: Way<ChangeOwner> = Way::page("/w/{workspace}/settings/owner", "Hand over the ownership");
const HAND_OVER: Way<ChangeOwner> = Way::post("/w/{workspace}/settings/owner", "Make them the owner").grave();
const ABOUT_TO_REMOVE: Way<Delete> = Way::page("/w/{workspace}/settings/removal", "Remove the workspace");
const REMOVE: Way<Delete> =
    Way::post("/w/{workspace}/settings/removal", "Remove the workspace in 24 hours").grave();
const CANCEL: Way<Delete> = Way::post("/w/{workspace}/settings/removal/cancel", "Cancel the removal").main();
/// The page of `login_policy`.
const SIGN_IN: Way<login_policy::Read> = Way::page("/w/{workspace}/settings/sign-in", "Sign-in policy");

/// Members among whom the owner can choose.
const PEOPLE: i64 = 500;

pub fn pages() -> Pages {
    Pages::under(Rail::Settings)
        .at(&SHOW, settings)
        .at(&CHANGE, change)
        .at(&HANDING_OVER, handing_over)
        .at(&HAND_OVER, hand_over)
        .at(&ABOUT_TO_REMOVE, about_to_remove)
        .at(&REMOVE, remove)
        .at(&CANCEL, cancel)
}

#[derive(Template)]
#[template(path = "workspaces/settings.html")]
struct Settings {
    workspace: Workspace,
    form: Option<Form>,
    sign_in: Option<Offer>,
    owner: Option<Offer>,
    removal: Option<Offer>,
}

impl Settings {
    /// For people who cannot change the settings.
    fn facts(&self) -> [(&'static str, &'static str); 5] {
        let yes = |is: bool| if is { "yes" } else { "no" };
        [
            ("Visibility of a new campaign", self.workspace.default_campaign_visibility.name()),
            ("Role of a new member", self.workspace.default_member_role.name()),
            ("Launching and exporting need their own scopes", yes(self.workspace.strict_scopes)),
            ("Unknown fields in a call are refused", yes(self.workspace.strict_bodies)),
            ("Two leads cannot have the same address", yes(self.workspace.unique_leads)),
        ]
    }
}

async fn settings(can: Can<Read>) -> Result<Page> {
    let workspace = show(&can).await?;
    shown(&can, workspace, None)
}

fn shown(can: &Can<Read>, workspace: Workspace, back: Option<&Back>) -> Result<Page> {
    let form = CHANGE.offered(can, ()).map(|offer| form(can, offer, &workspace, back)).transpose()?;
    let settings = Settings {
        sign_in: SIGN_IN.offered(can, ()),
        owner: HANDING_OVER.offered(can, ()),
        removal: ABOUT_TO_REMOVE.offered(can, ()),
        form,
        workspace,
    };
    Ok(Page::new("Settings", &settings)?.coming(back))
}

fn form(can: &Can<Read>, offer: Offer, workspace: &Workspace, back: Option<&Back>) -> Result<Form> {
    let visibility = [
        Choice::new(Visibility::Team.name(), "The team sees it"),
        Choice::new(Visibility::Private.name(), "Private"),
    ];
    let mut roles = open_defaults(can);
    if !roles.contains(&workspace.default_member_role) {
        roles.push(workspace.default_member_role);
    }
    let roles = roles.into_iter().map(|role| Choice::new(role.name(), role.name())).collect();
    let form = Form::of::<Patch>(can, offer)?.called("Settings").over(workspace)?.back(back);
    Ok(form
        .ask(Input::new("name", "Name of the workspace").help("Colleagues and invited people see it."))
        .ask(
            Input::new("default_campaign_visibility", "A new campaign")
                .choices(visibility.to_vec())
                .help("The visibility of a campaign whose maker chooses none."),
        )
        .ask(
            Input::new("default_member_role", "Role of a new member")
                .choices(roles)
                .help("For an invitation that names no role."),
        )
        .ask(Input::new("strict_scopes", "API keys need a scope of their own to launch and to export").help(
            "Without this, a key that can change campaigns can also launch them, and a key that can read can also export.",
        ))
        .ask(
            Input::new("strict_bodies", "Refuse calls with unknown fields")
                .help("Useful while you write a client. Programs for Instantly's API can send unknown fields."),
        )
        .ask(
            Input::new("unique_leads", "Two leads cannot have the same address")
                .help("It holds for new leads. Leads that are there stay."),
        ))
}

async fn change(can: Can<Update>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let workspace = show(&look).await?;
    match posted.changing(&workspace, async |patch| update(can, patch).await).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, ()).saying("The settings are saved.")),
        Ok(None) => Ok(Reply::to(&SHOW, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, workspace, Some(&back)).map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "workspaces/owner.html")]
struct HandingOver {
    workspace: Workspace,
    form: Option<Form>,
    back: Option<Offer>,
}

async fn handing_over(can: Can<ChangeOwner>) -> Result<Page> {
    asked(&can.further()?, None).await
}

async fn asked(can: &Can<Read>, back: Option<&Back>) -> Result<Page> {
    let workspace = show(can).await?;
    let heirs = heirs(&can.further()?, &workspace).await?;
    let form = |offer: Offer| -> Result<Form> {
        let choices = heirs.iter().map(|member| {
            Choice::new(member.id, format!("{} ({}, {})", member.called(), member.email, member.role_name()))
        });
        let ask = Input::new("new_owner_id", "The new owner").choices(choices.collect());
        Ok(Form::of::<NewOwner>(can, offer)?.called("Hand over the ownership").back(back).ask(ask))
    };
    let handing_over = HandingOver {
        form: HAND_OVER.offered(can, ()).filter(|_| !heirs.is_empty()).map(form).transpose()?,
        back: SHOW.offered(can, ()).map(|offer| offer.called("Keep the ownership")),
        workspace,
    };
    Ok(Page::new("Hand over the ownership", &handing_over)?.coming(back))
}

/// The accepted members except the owner.
async fn heirs(can: &Can<people::Read>, workspace: &Workspace) -> Result<Vec<WorkspaceMember>> {
    let paging = Paging { limit: Some(PEOPLE), starting_after: None };
    let mut all = members::list(can, &paging, Some(true), None).await?;
    all.retain(|member| member.user_id != workspace.owner);
    Ok(all)
}

async fn hand_over(can: Can<ChangeOwner>, posted: Posted<NewOwner>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    match posted.through(async |wanted| change_owner(can, wanted).await).await? {
        Ok(workspace) => Ok(Reply::to(&SHOW, ())
            .saying_more(format!("{} has a new owner.", workspace.name), "You are an admin now.")),
        Err(back) => asked(&look, Some(&back)).await.map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "workspaces/removal.html")]
struct Removal {
    workspace: Workspace,
    remove: Option<Offer>,
    cancel: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_remove(can: Can<Delete>) -> Result<Page> {
    let workspace = show(&can.further()?).await?;
    let scheduled = workspace.scheduled_for_removal_at.is_some();
    let removal = Removal {
        remove: REMOVE.offered(&can, ()).filter(|_| !scheduled),
        cancel: CANCEL.offered(&can, ()).filter(|_| scheduled),
        back: SHOW.offered(&can, ()).map(|offer| offer.called("Back to the settings")),
        workspace,
    };
    Page::new("Remove the workspace", &removal)
}

async fn remove(can: Can<Delete>, _: Posted<()>) -> Result<Reply> {
    let workspace = schedule_removal(can).await?;
    Ok(Reply::to(&SHOW, ()).saying_more(
        format!("{} closes in 24 hours.", workspace.name),
        "You can cancel the removal until then.",
    ))
}

async fn cancel(can: Can<Delete>, _: Posted<()>) -> Result<Reply> {
    let workspace = cancel_removal(can).await?;
    Ok(Reply::to(&SHOW, ()).saying(format!("{} stays. Its removal is cancelled.", workspace.name)))
}
