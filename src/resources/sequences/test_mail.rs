//! A step of the sequence as a test mail: filled in for a lead, and sent to an address that the caller names.

use super::editor::drawn;
use super::pages::{Editor, SEND, SHOW, shown};
use super::preview::{self, Mail};
use crate::access::{Can, Permission, Seen, campaigns::Read, emails::Test};
use crate::error::{Error, Result};
use crate::http::{Id, Path, absent_not_null};
use crate::resources::accounts::Senders;
use crate::resources::campaigns::{Campaign, reached};
use crate::resources::emails::{self, TestMail, Tested};
use crate::web::{Back, Choice, Form, Input, Posted, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The numbers of step and variant, from 0, such as `1.0`.
    #[schemars(length(min = 1, max = 10))]
    mail: String,
    /// A lead, whose values fill the mail.
    #[serde(default)]
    #[schemars(transform = absent_not_null, length(max = 40))]
    lead: Option<String>,
    #[schemars(length(min = 1, max = 254))]
    eaccount: String,
    #[schemars(length(min = 1, max = 3000))]
    to_address_email_list: String,
}

/// None if there is nothing to send, or no account to send from.
pub async fn form<P: Permission>(
    can: &Can<P>,
    campaign: &Seen<Campaign>,
    leads: &[Choice],
    back: Option<&Back>,
) -> Result<Option<Form>> {
    let Some(offer) = SEND.open_to(can, campaign.id) else { return Ok(None) };
    let mails = preview::of(can, campaign, &drawn(campaign)?, None).await?.mails;
    let accounts = Senders::to_choose(can, can.user()).await?;
    if mails.is_empty() || accounts.is_empty() {
        return Ok(None);
    }
    let mails = mails.into_iter().map(|mail| Choice::new(mail.place, mail.title)).collect();
    let accounts = accounts.into_iter().map(|email| Choice::new(email.clone(), email)).collect();
    let mut people = vec![Choice::new("", "An example lead")];
    people.extend(leads.iter().cloned());
    let form = Form::of::<Asked>(can, offer)?.called("Test mail").back(back);
    Ok(Some(
        form.ask(Input::new("mail", "Step").choices(mails).help("The saved version is sent."))
            .ask(Input::new("lead", "Filled in for").choices(people))
            .ask(Input::new("eaccount", "Send from").choices(accounts))
            .ask(Input::new("to_address_email_list", "Send to").help("Addresses, separated by commas.")),
    ))
}

pub async fn send(can: Can<Test>, Path(Id { id }): Path<Id>, posted: Posted<Asked>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    let (campaign, near) = reached(&look, id).await?;
    let sent = posted.through(async |asked: Asked| {
        let to = asked.to_address_email_list.clone();
        let mail = written(&look, &campaign, asked).await?;
        match emails::send_test(can, mail).await? {
            Tested::Sent { .. } => Ok(to),
            Tested::Failed { .. } => Err(Error::Conflict(
                "The mail server did not accept the mail. Test the account on its page.".to_owned(),
            )),
        }
    });
    match sent.await? {
        Ok(to) => Ok(Reply::to(&SHOW, id).saying_more("The test mail is sent.", format!("It went to {to}."))),
        Err(back) => {
            let values = drawn(&campaign)?;
            shown(&look, near, &campaign, Editor::of(&values).with_test(&back)).await.map(Reply::from)
        }
    }
}

async fn written(look: &Can<Read>, campaign: &Seen<Campaign>, asked: Asked) -> Result<TestMail> {
    let lead = asked.lead.as_deref().filter(|lead| !lead.is_empty());
    let mails = preview::of(look, campaign, &drawn(campaign)?, lead).await?.mails;
    let found = mails.into_iter().find(|mail| mail.place == asked.mail);
    let Mail { subject, html, text, wrong, .. } =
        found.ok_or_else(|| Error::invalid("body/mail must be a step of the sequence"))?;
    match wrong {
        Some(wrong) => Err(Error::invalid(format!("body/mail cannot be sent. {wrong}"))),
        None => Ok(TestMail { from: asked.eaccount, to: asked.to_address_email_list, subject, html, text }),
    }
}
