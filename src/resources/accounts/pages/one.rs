//! One sending account: its state, its settings, whose it is, and removing it.

use super::super::board::{self, everybody, senders};
use super::super::draft::Assignee;
use super::super::store::OnBoard;
use super::super::vitals::{TestVitals, Vital};
use super::super::{Account, Email, Patch, assign_to, test_vitals};
use super::{ASSIGN, CHANGE, LIST, REMOVE, SHOW, TEST, acts, holder};
use crate::access::{Can, accounts::*};
use crate::error::Result;
use crate::http::Path;
use crate::web::{Back, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;

#[derive(Template)]
#[template(path = "accounts/show.html")]
struct Show {
    account: Account,
    holder: String,
    campaigns: Option<i64>,
    test: Option<Offer>,
    acts: Vec<Offer>,
    change: Option<Form>,
    tested: Option<Option<Vital>>,
    back: Option<Offer>,
}

pub async fn show(can: Can<Read>, Path(Email { email }): Path<Email>) -> Result<Page> {
    let found = board::one(&can, &email).await?;
    shown(&can, found, None, None).await
}

async fn shown(
    can: &Can<Read>,
    (account, on): (Account, OnBoard),
    back: Option<&Back>,
    tested: Option<Option<Vital>>,
) -> Result<Page> {
    let people = everybody(can).await?;
    let change = CHANGE.offered_on(can, on.near, account.email.as_str());
    let show = Show {
        holder: holder(can, &account, people.as_deref()),
        campaigns: board::sees_campaigns(can).then_some(on.campaigns),
        test: TEST.offered_on(can, on.near, account.email.as_str()),
        acts: acts(can, on.near, &account),
        change: change.map(|offer| changing(can, offer, &account, back)).transpose()?,
        tested,
        back: LIST.open_to(can, ()).map(|offer| offer.called("All accounts")),
        account,
    };
    Ok(Page::new(show.account.email.clone(), &show)?.coming(back))
}

fn changing(can: &Can<Read>, offer: Offer, account: &Account, back: Option<&Back>) -> Result<Form> {
    let form = Form::of::<Patch>(can, offer)?.called("Settings of the account").over(account)?.back(back);
    Ok(form
        .ask(Input::new("first_name", "First name"))
        .ask(Input::new("last_name", "Last name"))
        .ask(Input::new("reply_to", "Reply to").help("Empty: the address of the account."))
        .ask(Input::new("daily_limit", "Campaign mails a day").help("Empty: 30."))
        .ask(Input::new("sending_gap", "Minutes between two mails"))
        .ask(Input::new("tracking_domain_name", "Tracking domain"))
        .ask(Input::new("signature", "Signature")))
}

pub async fn change(
    can: Can<Update>,
    Path(Email { email }): Path<Email>,
    posted: Posted<Patch>,
) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let found = board::one(&look, &email).await?;
    let to = found.0.email.clone();
    let update = async |patch| super::super::update(can, email, patch).await;
    match posted.changing(&found.0, update).await? {
        Ok(Some(_)) => Ok(Reply::to(&SHOW, to.as_str()).saying(format!("{to} is changed."))),
        Ok(None) => Ok(Reply::to(&SHOW, to.as_str()).saying("Nothing was changed.")),
        Err(back) => shown(&look, found, Some(&back), None).await.map(Reply::from),
    }
}

/// The answer is the page of the account with what the test found.
pub async fn test(can: Can<Test>, Path(Email { email }): Path<Email>, _: Posted<()>) -> Result<Page> {
    let look = can.further::<Read>()?;
    board::one(&look, &email).await?;
    let tested = test_vitals(can, TestVitals::of(&email)).await?.of_one();
    let found = board::one(&look, &email).await?;
    shown(&look, found, None, Some(tested)).await
}

pub async fn pause(can: Can<Pause>, Path(Email { email }): Path<Email>, _: Posted<()>) -> Result<Reply> {
    let account = super::super::pause(can, email).await?;
    let said = format!("{} is paused.", account.email);
    Ok(Reply::to(&SHOW, account.email.as_str()).saying_more(said, "It sends nothing until it is resumed."))
}

