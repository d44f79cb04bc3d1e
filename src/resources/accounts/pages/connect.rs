//! Connecting a sending account by IMAP and SMTP.

use super::super::board::{by_id, everybody, senders};
use super::super::draft::{Draft, Provider};
use super::{CONNECT, CONNECTING, LIST, SHOW};
use crate::access::{Can, accounts::*};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "accounts/connect.html")]
struct Connecting {
    providers: Vec<(Offer, bool)>,
    advice: &'static str,
    form: Option<Form>,
    back: Option<Offer>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    provider: Option<Provider>,
}

pub async fn begin(can: Can<Create>, Query(from): Query<From>) -> Result<Page> {
    shown(&can.further()?, from.provider.unwrap_or_default(), None).await
}

async fn shown(can: &Can<Read>, provider: Provider, back: Option<&Back>) -> Result<Page> {
    let offered = Provider::ALL.into_iter().filter_map(|one| {
        let (name, label) = one.words();
        let offer = CONNECTING.open_to(can, ())?.called(label).plain().with(&[("provider", name)]);
        Some((offer, one == provider))
    });
    let connecting = Connecting {
        providers: offered.collect(),
        advice: provider.advice(),
        form: form(can, provider, back).await?,
        back: LIST.open_to(can, ()).map(|offer| offer.called("Back to the accounts")),
    };
    Ok(Page::new("Connect a sending account", &connecting)?.coming(back))
}

async fn form(can: &Can<Read>, provider: Provider, back: Option<&Back>) -> Result<Option<Form>> {
    let Some(offer) = CONNECT.open_to(can, ()) else { return Ok(None) };
    let (servers, (name, _)) = (provider.servers(), provider.words());
    let providers = Provider::ALL.map(Provider::words).map(|(name, label)| Choice::new(name, label));
    let form = Form::of::<Draft>(can, offer)?
        .called("Connect a sending account")
        .once(can)?
        .back(back)
        .ask(Input::new("email", "E-mail address").help("Campaigns send from this address."))
        .ask(Input::new("first_name", "First name").help("Recipients see the name of the sender."))
        .ask(Input::new("last_name", "Last name"))
        .ask(Input::new("provider", "Provider").choices(providers.to_vec()).value(name))
        .ask(Input::new("username", "User name").help("Empty: the e-mail address."))
        .ask(
            Input::new("password", "Password")
                .filled_as("new-password")
                .help("It is stored encrypted, and never shown again."),
        )
        .ask(Input::new("imap_host", "IMAP server").value(servers.imap))
        .ask(Input::new("imap_port", "IMAP port").value(993))
        .ask(Input::new("smtp_host", "SMTP server").value(servers.smtp))
        .ask(Input::new("smtp_port", "SMTP port").value(servers.smtp_port))
        .ask(Input::new("smtp_username", "SMTP user name").help("Only if it is another one."))
        .ask(
            Input::new("smtp_password", "SMTP password")
                .filled_as("new-password")
                .help("Only if it is another one."),
        )
        .ask(Input::new("daily_limit", "Campaign mails a day").value(30));
    let choices = senders(can, &everybody(can).await?.unwrap_or_default());
    if choices.is_empty() {
        return Ok(Some(form));
    }
    let ask = Input::new("assigned_to", "Assigned to").choices(choices).help("Empty: nobody yet.");
    Ok(Some(form.ask(ask)))
}

/// Sending the form twice connects one account.
pub async fn connect(can: Can<Create>, posted: Posted<Draft>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find = async move |id| by_id(&found, id).await;
    let make = async |can, draft: Draft| super::super::create(can, draft.account()).await;
    match posted.creating(can, make, find).await? {
        Ok(account) => {
            let said = format!("{} is connected.", account.email);
            let rest = "Test it now: the server has not signed in to its mail servers yet.";
            Ok(Reply::to(&SHOW, account.email.as_str()).saying_more(said, rest))
        }
        Err(back) => {
            let typed = back.typed().find(|(name, _)| *name == "provider").map(|(_, value)| value);
            let provider = Provider::ALL.into_iter().find(|one| Some(one.words().0) == typed);
            shown(&look, provider.unwrap_or_default(), Some(&back)).await.map(Reply::from)
        }
    }
}
