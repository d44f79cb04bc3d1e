//! What the pages of sending accounts show: the accounts by member, and the words for their state.

use super::connection::State;
use super::filter::Wanted;
use super::store::{self, OnBoard, Whose};
use super::{ACTIVE, Account, PAUSED, WARM, address};
use crate::access::{Can, Permission, Reach, accounts::*, campaigns, workspace_members as people};
use crate::error::{Error, Result};
use crate::http::{Paging, optional_not_null};
use crate::resources::members::{self, WorkspaceMember};
use crate::web::Choice;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// Accounts on a page.
pub const ROWS: i64 = 100;
/// Members among whom a caller can choose.
const PEOPLE: i64 = 500;

/// `whose` is `nobody` or the id of a member.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[schemars(length(max = 200))]
    pub search: Option<String>,
    #[schemars(length(max = 40))]
    pub whose: Option<String>,
    #[schemars(length(max = 10))]
    pub status: Option<String>,
    #[schemars(range(min = 0, max = 1_000_000))]
    pub skip: Option<i64>,
}

/// The states that a board can be filtered by.
pub const STATES: [(&str, &str); 3] =
    [("active", "Active"), ("paused", "Paused"), ("error", "With an error")];

impl Filter {
    fn wanted(&self) -> Result<(Wanted, Whose)> {
        let whose = match self.whose.as_deref().unwrap_or_default() {
            "" => Whose::Everybody,
            "nobody" => Whose::Nobody,
            id => {
                let wrong = || Error::invalid("querystring/whose must be `nobody` or the id of a member");
                Whose::Member(id.parse().map_err(|_| wrong())?)
            }
        };
        let (status, filter) = match self.status.as_deref().unwrap_or_default() {
            "" => (None, None),
            "active" => (Some(ACTIVE), None),
            "paused" => (Some(PAUSED), None),
            "error" => (None, Some(super::StatusFilter::ACC_FILTER_ERROR)),
            _ => return Err(Error::invalid("querystring/status must be active, paused or error")),
        };
        let search = self.search.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok((Wanted { search, status, filter, ..Wanted::default() }, whose))
    }
}

pub async fn board(can: &Can<Read>, filter: &Filter) -> Result<Vec<(Account, OnBoard)>> {
    let (wanted, whose) = filter.wanted()?;
    store::board(can, &wanted, whose, (filter.skip.unwrap_or(0), ROWS)).await
}

/// Whether the caller sees an account.
pub async fn is_any(can: &Can<Read>) -> Result<bool> {
    Ok(!store::board(can, &Wanted::default(), Whose::Everybody, (0, 1)).await?.is_empty())
}

/// Accounts that cannot send, and why.
pub async fn in_trouble(can: &Can<Read>, limit: i64) -> Result<Vec<(String, String)>> {
    let wanted = Wanted { filter: Some(super::StatusFilter::ACC_FILTER_ERROR), ..Wanted::default() };
    let found = store::board(can, &wanted, Whose::Everybody, (0, limit)).await?;
    let why = |account: &Account| account.trouble().unwrap_or("It has an error.").to_owned();
    Ok(found.into_iter().map(|(account, _)| (account.email.clone(), why(&account))).collect())
}

/// One account as the board has it.
pub async fn one(can: &Can<Read>, email: &str) -> Result<(Account, OnBoard)> {
    let wanted = Wanted { emails: Some(vec![address(email)]), ..Wanted::default() };
    let found = store::board(can, &wanted, Whose::Everybody, (0, 1)).await?;
    found.into_iter().next().ok_or_else(Error::hidden)
}

/// The account that a form has made.
pub async fn by_id(can: &Can<Read>, id: Uuid) -> Result<Account> {
    let made: Option<Account> = can.own(can.reader(), id).await?;
    let email = made.ok_or_else(Error::hidden)?.email;
    can.find(can.reader(), email).await
}

/// The accepted members, if the caller can list members.
pub async fn everybody(can: &Can<Read>) -> Result<Option<Vec<WorkspaceMember>>> {
    let Ok(can) = can.further::<people::Read>() else { return Ok(None) };
    let paging = Paging { limit: Some(PEOPLE), starting_after: None };
    members::list(&can, &paging, Some(true), None).await.map(Some)
}

/// Of these members, those to whom the caller can assign an account: their role can send.
pub fn senders(can: &Can<Read>, people: &[WorkspaceMember]) -> Vec<Choice> {
    if !can.may(Assign::ACTION) {
        return vec![];
    }
    let sends = |member: &&WorkspaceMember| member.effective_role().reach(Use::ACTION) != Reach::None;
    people.iter().filter(sends).map(|member| Choice::new(member.id, member.called())).collect()
}

/// Whether the caller sees campaigns, so that a number of campaigns means something.
pub fn sees_campaigns(can: &Can<Read>) -> bool {
    can.may(campaigns::Read::ACTION)
}

/// A tone and a word, for a badge.
pub type Word = (&'static str, &'static str);

impl Account {
    pub fn state_word(&self) -> Word {
        match self.status {
            ACTIVE => ("yes", "active"),
            PAUSED => ("", "paused"),
            3 => ("warn", "in maintenance"),
            -1 => ("no", "connection error"),
            -2 => ("no", "soft bounces"),
            _ => ("no", "sending error"),
        }
    }

    pub fn connection_word(&self) -> Word {
        match self.connection {
            State::Ok => ("yes", "signed in"),
            State::Failed => ("no", "sign-in failed"),
            State::NotTried => ("warn", "not tested"),
        }
    }

    pub fn warmup_word(&self) -> Word {
        match self.warmup_status {
            WARM => ("yes", "on"),
            0 => ("", "off"),
            -1 => ("no", "banned"),
            -2 => ("no", "spam folder unknown"),
            _ => ("no", "suspended"),
        }
    }

    pub fn provider(&self) -> &'static str {
        match self.provider_code {
            2 => "Google",
            3 => "Microsoft",
            4 => "AWS",
            8 => "AirMail",
            11 => "AirMail Instant",
            _ => "IMAP and SMTP",
        }
    }

    /// The name that recipients see.
    pub fn sender_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// What the mail server said when sending or reading failed.
    pub fn trouble(&self) -> Option<&str> {
        let message = self.status_message.as_ref()?;
        ["response", "e_message", "code"].iter().find_map(|name| message.get(name)?.as_str())
    }
}