pub async fn resume(can: Can<Resume>, Path(Email { email }): Path<Email>, _: Posted<()>) -> Result<Reply> {
    let account = super::super::resume(can, email).await?;
    Ok(Reply::to(&SHOW, account.email.as_str()).saying(format!("{} is resumed.", account.email)))
}

pub async fn fixed(can: Can<Fix>, Path(Email { email }): Path<Email>, _: Posted<()>) -> Result<Reply> {
    let account = super::super::mark_fixed(can, email).await?;
    Ok(Reply::to(&SHOW, account.email.as_str()).saying(format!("{} is active again.", account.email)))
}

#[derive(Template)]
#[template(path = "accounts/assign.html")]
struct Assigning {
    account: Account,
    holder: String,
    campaigns: Option<i64>,
    form: Option<Form>,
    back: Option<Offer>,
}

pub async fn assigning(can: Can<Assign>, Path(Email { email }): Path<Email>) -> Result<Page> {
    asked(&can.further()?, &email, None).await
}

async fn asked(can: &Can<Read>, email: &str, back: Option<&Back>) -> Result<Page> {
    let (account, on) = board::one(can, email).await?;
    let people = everybody(can).await?;
    let choices = senders(can, people.as_deref().unwrap_or_default());
    let form = |offer: Offer| -> Result<Form> {
        let ask = Input::new("assigned_to", "Assign it to").choices(choices);
        let ask = ask.help("Empty: nobody. Only members whose role can send are listed.");
        let form = Form::of::<Assignee>(can, offer)?.called("Assign the account").over(&account)?;
        Ok(form.back(back).ask(ask))
    };
    let form = ASSIGN.offered_on(can, on.near, account.email.as_str()).map(form).transpose()?;
    let assigning = Assigning {
        holder: holder(can, &account, people.as_deref()),
        campaigns: board::sees_campaigns(can).then_some(on.campaigns),
        back: SHOW
            .offered_on(can, on.near, account.email.as_str())
            .map(|offer| offer.called("Keep it as it is")),
        form,
        account,
    };
    Ok(Page::new(format!("Assign {}", assigning.account.email), &assigning)?.coming(back))
}

pub async fn assign(
    can: Can<Assign>,
    Path(Email { email }): Path<Email>,
    posted: Posted<Assignee>,
) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let to = board::one(&look, &email).await?.0.email;
    let address = to.clone();
    let assign = async |wanted: Assignee| assign_to(can, address, wanted.assigned_to).await;
    match posted.through(assign).await? {
        Ok(account) => {
            let people = everybody(&look).await?;
            let said = match account.assigned_to {
                Some(_) => format!("{to} is assigned to {}.", holder(&look, &account, people.as_deref())),
                None => format!("{to} is unassigned now."),
            };
            Ok(Reply::to(&LIST, ()).saying(said))
        }
        Err(back) => asked(&look, &email, Some(&back)).await.map(Reply::from),
    }
}

#[derive(Template)]
#[template(path = "accounts/remove.html")]
struct Removal {
    account: Account,
    campaigns: Option<i64>,
    remove: Option<Offer>,
    back: Option<Offer>,
}

pub async fn about_to_remove(can: Can<Delete>, Path(Email { email }): Path<Email>) -> Result<Page> {
    let look = can.further::<Read>()?;
    let (account, on) = board::one(&look, &email).await?;
    let removal = Removal {
        campaigns: board::sees_campaigns(&look).then_some(on.campaigns),
        remove: REMOVE.offered_on(&can, on.near, account.email.as_str()),
        back: SHOW
            .offered_on(&can, on.near, account.email.as_str())
            .map(|offer| offer.called("Keep the account")),
        account,
    };
    Page::new(format!("Remove {}", removal.account.email), &removal)
}

pub async fn remove(can: Can<Delete>, Path(Email { email }): Path<Email>, _: Posted<()>) -> Result<Reply> {
    let account = super::super::remove(can, email).await?;
    Ok(Reply::to(&LIST, ()).saying(format!("{} is removed.", account.email)))
}
