//! The page of a person: their name.

use super::{Patch, show, update};
use crate::access::{Can, profile::*};
use crate::error::Result;
use crate::resources::users::Profile;
use crate::web::{Back, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;

const SHOW: Way<Read> = Way::page("/me", "You");
const CHANGE: Way<Update> = Way::post("/me", "Save").main();

pub fn pages() -> Pages {
    Pages::under(Rail::Own).at(&SHOW, me).at(&CHANGE, change)
}

#[derive(Template)]
#[template(path = "people/me.html")]
struct Me<'a> {
    profile: &'a Profile,
    change: Option<Form>,
}

async fn me(can: Can<Read>) -> Result<Page> {
    let profile = show(&can).await?;
    shown(&can, &profile, None)
}

fn shown(can: &Can<Read>, profile: &Profile, back: Option<&Back>) -> Result<Page> {
    let form = |offer: Offer| -> Result<Form> {
        let form = Form::of::<Patch>(can, offer)?.over(profile)?.back(back);
        let form = form.ask(Input::new("first_name", "First name").filled_as("given-name"));
        Ok(form.ask(Input::new("last_name", "Last name").filled_as("family-name")))
    };
    let change = CHANGE.offered(can, ()).map(form).transpose()?;
    Ok(Page::new("You", &Me { profile, change })?.coming(back))
}

async fn change(can: Can<Update>, posted: Posted<Patch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let profile = show(&look).await?;
    match posted.changing(&profile, async |patch| update(can, patch).await).await? {
        Ok(_) => Ok(Reply::to(&SHOW, ()).saying("Your name is saved.")),
        Err(back) => shown(&look, &profile, Some(&back)).map(Reply::from),
    }
}
