//! The page of the guard-rails: what they forbid in the sub-workspaces, and what others would have refused.

use super::{DryRun, Patch, dry_run, show, update};
use crate::access::{
    Can, GuardRails, Permission, ROLES, Role, guard_rails::*, workspace_group_members as groups,
};
use crate::error::Result;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;

const SHOW: Way<Read> = Way::page("/w/{workspace}/group/guard-rails", "Guard-rails");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/group/guard-rails", "Save").main();
const LOOK: Way<Update> = Way::post("/w/{workspace}/group/guard-rails/look", "Look first");
/// The page of the group.
const GROUP: Way<groups::ReadAdmin> = Way::page("/w/{workspace}/group", "Group");

/// Rows of a dry run on the page.
const ROWS: usize = 100;

pub fn pages() -> Pages {
    Pages::under(Rail::Group).at(&SHOW, rails).at(&CHANGE, change).at(&LOOK, look)
}

#[derive(Template)]
#[template(path = "guard_rails/show.html")]
struct Shown {
    words: Vec<String>,
    form: Option<Form>,
    found: Option<DryRun>,
    back: Option<Offer>,
}

async fn rails(can: Can<Read>) -> Result<Page> {
    let now = show(&can).await?;
    shown(&can, &now, None, None)
}

fn shown<P: Permission>(
    can: &Can<P>,
    now: &GuardRails,
    back: Option<&Back>,
    mut found: Option<DryRun>,
) -> Result<Page> {
    if let Some(found) = &mut found {
        found.items.truncate(ROWS);
    }
    let shown = Shown {
        words: now.in_words(),
        form: CHANGE.offered(can, ()).map(|offer| form(can, offer, now, back)).transpose()?,
        back: GROUP.offered(can, ()),
        found,
    };
    Ok(Page::new("Guard-rails", &shown)?.coming(back))
}

fn form<P: Permission>(can: &Can<P>, offer: Offer, now: &GuardRails, back: Option<&Back>) -> Result<Form> {
    let roles = ROLES.iter().filter(|role| **role != Role::Owner);
    let roles = roles.map(|role| Choice::new(role.name(), role.name())).collect();
    let form = Form::of::<Patch>(can, offer)?.called("Guard-rails").over(now)?.back(back);
    Ok(form
        .or(LOOK.offered(can, ()))
        .ask(Input::new("no_exports", "Nobody can export").help("Shared campaigns are no longer shared."))
        .ask(
            Input::new("no_key_creation", "Nobody can create API keys").help("Keys that exist keep working."),
        )
        .ask(
            Input::new("second_factor_required", "People who are signed in need a second factor")
                .help("API keys keep working."),
        )
        .ask(
            Input::new("highest_role", "Nobody can do more than")
                .choices(roles)
                .help("It holds for everybody except the owner of a workspace. Empty: no limit."),
        ))
}

async fn change(can: Can<Update>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let now = show(&look).await?;
    match posted.changing(&now, async |patch| update(can, patch).await).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, ()).saying_more(
            "The guard-rails are saved.",
            "They hold in every sub-workspace from the next call on.",
        )),
        Ok(None) => Ok(Reply::to(&SHOW, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, &now, Some(&back), None).map(Reply::from),
    }
}

/// Says what the guard-rails in the form would have refused. Nothing is changed.
async fn look(can: Can<Update>, posted: Posted<Patch>) -> Result<Page> {
    let (look, kept) = (can.further::<Read>()?, posted.kept());
    let now = show(&look).await?;
    match posted.through(async |patch| dry_run(&look, patch).await).await? {
        Ok(found) => shown(&look, &now, Some(&kept), Some(found)),
        Err(back) => shown(&look, &now, Some(&back), None),
    }
}
