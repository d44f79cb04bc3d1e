//! A test mail to addresses that the caller names, from an account that the caller can use.

use crate::access::tries::{self, Limit};
use crate::access::{Caller, Can, accounts::Use, emails::Test};
use crate::audit::{Change, Subject};
use crate::db::Source;
use crate::error::{Error, Result};
use crate::http::{address, is_email};
use crate::net::Server;
use crate::net::delivery::{Mail, Patience, Ready, Stopped};
use crate::resources::accounts::{self, Account, Senders};
use crate::resources::block_list_entries::{Kind, suppressed};
use crate::sending::answer::{Meaning, Stage, Trouble, meaning};
use crate::sending::letter::{Built, Letter};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

/// Recipients of one test mail.
const RECIPIENTS: usize = 10;
/// The longest subject and text, in bytes.
const LONGEST: usize = 256 * 1024;
/// Test mails of a workspace in a minute, as in the official API, and of an account in a day.
const A_MINUTE: i64 = 10;
const A_DAY: i64 = 200;
/// All that is said before the final dot.
const TALK: Duration = Duration::from_secs(60);
/// The caller waits for the answer, so the mail server has less time than for the mail of a campaign.
const PATIENCE: Patience = Patience { answer: Duration::from_secs(20), dot: Duration::from_secs(60) };

/// The mail to send.
#[derive(Clone, Debug)]
pub struct TestMail {
    /// The address of the sending account.
    pub from: String,
    /// Addresses, separated by commas.
    pub to: String,
    pub subject: String,
    pub html: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(transform = one_of)]
pub enum Tested {
    Sent {
        #[schemars(extend("enum" = ["success"]))]
        status: &'static str,
    },
    /// The mail server did not accept the mail.
    Failed {
        #[schemars(extend("enum" = ["ACC_AUTH_ERROR", "ACC_NOT_FOUND", "ACC_UNKNOWN_ERROR"]))]
        error: &'static str,
    },
}

fn one_of(schema: &mut schemars::Schema) {
    if let Some(all) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), all);
    }
}

const LOGIN: &str = "ACC_AUTH_ERROR";
const UNKNOWN: &str = "ACC_UNKNOWN_ERROR";

/// The audit row is written when the mail server has the whole mail, before its final dot, or has refused it. The rights are
/// read again there.
pub async fn send_test(can: Can<Test>, mail: TestMail) -> Result<Tested> {
    can.also::<Use>()?;
    let to = recipients(&mail.to)?;
    if mail.text.len() > LONGEST || mail.html.as_ref().is_some_and(|html| html.len() > LONGEST) {
        return Err(Error::invalid("body/body/html must NOT have more than 256 KB"));
    }
    let account: Account = can.find(can.reader(), address(&mail.from)).await?;
    usable(&can, can.reader(), &account).await?;
    allowed(&can, can.reader().into(), &to).await?;
    room(&can, &account).await?;
    let built = written(&can, &account, &mail, &to)?;
    let server = accounts::server(&can, can.reader(), account.id).await?;
    let handed = match &server {
        Some(server) => handed_over(&can, server, &account, &built).await,
        None => Err(LOGIN),
    };
    let (ready, error) = match handed {
        Ok(ready) => (Some(ready), None),
        Err(error) => (None, Some(error)),
    };
    let (from, subject) = (account.email.clone(), mail.subject.clone());
    let told = error.map(str::to_owned);
    can.write(async move |can, tx| {
        let account: Account = can.find(&mut *tx, from.clone()).await?;
        usable(can, &mut *tx, &account).await?;
        allowed(can, (&mut *tx).into(), &to).await?;
        let facts = json!({ "to": to, "subject": subject, "error": told });
        Ok(Change::new(Subject::new("account", account.id), (), facts, ()))
    })
    .await?;
    let Some(ready) = ready else { return Ok(Tested::Failed { error: error.unwrap_or(UNKNOWN) }) };
    Ok(match ready.finish().await {
        Ok(answer) if meaning(Stage::Dot, &answer) == Some(Meaning::Accepted) => {
            Tested::Sent { status: "success" }
        }
        Ok(_) | Err(_) => Tested::Failed { error: UNKNOWN },
    })
}

