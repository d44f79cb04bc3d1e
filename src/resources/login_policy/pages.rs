//! How people sign in to the workspace: the policy, whom a change would lock out, and signing everybody out.

use super::draft::{Draft, Shown};
use super::{Affected, dry_run, show, update};
use crate::access::{Can, Permission, login_policy::*, sessions::EndAll};
use crate::error::Result;
use crate::resources::sessions;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;

const SHOW: Way<Read> = Way::page("/w/{workspace}/settings/sign-in", "Sign-in policy");
const CHANGE: Way<Update> = Way::post("/w/{workspace}/settings/sign-in", "Save").main();
const LOOK: Way<Update> = Way::post("/w/{workspace}/settings/sign-in/look", "Who would be locked out");
const ABOUT_TO_END: Way<EndAll> =
    Way::page("/w/{workspace}/settings/sign-in/everybody", "Sign everybody out");
const END: Way<EndAll> = Way::post("/w/{workspace}/settings/sign-in/everybody", "Sign everybody out").grave();

pub fn pages() -> Pages {
    Pages::under(Rail::Settings)
        .at(&SHOW, policy)
        .at(&CHANGE, change)
        .at(&LOOK, look)
        .at(&ABOUT_TO_END, about_to_end)
        .at(&END, end)
}

#[derive(Template)]
#[template(path = "login_policy/show.html")]
struct Policy {
    form: Option<Form>,
    /// For those who cannot change it.
    facts: Vec<(&'static str, String)>,
    /// Whom the policy in the form would affect.
    affected: Option<Vec<Affected>>,
    end: Option<Offer>,
}

impl Policy {
    fn locked_out(&self) -> usize {
        self.affected.iter().flatten().filter(|one| one.locked_out).count()
    }
}

async fn policy(can: Can<Read>) -> Result<Page> {
    let now = show(&can).await?;
    shown(&can, &Shown::of(&now), None, None)
}

fn shown<P: Permission>(
    can: &Can<P>,
    now: &Shown,
    back: Option<&Back>,
    affected: Option<Vec<Affected>>,
) -> Result<Page> {
    let form = |offer: Offer| form(can, offer, now, back);
    let form = CHANGE.offered(can, ()).map(form).transpose()?;
    let end = ABOUT_TO_END.offered(can, ());
    let facts = if form.is_none() { now.facts() } else { vec![] };
    Ok(Page::new("Sign-in policy", &Policy { form, facts, affected, end })?.coming(back))
}

fn form<P: Permission>(can: &Can<P>, offer: Offer, now: &Shown, back: Option<&Back>) -> Result<Form> {
    let methods = vec![Choice::new("password", "Password"), Choice::new("passkey", "Passkey")];
    let form = Form::of::<Draft>(can, offer)?.called("Sign-in policy").over(now)?.back(back);
    let form = form.or(LOOK.offered(can, ()));
    Ok(form
        .ask(Input::new("methods", "People sign in with").choices(methods))
        .ask(Input::new("second_factor_required_from", "Second factor needed from").help(
            "A day as YYYY-MM-DD, in UTC. Empty: nobody needs one. API keys keep working.",
        ))
        .ask(Input::new("idle_minutes", "Minutes without a call, after which a session ends"))
        .ask(Input::new("session_minutes", "Minutes after which a session ends in any case"))
        .ask(Input::new("allowed_ips", "Only from these addresses").help(
            "For people and keys. Addresses or networks, such as 203.0.113.0/24, with a comma between them. Empty: any.",
        )))
}

async fn change(can: Can<Update>, posted: Posted<Draft>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let now = Shown::of(&show(&look).await?);
    match posted.changing(&now, async |draft: Draft| update(can, draft.patch()?).await).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, ()).saying("The sign-in policy is changed.")),
        Ok(None) => Ok(Reply::to(&SHOW, ()).saying("Nothing was changed.")),
        Err(back) => shown(&look, &now, Some(&back), None).map(Reply::from),
    }
}

/// Names whom the policy in the form would lock out. Nothing is changed.
async fn look(can: Can<Update>, posted: Posted<Draft>) -> Result<Page> {
    let (look, kept) = (can.further::<Read>()?, posted.kept());
    let now = Shown::of(&show(&look).await?);
    match posted.through(async |draft: Draft| dry_run(&look, draft.patch()?).await).await? {
        Ok(found) => shown(&look, &now, Some(&kept), Some(found.items)),
        Err(back) => shown(&look, &now, Some(&back), None),
    }
}

#[derive(Template)]
#[template(path = "login_policy/everybody.html")]
struct Everybody {
    end: Option<Offer>,
    back: Option<Offer>,
}

async fn about_to_end(can: Can<EndAll>) -> Result<Page> {
    let back = SHOW.offered(&can, ()).map(|offer| offer.called("Back"));
    Page::new("Sign everybody out", &Everybody { end: END.offered(&can, ()), back })
}

async fn end(can: Can<EndAll>, _: Posted<()>) -> Result<Reply> {
    sessions::end_everybody(can).await?;
    Ok(Reply::to_path("/sign-in?said=out").forgetting())
}