/// Hands the mail to its server, without the final dot. If the server refuses one of the recipients, the mail does not leave.
async fn handed_over(
    can: &Caller,
    server: &Server,
    account: &Account,
    built: &Built,
) -> std::result::Result<Ready, &'static str> {
    let Some((first, copies)) = built.recipients.split_first() else { return Err(UNKNOWN) };
    let envelope = Mail { from: &account.email, to: first, copies, bytes: &built.bytes };
    let net = can.app().net.clone();
    match tokio::time::timeout(TALK, net.hand_over(server, &envelope, PATIENCE)).await {
        Ok(Ok(ready)) if ready.refused.is_empty() => Ok(ready),
        Ok(Err(stopped)) => Err(failure(&stopped)),
        Ok(Ok(_)) | Err(_) => Err(UNKNOWN),
    }
}

fn failure(stopped: &Stopped) -> &'static str {
    match stopped {
        Stopped::Answered(stage, answer) => match meaning(*stage, answer) {
            Some(Meaning::RefusedAccount(Trouble::Login)) => LOGIN,
            Some(_) | None => UNKNOWN,
        },
        Stopped::Fault(_) => UNKNOWN,
    }
}

fn recipients(list: &str) -> Result<Vec<String>> {
    let all: Vec<String> = list.split(',').map(address).filter(|email| !email.is_empty()).collect();
    let wrong = all.iter().find(|email| !is_email(email));
    match (all.len(), wrong) {
        (0, _) | (_, Some(_)) => {
            Err(Error::invalid("body/to_address_email_list must be e-mail addresses, separated by commas"))
        }
        (count, None) if count > RECIPIENTS => Err(Error::invalid(format!(
            "body/to_address_email_list must NOT have more than {RECIPIENTS} addresses"
        ))),
        (_, None) => Ok(all),
    }
}

/// Nobody writes to a suppressed address.
async fn allowed(can: &Caller, from: Source<'_>, to: &[String]) -> Result<()> {
    let silent = suppressed(can, from, to, &Kind::ALL).await?;
    match to.iter().find(|email| silent.contains(*email)) {
        Some(email) => Err(Error::invalid(format!(
            "body/to_address_email_list must not have `{email}`: it is on the block list, has unsubscribed or has bounced"
        ))),
        None => Ok(()),
    }
}

/// A member sends from their own accounts, and with reach `all` from unassigned ones.
async fn usable(can: &Can<Test>, from: impl Into<Source<'_>>, account: &Account) -> Result<()> {
    let email = [account.email.clone()];
    match Senders::usable_by(can, from, can.user(), &email, &email).await?.is_empty() {
        true => Err(Error::invalid(
            "body/eaccount must be an account that you can send from: your own, or an unassigned one",
        )),
        false => Ok(()),
    }
}

/// Counts the test mail before it leaves.
async fn room(can: &Can<Test>, account: &Account) -> Result<()> {
    let minute =
        Limit { name: format!("test mails of {}", can.workspace()), most: A_MINUTE, window: Time::MINUTE };
    let day = Limit { name: format!("test mails from {}", account.id), most: A_DAY, window: Time::DAY };
    match tries::count(can.app(), &[minute, day]).await? {
        true => Ok(()),
        false => Err(Error::DailyLimit(format!(
            "a workspace sends at most {A_MINUTE} test mails a minute, and an account {A_DAY} a day; try again later"
        ))),
    }
}

fn written(can: &Caller, account: &Account, mail: &TestMail, to: &[String]) -> Result<Built> {
    let id = can.new_id();
    let domain = account.email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let name = format!("{} {}", account.first_name, account.last_name);
    let (first, more) = to.split_first().ok_or_else(|| Error::internal("no recipient"))?;
    let letter = Letter {
        from: (name.trim(), &account.email),
        reply_to: account.reply_to.as_deref(),
        to: first,
        cc: more,
        bcc: &[],
        subject: &mail.subject,
        html: mail.html.as_deref(),
        text: &mail.text,
        message_id: &format!("<{}@{domain}>", id.simple()),
        thread: &[],
        date: can.now(),
        unsubscribe: None,
        send: &id.to_string(),
    };
    letter.build()
}
